"""Verdicts and reference measurements of earlier runs on this machine.

Only what would come out the same again is kept: decided verdicts that are neither borderline nor unstable. A key holds
all a verdict can depend on: the program (its tests included), its limits, the language's toolchain, the isolation, the
machine, and the judge's own source code.
"""

import contextlib
import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from passatk.errors import StorageError
from passatk.judging.environment import Environment
from passatk.records import Limits, Outcome, Program, Record, Status, Tried, Verdict
from passatk.runs.manifest import this_machine
from passatk.textfiles import data_home

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, language TEXT NOT NULL, written REAL NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
"""
_BUSY_S = 60.0
_JUDGE = ("judging", "sandbox", "languages", "records.py")
"""The source code that decides verdicts."""


class Summary(Record, frozen=True, kw_only=True):
    """What a cache holds."""

    path: str
    bytes: int
    verdicts: dict[str, int]
    """By language."""
    references: dict[str, int]
    oldest: float | None
    """Seconds since 1970, UTC."""


class VerdictCache:
    """An SQLite file shared by all runs of a user: `$PASSATK_CACHE`, or one in passatk's home. A context manager.

    For one thread at a time.

    Raises:
        StorageError: it cannot be opened or written.
    """

    def __init__(self, path: Path | None = None):
        self.path = path or Path(os.environ.get("PASSATK_CACHE") or data_home() / "verdicts.sqlite")
        with self._storage():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=_BUSY_S, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)

    @contextlib.contextmanager
    def _storage(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"cannot use the verdict cache {self.path}: {error}. Go on without it, delete it, or set"
                " PASSATK_CACHE to another file",
                setting="cached",
            ) from error

    def verdict(self, key: str) -> Verdict | None:
        """The verdict kept under `key`."""
        body = self._get(key)
        return None if body is None else msgspec.json.decode(body, type=Verdict)

    def keep_verdict(self, key: str, language: str, verdict: Verdict) -> None:
        """Keep `verdict`, if it would come out the same again."""
        if verdict.status is Status.NOT_JUDGED or verdict.borderline or verdict.unstable:
            return
        self._put(key, "verdict", language, msgspec.json.encode(verdict))

    def tried(self, key: str) -> Tried | None:
        """What single tests said of the program kept under `key`."""
        body = self._get(key)
        return None if body is None else msgspec.json.decode(body, type=Tried)

    def keep_tried(self, key: str, language: str, tried: Tried) -> None:
        """Keep what single tests said, beside what others did."""
        if (before := self.tried(key)) is not None:
            tried = msgspec.structs.replace(tried, tests=before.tests | tried.tests)
        self._put(key, "verdict", language, msgspec.json.encode(tried))

    def measurement(self, key: str) -> tuple[Outcome, ...] | None:
        """The executions of a reference solution kept under `key`."""
        body = self._get(key)
        return None if body is None else msgspec.json.decode(body, type=tuple[Outcome, ...])

    def keep_measurement(self, key: str, language: str, attempts: tuple[Outcome, ...]) -> None:
        """Keep the executions of a reference solution."""
        self._put(key, "reference", language, msgspec.json.encode(attempts))

    def summary(self) -> Summary:
        """How much is kept."""
        with self._storage():
            counts: dict[str, dict[str, int]] = {"verdict": {}, "reference": {}}
            rows = "SELECT kind, language, COUNT(*) FROM kept GROUP BY kind, language ORDER BY language"
            for kind, language, number in self._db.execute(rows):
                counts[kind][language] = number
            oldest = self._db.execute("SELECT MIN(written) FROM kept").fetchone()[0]
            size = self.path.stat().st_size
        return Summary(
            path=str(self.path),
            bytes=size,
            verdicts=counts["verdict"],
            references=counts["reference"],
            oldest=oldest,
        )

    def clear(self) -> int:
        """Forget everything; return how much it was."""
        with self._storage():
            removed = self._db.execute("DELETE FROM kept").rowcount
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed

    def _get(self, key: str) -> bytes | None:
        with self._storage():
            row = self._db.execute("SELECT body FROM kept WHERE key = ?", (key,)).fetchone()
        return None if row is None else zlib.decompress(row[0])

    def _put(self, key: str, kind: str, language: str, body: bytes) -> None:
        row = (key, kind, language, time.time(), zlib.compress(body, 1))
        with self._storage():
            self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> "VerdictCache":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Keys:
    """Cache keys under one environment."""

    def __init__(self, environment: Environment):
        machine = this_machine()
        common = [judge_hash(), msgspec.json.encode(environment.isolation).decode(), machine.processor, machine.system]
        self._contexts = {
            language: "\n".join([*common, language, fingerprint])
            for language, fingerprint in environment.fingerprints.items()
        }

    def verdict(self, program: str, language: str, limits: Limits) -> str:
        """Of the program with key `program` under `limits`."""
        return _hash("verdict", self._contexts[language], program, msgspec.json.encode(limits).decode())

    def tried(self, program: Program, limits: Limits) -> str:
        """Of what single tests say of `program` under `limits`: whichever it has now, and wherever they stop."""
        assert program.cases is not None, "only of programs with inputs"
        bare = msgspec.structs.replace(program, cases=msgspec.structs.replace(program.cases, cases=(), stop="all"))
        return _hash("tests", self._contexts[program.language], bare.key, msgspec.json.encode(limits).decode())

    def measurement(self, program: str, language: str, limits: Limits) -> str:
        """Of the reference solution with key `program`, measured under `limits`."""
        return _hash("reference", self._contexts[language], program, msgspec.json.encode(limits).decode())


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def judge_hash() -> str:
    """Of the source code that decides verdicts."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in _JUDGE:
        place = root / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{os.path.relpath(file, root)}\n".encode() + file.read_bytes())
    return digest.hexdigest()
