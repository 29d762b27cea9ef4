"""Whose name is a name: what a function calls its own, in six languages, told from its text.

A function's own are its parameters, its name, and what its body binds: assignments, declarations, loops, lambdas. That
is told by patterns and not by a parser, so that it works on parts of programs; what no pattern knows stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from passatk.languages import by_name
from passatk.languages.heads import parameters

_DOUBLE, _SINGLE = r'"(?:\\.|[^"\\\n])*"', r"'(?:\\.|[^'\\\n])*'"
_CHARACTER = r"'(?:\\[^'\n]+|\\'|[^'\\\n])'"
_TICKS = r"`(?:\\.|[^`\\])*`"
_NOTES = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_LONG = r'"""(?:\\.|.)*?"""|\'\'\'(?:\\.|.)*?\'\'\''
_NOTHING = "(?!)"
_LEXEMES: Mapping[str, tuple[str, str, str]] = {
    "python": (r"\#[^\n]*", f"[rRbBuU]*(?:{_LONG}|{_DOUBLE}|{_SINGLE})", f"[rR]?[fF][rR]?(?:{_DOUBLE}|{_SINGLE})"),
    "cpp": (_NOTES, f"{_DOUBLE}|{_CHARACTER}", _NOTHING),
    "java": (_NOTES, f"{_DOUBLE}|{_CHARACTER}", _NOTHING),
    "javascript": (_NOTES, f"{_DOUBLE}|{_SINGLE}", _TICKS),
    "go": (_NOTES, f"{_DOUBLE}|{_CHARACTER}|{_TICKS}", _NOTHING),
    "rust": (_NOTES, f"{_DOUBLE}|{_CHARACTER}", _NOTHING),
}
"""Comments; literals; texts with expressions inside."""
_SIGN = r"\.{2,3}|::|->|[\w$]+|[^\w\s]"
_SCAN = {
    language: re.compile(rf"(?P<note>{note})|(?P<mixed>{mixed})|(?P<literal>{literal})|(?P<sign>{_SIGN})", re.DOTALL)
    for language, (note, literal, mixed) in _LEXEMES.items()
}
_INSIDE = re.compile(_SIGN)
_OF_ANOTHER: Mapping[str, tuple[str, ...]] = {"cpp": (".", "->", "::"), "rust": (".", "::")}
"""What stands before a name that is a member of something; a full stop in the other languages."""

_LIST = r"[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*"
_FOLLOWS = r"\s*(?=[=;:,)({\[])(?!==|::)"
_NO_TYPES = "return|else|new|delete|throw|case|goto|using|namespace|instanceof|extends|import|package|class|in|of"
_C = (
    rf"\b(?!(?:{_NO_TYPES})\b)[A-Za-z_]\w*[ \t]*(?:[&*]+[ \t]*|[ \t]|\[\][ \t]*)([A-Za-z_]\w*){_FOLLOWS}",
    rf"(?<=\S>)[ \t]*[&*]*[ \t]+[&*]*([A-Za-z_]\w*){_FOLLOWS}",
    r",\s*([A-Za-z_]\w*)\s*(?=[=;])(?!==)",
)
_BINDS: Mapping[str, tuple[str, ...]] = {
    "python": (
        rf"^[ \t]*({_LIST})\s*(?::[^=\n]+)?=(?!=)",
        r"=\s*([A-Za-z_]\w*)\s*=(?!=)",
        r"\bfor\s+([\w\s,()*]*?)\s+in\b",
        r"\blambda\s+([^:\n]*):",
        r"\bas\s+([A-Za-z_]\w*)",
        r"([A-Za-z_]\w*)\s*:=",
        r"\bdef\s+(\w+)",
    ),
    "cpp": (*_C, r"\bauto\s*&{0,2}\s*\[([\w\s,]*)\]"),
    "java": (*_C, r"\b([A-Za-z_]\w*)\s*->", r"\(([\w\s,]*)\)\s*->"),
    "javascript": (
        r"\b(?:const|let|var)\s+(\[[^\]=]*\]|\{[^}=]*\}|[A-Za-z_$][\w$]*)",
        r",\s*([A-Za-z_$][\w$]*)\s*=(?![=>])",
        r"([A-Za-z_$][\w$]*)\s*=>",
        r"\(([^()]*)\)\s*=>",
        r"\bfunction\b\s*([\w$]*)",
        r"\bfunction\b\s*[\w$]*\s*\(([^()]*)\)",
    ),
    "go": (rf"({_LIST})\s*:=", rf"\bvar\s+({_LIST})"),
    "rust": (
        r"\blet\s+([^=:;]+)",
        r"\bfor\s+([^{};]*?)\s+in\b",
        r"\|([^|\n]*)\|",
        r"\bfn\s+(\w+)",
    ),
}
_BINDINGS = {language: [re.compile(p, re.MULTILINE) for p in patterns] for language, patterns in _BINDS.items()}
_INNER = {
    "python": re.compile(r"\bdef\s+\w+\s*\(([^()]*)\)"),
    "go": re.compile(r"\bfunc\s*\(([^()]*)\)"),
    "rust": re.compile(r"\bfn\s+\w+\s*\(([^()]*)\)"),
}
"""Parameters of functions inside, where they stand beside types."""
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NEVER = frozenset(
    re.findall(
        r"\w+",
        "_ mut ref const let var auto final static int long short char bool boolean float double void unsigned signed"
        " if else for while do in of not and or is return break continue switch case default true false True False None"
        " null nullptr undefined self this super await async new lambda yield range",
    )
)


def lexemes(text: str, language: str) -> Iterator[tuple[int, str, bool]]:
    """(place, token, is it a word that could be a name) of code without its comments.

    A literal is one token. Of Python's f-strings and JavaScript's templates the insides are looked at.
    """
    before = ""
    members = _OF_ANOTHER.get(language, (".",))
    for found in _SCAN[language].finditer(text):
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
    for pattern in _BINDINGS[language]:
        for found in pattern.findall(body):
            bound = re.sub(r":\s*[^,|)]*", "", found) if language == "rust" else found
            names.update(_WORD.findall(re.sub(r"=[^,]*", "", bound)))
    if (inner := _INNER.get(language)) is not None:
        for found in inner.findall(body):
            names.update(parameters(found, by_name(language)))
    kept = names - _NEVER
    return frozenset(name for name in kept if not name[0].isupper()) if language == "rust" else frozenset(kept)


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
    if language == "python":
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
