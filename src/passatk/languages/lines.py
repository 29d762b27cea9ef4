"""What stands in a program, told by the lines that begin at its margin: for languages without a grammar here."""

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from passatk.languages.lexing import Lexicon, blanked, spans
from passatk.languages.syntax import LONGEST, Outline, Part
from passatk.records import Record

_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class Lines(Record, frozen=True, kw_only=True):
    """How lines at the margin begin, as regular expressions. A group that matches is a name that is defined."""

    function: str
    """Up to the function's body."""
    definition: str = r"(?!)"
    imports: str = r"(?!)"
    goes_on: str = r"[)\]}]"
    """Such a line belongs to what stands above it."""
    closing: str = r"\}"
    """Ends a function's text and is no part of its body."""
    members: str = ""
    """Within a definition: further names that it defines."""


@lru_cache(maxsize=256)
def outline_by_lines(lexicon: Lexicon, lines: Lines, code: str) -> Outline:
    """The parts of `code`; one part of kind `other` where it is longer than `LONGEST`."""
    if len(code) > LONGEST:
        return Outline(parts=(Part(kind="other", text=code, start=0, end=len(code)),), broken=True)
    plain = blanked(lexicon, code)
    within = set(_within(lexicon, code))
    starts, depth, at, broken = [], 0, 0, False
    first = next((line for line in plain.split("\n") if line.strip()), "")
    margin = len(first) - len(first.lstrip())
    for line in plain.split("\n"):
        written = code[at : at + len(line)]
        begins = written[: margin + 1].strip() and depth <= 0 and at not in within
        if begins and not re.match(lines.goes_on, line.lstrip()):
            starts.append(at + len(written) - len(written.lstrip()))
        depth += sum(_BRACKETS.get(letter, 0) for letter in line)
        broken = broken or depth < 0
        at += len(line) + 1
    if code.strip() and not starts:
        starts = [len(code) - len(code.lstrip())]
    ends = [*starts, len(code)][1:]
    parts = [
        _part(lines, code[start:end].rstrip(), plain[start:end], start) for start, end in zip(starts, ends, strict=True)
    ]
    return Outline(parts=tuple(_joined(code, parts)), broken=broken or depth != 0)


def _within(lexicon: Lexicon, code: str) -> Iterable[int]:
    """Where lines begin within a comment or string that began above them."""
    for kind, start, end in spans(lexicon, code, brackets=False):
        if kind in ("comment", "string"):
            yield from (start + found.end() for found in re.finditer("\n", code[start:end]))


def _part(lines: Lines, text: str, plain: str, start: int) -> Part:
    part = Part(kind="other", text=text, start=start, end=start + len(text))
    if not plain.strip():
        return msgspec.structs.replace(part, kind="comment")
    for kind, begins in (("function", lines.function), ("definition", lines.definition), ("import", lines.imports)):
        found = re.match(begins, text)
        if found is None:
            continue
        names = [name for name in found.groups() if name]
        if kind == "function":
            body = re.sub(rf"\s*(?:{lines.closing})\s*\Z", "", text[found.end() :])
            statements = tuple(line.strip() for line in body.splitlines() if line.strip())
            return msgspec.structs.replace(
                part, kind=kind, names=tuple(names), bodies=tuple((name, statements) for name in names)
            )
        names += re.findall(lines.members, text, re.MULTILINE) if kind == "definition" and lines.members else []
        return msgspec.structs.replace(part, kind=kind, names=tuple(dict.fromkeys(names)))
    return part


def _joined(code: str, parts: list[Part]) -> list[Part]:
    """`parts`, functions in a row with the same names as one: a line with its type, equations."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last is None or part.kind != "function" or (last.kind, last.names) != (part.kind, part.names):
            found.append(part)
            continue
        bodies = tuple(
            (name, (*before, *body)) for (name, before), (_, body) in zip(last.bodies, part.bodies, strict=True)
        )
        text = code[last.start : part.end]
        found[-1] = msgspec.structs.replace(last, text=text, end=part.end, bodies=bodies)
    return found
