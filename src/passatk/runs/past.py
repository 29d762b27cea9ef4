"""A finished run, for reading."""

import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from passatk.errors import InputError, RunFolderError
from passatk.records import Limits, Record, Sample
from passatk.runs.manifest import Manifest


class Judged(Record, frozen=True, kw_only=True):
    """One sample's verdict as its run recorded it."""

    task_id: str
    sample: int
    program: str
    status: str
    reason: str
    borderline: bool
    unstable: bool


class Trace(Record, frozen=True, kw_only=True):
    """One sample and its verdict, texts as marks that are equal where the texts are."""

    task_id: str
    sample: int
    language: str
    program: str
    status: str
    borderline: bool
    unstable: bool
    text: bytes
    said: bytes
    """What the model said: the answer, where the text was read from one."""
    read_as: str
    finish_reason: str
    """Empty where it is not known."""


def _mark(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()


class PastRun:
    """A complete run folder. Use as a context manager.

    Raises:
        InputError: there is none at `path`, or it is not complete.
        RunFolderError: its files are not what they should be.
    """

    def __init__(self, path: Path):
        self.path = path
        if not (path / "manifest.json").is_file() or not (path / "run.sqlite").is_file():
            raise InputError(f"{path} is not a run folder; expected one that `passatk evaluate` wrote")
        if not (path / "complete").is_file():
            raise InputError(f"{path} is not complete; run the command that made it again to finish it")
        try:
            self.digest = (path / "complete").read_text().strip()
            self.manifest = msgspec.json.decode((path / "manifest.json").read_bytes(), type=Manifest)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise RunFolderError(f"{path} is not a run that this version of passatk can read: {error}") from error
        # a closed journal is one file, which may lie in a folder that cannot be written
        way = "mode=ro" if (path / "run.sqlite-wal").exists() else "immutable=1"
        self._db = sqlite3.connect(f"{(path / 'run.sqlite').resolve().as_uri()}?{way}", uri=True)

    def tasks(self) -> list[str]:
        """Ids of the tasks that have samples."""
        return [task for (task,) in self._rows("SELECT DISTINCT task_id FROM samples WHERE NOT reference")]

    def samples(self) -> Iterator[Sample]:
        """Every sample, in order of task id and number."""
        columns = {row[1] for row in self._rows("PRAGMA table_info(samples)")}
        answers = "answer, read_as" if "answer" in columns else "x'', ''"  # older runs did not keep answers
        rows = self._rows(
            f"SELECT task_id, sample, whole, completion, {answers} FROM samples WHERE NOT reference"  # noqa: S608
            " ORDER BY task_id, sample"
        )
        for task_id, index, whole, completion, answer, read_as in rows:
            yield Sample(
                task_id=task_id,
                index=index,
                text=completion.decode("utf-8", "surrogatepass"),
                whole=bool(whole),
                answer=answer.decode("utf-8", "surrogatepass"),
                read_as=read_as,
            )

    def judged(self) -> Iterator[Judged]:
        """Every sample's verdict, in order of task id and number."""
        rows = self._rows(
            "SELECT s.task_id, s.sample, s.program, v.status, v.reason, v.borderline, v.unstable"
            " FROM samples s JOIN verdicts v USING (program) WHERE NOT s.reference ORDER BY s.task_id, s.sample"
        )
        for task_id, sample, program, status, reason, borderline, unstable in rows:
            yield Judged(
                task_id=task_id,
                sample=sample,
                program=program,
                status=status,
                reason=reason,
                borderline=bool(borderline),
                unstable=bool(unstable),
            )

    def traces(self) -> Iterator[Trace]:
        """Every sample for comparing it with another run's, in order of task id and number."""
        columns = {row[1] for row in self._rows("PRAGMA table_info(samples)")}
        answers = "s.answer, s.read_as" if "answer" in columns else "x'', ''"
        ended = "s.finish_reason" if "finish_reason" in columns else "''"
        rows = self._rows(
            "SELECT s.task_id, s.sample, s.language, s.program, v.status, v.borderline, v.unstable, s.completion,"  # noqa: S608 - our own columns
            f" {answers}, {ended} FROM samples s JOIN verdicts v USING (program)"
            " WHERE NOT s.reference ORDER BY s.task_id, s.sample"
        )
        for task_id, sample, language, program, status, borderline, unstable, text, answer, read_as, ended in rows:
            yield Trace(
                task_id=task_id,
                sample=sample,
                language=language,
                program=program,
                status=status,
                borderline=bool(borderline),
                unstable=bool(unstable),
                text=_mark(text),
                said=_mark(answer if read_as else text),
                read_as=read_as,
                finish_reason=ended or "",
            )

    def references(self) -> dict[str, tuple[str, str]]:
        """Task id -> program key and status of its reference solution, where it was judged beside the samples."""
        rows = self._rows(
            "SELECT s.task_id, s.program, v.status FROM samples s JOIN verdicts v USING (program) WHERE s.reference"
        )
        return {task_id: (program, status) for task_id, program, status in rows}

    @property
    def limits(self) -> dict[str, Limits]:
        """Task id -> the limits its programs were judged by."""
        rows = self._rows("SELECT task_id, limits FROM limits")
        try:
            return {task_id: msgspec.json.decode(body, type=Limits) for task_id, body in rows}
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise RunFolderError(f"the journal in {self.path} is damaged: {error}") from error

    def _rows(self, query: str) -> Iterator[Any]:
        try:
            yield from self._db.execute(query)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise RunFolderError(f"the journal in {self.path} is damaged: {error}") from error

    def close(self) -> None:
        """Close the journal."""
        self._db.close()

    def __enter__(self) -> "PastRun":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
