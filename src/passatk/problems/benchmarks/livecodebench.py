"""LiveCodeBench's code generation: programs that read stdin, and LeetCode's methods. Private tests are compressed."""

import base64
import binascii
import io
import json
import pickle
import zlib
from typing import Any, NoReturn

import msgspec
from msgspec import UNSET

from passatk.cases import Checker
from passatk.errors import FieldError, LeftOutError
from passatk.problems.base import Benchmark
from passatk.problems.inputs import asked, by_tests
from passatk.problems.stdin import NO_TESTS
from passatk.records import Asserts, Problem

_STARRED = (
    *("string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics"),
    *("itertools", "functools", "operator", "io", "sys", "json", "builtins", "typing"),
)
_IMPORTED = tuple(name for name in _STARRED if name not in ("builtins", "typing"))
IMPORTS = "".join(
    [f"from {name} import *\n" for name in _STARRED]
    + [f"import {name}\n" for name in _IMPORTED]
    + ["sys.setrecursionlimit(50000)\n"]
)
"""What its evaluator puts before every program, in its order."""
_MOST_BYTES = 1 << 30
_FORM = "a list of tests as JSON, or that as base64 of zlib of a pickled text"


class Row(msgspec.Struct):
    """A record."""

    question_id: str
    question_content: str
    public_test_cases: str | list[Any]
    private_test_cases: str | list[Any] | None
    starter_code: str = ""
    difficulty: str = ""
    metadata: str | dict[str, Any] = "{}"


class LiveCodeBench(Benchmark[Row]):
    """Numbers that are written otherwise are the same number (1.0, 1), exactly; its evaluator goes line by line."""

    name = "livecodebench"
    row = Row
    home = "https://huggingface.co/datasets/livecodebench/code_generation_lite"

    def problem(self, row: Row, variant: str) -> Problem:
        public = tests_in("public_test_cases", row.public_test_cases)
        if row.private_test_cases is None:
            raise LeftOutError("private_test_cases", "is null", _FORM, NO_TESTS)
        private = tests_in("private_test_cases", row.private_test_cases)
        cases = by_tests(
            "private_test_cases",
            [*public, *private],
            row.starter_code,
            name=_function(row.metadata),
            public=len(public),
            checker=Checker(kind="numbers"),
        )
        return Problem(
            task_id=row.question_id,
            benchmark=self.name,
            language="python",
            prompt="",
            instruction=asked(row.question_content, row.starter_code, cases.call),
            entry_point="" if cases.call is UNSET else cases.call.defines,
            tests=Asserts(code=""),
            cases=cases,
            setup=IMPORTS,
            in_function=False,
            tier=row.difficulty,
        )


def _function(metadata: str | dict[str, Any]) -> str:
    try:
        known = json.loads(metadata or "{}") if isinstance(metadata, str) else metadata
    except ValueError as error:
        raise FieldError("metadata", f"cannot be read: {error}", "JSON with func_name, or {}") from error
    name = known.get("func_name") if isinstance(known, dict) else None
    return name if isinstance(name, str) else ""


def tests_in(field: str, text: str | list[Any]) -> list[Any]:
    """The tests in a text; those that somebody has unpacked, as they are.

    Raises:
        FieldError: it is none of their forms, or what is pickled is not text.
    """
    if isinstance(text, list):
        return text
    if not text.lstrip().startswith("["):
        text = _unpacked(field, text)
    try:
        tests = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FieldError(field, f"cannot be read: {error}", _FORM) from error
    if not isinstance(tests, list):
        raise FieldError(field, "is not a list", _FORM)
    return tests


def _unpacked(field: str, text: str) -> str:
    try:
        unpacking = zlib.decompressobj()
        pickled = unpacking.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
        if unpacking.unconsumed_tail:
            raise FieldError(field, f"unpacks to more than {_MOST_BYTES >> 20} MiB", "less than that")
        found = _Texts(io.BytesIO(pickled)).load()
    except (binascii.Error, zlib.error, pickle.UnpicklingError, EOFError, ValueError, IndexError) as error:
        raise FieldError(field, f"cannot be read: {error}", _FORM) from error
    except (TypeError, KeyError, AttributeError, MemoryError, OverflowError) as error:  # of a pickle that is damaged
        raise FieldError(field, f"cannot be unpickled: {type(error).__name__}", _FORM) from error
    if not isinstance(found, str):
        raise FieldError(field, f"has a pickled {type(found).__name__}", "a pickled text")
    return found


class _Texts(pickle.Unpickler):
    """Makes what needs no class: a pickle can name any function of any module, and call it."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"the pickle names {module}.{name}, and is not read")

    def persistent_load(self, _: Any) -> NoReturn:
        raise pickle.UnpicklingError("the pickle names an object elsewhere, and is not read")


BENCHMARK = LiveCodeBench()
