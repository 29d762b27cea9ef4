"""What JavaScript tests hand to a program, and whether it can be handed over as a value."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from passatk.languages.javascript_nodes import FUNCTIONS, arguments_of, text, what_it_returns
from passatk.languages.javascript_realm import BUILT_IN

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMED = frozenset(("identifier", "shorthand_property_identifier", "member_expression"))
_CONSTANTS = frozenset(("undefined", "NaN", "Infinity", "arguments"))
_NO_VALUES = frozenset(
    ("Promise", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "SharedArrayBuffer", "Intl")
)
"""Built-in classes whose objects do not cross."""


class Handed:
    """Tells of values in tests whether they hold a function, or something else that stays with the tests."""

    def __init__(
        self,
        functions: "Mapping[str, Node]",
        names: frozenset[str],
        local: frozenset[str],
        bound_to: "Callable[[Callable[[Node], bool]], frozenset[str]]",
    ):
        """`functions`: those of the tests; `names`: of these and of the program's; `local`: all that tests declare."""
        self._built_in = BUILT_IN - local - _CONSTANTS
        self._values = BUILT_IN - local - _NO_VALUES
        self._names, self._makers = names, frozenset[str]()
        while True:
            more = self._names | bound_to(self.stays)
            makers = self._makers.union(
                name for name, function in functions.items() if self._gives_what_stays(function)
            )
            if (more, makers) == (self._names, self._makers):
                return
            self._names, self._makers = more, makers

    def stays(self, value: "Node") -> bool:
        """Whether in `value`, or in what it names, is something that cannot be handed over."""
        nodes = [value]
        while nodes:
            node = nodes.pop()
            if node.type in FUNCTIONS or node.type == "method_definition":
                return True
            if node.type in _NAMED and text(node) in self._names:
                return True
            if node.type in _NAMED and _root(node) in self._built_in:
                if _is_function(node):
                    return True
            elif node.type == "call_expression":
                if self._makes_a_function(node):
                    return True
            elif node.type == "new_expression":
                if text(node.child_by_field_name("constructor") or node) not in self._values:
                    return True
                nodes += arguments_of(node)
            else:
                nodes += node.named_children
        return False

    def _gives_what_stays(self, function: "Node") -> bool:
        """Whether `function` returns what cannot be handed over; a generator may go on for ever."""
        return function.type.startswith("generator") or any(map(self.stays, what_it_returns(function)))

    def _makes_a_function(self, call: "Node") -> bool:
        function = call.child_by_field_name("function")
        name = "" if function is None else text(function)
        return name in self._makers or name.startswith("Promise.") or name.endswith(".bind")


def _root(node: "Node") -> str:
    """`Math` of `Math.PI`; a value that a call gives has none."""
    while node.type == "member_expression":
        node = node.child_by_field_name("object") or node.children[0]
    return text(node)


def _is_function(node: "Node") -> bool:
    """Whether what the language has by a name is a function, or an object of some: a constant is in capitals."""
    return not text(node).rpartition(".")[2].isupper()
