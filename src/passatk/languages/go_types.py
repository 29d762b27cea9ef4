"""Types in heads of Go's functions: which of them cross the wall, and what reads and writes their values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from passatk.languages.base import CannotCross
from passatk.languages.go_source import Source
from passatk.languages.syntax import Grammar, parsed
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = Grammar(
    module="tree_sitter_go",
    query="""
        (function_declaration name: (identifier) @name body: (block) @body) @function
        (method_declaration name: (field_identifier) @name) @definition
        (var_spec name: (identifier) @name) @definition
        (const_spec name: (identifier) @name) @definition
        (type_spec name: (type_identifier) @name) @definition
        (type_alias name: (type_identifier) @name) @definition
        (import_declaration) @import
    """,
    scopes=frozenset(("block", "func_literal")),
)
_BRACE = regex(r"\{")
_LONGEST_HEAD, _MOST_BRACES = 2000, 16
_WALL = "passatk_wall"
_OPEN = "passatk_open"
_BYTES = ("byte", "uint8")
BASIC = {
    **{name: name.capitalize() for name in ("bool", "string", "float32", "float64")},
    **{name: f"Int[{name}]" for name in ("int", "int8", "int16", "int32", "int64", "rune")},
    **{name: f"Uint[{name}]" for name in ("uint", "uint16", "uint32", "uint64", *_BYTES)},
}
"""Type -> its reader in package wall. A writer is called `Put` and the same."""
INTEGERS = frozenset(name for name, reader in BASIC.items() if reader.startswith(("Int", "Uint")))


class Crossing(NamedTuple):
    """A type whose values cross."""

    name: str
    get: str
    """A Go function that reads a value."""
    put: str
    """One that writes it."""
    refers: bool
    """Changes to a value of it are seen by who passed it on."""
    holds: bool = False
    """It has values within it of which that is true."""


class Function(NamedTuple):
    """A function that crosses."""

    name: str
    parameters: tuple[Crossing, ...]
    variadic: bool
    """The last parameter takes any number of values."""
    results: tuple[Crossing, ...]


def head_place(source: Source, name: str) -> int | None:
    """Where the last head of a function called `name` begins."""
    found = list(re.finditer(rf"^[ \t]*func\s+{re.escape(name)}\s*[\[(]", source.bare, re.MULTILINE))
    return found[-1].start() if found else None


@lru_cache(maxsize=4096)
def function(source: Source, name: str) -> Function:
    """The function called `name`, read from its last head.

    Raises:
        CannotCross: it is not there, or not all of its values can cross.
    """
    head = _parsed_head(source, name)
    results = head.child_by_field_name("result")
    parameters, types = list(_listed(head.child_by_field_name("parameters"))), _declared(source)
    variadic = bool(parameters) and parameters[-1].type == "variadic_parameter_declaration"
    crossing = [_crossing(_type_of(node), types) for node in parameters]
    if variadic:
        crossing[-1] = _list_of(crossing[-1])
    if len(crossing) > 255:
        raise CannotCross(f"{name} has {len(crossing)} parameters")
    given = tuple(_crossing(_type_of(node), types) for node in _listed(results))
    return Function(name, tuple(crossing), variadic, given)


def types_in_head(source: Source, name: str) -> tuple[list[str], list[str]]:
    """How the types of a function's parameters and results are spelt; none if it cannot be read."""
    try:
        head = _parsed_head(source, name)
    except CannotCross:
        return [], []
    lists = (head.child_by_field_name(field) for field in ("parameters", "result"))
    parameters, results = ([_text(_type_of(node)) for node in _listed(found)] for found in lists)
    return parameters, results


def _parsed_head(source: Source, name: str) -> "Node":
    place = head_place(source, name)
    if place is None:
        raise CannotCross(f"the tests call {name}, which is no function of the declaration or the reference")
    head = _to_body(source.bare[place : place + _LONGEST_HEAD])
    if head is None:
        raise CannotCross(f"the head of {name} cannot be read")
    if head.child_by_field_name("type_parameters") is not None:
        raise CannotCross(f"{name} has type parameters")
    return head


def _to_body(code: str) -> "Node | None":
    """The function that `code` begins with, up to the first brace that opens its body and not a struct or interface."""
    for brace in islice(_BRACE.finditer(code), _MOST_BRACES):
        children = parsed(GRAMMAR, f"package p\n{code[: brace.end()]}\n}}").children
        found = next((node for node in children if node.type == "function_declaration"), None)
        if found is not None and not found.has_error and found.child_by_field_name("body") is not None:
            return found
    return None


def _listed(node: "Node | None") -> "Iterator[Node]":
    """The nodes of a list of parameters or results, each as often as it has names."""
    if node is not None and node.type != "parameter_list":
        yield node
    elif node is not None:
        for child in node.named_children:
            if child.type != "comment":
                yield from [child] * max(1, len(child.children_by_field_name("name")))


def _type_of(node: "Node") -> "Node":
    return node.child_by_field_name("type") or node


def _text(node: "Node") -> str:
    return (node.text or b"").decode()


@lru_cache(maxsize=4096)
def _declared(source: Source) -> "Mapping[str, Node]":
    """Names of types that `source` declares outside of functions, and what they stand for."""
    if "type" not in source.bare:
        return {}
    found = {}
    for declaration in parsed(GRAMMAR, source.text).children:
        for spec in declaration.named_children if declaration.type == "type_declaration" else ():
            name, meaning = spec.child_by_field_name("name"), spec.child_by_field_name("type")
            if name is not None and meaning is not None and spec.child_by_field_name("type_parameters") is None:
                found[_text(name)] = meaning
    return found


def _crossing(node: "Node", types: "Mapping[str, Node]", outer: frozenset[str] = frozenset()) -> Crossing:
    name = _text(node)
    inner = [_crossing(child, types, outer) for child in _inner_types(node)]
    match node.type:
        case "type_identifier" if name in BASIC:
            return Crossing(name, f"{_WALL}.{BASIC[name]}", f"{_WALL}.Put{BASIC[name]}", refers=False)
        case "type_identifier" if name == "error":
            return Crossing(name, f"{_OPEN}.Get[error]", f"{_WALL}.PutError", refers=False)
        case "type_identifier" if name == "any" or name in outer:
            return _opened(name, holds=True)
        case "type_identifier" if name in types:
            known = _crossing(types[name], types, outer | {name})
            return _opened(name, known.refers, known.holds)
        case "parenthesized_type":
            return inner[0]
        case "slice_type":
            return _list_of(inner[0])
        case "array_type" if inner[0].name not in _BYTES:
            list_ = _list_of(inner[0])
            get = f"func(m *{_WALL}.Message) (a {name}) {{ for i, v := range {list_.get}(m) {{ a[i] = v }}; return }}"
            put = f"func(m *{_WALL}.Message, a {name}) {{ {list_.put}(m, a[:]) }}"
            return Crossing(name, get, put, refers=False, holds=_refer(inner))
        case "pointer_type" if _reaches_struct(node, types):
            raise CannotCross(f"a {name} is more than a value: who holds it matters")
        case "map_type":
            return _opened(name, refers=True, holds=_refer(inner))
        case "pointer_type":
            return _opened(name, refers=True, holds=inner[0].holds)
        case "struct_type" | "array_type":
            return _opened(name, holds=_refer(inner))
        case "interface_type" if not node.named_children:
            return _opened(name, holds=True)
    raise CannotCross(f"a value of type {name} is more than a value, or of the program's own type")


def _inner_types(node: "Node") -> "list[Node]":
    if node.type == "struct_type":
        fields = node.named_children[0].named_children
        return [_type_of(field) for field in fields if field.type == "field_declaration"]
    if node.type in ("slice_type", "array_type", "map_type"):
        found = (node.child_by_field_name(field) for field in ("key", "value", "element"))
        return [child for child in found if child is not None]
    return node.named_children if node.type in ("pointer_type", "parenthesized_type") else []


def _list_of(element: Crossing) -> Crossing:
    name = f"[]{element.name}"
    if element.name in _BYTES:
        return Crossing(name, f"{_WALL}.Bytes", f"{_WALL}.PutBytes", refers=True)
    get, put = f"{_WALL}.List({element.get})", f"{_WALL}.PutList({element.put})"
    return Crossing(name, get, put, refers=True, holds=_refer([element]))


def _refer(crossings: Sequence[Crossing]) -> bool:
    return any(crossing.refers or crossing.holds for crossing in crossings)


def _reaches_struct(node: "Node", types: "Mapping[str, Node]") -> bool:
    """Whether a pointer leads to a struct."""
    for child in node.named_children:
        seen: set[str] = set()
        while child.type == "type_identifier" and _text(child) in types and _text(child) not in seen:
            seen.add(_text(child))
            child = types[_text(child)]
        if child.type == "struct_type" or (child.type != "type_identifier" and _reaches_struct(child, types)):
            return True
    return False


def _opened(name: str, refers: bool = False, holds: bool = False) -> Crossing:
    return Crossing(name, f"{_OPEN}.Get[{name}]", f"{_OPEN}.Put[{name}]", refers, holds)
