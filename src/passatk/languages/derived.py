"""Examiners as languages derive them from tests, kept from run to run: of a known benchmark nothing is parsed again."""

import contextlib
import hashlib
import os
import shutil
import sysconfig
from pathlib import Path

import msgspec

from passatk.records import Examiner, Problem
from passatk.textfiles import data_home, made_whole

Derived = tuple[Examiner | None, str]
"""An examiner, or why there can be none."""
_MOST_VERSIONS = 4
_MOST = 20_000
"""So many are kept, then all begin anew."""


class Kept:
    """A folder in passatk's home. Where it cannot be used, nothing is kept, and nothing is lost but time."""

    def __init__(self) -> None:
        self._source = _source()
        self._folder = path() / self._source.hex()[:16]
        with contextlib.suppress(OSError):
            others = sorted((found for found in path().iterdir() if found != self._folder), key=os.path.getmtime)
            full = [self._folder] if self._folder.is_dir() and len(os.listdir(self._folder)) > _MOST else []
            for folder in (*others[: -_MOST_VERSIONS + 1], *full):
                shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)

    def key(self, language: str, problem: Problem, tests: str) -> str:
        """Of all that an examiner is derived from, this program included; empty where a text is none in UTF-8."""
        try:
            made_from = msgspec.msgpack.encode((language, problem, tests))
        except UnicodeEncodeError:  # half a character
            return ""
        return hashlib.sha256(self._source + made_from).hexdigest()

    def get(self, key: str) -> Derived | None:
        """What is kept under `key`."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            known: Derived = msgspec.msgpack.decode((self._folder / key).read_bytes(), type=Derived)
            return known
        return None

    def put(self, key: str, derived: Derived) -> None:
        """Keep it."""
        with contextlib.suppress(OSError, UnicodeEncodeError), made_whole(self._folder / key) as made:
            made.write_bytes(msgspec.msgpack.encode(derived))


def path() -> Path:
    """Where they are."""
    return data_home() / "derived"


def clear() -> None:
    """Forget all of them."""
    shutil.rmtree(path(), ignore_errors=True)


def _source() -> bytes:
    """A hash of size and date of every file that derives, and of when packages were last installed."""
    found = []
    for folder, _, names in os.walk(Path(__file__).parent):
        for name in names:
            if not name.endswith(".pyc"):
                about = os.stat(os.path.join(folder, name))
                found.append(f"{folder}/{name} {about.st_size} {about.st_mtime_ns}")
    with contextlib.suppress(OSError):
        found.append(str(os.stat(sysconfig.get_paths()["purelib"]).st_mtime_ns))
    return hashlib.sha256("\n".join(sorted(found)).encode()).digest()
