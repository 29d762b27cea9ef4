"""One pass over a run: its rows for the page's script; its tally is counted by the way."""

import json
from typing import Any

from passatk.cases import summary
from passatk.comparing.causes import CUT_OFF
from passatk.errors import RunFolderError
from passatk.prompts import completion
from passatk.records import Outcome, Problem, Status, StepFacts, StepLimits, Stop
from passatk.report.page.clusters import Clusters
from passatk.report.page.columns import Pool, Table
from passatk.report.page.tally import STATUSES, Executed, Tally
from passatk.report.samples import compared_in
from passatk.runs import Judged, RunView
from passatk.runs.journal import results_in

STOPS = ("", *Stop)
_STOPS = {stop: number for number, stop in enumerate(STOPS)}
_STATUSES = {status: number for number, status in enumerate(STATUSES)}
_BORDERLINE, _UNSTABLE, _WALLED, _NOT_WALLED, _DAMAGED = 1, 2, 4, 8, 16
_STEP = ("there", "exit", "signal", "stop", "cpu", "idle", "memory", "output", "stdout", "stderr")
_NO_STEP = (0,) * len(_STEP)
_SAMPLES = (
    *("run", "problem", "number", "program", "text", "kept", "answer", "whole", "read_as", "finish", "cut", "tokens"),
)
_MOST_TESTS = 50
_PROGRAMS = (
    *("status", "flags", "reason", "cluster", "first", "attempts", "decided", "cpu", "expected", "actual"),
    "results",
)
_ATTEMPTS = (
    *(f"build_{part}" for part in _STEP),
    *(f"run_{part}" for part in _STEP),
    *("proof", "fault", "said", "words"),
)


class Rows:
    """All samples of one run or two, for the page's script."""

    def __init__(self, clusters: Clusters) -> None:
        self.pool, self.clusters = Pool(), clusters
        self.samples, self.programs, self.attempts = Table(_SAMPLES), Table(_PROGRAMS), Table(_ATTEMPTS)
        self.problems: list[dict[str, Any]] = []
        self.words: dict[str, list[str]] = {"read_as": [""], "finish": [""]}
        """Few different texts, by number."""
        self._problem: dict[tuple[str, str], int] = {}

    def add(self, run: int, view: RunView, tally: Tally) -> None:
        """Every sample of the run that `view` reads, counted in `tally`."""
        limits, known = view.limits, dict[str, tuple[int, int, bool]]()
        task, problem, number = None, None, 0
        for judged, text, answer in view.with_texts():
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
            found = known.get(judged.program)
            if found is None:
                executed = tally.executed(judged, None if allowed is None else allowed.run.cpu_s, self.clusters)
                found = self._program(judged, executed), executed.cluster, executed.damaged
                known[judged.program] = found
            program, cluster, damaged = found
            ended_by = tally.ended_by(judged)
            self._sample(run, number, program, ended_by, judged, text, answer, problem)
            self.clusters.count(cluster, number)
            tally.count(judged, damaged, ended_by)

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
        self,
        run: int,
        number: int,
        program: int,
        ended_by: str,
        judged: Judged,
        text: str,
        answer: str,
        problem: Problem | None,
    ) -> None:
        kept = -1
        if problem is not None and not judged.whole and (problem.cut or problem.stop):
            judged_part = completion(problem, text)
            kept = len(judged_part) if text.startswith(judged_part) and len(judged_part) < len(text) else -1
        self.samples.add(
            (
                run,
                number,
                judged.sample,
                program,
                self.pool.number(text),
                kept if kept < 0 else len(text[:kept].encode("utf-16-le", "surrogatepass")) // 2,
                self.pool.number(answer) if judged.read_as else 0,
                judged.whole,
                self._word("read_as", judged.read_as),
                self._word("finish", ended_by),
                ended_by in CUT_OFF,
                -1 if judged.tokens is None else judged.tokens,
            )
        )

    def _word(self, kind: str, word: str) -> int:
        words = self.words[kind]
        if word not in words:
            words.append(word)
        return words.index(word)

    def _program(self, judged: Judged, executed: Executed) -> int:
        attempts, decided, number = executed.attempts, executed.decided, self.pool.number
        first = self.attempts.rows
        for outcome in attempts:
            self.attempts.add(self._attempt(outcome))
        values = {} if judged.status == Status.PASSED else compared_in(decided, judged.language)
        return self.programs.add(
            (
                _STATUSES.get(judged.status, len(STATUSES)),
                judged.borderline * _BORDERLINE
                | judged.unstable * _UNSTABLE
                | (judged.walled is True) * _WALLED
                | (judged.walled is False) * _NOT_WALLED
                | executed.damaged * _DAMAGED,
                number(judged.reason),
                executed.cluster,
                first,
                len(attempts),
                next((n for n, outcome in enumerate(attempts) if outcome is decided), -1),
                -1 if decided is None or decided.run is None else _milli(decided.run.cpu_s),
                number(values.get("expected", "")),
                number(values.get("actual", "")),
                number(_results(judged)),
            )
        )

    def _attempt(self, outcome: Outcome) -> tuple[int, ...]:
        tests, number = outcome.examiner, self.pool.number
        return (
            *self._step(outcome.build),
            *self._step(outcome.run),
            outcome.proof,
            number(outcome.fault or ""),
            number(tests.said if tests else ""),
            number(tests.words if tests else ""),
        )

    def _step(self, facts: StepFacts | None) -> tuple[int, ...]:
        if facts is None:
            return _NO_STEP
        return (
            1,
            -1 if facts.exit_code is None else facts.exit_code,
            0 if facts.signal is None else facts.signal,
            _STOPS[facts.stopped_by or ""],
            _milli(facts.cpu_s),
            _milli(facts.idle_s),
            facts.peak_memory_bytes >> 20,
            facts.output_bytes,
            self.pool.number(facts.stdout),
            self.pool.number(facts.stderr),
        )


def _results(judged: Judged) -> str:
    """Of tests with inputs, as JSON: which part passed, and a row each, those that failed first. Empty without any."""
    try:
        results = results_in(judged.tests)
    except RunFolderError:  # the rest of a damaged journal is still worth seeing
        return ""
    if not results:
        return ""
    shown = sorted(results, key=lambda result: result.status == Status.PASSED)[:_MOST_TESTS]
    rows = [
        [
            *(one.id, one.status, one.public, one.weight, _milli(one.cpu_s), one.peak_memory_bytes >> 20),
            *(one.words, one.output),
        ]
        for one in shown
    ]
    return json.dumps({**summary(results), "rows": rows}, separators=(",", ":"))


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


def _limits(step: StepLimits) -> list[int]:
    """As `_step` has what was used: milliseconds, MiB, bytes."""
    return [_milli(step.cpu_s), _milli(step.idle_s), step.memory_bytes >> 20, step.output_bytes]


def _milli(seconds: float) -> int:
    return round(1000 * seconds)
