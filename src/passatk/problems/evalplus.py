"""EvalPlus's form of a benchmark: inputs, and a reference that says what is right."""

import ast
import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from passatk.cases import Answers, Call, Case, Cases, Checker
from passatk.errors import FieldError
from passatk.languages.python_plain import tree_of
from passatk.problems.calls import listed, python_text
from passatk.problems.stdin import made

Reading = Literal["members", "presence", "anything", "root"]
_RELATIVE = 1e-7
"""numpy's, in `assert_allclose`."""


class Row(msgspec.Struct):
    """What records of all its benchmarks have."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    base_input: list[Any]
    plus_input: list[Any] | dict[str, Any]
    contract: str
    atol: float


def inputs_of(row: Row) -> tuple[list[Any], list[Any]]:
    """Those of the benchmark that it extends, and its own; of none, some versions have an object without members."""
    if isinstance(row.plus_input, dict):
        if row.plus_input:
            raise FieldError("plus_input", "is an object with members", "a list of lists of arguments")
        return row.base_input, []
    return row.base_input, row.plus_input


def cases_of(
    row: Row,
    base: Sequence[Any],
    plus: Sequence[Any],
    reading: Reading | UnsetType = UNSET,
    also: str = "",
) -> Cases:
    """All of its inputs, once each; what `base` has the problem shows.

    Args:
        row: the record.
        base: arguments of the benchmark that it extends.
        plus: EvalPlus's own.
        reading: how a value is looked at, see `Checker`.
        also: a function, as Python's `lambda`, of another value that is right.
    """
    fields = [("base_input", base, True), ("plus_input", plus, False)]
    cases = [
        Case(
            id=f"{field.removesuffix('_input')}/{number}",
            stdin=python_text(f"{field}[{number}]", listed(f"{field}[{number}]", one)),
            expected="",
            public=shown,
        )
        for field, several, shown in fields
        for number, one in enumerate(several)
    ]
    tests = made(
        cases,
        Checker(kind="close", absolute=row.atol, relative=_RELATIVE, reading=reading),
        field="base_input",
        call=Call(name=row.entry_point, written="python", together=True),
    )
    return msgspec.structs.replace(tests, answers=Answers(source=_answering(row, reading, also)))


_ANSWERING = """\
from copy import deepcopy

names = {{"__name__": "reference"}}
exec(compile({reference!r}, "reference.py", "exec"), names)
exec(compile({contract!r}, "contract.py", "exec"), names)
contract, reference, also = names["_contract"], names[{entry!r}], {also}


def answer(*arguments):
    try:
        contract(*deepcopy(arguments))
    except Exception:
        return []
    values = [{value}]
    try:
        return [*values, *also(*deepcopy(arguments))]
    except Exception:
        return values
"""


def _answering(row: Row, reading: Reading | UnsetType, also: str) -> str:
    """The program that says what is expected."""
    reference = row.prompt + row.canonical_solution
    tree = tree_of(reference)
    functions = [part for part in tree.body if isinstance(part, ast.FunctionDef)] if tree is not None else []
    found = next((part for part in reversed(functions) if part.name == row.entry_point), None)
    if found is None:
        raise FieldError("canonical_solution", f"does not define {row.entry_point!r}", "the function `entry_point`")
    body = textwrap.indent(textwrap.dedent(row.contract), "    ")
    contract = f"def _contract({ast.unparse(found.args)}):\n{body}\n    return\n"
    if tree_of(contract) is None:
        raise FieldError("contract", f"is not Python: {row.contract[:60]!r}", "statements of the function's body")
    value = "reference(*deepcopy(arguments))"
    return _ANSWERING.format(
        reference=reference,
        contract=contract,
        entry=row.entry_point,
        value=f"{value} is not None" if reading == "presence" else "None" if reading in ("root", "anything") else value,
        also=f"lambda *arguments: [({also})(*arguments)]" if also else "lambda *arguments: []",
    )
