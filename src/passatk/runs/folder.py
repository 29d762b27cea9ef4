"""The run folder: what is judged is on disk before the next program is; nothing is lost to a kill."""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from passatk.cases import LEFT_OUT, CaseResult
from passatk.records import Limits, Problem, Program, Record, Sample, Score, Status, Verdict
from passatk.runs.journal import INSERT_SAMPLE, JOURNAL, Kept, make_tables, results_in, results_of
from passatk.runs.locked import COMPLETE, LockedFolder, storage, write_atomically, write_lines
from passatk.runs.manifest import Manifest

GENERATIONS = "generations"
"""Of a run that generated its own samples: where they are."""
_BATCH = 500


class Entry(Record, frozen=True, kw_only=True):
    """A sample and the program it became. `reference` marks a problem's own solution, judged to check the task."""

    sample: Sample
    program: str
    language: str
    reference: bool = False
    assembled: Program | None = None
    """The program itself, where it is at hand."""


class Result(Record, frozen=True, kw_only=True):
    """One line of `results.jsonl`, the format peers' tools read."""

    task_id: str
    benchmark: str
    language: str
    sample: int
    completion: str
    passed: bool
    status: str
    reason: str
    walled: bool | None = None
    """Tests and program shared no process; None in runs of earlier versions."""
    answer: str = ""
    """What a model said, where `completion` was read from it."""
    read_as: str = ""
    """How it was read."""


def _line(result: Result) -> dict[str, Any]:
    """A result as its line has it: what was read from an answer has that too."""
    line: dict[str, Any] = msgspec.to_builtins(result)
    return (
        line if result.read_as else {name: value for name, value in line.items() if name not in ("answer", "read_as")}
    )


class RunFolder(LockedFolder):
    """An open run folder, locked against other processes. Use as a context manager.

    Files: `manifest.json`, `run.sqlite` (the journal), then `results.jsonl`, `score.json`, and last `complete`, which
    holds the digest.

    Raises:
        RunFolderError: the folder is in use, or belongs to a run with another manifest.
        StorageError: it cannot be written.
    """

    expected = (GENERATIONS,)

    def __init__(self, path: Path, manifest: Manifest):
        super().__init__(path, manifest)

    def _open(self) -> None:
        self._db = sqlite3.connect(self.path / JOURNAL, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # survives kill -9; a power cut may cost the last rows
        make_tables(self._db)

    # --- filling -------------------------------------------------------------------------------------------------

    @property
    def filled(self) -> bool:
        """All samples are in the journal."""
        return self._db.execute("SELECT 1 FROM marks WHERE name = 'filled'").fetchone() is not None

    def fill(self, entries: Iterable[Entry], problems: Iterable[Problem] = ()) -> None:
        """Put all samples, their programs and problems into the journal, or, after an error in the input, nothing."""
        with self.together():
            kept = Kept(self._db)
            for position, problem in enumerate(problems):
                kept.keep_problem(problem, position)
            rows = (self._row(entry, position, kept) for position, entry in enumerate(entries))
            self._db.executemany(INSERT_SAMPLE, rows)
            self._db.execute("INSERT INTO marks VALUES ('filled')")

    def _row(self, entry: Entry, position: int, kept: Kept) -> tuple[object, ...]:
        """Of the table of samples; the program is kept by the way."""
        sample = entry.sample
        if entry.assembled is not None:
            kept.keep_program(entry.assembled)
        return (
            *(sample.task_id, sample.index, entry.program, entry.language, sample.whole, entry.reference),
            *(sample.text.encode("utf-8", "surrogatepass"), sample.answer.encode("utf-8", "surrogatepass")),
            *(sample.read_as, sample.finish_reason, sample.tokens, position),
        )

    # --- judging -------------------------------------------------------------------------------------------------

    def counts(self) -> tuple[int, int, int]:
        """(samples, unique programs, programs still to judge)."""
        samples = self._db.execute("SELECT COUNT(*) FROM samples WHERE NOT reference").fetchone()[0]
        programs = self._db.execute("SELECT COUNT(DISTINCT program) FROM samples").fetchone()[0]
        judged = self._db.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0]
        return samples, programs, programs - judged

    def unjudged(self) -> Iterator[Entry]:
        """One entry for each program without a verdict, as the journal stands now."""
        last = ""
        while True:
            with self._reader() as reader:  # a short look each: the journal must be able to write back its log
                rows = reader.execute(
                    "SELECT task_id, MIN(sample), program, language, whole, reference, completion FROM samples"
                    " WHERE program > ? AND program NOT IN (SELECT program FROM verdicts)"
                    " GROUP BY program ORDER BY program LIMIT ?",
                    (last, _BATCH),
                ).fetchall()
            if not rows:
                return
            for task_id, index, program, language, whole, reference, completion in rows:
                text = completion.decode("utf-8", "surrogatepass")
                sample = Sample(task_id=task_id, index=index, text=text, whole=bool(whole))
                yield Entry(sample=sample, program=program, language=language, reference=bool(reference))
                last = program

    def without_verdict(self, programs: Iterable[str]) -> set[str]:
        """Those of these program keys that are in the journal and not judged yet."""
        waiting = "SELECT 1 FROM samples WHERE program = ? AND program NOT IN (SELECT program FROM verdicts) LIMIT 1"
        return {key for key in programs if self._db.execute(waiting, (key,)).fetchone()}

    @contextlib.contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """A connection for another thread."""
        reader = sqlite3.connect(self.path / JOURNAL, isolation_level=None)
        try:
            yield reader
        finally:
            reader.close()

    def record(self, program: str, verdict: Verdict) -> None:
        """Journal one verdict, at once."""
        attempts = msgspec.json.encode(verdict.attempts)
        with storage(self.path):
            row = (program, verdict.status, verdict.reason, verdict.borderline, verdict.unstable, attempts)
            whole = (*row, verdict.walled, results_of(verdict.cases))
            self._db.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", whole)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is recorded in this block becomes durable at once: many verdicts that are there already. May nest."""
        if self._db.in_transaction:
            yield
            return
        with storage(self.path):
            self._db.execute("BEGIN")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @property
    def limits(self) -> dict[str, Limits]:
        """Task id -> the limits its programs are judged by; empty until they are known."""
        rows = self._db.execute("SELECT task_id, limits FROM limits")
        return {task_id: msgspec.json.decode(body, type=Limits) for task_id, body in rows}

    def set_limits(self, limits: dict[str, Limits]) -> None:
        """Fix the limits of every task, for the whole run."""
        with self.together():
            rows = ((task_id, msgspec.json.encode(own)) for task_id, own in limits.items())
            self._db.executemany("INSERT INTO limits VALUES (?, ?)", rows)

    def forget_not_judged(self) -> None:
        """Programs the judge failed on get another chance whenever a run is continued."""
        with storage(self.path):
            deleted = self._db.execute("DELETE FROM verdicts WHERE status = ?", (Status.NOT_JUDGED,)).rowcount
            if deleted:
                (self.path / COMPLETE).unlink(missing_ok=True)

    # --- reading -------------------------------------------------------------------------------------------------

    def failed_references(self) -> dict[str, tuple[str, str]]:
        """Tasks whose own reference solution did not pass: task id -> (status, reason)."""
        rows = self._db.execute(
            "SELECT s.task_id, v.status, v.reason FROM samples s JOIN verdicts v USING (program)"
            " WHERE s.reference AND v.status != ?",
            (Status.PASSED,),
        )
        return {task_id: (status, reason) for task_id, status, reason in rows}

    def tests_left_out(self, tasks: Iterable[str]) -> dict[str, tuple[CaseResult, ...]]:
        """Task id -> those of its tests that say nothing of a program, where there are any; of tasks with a verdict."""
        found = {}
        for task in tasks:
            row = self._db.execute(
                "SELECT verdicts.cases FROM samples JOIN verdicts USING (program)"
                " WHERE task_id = ? AND verdicts.cases IS NOT NULL LIMIT 1",
                (task,),
            ).fetchone()
            if row and (some := tuple(one for one in results_in(row[0]) if one.status == LEFT_OUT)):
                found[task] = some
        return found

    def unjudged_samples(self) -> Iterator[tuple[str, str]]:
        """(task id, why) of every sample that could not be judged."""
        yield from self._db.execute(
            "SELECT s.task_id, v.reason FROM samples s JOIN verdicts v USING (program)"
            " WHERE NOT s.reference AND v.status = ?",
            (Status.NOT_JUDGED,),
        )

    def borderline_samples(self) -> int:
        """How many samples are within a factor 1.5 of their CPU or idle limit."""
        count: int = self._db.execute(
            "SELECT COUNT(*) FROM samples s JOIN verdicts v USING (program) WHERE NOT s.reference AND v.borderline"
        ).fetchone()[0]
        return count

    def not_walled_samples(self) -> int:
        """How many samples shared a process with their tests."""
        count: int = self._db.execute(
            "SELECT COUNT(*) FROM samples s JOIN verdicts v USING (program) WHERE NOT s.reference AND v.walled = 0"
        ).fetchone()[0]
        return count

    def unstable_samples(self) -> dict[str, str]:
        """Samples whose repeats came out differently: `task sample` -> how."""
        rows = self._db.execute(
            "SELECT s.task_id, s.sample, v.reason FROM samples s JOIN verdicts v USING (program)"
            " WHERE NOT s.reference AND v.unstable ORDER BY s.task_id, s.sample"
        )
        return {f"{task_id} sample {sample}": reason for task_id, sample, reason in rows}

    def outcomes(self) -> Iterator[tuple[str, str, int]]:
        """(task id, status, number of samples), in order of task id."""
        yield from self._db.execute(
            "SELECT s.task_id, v.status, COUNT(*) FROM samples s JOIN verdicts v USING (program)"
            " WHERE NOT s.reference GROUP BY s.task_id, v.status ORDER BY s.task_id"
        )

    def results(self, problems: Mapping[str, Problem]) -> Iterator[Result]:
        """Every sample with its verdict, in order of task id and sample; `problems` by task id."""
        rows = self._db.execute(
            "SELECT s.task_id, s.sample, s.completion, v.status, v.reason, s.answer, s.read_as, v.walled FROM samples s"
            " JOIN verdicts v USING (program) WHERE NOT s.reference ORDER BY s.task_id, s.sample"
        )
        for task_id, sample, completion, status, reason, answer, read_as, walled in rows:
            yield Result(
                task_id=task_id,
                benchmark=problems[task_id].benchmark,
                language=problems[task_id].language,
                sample=sample,
                completion=completion.decode("utf-8", "surrogatepass"),
                passed=status == Status.PASSED,
                status=status,
                reason=reason,
                walled=None if walled is None else bool(walled),
                answer=answer.decode("utf-8", "surrogatepass"),
                read_as=read_as,
            )

    def read_as(self) -> dict[str, int]:
        """How samples were read from answers -> how many; empty where none was."""
        rows = self._db.execute(
            "SELECT read_as, COUNT(*) FROM samples WHERE NOT reference AND read_as != ''"
            " GROUP BY read_as ORDER BY 2 DESC, 1"
        )
        return dict(rows)

    def digest(self) -> str:
        """SHA-256 of the sorted (task, sample, program key, status) lines."""
        digest = hashlib.sha256()
        for row in self._db.execute(
            "SELECT s.task_id, s.sample, s.program, v.status FROM samples s JOIN verdicts v USING (program)"
            " WHERE NOT s.reference ORDER BY s.task_id, s.sample"
        ):
            digest.update(("\t".join(map(str, row)) + "\n").encode())
        return digest.hexdigest()

    # --- finishing -----------------------------------------------------------------------------------------------

    def write_results(self, problems: Mapping[str, Problem]) -> None:
        """Write `results.jsonl` from the journal; `problems`: by task id."""
        with storage(self.path):
            # ASCII: a lone surrogate in a completion survives as an escape
            write_lines(self.path / "results.jsonl", (json.dumps(_line(r)) for r in self.results(problems)))

    def finish(self, scores: list[Score], left_out: dict[str, str], problems: Mapping[str, Problem]) -> str:
        """Write results and scores, then the completion marker; return the digest.

        `left_out`: unfit tasks and why; with it, the figures can be computed again. `problems`: by task id.
        """
        digest = self.digest()
        self.write_results(problems)
        with storage(self.path):
            score = {"scores": scores, "unfit": left_out}
            write_atomically(self.path / "score.json", msgspec.json.format(msgspec.json.encode(score)) + b"\n")
            write_atomically(self.path / COMPLETE, f"{digest}\n".encode())
        return digest

    def close(self) -> None:
        """Close journal and lock."""
        self._db.close()
        super().close()
