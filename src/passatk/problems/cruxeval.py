"""CRUXEval's two questions about a function: what does it return, and with which arguments does it return that?"""

import re

import msgspec
from msgspec import UNSET

from passatk.cases import Call, Case, Cases, Checker
from passatk.errors import FieldError
from passatk.languages.python_plain import tree_of
from passatk.problems.base import Benchmark
from passatk.problems.calls import python_value
from passatk.problems.stdin import made
from passatk.records import Asserts, Problem

_ENTRY = "answer"
_PROMPT = f"{_ENTRY} = lambda: "
_STOP = ("\n", "[/ANSWER]")
_RECORDER = "def f(*arguments, **named):\n    return arguments, named\n"
_CHECK = """\

def are_plain(value):
    if type(value) in (list, tuple, set, frozenset):
        return all(map(are_plain, value))
    if type(value) is dict:
        return all(map(are_plain, value)) and all(map(are_plain, value.values()))
    return value is None or type(value) in (bool, int, float, complex, str, bytes, range)


predicted = answer()
assert type(predicted) is tuple and len(predicted) == 2, "the prediction is no call of f"
assert are_plain(predicted), "f is called with more than plain values"
assert f(*predicted[0], **predicted[1]) == expected
"""


class Row(msgspec.Struct):
    """A record."""

    id: str
    code: str
    input: str
    output: str


class CruxEval(Benchmark[Row]):
    """Where both questions come from."""

    row = Row
    home = "https://github.com/facebookresearch/cruxeval"
    folders = ("cruxeval",)
    patterns = ("cruxeval.jsonl*",)


def output_problem(benchmark: str, row: Row) -> Problem:
    """What does `f` return? A prediction is an expression; the function is not there when it is executed."""
    _check(row)
    python_value("output", row.output)
    case = Case(id="1", stdin="[]", expected=row.output)
    call = Call(name=_ENTRY, written="python")
    return _problem(
        benchmark,
        row,
        f"# What f({row.input}) returns, as a literal:\n",
        "Predict what this Python function returns, even if it has mistakes, and complete the assertion with a literal:"
        " no calls, nothing left to compute. Give the whole assertion between [ANSWER] and [/ANSWER].\n\n"
        f"```python\n{row.code}\n\nassert f({row.input}) == ??\n```\n",
        reference=row.output,
        tests=Asserts(code=""),
        cases=made([case], Checker(kind="equal"), field="output", call=call),
    )


def input_problem(benchmark: str, row: Row) -> Problem:
    """With which arguments does `f` return this? A prediction is a call of `f`, not only the record's own."""
    _check(row)
    return _problem(
        benchmark,
        row,
        f"# A call of f that returns {row.output}:\n",
        "Find arguments with which this Python function returns the value in the assertion; any that do are right. Give"
        " the whole assertion between [ANSWER] and [/ANSWER].\n\n"
        f"```python\n{row.code}\n\nassert f(??) == {row.output}\n```\n",
        reference=f"f({row.input})",
        tests=Asserts(code=f"{row.code}\n\nexpected = {row.output}\n{_CHECK}"),
        setup=f"{row.code}\n\n\n{_RECORDER}",  # what else stands in the code may be named
    )


def _check(row: Row) -> None:
    if not re.search(r"^def f\(", row.code, re.MULTILINE) or tree_of(row.code) is None:
        raise FieldError("code", "does not define `f`", "a Python function called f")
    for field, text in (("input", f"f({row.input})"), ("output", row.output)):
        if tree_of(text) is None:
            raise FieldError(field, f"is not Python: {text[:60]!r}", "as Python writes it")


def _problem(
    benchmark: str,
    row: Row,
    comment: str,
    instruction: str,
    *,
    reference: str,
    tests: Asserts,
    cases: Cases | msgspec.UnsetType = UNSET,
    setup: str = "",
) -> Problem:
    return Problem(
        task_id=row.id,
        benchmark=benchmark,
        language="python",
        context=f"{row.code}\n\n\n{comment}",
        prompt=_PROMPT,
        instruction=instruction,
        entry_point=_ENTRY,
        reference=reference,
        tests=tests,
        cases=cases,
        setup=setup,
        stop=_STOP,
        in_function=False,
        predicts="output" if cases is not UNSET else "input",
    )
