"""Where tests in Java tell an object from its copy: what became of an argument, which object it is, of which class."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.java_shape import GRAMMAR
from passatk.languages.java_types import split
from passatk.languages.syntax import of_type, parsed, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_CHANGEABLE = frozenset("[lakvKAehgrmHGTo")
"""How types begin in letters whose objects a program may change."""
_OBJECTS = _CHANGEABLE - {"o"} | frozenset("?123yp")
"""Those of which nobody compares two by identity to learn whether they are equal."""
_CROSSING_CLASSES = frozenset(
    (
        *("List", "Set", "Map", "Collection", "Iterable", "Optional", "Entry", "Map.Entry", "Object", "Comparable"),
        *("Boolean", "Byte", "Short", "Integer", "Long", "Character", "Float", "Double", "Number"),
        *("String", "CharSequence", "BigInteger", "BigDecimal"),
    )
)
"""A result is as much of one of these as it was in the program."""
_WRITERS = frozenset(
    ("add", "addAll", "remove", "removeIf", "removeAll", "retainAll", "clear", "put", "putAll", "set", "append")
)
"""What changes a result that the program may still hold; sorting and emptying one is how tests look at it."""
_SAYING = frozenset(("print", "println", "printf"))
_WRAPPERS = ("parenthesized_expression", "cast_expression")
_PLACES = ("identifier", "array_access", "field_access", "method_invocation")
_DECLARING = ("variable_declarator", "formal_parameter", "enhanced_for_statement")
_LOOPS = ("for_statement", "while_statement", "do_statement", "enhanced_for_statement")


def refuse_shared(tests: str, owner: str, signatures: Mapping[str, str], others: frozenset[str]) -> None:
    """Let pass tests that cannot tell the program's objects from copies, nor its class from one that only asks it.

    Args:
        tests: their code.
        owner: the program's class.
        signatures: of the methods that are asked, in letters.
        others: names of the class's other methods.

    Raises:
        CannotCross: they can.
    """
    tree = parsed(GRAMMAR, tests)
    types = {name: split(signature) for name, signature in signatures.items()}
    _refuse_replaced(tree, owner, others.union(types))
    calls = [call for call in of_type(tree, "method_invocation") if _name(call) in types]
    results = {call.id: types[_name(call)][-1] for call in calls}
    held = _held(calls, results)
    _refuse_identity(tree, results, held)
    _refuse_classes(tree, results, held)
    _refuse_changed_results(tree, calls, results, held)
    looks = _Looks(tree, others.union(types))
    for call in calls:
        looks.refuse(call, types[_name(call)])


def _name(node: "Node | None") -> str:
    return "" if node is None else text_of(node.child_by_field_name("name"))


def _bare(node: "Node | None") -> "Node | None":
    """An expression without parentheses and casts around it."""
    while node is not None and node.type in _WRAPPERS:
        node = node.child_by_field_name("value") or node.named_children[-1]
    return node


def _refuse_replaced(tree: "Node", owner: str, names: frozenset[str]) -> None:
    for made in of_type(tree, "object_creation_expression"):
        if _plain(made.child_by_field_name("type")) == owner and made.named_children[-1].type == "class_body":
            raise CannotCross(f"an object of {owner} of which the tests replace methods")
    for own in of_type(tree, "class_declaration"):
        base, body = own.child_by_field_name("superclass"), own.child_by_field_name("body")
        if base is None or body is None or _plain(base.named_children[0]) != owner:
            continue
        for member in body.named_children:
            if member.type == "method_declaration" and _name(member) in names:
                raise CannotCross(f"{_name(member)} of {owner}, which the tests replace")


def _plain(kind: "Node | None") -> str:
    """A type's name without its parts and package."""
    if kind is not None and kind.type == "generic_type":
        kind = kind.named_children[0]
    return text_of(kind).removeprefix("java.util.")


def _held(calls: "Sequence[Node]", results: Mapping[int, str]) -> dict[str, str]:
    """Variables that are made of a result, and its type."""
    held = {}
    for call in calls:
        at: Node | None = call
        while at is not None and at.parent is not None and at.parent.type in _WRAPPERS:
            at = at.parent
        if at is not None and at.parent is not None and at.parent.type == "variable_declarator":
            held[_name(at.parent)] = results[call.id]
    return held


def _result(node: "Node | None", results: Mapping[int, str], held: Mapping[str, str]) -> str:
    """The type of the result that an expression is; empty where it is none."""
    node = _bare(node)
    if node is None:
        return ""
    if node.type == "method_invocation":
        return results.get(node.id, "")
    return held.get(text_of(node), "") if node.type == "identifier" else ""


def _refuse_identity(tree: "Node", results: Mapping[int, str], held: Mapping[str, str]) -> None:
    for comparison in of_type(tree, "binary_expression"):
        if text_of(comparison.child_by_field_name("operator")) not in ("==", "!="):
            continue
        sides = [comparison.child_by_field_name(side) for side in ("left", "right")]
        nulls = any((side := _bare(one)) is not None and side.type == "null_literal" for one in sides)
        if not nulls and any(_result(one, results, held)[:1] in _OBJECTS for one in sides):
            raise CannotCross(f"whether two objects are the same ({text_of(comparison)[:60]})")


def _refuse_classes(tree: "Node", results: Mapping[int, str], held: Mapping[str, str]) -> None:
    for node in of_type(tree, "instanceof_expression", "cast_expression"):
        cast = node.type == "cast_expression"
        value, kind = ("value", "type") if cast else ("left", "right")
        found = _result(node.child_by_field_name(value), results, held)
        wanted = node.child_by_field_name(kind)
        if not found or wanted is None or wanted.type in ("integral_type", "floating_point_type", "boolean_type"):
            continue
        if _plain(wanted) not in _CROSSING_CLASSES and wanted.type != "array_type":
            raise CannotCross(f"whether a result is of class {_plain(wanted)}")


def _refuse_changed_results(
    tree: "Node", calls: "Sequence[Node]", results: Mapping[int, str], held: Mapping[str, str]
) -> None:
    """Tests that change a result and then ask again may ask whether the program still holds it."""
    last = max((call.start_byte for call in calls), default=0)
    for call in of_type(tree, "method_invocation"):
        changed = call.child_by_field_name("object") if _name(call) in _WRITERS else None
        if call.end_byte <= last and _result(changed, results, held)[:1] in _OBJECTS:
            raise CannotCross(f"a result that the tests change ({text_of(call)[:60]})")
    for assignment in of_type(tree, "assignment_expression"):
        left = assignment.child_by_field_name("left")
        changed = left.child_by_field_name("array") if left is not None and left.type == "array_access" else None
        if assignment.end_byte <= last and _result(changed, results, held):
            raise CannotCross(f"a result that the tests change ({text_of(assignment)[:60]})")


class _Looks:
    """Finds where tests look at an argument after a call that may have changed it."""

    def __init__(self, tree: "Node", asked: frozenset[str]):
        self._tree, self._asked = tree, asked
        self._places: dict[str, list[Node]] = {}
        for place in of_type(tree, *_PLACES):
            self._places.setdefault(text_of(place), []).append(place)
        self._names: dict[int, frozenset[str]] = {}
        self._unseen: dict[tuple[str, int], int] = {}
        """Until where a place in a method is known not to be looked at."""

    def refuse(self, call: "Node", types: Sequence[str]) -> None:
        """A method with a result hands no changed argument back."""
        given = call.child_by_field_name("arguments")
        if types[-1] == "V" or given is None:
            return
        for i, one in enumerate(given.named_children):
            argument = _bare(one)
            parameter = types[min(i, len(types) - 2)] if len(types) > 1 else ""
            if argument is None or parameter[:1] not in _CHANGEABLE or not self._declares(self._tree, _root(argument)):
                continue
            if self._is_looked_at(argument, call, parameter):
                raise CannotCross(f"{text_of(argument)} after {_name(call)}, which may have changed it")

    def _is_looked_at(self, argument: "Node", call: "Node", parameter: str) -> bool:
        scope, name = _scope(call), _root(argument)
        within = scope if scope is not None and self._declares(scope, name) else self._tree
        since = self._since(call, name, within)
        key = text_of(argument), within.id
        if since < self._unseen.get(key, 0):
            return False
        self._unseen[key] = within.end_byte
        for place in self._places[text_of(argument)]:
            if place.start_byte < since or _is_named(place) or call.start_byte <= place.start_byte < call.end_byte:
                continue
            if place.start_byte >= within.end_byte:
                break
            if _is_bound(place):
                self._unseen[key] = place.start_byte
                break
            if not _is_harmless(place, call, parameter, self._asked):
                return True
        return False

    def _since(self, call: "Node", name: str, within: "Node") -> int:
        """Where what is looked at after a call begins: its statement, or a loop around it that keeps the variable."""
        if within.parent is None:
            return 0  # a field may be looked at from anywhere
        node = call
        while node.parent is not None and node.parent.type not in ("block", "switch_block_statement_group"):
            node = node.parent
        since = node.start_byte
        while node.parent is not None and node != within:
            if node.type in _LOOPS and not self._declares(node, name):
                since = node.start_byte
            node = node.parent
        return since

    def _declares(self, scope: "Node", name: str) -> bool:
        if scope.id not in self._names:
            self._names[scope.id] = frozenset(_name(one) for one in of_type(scope, *_DECLARING))
        return name != "" and name in self._names[scope.id]


def _root(place: "Node") -> str:
    """The variable that an expression for a place begins with; empty where it is another expression."""
    while place.type != "identifier":
        inner = place.child_by_field_name("array") or place.child_by_field_name("object")
        given = place.child_by_field_name("arguments")
        if inner is None or (given is not None and given.named_children):
            return ""
        place = inner
    return text_of(place)


def _scope(node: "Node") -> "Node | None":
    """The method that it stands in."""
    while node.parent is not None and node.type not in ("method_declaration", "constructor_declaration"):
        node = node.parent
    return node if node.parent is not None else None


def _is_named(place: "Node") -> bool:
    """It is a name, of the variable where it is declared or of something else."""
    parent = place.parent
    return parent is not None and place in (parent.child_by_field_name("name"), parent.child_by_field_name("field"))


def _is_bound(place: "Node") -> bool:
    """It gets another value there."""
    parent = place.parent
    return (
        parent is not None
        and parent.type == "assignment_expression"
        and parent.child_by_field_name("left") == place
        and text_of(parent.child_by_field_name("operator")) == "="
    )


def _is_harmless(place: "Node", call: "Node", parameter: str, asked: frozenset[str]) -> bool:
    """It is given to the program again, or only shown where a test has failed, or an array's length is asked."""
    parent = place.parent
    if parent is not None and parent.type == "field_access" and parameter.startswith("["):
        return text_of(parent.child_by_field_name("field")) == "length"
    if parent is not None and parent.type == "enhanced_for_statement":
        return parent.start_byte <= call.start_byte < parent.end_byte
    node: Node | None = place
    while node is not None and node.type != "block":
        if node.type == "throw_statement":
            return True
        if node.type == "argument_list" and _name(node.parent) in asked | _SAYING:
            return True
        node = node.parent
    return False
