"""Where JavaScript tests ask which object something is, or what became of one: what values do not tell."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.javascript_nodes import (
    arguments_of,
    begins_with,
    compared,
    drops,
    is_literal,
    is_result,
    text,
    walk,
)
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

CHANGING = frozenset(("push", "pop", "shift", "unshift", "splice", "add", "set", "delete", "clear"))
"""Methods that change what they are called of."""
_OF_OBJECTS = frozenset(("array", "object", "new_expression"))
_COMPARING = frozenset(("binary_expression", "call_expression"))
_HOLDING = frozenset(("array", "object", "pair", "spread_element"))
_BY_DEPTH = regex(r"(?:^|\.)deep(?:strict)?equal$", re.IGNORECASE)
_UNEQUAL = regex(r"(?:^|\.)not(?:strict)?equal$|!==?", re.IGNORECASE)
_ASSERTS = regex(r"(?:console\.)?assert(?:\.ok)?")


class Objects:
    """What stands for an object in tests, and where it goes."""

    def __init__(
        self,
        nodes: "Sequence[Node]",
        called: frozenset[str],
        bound_to: "Callable[[Callable[[Node], bool]], frozenset[str]]",
    ):
        """`called`: the program's functions; `bound_to`: names that stand for such a value, or for a part of one."""
        self._nodes, self._called = nodes, called
        self._objects = bound_to(lambda value: value.type in _OF_OBJECTS)
        self._results = bound_to(lambda value: is_result(value, called))
        self._told = self._told_by_the_program()
        calls = [node for node in nodes if node.type == "call_expression" and is_result(node, called)]
        self._used = [call for call in calls if not drops(call)]
        self._dropped = [call for call in calls if drops(call)]
        self._given = {name for call in self._used for name in _given(call)}
        self._bound = {text(name): text(value) for name, value in map(_binding, nodes) if name and value}

    def check(self) -> None:
        """Raises CannotCross where values do not tell what the tests ask."""
        for node in self._nodes:
            if node.type in _COMPARING:
                self._check_inputs(node)
                self._check_same(node)
        self._check_changes()
        self._check_states()

    def _told_by_the_program(self) -> frozenset[str]:
        """Names of what may come from the program."""
        told: frozenset[str] = self._called
        filled = [(name, _names(value)) for node in self._nodes for name, value in _filled(node)]
        while True:
            more = {name for name, names in filled if names & told}
            if more <= told:
                return told
            told |= more

    def _check_inputs(self, node: "Node") -> None:
        """What a call was given, compared with something that does not come from the program."""
        pair = compared(node)
        by_depth = node.type == "call_expression" and bool(_BY_DEPTH.search(_function(node)))
        for result, value in () if pair is None else (pair, pair[::-1]):
            name = begins_with(value)
            is_object = name in self._objects or by_depth or text(value).startswith("JSON.stringify(")
            own = is_literal(result) or not _names(result, value) & self._told
            if name in self._given and is_object and own:
                raise CannotCross(f"{text(value)}, which a call was given and may have changed")
        if node.type == "call_expression" and _ASSERTS.fullmatch(_function(node)) and arguments_of(node):
            names = _names(arguments_of(node)[0])
            for name in sorted(names & self._given & self._objects):
                if not names & self._told:
                    raise CannotCross(f"{name}, which a call was given and may have changed")

    def _check_same(self, node: "Node") -> None:
        """Whether something is the very object that was returned."""
        pair, how = compared(node), _compares_by(node)
        if pair is None or "deep" in how.lower():
            return
        unequal = bool(_UNEQUAL.search(how))
        if unequal and self._call_of(pair[0]) == self._call_of(pair[1]) != "":
            raise CannotCross(f"whether {text(pair[0])} is {text(pair[1])}")
        for result, value in (pair, pair[::-1]):
            another = unequal and begins_with(result) in self._results | self._called
            measured = text(value).endswith((".length", ".size"))
            if self._is_given_back(result, value) or (another and begins_with(value) in self._objects and not measured):
                raise CannotCross(f"whether {text(value)} is what was returned")

    def _is_given_back(self, result: "Node", value: "Node") -> bool:
        if text(value) not in self._objects:
            return False
        asked = result.child_by_field_name("arguments") if is_result(result, self._called) else None
        if asked is not None:
            return text(value) in map(text, asked.named_children)
        return text(result) in self._results and text(value) in self._given

    def _call_of(self, node: "Node") -> str:
        """The call that a value is the result of, spelt out."""
        if is_result(node, self._called):
            return text(node)
        return self._bound.get(text(node), "") if text(node) in self._results else ""

    def _check_changes(self) -> None:
        """A result that the tests change, or an input behind a call whose result they keep."""
        kept = [call for call in self._used if call.parent is not None and call.parent.type == "variable_declarator"]
        for node, changed in filter(None, map(_changed, self._nodes)):
            name = begins_with(changed)
            if name in self._results:
                raise CannotCross(f"{text(changed)}, a part of a result that they change")
            if name in self._objects and any(name in _given(call) and call.end_byte < node.start_byte for call in kept):
                raise CannotCross(f"{text(changed)}, which they change behind a call")

    def _check_states(self) -> None:
        """An object that one function changes where its result is dropped, and that two others are asked about."""
        for name in self._given & self._objects & {name for call in self._dropped for name in _given(call)}:
            if len({_function(call) for call in self._used if name in _given(call)}) > 1:
                raise CannotCross(f"{name}, which calls were given and may have changed")


def _compares_by(node: "Node") -> str:
    """The operator, or the assertion."""
    operator = node.child_by_field_name("operator")
    return _function(node) if operator is None else text(operator)


def _function(call: "Node") -> str:
    function = call.child_by_field_name("function")
    return "" if function is None else text(function)


def _names(*nodes: "Node") -> set[str]:
    return {text(part) for node in nodes for part in walk(node) if "identifier" in part.type}


def _given(call: "Node") -> set[str]:
    """Names that a call is given, as they are or within something."""
    nodes, found = arguments_of(call), set()
    while nodes:
        node = nodes.pop()
        if node.type in ("identifier", "shorthand_property_identifier"):
            found.add(text(node))
        elif node.type in _HOLDING:
            nodes += node.named_children
    return found


def _binding(node: "Node") -> "tuple[Node | None, Node | None]":
    if node.type == "variable_declarator":
        return node.child_by_field_name("name"), node.child_by_field_name("value")
    return None, None


def _filled(node: "Node") -> "Iterator[tuple[str, Node]]":
    """Names that get a value in `node`, and that value."""
    into, value = _binding(node)
    if node.type in ("assignment_expression", "augmented_assignment_expression", "for_in_statement"):
        into, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    elif node.type == "call_expression":
        into, value = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        into = into.child_by_field_name("object") if into is not None else None
    elif node.type == "function_declaration":
        into, value = node.child_by_field_name("name"), node.child_by_field_name("body")
    if into is not None and value is not None:
        for name in _names(into):
            yield name, value


def _changed(node: "Node") -> "tuple[Node, Node] | None":
    """(node, what it changes a part of)."""
    target: Node | None = None
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        target = node.child_by_field_name("left")
    elif node.type == "unary_expression" and text(node).startswith("delete"):
        target = node.child_by_field_name("argument")
    elif drops(node):
        function = node.child_by_field_name("function")
        method = function.child_by_field_name("property") if function is not None else None
        return (node, function) if function is not None and method is not None and text(method) in CHANGING else None
    is_part = target is not None and target.type in ("member_expression", "subscript_expression")
    return (node, target) if target is not None and is_part else None
