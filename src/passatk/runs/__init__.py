"""A run folder: manifest, crash-safe journal, results, digest, completion marker."""

from passatk.runs.folder import RunFolder
from passatk.runs.manifest import Manifest

__all__ = ["Manifest", "RunFolder"]
