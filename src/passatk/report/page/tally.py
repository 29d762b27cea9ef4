"""What the figures of a page are made of: one run, all of its samples counted."""

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

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
from passatk.runs.judged import Scores, State
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
    cpu: list[tuple[str, float, float]] = field(default_factory=list)
    """Status, CPU seconds and limit of each different program that ran."""
    tokens: list[int] = field(default_factory=list)
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

    def executed(self, judged: Judged, limit: float | None, clusters: Clusters) -> Executed:
        """A program, when it is met first. `limit`: of its CPU seconds."""
        damaged = False
        attempts: tuple[Outcome, ...] = ()
        try:
            attempts = judged.attempts
        except RunFolderError:
            damaged = True
        decided = attempts[0] if len(attempts) == 1 else quietest(attempts) if attempts else None
        if decided is not None and decided.run is not None and limit is not None:
            self.cpu.append((judged.status, decided.run.cpu_s, limit))
        return Executed(attempts=attempts, decided=decided, damaged=damaged, cluster=_cluster(judged, clusters))

    def counted(self, judged: Judged, limit: float | None, clusters: Clusters) -> tuple[int, bool]:
        """Cluster, and whether it is damaged, of a program that nobody will look at: only what figures need is read."""
        try:
            attempts = _BRIEF.decode(judged.executions)
        except (msgspec.DecodeError, UnicodeDecodeError):
            attempts = ()
        if len(attempts) != 1:
            executed = self.executed(judged, limit, clusters)
            return executed.cluster, executed.damaged
        if attempts[0].run is not None and limit is not None:
            self.cpu.append((judged.status, attempts[0].run.cpu_s, limit))
        return _cluster(judged, clusters), False

    def ended_by(self, judged: Judged) -> str:
        """Why the model ended; runs of earlier versions know it from their generations."""
        return judged.finish_reason or self.ends.get((judged.task_id, judged.sample), "")

    def count(self, judged: Judged, damaged: bool, ended_by: str) -> None:
        """One sample."""
        self.samples += 1
        self.statuses[judged.task_id][judged.status] += 1
        if judged.status not in STATUSES:
            self.unknown[judged.status] += 1
        self.damaged += damaged
        self.marks["borderline"] += judged.borderline
        self.marks["unstable"] += judged.unstable
        self.marks["cut off"] += ended_by in CUT_OFF
        self.marks["not walled"] += judged.walled is False
        with suppress(RunFolderError):  # a damaged journal is told elsewhere
            self.marks["knows answers"] += knows_answers(results_in(judged.tests))
        self.finish_reasons[ended_by] += 1
        self.read_as[judged.read_as] += 1
        if judged.tokens is not None:
            self.tokens.append(judged.tokens)
        if judged.status == Status.NOT_JUDGED:
            self.unjudged[judged.reason] += 1


def _cluster(judged: Judged, clusters: Clusters) -> int:
    failed = judged.status not in ("", Status.PASSED)
    return clusters.number(judged.status, judged.reason) if failed else -1


def summarised(view: RunView, tally: Tally, clusters: Clusters) -> None:
    """Count every sample of a run that is too large for a grid."""
    limits, known, numbers = view.limits, dict[str, tuple[int, bool]](), dict[str, int]()
    for judged in view.judged():
        task = judged.task_id
        if task not in numbers:
            numbers[task] = len(numbers)
            tally.tasks[task] = judged.benchmark, judged.language, judged.tier
        found = known.get(judged.program)
        if found is None:
            allowed = limits.get(task)
            limit = None if allowed is None else allowed.run.cpu_s
            known[judged.program] = found = tally.counted(judged, limit, clusters)
        cluster, damaged = found
        clusters.count(cluster, numbers[task])
        tally.count(judged, damaged, tally.ended_by(judged))
