"""A run folder: manifest, crash-safe journal, results, digest, completion marker."""

from passatk.runs.folder import RunFolder
from passatk.runs.generations import GenerationFolder, GenerationManifest, generations_in, past_generations
from passatk.runs.judged import Counts, Judged, SampleView, Scores, State
from passatk.runs.manifest import Manifest
from passatk.runs.traces import Trace, traces
from passatk.runs.view import RunView

__all__ = [
    "Counts",
    "GenerationFolder",
    "GenerationManifest",
    "Judged",
    "Manifest",
    "RunFolder",
    "RunView",
    "SampleView",
    "Scores",
    "State",
    "Trace",
    "generations_in",
    "past_generations",
    "traces",
]
