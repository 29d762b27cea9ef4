"""What stands in a program: its imports, definitions and other statements, told by the language's tree-sitter grammar.

Grammars are wheels of their own, loaded when the first program of their language is looked at.
"""

import importlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from passatk.records import Record
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

LONGEST = 16_384
"""Characters that are parsed. A grammar takes seconds for longer nonsense, and solutions are shorter."""

_DEEPEST = 200
"""Brackets within brackets that are parsed, for the same reason."""


class Grammar(Record, frozen=True, kw_only=True):
    """A language's tree-sitter grammar and what to look for in it."""

    module: str
    """The grammar's Python module."""
    variant: str = ""
    """Which of the module's grammars, where it has several."""
    query: str
    """Captures `@import`, `@definition` (classes, constants), `@function`, each with its `@name`s; of a function also
    `@body`."""
    scopes: frozenset[str]
    """Nodes within which nothing is defined for the outside."""
    opened: str = ""
    """A class whose members are parts of their own."""
    leading: frozenset[str] = frozenset()
    """Nodes that belong to what follows them, like attributes."""


class Part(Record, frozen=True, kw_only=True):
    """One statement outside of all others."""

    kind: str
    """`import`, `function`, `definition`, `comment`, `error` or `other`."""
    names: tuple[str, ...] = ()
    """What it defines."""
    text: str
    start: int
    end: int
    """In characters of the program."""
    inside: str = ""
    """The class that it is a member of."""
    bodies: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(name, statements of its body) of every function in it."""


class Outline(Record, frozen=True, kw_only=True):
    """A program's parts in their order."""

    parts: tuple[Part, ...]
    broken: bool
    """It is not a program of the language as it stands."""

    @property
    def names(self) -> frozenset[str]:
        """Everything that is defined or imported."""
        return frozenset(name for part in self.parts for name in part.names)


def text_of(node: "Node | None") -> str:
    """What stands there; empty where there is no node."""
    return "" if node is None or node.text is None else node.text.decode()


def of_type(node: "Node | None", *types: str) -> "Iterator[Node]":
    """`node` and what stands within it, if of such a type."""
    waiting = [] if node is None else [node]
    while waiting:
        current = waiting.pop()
        if current.type in types:
            yield current
        waiting += reversed(current.named_children)


@cache
def _tools(grammar: Grammar) -> "tuple[Parser, Query]":
    from tree_sitter import Language, Parser, Query

    module = importlib.import_module(grammar.module)
    language = Language(getattr(module, f"language_{grammar.variant}" if grammar.variant else "language")())
    return Parser(language), Query(language, grammar.query)


_SURROGATE = regex("[\ud800-\udfff]")


def parsed(grammar: Grammar, code: str) -> "Node":
    """The tree of `code`, however long it is: for what a benchmark says, never for what a model does."""
    parser, _ = _tools(grammar)
    return parser.parse(_SURROGATE.sub("\ufffd", code).encode()).root_node


@lru_cache(maxsize=256)
def outline(grammar: Grammar, code: str) -> Outline:
    """The parts of `code`; one part of kind `other` where it is longer than `LONGEST`."""
    if len(code) > LONGEST or _depth(code) > _DEEPEST:
        whole = Part(kind="other", text=code, start=0, end=len(code))
        return Outline(parts=(whole,), broken=True)
    from tree_sitter import QueryCursor

    parser, query = _tools(grammar)
    # a parser cuts a lone surrogate in two, as it is no UTF-8; U+FFFD takes as many bytes
    readable = _SURROGATE.sub("\ufffd", code)
    source = readable.encode()
    root = parser.parse(source).root_node
    tops = _tops(root, grammar)
    found: dict[int, dict[str, Any]] = {}
    for _, captures in QueryCursor(query).matches(root):
        kind = next((kind for kind in ("function", "import", "definition") if kind in captures), None)
        if kind is None:
            continue
        top = _top_of(captures[kind][0], tops, grammar.scopes)
        if top is None:
            continue
        entry = found.setdefault(top, {"kinds": set(), "names": {}, "bodies": []})
        entry["kinds"].add(kind)
        names = [_text(source, node) for node in captures.get("name", [])]
        entry["names"].update(dict.fromkeys(names))
        if kind == "function" and "body" in captures:
            body = [_text(source, node) for node in captures["body"][0].named_children if "comment" not in node.type]
            entry["bodies"] += [(name, tuple(body)) for name in names]
    parts = _parts(source, root, grammar, found)
    if readable != code:
        parts = [msgspec.structs.replace(part, text=code[part.start : part.end]) for part in parts]
    return Outline(parts=tuple(parts), broken=root.has_error)


def _depth(code: str) -> int:
    """At least how deep brackets are nested at the deepest."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[({\])}]", code):
        depth = depth + 1 if bracket in "[({" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _tops(root: "Node", grammar: Grammar) -> set[int]:
    return {node.id for node in _children(root, grammar.opened)}


def _children(root: "Node", opened: str) -> "list[Node]":
    """What stands outside of everything else; what could not be read is looked into."""
    flat: list[Node] = []
    for node in root.children:
        if node.type == "ERROR":
            inner = [child for child in node.children if child.is_named and child.type != "ERROR"]
            flat += inner or [node]
        elif opened and _named(node) == opened:
            body = node.child_by_field_name("body")
            flat += [] if body is None else [member for member in body.children if member.is_named]
        else:
            flat.append(node)
    return flat


def _named(node: "Node") -> str:
    name = node.child_by_field_name("name")
    return "" if name is None or name.text is None else name.text.decode()


def _top_of(node: "Node", tops: set[int], scopes: frozenset[str]) -> int | None:
    """The part that `node` stands in; None if it is hidden in a scope."""
    here: Node | None = node
    while here is not None and here.id not in tops:
        here = here.parent
        if here is not None and here.type in scopes:
            return None
    return None if here is None else here.id


def _member(node: "Node", opened: str) -> bool:
    """Whether `node` is a member of the class called `opened`."""
    owner = node.parent.parent if opened and node.parent is not None else None
    return owner is not None and _named(owner) == opened


def _text(source: bytes, node: "Node") -> str:
    return source[node.start_byte : node.end_byte].decode()


def _parts(source: bytes, root: "Node", grammar: Grammar, found: dict[int, dict[str, Any]]) -> list[Part]:
    parts: list[Part] = []
    begin: int | None = None
    byte = char = 0
    for node in _children(root, grammar.opened):
        if node.start_byte < byte:
            continue
        if node.type == ";" and parts:  # of a C++ struct: a sibling, but a part of it
            text = source[byte : node.end_byte].decode()
            byte, char = node.end_byte, char + len(text)
            parts[-1] = msgspec.structs.replace(parts[-1], text=parts[-1].text + text, end=char)
            continue
        if node.type in grammar.leading:
            begin = node.start_byte if begin is None else begin
            continue
        start = node.start_byte if begin is None else begin
        begin = None
        entry = found.get(node.id, {"kinds": set(), "names": {}, "bodies": []})
        kinds = entry["kinds"]
        kind = next((kind for kind in ("function", "definition", "import") if kind in kinds), "other")
        if kind == "other" and ("comment" in node.type):
            kind = "comment"
        if node.type == "ERROR" or (kind == "other" and node.parent is not None and node.parent.type == "ERROR"):
            kind = "error"
        begin_char = char + len(source[byte:start].decode())
        text = source[start : node.end_byte].decode()
        byte, char = node.end_byte, begin_char + len(text)
        parts.append(
            Part(
                kind=kind,
                names=tuple(entry["names"]),
                text=text,
                start=begin_char,
                end=char,
                inside=grammar.opened if _member(node, grammar.opened) else "",
                bodies=tuple(entry["bodies"]),
            )
        )
    return parts
