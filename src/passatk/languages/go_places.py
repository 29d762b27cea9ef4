"""Places in Go's tests: variables and parts of them, and which of them share memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from passatk.languages.go_types import BASIC
from passatk.languages.syntax import of_type, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

ELEMENT = "[]"
"""Any element."""
LITERALS = frozenset(
    (
        "int_literal",
        "float_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "rune_literal",
        "true",
        "false",
    )
)
"""Values that hold nothing."""
_PARTS = ("selector_expression", "index_expression", "slice_expression", "type_assertion_expression")
_WRAPPED = ("parenthesized_expression", "unary_expression", "variadic_argument", "type_conversion_expression")
_CONVERSIONS = ("sort.IntSlice", "sort.StringSlice", "sort.Float64Slice")


class Place(NamedTuple):
    """A variable, or a part of it."""

    root: "Node"
    path: tuple[str, ...] = ()
    varied: int = 0
    """How many of its indices are variables: they are others each time a loop comes round."""


def bindings(tree: "Node") -> "Iterator[tuple[list[Node], list[Node]]]":
    """What stands left and right of `:=`, `=` and `<-`, and in `var`."""
    for node in of_type(tree, "short_var_declaration", "assignment_statement", "var_spec"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "var_spec":
            value = node.child_by_field_name("value")
            yield node.children_by_field_name("name"), [] if value is None else value.named_children
        elif left is not None and right is not None:
            yield left.named_children, right.named_children
    for node in of_type(tree, "send_statement"):
        yield node.children_by_field_name("channel"), node.children_by_field_name("value")


def calls_of(tree: "Node", names: set[str]) -> "Iterator[Node]":
    """Calls of functions of these names."""
    for node in of_type(tree, "call_expression"):
        if text_of(node.child_by_field_name("function")) in names:
            yield node


def place_of(node: "Node | None") -> Place | None:
    """The place that an expression names, if it names one."""
    if node is None or node.type == "identifier":
        return None if node is None else Place(node)
    if node.type in _PARTS:
        within = place_of(node.child_by_field_name("operand"))
        if within is None or node.type in ("slice_expression", "type_assertion_expression"):
            return within
        if node.type == "selector_expression":
            return within._replace(path=(*within.path, text_of(node.child_by_field_name("field"))))
        index = node.child_by_field_name("index")
        varied = any(True for _ in of_type(index, "identifier"))
        element = ELEMENT if varied else f"[{text_of(index)}]"
        return within._replace(path=(*within.path, element), varied=within.varied + varied)
    if node.type in _WRAPPED:
        return place_of(node.named_children[-1]) if node.named_children else None
    return None


def places_in(node: "Node") -> list[Place]:
    """The places that a value shares memory with."""
    if node.type == "composite_literal":
        return _in_literal(node.child_by_field_name("body"), node.child_by_field_name("type"))
    if node.type == "call_expression":
        called, given = text_of(node.child_by_field_name("function")), node.child_by_field_name("arguments")
        values = [] if given is None else given.named_children
        if called == "append":  # which copies what is spread
            values = [*values[:1], *(value for value in values[1:] if value.type != "variadic_argument")]
        return [found for value in values for found in places_in(value)] if called in ("append", *_CONVERSIONS) else []
    place = place_of(node)
    if place is not None:
        return [place]
    inner = node.child_by_field_name("operand") if node.type in _PARTS else None
    if node.type in _WRAPPED and node.named_children:
        inner = node.named_children[-1]
    return [] if inner is None else places_in(inner)


def _in_literal(body: "Node | None", kind: "Node | None") -> list[Place]:
    """What the values of a literal of this type share memory with; the type is unknown within a struct."""
    element = None if kind is None else kind.child_by_field_name("value") or kind.child_by_field_name("element")
    if body is None or text_of(element) in BASIC:
        return []
    found = []
    for value in body.named_children:
        while value.type in ("keyed_element", "literal_element") and value.named_children:
            value = value.named_children[-1]
        found += _in_literal(value, element) if value.type == "literal_value" else places_in(value)
    return found


def overlap(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether one is the other or a part of it."""
    for one, other in zip(first, second, strict=False):
        if one != other and not (ELEMENT in (one, other) and one.startswith("[") and other.startswith("[")):
            return False
    return True
