"""What JavaScript tests use of a program, told by their syntax: what is called, and what would be more than values."""

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.javascript_handed import Handed
from passatk.languages.javascript_nodes import (
    DECLARED,
    FUNCTIONS,
    arguments_of,
    at_top,
    begins_result,
    begins_with,
    binds,
    drops,
    first_argument,
    holds_template,
    is_called,
    is_method_of_kept,
    is_result,
    named_function,
    parameters_of,
    text,
    walk,
    what_it_returns,
)
from passatk.languages.javascript_objects import CHANGING, Objects
from passatk.languages.javascript_realm import BUILT_IN, ELSEWHERE, GETTERS, MODULES, NOT_VALUES
from passatk.languages.javascript_shown import check_results
from passatk.languages.syntax import Grammar, parsed
from passatk.records import Record
from passatk.regex import regex

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
_NAMES = frozenset(("identifier", "shorthand_property_identifier_pattern"))
_CALLING = frozenset(
    re.findall(
        r"\S+",
        """
        map forEach filter some every find findIndex flatMap reduce sort from then catch finally throws doesNotThrow
        rejects doesNotReject ok
        """,
    )
)
"""Methods that only call what they are given."""
_CHANGES = regex(r"(?:Object\.assign|Reflect\.(?:set|deleteProperty))\(")
_CLOCK = regex(r"Date\.now|process\.(?:hrtime(?:\.bigint)?|cpuUsage)")
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


def uses(
    grammar: Grammar, tests: str, functions: frozenset[str], helpers: frozenset[str], methods: frozenset[str]
) -> Uses:
    """What `tests` use of a program.

    Args:
        grammar: JavaScript's.
        tests: a script.
        functions: what is asked for; other names that are called and that nobody defines are functions too.
        helpers: what the prompt defines beside what is asked.
        methods: what the objects of a solution are known to have.

    Raises:
        CannotCross: they need more than values.
    """
    root = parsed(grammar, tests)
    if root.has_error:
        raise CannotCross("tests that cannot be parsed")
    return _Reading(root, methods).uses(functions, helpers, tests)


class _Reading:
    def __init__(self, root: "Node", methods: frozenset[str]):
        self._nodes, self._methods = list(walk(root)), methods
        names = [node for node in self._nodes if node.type in ("identifier", "shorthand_property_identifier")]
        self._bound = {node.id for node in names if binds(node)}
        bindings = [node for node in self._nodes if node.type == "shorthand_property_identifier_pattern"]
        bindings += [node for node in names if node.id in self._bound]
        self._local = {text(node) for node in bindings}
        self._at_top = {text(node) for node in bindings if at_top(node)}
        self._used: dict[str, list[Node]] = {}
        for node in names:
            if node.id not in self._bound:
                self._used.setdefault(text(node), []).append(node)
        declared = [node.child_by_field_name("name") for node in self._nodes if node.type in DECLARED]
        self._functions = self._bound_to(lambda value: value.type in FUNCTIONS)
        self._functions |= {text(name) for name in declared if name is not None}
        self._other_names = self._bound_to(self._is_built_in)

    def uses(self, functions: frozenset[str], helpers: frozenset[str], tests: str) -> Uses:
        calls, copies = self._names(functions, helpers)
        if not calls:
            raise CannotCross("no function that they call")
        called = self._other_names_of(calls)
        for name in called:
            for place in self._used.get(name, ()):
                _check_use(name, place, self._local | copies)
                self._check_holder(name, place, functions)
        if sum(is_called(node) and bool(_CLOCK.fullmatch(text(node))) for node in self._nodes) > 1:
            raise CannotCross("time that is measured")
        for node in self._nodes:
            self._check_surroundings(node, called)
        self._check_calls(called)
        self._check_promises(called)
        Objects(self._nodes, called, self._functions, self._bound_to).check()
        return Uses(calls=tuple(sorted(calls)), helpers=tuple(sorted(copies)), tests=self._marked(tests))

    def _check_holder(self, name: str, node: "Node", functions: frozenset[str]) -> None:
        """Raises CannotCross where tests ask whether there is a function, or make it the method of an object."""
        parent = node.parent
        if parent is None:
            return
        if name not in functions | self._local and text(parent).startswith("typeof"):
            raise CannotCross(f"whether there is a {name}")
        left = parent.child_by_field_name("left") if parent.type == "assignment_expression" else None
        if (left is not None and left.type == "member_expression") or is_method_of_kept(node):
            raise CannotCross(f"{name} as a method")

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
            elif any(is_called(place) or self._is_called_later(place) for place in places):
                calls.add(name)
            elif not all(map(_is_thrown, places)):
                raise CannotCross(f"{name}, which is not a function that they call")
        return frozenset(calls), frozenset(copies)

    def _other_names_of(self, calls: frozenset[str]) -> frozenset[str]:
        """`calls`, and what else the tests call them: variables, parameters, functions that only hand over to them."""
        own = dict(filter(None, map(named_function, self._nodes)))
        found = calls
        while True:
            more = self._bound_to(partial(_stands_for, called=found))
            made = self._bound_to(partial(_is_made_of, called=found))
            more |= {name for name in made if any(is_called(place) for place in self._used.get(name, ()))}
            for node in self._nodes:
                more |= _renamed(node, found, own)
            more |= {name for name, function in own.items() if _hands_over(function, found)}
            if more <= found:
                return found
            found |= more

    def _is_called_later(self, node: "Node") -> bool:
        parent = node.parent
        name = (
            parent.child_by_field_name("name") if parent is not None and parent.type == "variable_declarator" else None
        )
        return name is not None and any(is_called(place) for place in self._used.get(text(name), ()))

    def _check_surroundings(self, node: "Node", called: frozenset[str]) -> None:
        """Raises CannotCross where the tests change, or depend on, more than what an examiner has."""
        if node.type in ("assignment_expression", "augmented_assignment_expression"):
            self._check_replaced(node.child_by_field_name("left"))
        elif node.type == "unary_expression" and text(node).startswith("delete"):
            self._check_replaced(node.child_by_field_name("argument"))
        elif node.type == "call_expression" and _CHANGES.match(text(node)):
            changed = next(iter(arguments_of(node)), None)
            if changed is not None and (self._is_built_in(changed) or text(changed) in self._other_names):
                raise CannotCross(f"{text(changed)}, which they replace")
        elif node.type == "import":
            raise CannotCross("a module that an examiner does not have")
        elif node.type == "identifier" and text(node) == "require" and node.id not in self._bound:
            if not is_called(node) or first_argument(node.parent).strip("'\"`").removeprefix("node:") not in MODULES:
                raise CannotCross("a module that an examiner does not have")
        elif node.type == "for_in_statement" and any(child.type == "await" for child in node.children):
            raise CannotCross("what comes one after the other")
        elif node.type == "call_expression" and re.match(r"Object\.create\((?!null\))", text(node)):
            raise CannotCross("an object that inherits, as that does not cross")
        elif node.type == "member_expression":
            holder, _, name = text(node).rpartition(".")
            if name in GETTERS or (holder in ("Object", "Reflect") and name in NOT_VALUES):
                raise CannotCross(f"{text(node)}, as that does not cross")
            if holder == "Promise" and (name in ("race", "any") or self._waits_for_many(node, called)):
                raise CannotCross("promises that are waited for together")

    def _check_replaced(self, left: "Node | None") -> None:
        root = left
        while root is not None and root.type in ("member_expression", "subscript_expression"):
            root = root.child_by_field_name("object")
        if left is None or root is None or text(left) == "process.exitCode":
            return
        required = root.type == "call_expression" and text(root).startswith("require")
        is_theirs = root.type == "identifier" and text(root) in BUILT_IN - self._local
        if required or is_theirs or (root.id != left.id and text(root) in self._other_names):
            raise CannotCross(f"{text(left)}, which they replace")

    def _is_built_in(self, value: "Node") -> bool:
        """Whether `value` is an object of the language's own, or a part of one."""
        is_named = value.type in ("identifier", "member_expression")
        return is_named and begins_with(value) in BUILT_IN - self._local - {"undefined", "NaN", "Infinity", "arguments"}

    def _waits_for_many(self, node: "Node", called: frozenset[str]) -> bool:
        """Whether `node` is a Promise.all of several calls of the program."""
        if not text(node).startswith("Promise.all") or node.parent is None:
            return False
        return not all(is_result(argument, called) for argument in arguments_of(node.parent))

    def _check_promises(self, called: frozenset[str]) -> None:
        """Raises CannotCross where a call is waited for behind another one, as each ends before the next begins."""
        calls = [node for node in self._nodes if node.type == "call_expression" and is_result(node, called)]
        bound = [node for node in self._nodes if node.type == "variable_declarator"]
        begun = {text(name): node.end_byte for node in bound if (name := begins_result(node, called)) is not None}
        for node in self._nodes:
            if node.type == "await_expression" and node.named_children:
                since = begun.get(text(node.named_children[0]))
                if since is not None and any(since <= call.start_byte < node.start_byte for call in calls):
                    raise CannotCross("promises that are waited for together")

    def _check_calls(self, called: frozenset[str]) -> None:
        results = self._bound_to(lambda value: is_result(value, called))
        parts = self._parts_of(results)
        own = dict(filter(None, map(named_function, self._nodes)))
        handed = Handed(own, self._functions | called, frozenset(self._local), self._bound_to)
        dropped = [node for node in self._nodes if drops(node) and is_result(node, called)]
        changed = {text(value) for node in dropped for value in arguments_of(node)}
        for node in self._nodes:
            function = node.child_by_field_name("function") if node.type == "call_expression" else None
            if function is None:
                continue
            is_asked = is_result(node, called)
            if is_asked and holds_template(node):
                raise CannotCross("a template that is tagged")
            if is_asked and any(map(handed.stays, arguments_of(node))):
                raise CannotCross(f"a function that is passed to {text(function)}, or what has one")
            target = function.child_by_field_name("object") if function.type == "member_expression" else function
            method = function.child_by_field_name("property")
            if target is not None and method is not None and text(target) in changed and text(method) not in _METHODS:
                raise CannotCross(f"a method {text(method)} of what a call was given and may have changed")
            if target is None or not (is_result(target, called) or text(target) in parts):
                continue
            if function.type != "member_expression":
                raise CannotCross("a call of a function that was returned")
            if method is None or not (is_result(target, called) or text(target) in results):
                continue
            if text(method) not in _METHODS or (text(method) in CHANGING and drops(node)):
                raise CannotCross(f"a method {text(method)} of a result")
        check_results(self._nodes, parts, called, self._methods)

    def _parts_of(self, names: frozenset[str]) -> frozenset[str]:
        """`names`, and those of what is a part of these, or is made by a method of theirs."""
        more = names | self._bound_to(lambda value: begins_with(value) in names)
        return names if more == names else self._parts_of(more)

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
                found |= {text(part) for part in walk(name) if part.type in _NAMES}
        return frozenset(found)

    def _marked(self, tests: str) -> str:
        others = self._functions | BUILT_IN | self._bound_to(lambda value: text(value).startswith("require"))
        raw = tests.encode("utf-8", "surrogatepass")
        dropped = [node.child_by_field_name("function") for node in self._nodes if drops(node)]
        for node in sorted(filter(None, dropped), key=lambda node: -node.start_byte):
            if node.type == "identifier" and text(node) not in others:
                name = raw[node.start_byte : node.end_byte]
                raw = raw[: node.start_byte] + b"passatkDropped(" + name + b")" + raw[node.end_byte :]
        return raw.decode("utf-8", "surrogatepass")


def _check_use(name: str, node: "Node", own: frozenset[str] | set[str]) -> None:
    """Raises CannotCross where a function is used for more than to call it, or to have it called by one of `own`."""
    parent = node.parent
    if parent is None or is_called(node) or node.type == "shorthand_property_identifier":
        return
    if parent.type == "new_expression" or parent.type == "class_heritage":
        raise CannotCross(f"{name}, a class of the program")
    if parent.type == "unary_expression" and text(parent).startswith("typeof"):
        return
    if parent.type == "member_expression":
        member = parent.child_by_field_name("property")
        if not is_called(parent) or member is None or text(member) not in ("call", "apply", "bind"):
            raise CannotCross(f"a member of {name}")
        if first_argument(parent.parent) not in ("", "null", "undefined"):
            raise CannotCross(f"the `this` of {name}")
        return
    caller = parent.parent.child_by_field_name("function") if parent.type == "arguments" and parent.parent else None
    if caller is not None:
        method = caller.child_by_field_name("property") if caller.type == "member_expression" else None
        if text(caller) in own or (method is not None and text(method) in _CALLING):
            return
    if parent.type == "arguments" or parent.type not in _PASSED_ON:
        raise CannotCross(f"{name} as a value")


def _is_thrown(node: "Node") -> bool:
    """Whether `node` is part of what tests throw: then they fail, whatever it is."""
    above: Node | None = node
    while above is not None and above.type not in (*FUNCTIONS, *DECLARED, "throw_statement"):
        above = above.parent
    return above is not None and above.type == "throw_statement"


def _stands_for(value: "Node", called: frozenset[str]) -> bool:
    """Whether `value` is one of `called`, or an array of some, as for a loop."""
    if value.type == "array":
        return any(part.type == "identifier" and text(part) in called for part in value.named_children)
    return value.type == "identifier" and text(value) in called


def _is_made_of(value: "Node", called: frozenset[str]) -> bool:
    """Whether `value` is what a function makes of one of `called`, also by `bind`."""
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    bound = function is not None and text(function).endswith(".bind") and begins_with(function) in called
    return bound or any(argument.type == "identifier" and text(argument) in called for argument in arguments_of(value))


def _renamed(node: "Node", called: frozenset[str], own: "dict[str, Node]") -> frozenset[str]:
    """Names that `node` gives one of `called`: by an assignment, or as parameters of functions in `own`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type == "assignment_expression" and left is not None and right is not None:
        return frozenset((text(left),)) if left.type == "identifier" and _stands_for(right, called) else frozenset()
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    asked = own.get("" if function is None else text(function))
    given = [] if asked is None else list(zip(parameters_of(asked), arguments_of(node), strict=False))
    whole = None if function is None else function.child_by_field_name("object")
    if whole is not None and whole.type in ("array", "identifier") and _stands_for(whole, called):
        given += [
            (name, part) for value in arguments_of(node)[:1] for name in parameters_of(value)[:1] for part in [whole]
        ]
    return frozenset(text(name) for name, value in given if name.type == "identifier" and _stands_for(value, called))


def _hands_over(function: "Node", called: frozenset[str]) -> bool:
    """Whether `function` returns what one of `called` makes of its parameters."""
    names = {text(name) for name in parameters_of(function)}
    made = [value for value in what_it_returns(function) if is_result(value, called)]
    return any(text(part) in names for value in made for part in arguments_of(value))
