"""Examiners as languages derive them from tests, kept from run to run: of a known benchmark nothing is parsed again."""

import atexit
import contextlib
import hashlib
import os
import sqlite3
import sysconfig
import threading
from pathlib import Path

import msgspec

from passatk.records import Examiner, Problem
from passatk.textfiles import data_home

Derived = tuple[Examiner | None, str]
"""An examiner, or why there can be none."""
_BUSY_S = 1.0
_AT_ONCE = 64
_SCHEMA = "CREATE TABLE IF NOT EXISTS derived (key BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID"


class Kept:
    """An SQLite file in passatk's home. Where it cannot be used, nothing is kept, and nothing is lost but time."""

    def __init__(self) -> None:
        self._source = _source()
        self._lock = threading.Lock()
        self._new: list[tuple[bytes, bytes]] = []
        self._db: sqlite3.Connection | None = None
        with contextlib.suppress(sqlite3.Error, OSError):
            data_home().mkdir(parents=True, exist_ok=True)
            self._db = self._opened(path())
        atexit.register(self.write)

    def _opened(self, file: Path) -> sqlite3.Connection:
        db = sqlite3.connect(file, isolation_level=None, timeout=_BUSY_S, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(_SCHEMA)
        made_by = int.from_bytes(self._source[:3], "big")
        if db.execute("PRAGMA user_version").fetchone()[0] != made_by:  # of another version: keys are others
            db.execute("DELETE FROM derived")
            db.execute(f"PRAGMA user_version = {made_by}")
        return db

    def key(self, language: str, problem: Problem, tests: str) -> bytes:
        """Of all that an examiner is derived from, this program included."""
        return hashlib.sha256(self._source + msgspec.msgpack.encode((language, problem, tests))).digest()

    def get(self, key: bytes) -> Derived | None:
        """What is kept under `key`."""
        with self._lock, contextlib.suppress(sqlite3.Error, msgspec.DecodeError):
            if self._db and (row := self._db.execute("SELECT body FROM derived WHERE key = ?", (key,)).fetchone()):
                known: Derived = msgspec.msgpack.decode(row[0], type=Derived)
                return known
        return None

    def put(self, key: bytes, derived: Derived) -> None:
        """Keep it, soon."""
        with self._lock:
            self._new.append((key, msgspec.msgpack.encode(derived)))
        if len(self._new) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Now."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            new, self._new = self._new, []
            if self._db and new:
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR REPLACE INTO derived VALUES (?, ?)", new)
                self._db.execute("COMMIT")


def path() -> Path:
    """Where they are."""
    return data_home() / "derived.sqlite"


def clear() -> None:
    """Forget all of them."""
    for suffix in ("", "-wal", "-shm"):
        path().with_name(path().name + suffix).unlink(missing_ok=True)


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
