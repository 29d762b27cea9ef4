"""Solutions of which it is known whether they are right: what an audit holds tests against."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from passatk.errors import FieldError, SourceError
from passatk.problems import ProblemSet
from passatk.records import Record, Sample
from passatk.textfiles import read_json

_FORM = (
    "task_id, correct (true or false), and solution (whole) or completion (behind the prompt); or a record of APPS or"
    " TACO, with its list of solutions"
)


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One solution."""

    task_id: str
    correct: bool
    solution: str = ""
    completion: str = ""


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A benchmark's own solutions of a problem, whole programs all."""

    problem_id: int | str
    solutions: str | list[str]
    """A list, or the JSON of one."""


class KnownSolution(Record, frozen=True, kw_only=True):
    """A solution and whether it is right."""

    sample: Sample
    correct: bool


def known_solutions(path: Path, problems: ProblemSet) -> list[KnownSolution]:
    """The solutions in a file of JSON lines: one a line, or a benchmark's records with lists of right ones.

    Raises:
        SourceError: a line is neither, or names no problem of the set.
    """
    found: list[KnownSolution] = []
    numbers = Counter[str]()
    for line, value in read_json(path):
        for record in value if isinstance(value, list) else [value]:
            for one in _solutions(path, line, record):
                if one.task_id not in problems.problems:
                    raise SourceError(
                        path, line, f"{one.task_id!r} is no task of {problems.name}", "the id of a problem", "task_id"
                    )
                sample = Sample(
                    task_id=one.task_id,
                    index=numbers[one.task_id],
                    text=one.solution or one.completion,
                    whole=bool(one.solution),
                )
                numbers[one.task_id] += 1
                found.append(KnownSolution(sample=sample, correct=one.correct))
    return found


def _solutions(path: Path, line: int | None, record: Any) -> Iterator[_Line]:
    try:
        if isinstance(record, Mapping) and "problem_id" in record and "correct" not in record:
            listed = msgspec.convert(record, _Listed)
            texts = listed.solutions
            if isinstance(texts, str):
                texts = msgspec.json.decode(texts or "[]", type=list[str])
            for text in texts:
                yield _Line(task_id=f"apps/{listed.problem_id}", correct=True, solution=text)
            return
        one = msgspec.convert(record, _Line)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise SourceError(path, line, str(error), _FORM) from error
    if bool(one.solution) == bool(one.completion):
        raise FieldError("solution", "one of solution and completion must be there", "one, not both").at(path, line)
    yield one
