"""What a problem's reference in JavaScript shows that values do not carry: methods and getters."""

from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.javascript_nodes import (
    FUNCTIONS,
    arguments_of,
    begins_with,
    is_handed_back,
    named_function,
    text,
    walk,
)
from passatk.languages.syntax import Grammar, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tree_sitter import Node

_HOLDING = frozenset(("array", "object", "pair", "spread_element", "parenthesized_expression", "ternary_expression"))
_BY_ITSELF = frozenset(("toString", "toLocaleString", "toJSON", "valueOf"))
"""Methods that nobody calls by their names."""


def methods_of(grammar: Grammar, reference: str) -> frozenset[str]:
    """Methods and getters in a whole solution that gives out objects which have some, and its private fields."""
    nodes = list(walk(parsed(grammar, reference)))
    functions = {named[0]: named[1] for named in map(named_function, nodes) if named is not None}
    bound = [pair for node in nodes if (pair := _binding(node)) is not None]
    kept = {text(name) for name, value in bound if any(_has_methods(part, functions) for part in _parts(value))}
    given_out = [part for node in nodes for value in _given_out(node) for part in _parts(value)]
    if not any(_has_methods(part, functions) or text(part) in kept for part in given_out):
        return frozenset()
    return frozenset(_method(node, functions) for node in nodes) - {"", "constructor"}


def check_results(
    nodes: "Sequence[Node]", results: frozenset[str], called: frozenset[str], methods: frozenset[str]
) -> None:
    """Raises CannotCross where tests need a method of what the program returns. `results`: its names in the tests."""
    by_itself = sorted(name for name in methods if name in _BY_ITSELF or name.startswith("[Symbol."))
    if by_itself:
        raise CannotCross(f"an object of the program that has {by_itself[0]}")
    for node in nodes:
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            if name is not None and text(name) in methods and begins_with(node) in results | called:
                raise CannotCross(f"{text(node)}, which the program defines")
        elif node.type == "call_expression" and methods and is_handed_back(node, results, called):
            raise CannotCross(f"an object with methods that {text(node)} is given back")


def _binding(node: "Node") -> "tuple[Node, Node] | None":
    key, value = {"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")}.get(
        node.type, ("", "")
    )
    name = node.child_by_field_name(key) if key else None
    bound = node.child_by_field_name(value) if key else None
    return None if name is None or bound is None else (name, bound)


def _given_out(node: "Node") -> "list[Node]":
    """What a `return`, or an arrow function without one, gives out."""
    if node.type == "return_statement":
        return node.named_children[:1]
    body = node.child_by_field_name("body") if node.type == "arrow_function" else None
    return [] if body is None or body.type == "statement_block" else [body]


def _parts(value: "Node") -> "list[Node]":
    """`value`, and what stands in it as it is."""
    found = [value]
    for node in found:
        if node.type in _HOLDING:
            found += node.named_children
        elif node.type == "call_expression" and text(node).startswith("Object."):
            found += arguments_of(node)
    return found


def _has_methods(value: "Node", functions: "Mapping[str, Node]") -> bool:
    if value.type == "new_expression":
        return text(value.child_by_field_name("constructor") or value) in functions
    return value.type == "this" or (
        value.type == "object" and any(_method(part, functions) for part in value.named_children)
    )


def _method(node: "Node", functions: "Mapping[str, Node]") -> str:
    """The method that `node` defines, or the private field that no one else sees; empty if none."""
    if node.type == "private_property_identifier":
        return text(node)
    if node.type == "shorthand_property_identifier":
        return text(node) if text(node) in functions else ""
    if node.type == "method_definition":
        return text(node.child_by_field_name("name") or node)
    key, value = {
        "pair": ("key", "value"),
        "field_definition": ("property", "value"),
        "assignment_expression": ("left", "right"),
    }.get(node.type, ("", ""))
    defined = node.child_by_field_name(key) if key else None
    function = node.child_by_field_name(value) if key else None
    if defined is None or function is None or not (function.type in FUNCTIONS or text(function) in functions):
        return ""
    if node.type == "assignment_expression":
        defined = defined.child_by_field_name("property") if defined.type == "member_expression" else None
    return "" if defined is None else text(defined)
