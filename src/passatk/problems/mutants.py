"""Wrong programs made from right ones: a reference solution with one thing changed, in any language.

Strings and comments are left alone. A mutant may be equivalent to its reference (`i < n` beside `i != n`), or not even
compile: whoever uses them has to look.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from passatk.languages import by_name
from passatk.languages.lexing import blanked
from passatk.records import Problem, Record
from passatk.regex import regex

SWAPS: Mapping[str, str] = {
    "<": ">=",
    ">": "<=",
    "<=": ">",
    ">=": "<",
    "==": "!=",
    "!=": "==",
    "+": "-",
    "-": "+",
    "*": "+",
}
"""Operator -> another."""
OPERATOR = regex(r"(?<= )(<=|>=|==|!=|<|>|\+|-|\*)(?= )")
TIGHT_OPERATOR = regex(
    r"(?<![+\-*/<>=!&|(])(<=|>=|==|!=|\+|-|\*|<(?=[\w.]+\())(?![+\-*/=>&])"
)  # `i<n`, but not `++i`, `->`
NUMBER = regex(r"(?<![\w.])(\d+)(?![\w.])")
_PAIRS = (("and", "or"), ("&&", "||"), ("min", "max"), ("True", "False"), ("true", "false"))
_WORDS: Mapping[str, str] = {**dict(_PAIRS), **{second: first for first, second in _PAIRS}}
_WORD = regex(r"(?<![\w$])(and|or|min|max|True|False|true|false)(?![\w$])|(&&|\|\|)(?!\s*[{>])")
_SHOWN = 80
"""Characters of a changed line."""
_NOTHING = {"python": "return None", "javascript": "return undefined", "ruby": "return nil"}
"""A body that does nothing, where no type has to be known for it."""
_DOES_NOTHING = {"python": "pass\n", "javascript": ";\n", "ruby": "nil\n"}
"""A program that does nothing."""


class Mutant(Record, frozen=True, kw_only=True):
    """A program that is likely wrong."""

    kind: str
    """What was changed: `operator`, `constant`, `word`, or `nothing`, which leaves nothing of the reference."""
    text: str
    """In place of the reference."""
    change: str
    """In words, with the line (1-based, of the reference)."""


def mutants_of(problem: Problem, most: int) -> list[Mutant]:
    """At most `most` mutants of a problem's reference, from all over it, always the same.

    Raises:
        InputError: the problem has no reference.
    """
    text = problem.solution
    found = list(dict.fromkeys(_changed(text, problem.language)))
    chosen = found if len(found) <= most else [found[place * len(found) // most] for place in range(most)]
    return [*chosen, *_nothing(problem)] if most else []


def _changed(text: str, language: str) -> Iterator[Mutant]:
    """With one operator, number or word another, from its beginning to its end."""
    code = blanked(by_name(language).lexicon, text)
    by_kind: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
        ("operator", OPERATOR, SWAPS.__getitem__),
        ("operator", TIGHT_OPERATOR, SWAPS.__getitem__),
        ("constant", NUMBER, lambda number: str(int(number) + 1)),
        ("word", _WORD, _WORDS.__getitem__),
    )
    places = {
        (match.start(), kind): (match, change) for kind, pattern, change in by_kind for match in pattern.finditer(code)
    }
    for (start, kind), (match, change) in sorted(places.items(), key=lambda one: one[0]):
        old, new = match[0], change(match[0])
        mutated = text[:start] + new + text[match.end() :]
        number = text.count("\n", 0, start)
        line = mutated.split("\n")[number].strip()[:_SHOWN]
        yield Mutant(kind=kind, text=mutated, change=f"line {number + 1}: {old} became {new}: {line}")


def _nothing(problem: Problem) -> Iterator[Mutant]:
    if not problem.in_function:
        if problem.language in _DOES_NOTHING and not (problem.prompt or problem.suffix):
            yield Mutant(kind="nothing", text=_DOES_NOTHING[problem.language], change="all of it is left out")
    elif problem.language in _NOTHING:
        margin = re.match(r"[ \t]*", problem.solution.lstrip("\n"))
        assert margin is not None
        closing = "" if by_name(problem.language).by_indentation else f"\n{by_name(problem.language).closer}"
        body = f"{margin[0] or '    '}{_NOTHING[problem.language]}{closing}\n"
        yield Mutant(kind="nothing", text=body, change="all of it is left out")
