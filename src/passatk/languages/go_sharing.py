"""Where Go's tests look at memory that a program may share: its arguments after a call, its results after changes."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.go_places import (
    ELEMENT,
    LITERALS,
    Place,
    bindings,
    calls_of,
    overlap,
    place_of,
    places_in,
)
from passatk.languages.go_types import Crossing, Function
from passatk.languages.syntax import of_type, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_SCOPES = frozenset(
    (
        "block",
        "expression_case",
        "default_case",
        "for_statement",
        "if_statement",
        "func_literal",
        "function_declaration",
        "method_declaration",
    )
)
_FUNCTIONS = ("function_declaration", "func_literal", "method_declaration")
_LONGEST_PATH = 6
_WRITERS = ("copy", "delete", "clear")
_MAYBE_WRITERS = ("append", "sort.", "slices.", "rand.Shuffle")
"""What writes to its first argument, where another result may lie too."""


def refuse_shared(tree: "Node", names: set[str], functions: Sequence[Function]) -> None:
    """Let pass tests that cannot tell a copy from what the program shares.

    Raises:
        CannotCross: they can.
    """
    _refuse_later_looks(tree, names, {found.name: found for found in functions})
    results = [crossing for found in functions for crossing in found.results]
    held = _held(tree, names)
    _refuse_changed_results(tree, names, held, sum(crossing.refers or crossing.holds for crossing in results) > 1)
    if any("*" in crossing.name for crossing in results):
        _refuse_pointers(tree, names, held)


def _refuse_later_looks(tree: "Node", names: set[str], functions: dict[str, Function]) -> None:
    """A function with results hands no changed argument back."""
    changing = {
        name: found
        for name, found in functions.items()
        if found.results and any(crossing.refers or crossing.holds for crossing in found.parameters)
    }
    if not changing:
        return
    for value in _values(tree, set(changing)):
        raise CannotCross(f"the tests pass {text_of(value)} on, which may change its arguments")
    looks = _Looks(tree)
    for call in calls_of(tree, names):
        found = functions.get(text_of(call.child_by_field_name("function")), next(iter(functions.values())))
        given = call.child_by_field_name("arguments")
        for i, argument in enumerate(given.named_children if given is not None and found.results else ()):
            crossing = found.parameters[min(i, len(found.parameters) - 1)] if found.parameters else None
            if crossing is None or not (crossing.refers or crossing.holds):
                continue
            for place in looks.places(argument):
                if looks.later(place, argument, crossing):
                    raise CannotCross(
                        f"the tests look at {text_of(place.root)} again, which {found.name} may have changed"
                    )


def _values(tree: "Node", names: set[str]) -> "Iterator[Node]":
    """Where a function is named and neither called nor given another name."""
    for node in of_type(tree, "identifier"):
        if text_of(node) not in names or node.parent is None:
            continue
        called = node.parent.child_by_field_name("function") == node
        if not called and node.parent.type not in ("expression_list", "var_spec", "function_declaration"):
            yield node


class _Looks:
    """Finds out whether tests look at a place again."""

    def __init__(self, tree: "Node"):
        self._functions = _functions(tree)
        self._handed, self._bindings = _handed(tree, self._functions), list(bindings(tree))
        self._variables: dict[str, list[Node]] = {}
        for node in of_type(tree, "identifier"):
            self._variables.setdefault(text_of(node), []).append(node)
        self._declared: dict[int, set[str]] = {}
        values: dict[str, set[str]] = {}
        for left, right in self._bindings:
            for bound, value in zip_longest(left, right):
                values.setdefault(text_of(bound), set()).add(value.type if value is not None else "")
        self._plain = {name for name, kinds in values.items() if kinds <= LITERALS}
        self._seen: set[tuple[int, str, tuple[str, ...]]] = set()

    def places(self, value: "Node") -> list[Place]:
        """`places_in`, and what a function of the tests returns of its arguments, or of what is not its own."""
        function = self._functions.get(text_of(value.child_by_field_name("function")))
        if value.type != "call_expression" or function is None:
            return places_in(value)
        given = value.child_by_field_name("arguments")
        arguments = dict(zip(_parameters(function), [] if given is None else given.named_children, strict=False))
        found = []
        for place in _returned(function):
            name = text_of(place.root)
            if name in arguments:
                found += [inner._replace(path=inner.path + place.path) for inner in places_in(arguments[name])]
            elif name not in self._own(function):
                found.append(place)
        return found

    def later(self, place: Place, by: "Node", crossing: Crossing) -> bool:
        """`place`, or what shares its memory, is named in the statement of `by` or after it, or again in a loop."""
        name = text_of(place.root)
        key = (by.start_byte, name, place.path)
        if key in self._seen:
            return False
        self._seen.add(key)
        if len(place.path) > _LONGEST_PATH:  # a variable that holds itself
            return True
        scope = place.root
        while scope.parent is not None and name not in self._own(scope):
            scope = scope.parent
        if self._loops(by, scope) > place.varied or self._named(scope, place, by, crossing):
            return True
        return any(self.later(other, since, crossing) for other, since in self._others(scope, place, by, crossing))

    def _loops(self, by: "Node", scope: "Node") -> int:
        """How many loops there are between `by` and what it stands in."""
        node = by.parent if by.type == "for_statement" else by
        loops = 0
        while node is not None and node != scope:
            loops += node.type == "for_statement"
            node = node.parent
        return 0 if node is None else loops

    def _named(self, scope: "Node", place: Place, by: "Node", crossing: Crossing) -> bool:
        name, start = text_of(place.root), _statement(by).start_byte
        for node in self._variables[name]:
            if not scope.start_byte <= node.start_byte < scope.end_byte or _is_bound(node):
                continue
            # a variable outside of functions, and a function that is run later, may be looked at from anywhere
            if node.start_byte < start and scope.parent is not None and not self._is_deferred(node, scope, by):
                continue
            argument = by.type != "for_statement" and by.start_byte <= node.start_byte < by.end_byte
            clause = node.parent is not None and node.parent.type == "range_clause" and node.parent.parent == by
            if argument or clause:
                continue
            widest = _widest(node)
            whole = place_of(widest)
            if whole is None or not overlap(whole.path, place.path):
                continue
            above = len(whole.path) - len(place.path)
            if not _is_measured(widest) or above > 0 or (above == 0 and not crossing.name.startswith("[]")):
                return True
        return False

    def _is_deferred(self, node: "Node", scope: "Node", by: "Node") -> bool:
        """It stands in a function that has been made before `by`, and has no such variable of its own."""
        name = text_of(node)
        while node.parent is not None and node != scope:
            if node.type == "func_literal" and not node.start_byte <= by.start_byte < node.end_byte:
                return name not in self._own(node)
            node = node.parent
        return False

    def _own(self, scope: "Node") -> set[str]:
        """What is declared in a scope, or within it."""
        if scope.type not in _SCOPES:
            return set()
        if scope.id not in self._declared:
            self._declared[scope.id] = _declared_in(scope)
        return self._declared[scope.id]

    def _others(self, scope: "Node", place: Place, by: "Node", crossing: Crossing) -> "Iterator[tuple[Place, Node]]":
        """Places that share the memory of `place`, and since when they are looked at."""
        name = text_of(place.root)
        for left, right in self._bindings:
            within = left and scope.start_byte <= left[0].start_byte < scope.end_byte
            for bound, value in zip(left, right, strict=False) if within and len(left) == len(right) else ():
                target = place_of(bound)
                for other in self._bound(place, target, value, by, crossing) if target else ():
                    yield other, by
        for clause in scope.children if scope.type == "for_statement" else ():
            if clause.type != "range_clause":
                continue
            names, of = clause.child_by_field_name("left"), clause.child_by_field_name("right")
            if names is not None and name in map(text_of, names.named_children):
                for other in places_in(of) if of is not None else ():
                    yield other._replace(path=(*other.path, ELEMENT, *place.path)), scope
        if scope.type in _FUNCTIONS:
            yield from self._given(scope, place)

    def _bound(self, place: Place, bound: Place, value: "Node", by: "Node", crossing: Crossing) -> "Iterator[Place]":
        """What `place` is another name for, or has another name in, where `bound` is given a value."""
        name, whole = text_of(place.root), place_of(value) is not None
        target = text_of(bound.root)
        for other in self.places(value):
            if text_of(other.root) in self._plain:
                continue
            if target == name and overlap(bound.path, place.path):
                inner = place.path[len(bound.path) :] if whole else ()
                yield other._replace(path=other.path + inner, varied=other.varied + place.varied)
            elif text_of(other.root) != name or not overlap(other.path, place.path):
                continue
            elif not whole and not self._is_seen(by, target):
                yield bound._replace(varied=place.varied)
            elif whole and (crossing.holds or len(other.path) <= len(place.path)):
                yield Place(bound.root, bound.path + place.path[len(other.path) :], place.varied)

    def _is_seen(self, by: "Node", name: str) -> bool:
        """`place` was come to by what this variable holds."""
        return any(start == by.start_byte and seen == name for start, seen, _ in self._seen)

    def _given(self, function: "Node", place: Place) -> "Iterator[tuple[Place, Node]]":
        """What the tests' own function is called with, where `place` is in a parameter."""
        name = text_of(place.root)
        for called, parameter, argument in self._handed:
            for other in places_in(argument) if parameter == name and called == function else ():
                yield other._replace(path=other.path + place.path, varied=other.varied + place.varied), argument


def _functions(tree: "Node") -> "dict[str, Node]":
    """The tests' own functions, by name."""
    functions = {text_of(node.child_by_field_name("name")): node for node in of_type(tree, "function_declaration")}
    for left, right in bindings(tree):
        functions |= {
            text_of(one): value for one, value in zip(left, right, strict=False) if value.type == "func_literal"
        }
    return functions


def _handed(tree: "Node", functions: "dict[str, Node]") -> "list[tuple[Node, str, Node]]":
    """The tests' own functions and methods, names of their parameters, each with what it is given in a call."""
    methods: dict[str, list[Node]] = {}
    for node in of_type(tree, "method_declaration"):
        methods.setdefault(text_of(node.child_by_field_name("name")), []).append(node)
    found = []
    for call in of_type(tree, "call_expression"):
        called, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        given = [] if arguments is None else arguments.named_children
        function = called if called is not None and called.type == "func_literal" else functions.get(text_of(called))
        if function is not None:
            found += [(function, name, value) for name, value in zip(_parameters(function), given, strict=False)]
        elif called is not None and called.type == "selector_expression":
            receiver = called.child_by_field_name("operand")
            for method in methods.get(text_of(called.child_by_field_name("field")), []):
                names = [*_parameters(method, "receiver"), *_parameters(method)]
                values = [*([receiver] if receiver and _parameters(method, "receiver") else []), *given]
                found += [(method, name, value) for name, value in zip(names, values, strict=False)]
    return found


def _returned(function: "Node") -> "Iterator[Place]":
    for statement in of_type(function.child_by_field_name("body"), "return_statement"):
        for values in statement.named_children:
            for value in values.named_children:
                yield from places_in(value)


def _parameters(function: "Node", field: str = "parameters") -> list[str]:
    listed = function.child_by_field_name(field)
    declared = [] if listed is None else listed.named_children
    return [text_of(name) for one in declared for name in one.children_by_field_name("name")]


def _widest(node: "Node") -> "Node":
    """The longest expression for a place that begins with this variable."""
    while node.parent is not None and node.parent.child_by_field_name("operand") == node and place_of(node.parent):
        node = node.parent
    return node


def _is_measured(node: "Node") -> bool:
    """Only its length is asked for."""
    call = node.parent.parent if node.parent is not None and node.parent.type == "argument_list" else None
    return call is not None and text_of(call.child_by_field_name("function")) == "len"


def _statement(node: "Node") -> "Node":
    while node.parent is not None and node.parent.type not in ("block", "statement_list"):
        node = node.parent
    return node


def _declared_in(scope: "Node") -> set[str]:
    found = set()
    for node in of_type(scope, "short_var_declaration", "range_clause", "var_spec", "parameter_declaration"):
        left = node.child_by_field_name("left")
        found |= set(map(text_of, node.children_by_field_name("name") if left is None else left.named_children))
    return found


def _is_bound(node: "Node") -> bool:
    """It stands left of `:=` or `=`, or in `var`, where it gets another value."""
    parent = node.parent
    if parent is not None and parent.type == "var_spec":
        return node in parent.children_by_field_name("name")
    owner = parent.parent if parent is not None and parent.type == "expression_list" else None
    return owner is not None and owner.child_by_field_name("left") == parent


def _held(tree: "Node", names: set[str]) -> set[str]:
    """Variables that hold a result of the program, or a part of one."""
    held: set[str] = set()
    pairs = [(left, right) for left, right in bindings(tree)]
    for clause in of_type(tree, "range_clause"):
        left, right = clause.child_by_field_name("left"), clause.child_by_field_name("right")
        if left is not None and right is not None:
            pairs.append((left.named_children[1:], [right]))
    given = _handed(tree, _functions(tree))
    before = -1
    while before < len(held):
        before = len(held)
        for left_, right_ in pairs:
            if _share(right_, held) or any(True for value in right_ for _ in calls_of(value, names)):
                held |= {text_of(node) for node in left_ if node.type == "identifier"}
        held |= {name for _, name, value in given if _share([value], held)}
    return held - {"_"}


def _share(values: "Sequence[Node]", held: set[str]) -> bool:
    return any(text_of(place.root) in held for value in values for place in places_in(value))


def _refuse_changed_results(tree: "Node", names: set[str], held: set[str], several: bool) -> None:
    """Changes to a result may be changes to something else, on the program's side alone."""
    changed = []
    for node in of_type(tree, "assignment_statement", "inc_statement", "dec_statement"):
        left = node.child_by_field_name("left")
        changed += [
            target
            for target in (node.named_children[:1] if left is None else left.named_children)
            if any(True for _ in of_type(target, "index_expression", "unary_expression"))
        ]
    for call in of_type(tree, "call_expression"):
        function, given = text_of(call.child_by_field_name("function")), call.child_by_field_name("arguments")
        if function in _WRITERS or (several and function.startswith(_MAYBE_WRITERS)):
            changed += given.named_children[:1] if given is not None else []
    for target in changed:
        place = place_of(target)
        if (place is not None and text_of(place.root) in held) or any(True for _ in calls_of(target, names)):
            raise CannotCross("the tests change what the program returned")


def _refuse_pointers(tree: "Node", names: set[str], held: set[str]) -> None:
    """What a pointer of the program leads to may change, and be the same as another's."""
    for node in of_type(tree, "binary_expression"):
        if text_of(node.child_by_field_name("operator")) in ("==", "!="):
            sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
            if all(side is not None and side.type == "identifier" and text_of(side) in held for side in sides):
                raise CannotCross("the tests ask for where the program keeps a value")
    begun = [node.start_byte for node in calls_of(tree, names)]
    for statement in of_type(tree, "short_var_declaration", "var_spec", "assignment_statement"):
        if not any(True for _ in calls_of(statement, names)):
            continue
        scope = statement
        while scope.parent is not None and scope.type not in _SCOPES:
            scope = scope.parent
        bound = {text_of(node) for left, _ in bindings(statement) for node in left}
        later = next((start for start in begun if statement.end_byte <= start < scope.end_byte), None)
        looks = (node for node in of_type(scope, "identifier") if text_of(node) in bound)
        if later is not None and any(node.start_byte > later and not _is_bound(node) for node in looks):
            raise CannotCross("the tests look at what a pointer of the program leads to after another call")
