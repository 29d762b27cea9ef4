"""A run folder: manifest, crash-safe journal, results, digest, completion marker."""

from passatk.runs.folder import RunFolder
from passatk.runs.manifest import Manifest
from passatk.runs.past import Judged, PastRun

__all__ = ["Judged", "Manifest", "PastRun", "RunFolder"]
