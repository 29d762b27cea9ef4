"""Whole commands, timed: what somebody waits for who types them; and files of generations to give to them."""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from passatk.problems import ProblemSet
from passatk.records import Problem

_LAST_WORDS = 600


class Took(NamedTuple):
    """A command that ended well."""

    seconds: float
    out: str


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Took:
    """Execute it.

    Raises:
        SystemExit: it failed; says what it said.
    """
    started = time.monotonic()
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, cwd=folder, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-_LAST_WORDS:]}")
    return Took(seconds, done.stdout)


def in_turns(ways: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Each way's seconds, median of several, one after the other: what slows the machine slows them all."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, seconds in ways.items():
            taken[name].append(seconds())
    return {name: statistics.median(several) for name, several in taken.items()}


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
