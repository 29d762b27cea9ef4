"""What the figures of a page are made of: one run, all of its samples counted."""

from array import array
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from passatk.cases import knows_answers
from passatk.comparing.causes import CUT_OFF
from passatk.errors import RunFolderError
from passatk.judging.quiet import quietest
from passatk.pipeline.comparison import known_generations
from passatk.records import Outcome, Record, Status
from passatk.report.page.clusters import Clusters
from passatk.runs import GenerationManifest, Judged, RunView
from passatk.runs.journal import results_in
from passatk.runs.judged import JudgedProgram, Scores, State
from passatk.runs.manifest import Manifest

STATUSES = (*Status, "")
"""By the number they have in columns; the last is "not judged yet"."""


class _Ran(Record, frozen=True, kw_only=True):
    cpu_s: float


class _Attempt(Record, frozen=True, kw_only=True):
    """Of an `Outcome` what figures need."""

    run: _Ran | None = None


_BRIEF = msgspec.json.Decoder(tuple[_Attempt, ...])


class Executed(Record, frozen=True, kw_only=True):
    """What is known of one program's executions."""

    attempts: tuple[Outcome, ...]
    decided: Outcome | None
    """The attempt that counts."""
    damaged: bool
    """They cannot be read."""
    cluster: int
    """Of its failure; -1 where it did not fail."""


@dataclass(eq=False)
class Tally:
    """What figures are made of: of one run, all of its samples counted."""

    name: str
    manifest: Manifest
    state: State
    digest: str
    scores: Scores | None
    left_out: dict[str, str]
    generations: GenerationManifest | None
    ends: dict[tuple[str, int], str]
    """Task id and sample number -> why it ended, as its generations have it."""
    samples: int = 0
    damaged: int = 0
    """Samples whose executions cannot be read."""
    tasks: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Task id -> benchmark, language, tier."""
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Task id -> status -> samples."""
    marks: Counter[str] = field(default_factory=Counter)
    """`borderline`, `unstable`, `cut off`, `not walled`, `knows answers` -> samples."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Statuses of a later version -> samples."""
    passed_cpu: "array[float]" = field(default_factory=lambda: array("d"))
    """CPU time as a share of its limit, of each different program that ran and passed."""
    other_cpu: "array[float]" = field(default_factory=lambda: array("d"))
    """The same of those that ran and did not pass."""
    tokens: Counter[int] = field(default_factory=Counter)
    """Tokens -> samples."""
    finish_reasons: Counter[str] = field(default_factory=Counter)
    read_as: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    """Reasons of samples that could not be judged."""

    @classmethod
    def of(cls, view: RunView, path: Path) -> "Tally":
        """Of the run that `view` reads, with nothing counted yet."""
        generations, ends = known_generations(path, view.manifest)
        return cls(
            name=str(path),
            manifest=view.manifest,
            state=view.state,
            digest=view.digest,
            scores=view.scores,
            left_out=view.left_out(),
            generations=generations,
            ends=ends,
        )

    def executed(self, judged: Judged | JudgedProgram, limit: float | None, clusters: Clusters) -> Executed:
        """A program, when it is met first. `limit`: of its CPU seconds."""
        damaged = False
        attempts: tuple[Outcome, ...] = ()
        try:
            attempts = judged.attempts
        except RunFolderError:
            damaged = True
        decided = attempts[0] if len(attempts) == 1 else quietest(attempts) if attempts else None
        if decided is not None and decided.run is not None and limit is not None:
            self.shares(judged.status).append(decided.run.cpu_s / limit)
        return Executed(attempts=attempts, decided=decided, damaged=damaged, cluster=_cluster(judged, clusters))

    def counted(self, judged: JudgedProgram, limit: float | None, clusters: Clusters) -> tuple[int, "Said"]:
        """Cluster, and what is said, of a program that nobody will look at: only what figures need is read."""
        attempts = _brief(judged.executions)
        if len(attempts) != 1:
            executed = self.executed(judged, limit, clusters)
            return executed.cluster, Said.by(judged, executed.damaged)
        if attempts[0].run is not None and limit is not None:
            self.shares(judged.status).append(attempts[0].run.cpu_s / limit)
        return _cluster(judged, clusters), Said.by(judged, damaged=False)

    def shares(self, status: str) -> "array[float]":
        """Where CPU times of programs with that status are counted."""
        return self.passed_cpu if status == Status.PASSED else self.other_cpu

    def ended_by(self, judged: Judged) -> str:
        """Why the model ended; runs of earlier versions know it from their generations."""
        return judged.finish_reason or self.ends.get((judged.task_id, judged.sample), "")

    def count(self, judged: Judged, damaged: bool, ended_by: str) -> None:
        """One sample."""
        self.count_end(ended_by, judged.read_as)
        if judged.tokens is not None:
            self.tokens[judged.tokens] += 1
        self.count_verdict(judged.task_id, Said.by(judged, damaged))

    def count_end(self, ended_by: str, read_as: str, samples: int = 1) -> None:
        """How samples were generated; `tokens` are not counted here."""
        self.samples += samples
        if ended_by in CUT_OFF:
            self.marks["cut off"] += samples
        self.finish_reasons[ended_by] += samples
        self.read_as[read_as] += samples

    def count_verdict(self, task: str, said: "Said", samples: int = 1) -> None:
        """What is said of samples of a task."""
        self.statuses[task][said.status] += samples
        if said.status not in STATUSES:
            self.unknown[said.status] += samples
        if said.damaged:
            self.damaged += samples
        for mark, there in (
            ("borderline", said.borderline),
            ("unstable", said.unstable),
            ("not walled", said.unwalled),
            ("knows answers", said.knows_answers),
        ):
            if there:
                self.marks[mark] += samples
        if said.status == Status.NOT_JUDGED:
            self.unjudged[said.reason] += samples


class Said(NamedTuple):
    """What is counted of a verdict."""

    status: str
    """Empty where there is none yet."""
    reason: str
    """Empty but where it could not be judged."""
    borderline: bool
    unstable: bool
    unwalled: bool
    knows_answers: bool
    damaged: bool
    """Its executions cannot be read."""

    @classmethod
    def by(cls, judged: Judged | JudgedProgram, damaged: bool) -> "Said":
        """What is counted of `judged`."""
        reason = judged.reason if judged.status == Status.NOT_JUDGED else ""
        known = False
        with suppress(RunFolderError):  # a damaged journal is told elsewhere
            known = bool(judged.tests) and knows_answers(results_in(judged.tests))
        marks = judged.borderline, judged.unstable, judged.walled is False, known
        return cls(judged.status, reason, *marks, damaged)


def _has_failed(status: str) -> bool:
    return status not in ("", Status.PASSED)


def _cluster(judged: Judged | JudgedProgram, clusters: Clusters) -> int:
    return clusters.number(judged.status, judged.reason) if _has_failed(judged.status) else -1


def _brief(executions: bytes) -> tuple[_Attempt, ...]:
    """None where they cannot be read."""
    try:
        return _BRIEF.decode(executions)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()


def summarised(view: RunView, tally: Tally, clusters: Clusters) -> None:
    """Count every sample of a run that is too large for a grid.

    Samples are read in one sweep and verdicts in another, each in the order in which they lie on the disk.
    """
    kinds, waiting = view.kinds(), Counter[str]()
    for (task, language, ended_by, read_as, tokens), samples in view.ends(tally.ends).items():
        if task not in tally.tasks:
            benchmark, tier = kinds.get(task, ("", ""))
            tally.tasks[task] = benchmark, language, tier
        waiting[task] += samples
        if tokens is not None:
            tally.tokens[tokens] += samples
        tally.count_end(ended_by, read_as, samples)
    numbers = {task: number for number, task in enumerate(tally.tasks)}
    for said, counted in _verdicts(view, tally, clusters).items():
        for (task, cluster), samples in counted.items():
            waiting[task] -= samples
            clusters.count(cluster, numbers[task], samples)
            tally.count_verdict(task, said, samples)
    for task, samples in waiting.items():
        if samples:
            tally.statuses[task][""] += samples


def _verdicts(view: RunView, tally: Tally, clusters: Clusters) -> dict[Said, Counter[tuple[str, int]]]:
    """What is said -> task id and cluster -> samples, of those that have a verdict; programs are counted by the way.

    To make a record takes as long as all else, so one is made only of a program of which more must be known than usual.
    """
    limits = {task: allowed.run.cpu_s for task, allowed in view.limits.items()}
    found: dict[Said, Counter[tuple[str, int]]] = defaultdict(Counter)
    usual: dict[tuple[str, int, int, int | None], tuple[Counter[tuple[str, int]], array[float], bool]] = {}
    previous = None
    for program, task, status, reason, borderline, unstable, walled, executions, tests in view.programs():
        if program != previous:
            previous = program
            limit = limits.get(task)
            known = None if tests else usual.get((status, borderline, unstable, walled))
            attempts = () if known is None else _brief(executions)
            if known is not None and len(attempts) == 1:
                counted, shares, failed = known
                run = attempts[0].run
                if run is not None and limit is not None:
                    shares.append(run.cpu_s / limit)
                cluster = clusters.number(status, reason) if failed else -1
            else:
                judged = JudgedProgram(
                    status=status,
                    reason=reason,
                    borderline=bool(borderline),
                    unstable=bool(unstable),
                    walled=None if walled is None else bool(walled),
                    executions=executions,
                    tests=b"" if tests is None else tests,
                )
                cluster, said = tally.counted(judged, limit, clusters)
                counted = found[said]
                if not tests and status != Status.NOT_JUDGED and not said.damaged:
                    usual[status, borderline, unstable, walled] = counted, tally.shares(status), _has_failed(status)
        counted[task, cluster] += 1
    return found
