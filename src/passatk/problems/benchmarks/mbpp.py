"""MBPP: 974 small Python tasks, each with a sentence and three assertions (google-research, CC-BY-4.0)."""

import re
from collections.abc import Iterable

import msgspec

from passatk.problems.base import Benchmark
from passatk.records import Asserts, Problem

STOP = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/", "\n```")
"""Where bigcode-evaluation-harness ends a completion."""

_PARTS = ((10, "prompt"), (510, "test"), (600, "validation"), (974, "train"))
"""(last task id, part), as the README of the data set divides it."""


class Row(msgspec.Struct):
    """A record."""

    task_id: int | str
    text: str
    code: str
    test_list: list[str]
    test_setup_code: str = ""
    challenge_test_list: list[str] = []


class Mbpp(Benchmark[Row]):
    """A base model continues a docstring with the task and the first test; what it writes is cut at `STOP`."""

    name = "mbpp"
    row = Row
    home = "https://github.com/google-research/google-research/tree/master/mbpp"
    patterns = ("mbpp.jsonl*",)

    def problem(self, row: Row, variant: str) -> Problem:
        number = int(row.task_id) if str(row.task_id).isdecimal() else 0
        part = next((name for last, name in _PARTS if 1 <= number <= last), "")
        return mbpp_problem(self.name, str(row.task_id), row.text, row.code, row.test_list, row.test_setup_code, part)


def mbpp_problem(  # the fields that both forms of the benchmark have
    benchmark: str, task_id: str, text: str, code: str, tests: list[str], setup: str = "", tier: str = ""
) -> Problem:
    """A task in the words that are usual for base models and for chat models.

    `setup`: code that the tests need; it may use the program's own classes.
    """
    shown = "\n".join(tests)
    return Problem(
        task_id=task_id,
        benchmark=benchmark,
        language="python",
        prompt=_docstring(f"{text}\n{tests[0] if tests else ''}"),
        instruction=(
            f"You are an expert Python programmer, and here is your task: {text} Your code should pass these"
            f" tests:\n\n{shown}\n"
        ),
        entry_point=called_function(code, tests),
        reference=code.replace("\r\n", "\n"),
        tests=Asserts(code="\n".join(filter(None, (setup.replace("\r\n", "\n"), shown))) + "\n", examples=shown + "\n"),
        stop=STOP,
        in_function=False,
        cut=True,
        tier=tier,
    )


def called_function(code: str, tests: Iterable[str]) -> str:
    """The first function, else class, of `code` that the tests call; empty if they call none."""
    called: list[str] = [name for test in tests for name in re.findall(r"\b([A-Za-z_]\w*)\s*\(", test)]
    for kind in ("def", "class"):
        defined = set(re.findall(rf"^{kind}\s+(\w+)", code, re.MULTILINE))
        for name in called:
            if name in defined:
                return name
    return ""


def _docstring(text: str) -> str:
    """`text` as a string that ends where it should: with three quotes of the kind that it does not contain."""
    quotes = "'''" if '"""' in text else '"""'
    return f"{quotes}\n{text}\n{quotes}\n"


BENCHMARK = Mbpp()
