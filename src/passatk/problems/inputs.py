"""Inputs and outputs as data sets of post-training list them, of programs and of functions.

Two forms: `{inputs, outputs, fn_name}` (APPS, TACO) and a list of tests with an input and an output each
(LiveCodeBench, PrimeIntellect, DeepCoder). Both stand in texts with JSON, or as they are.
"""

import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from passatk.cases import Call, Case, Cases, Checker
from passatk.errors import FieldError, LeftOutError
from passatk.problems.calls import json_text, listed, parsed_json
from passatk.problems.stdin import NO_TESTS, made

IMPORTS = """\
import sys
import time
import itertools
from itertools import accumulate, product, permutations, combinations
import collections
from collections import Counter, OrderedDict, deque, defaultdict, ChainMap
from functools import lru_cache
import math
from math import sqrt, sin, cos, tan, ceil, fabs, floor, gcd, exp, log, log2
import fractions
from typing import List, Tuple
import random
import heapq
from heapq import *
"""
"""What the evaluators of APPS and TACO put before every program; numpy is left out, which takes long to import."""

_ABSOLUTE, _RELATIVE = 1e-8, 1e-5
_FRACTION = re.compile(r"(?<!\S)[+-]?\d*\.\d+(?:[eE][+-]?\d+)?(?!\S)", re.ASCII)
_STDIN = ("stdin_stdout", "stdin", "stdio")
_FUNCTION = ("function_call", "functional")


class Test(msgspec.Struct):
    """One of a list; what is left out is None in some files."""

    input: Any
    output: Any
    type: str | None = None
    testtype: str | None = None
    fn_name: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def function(self) -> bool:
        """Whether it calls one."""
        return (self.type or self.testtype) in _FUNCTION


def called_by(name: str, *codes: str) -> Call:
    """The function `name`, as a method where one of `codes`, what is given or a solution, has it in `Solution`.

    Raises:
        FieldError: it is no name.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise FieldError("fn_name", f"{name!r} is not the name of a function", "a name")
    method = any(re.search(r"^class\s+Solution\b", code, re.MULTILINE) for code in codes)
    return Call(name=f"Solution().{name}" if method else name)


def asked(question: str, starter: str, call: Call | UnsetType) -> str:
    """What a chat model is asked: the question, and what its answer has to begin with or to be called."""
    if starter.strip():
        return f"{question.rstrip()}\n\nComplete this code:\n\n```python\n{starter.strip()}\n```\n"
    if call is UNSET:
        return question
    return f"{question.rstrip()}\n\nWrite a function `{call.name}`.\n"


def words_checker(outputs: Sequence[str]) -> Checker:
    """Word by word; where an output has a fraction, numbers may differ as numpy's `allclose` lets them."""
    if any(_FRACTION.search(output) for output in outputs):
        return Checker(kind="numbers", absolute=_ABSOLUTE, relative=_RELATIVE)
    return Checker(kind="tokens")


def by_lists(field: str, tests: Mapping[str, Any], *codes: str) -> Cases:
    """`{inputs, outputs, fn_name}`; `codes` as for `called_by`.

    Raises:
        LeftOutError: there are none.
        FieldError: they are no tests.
    """
    if tests.get("inputs") is None and tests.get("outputs") is None:
        raise LeftOutError(f"{field}.inputs", "is missing", "a list", NO_TESTS)
    inputs, outputs = (_list(f"{field}.{name}", tests.get(name)) for name in ("inputs", "outputs"))
    if len(inputs) != len(outputs):
        raise FieldError(
            field,
            f"has {len(inputs)} inputs and {len(outputs)} outputs",
            "an output for every input, in the same order",
        )
    name = tests.get("fn_name")
    if not name:
        return of_programs(field, list(zip(inputs, outputs, strict=True)))
    if not isinstance(name, str):
        raise FieldError(f"{field}.fn_name", f"must be a string, got {name!r}"[:80], "the name of a function")
    pairs = [(listed(f"{field}.inputs", one), expected) for one, expected in zip(inputs, outputs, strict=True)]
    return of_functions(field, pairs, called_by(name, *codes), boxes=True)


def by_tests(
    field: str,
    tests: Sequence[Any],
    *codes: str,
    name: str = "",
    public: int = 0,
    checker: Checker | None = None,
) -> Cases:
    """A list of tests. `name` is that of the function where they do not say it; the first `public` ones are shown.

    `checker`: of what programs print; word by word, if not given.

    Raises:
        FieldError: they are no tests, or not all of one kind.
    """
    try:
        known = [msgspec.convert(test, Test) for test in tests]
    except msgspec.ValidationError as error:
        raise FieldError(field, f"has no test: {error}", "a list of tests with input and output") from error
    for test in known:
        if (kind := test.type or test.testtype) not in (None, *_STDIN, *_FUNCTION):
            raise FieldError(field, f"has a test of the type {kind!r}", f"one of {', '.join((*_STDIN, *_FUNCTION))}")
    if len({test.function for test in known}) > 1:
        raise FieldError(field, "has tests of programs and of functions", "tests of one kind")
    if not known or not known[0].function:
        return of_programs(field, [(test.input, test.output) for test in known], checker, public)
    names = {test.fn_name or (test.metadata or {}).get("func_name") or name for test in known}
    if len(names) > 1 or not all(isinstance(one, str) and one for one in names):
        raise FieldError(field, f"names the functions {sorted(map(str, names))}", "the name of one function")
    lines = known[0].testtype is not None
    pairs = [_arguments(f"{field}[{number}]", test, lines) for number, test in enumerate(known)]
    return of_functions(field, pairs, called_by(names.pop(), *codes), boxes=not lines, public=public)


def _arguments(field: str, test: Test, lines: bool) -> tuple[list[Any], Any]:
    """Arguments and value. `lines`: an argument a line, as JSON (LiveCodeBench)."""
    given, expected = test.input, test.output
    if not isinstance(given, str):
        return listed(f"{field}.input", given), expected
    if lines:
        arguments = [parsed_json(f"{field}.input", line) for line in given.rstrip("\n").split("\n")]
    else:
        arguments = listed(f"{field}.input", parsed_json(f"{field}.input", given))
    if isinstance(expected, str):
        expected = parsed_json(f"{field}.output", expected)
    return arguments, expected


def of_programs(field: str, pairs: Sequence[tuple[Any, Any]], checker: Checker | None = None, public: int = 0) -> Cases:
    """Inputs that a program reads, and what it prints. A list of texts is their lines."""
    texts = [(_text(field, one), _text(field, expected)) for one, expected in pairs]
    cases = [
        Case(id=str(number), stdin=stdin, expected=expected, public=number <= public)
        for number, (stdin, expected) in enumerate(texts, 1)
    ]
    return made(cases, checker or words_checker([expected for _, expected in texts]), field=field)


def of_functions(field: str, pairs: Sequence[tuple[list[Any], Any]], call: Call, boxes: bool, public: int = 0) -> Cases:
    """Arguments of a function, and what it returns.

    `boxes`: a value may stand in a list of its own, and keys of an object that are integers were some before they were
    written as JSON, as in APPS and all that is made of it.
    """
    keyed = [(_keys_of_arguments(one), _keys_of_value(value)) for one, value in pairs] if boxes else list(pairs)
    written: Literal["json", "python"] = "json" if keyed == list(pairs) else "python"
    texts = []
    for number, (arguments, value) in enumerate(keyed):
        made_of = [json_text(f"{field}[{number}]", part) for part in (arguments, value)]
        texts.append(made_of if written == "json" else [repr(arguments), repr(value)])
    cases = [
        Case(id=str(number), stdin=stdin, expected=expected, public=number <= public)
        for number, (stdin, expected) in enumerate(texts, 1)
    ]
    boxed = boxes and all(isinstance(value, list) and len(value) == 1 for _, value in keyed)
    checker = Checker(kind="boxed" if boxed or written == "python" else "equal")
    return made(cases, checker, field=field, call=msgspec.structs.replace(call, written=written))


def _keys_of_arguments(arguments: list[Any]) -> list[Any]:
    """As those evaluators do: of an object that is the only argument."""
    return [_integer_keys(arguments[0])] if len(arguments) == 1 else arguments


def _keys_of_value(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        return [_integer_keys(value[0])]
    return _integer_keys(value)


def _integer_keys(value: Any) -> Any:
    if isinstance(value, dict) and value and all(re.fullmatch(r"-?\d{1,18}", key, re.ASCII) for key in value):
        return {int(key): one for key, one in value.items()}
    return value


def _list(field: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FieldError(field, "is missing" if value is None else f"must be a list, got {value!r}"[:80], "a list")
    return value


def _text(field: str, value: Any) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if not isinstance(value, str):
        raise FieldError(
            field, f"cannot be read: {value!r} is not text"[:80], "texts as inputs and outputs of programs"
        )
    return value
