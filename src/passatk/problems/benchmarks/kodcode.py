"""KodCode (KodCode-V1, CC-BY-NC-4.0): a question, a solution and pytest functions, all written by models."""

import ast
from typing import Any

import msgspec

from passatk.errors import FieldError
from passatk.languages.python_plain import tree_of
from passatk.problems.base import Benchmark
from passatk.problems.pytest_functions import without_pytest
from passatk.records import Asserts, Problem

_MODULE = "solution"
"""Where its tests import from."""


class Row(msgspec.Struct):
    """A record."""

    question_id: str
    question: str
    solution: str
    test: str
    test_info: list[dict[str, Any]] = []
    subset: str = ""


class KodCode(Benchmark[Row]):
    """Its tests and the program are one module here: what is imported from `solution` is there already.

    Tests that need more of pytest than `raises`, `approx` and `parametrize` (fixtures) are not judged.
    """

    name = "kodcode"
    row = Row
    home = "https://huggingface.co/datasets/KodCode/KodCode-V1"

    def problem(self, row: Row, variant: str) -> Problem:
        tests, names = _without_imports(row.test)
        told = row.test_info[0].get("function_name") if row.test_info else None
        return Problem(
            task_id=row.question_id,
            benchmark=self.name,
            language="python",
            prompt="",
            instruction=row.question,
            entry_point=told if isinstance(told, str) else next(iter(names), ""),
            reference=row.solution,
            tests=Asserts(code=without_pytest(tests)),
            in_function=False,
            tier=row.subset,
        )


def _without_imports(test: str) -> tuple[str, list[str]]:
    """Tests without their imports of the program, and the names that these import.

    Raises:
        FieldError: they cannot be read, or use the program's module as a module.
    """
    tree = tree_of(test)
    if tree is None:
        raise FieldError("test", "is not Python", "functions called test_...")
    lines = test.split("\n")
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name == _MODULE for alias in node.names):
            raise FieldError("test", f"imports {_MODULE} as a module", f"`from {_MODULE} import ...`")
        if not isinstance(node, ast.ImportFrom) or node.module != _MODULE:
            continue
        names += [alias.name for alias in node.names if alias.name != "*"]
        renamed = [f"{alias.asname} = {alias.name}" for alias in node.names if alias.asname]
        margin = " " * node.col_offset
        last = node.end_lineno or node.lineno
        lines[node.lineno - 1 : last] = [f"{margin}{'; '.join(renamed) or 'pass'}"] + [""] * (last - node.lineno)
    return "\n".join(lines), names


BENCHMARK = KodCode()
