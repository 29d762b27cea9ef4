"""One pass over a run: its rows for the page's script; its tally is counted by the way."""

from collections.abc import Iterator
from typing import Any

from passatk.comparing.causes import CUT_OFF
from passatk.prompts import completion
from passatk.records import Outcome, Problem, Sample, Status, StepFacts, StepLimits, Stop
from passatk.report.page.clusters import Clusters
from passatk.report.page.columns import Pool, Table
from passatk.report.page.tally import STATUSES, Tally
from passatk.report.samples import compared_in
from passatk.runs import Judged, RunView

STOPS = ("", *Stop)
_BORDERLINE, _UNSTABLE, _WALLED, _NOT_WALLED, _DAMAGED = 1, 2, 4, 8, 16


class Rows:
    """All samples of one run or two, for the page's script."""

    def __init__(self, clusters: Clusters) -> None:
        self.pool, self.clusters = Pool(), clusters
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
            ended_by = tally.ended_by(judged)
            self._sample(run, number, program, ended_by, sample, problem)
            self.clusters.count(self.programs.columns["cluster"][program], number)
            tally.count(judged, bool(self.programs.columns["flags"][program] & _DAMAGED), ended_by)

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
        self, run: int, number: int, program: int, ended_by: str, sample: Sample, problem: Problem | None
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
                "number": sample.index,
                "program": program,
                "text": self.pool.number(text),
                "kept": kept if kept < 0 else len(text[:kept].encode("utf-16-le", "surrogatepass")) // 2,
                "answer": self.pool.number(sample.answer if sample.read_as else ""),
                "whole": int(sample.whole),
                "read_as": self._word("read_as", sample.read_as),
                "finish": self._word("finish", ended_by),
                "cut": int(ended_by in CUT_OFF),
                "tokens": -1 if sample.tokens is None else sample.tokens,
            }
        )

    def _word(self, kind: str, word: str) -> int:
        words = self.words[kind]
        if word not in words:
            words.append(word)
        return words.index(word)

    def _program(self, judged: Judged, tally: Tally, limit: float | None) -> int:
        executed = tally.executed(judged, limit, self.clusters)
        attempts, decided = executed.attempts, executed.decided
        first = self.attempts.rows
        for outcome in attempts:
            self.attempts.add(self._attempt(outcome))
        values = {} if judged.status == Status.PASSED else compared_in(decided, judged.language)
        return self.programs.add(
            {
                "status": STATUSES.index(judged.status) if judged.status in STATUSES else len(STATUSES),
                "flags": judged.borderline * _BORDERLINE
                | judged.unstable * _UNSTABLE
                | (judged.walled is True) * _WALLED
                | (judged.walled is False) * _NOT_WALLED
                | executed.damaged * _DAMAGED,
                "reason": self.pool.number(judged.reason),
                "cluster": executed.cluster,
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
