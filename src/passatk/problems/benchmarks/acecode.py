"""AceCode (TIGER-Lab, MIT): a question and a list of assertions, both written by a model."""

import ast
import builtins
from collections import Counter

import msgspec

from passatk.errors import FieldError, LeftOutError
from passatk.languages.python_plain import tree_of
from passatk.problems.base import Benchmark
from passatk.problems.stdin import NO_TESTS
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record."""

    id: str
    question: str
    test_cases: list[str]
    source: str = ""


class AceCode(Benchmark[Row]):
    """All assertions have to hold; its own reward is the part that does. There are no references."""

    name = "acecode"
    row = Row
    home = "https://huggingface.co/datasets/TIGER-Lab/AceCode-87K"

    def problem(self, row: Row, variant: str) -> Problem:
        if not row.test_cases:
            raise LeftOutError("test_cases", "has no assertion", "texts with assertions", NO_TESTS)
        if not any("assert" in test for test in row.test_cases):
            raise FieldError("test_cases", "has no assertion", "texts with assertions")
        return Problem(
            task_id=row.id,
            benchmark=self.name,
            language="python",
            prompt="",
            instruction=row.question,
            entry_point=_called(row.test_cases),
            tests=Asserts(code="\n".join(row.test_cases) + "\n"),
            in_function=False,
            tier=row.source,
        )


def _called(tests: list[str]) -> str:
    """The function that most of them call first."""
    names: Counter[str] = Counter()
    for test in tests:
        tree = tree_of(test.strip())
        calls = [] if tree is None else [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        called = [name.id for name in calls if isinstance(name, ast.Name) and not hasattr(builtins, name.id)]
        names.update(called[:1])
    return names.most_common(1)[0][0] if names else ""


BENCHMARK = AceCode()
