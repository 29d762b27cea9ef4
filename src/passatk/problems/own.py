"""A team's own problems: a small form for any language, described by `own.schema.json` and docs/problems.md."""

import json
import re
from collections.abc import Iterable
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from passatk.cases import Cases, Stopping
from passatk.errors import FieldError
from passatk.languages import Language, by_name
from passatk.languages.heads import heads, last_head
from passatk.languages.lexing import blanked
from passatk.problems.base import Benchmark, language_of
from passatk.problems.own_cases import CaseRow, CheckerRow, cases_of, rows_of
from passatk.records import Asserts, Problem

_Text = Annotated[str, Meta(min_length=1)]


class Row(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One problem."""

    id: Annotated[_Text, Meta(description="Any text. No two problems of a file share one.")]
    language: Annotated[_Text, Meta(description="A language as `passatk doctor` lists it, or an alias of it.")]
    entry_point: Annotated[_Text, Meta(description="The function, method or class that tests or cases call.")] = ""
    tests: Annotated[_Text, Meta(description="Code in the problem's language that fails if the program is wrong.")] = ""
    cases: Annotated[list[CaseRow], Meta(description="In place of `tests`: inputs and expected outputs.")] = []
    values: Annotated[
        Literal["json", "python"],
        Meta(description="How arguments and expected values of `cases` are written: as JSON, or as texts with Python."),
    ] = "json"
    checker: Annotated[CheckerRow, Meta(description="How outputs are compared.")] = CheckerRow()
    stop: Annotated[list[_Text], Meta(description="Strings before which a completion ends.")] = []
    cut: Annotated[
        bool | None,
        Meta(description="A completion is judged only up to where it ends. By default where there is `stop`."),
    ] = None
    closed: Annotated[
        bool, Meta(description="What the prompt opened and a completion leaves open is closed behind it.")
    ] = False
    stop_at_first_failure: Annotated[bool, Meta(description="Run no more cases behind one that failed.")] = False
    prompt: Annotated[str, Meta(description="Code that a completion continues. Without it a solution is whole.")] = ""
    instruction: Annotated[str, Meta(description="What a chat model is asked.")] = ""
    context: Annotated[
        str, Meta(description="What a model that continues text sees before `prompt`; no part of the program.")
    ] = ""
    declaration: Annotated[
        str, Meta(description="`prompt` without its description: what translations show of it. All of it by default.")
    ] = ""
    reference: Annotated[
        str | None, Meta(description="What follows `prompt` in a program that passes; without `prompt` all of it.")
    ] = None
    setup: Annotated[str, Meta(description="Imports or includes that every program gets.")] = ""
    suffix: Annotated[str, Meta(description="Code behind the completion.")] = ""
    options: Annotated[list[_Text], Meta(description="Options of the toolchain, for example -std=c++20.")] = []
    examples: Annotated[str, Meta(description="Tests that the problem shows, judged instead of `tests` on demand.")] = (
        ""
    )
    tier: Annotated[str, Meta(description="A part of the problems that is scored apart as well.")] = ""


class OwnProblems(Benchmark[Row]):
    """Problems that nobody else has. Mistakes are refused when they are read, not found in a score."""

    name = "own"
    row = Row

    def problem(self, row: Row, variant: str) -> Problem:
        language = language_of("language", row.language)
        if not row.id.strip():
            raise FieldError("id", "is blank", "any text that names the problem")
        if not row.prompt.strip() and not row.instruction.strip():
            raise FieldError(
                "prompt", "prompt and instruction are both missing", "what a model is asked, in one of them"
            )
        cases: Cases | UnsetType = UNSET
        if row.cases:
            for name in ("tests", "examples"):
                if getattr(row, name):
                    raise FieldError(name, f"{name} and cases are both there", "one of them")
            stop: Stopping = "first_failure" if row.stop_at_first_failure else "all"
            cases = cases_of(row.cases, row.checker, row.entry_point, row.values, stop)
        else:
            _check_code(row, language)
        inside = not row.suffix and _ends_in_function(row.prompt, language)
        if row.declaration and not (inside and _ends_in_function(row.declaration, language)):
            raise FieldError(
                "declaration",
                "it or the prompt does not end inside a function",
                "the head of the function that the prompt ends in, or nothing",
            )
        return Problem(
            task_id=row.id,
            benchmark=self.name,
            language=language.name,
            prompt=row.prompt,
            context=row.context,
            instruction=row.instruction,
            declaration=(row.declaration or row.prompt) if inside else "",
            entry_point=row.entry_point.partition("(")[0],
            reference=row.reference,
            tests=Asserts(code=row.tests, examples=row.examples),
            setup=row.setup,
            suffix=row.suffix,
            stop=tuple(row.stop),
            in_function=inside,
            cut=bool(row.stop) if row.cut is None else row.cut,
            closed=row.closed,
            options=tuple(dict.fromkeys((*language.options_for(row.tests), *row.options))),
            tier=row.tier,
            cases=cases,
        )


def schema() -> dict[str, Any]:
    """The JSON Schema of one problem."""
    known = msgspec.json.schema(Row)["$defs"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **known["Row"],
        "title": "A problem of passatk",
        "$defs": {name: found for name, found in known.items() if name != "Row"},
        "allOf": [
            {"anyOf": [{"required": ["prompt"]}, {"required": ["instruction"]}]},
            {"oneOf": [{"required": ["tests", "entry_point"]}, {"required": ["cases"]}]},
        ],
    }


def shipped_schema() -> str:
    """The schema as it comes with the package: text of `own.schema.json`."""
    return resources.files("passatk.problems").joinpath("own.schema.json").read_text()


def lines(problems: Iterable[Problem]) -> Iterable[str]:
    """Problems of any source in this form, one JSON line each."""
    for problem in problems:
        language = by_name(problem.language)
        inside = problem.in_function and all(
            _ends_in_function(t, language) for t in (problem.prompt, problem.declaration)
        )
        call = UNSET if problem.cases is UNSET else problem.cases.call
        called = "" if call is UNSET else call.name
        row = Row(
            id=problem.task_id,
            language=problem.language,
            entry_point=called or problem.entry_point,
            tests=problem.tests.code,
            **({} if problem.cases is UNSET else rows_of(problem.cases)),
            stop_at_first_failure=problem.cases is not UNSET and problem.cases.stop == "first_failure",
            prompt=problem.prompt,
            instruction=problem.instruction,
            context=problem.context,
            declaration=problem.declaration if inside and problem.declaration != problem.prompt else "",
            reference=problem.reference,
            setup=problem.setup,
            suffix=problem.suffix,
            stop=list(problem.stop),
            cut=problem.cut if problem.cut is not bool(problem.stop) else None,
            closed=problem.closed,
            options=list(problem.options),
            examples=problem.tests.examples,
            tier=problem.tier,
        )
        yield json.dumps(msgspec.to_builtins(row), ensure_ascii=False)


def _check_code(row: Row, language: Language) -> None:
    """Raises FieldError where code is to be the tests, and is not there, or would let every program pass."""
    if not row.tests:
        raise FieldError("tests", "is missing", "tests as code, or cases with inputs in their place")
    if not row.entry_point:
        raise FieldError("entry_point", "is missing", "the name that the tests call")
    if row.stop_at_first_failure or row.checker != CheckerRow() or row.values != "json":
        raise FieldError("checker", "has no meaning for tests as code", "cases, or no checker")
    _check_tests(row, language)


def _check_tests(row: Row, language: Language) -> None:
    """Refuse tests that would let every program pass.

    Raises:
        FieldError: they are empty, check nothing, or never name the entry point.
    """
    code = blanked(language.lexicon, row.tests, strings=False)
    if not code.strip():
        raise FieldError("tests", "there is nothing in them but blank space and comments", "code that can fail")
    if not language.test_mark.search(code):
        raise FieldError(
            "tests", "they check nothing", f"tests of {language.title} as docs/problems.md shows them, with assertions"
        )
    if fault := language.fault_in_tests(row.tests):
        raise FieldError("tests", fault, f"tests of {language.title} as docs/problems.md shows them")
    bare = blanked(language.lexicon, row.tests)
    name = re.escape(row.entry_point.rpartition(".")[2])
    named = len(re.findall(rf"(?<![\w$]){name}(?![\w$])", bare))
    defined = sum(head.name == row.entry_point for head in heads(bare, language))
    if named <= defined and not re.search(rf"\{{[^{{}}\n]*(?<![\w$]){name}\s*\(", code):  # also within f"{{...}}"
        raise FieldError("entry_point", f"the tests never call {row.entry_point!r}", "the name that the tests call")


def _ends_in_function(prompt: str, language: Language) -> bool:
    """Whether `prompt` ends inside the function that is asked for, so that a completion ends where it does."""
    head = last_head(prompt, language)
    if head is None:
        return False
    if not language.by_indentation:
        return language.open_blocks(prompt) > 0
    return all(line.startswith((" ", "\t")) or not line.strip() for line in prompt[head.body :].split("\n"))


OWN = OwnProblems()
