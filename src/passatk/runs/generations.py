"""A folder of generations: manifest, crash-safe journal of samples, `generations.jsonl`, completion marker."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from passatk.errors import InputError, RunFolderError
from passatk.records import Problem, Record
from passatk.runs.locked import COMPLETE, MANIFEST, LockedFolder, storage, write_atomically, write_lines
from passatk.runs.manifest import Machine, short

JOURNAL = "generations.sqlite"
LINES = "generations.jsonl"
_MAY_DIFFER = ("passatk", "problems_source", "batch_size", "machine", "model.url", "samples")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS samples (
    task_id TEXT NOT NULL, sample INTEGER NOT NULL, text BLOB NOT NULL, whole INTEGER NOT NULL,
    finish_reason TEXT NOT NULL, tokens BLOB NOT NULL, token_count INTEGER, logprobs BLOB,
    thinking BLOB NOT NULL DEFAULT x'', answer BLOB NOT NULL DEFAULT x'', read_as TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (task_id, sample)
) WITHOUT ROWID;
"""
_LATER = {"thinking": "x''", "answer": "x''", "read_as": "''"}
"""Columns that older folders do not have -> what they would hold."""


class GenerationManifest(Record, frozen=True, kw_only=True):
    """Written before anything is generated: all that has to be known to generate the same again."""

    passatk: str
    problems: str
    problems_source: str
    problems_sha256: str
    languages: tuple[str, ...] | None
    """Only problems in these; None for all."""
    samples: int
    """Of each problem."""
    task: str
    """`generate` or `translate`."""
    target_language: str | None
    """Translations: the language asked for."""
    prompt: dict[str, Any]
    """How prompts were made."""
    prompts_sha256: str
    extraction: int | None = None
    """Version of the rules by which answers were read; None where none was, or the version did not keep it."""
    settings: dict[str, Any]
    """Every decoding setting in force."""
    model: dict[str, Any]
    """What `models.open_backend` opens it by."""
    origin: dict[str, Any]
    """What it said of itself, and the arithmetic it was computed with."""
    batch_size: int
    """Changes no token."""
    machine: Machine

    def check_same_run(self, other: "GenerationManifest") -> None:
        """Refuse to continue these generations as others.

        Raises:
            RunFolderError: naming each difference that can change a token.
        """
        mine, theirs = msgspec.to_builtins(self), msgspec.to_builtins(other)
        differing = []
        for field in (field for field in self.__struct_fields__ if field not in _MAY_DIFFER):
            if field == "extraction" and self.extraction is None:
                continue
            pairs = [(field, mine[field], theirs[field])]
            if isinstance(mine[field], dict) and isinstance(theirs[field], dict):
                names = dict.fromkeys([*mine[field], *theirs[field]])
                pairs = [(f"{field}.{name}", mine[field].get(name), theirs[field].get(name)) for name in names]
            differing += [
                f"{name}: {short(a)} here, {short(b)} now" for name, a, b in pairs if a != b and name not in _MAY_DIFFER
            ]
        if other.samples < self.samples:  # more may be added: each is independent of the others
            differing.append(f"samples: {self.samples} here, {other.samples} now")
        if differing:
            raise RunFolderError(
                "this folder holds other generations, so they are not continued; choose another folder, or delete it. "
                + "; ".join(differing),
                setting="out",
            )


class Generated(Record, frozen=True, kw_only=True):
    """One sample as it was generated."""

    task_id: str
    sample: int
    text: str
    whole: bool = False
    """The text is a whole solution, not the continuation of a prompt."""
    answer: str = ""
    """What the model said, where the text was read from it."""
    read_as: str = ""
    """How it was read, see `passatk.answers`."""
    finish_reason: str
    tokens: tuple[int, ...]
    token_count: int | None
    """How many were generated, thinking included; None where a server does not count them. Of a server's samples the
    tokens themselves are not known."""
    logprobs: tuple[float, ...] | None = None
    thinking: str = ""
    """What a server gave as the model's reasoning, apart from the text."""


class GenerationFolder(LockedFolder):
    """An open folder of generations, locked against other processes. Use as a context manager.

    Raises:
        RunFolderError: the folder is in use, or belongs to other generations.
        StorageError: it cannot be written.
    """

    def __init__(self, path: Path, manifest: GenerationManifest):
        super().__init__(path, manifest)

    def _open(self) -> None:
        self._db = sqlite3.connect(self.path / JOURNAL, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(_SCHEMA)
        columns = _columns(self._db)
        if not set(_LATER) <= set(columns):
            self._upgrade(columns)

    def _upgrade(self, columns: list[str]) -> None:
        """Give the journal of an older passatk today's columns, all or none of them."""
        names = ", ".join(columns)
        self._db.execute("BEGIN")
        self._db.execute("ALTER TABLE samples RENAME TO older")
        self._db.execute(_SCHEMA)
        self._db.execute(f"INSERT INTO samples ({names}) SELECT {names} FROM older")  # noqa: S608 - our own columns
        self._db.execute("DROP TABLE older")
        self._db.execute("COMMIT")

    def done(self) -> dict[str, set[int]]:
        """Task id -> samples that are there."""
        there: dict[str, set[int]] = {}
        for task, sample in self._db.execute("SELECT task_id, sample FROM samples"):
            there.setdefault(task, set()).add(sample)
        return there

    def record(self, generated: Generated) -> None:
        """Journal one sample, at once."""
        logprobs = None if generated.logprobs is None else msgspec.json.encode(generated.logprobs)
        row = (
            *(generated.task_id, generated.sample, generated.text.encode("utf-8", "surrogatepass")),
            *(generated.whole, generated.finish_reason, msgspec.json.encode(generated.tokens)),
            *(generated.token_count, logprobs, generated.thinking.encode("utf-8", "surrogatepass")),
            *(generated.answer.encode("utf-8", "surrogatepass"), generated.read_as),
        )
        with storage(self.path):
            (self.path / COMPLETE).unlink(missing_ok=True)
            self._db.execute("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def samples(self) -> Iterator[Generated]:
        """All samples that are there, in order of task id and number."""
        return _samples(self._db)

    def finish(self, problems: Mapping[str, Problem]) -> str:
        """Write `generations.jsonl`, then the completion marker; return the digest.

        `problems`: what the samples of each task id are to solve; of translations, the target's.
        """
        digest = hashlib.sha256()

        def lines() -> Iterator[str]:
            for one in _samples(self._db):
                digest.update(digest_line(one))
                yield json.dumps(
                    {
                        "task_id": one.task_id,
                        "benchmark": problems[one.task_id].benchmark,
                        "language": problems[one.task_id].language,
                        "sample": one.sample,
                        "solution" if one.whole else "generation": one.text,
                        **({"answer": one.answer, "read_as": one.read_as} if one.read_as else {}),
                        "finish_reason": one.finish_reason,
                        "tokens": one.token_count,
                        **({"thinking": one.thinking} if one.thinking else {}),
                        **({} if one.logprobs is None else {"logprobs": one.logprobs}),
                    }
                )

        with storage(self.path):
            write_lines(self.path / LINES, lines())
            write_atomically(self.path / COMPLETE, f"{digest.hexdigest()}\n".encode())
        return digest.hexdigest()

    def close(self) -> None:
        """Close journal and lock."""
        self._db.close()
        super().close()


def generations_in(path: Path) -> Path:
    """The file of samples, where `path` is a folder of generations; else `path` itself.

    Raises:
        InputError: the folder is not complete.
    """
    if not (path / JOURNAL).is_file():
        return path
    if not (path / COMPLETE).is_file():
        raise InputError(f"{path} is not complete; run the command that made it again to finish it")
    return path / LINES


def digest_line(one: Generated) -> bytes:
    """What of a sample goes into the digest: task, sample, tokens, text and why it ended."""
    return msgspec.json.encode([one.task_id, one.sample, one.tokens, one.finish_reason]) + (
        b"\t" + one.text.encode("utf-8", "surrogatepass") + b"\n"
    )


def past_generations(path: Path) -> tuple[GenerationManifest, str, Iterator[Generated]]:
    """Manifest, digest and samples of a finished folder, the samples in order of task id and number.

    Raises:
        InputError: there is none at `path`, or it is not complete.
        RunFolderError: its files are not what they should be.
    """
    if not (path / JOURNAL).is_file():
        raise InputError(f"{path} holds no generations; expected a folder that `passatk generate` wrote")
    if not (path / COMPLETE).is_file():
        raise InputError(f"{path} is not complete; run the command that made it again to finish it")
    try:
        manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=GenerationManifest)
        digest = (path / COMPLETE).read_text().strip()
    except (OSError, msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise RunFolderError(f"{path} is not what this version of passatk can read: {error}") from error
    way = "mode=ro" if (path / f"{JOURNAL}-wal").exists() else "immutable=1"

    def samples() -> Iterator[Generated]:
        journal = sqlite3.connect(f"{(path / JOURNAL).resolve().as_uri()}?{way}", uri=True)
        try:
            yield from _samples(journal)
        except (sqlite3.Error, UnicodeDecodeError, msgspec.DecodeError) as error:
            raise RunFolderError(f"the journal in {path} is damaged: {error}") from error
        finally:
            journal.close()

    return manifest, digest, samples()


def _samples(journal: sqlite3.Connection) -> Iterator[Generated]:
    columns = _columns(journal)
    later = ", ".join(name if name in columns else missing for name, missing in _LATER.items())
    usual = "task_id, sample, text, whole, finish_reason, tokens, token_count, logprobs"
    rows = journal.execute(f"SELECT {usual}, {later} FROM samples ORDER BY task_id, sample")  # noqa: S608 - our own names
    for task_id, sample, text, whole, finish_reason, tokens, token_count, logprobs, thinking, answer, read_as in rows:
        yield Generated(
            task_id=task_id,
            sample=sample,
            text=text.decode("utf-8", "surrogatepass"),
            whole=bool(whole),
            answer=answer.decode("utf-8", "surrogatepass"),
            read_as=read_as,
            finish_reason=finish_reason,
            tokens=msgspec.json.decode(tokens, type=tuple[int, ...]),
            token_count=token_count,
            logprobs=None if logprobs is None else msgspec.json.decode(logprobs, type=tuple[float, ...]),
            thinking=thinking.decode("utf-8", "surrogatepass"),
        )


def _columns(journal: sqlite3.Connection) -> list[str]:
    return [row[1] for row in journal.execute("PRAGMA table_info(samples)")]
