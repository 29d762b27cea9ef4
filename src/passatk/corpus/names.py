"""Whose name is a name: what a function calls its own, told from its text.

A function's own are its parameters, its name, and what its body binds: assignments, declarations, loops, lambdas. That
is told by patterns and not by a parser, so that it works on parts of programs; what no pattern knows stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from passatk.languages import by_name
from passatk.languages.heads import parameters
from passatk.languages.lexing import SLASH_STAR
from passatk.regex import regex

_SIGN = r"\.{2,3}|::|->|[\w$]+|[^\w\s]"
_INSIDE = regex(_SIGN)
_WORD = regex(r"[A-Za-z_$][\w$]*")
_NEVER = frozenset(
    re.findall(
        r"\w+",
        "_ mut ref const let var auto final static int long short char bool boolean float double void unsigned signed"
        " if else for while do in of not and or is return break continue switch case default true false True False None"
        " null nullptr undefined self this super await async new lambda yield range",
    )
)


@cache
def _scan(name: str) -> re.Pattern[str]:
    """Finds comments, texts with expressions inside, literals and signs, in this order."""
    language = by_name(name)
    note = "|".join((*language.lexicon.comments, *([SLASH_STAR] if language.lexicon.nested_comments else ())))
    literal = "|".join(language.lexicon.strings)
    kinds = {"note": note, "mixed": language.interpolated, "literal": literal, "sign": _SIGN}
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()), re.DOTALL)


def lexemes(text: str, language: str) -> Iterator[tuple[int, str, bool]]:
    """(place, token, is it a word that could be a name) of code without its comments.

    A literal is one token. Of Python's f-strings and JavaScript's templates the insides are looked at.
    """
    before = ""
    members = by_name(language).members
    for found in _scan(language).finditer(text):
        kind, token = found.lastgroup, found[0]
        if kind == "sign":
            yield found.start(), token, before not in members and (token[0].isalpha() or token[0] in "_$")
        elif kind == "literal":
            yield found.start(), token, False
        elif kind == "mixed":
            depth = 0
            for inside in _INSIDE.finditer(token):
                depth += (inside[0] == "{") - (inside[0] == "}")
                word = depth > 0 and before not in members and _WORD.match(inside[0]) is not None
                yield found.start() + inside.start(), inside[0], word
                before = inside[0]
        if kind != "note":
            before = token


def own_names(body: str, language: str, given: Iterable[str] = ()) -> frozenset[str]:
    """What a body binds, and what it is `given`: the function's name and parameters."""
    names = set(given)
    spoken = by_name(language)
    for pattern in spoken.binds:
        for found in pattern.findall(body):
            bound = re.sub(r":\s*[^,|)]*", "", found) if spoken.upper_is_no_variable else found
            names.update(_WORD.findall(re.sub(r"=[^,]*", "", bound)))
    for found in spoken.inner_parameters.findall(body):
        names.update(parameters(found, spoken))
    kept = names - _NEVER
    return frozenset(name for name in kept if not (spoken.upper_is_no_variable and name[0].isupper()))


def normalised(body: str, language: str, given: Iterable[str] = ()) -> tuple[str, ...]:
    """A function's body as tokens, its own names numbered by first use: two that differ in names alone are equal.

    White space, comments, a docstring and the brackets that close the function do not count.
    """
    own = own_names(body, language, given)
    numbers: dict[str, str] = {}
    tokens = [
        numbers.setdefault(token, f"${len(numbers)}") if is_name and token in own else token
        for _, token, is_name in lexemes(body, language)
    ]
    if by_name(language).by_indentation:
        return tuple(tokens[1:] if tokens and tokens[0].endswith(('"""', "'''")) else tokens)
    end = len(tokens)
    while end and tokens[end - 1] in ("}", ";"):
        end -= 1
    return tuple(tokens[:end])


def renamed(body: str, language: str, theirs: Sequence[str], ours: Sequence[str]) -> str:
    """A body whose names `theirs` are `ours`, by position. What is in the way takes a name that became free."""
    pairs = dict(zip(theirs, ours, strict=False))
    taken, free = [name for name in ours if name not in pairs], [name for name in pairs if name not in ours]
    names = {name: f"{name}_" for name in taken} | dict(zip(taken, free, strict=False)) | pairs
    found, end = [], 0
    for start, token, is_name in lexemes(body, language):
        if is_name and token in names:
            found += [body[end:start], names[token]]
            end = start + len(token)
    return "".join([*found, body[end:]])
