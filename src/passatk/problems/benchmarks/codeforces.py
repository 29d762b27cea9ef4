"""open-r1/codeforces (CC-BY-4.0): programs that read stdin, in any language, with the contests' tests and limits."""

import msgspec

from passatk.cases import Case, Checker, CheckerProgram
from passatk.errors import LeftOutError
from passatk.problems.base import Benchmark
from passatk.problems.inputs import words_checker
from passatk.problems.stdin import made
from passatk.records import Asserts, Problem

_MIB = 1 << 20


class _Test(msgspec.Struct):
    input: str
    output: str


class Row(msgspec.Struct):
    """A record."""

    id: str
    title: str | None
    description: str | None
    official_tests: list[_Test] | None
    input_mode: str | None
    time_limit: float | None = None
    memory_limit: float | None = None
    input_format: str | None = None
    output_format: str | None = None
    interaction_format: str | None = None
    note: str | None = None
    examples: list[_Test] | None = None
    generated_checker: str | None = None


class Codeforces(Benchmark[Row]):
    """The limits are the contest's, whatever the language. Of long tests it has not all."""

    name = "codeforces"
    row = Row
    home = "https://huggingface.co/datasets/open-r1/codeforces"
    variants = ("python", "cpp", "java", "rust", "go", "javascript", "ruby")

    def problem(self, row: Row, variant: str) -> Problem:
        _refuse_other_ways(row)
        shown = {test.input.strip() for test in row.examples or ()}
        cases = [
            Case(
                id=str(number),
                stdin=test.input,
                expected=test.output,
                public=test.input.strip() in shown,
                cpu_s=row.time_limit or None,
                memory_bytes=int(row.memory_limit * _MIB) if row.memory_limit else None,
            )
            for number, test in enumerate(row.official_tests or (), 1)
        ]
        return Problem(
            task_id=row.id,
            benchmark=self.name,
            language=variant,
            prompt="",
            instruction=_asked(row),
            tests=Asserts(code=""),
            cases=made(cases, _checker(row, cases), field="official_tests"),
            in_function=False,
        )


def _refuse_other_ways(row: Row) -> None:
    """Raises LeftOutError where a program does more than to read stdin and to write stdout, or nobody says what."""
    for field, value in (("description", row.description), ("input_mode", row.input_mode)):
        if value is None:
            raise LeftOutError(field, "is null", "text", f"no {field}")
    if row.interaction_format or row.input_mode == "interactive":
        field = "interaction_format" if row.interaction_format else "input_mode"
        raise LeftOutError(
            field,
            "says that programs talk with another",
            "programs that read stdin to its end: interactive ones are not judged",
            "interactive programs",
        )
    if row.input_mode != "stdio":
        raise LeftOutError(
            "input_mode",
            f"is {row.input_mode!r}",
            "stdio: programs that read files are not judged",
            "programs that read or write files",
        )


def _checker(row: Row, cases: list[Case]) -> Checker:
    if not row.generated_checker:
        return words_checker([case.expected for case in cases])
    program = CheckerProgram(language="python", source=row.generated_checker, protocol="cms")
    return Checker(kind="program", program=program)


def _asked(row: Row) -> str:
    parts = [f"# {row.title or row.id}", row.description or ""]
    for heading, text in (("Input", row.input_format), ("Output", row.output_format), ("Note", row.note)):
        if text:
            parts.append(f"## {heading}\n\n{text}")
    for number, test in enumerate(row.examples or (), 1):
        parts.append(f"## Example {number}\n\n```input\n{test.input}\n```\n\n```output\n{test.output}\n```")
    return "\n\n".join(parts) + "\n"


BENCHMARK = Codeforces()
