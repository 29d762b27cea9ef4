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
    named_function,
    parameters_of,
    text,
    walk,
)
from passatk.languages.javascript_realm import BUILT_IN
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

CHANGING = frozenset(
    ("push", "pop", "shift", "unshift", "splice", "add", "set", "delete", "clear", "fill", "copyWithin")
)
"""Methods that change what they are called of."""
_OF_OBJECTS = frozenset(("array", "object", "new_expression"))
_COMPARING = frozenset(("binary_expression", "call_expression", "if_statement", "switch_statement"))
_FIELDS = frozenset(("property_identifier", "private_property_identifier"))
_HAS = frozenset(("includes", "indexOf", "lastIndexOf", "has", "get"))
_HOLDING = frozenset(("array", "object", "pair", "spread_element"))
_UNEQUAL = regex(r"(?:^|\.)not(?:strict)?equal$|!==?|^Object\.is$", re.IGNORECASE)
_PLAIN = frozenset(("number", "string", "template_string", "true", "false", "unary_expression"))
_PARTS = frozenset(("member_expression", "subscript_expression"))
_NAMED = _PARTS | {"identifier", "shorthand_property_identifier"}
_ASSERTS = regex(r"(?:console\.)?assert(?:\.ok)?|process\.exit")
_FAILS = regex(r"\bthrow\b|\bprocess\.exit|\bassert\.fail\b")
_PARTS_OF = regex(r"Object\.(?:values|entries)\(.*|.*\.(?:values|entries)\(\)", re.DOTALL)
_FIELD = regex(r"""\[(["'])([A-Za-z_$][\w$]*)\1\]""")
_GOING_THROUGH = frozenset(
    ("forEach", "map", "filter", "some", "every", "find", "findIndex", "flatMap", "reduce", "reduceRight")
)


class Objects:
    """What stands for an object in tests, and where it goes."""

    def __init__(
        self,
        nodes: "Sequence[Node]",
        called: frozenset[str],
        own: frozenset[str],
        bound_to: "Callable[[Callable[[Node], bool]], frozenset[str]]",
    ):
        """`called`: functions of the program; `own`: of the tests; `bound_to`: names of such values."""
        self._nodes, self._called, self._own = nodes, called, own - called
        self._objects = bound_to(lambda value: value.type in _OF_OBJECTS)
        self._results = bound_to(lambda value: is_result(value, called))
        given = bound_to(lambda value: text(value).startswith("require")) | BUILT_IN
        filled = [(name, _names(value)) for node in nodes for name, value in _filled(node)]
        self._fillings = [(name, names - given) for name, names in filled if name not in given]
        self._told = _closed(called, self._fillings)
        asking = called | _handing(nodes, called)
        calls = [node for node in nodes if node.type == "call_expression" and is_result(node, asking)]
        self._dropped = [call for call in calls if drops(call) and _function(call) in called - own and not _tried(call)]
        self._used = [call for call in calls if call not in self._dropped]
        self._given = {name for call in self._used for name in _given(call)}
        self._given |= {name for node in nodes for name in _mapped(node, asking)} - given
        given_alone = frozenset(self._given)
        taken_apart = [(n, _names(part)) for node in nodes for part, whole in _parted(node) for n in _names(whole)]
        self._given_whole = _closed(given_alone, taken_apart) - given_alone - given
        self._given |= self._given_whole
        parts = [(name, _names(whole)) for node in nodes for part, whole in _parted(node) for name in _names(part)]
        self._of_results = _closed(self._results, parts)
        self._reached = self._reached_by_the_program(given_alone - bound_to(lambda value: value.type in _PLAIN))
        self._parts = {_path(part) for call in self._used for part in _held(*arguments_of(call)) if part.type in _PARTS}
        bound = {text(name): value for name, value in map(_binding, nodes) if name and value}
        self._bound = {name: text(value) for name, value in bound.items()}
        shared = self._given.union(*map(_given, self._dropped))
        self._shared = {name for name in shared if name in bound and bound[name].type in _OF_OBJECTS}
        self._arrays = {name for name in self._shared if any(p.type in _OF_OBJECTS for p in bound[name].named_children)}

    def check(self) -> None:
        """Raises CannotCross where values do not tell what the tests ask."""
        for node in self._nodes:
            if node.type in _COMPARING:
                self._check_inputs(node)
                self._check_same(node)
                self._check_which(node)
                self._check_helper(node)
        self._check_changes()
        self._check_states()

    def _reached_by_the_program(self, given: frozenset[str]) -> frozenset[str]:
        """Names of what a call was given, of what that is a part of, or of what the tests alone made of it."""
        return self._given_whole | _closed(
            given, [(name, made) for name, made in self._fillings if not made & self._told]
        )

    def _check_inputs(self, node: "Node") -> None:
        """What a call was given, compared with something that does not come from the program."""
        pair = compared(node)
        if node.type in ("if_statement", "switch_statement") and _FAILS.search(text(node)):
            condition = node.child_by_field_name("condition" if node.type == "if_statement" else "value")
            if condition is not None and not _names(condition) & self._told:
                self._check_asked([condition], True)
        asserts = node.type == "call_expression" and (pair is not None or bool(_ASSERTS.fullmatch(_function(node))))
        if pair is None and asserts and not _names(*arguments_of(node)[:1]) & self._told:
            self._check_asked(arguments_of(node)[:1], asserts)
        for result, value in () if pair is None else (pair, pair[::-1]):
            if _names(result) & self._told:
                continue
            written = text(value).startswith("JSON.stringify(")
            asked = [value]
            if _names(value) & self._told:
                held = _held(*(arguments_of(value) if written else asked))
                asked = [part for part in held if part.type in _NAMED and not _names(part) & self._told]
            self._check_asked(asked, asserts or written)
            name = begins_with(value)
            if is_literal(result) and name in self._given and (asserts or written or name in self._objects):
                raise CannotCross(f"{text(value)}, which a call was given and may have changed")

    def _check_helper(self, node: "Node") -> None:
        """What a call was given, handed to a function of the tests that looks at it."""
        if not drops(node) or begins_with(node) not in self._own or _names(node) & self._told:
            return
        asked = _names(node) & self._reached
        if any(asked & _names(call) and call.end_byte < node.start_byte for call in self._used):
            raise CannotCross(f"{text(node)}, which looks at what a call was given and may have changed")

    def _check_asked(self, asked: "Sequence[Node]", asserts: bool) -> None:
        """Raises CannotCross if a call was given what is asked about. `asserts`: it need not be known for an object."""
        for node in asked:
            names = _names(node) & self._reached
            is_part = any(_path(part) in self._parts for part in walk(node)) or any(
                part.startswith((f"{_path(node)}.", f"{_path(node)}[")) for part in self._parts
            )
            if (names or is_part) if asserts else names & self._objects:
                raise CannotCross(f"{text(node)}, which a call was given and may have changed")

    def _check_same(self, node: "Node") -> None:
        """Whether something is the very object that was returned."""
        pair, how = compared(node), _compares_by(node)
        if pair is not None and "notdeep" in how.lower():
            self._check_unlike(*pair)
        if pair is None or "deep" in how.lower():
            return
        unequal = bool(_UNEQUAL.search(how))
        if unequal and self._call_of(pair[0]) == self._call_of(pair[1]) != "":
            raise CannotCross(f"whether {text(pair[0])} is {text(pair[1])}")
        parts = all(side.type in _PARTS and begins_with(side) in self._results for side in pair)
        if unequal and parts and text(pair[0]) != text(pair[1]):
            raise CannotCross(f"whether {text(pair[0])} is {text(pair[1])}")
        for result, value in (pair, pair[::-1]):
            another = unequal and begins_with(result) in self._results | self._called
            measured = text(value).endswith((".length", ".size"))
            if self._is_given_back(result, value) or (another and begins_with(value) in self._objects and not measured):
                raise CannotCross(f"whether {text(value)} is what was returned")

    def _check_unlike(self, *pair: "Node") -> None:
        """What was returned, and what was given for it: they are alike if they are one."""
        for result, value in (pair, pair[::-1]):
            if _names(result) & self._told and begins_with(value) in self._given & self._objects:
                raise CannotCross(f"whether {text(value)} is what was returned")

    def _is_given_back(self, result: "Node", value: "Node") -> bool:
        if text(value) not in self._objects:
            return False
        asked = result.child_by_field_name("arguments") if is_result(result, self._called) else None
        if asked is not None:
            return text(value) in map(text, asked.named_children)
        return text(result) in self._results and text(value) in self._given

    def _check_which(self, node: "Node") -> None:
        """Which of the tests' objects something is that went through the program."""
        pair = _whole_and_part(node)
        if pair is not None:
            whole, part = pair
            is_asked = begins_with(whole) in self._arrays if _names(part) & self._told else text(part) in self._shared
            if is_asked and _names(*pair) & self._told:
                raise CannotCross(f"whether {text(part)} is in {text(whole)}")
        pair = compared(node)
        if pair is None or "deep" in _compares_by(node).lower():
            return
        for one, other in (pair, pair[::-1]):
            if other.type == "subscript_expression" and begins_with(other) in self._arrays and _names(one) & self._told:
                raise CannotCross(f"whether {text(other)} is {text(one)}")
            if text(other) in self._shared and one.type in _PARTS and begins_with(one) in self._shared:
                raise CannotCross(f"whether {text(other)} is {text(one)}")

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
            if name in self._of_results | self._called:
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


def _whole_and_part(node: "Node") -> "tuple[Node, Node] | None":
    """(what is asked whether it has something, that)."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    method = None if function is None else function.child_by_field_name("property")
    whole = None if function is None else function.child_by_field_name("object")
    if method is None or whole is None or text(method) not in _HAS or not arguments_of(node):
        return None
    return whole, arguments_of(node)[0]


def _function(call: "Node") -> str:
    function = call.child_by_field_name("function")
    return "" if function is None else text(function)


def _names(*nodes: "Node") -> set[str]:
    """The variables in these."""
    return {
        text(part) for node in nodes for part in walk(node) if "identifier" in part.type and part.type not in _FIELDS
    }


def _closed(names: frozenset[str], fillings: "Sequence[tuple[str, set[str]]]") -> frozenset[str]:
    """`names`, and all that are filled with something of theirs."""
    while True:
        more = {name for name, others in fillings if others & names}
        if more <= names:
            return names
        names |= more


def _held(*nodes: "Node") -> "list[Node]":
    """These, and what stands in them as it is."""
    found = list(nodes)
    for node in found:
        found += node.named_children if node.type in _HOLDING else []
    return found


def _given(call: "Node") -> set[str]:
    """Names that a call is given, as they are or within something."""
    return {text(node) for node in _held(*arguments_of(call)) if node.type in _NAMED - _PARTS}


def _handing(nodes: "Sequence[Node]", called: frozenset[str]) -> frozenset[str]:
    """Functions of the tests that give what they are given to one of `called`."""
    own = [named for named in map(named_function, nodes) if named is not None]
    found = frozenset(
        name
        for name, function in own
        for node in walk(function)
        if is_result(node, called) and _given(node) & _names(*parameters_of(function))
    )
    return found if found <= called else found | _handing(nodes, called | found)


def _mapped(node: "Node", called: frozenset[str]) -> set[str]:
    """Names of arrays whose parts a method gives to one of `called`: `a` of `a.map(f)` and of `[a].map(f)`."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None or function.type != "member_expression":
        return set()
    whose = function.child_by_field_name("object")
    asked = any(argument.type == "identifier" and text(argument) in called for argument in arguments_of(node))
    return {text(part) for part in _held(whose) if part.type == "identifier"} if asked and whose is not None else set()


def _tried(call: "Node") -> bool:
    """Whether somebody catches what `call` throws, and nothing before that looks at what it was given."""
    above = call.parent
    while above is not None and above.type != "try_statement":
        above = above.parent
    body = None if above is None else above.child_by_field_name("body")
    if body is None or not body.start_byte <= call.start_byte < body.end_byte:
        return False
    return not any(part.start_byte >= call.end_byte and text(part) in _given(call) for part in walk(body))


def _path(node: "Node") -> str:
    """`a.b`, however a field of `a` is written."""
    return _FIELD.sub(r".\2", text(node))


def _parted(node: "Node") -> "Iterator[tuple[Node, Node]]":
    """(names of parts, of what): where `node` takes something apart, or goes through its parts."""
    part, whole = _binding(node)
    if node.type == "for_in_statement":
        part, whole = node.child_by_field_name("left"), node.child_by_field_name("right")
    if part is not None and whole is not None:
        if whole.type in _NAMED or _PARTS_OF.fullmatch(text(whole)):
            yield part, whole
        return
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    method = None if function is None else function.child_by_field_name("property")
    whole = None if function is None else function.child_by_field_name("object")
    if method is not None and whole is not None and text(method) in _GOING_THROUGH:
        first = 1 if text(method).startswith("reduce") else 0
        yield from ((part, whole) for value in arguments_of(node)[:1] for part in parameters_of(value)[first:])


def _binding(node: "Node") -> "tuple[Node | None, Node | None]":
    if node.type == "variable_declarator":
        return node.child_by_field_name("name"), node.child_by_field_name("value")
    return None, None


def _filled(node: "Node") -> "Iterator[tuple[str, Node]]":
    """Names that get a value in `node`, and that value, or on what it depends that they do."""
    condition = node.child_by_field_name("condition") if node.type == "if_statement" else None
    if condition is not None:
        for part in walk(node):
            if part.id != node.id and part.type != "if_statement":
                yield from ((name, condition) for name, _ in _filled(part))
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
        left = node.child_by_field_name("left")
        target = None if left is None else next((part for part in walk(left) if part.type in _PARTS), left)
    elif node.type == "call_expression" and _function(node) == "Object.assign" and arguments_of(node):
        return node, arguments_of(node)[0]
    elif node.type == "update_expression" or (node.type == "unary_expression" and text(node).startswith("delete")):
        target = node.child_by_field_name("argument")
    elif drops(node):
        function = node.child_by_field_name("function")
        method = function.child_by_field_name("property") if function is not None else None
        return (node, function) if function is not None and method is not None and text(method) in CHANGING else None
    is_part = target is not None and target.type in ("member_expression", "subscript_expression")
    return (node, target) if target is not None and is_part else None
