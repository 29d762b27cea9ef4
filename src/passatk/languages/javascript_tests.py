"""What JavaScript tests use of a program, told by their syntax: what is called, and what would be more than values."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.syntax import Grammar, parsed
from passatk.records import Record

if TYPE_CHECKING:
    from tree_sitter import Node

BUILT_IN = frozenset(
    re.findall(
        r"\S+",
        """
        arguments undefined NaN Infinity globalThis global console module exports require process Math JSON Object
        Array Number String Boolean Symbol BigInt Map Set WeakMap WeakSet WeakRef Date RegExp Promise Proxy Reflect
        Error AggregateError TypeError RangeError SyntaxError ReferenceError EvalError URIError Function parseInt
        parseFloat isNaN isFinite Intl Atomics ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array
        Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array
        BigUint64Array FinalizationRegistry encodeURI encodeURIComponent decodeURI decodeURIComponent escape
        unescape eval Buffer URL URLSearchParams TextEncoder TextDecoder AbortController Event EventTarget
        performance structuredClone queueMicrotask setTimeout clearTimeout setInterval clearInterval setImmediate
        clearImmediate fetch crypto atob btoa __dirname __filename
        """,
    )
)
_METHODS = frozenset(
    re.findall(
        r"\S+",
        """
        at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach
        includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice
        toReversed toSorted toSpliced unshift values with toString toLocaleString valueOf hasOwnProperty
        isPrototypeOf propertyIsEnumerable charAt charCodeAt codePointAt endsWith localeCompare match matchAll
        normalize padEnd padStart repeat replace replaceAll search split startsWith substr substring toLowerCase
        toUpperCase toLocaleLowerCase toLocaleUpperCase trim trimEnd trimStart isWellFormed toWellFormed
        toExponential toFixed toPrecision get set has add delete clear then catch finally exec test getTime getDate
        getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTimezoneOffset getUTCDate
        getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds toDateString
        toISOString toJSON toTimeString toUTCString toLocaleDateString toLocaleTimeString subarray equals readUInt8
        byteLength
        """,
    )
)
"""Of the standard types: all that rebuilt values have."""
_FUNCTIONS = frozenset(("arrow_function", "function_expression", "generator_function", "class"))
_DECLARED = frozenset(("function_declaration", "generator_function_declaration", "class_declaration"))
_SEALED = frozenset((*_FUNCTIONS, "call_expression", "new_expression"))
_STANDARD_FUNCTIONS = frozenset(
    ("Number", "String", "Boolean", "parseInt", "parseFloat", "isNaN", "isFinite", "Math.max", "Math.min", "Math.abs")
)
_PASSED_ON = frozenset(
    re.findall(
        r"\S+",
        """
        variable_declarator arguments assignment_expression pair array return_statement ternary_expression
        parenthesized_expression expression_statement arrow_function spread_element
        """,
    )
)
"""Nodes in which a function's name stands for the function, not for a value that is looked at."""


class Uses(Record, frozen=True, kw_only=True):
    """What tests use of what surrounds them."""

    calls: tuple[str, ...]
    """Functions of the program."""
    helpers: tuple[str, ...]
    """Definitions of the prompt."""


def uses(grammar: Grammar, tests: str, functions: frozenset[str], helpers: frozenset[str]) -> Uses:
    """What `tests` use of a program.

    Args:
        grammar: JavaScript's.
        tests: a script.
        functions: what is asked for; other names that are called and that nobody defines are functions too.
        helpers: what the prompt defines beside what is asked.

    Raises:
        CannotCross: they need more than values.
    """
    root = parsed(grammar, tests)
    if root.has_error:
        raise CannotCross("tests that cannot be parsed")
    return _Reading(root).uses(functions, helpers)


class _Reading:
    def __init__(self, root: "Node"):
        self._nodes = list(_walk(root))
        names = [node for node in self._nodes if node.type in ("identifier", "shorthand_property_identifier")]
        self._bound = {node.id for node in names if _binds(node)}
        bindings = [node for node in self._nodes if node.type == "shorthand_property_identifier_pattern"]
        bindings += [node for node in names if node.id in self._bound]
        self._local = {_text(node) for node in bindings}
        self._at_top = {_text(node) for node in bindings if _at_top(node)}
        self._used: dict[str, list[Node]] = {}
        for node in names:
            if node.id not in self._bound:
                self._used.setdefault(_text(node), []).append(node)

    def uses(self, functions: frozenset[str], helpers: frozenset[str]) -> Uses:
        calls, copies = [], []
        for name, places in self._used.items():
            if name in self._at_top:
                continue
            if name in functions:
                calls.append(name)
            elif name in self._local or name in BUILT_IN:
                continue
            elif name in helpers:
                copies.append(name)
            elif any(_is_called(place) or self._is_called_later(place) for place in places):
                calls.append(name)
            else:
                raise CannotCross(f"{name}, which is not a function that they call")
        for name in calls:
            for place in self._used[name]:
                _check_use(name, place)
        self._check_calls(frozenset(calls))
        return Uses(calls=tuple(sorted(calls)), helpers=tuple(sorted(copies)))

    def _is_called_later(self, node: "Node") -> bool:
        parent = node.parent
        name = (
            parent.child_by_field_name("name") if parent is not None and parent.type == "variable_declarator" else None
        )
        return name is not None and any(_is_called(place) for place in self._used.get(_text(name), ()))

    def _check_calls(self, calls: frozenset[str]) -> None:
        called = calls | self._bound_to(lambda value: value.type == "identifier" and _text(value) in calls)
        results = self._bound_to(lambda value: _is_result(value, called))
        own = self._bound_to(lambda value: value.type in _FUNCTIONS)
        names = [node.child_by_field_name("name") for node in self._nodes if node.type in _DECLARED]
        own |= {_text(name) for name in names if name is not None}
        for node in self._nodes:
            if node.type != "call_expression":
                continue
            function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if function is None:
                continue
            if function.type == "identifier" and _text(function) in called and arguments is not None:
                _check_arguments(_text(function), arguments, own | calls)
            target = function.child_by_field_name("object") if function.type == "member_expression" else function
            if target is None or not (_is_result(target, called) or _text(target) in results):
                continue
            if function.type != "member_expression":
                raise CannotCross("a call of a function that was returned")
            method = function.child_by_field_name("property")
            if method is not None and _text(method) not in _METHODS:
                raise CannotCross(f"a method {_text(method)} of a result")

    def _bound_to(self, fits: "Callable[[Node], bool]") -> frozenset[str]:
        found = set()
        for node in self._nodes:
            if node.type != "variable_declarator":
                continue
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None and value is not None and name.type == "identifier" and fits(value):
                found.add(_text(name))
        return frozenset(found)


def _walk(root: "Node") -> "Iterator[Node]":
    nodes = [root]
    while nodes:
        node = nodes.pop()
        yield node
        nodes += node.named_children


def _text(node: "Node") -> str:
    return "" if node.text is None else node.text.decode()


def _holds(node: "Node | None", child: "Node") -> bool:
    return node is not None and node.id == child.id


def _binds(node: "Node") -> bool:
    """Whether a name is declared here, not used."""
    here, parent = node, node.parent
    while parent is not None and parent.type in (
        "array_pattern",
        "object_pattern",
        "rest_pattern",
        "assignment_pattern",
        "object_assignment_pattern",
        "pair_pattern",
    ):
        if _holds(parent.child_by_field_name("right"), here) or _holds(parent.child_by_field_name("key"), here):
            return False
        here, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "formal_parameters":
        return True
    if parent.type in ("variable_declarator", *_DECLARED, *_FUNCTIONS) and _holds(
        parent.child_by_field_name("name"), here
    ):
        return True
    if parent.type in ("arrow_function", "catch_clause") and _holds(parent.child_by_field_name("parameter"), here):
        return True
    return (
        parent.type == "for_in_statement"
        and parent.child_by_field_name("kind") is not None
        and _holds(parent.child_by_field_name("left"), here)
    )


def _at_top(node: "Node") -> bool:
    """Whether a name is declared outside of all functions and blocks."""
    here = node.parent
    if here is not None and here.type in _DECLARED:
        here = here.parent
    while here is not None and here.type != "program":
        if here.type in ("statement_block", "formal_parameters", *_FUNCTIONS, *_DECLARED):
            return False
        here = here.parent
    return True


def _is_called(node: "Node") -> bool:
    return node.parent is not None and (
        node.parent.type == "call_expression" and _holds(node.parent.child_by_field_name("function"), node)
    )


def _is_result(node: "Node", called: frozenset[str]) -> bool:
    """Whether `node` is a call of one of `called`, awaited or not."""
    while node.type in ("await_expression", "parenthesized_expression") and node.named_children:
        node = node.named_children[0]
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    return function is not None and function.type == "identifier" and _text(function) in called


def _check_use(name: str, node: "Node") -> None:
    """Raises CannotCross where a function is used for more than to call it or to call it later."""
    parent = node.parent
    if parent is None or _is_called(node) or node.type == "shorthand_property_identifier":
        return
    if parent.type == "new_expression" or parent.type == "class_heritage":
        raise CannotCross(f"{name}, a class of the program")
    if parent.type == "unary_expression" and _text(parent).startswith("typeof"):
        return
    if parent.type == "member_expression":
        member = parent.child_by_field_name("property")
        if member is not None and _text(member) in ("call", "apply", "bind", "name"):
            return
        raise CannotCross(f"a member of {name}")
    if parent.type not in _PASSED_ON:
        raise CannotCross(f"{name} as a value")


def _check_arguments(name: str, arguments: "Node", functions: frozenset[str]) -> None:
    """Raises CannotCross where a function is among what is passed."""
    nodes = list(arguments.named_children)
    while nodes:
        node = nodes.pop()
        if node.type in _FUNCTIONS or node.type == "method_definition" or _text(node) in functions:
            raise CannotCross(f"a function that is passed to {name}")
        if node.type in ("identifier", "member_expression") and _text(node) in _STANDARD_FUNCTIONS:
            raise CannotCross(f"a function that is passed to {name}")
        if node.type not in _SEALED:
            nodes += node.named_children
