"""The journal of a run, `run.sqlite`: its tables, and programs and problems in it. docs/files.md describes them."""

import hashlib
import json
import sqlite3
import zlib

import msgspec

from passatk.cases import CaseResult
from passatk.errors import RunFolderError
from passatk.records import Problem, Program

JOURNAL = "run.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS samples (
    task_id TEXT NOT NULL, sample INTEGER NOT NULL, program TEXT NOT NULL, language TEXT NOT NULL,
    whole INTEGER NOT NULL, reference INTEGER NOT NULL, completion BLOB NOT NULL, answer BLOB NOT NULL DEFAULT x'',
    read_as TEXT NOT NULL DEFAULT '', finish_reason TEXT NOT NULL DEFAULT '', tokens INTEGER,
    position INTEGER,
    PRIMARY KEY (task_id, sample, reference)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS samples_by_program ON samples (program);
CREATE TABLE IF NOT EXISTS verdicts (
    program TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL, borderline INTEGER NOT NULL,
    unstable INTEGER NOT NULL, attempts BLOB NOT NULL, walled INTEGER, cases BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS programs (
    program TEXT PRIMARY KEY, files TEXT NOT NULL, recipe INTEGER NOT NULL, examiner INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS problems (
    task_id TEXT PRIMARY KEY, benchmark TEXT NOT NULL, language TEXT NOT NULL, tier TEXT NOT NULL,
    problem INTEGER NOT NULL, position INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS limits (task_id TEXT PRIMARY KEY, limits BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_LATER = {
    "samples": {
        "answer": "BLOB NOT NULL DEFAULT x''",
        "read_as": "TEXT NOT NULL DEFAULT ''",
        "finish_reason": "TEXT NOT NULL DEFAULT ''",
        "tokens": "INTEGER",
        "position": "INTEGER",
    },
    "problems": {"position": "INTEGER"},
    "verdicts": {"walled": "INTEGER", "cases": "BLOB"},
}
"""Columns that runs of earlier versions lack."""
INSERT_SAMPLE = "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def make_tables(db: sqlite3.Connection) -> None:
    """Make the tables that a journal does not have yet, and give an earlier version's the columns that they lack."""
    db.executescript(_SCHEMA)
    for table, columns in _LATER.items():
        present = columns_of(db, table)
        for name, kind in columns.items():
            if name not in present:
                db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def columns_of(db: sqlite3.Connection, table: str) -> set[str]:
    """Names of a table's columns; none where there is no such table."""
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}


def results_of(cases: tuple[CaseResult, ...]) -> bytes | None:
    """Results per test as the journal has them; None where there are none."""
    return zlib.compress(msgspec.json.encode(cases), 1) if cases else None


def results_in(body: bytes) -> tuple[CaseResult, ...]:
    """What `results_of` made.

    Raises:
        RunFolderError: the journal is damaged.
    """
    try:
        return msgspec.json.decode(zlib.decompress(body), type=tuple[CaseResult, ...]) if body else ()
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RunFolderError(f"the journal is damaged: {error}") from error


class Kept:
    """Writes programs and problems into a journal, every distinct text once."""

    def __init__(self, db: sqlite3.Connection):
        self._db = db
        self._known: dict[str, int] = {}

    def keep_program(self, program: Program) -> None:
        """All of it, unless it is there already."""
        if self._db.execute("SELECT 1 FROM programs WHERE program = ?", (program.key,)).fetchone():
            return
        files = [(name, self._text(text)) for name, text in program.files]
        examiner, source = program.examiner, None
        if examiner is not None:
            source = self._shared(examiner.source)
            examiner = msgspec.structs.replace(examiner, source="")
        bare = msgspec.structs.replace(program, files=(), examiner=examiner)
        recipe = self._shared(msgspec.json.encode(bare).decode())
        row = (program.key, json.dumps(files, separators=(",", ":")), recipe, source)
        self._db.execute("INSERT INTO programs VALUES (?, ?, ?, ?)", row)

    def keep_problem(self, problem: Problem, position: int) -> None:
        """All of it, and which of its benchmark's it is."""
        text = self._text(json.dumps(msgspec.to_builtins(problem), separators=(",", ":")))
        row = (problem.task_id, problem.benchmark, problem.language, problem.tier, text, position)
        self._db.execute("INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?, ?, ?)", row)

    def _shared(self, text: str) -> int:
        """As `_text`, for what many programs have."""
        if text not in self._known:
            self._known[text] = self._text(text)
        return self._known[text]

    def _text(self, text: str) -> int:
        """The number of a text, which is written if it is new."""
        raw = text.encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(raw).digest()
        found = self._db.execute("SELECT id FROM texts WHERE hash = ?", (digest,)).fetchone()
        if found is not None:
            return int(found[0])
        row = (digest, zlib.compress(raw, 1))
        number = self._db.execute("INSERT INTO texts (hash, body) VALUES (?, ?)", row).lastrowid
        assert number is not None
        return number


class Texts:
    """Reads what `Kept` wrote.

    Every method raises ValueError, zlib.error or sqlite3.Error where the journal is damaged.
    """

    def __init__(self, db: sqlite3.Connection):
        self._db = db
        self._problems, self._programs = columns_of(db, "problems"), columns_of(db, "programs")

    def program(self, key: str) -> Program | None:
        """The program of that key; None where the run is of a version that kept none."""
        row = None
        if self._programs:
            wanted = "SELECT files, recipe, examiner FROM programs WHERE program = ?"
            row = self._db.execute(wanted, (key,)).fetchone()
        if row is None:
            return None
        files, recipe, source = row
        try:
            program = msgspec.json.decode(self._text(recipe), type=Program)
        except msgspec.ValidationError:  # of a version whose programs had another form
            return None
        examiner = program.examiner
        if examiner is not None and source is not None:
            examiner = msgspec.structs.replace(examiner, source=self._text(source))
        named = tuple((str(name), self._text(number)) for name, number in json.loads(files))
        return msgspec.structs.replace(program, files=named, examiner=examiner)

    def problem(self, task_id: str) -> Problem | None:
        """What a task asked, its tests and reference; None where the run is of a version that kept none."""
        row = None
        if self._problems:
            row = self._db.execute("SELECT problem FROM problems WHERE task_id = ?", (task_id,)).fetchone()
        if row is None:
            return None
        try:
            return msgspec.convert(json.loads(self._text(row[0])), Problem)
        except msgspec.ValidationError:
            return None

    def _text(self, number: int) -> str:
        row = self._db.execute("SELECT body FROM texts WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise ValueError(f"text {number} is missing")
        return zlib.decompress(row[0]).decode("utf-8", "surrogatepass")
