"""A run folder: manifest, crash-safe journal, results, digest, completion marker."""

from passatk.runs.folder import RunFolder
from passatk.runs.generations import GenerationFolder, GenerationManifest, generations_in, past_generations
from passatk.runs.manifest import Manifest
from passatk.runs.past import Judged, PastRun, Trace

__all__ = [
    "GenerationFolder",
    "GenerationManifest",
    "Judged",
    "Manifest",
    "PastRun",
    "RunFolder",
    "Trace",
    "generations_in",
    "past_generations",
]
