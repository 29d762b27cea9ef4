"""Tests with inputs in a team's own form: of a program that reads stdin, or of a function that is called."""

import json
import keyword
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from passatk.cases import Call, Case, Cases, Checker, CheckerProgram, Stopping
from passatk.errors import FieldError, InputError
from passatk.problems import testlib
from passatk.problems.calls import json_text, listed, parsed_json, python_value
from passatk.problems.stdin import made

Written = Literal["json", "python"]
_OF_VALUES = ("equal", "boxed")


class CaseRow(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One test: what a program reads from stdin and is to print, or a function's arguments and what it is to return."""

    expected: Annotated[Any, Meta(description="What the program is to print, or the value to return.")]
    stdin: Annotated[str, Meta(description="What the program reads.")] | UnsetType = UNSET
    arguments: (
        Annotated[
            list[Any] | str,
            Meta(
                description="In place of `stdin`: what `entry_point` is called with; a text where `values` is python."
            ),
        ]
        | UnsetType
    ) = UNSET
    id: Annotated[str, Meta(description="A name of its own; its place, from 1, by default.")] = ""
    public: Annotated[bool, Meta(description="The problem shows it.")] = False
    weight: Annotated[float, Meta(description="What it counts in the weighted part of tests that passed.", ge=0)] = 1.0
    cpu_seconds: Annotated[Annotated[float, Meta(gt=0)] | None, Meta(description="CPU seconds of its own.")] = None
    memory_mib: Annotated[Annotated[int, Meta(ge=16)] | None, Meta(description="MiB of memory of its own.")] = None


class CheckerProgramRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A program that says whether an output is right."""

    language: Annotated[Literal["python", "cpp"], Meta(description="What it is written in.")]
    source: Annotated[str, Meta(description="Its code.", min_length=1)]
    protocol: Annotated[
        Literal["testlib", "cms", "function"], Meta(description="How it is asked and answers, see docs/problems.md.")
    ] = "testlib"
    files: Annotated[dict[str, str], Meta(description="Files that its build needs: name and text.")] = {}
    points: Annotated[float | None, Meta(description="Points of testlib that what is right gets.")] = None


class CheckerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How what is printed, or returned, is compared with what is expected."""

    kind: Annotated[
        Literal["lines", "exact", "tokens", "numbers", "unordered_lines", "equal", "boxed", "program"] | None,
        Meta(description="See docs/problems.md. Usually lines, and equal for values that are returned."),
    ] = None
    absolute: Annotated[float, Meta(description="Of numbers: they may differ by so much.", ge=0)] = 0.0
    relative: Annotated[float, Meta(description="Of numbers: or by this part of the expected one.", ge=0)] = 0.0
    program: Annotated[CheckerProgramRow | None, Meta(description="Of program: the checker.")] = None


def cases_of(rows: Sequence[CaseRow], checker: CheckerRow, entry_point: str, written: Written, stop: Stopping) -> Cases:
    """Raises FieldError where they say less than one test each."""
    call: Call | UnsetType = UNSET
    if any(row.arguments is not UNSET for row in rows):
        names = entry_point.split("().")
        if len(names) > 2 or not all(one.isidentifier() and not keyword.iskeyword(one) for one in names):
            raise FieldError(
                "entry_point",
                f"{entry_point!r} cannot be called with the arguments of cases",
                "the name of a function, or a method as Solution().name",
            )
        call = Call(name=entry_point, written=written)
    else:
        for name, value in (("entry_point", entry_point), ("values", "" if written == "json" else written)):
            if value:
                raise FieldError(name, "is there, and cases have no arguments", "cases with arguments, or none")
    cases = [
        Case(
            id=row.id or str(number),
            stdin=_stdin(f"cases[{number - 1}]", row, call),
            expected=_expected(f"cases[{number - 1}].expected", row.expected, call),
            public=row.public,
            weight=row.weight,
            cpu_s=row.cpu_seconds,
            memory_bytes=None if row.memory_mib is None else row.memory_mib << 20,
        )
        for number, row in enumerate(rows, 1)
    ]
    return made(cases, _checker(checker, call), stop, call=call)


def _checker(row: CheckerRow, call: Call | UnsetType) -> Checker:
    kind = row.kind or ("lines" if call is UNSET else "equal")
    if call is UNSET and kind in _OF_VALUES:
        raise FieldError("checker.kind", f"{kind} compares values that functions return", "one for what is printed")
    if call is not UNSET and kind not in (*_OF_VALUES, "numbers"):
        raise FieldError("checker.kind", f"{kind} compares what programs print", "equal, boxed or numbers")
    for name in ("absolute", "relative"):
        if getattr(row, name) and kind != "numbers":
            raise FieldError(f"checker.{name}", f"has no meaning for {kind}", "the checker numbers")
    if (kind == "program") is not (row.program is not None):
        wrong = f"has no meaning for {kind}" if row.program is not None else "is missing"
        raise FieldError("checker.program", wrong, "a program for the checker program, and for no other")
    if row.program is None:
        return Checker(kind=kind, absolute=row.absolute, relative=row.relative)
    return Checker(kind=kind, program=_program(row.program))


def _program(row: CheckerProgramRow) -> CheckerProgram:
    if row.protocol == "function" and row.language != "python":
        raise FieldError("checker.program.protocol", f"function is not one of {row.language}", "testlib, cms or Python")
    for name in row.files:
        if not re.fullmatch(r"[\w.-]+", name) or name in ("program.py", "main.cpp", ".", ".."):
            raise FieldError("checker.program.files", f"{name!r} cannot be a file beside the checker", "a name")
    files = row.files
    if row.language == "cpp" and testlib.NAME not in files:
        files = files | dict(testlib.beside(row.source, "checker.program.source"))
    return CheckerProgram(
        language=row.language,
        source=row.source,
        protocol=row.protocol,
        files=tuple(sorted(files.items())),
        points=row.points,
    )


def _stdin(field: str, row: CaseRow, call: Call | UnsetType) -> str:
    """What is sent to the program: its input, or its arguments as a text."""
    if call is UNSET:
        if row.stdin is UNSET:
            raise FieldError(f"{field}.stdin", "is missing", "what the program reads, or the arguments of a function")
        return row.stdin
    if row.stdin is not UNSET or row.arguments is UNSET:
        wrong = "has no arguments, and another has" if row.arguments is UNSET else "has both arguments and stdin"
        raise FieldError(field, wrong, "arguments in every case, and stdin in none")
    if call.written == "json":
        return json_text(f"{field}.arguments", listed(f"{field}.arguments", row.arguments))
    text = _text(f"{field}.arguments", row.arguments)
    listed(f"{field}.arguments", python_value(f"{field}.arguments", text))
    return text


def _expected(field: str, value: Any, call: Call | UnsetType) -> str:
    if call is UNSET:
        return _text(field, value)
    if call.written == "json":
        return json_text(field, value)
    text = _text(field, value)
    python_value(field, text)
    return text


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise FieldError(field, f"must be a string, got {json.dumps(value)[:40]}", "text")
    return value


def rows_of(cases: Cases) -> dict[str, Any]:
    """The fields of a record that say `cases`, but for what they call.

    Raises:
        InputError: this form cannot say them.
    """
    call, checker = cases.call, cases.checker
    assert checker.kind != "any", "every problem expects an output"
    if checker.kind == "close" or cases.answers is not UNSET:
        raise InputError("what a reference is to say (as in MBPP+ and HumanEval+) cannot be written in one's own form")
    return {
        "cases": [_row_of(case, call) for case in cases.cases],
        "checker": CheckerRow(
            kind=checker.kind,
            absolute=checker.absolute,
            relative=checker.relative,
            program=None if checker.program is UNSET else _program_row(checker.program),
        ),
        "values": "json" if call is UNSET else call.written,
    }


def _program_row(program: CheckerProgram) -> CheckerProgramRow:
    return CheckerProgramRow(
        language="cpp" if program.language == "cpp" else "python",
        source=program.source,
        protocol=program.protocol,
        files=dict(program.files),
        points=program.points,
    )


def _row_of(case: Case, call: Call | UnsetType) -> CaseRow:
    row = CaseRow(
        expected=case.expected,
        id=case.id,
        public=case.public,
        weight=case.weight,
        cpu_seconds=case.cpu_s,
        memory_mib=None if case.memory_bytes is None else case.memory_bytes >> 20,
    )
    if call is UNSET:
        row.stdin = case.stdin
    elif call.written == "python":
        row.arguments = case.stdin
    else:
        row.arguments, row.expected = (parsed_json("cases", text) for text in (case.stdin, case.expected))
    return row
