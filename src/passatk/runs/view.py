"""A run folder for reading: finished, interrupted or still running, of this version or an earlier one.

Nothing is written and no lock is taken. What an earlier version did not keep is absent, never an error.
"""

import contextlib
import shutil
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from passatk.errors import InputError, RunFolderError
from passatk.records import Limits, Problem, Program, Sample, Status
from passatk.runs.journal import JOURNAL, Texts, columns_of
from passatk.runs.judged import Counts, Judged, SampleView, Scores, State
from passatk.runs.locked import COMPLETE, LOCK, MANIFEST, is_locked
from passatk.runs.manifest import Manifest

SCORE = "score.json"
_MAPPED = 1 << 31
"""Bytes of a journal that are read as memory at most."""
_DAMAGE = (sqlite3.Error, zlib.error, ValueError)  # UnicodeDecodeError and msgspec.DecodeError are ValueErrors


class RunView:
    """A run folder, opened for reading. Use as a context manager.

    Raises:
        InputError: there is none at `path`.
        RunFolderError: its files are not what they should be.
    """

    def __init__(self, path: Path):
        self.path = path
        if not (path / MANIFEST).is_file() or not (path / JOURNAL).is_file():
            raise InputError(f"{path} is not a run folder; expected one that `passatk evaluate` wrote")
        try:
            self.manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
            complete = (path / COMPLETE).is_file()
            self.digest = (path / COMPLETE).read_text().strip() if complete else ""
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise RunFolderError(f"{path} is not a run that this version of passatk can read: {error}") from error
        self._stack = contextlib.ExitStack()
        try:
            with self._damage():
                self._db = self._stack.enter_context(contextlib.closing(self._connect()))
                self._columns = {name: columns_of(self._db, name) for name in ("samples", "verdicts", "problems")}
                self._texts = Texts(self._db)
        except BaseException:
            self.close()
            raise

    @classmethod
    def finished(cls, path: Path) -> "RunView":
        """A complete run.

        Raises:
            InputError: there is none at `path`, or it is not complete.
            RunFolderError: its files are not what they should be.
        """
        view = cls(path)
        if not view.digest:
            view.close()
            raise InputError(f"{path} is not complete; run the command that made it again to finish it")
        return view

    def _connect(self) -> sqlite3.Connection:
        """A closed journal is one file, which may lie in a folder that cannot be written."""
        journal, log = self.path / JOURNAL, self.path / f"{JOURNAL}-wal"
        if not log.exists():
            return _open(journal, "immutable=1")
        try:
            if not (self.path / f"{JOURNAL}-shm").exists():  # SQLite would make one
                raise sqlite3.OperationalError
            db = _open(journal, "mode=ro")
            columns_of(db, "samples")
            return db
        except sqlite3.OperationalError:
            copy = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="passatk-view-")))
            for file in (journal, log):
                shutil.copy(file, copy / file.name)
            return _open(copy / JOURNAL, "mode=rw")

    # --- the run as a whole ----------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """How far it is, now."""
        if self.digest:
            return State.COMPLETE
        if is_locked(self.path / LOCK):
            return State.RUNNING
        counts = self.counts()
        if counts.programs and counts.programs == counts.programs_judged and counts.statuses.get(Status.NOT_JUDGED):
            return State.UNSCORED
        return State.INTERRUPTED

    @property
    def scores(self) -> Scores | None:
        """Its scores; None while it has none.

        Raises:
            RunFolderError: they cannot be read.
        """
        if not self.digest:
            return None
        try:
            return msgspec.json.decode((self.path / SCORE).read_bytes(), type=Scores)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RunFolderError(f"{self.path / SCORE} cannot be read: {error}") from error

    @property
    def size(self) -> int:
        """How many samples it has."""
        return self._number("SELECT COUNT(*) FROM samples WHERE NOT reference")

    def counts(self) -> Counts:
        """What is judged so far."""
        judged, programs = "samples s JOIN verdicts v USING (program)", "SELECT COUNT(DISTINCT program) FROM samples"
        flags = f"v.borderline, v.unstable, {'v.walled' if self._has('verdicts', 'walled') else 'NULL'}"
        statuses: dict[str, int] = {}
        borderline = unstable = not_walled = 0
        for status, near, differs, walled, number in self._looked_up(
            f"SELECT v.status, {flags}, COUNT(*) FROM {judged} WHERE NOT s.reference GROUP BY 1, 2, 3, 4"  # noqa: S608
        ):
            statuses[status] = statuses.get(status, 0) + number
            borderline += number * bool(near)
            unstable += number * bool(differs)
            not_walled += number * (walled == 0)
        return Counts(
            samples=self.size,
            judged=sum(statuses.values()),
            programs=self._number(programs),
            programs_judged=self._number(f"{programs} WHERE program IN (SELECT program FROM verdicts)"),  # noqa: S608
            statuses=statuses,
            borderline=borderline,
            unstable=unstable,
            not_walled=not_walled,
        )

    def left_out(self) -> dict[str, str]:
        """Tasks that no score counts -> why: of an unfinished run those whose reference did not pass so far."""
        if (scores := self.scores) is not None:
            return scores.unfit
        rows = self._rows(
            "SELECT s.task_id, v.status, v.reason FROM samples s JOIN verdicts v USING (program)"
            " WHERE s.reference AND v.status NOT IN (?, ?) ORDER BY s.task_id",
            (Status.PASSED, Status.NOT_JUDGED),
        )
        return {task: f"its reference solution gets {status}: {reason}" for task, status, reason in rows}

    def references(self) -> dict[str, tuple[str, str]]:
        """Task id -> program key and status of its reference solution, where it was judged beside the samples."""
        query = "SELECT s.task_id, s.program, v.status FROM samples s JOIN verdicts v USING (program) WHERE s.reference"
        return {task: (program, status) for task, program, status in self._rows(query)}

    # --- its samples -----------------------------------------------------------------------------------------------

    def tasks(self) -> list[str]:
        """Ids of the tasks that have samples, in the benchmark's order (of earlier versions' runs: by id)."""
        position = self._column("problems", "p.position", "NULL")
        return [
            task
            for task, _ in self._rows(
                f"SELECT DISTINCT s.task_id, {position} FROM samples s{self._with_problems}"  # noqa: S608
                " WHERE NOT s.reference ORDER BY 2, 1"
            )
        ]

    def judged(self, task: str | None = None) -> Iterator[Judged]:
        """Every sample, or those of a task, in order of task id and number; those without a verdict too."""
        where, order = "" if task is None else " AND s.task_id = ?", " ORDER BY s.task_id, s.sample"
        for row in self._looked_up(f"{self._query()}{where}{order}", () if task is None else (task,)):
            yield Judged(**self._fields(row))

    def kinds(self) -> dict[str, tuple[str, str]]:
        """Task id -> benchmark and tier; none of a run that has no samples yet, or did not keep its problems."""
        if not self._columns["problems"]:
            return {}
        rows = self._rows("SELECT task_id, benchmark, tier FROM problems")
        return {task: (benchmark, tier) for task, benchmark, tier in rows}

    def ends(self, known: Mapping[tuple[str, int], str]) -> Counter[tuple[str, str, str, str, int | None]]:
        """Task id, language, why they ended, how they were read, tokens -> how many samples; in order of task ids.

        Args:
            known: task id and number of a sample -> why it ended, for what the journal does not say it of.
        """
        columns = ", ".join(
            self._column("samples", f"s.{name}", missing)
            for name, missing in (("finish_reason", "''"), ("read_as", "''"), ("tokens", "NULL"))
        )
        number = ", s.sample" if known else ""
        rows = self._rows(
            f"SELECT s.task_id, s.language, {columns}{number} FROM samples s WHERE NOT s.reference"  # noqa: S608
            " ORDER BY s.task_id"
        )
        if not known:
            return Counter(rows)
        return Counter(
            (task, language, ended_by or known.get((task, sample), ""), read_as, tokens)
            for task, language, ended_by, read_as, tokens, sample in rows
        )

    def programs(self) -> Iterator[tuple[str, str, str, str, int, int, int | None, bytes, bytes | None]]:
        """Of every sample that has a verdict its program, task id and verdict, as the journal has them; by program.

        A verdict is status, reason, borderline, unstable, walled, executions, results per test.
        """
        walled, cases = (self._column("verdicts", f"v.{name}", "NULL") for name in ("walled", "cases"))
        return self._rows(
            "SELECT v.program, s.task_id, v.status, v.reason, v.borderline, v.unstable,"  # noqa: S608
            f" {walled}, v.attempts, {cases} FROM verdicts v CROSS JOIN samples s ON s.program = v.program"
            " WHERE NOT s.reference ORDER BY v.program"
        )

    def with_texts(self) -> Iterator[tuple[Judged, str, str]]:
        """Every sample as `judged` has it, its text, and the answer that this was read from."""
        answers = self._column("samples", "s.answer", "x''")
        query = self._query("s.completion", answers)
        for *usual, completion, answer in self._looked_up(f"{query} ORDER BY s.task_id, s.sample"):
            yield (
                Judged(**self._fields(usual)),
                completion.decode("utf-8", "surrogatepass"),
                answer.decode("utf-8", "surrogatepass"),
            )

    def compared(self) -> Iterator[tuple[str, int, str, str | None, str, str | None, int, int, str, str, bytes, bytes]]:
        """Of every sample what `Trace` keeps, in its order there, as the journal has it; by task id and number."""
        columns = [
            *("s.task_id", "s.sample", "s.language", self._column("problems", "p.tier", "''")),
            *("s.program", "v.status", "v.borderline", "v.unstable"),
            *(self._column("samples", f"s.{name}", "''") for name in ("read_as", "finish_reason")),
            *("s.completion", self._column("samples", "s.answer", "x''")),
        ]
        return self._looked_up(f"{self._from(columns)} ORDER BY s.task_id, s.sample")

    def sample(self, task: str, index: int) -> SampleView | None:
        """All that is known of one sample; None where there is no such sample."""
        answer = self._column("samples", "s.answer", "x''")
        query = self._query("s.completion", answer)
        row = next(self._rows(f"{query} AND s.task_id = ? AND s.sample = ?", (task, index)), None)
        if row is None:
            return None
        *usual, completion, answer = row
        with self._damage():
            fields = self._fields(usual)
            return SampleView(
                **fields,
                text=completion.decode("utf-8", "surrogatepass"),
                answer=answer.decode("utf-8", "surrogatepass"),
                problem=self._texts.problem(task),
                assembled=self._texts.program(fields["program"]),
                limits=self._limits(task),
            )

    def samples(self) -> Iterator[Sample]:
        """Every sample as it was given, in order of task id and number."""
        columns = ", ".join(
            self._column("samples", f"s.{name}", missing)
            for name, missing in (("answer", "x''"), ("read_as", "''"), ("finish_reason", "''"), ("tokens", "NULL"))
        )
        rows = self._rows(
            f"SELECT s.task_id, s.sample, s.whole, s.completion, {columns} FROM samples s"  # noqa: S608
            " WHERE NOT s.reference ORDER BY s.task_id, s.sample"
        )
        for task_id, index, whole, completion, answer, read_as, finish_reason, tokens in rows:
            yield Sample(
                task_id=task_id,
                index=index,
                text=completion.decode("utf-8", "surrogatepass"),
                whole=bool(whole),
                answer=answer.decode("utf-8", "surrogatepass"),
                read_as=read_as,
                finish_reason=finish_reason,
                tokens=tokens,
            )

    def program(self, key: str) -> Program | None:
        """The program of that key; None where the run did not keep it."""
        with self._damage():
            return self._texts.program(key)

    def problem(self, task: str) -> Problem | None:
        """What a task asked, with tests and reference; None where the run did not keep it."""
        with self._damage():
            return self._texts.problem(task)

    @property
    def limits(self) -> dict[str, Limits]:
        """Task id -> the limits its programs are judged by."""
        with self._damage():
            rows = self._rows("SELECT task_id, limits FROM limits")
            return {task_id: msgspec.json.decode(body, type=Limits) for task_id, body in rows}

    def _limits(self, task: str) -> Limits | None:
        row = next(self._rows("SELECT limits FROM limits WHERE task_id = ?", (task,)), None)
        return None if row is None else msgspec.json.decode(row[0], type=Limits)

    # --- queries ---------------------------------------------------------------------------------------------------

    def _query(self, *more: str) -> str:
        """Of `_fields`, and `more` columns."""
        columns = [
            *("s.task_id", "s.sample", "s.language", "s.whole", "s.program"),
            *("v.status", "v.reason", "v.borderline", "v.unstable", "v.attempts"),
            self._column("verdicts", "v.walled", "NULL"),
            self._column("verdicts", "v.cases", "NULL"),
            self._column("samples", "s.read_as", "''"),
            self._column("samples", "s.finish_reason", "''"),
            self._column("samples", "s.tokens", "NULL"),
            self._column("samples", "s.position", "NULL"),
            self._column("problems", "p.benchmark", "''"),
            self._column("problems", "p.tier", "''"),
        ]
        return self._from([*columns, *more])

    def _from(self, columns: Sequence[str]) -> str:
        """These columns of samples, their verdicts and problems."""
        return (
            f"SELECT {', '.join(columns)} FROM samples s LEFT JOIN verdicts v USING (program)"  # noqa: S608
            f"{self._with_problems} WHERE NOT s.reference"
        )

    @property
    def _with_problems(self) -> str:
        return " LEFT JOIN problems p ON p.task_id = s.task_id" if self._columns["problems"] else ""

    @staticmethod
    def _fields(row: Any) -> dict[str, Any]:
        task_id, sample, language, whole, program, status, reason, borderline, unstable, attempts, *later = row
        walled, cases, read_as, finish_reason, tokens, position, benchmark, tier = later
        return {
            "task_id": task_id,
            "sample": sample,
            "language": language,
            "benchmark": benchmark or "",
            "tier": tier or "",
            "whole": bool(whole),
            "program": program,
            "status": status or "",
            "reason": reason or "",
            "borderline": bool(borderline),
            "unstable": bool(unstable),
            "walled": None if walled is None else bool(walled),
            "tests": b"" if cases is None else cases,
            "read_as": read_as,
            "finish_reason": finish_reason,
            "tokens": tokens,
            "position": position,
            "executions": attempts or b"[]",
        }

    def _has(self, table: str, column: str) -> bool:
        return column in self._columns[table]

    def _column(self, table: str, column: str, missing: str) -> str:
        """`column` in a query, or what stands for it in journals of versions that lack it."""
        return column if self._has(table, column.partition(".")[2]) else missing

    def _number(self, query: str) -> int:
        return int(next(self._rows(query), (0,))[0])

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> Iterator[Any]:
        """Rows of the journal; none where a run that has just begun has no tables yet."""
        if not self._columns["samples"]:
            return
        with self._damage():
            yield from self._db.execute(query, values)

    def _looked_up(self, query: str, values: tuple[object, ...] = ()) -> Iterator[Any]:
        """As `_rows`, where a verdict is looked up for every sample, anywhere in the file.

        It is quicker mapped; a table that is read in order is not, and what is mapped counts as memory.
        """
        with self._damage():
            self._db.execute(f"PRAGMA mmap_size = {_MAPPED}")
        return self._rows(query, values)

    @contextlib.contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise RunFolderError(f"the journal in {self.path} is damaged: {error}") from error

    def close(self) -> None:
        """Close the journal."""
        self._stack.close()

    def __enter__(self) -> "RunView":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open(journal: Path, way: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{journal.resolve().as_uri()}?{way}", uri=True)
