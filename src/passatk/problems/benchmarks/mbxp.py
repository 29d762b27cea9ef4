"""MBXP and Multilingual HumanEval (amazon-science/mxeval, Apache-2.0): one form for problems of any language."""

import msgspec

from passatk.problems.base import Benchmark, language_of
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. Python's `test` defines `check(candidate)`; other languages' tests run by themselves."""

    task_id: str
    language: str
    prompt: str
    entry_point: str
    test: str
    canonical_solution: str | None = None
    """None where nobody has checked one; Multilingual HumanEval has no such field."""


class Mbxp(Benchmark[Row]):
    """Nothing is added to a program, and nothing is cut off."""

    name = "mbxp"
    row = Row
    home = "https://github.com/amazon-science/mxeval"

    def problem(self, row: Row, variant: str) -> Problem:
        language = language_of("language", row.language)
        calls = f"\ncheck({row.entry_point})\n" if "def check(" in row.test else ""
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language=language.name,
            prompt=row.prompt,
            declaration=row.prompt,
            entry_point=row.entry_point,
            reference=row.canonical_solution,
            tests=Asserts(code=row.test + calls),
        )

    def task(self, task_id: str, language: str) -> str:
        """The number alone: what stands before it is a benchmark's name for each language (`MBJP/12`, `MBGP/12`)."""
        return task_id.rpartition("/")[2]


BENCHMARK = Mbxp()
