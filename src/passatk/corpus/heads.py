"""Heads of functions in six languages: what a function is called, its parameters by position, where its body begins."""

import re
from collections.abc import Iterator, Mapping

from passatk.prompts.stopping import end_of_function
from passatk.records import Record

_TYPED = (
    r"^[ \t]*(?!(?:return|else|new|throw|using|case|delete)\b)[A-Za-z_][\w:<>,&*\[\]. \t]*[ \t&*>]"
    r"(?P<name>[A-Za-z_]\w*)\s*\("
)
_START: Mapping[str, str] = {
    "python": r"^[ \t]*(?:async[ ]+)?def[ ]+(?P<name>\w+)\s*\(",
    "cpp": _TYPED,
    "java": _TYPED,
    "javascript": r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:(?:const|let|var)\s+(?P<name>[\w$]+)\s*=\s*"
    r"(?:async\s*)?(?:function\b\s*\w*\s*)?|function\b\s*\*?\s*(?P<named>[\w$]+)\s*)\(",
    "go": r"^func\s+(?:\([^()\n]*\)\s*)?(?P<name>\w+)\s*(?:\[[^\]\n]*\])?\(",
    "rust": r"^[ \t]*(?:pub(?:\([^)\n]*\))?\s+)?(?:(?:const|async|unsafe)\s+)*fn\s+(?P<name>\w+)\s*(?:<[^(\n]*>)?\s*\(",
}
_BETWEEN: Mapping[str, str] = {
    "python": r"\s*(?:->[^\n]*?)?:[^\n]*(?:\n|\Z)",
    "cpp": r"\s*(?:(?:const|noexcept|override|final)\b\s*)*(?:->[^;{}\n]*)?\{",
    "java": r"\s*(?:throws\b[^;{}]*)?\{",
    "javascript": r"\s*(?:=>\s*)?\{",
    "go": r"(?:[^\n{]|(?:interface|struct)[ ]?\{\})*\{",
    "rust": r"\s*(?:->[^;{}]*)?(?:where\b[^;{}]*)?\{",
}
"""What stands between the parameters and the body."""
_STARTS = {language: re.compile(pattern, re.MULTILINE) for language, pattern in _START.items()}
_BETWEENS = {language: re.compile(pattern) for language, pattern in _BETWEEN.items()}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NO_NAMES = frozenset({"mut", "ref", "const", "final", "self", "this"})


class Head(Record, frozen=True, kw_only=True):
    """One function's head."""

    name: str
    parameters: tuple[str, ...]
    """In order; without the receiver of a method."""
    start: int
    """Where its line begins in the text."""
    body: int
    """Where its body begins."""


def heads(text: str, language: str) -> Iterator[Head]:
    """Heads of the functions in `text` that have a body or may be continued with one, from top to bottom."""
    for found in _STARTS[language].finditer(text):
        end = _closing(text, found.end())
        between = _BETWEENS[language].match(text, end + 1) if end is not None else None
        if end is not None and between is not None:
            inner = text[found.end() : end]
            name = found["name"] or found["named"]
            yield Head(name=name, parameters=parameters(inner, language), start=found.start(), body=between.end())


def last_head(text: str, language: str) -> Head | None:
    """The head of the function that a declaration or prompt ends with: helpers come before it."""
    return max(heads(text, language), key=lambda head: head.start, default=None)


def bodies(text: str, language: str) -> Iterator[tuple[Head, str]]:
    """Every function of a file, with its body; those inside of others too."""
    for head in heads(text, language):
        rest = text[head.body :]
        if language == "python":
            line = text[head.start : head.body]
            margin = len(line) - len(line.lstrip(" \t"))
            outside = re.search(rf"^[ \t]{{0,{margin}}}[^\s#]", rest, re.MULTILINE)
            yield head, rest[: outside.start()] if outside else rest
        else:
            yield head, rest[: end_of_function(language)(rest, 0)]


def parameters(inner: str, language: str) -> tuple[str, ...]:
    """The names in a list of parameters, given without its parentheses."""
    found = (_parameter(part, language) for part in _parts(inner))
    return tuple(name for name in found if name and name not in _NO_NAMES)


def _parameter(part: str, language: str) -> str:
    if language in ("python", "rust"):
        part = part.partition(":")[0]
    part = part.partition("=")[0]
    words: list[str] = _WORD.findall(part)
    first = language in ("go", "javascript", "python")
    return "" if not words else words[0] if first else words[-1]


def _parts(inner: str) -> list[str]:
    """What commas part, brackets of types left whole."""
    found, depth, start = [], 0, 0
    text = inner.replace("->", "  ").replace("=>", "  ")
    for place, letter in enumerate(text):
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and depth == 0:
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]


def _closing(text: str, start: int) -> int | None:
    """Where the parenthesis closes that opened before `start`."""
    depth = 1
    for found in re.compile(r"[()]").finditer(text, start):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return found.start()
    return None
