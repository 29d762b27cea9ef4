"""Rust programs that are right in another shape: other numbers or lifetimes, a module around the solution."""

import re

from passatk.languages.base import Language
from passatk.languages.heads import heads
from passatk.languages.lexing import blanked
from passatk.languages.rust_source import LEXICON, NUMBERS, replaced, types_taken
from passatk.regex import regex

_ANSWER = regex(r"^fn answer_\d+.*?\bsuper::(\w+)\(", re.DOTALL | re.MULTILINE)
_TAKEN = regex(r"(?<=let mut passatk_)(\d+): (.*)(?= = call\.argument)")
_ANNOTATED = regex(r"(?<=let passatk_result: ::std::primitive::)f\d\d")
_GIVEN = regex(r"->\s*(f32|f64)\s*(?:\{|where\b)")
_ALIAS = regex(r"^(?:pub(?:\([^()]*\))?\s+)?type\s+(\w+)\s*=([^;=]{1,100});", re.MULTILINE)
_NAME = regex(r"\w+")
_FOR_EVER = regex(r"&\s*'static\b")
_HELD = regex(r"\A::std::boxed::Box<(.*)>\Z")
_LONGEST_HEAD = 2000
_MOST_MODULES = 3
"""Within one another."""
_SHEBANG = regex(r"\A#!(?!\s*\[)[^\n]*")
_MODULE = regex(r"(?:pub(?:\([^()]*\))?\s+)?mod\s+(\w+)\s*\{")
_SUPER = regex(r"\buse\s+super\s*::[^;]*;|(?<![\w:])super\s*::\s*|^[ \t]*#!\[[^\]]*\]", re.MULTILINE)


def without_shebang(code: str) -> str:
    return _SHEBANG.sub("", code)


def with_own_types(serve: str, code: str, language: Language) -> str:
    """The part of a program that answers calls, with the numbers and lifetimes that the functions in `code` take.

    Tests that call with literals do not mind whether these are `i32` or `u64`, `f32` or `f64`, and live as long as
    anybody asks for.
    """
    plain = blanked(LEXICON, code)
    aliases = dict(_ALIAS.findall(plain))
    indented_first = sorted(heads(plain, language), key=lambda head: not code[head.start].isspace())
    own = {head.name: code[head.start : head.body] for head in indented_first}

    def answer(match: re.Match[str]) -> str:
        head = own.get(match[1], "")
        if len(head) <= _LONGEST_HEAD:
            head = _NAME.sub(lambda name: aliases.get(name[0], name[0]), head)
        taken = types_taken(head) if len(head) <= _LONGEST_HEAD else []
        given = _GIVEN.search(head)
        called = _ANNOTATED.sub(given[1], match[0]) if given else match[0]
        return _TAKEN.sub(lambda it: f"{it[1]}: {_as_taken(it[2], taken, int(it[1]))}", called)

    return _ANSWER.sub(answer, serve)


def _as_taken(type_: str, taken: list[str], place: int) -> str:
    """`type_` with the numbers of the parameter at `place`, if it has as many, and for ever where that asks for it."""
    own = taken[place] if place < len(taken) else ""
    if _FOR_EVER.match(own):
        type_ = _HELD.sub(r"&'static \1", type_)
    for kind in NUMBERS:
        type_ = _with_numbers(kind, type_, own)
    return type_


def _with_numbers(kind: re.Pattern[str], type_: str, own: str) -> str:
    numbers = kind.findall(own)
    if len(numbers) != len(kind.findall(type_)):
        return type_
    left = iter(numbers)
    return kind.sub(lambda _: next(left), type_)


def without_module(code: str, entry: str, language: Language) -> str:
    """`code` with what stands in the module of the function `entry` outside of it, also of one in another."""
    for _ in range(_MOST_MODULES):
        code = _without_outer_module(code, entry, language)
    return code


def _without_outer_module(code: str, entry: str, language: Language) -> str:
    if not entry or not _MODULE.search(code):
        return code
    parts = language.outline(code).parts
    if any(part.kind == "function" and entry in part.names for part in parts):
        return code
    for part in reversed(parts):
        found = _MODULE.search(part.text)
        if found is None or not part.text.endswith("}") or "test" in part.text[: found.start()]:
            continue
        inside = part.text[found.end() : -1]
        if any(head.name == entry for head in heads(blanked(LEXICON, inside), language)):
            name = found[1]
            path = rf"(?:(?:self|crate)\s*::\s*)?{name}\s*::"
            beside = re.compile(rf"\b(?:pub(?:\([^()]*\))?\s+)?use\s+{path}[^;]*;|(?<![\w:]){path}\s*")
            before, after = (replaced(beside, "", text) for text in (code[: part.start], code[part.end :]))
            return f"{before}{replaced(_SUPER, '', inside).strip()}\n{after}"
    return code
