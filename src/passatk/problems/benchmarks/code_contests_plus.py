"""CodeContests+ (ByteDance-Seed, CC-BY-4.0): CodeContests' problems with tests and checkers of its own making."""

import msgspec

from passatk.cases import Case, Checker, CheckerProgram
from passatk.errors import FieldError
from passatk.problems.base import Benchmark
from passatk.problems.inputs import words_checker
from passatk.problems.stdin import made
from passatk.problems.testlib import beside
from passatk.records import Asserts, Problem

_LANGUAGES = {"python": "py3", "cpp": "cpp", "java": "java"}
"""Names of the languages that it has submissions in, which `py2` is one of as well."""
_OTHERS = ("rust", "go", "javascript", "ruby")
_MIB = 1 << 20
_TIMES_MS = range(10, 600_001)
_MEMORIES_MIB = range(1, 65_537)
"""Limits of contests. What is not within them is in another unit than other readers of the data set take it to be."""


class _Test(msgspec.Struct):
    input: str
    output: str


class _Submission(msgspec.Struct):
    code: str
    language: str


class Row(msgspec.Struct):
    """A record of the configurations `1x` to `5x`. `default` has none of `test_cases`, but what makes them."""

    source: str
    id: str
    title: str
    description: str
    checker: str | None
    time_limit: float | None
    """Milliseconds."""
    memory_limit: float | None
    """MiB."""
    test_cases: list[_Test] | None = None
    correct_submissions: list[_Submission] | None = None


class CodeContestsPlus(Benchmark[Row]):
    """Outputs are judged by the checkers, which need testlib.h. The limits are the contests', whatever the language."""

    name = "code-contests-plus"
    row = Row
    home = "https://huggingface.co/datasets/ByteDance-Seed/Code-Contests-Plus (one of 1x to 5x)"
    variants = (*_LANGUAGES, *_OTHERS)
    without_tests = "Its configurations 1x to 5x have test_cases, which default has not"

    def problem(self, row: Row, variant: str) -> Problem:
        cpu_s = _limit("time_limit", row.time_limit, _TIMES_MS, "milliseconds")
        memory = _limit("memory_limit", row.memory_limit, _MEMORIES_MIB, "MiB")
        cases = [
            Case(
                id=str(number),
                stdin=test.input,
                expected=test.output,
                cpu_s=cpu_s / 1000 if cpu_s else None,
                memory_bytes=int(memory * _MIB) if memory else None,
            )
            for number, test in enumerate(row.test_cases or (), 1)
        ]
        name = _LANGUAGES.get(variant)
        correct = row.correct_submissions or ()
        return Problem(
            task_id=f"{row.source}/{row.id}",
            benchmark=self.name,
            language=variant,
            prompt="",
            instruction=f"# {row.title}\n\n{row.description}" if row.title else row.description,
            tests=Asserts(code=""),
            cases=made(cases, _checker(row, cases), field="test_cases") if cases else msgspec.UNSET,
            in_function=False,
            reference=next((one.code for one in correct if one.language == name), None),
        )


def _limit(field: str, value: float | None, known: range, unit: str) -> float | None:
    """Raises FieldError where it can hardly be in `unit`."""
    if value and not known[0] <= value <= known[-1]:
        raise FieldError(field, f"is {value:g}", f"{unit} from {known[0]} to {known[-1]}")
    return value or None


def _checker(row: Row, cases: list[Case]) -> Checker:
    if not (row.checker or "").strip():
        return words_checker([case.expected for case in cases])
    source = row.checker or ""
    return Checker(
        kind="program", program=CheckerProgram(language="cpp", source=source, files=beside(source, "checker"))
    )


BENCHMARK = CodeContestsPlus()
