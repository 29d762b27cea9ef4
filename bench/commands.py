"""Ways beside each other, in turns; whole commands, timed, and files of generations to give to them."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from passatk.problems import ProblemSet
from passatk.records import Problem

_LAST_WORDS = 600


class Took(NamedTuple):
    """A command that ended well."""

    seconds: float
    out: str


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Took:
    """Execute it.

    Raises:
        SystemExit: it failed; says what it said.
    """
    started = time.monotonic()
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-_LAST_WORDS:]}")
    return Took(seconds, done.stdout)


def evaluate(
    samples: Path, problems: str, out: Path, workers: int, *more: str, environment: Mapping[str, str] | None = None
) -> Took:
    """`passatk evaluate` into a folder made anew; `out` of the result is its report as JSON."""
    shutil.rmtree(out, ignore_errors=True)
    return run(evaluation(samples, problems, out, workers, *more), environment)


def evaluation(samples: Path, problems: str, out: Path, workers: int, *more: str) -> list[str]:
    """The command `passatk evaluate`."""
    options = ["--problems", problems, "--out", str(out), "--workers", str(workers), *more, "--json"]
    return [sys.executable, "-m", "passatk", "evaluate", str(samples), *options]


def passed(out: Path) -> int:
    """How many samples of a run folder passed."""
    with (out / "results.jsonl").open() as lines:
        return sum(json.loads(line)["passed"] for line in lines)


def in_turns(ways: Mapping[Any, Callable[[], float]], repeats: int, warm: bool = False) -> dict[Any, list[float]]:
    """Each way's lowest, median and highest figure, all in turns: a slow minute of the machine is everyone's.

    `warm`: the first of each does not count.
    """
    found: dict[Any, list[float]] = {name: [] for name in ways}
    for repeat in range(-warm, repeats):
        for name, figure in ways.items():
            got = figure()
            if repeat >= 0:
                found[name].append(got)
    return {name: [min(several), statistics.median(several), max(several)] for name, several in found.items()}


class Generation(NamedTuple):
    """A right answer, and its text that no other has."""

    problem: Problem
    text: str


def references(problems: ProblemSet, language: str, tasks: int, each: int, salt: str = "") -> list[Generation]:
    """Reference solutions, `each` texts a task, different by a comment at their end."""
    chosen = [p for p in problems.problems.values() if p.language == language and p.reference][:tasks]
    sign = "    #" if language == "python" else "//"  # at the margin it would end the function
    return [Generation(p, f"{p.reference}\n{sign} {n} {salt}\n") for n in range(each) for p in chosen]


def write(path: Path, generations: Sequence[Generation]) -> None:
    """A file as every evaluator reads it."""
    lines = (json.dumps({"task_id": one.problem.task_id, "completion": one.text}) for one in generations)
    path.write_text("".join(f"{line}\n" for line in lines))
