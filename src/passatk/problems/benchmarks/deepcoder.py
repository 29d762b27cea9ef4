"""DeepCoder-Preview (agentica-org, MIT): problems of TACO, PrimeIntellect, LiveCodeBench and Codeforces in one form."""

from typing import Any

import msgspec
from msgspec import UNSET

from passatk.cases import Checker
from passatk.errors import FieldError
from passatk.problems.base import Benchmark
from passatk.problems.benchmarks import livecodebench
from passatk.problems.benchmarks.verifiable_coding import without_fence
from passatk.problems.calls import parsed_json
from passatk.problems.inputs import IMPORTS, asked, by_lists, by_tests
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. `tests` is a text with JSON: an object with lists, or a list of tests."""

    problem: str
    tests: str | list[Any] | dict[str, Any]
    solutions: list[str] | str = []
    starter_code: str = ""
    metadata: dict[str, Any] | str = ""
    place: int = 0


class DeepCoder(Benchmark[Row]):
    """Each part is compared as its source is. Problems are called by their place among all, from 0."""

    name = "deepcoder"
    row = Row
    home = "https://huggingface.co/datasets/agentica-org/DeepCoder-Preview-Dataset"
    by_place = True

    def problem(self, row: Row, variant: str) -> Problem:
        tests: Any = parsed_json("tests", row.tests) if isinstance(row.tests, str) else row.tests
        solutions = [row.solutions] if isinstance(row.solutions, str) else row.solutions
        reference = without_fence(solutions[0]) if solutions else None
        codes = (row.starter_code, reference or "")
        lines = isinstance(tests, list) and any(isinstance(test, dict) and test.get("testtype") for test in tests)
        if isinstance(tests, dict):
            cases = by_lists("tests", tests, *codes)
        elif isinstance(tests, list):
            checker = Checker(kind="numbers") if lines else None
            cases = by_tests("tests", tests, *codes, name=_function(row.metadata), checker=checker)
        else:
            raise FieldError("tests", "is neither a list nor an object", "inputs and outputs, or a list of tests")
        return Problem(
            task_id=f"deepcoder/{row.place}",
            benchmark=self.name,
            language="python",
            prompt="",
            instruction=asked(row.problem, row.starter_code, cases.call),
            entry_point="" if cases.call is UNSET else cases.call.defines,
            tests=Asserts(code=""),
            cases=cases,
            setup=livecodebench.IMPORTS if lines else IMPORTS,
            in_function=False,
            reference=reference or None,
        )


def _function(metadata: dict[str, Any] | str) -> str:
    known: Any = parsed_json("metadata", metadata) if isinstance(metadata, str) and metadata else metadata
    name = known.get("func_name") if isinstance(known, dict) else None
    return name if isinstance(name, str) else ""


BENCHMARK = DeepCoder()
