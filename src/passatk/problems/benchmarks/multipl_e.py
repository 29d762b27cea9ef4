"""MultiPL-E: HumanEval and MBPP translated by program (nuprl/MultiPL-E), and any others in its form. No references."""

import msgspec

from passatk.errors import FieldError
from passatk.languages import LANGUAGES, Language
from passatk.languages.heads import last_head
from passatk.problems.base import Benchmark, UnknownLanguageError, last_name
from passatk.records import Asserts, Problem
from passatk.regex import regex

_CANDIDATE = regex(r"\bcandidate\s*:?=\s*(?:\w+\(:)?([\w$]+[?!]?)")
"""Where tests name what they call: `let candidate = unique;`, `candidate := unique`, `candidate = method(:unique)`."""
_CLOSING = regex(r"\s*\}[ \t]*\n?")
_OPTIONS = {"cpp": ("-std=c++17",), "java": ("-ea",)}
"""What the benchmark's own evaluator gives to compilers and to `java`."""


class Row(msgspec.Struct):
    """A record. The language is told by its own field, in MultiPL-E's words: `rs`, `go_test.go`."""

    name: str
    language: str
    prompt: str
    stop_tokens: list[str]
    tests: str | None = None
    test: str | None = None
    """The same, in files that others made."""
    entry_point: str = ""


class MultiplE(Benchmark[Row]):
    """Its completions end before stop strings. Where these are the function's closing brace, its tests bring the brace;
    here what a completion leaves open is closed behind it, so that whole solutions can be judged by the same tests.
    """

    name = "multipl-e"
    row = Row

    def problem(self, row: Row, variant: str) -> Problem:
        language = _language(row.language)
        tests = row.test if row.tests is None else row.tests
        if tests is None:
            raise FieldError("tests", "is missing", "the tests as code, in `tests` or `test`")
        brace = None if language.by_indentation else _CLOSING.match(tests)
        tests = tests[brace.end() :] if brace else tests
        entry_point = row.entry_point or _entry_point(language, row.prompt, tests)
        return Problem(
            task_id=row.name,
            benchmark=self.name,
            language=language.name,
            prompt=row.prompt,
            declaration=_declaration(language, row.prompt),
            entry_point=entry_point,
            tests=Asserts(code=language.beside(_declaration(language, row.prompt), tests)),
            stop=tuple(row.stop_tokens),
            cut=True,
            closed=brace is not None or any(stop.lstrip().startswith("}") for stop in row.stop_tokens),
            options=_OPTIONS.get(language.name, ()),
        )


def _language(name: str) -> Language:
    """
    Raises:
        UnknownLanguageError: MultiPL-E may know it, but there is no such language here.
    """
    for language in LANGUAGES.values():
        if name in language.multipl_e:
            return language
    known = ", ".join(language.multipl_e[0] for language in LANGUAGES.values() if language.multipl_e)
    raise UnknownLanguageError("language", f"no language is called {name!r}", f"one of {known}")


def _entry_point(language: Language, prompt: str, tests: str) -> str:
    named = _CANDIDATE.search(tests)
    return named[1] if named else last_name(language, prompt)


def _declaration(language: Language, prompt: str) -> str:
    """`prompt` up to the function's body, without comments."""
    head = last_head(prompt, language)
    code = language.without_comments(prompt[: head.body] if head else prompt)
    return "".join(f"{line.rstrip()}\n" for line in code.splitlines() if line.strip())


BENCHMARK = MultiplE()
