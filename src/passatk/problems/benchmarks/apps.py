"""APPS: programs that read stdin, and functions, with inputs and outputs as JSON in a text."""

from typing import Any

import msgspec
from msgspec import UNSET

from passatk.cases import Cases, Checker
from passatk.errors import FieldError
from passatk.problems.base import Benchmark
from passatk.problems.calls import parsed_json
from passatk.problems.inputs import IMPORTS, asked, by_lists
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record of APPS, and of TACO where it is given a `problem_id`."""

    problem_id: int | str
    question: str
    input_output: str | None
    solutions: str = ""
    difficulty: str = ""
    starter_code: str = ""


class Apps(Benchmark[Row]):
    """Outputs are compared word by word, as its own evaluation does in the end. Its languages are Python alone."""

    name = "apps"
    row = Row
    home = "https://huggingface.co/datasets/codeparrot/apps"

    def problem(self, row: Row, variant: str) -> Problem:
        cases, solutions = tests_of(row.input_output, row.solutions, row.starter_code)
        if cases.call is UNSET:
            cases = msgspec.structs.replace(cases, checker=Checker(kind="tokens"))
        return problem_of(
            f"apps/{row.problem_id}", self.name, row.question, row.starter_code, cases, solutions, row.difficulty
        )


def tests_of(input_output: str | None, solutions: str, starter: str) -> tuple[Cases, list[str]]:
    """The tests in a text, and the solutions in another.

    Raises:
        LeftOutError: they are not there.
        FieldError: they cannot be read.
    """
    tests: Any = parsed_json("input_output", input_output or "{}")
    if not isinstance(tests, dict):
        raise FieldError("input_output", "cannot be read: not an object", "JSON with lists of texts: inputs, outputs")
    known = parsed_json("solutions", solutions or "[]")
    if not isinstance(known, list) or not all(isinstance(one, str) for one in known):
        raise FieldError("solutions", "cannot be read: not a list of texts", "JSON with a list of programs")
    return by_lists("input_output", tests, starter, *known[:1]), known


def problem_of(
    task_id: str, benchmark: str, question: str, starter: str, cases: Cases, solutions: list[str], tier: str
) -> Problem:
    """A problem of APPS' form, in Python. Functions, and all but APPS' own programs, get the usual imports."""
    bare = benchmark == Apps.name and cases.call is UNSET
    return Problem(
        task_id=task_id,
        benchmark=benchmark,
        language="python",
        prompt="",
        instruction=question if bare else asked(question, starter, cases.call),
        entry_point="" if cases.call is UNSET else cases.call.defines,
        tests=Asserts(code=""),
        cases=cases,
        setup="" if bare else IMPORTS,
        in_function=False,
        reference=solutions[0] if solutions else None,
        tier=tier,
    )


BENCHMARK = Apps()
