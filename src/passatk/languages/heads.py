"""Heads of functions: what a function is called, its parameters by position, where its body begins."""

from collections.abc import Iterator

from passatk.languages.base import Language
from passatk.records import Record
from passatk.regex import regex

_WORD = regex(r"[A-Za-z_$][\w$]*")
_OPENING = regex(r"[(\[{<]")
_PARENTHESIS = regex(r"[()]")
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


def heads(text: str, language: Language) -> Iterator[Head]:
    """Heads of the functions in `text` that have a body or may be continued with one, from top to bottom."""
    for found in language.head.finditer(text):
        end = _closing(text, found.end())
        between = language.head_end.match(text, end + 1) if end is not None else None
        if end is not None and between is not None:
            inner = text[found.end() : end]
            name = next(group for group in found.groups() if group)
            yield Head(name=name, parameters=parameters(inner, language), start=found.start(), body=between.end())


def last_head(text: str, language: Language) -> Head | None:
    """The head of the function that a declaration or prompt ends with: helpers come before it."""
    return max(heads(text, language), key=lambda head: head.start, default=None)


def parameters(inner: str, language: Language) -> tuple[str, ...]:
    """The names in a list of parameters, given without its parentheses."""
    found = (_parameter(part, language) for part in _parts(inner))
    return tuple(name for name in found if name and name not in _NO_NAMES)


def _parameter(part: str, language: Language) -> str:
    if language.typed_by_colon:
        part = part.partition(":")[0]
    part = part.partition("=")[0]
    words: list[str] = _WORD.findall(part)
    return "" if not words else words[0] if language.name_first else words[-1]


def _parts(inner: str) -> list[str]:
    """What commas part, brackets of types left whole."""
    text = inner.replace("->", "  ").replace("=>", "  ")
    if not _OPENING.search(text):
        return text.split(",")
    found, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and depth == 0:
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]


def _closing(text: str, start: int) -> int | None:
    """Where the parenthesis closes that opened before `start`."""
    depth = 1
    for found in _PARENTHESIS.finditer(text, start):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return found.start()
    return None
