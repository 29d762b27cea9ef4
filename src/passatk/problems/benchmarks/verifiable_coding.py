"""`verification_info`: PrimeIntellect's verifiable-coding-problems, SYNTHETIC-1, and open-r1's form of them."""

import re
from typing import Any

import msgspec
from msgspec import UNSET

from passatk.errors import FieldError
from passatk.problems.base import Benchmark, language_of
from passatk.problems.calls import parsed_json
from passatk.problems.inputs import IMPORTS, by_tests
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. Its question is `prompt`, or `problem_statement` in open-r1's form."""

    problem_id: str
    verification_info: dict[str, Any] | str
    prompt: str = ""
    problem_statement: str = ""
    gold_standard_solution: str = ""
    source: str = ""


class VerifiableCoding(Benchmark[Row]):
    """Made of APPS, TACO and CodeContests, and compared as those are."""

    name = "verifiable-coding"
    row = Row
    home = "https://huggingface.co/datasets/PrimeIntellect/verifiable-coding-problems"

    def problem(self, row: Row, variant: str) -> Problem:
        told: Any = row.verification_info
        if isinstance(told, str):
            told = parsed_json("verification_info", told)
        tests = told.get("test_cases") if isinstance(told, dict) else None
        if not isinstance(tests, list):
            raise FieldError("verification_info", "has no test_cases", "language and test_cases, as of coding problems")
        language = language_of("verification_info.language", str(told.get("language") or "python"))
        solution = without_fence(row.gold_standard_solution)
        cases = by_tests("verification_info.test_cases", tests, solution)
        if cases.call is not UNSET and language.name != "python":
            raise FieldError(
                "verification_info",
                f"calls a function in {language.title}",
                "functions in Python, or programs that read stdin",
            )
        return Problem(
            task_id=row.problem_id,
            benchmark=self.name,
            language=language.name,
            prompt="",
            instruction=row.prompt or row.problem_statement,
            entry_point="" if cases.call is UNSET else cases.call.defines,
            tests=Asserts(code=""),
            cases=cases,
            setup=IMPORTS if language.name == "python" else "",
            in_function=False,
            reference=solution or None,
            tier=row.source,
        )


def without_fence(text: str) -> str:
    """Code that stands in a fence, without it."""
    found = re.fullmatch(r"\s*```\w*\n(.*?)\n?```\s*", text, re.DOTALL)
    return f"{found[1]}\n" if found else text


BENCHMARK = VerifiableCoding()
