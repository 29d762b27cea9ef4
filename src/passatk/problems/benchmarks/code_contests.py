"""CodeContests (google-deepmind, CC-BY-4.0): programs that read stdin, in any language, with tests of three kinds."""

import msgspec

from passatk.cases import Case, Checker
from passatk.errors import LeftOutError
from passatk.problems.base import Benchmark
from passatk.problems.inputs import words_checker
from passatk.problems.stdin import made, paired
from passatk.records import Asserts, Problem

_LANGUAGES = {"python": 3, "cpp": 2, "java": 4}
"""Numbers of the languages that it has solutions in; 1 is Python 2."""
_OTHERS = ("rust", "go", "javascript", "ruby")


class _Tests(msgspec.Struct):
    input: list[str] = []
    output: list[str] = []


class _Solutions(msgspec.Struct):
    language: list[int] = []
    solution: list[str] = []


class _Duration(msgspec.Struct):
    seconds: int = 0
    nanos: int = 0


class Row(msgspec.Struct):
    """A record, as its Parquet files have it."""

    name: str
    description: str
    public_tests: _Tests | None
    private_tests: _Tests | None
    generated_tests: _Tests | None
    solutions: _Solutions | None = None
    time_limit: _Duration | None = None
    memory_limit_bytes: int = 0
    input_file: str = ""
    output_file: str = ""


class CodeContests(Benchmark[Row]):
    """Outputs are compared word by word, as by its own tester. The limits are the contests', whatever the language."""

    name = "code-contests"
    row = Row
    home = "https://huggingface.co/datasets/deepmind/code_contests"
    variants = (*_LANGUAGES, *_OTHERS)

    def problem(self, row: Row, variant: str) -> Problem:
        for field, path in (("input_file", row.input_file), ("output_file", row.output_file)):
            if path:
                raise LeftOutError(
                    field,
                    f"programs read or write {path!r}",
                    "programs that read stdin and write stdout",
                    "programs that read or write files",
                )
        limit = row.time_limit or _Duration()
        cpu_s = limit.seconds + limit.nanos / 1e9
        cases: list[Case] = []
        for field, tests in self._tests(row):
            found = paired(tests.input, tests.output, field, first=len(cases) + 1, public=field == "public_tests")
            cases += [
                msgspec.structs.replace(case, cpu_s=cpu_s or None, memory_bytes=row.memory_limit_bytes or None)
                for case in found
            ]
        checker = words_checker([case.expected for case in cases])
        if checker.kind == "numbers":  # as its tester has it
            checker = Checker(kind="numbers", absolute=1e-5, relative=1e-5)
        return Problem(
            task_id=row.name,
            benchmark=self.name,
            language=variant,
            prompt="",
            instruction=row.description,
            tests=Asserts(code=""),
            cases=made(cases, checker, field="generated_tests"),
            in_function=False,
            reference=_solution(row.solutions or _Solutions(), _LANGUAGES.get(variant)),
        )

    def _tests(self, row: Row) -> list[tuple[str, _Tests]]:
        names = ("public_tests", "private_tests", "generated_tests")
        return [(name, getattr(row, name) or _Tests()) for name in names]


def _solution(solutions: _Solutions, language: int | None) -> str | None:
    known = zip(solutions.language, solutions.solution, strict=False)
    return next((code for number, code in known if number == language), None)


BENCHMARK = CodeContests()
