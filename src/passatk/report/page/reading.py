"""One pass over a run: its rows for the page's script, and what its figures are made of."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from passatk.comparing.causes import CUT_OFF
from passatk.errors import RunFolderError
from passatk.judging.quiet import quietest
from passatk.prompts import completion
from passatk.records import Outcome, Problem, Sample, Status, StepFacts, StepLimits, Stop
from passatk.report.page.clusters import Clusters
from passatk.report.page.columns import Pool, Table
from passatk.report.samples import compared
from passatk.runs import GenerationManifest, Judged, RunView
from passatk.runs.manifest import Manifest
from passatk.runs.view import Scores, State

STATUSES = (*Status, "")
"""By the number they have in columns; the last is "not judged yet"."""
STOPS = ("", *Stop)
_BORDERLINE, _UNSTABLE, _WALLED, _NOT_WALLED, _DAMAGED = 1, 2, 4, 8, 16


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
    samples: int = 0
    damaged: int = 0
    """Samples whose executions cannot be read."""
    tasks: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Task id -> benchmark, language, tier."""
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Task id -> status -> samples."""
    marks: Counter[str] = field(default_factory=Counter)
    """`borderline`, `unstable`, `cut off`, `not walled` -> samples."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Statuses of a later version -> samples."""
    cpu: list[tuple[str, float, float]] = field(default_factory=list)
    """Status, CPU seconds and limit of each different program that ran."""
    tokens: list[int] = field(default_factory=list)
    finish_reasons: Counter[str] = field(default_factory=Counter)
    read_as: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    """Reasons of samples that could not be judged."""


class Rows:
    """All samples of one run or two, for the page's script."""

    def __init__(self) -> None:
        self.pool, self.clusters = Pool(), Clusters()
        self.samples, self.programs, self.attempts = Table(), Table(), Table()
        self.problems: list[dict[str, Any]] = []
        self.words: dict[str, list[str]] = {"read_as": [""], "finish": [""]}
        """Few different texts, by number."""
        self._problem: dict[tuple[str, str], int] = {}

    def add(self, run: int, view: RunView, tally: Tally) -> None:
        """Every sample of the run that `view` reads, counted in `tally`."""
        limits, known = view.limits, dict[str, int]()
        task, problem, number = None, None, 0
        for judged, sample in _both(view):
            if judged.task_id != task:
                task = judged.task_id
                problem = view.problem(task)
                number = self._problem_number(judged, problem)
                allowed = limits.get(task)
                shown = self.problems[number].setdefault("runs", [None, None])
                shown[run] = {
                    "limits": None if allowed is None else [_limits(allowed.build), _limits(allowed.run)],
                    "out": tally.left_out.get(task, ""),
                }
                tally.tasks[task] = judged.benchmark, judged.language, judged.tier
            program = known.get(judged.program)
            if program is None:
                limit = None if allowed is None else allowed.run.cpu_s
                known[judged.program] = program = self._program(judged, tally, limit)
            self._sample(run, number, program, judged, sample, problem)
            self._count(tally, judged, program)

    def _problem_number(self, judged: Judged, problem: Problem | None) -> int:
        key = judged.task_id, judged.language
        if key not in self._problem:
            self._problem[key] = len(self.problems)
            texts = {} if problem is None else _texts_of(problem)
            self.problems.append(
                {
                    "id": judged.task_id,
                    "language": judged.language,
                    "tier": judged.tier,
                    "benchmark": judged.benchmark,
                    "known": problem is not None,
                    **{name: self.pool.number(text) for name, text in texts.items()},
                }
            )
        return self._problem[key]

    def _sample(
        self, run: int, number: int, program: int, judged: Judged, sample: Sample, problem: Problem | None
    ) -> None:
        text = sample.text
        kept = -1
        if problem is not None and not sample.whole and (problem.cut or problem.stop):
            judged_part = completion(problem, text)
            kept = len(judged_part) if text.startswith(judged_part) and len(judged_part) < len(text) else -1
        self.samples.add(
            {
                "run": run,
                "problem": number,
                "number": judged.sample,
                "program": program,
                "text": self.pool.number(text),
                "kept": kept if kept < 0 else len(text[:kept].encode("utf-16-le", "surrogatepass")) // 2,
                "answer": self.pool.number(sample.answer if sample.read_as else ""),
                "whole": int(sample.whole),
                "read_as": self._word("read_as", sample.read_as),
                "finish": self._word("finish", sample.finish_reason),
                "cut": int(sample.finish_reason in CUT_OFF),
                "tokens": -1 if sample.tokens is None else sample.tokens,
            }
        )

    def _word(self, kind: str, word: str) -> int:
        words = self.words[kind]
        if word not in words:
            words.append(word)
        return words.index(word)

    def _program(self, judged: Judged, tally: Tally, limit: float | None) -> int:
        damaged = False
        attempts: tuple[Outcome, ...] = ()
        try:
            attempts = judged.attempts
        except RunFolderError:
            damaged = True
        first, decided = self.attempts.rows, quietest(attempts) if attempts else None
        for outcome in attempts:
            self.attempts.add(self._attempt(outcome))
        if decided is not None and decided.run is not None and limit is not None:
            tally.cpu.append((judged.status, decided.run.cpu_s, limit))
        values = {} if damaged else compared(judged)
        failed = judged.status not in ("", Status.PASSED)
        return self.programs.add(
            {
                "status": STATUSES.index(judged.status) if judged.status in STATUSES else len(STATUSES),
                "flags": judged.borderline * _BORDERLINE
                | judged.unstable * _UNSTABLE
                | (judged.walled is True) * _WALLED
                | (judged.walled is False) * _NOT_WALLED
                | damaged * _DAMAGED,
                "reason": self.pool.number(judged.reason),
                "cluster": self.clusters.number(judged.status, judged.reason) if failed else -1,
                "first": first,
                "attempts": len(attempts),
                "decided": next((n for n, outcome in enumerate(attempts) if outcome is decided), -1),
                "cpu": -1 if decided is None or decided.run is None else _milli(decided.run.cpu_s),
                "expected": self.pool.number(values.get("expected", "")),
                "actual": self.pool.number(values.get("actual", "")),
            }
        )

    def _attempt(self, outcome: Outcome) -> dict[str, int]:
        tests = outcome.examiner
        return {
            **self._step("build", outcome.build),
            **self._step("run", outcome.run),
            "proof": int(outcome.proof),
            "fault": self.pool.number(outcome.fault or ""),
            "said": self.pool.number(tests.said if tests else ""),
            "words": self.pool.number(tests.words if tests else ""),
        }

    def _step(self, name: str, facts: StepFacts | None) -> dict[str, int]:
        if facts is None:
            return dict.fromkeys((f"{name}_{part}" for part in _PARTS), 0)
        values = (
            1,
            -1 if facts.exit_code is None else facts.exit_code,
            0 if facts.signal is None else facts.signal,
            STOPS.index(facts.stopped_by or ""),
            _milli(facts.cpu_s),
            _milli(facts.idle_s),
            facts.peak_memory_bytes >> 20,
            facts.output_bytes,
            self.pool.number(facts.stdout),
            self.pool.number(facts.stderr),
        )
        return {f"{name}_{part}": value for part, value in zip(_PARTS, values, strict=True)}

    def _count(self, tally: Tally, judged: Judged, program: int) -> None:
        tally.samples += 1
        tally.statuses[judged.task_id][judged.status] += 1
        if judged.status not in STATUSES:
            tally.unknown[judged.status] += 1
        tally.damaged += bool(self.programs.columns["flags"][program] & _DAMAGED)
        marks = {
            "borderline": judged.borderline,
            "unstable": judged.unstable,
            "cut off": judged.finish_reason in CUT_OFF,
            "not walled": judged.walled is False,
        }
        tally.marks.update(name for name, there in marks.items() if there)
        tally.finish_reasons[judged.finish_reason] += 1
        tally.read_as[judged.read_as] += 1
        if judged.tokens is not None:
            tally.tokens.append(judged.tokens)
        if judged.status == Status.NOT_JUDGED:
            tally.unjudged[judged.reason] += 1


_PARTS = ("there", "exit", "signal", "stop", "cpu", "idle", "memory", "output", "stdout", "stderr")


def _texts_of(problem: Problem) -> dict[str, str]:
    return {
        "prompt": problem.prompt,
        "suffix": problem.suffix,
        "instruction": problem.instruction,
        "context": problem.context,
        "tests": problem.tests.code,
        "examples": problem.tests.examples,
        "reference": problem.reference or "",
    }


def _both(view: RunView) -> Iterator[tuple[Judged, Sample]]:
    """Every sample with its text. Both come in one order, but a run that goes on may have grown in between."""
    texts = view.samples()
    sample = next(texts, None)
    for judged in view.judged():
        key = judged.task_id, judged.sample
        while sample is not None and (sample.task_id, sample.index) < key:
            sample = next(texts, None)
        if sample is not None and (sample.task_id, sample.index) == key:
            yield judged, sample


def _limits(step: StepLimits) -> list[int]:
    """As `_step` has what was used: milliseconds, MiB, bytes."""
    return [_milli(step.cpu_s), _milli(step.idle_s), step.memory_bytes >> 20, step.output_bytes]


def _milli(seconds: float) -> int:
    return round(1000 * seconds)
