"""What JavaScript tests use of a program, told by their syntax: what is called, and what would be more than values."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.javascript_realm import BUILT_IN, ELSEWHERE, MODULES, NOT_VALUES
from passatk.languages.syntax import Grammar, parsed
from passatk.records import Record

if TYPE_CHECKING:
    from tree_sitter import Node

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
_NAMES = frozenset(("identifier", "shorthand_property_identifier_pattern"))
_SEALED = frozenset((*_FUNCTIONS, "call_expression", "new_expression"))
_CALLING = frozenset(
    """
    map forEach filter some every find findIndex flatMap reduce sort from then catch finally throws doesNotThrow rejects
    doesNotReject ok
    """.split()
)
"""Methods that only call what they are given."""
_CHANGING = frozenset("push pop shift unshift add set delete clear".split())
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
    tests: str
    """The tests, in which calls whose result is dropped are marked: `passatkDropped(f)(a)`."""


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
    return _Reading(root).uses(functions, helpers, tests)


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
        declared = [node.child_by_field_name("name") for node in self._nodes if node.type in _DECLARED]
        self._functions = self._bound_to(lambda value: value.type in _FUNCTIONS)
        self._functions |= {_text(name) for name in declared if name is not None}

    def uses(self, functions: frozenset[str], helpers: frozenset[str], tests: str) -> Uses:
        calls, copies = self._names(functions, helpers)
        if not calls:
            raise CannotCross("no function that they call")
        called = calls | self._bound_to(lambda value: value.type == "identifier" and _text(value) in calls)
        for name in called:
            for place in self._used.get(name, ()):
                _check_use(name, place, self._local | copies)
        for node in self._nodes:
            self._check_surroundings(node, called)
        self._check_calls(called)
        return Uses(calls=tuple(sorted(calls)), helpers=tuple(sorted(copies)), tests=self._marked(tests))

    def _names(self, functions: frozenset[str], helpers: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """What is called of the program, and what is used of the prompt."""
        calls, copies = set(), set()
        for name, places in self._used.items():
            if name in self._at_top:
                continue
            if name in functions:
                calls.add(name)
            elif name in self._local or name in BUILT_IN:
                continue
            elif name in ELSEWHERE:
                raise CannotCross(ELSEWHERE[name])
            elif name in helpers:
                copies.add(name)
            elif any(_is_called(place) or self._is_called_later(place) for place in places):
                calls.add(name)
            else:
                raise CannotCross(f"{name}, which is not a function that they call")
        return frozenset(calls), frozenset(copies)

    def _is_called_later(self, node: "Node") -> bool:
        parent = node.parent
        name = (
            parent.child_by_field_name("name") if parent is not None and parent.type == "variable_declarator" else None
        )
        return name is not None and any(_is_called(place) for place in self._used.get(_text(name), ()))

    def _check_surroundings(self, node: "Node", called: frozenset[str]) -> None:
        """Raises CannotCross where the tests change, or depend on, more than what an examiner has."""
        if node.type in ("assignment_expression", "augmented_assignment_expression"):
            left = node.child_by_field_name("left")
            root = left
            while root is not None and root.type in ("member_expression", "subscript_expression"):
                root = root.child_by_field_name("object")
            if left is None or root is None or _text(left) == "process.exitCode":
                return
            required = root.type == "call_expression" and _text(root).startswith("require")
            if required or (root.type == "identifier" and _text(root) in BUILT_IN - self._local):
                raise CannotCross(f"{_text(left)}, which they replace")
        elif node.type == "identifier" and _text(node) == "require" and node.id not in self._bound:
            if not _is_called(node) or _first_argument(node.parent).strip("'\"`").removeprefix("node:") not in MODULES:
                raise CannotCross("a module that an examiner does not have")
        elif node.type == "import":
            raise CannotCross("a module that an examiner does not have")
        elif node.type == "member_expression":
            holder, name = node.child_by_field_name("object"), node.child_by_field_name("property")
            if holder is None or name is None:
                return
            if _text(holder) in ("Object", "Reflect") and _text(name) in NOT_VALUES:
                raise CannotCross(f"{_text(node)}, as that does not cross")
            if _text(holder) == "Promise" and (_text(name) in ("race", "any") or self._waits_for_many(node, called)):
                raise CannotCross("promises that are waited for together")

    def _waits_for_many(self, node: "Node", called: frozenset[str]) -> bool:
        """Whether `node` is a Promise.all of several calls of the program."""
        arguments = node.parent.child_by_field_name("arguments") if node.parent is not None else None
        if not _text(node).startswith("Promise.all") or arguments is None or not arguments.named_children:
            return False
        return not _is_result(arguments.named_children[0], called)

    def _check_calls(self, called: frozenset[str]) -> None:
        results = self._bound_to(lambda value: _is_result(value, called))
        own = self._functions | called | self._bound_to(self._stays_here)
        for node in self._nodes:
            if node.type != "call_expression":
                continue
            function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if function is None:
                continue
            if function.type == "identifier" and _text(function) in called and arguments is not None:
                for argument in arguments.named_children:
                    if self._stays_here(argument, own):
                        raise CannotCross(f"a function or an object with methods that is passed to {_text(function)}")
            target = function.child_by_field_name("object") if function.type == "member_expression" else function
            if target is None or not (_is_result(target, called) or _text(target) in results):
                continue
            if function.type != "member_expression":
                raise CannotCross("a call of a function that was returned")
            method = function.child_by_field_name("property")
            if method is None:
                continue
            if _text(method) not in _METHODS or (_text(method) in _CHANGING and _drops(node)):
                raise CannotCross(f"a method {_text(method)} of a result")

    def _stays_here(self, value: "Node", own: frozenset[str] = frozenset()) -> bool:
        """Whether in `value`, or in what of `own` it names, is something that cannot be handed over."""
        nodes = [value]
        while nodes:
            node = nodes.pop()
            if node.type in _FUNCTIONS or node.type == "method_definition" or _text(node) in own:
                return True
            if own and node.type in ("identifier", "member_expression") and _text(node) in _STANDARD_FUNCTIONS:
                return True
            maker = node.child_by_field_name("constructor") if node.type == "new_expression" else None
            if maker is not None and (_text(maker) == "Promise" or _text(maker) in self._local):
                return True
            if node.type == "call_expression" and _text(node).startswith("Promise."):
                return True
            if node.type not in _SEALED:
                nodes += node.named_children
        return False

    def _bound_to(self, fits: "Callable[[Node], bool]") -> frozenset[str]:
        """Names that stand for such a value, or for a part of one."""
        found = set()
        for node in self._nodes:
            if node.type == "variable_declarator":
                name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            elif node.type == "for_in_statement":
                name, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            else:
                continue
            if name is not None and value is not None and fits(value):
                found |= {_text(part) for part in _walk(name) if part.type in _NAMES}
        return frozenset(found)

    def _marked(self, tests: str) -> str:
        others = self._functions | BUILT_IN | self._bound_to(lambda value: _text(value).startswith("require"))
        raw = tests.encode("utf-8", "surrogatepass")
        dropped = [node.child_by_field_name("function") for node in self._nodes if _drops(node)]
        for node in sorted(filter(None, dropped), key=lambda node: -node.start_byte):
            if node.type == "identifier" and _text(node) not in others:
                name = raw[node.start_byte : node.end_byte]
                raw = raw[: node.start_byte] + b"passatkDropped(" + name + b")" + raw[node.end_byte :]
        return raw.decode("utf-8", "surrogatepass")


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


def _first_argument(call: "Node | None") -> str:
    arguments = None if call is None else call.child_by_field_name("arguments")
    return "" if arguments is None or not arguments.named_children else _text(arguments.named_children[0])


def _drops(node: "Node") -> bool:
    """Whether `node` is a call that is a statement of its own, awaited or not."""
    above = node.parent
    if above is not None and above.type == "await_expression":
        above = above.parent
    return node.type == "call_expression" and above is not None and above.type == "expression_statement"


def _is_result(node: "Node", called: frozenset[str]) -> bool:
    """Whether `node` is a call of one of `called`, awaited or not."""
    while node.type in ("await_expression", "parenthesized_expression") and node.named_children:
        node = node.named_children[0]
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    return function is not None and function.type == "identifier" and _text(function) in called


def _check_use(name: str, node: "Node", own: frozenset[str] | set[str]) -> None:
    """Raises CannotCross where a function is used for more than to call it, or to have it called by one of `own`."""
    parent = node.parent
    if parent is None or _is_called(node) or node.type == "shorthand_property_identifier":
        return
    if parent.type == "new_expression" or parent.type == "class_heritage":
        raise CannotCross(f"{name}, a class of the program")
    if parent.type == "unary_expression" and _text(parent).startswith("typeof"):
        return
    if parent.type == "member_expression":
        member = parent.child_by_field_name("property")
        if not _is_called(parent) or member is None or _text(member) not in ("call", "apply", "bind"):
            raise CannotCross(f"a member of {name}")
        if _first_argument(parent.parent) not in ("", "null", "undefined"):
            raise CannotCross(f"the `this` of {name}")
        return
    caller = parent.parent.child_by_field_name("function") if parent.type == "arguments" and parent.parent else None
    if caller is not None:
        method = caller.child_by_field_name("property") if caller.type == "member_expression" else None
        if _text(caller) in own or (method is not None and _text(method) in _CALLING):
            return
    if parent.type == "arguments" or parent.type not in _PASSED_ON:
        raise CannotCross(f"{name} as a value")
