"""JavaScript's syntax tree, as one who reads tests asks it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from passatk.languages.syntax import Grammar, parsed
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

_EQUALITY = frozenset(("==", "!=", "===", "!=="))
_EQUAL = regex(r"(?:^|\.)(?:not)?(?:deep)?(?:strict)?equal$|^Object\.is$", re.IGNORECASE)
_PROMISES = regex(r"\b(?:async|await|Promise|then)\b")
_LINE_END = regex(r"(?<!\\)[\r\n]")
FUNCTIONS = frozenset(("arrow_function", "function_expression", "generator_function", "class"))
DECLARED = frozenset(("function_declaration", "generator_function_declaration", "class_declaration"))


def walk(root: "Node") -> "Iterator[Node]":
    nodes = [root]
    while nodes:
        node = nodes.pop()
        yield node
        nodes += node.named_children


def text(node: "Node") -> str:
    return "" if node.text is None else node.text.decode()


def holds(node: "Node | None", child: "Node") -> bool:
    return node is not None and node.id == child.id


def binds(node: "Node") -> bool:
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
        if holds(parent.child_by_field_name("right"), here) or holds(parent.child_by_field_name("key"), here):
            return False
        here, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "formal_parameters":
        return True
    if parent.type in ("variable_declarator", *DECLARED, *FUNCTIONS) and holds(
        parent.child_by_field_name("name"), here
    ):
        return True
    if parent.type in ("arrow_function", "catch_clause") and holds(parent.child_by_field_name("parameter"), here):
        return True
    return (
        parent.type == "for_in_statement"
        and parent.child_by_field_name("kind") is not None
        and holds(parent.child_by_field_name("left"), here)
    )


def at_top(node: "Node") -> bool:
    """Whether a name is declared outside of all functions and blocks."""
    here = node.parent
    if here is not None and here.type in DECLARED:
        here = here.parent
    while here is not None and here.type != "program":
        if here.type in ("statement_block", "formal_parameters", *FUNCTIONS, *DECLARED):
            return False
        here = here.parent
    return True


def is_called(node: "Node") -> bool:
    return node.parent is not None and (
        node.parent.type == "call_expression" and holds(node.parent.child_by_field_name("function"), node)
    )


def arguments_of(call: "Node") -> "list[Node]":
    arguments = call.child_by_field_name("arguments")
    return [] if arguments is None else arguments.named_children


def first_argument(call: "Node | None") -> str:
    arguments = [] if call is None else arguments_of(call)
    return text(arguments[0]) if arguments else ""


def compared(node: "Node") -> "tuple[Node, Node] | None":
    """What node's assertions, Object.is, or the operators of equality, compare in `node`."""
    if node.type == "binary_expression" and any(child.type in _EQUALITY for child in node.children):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (left, right) if left is not None and right is not None else None
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None or not _EQUAL.search(text(function)):
        return None
    arguments = arguments_of(node)
    return (arguments[0], arguments[1]) if len(arguments) > 1 else None


def begins_with(node: "Node") -> str:
    """The name that a value is made from: `a` of `a.slice(1).length` and of `JSON.stringify(a)`."""
    while True:
        within = node.child_by_field_name("object") or node.child_by_field_name("function")
        if text(node).startswith(("JSON.stringify(", "String(")) and node.type == "call_expression":
            within = next(iter(arguments_of(node)), None)
        if within is None:
            return text(node)
        node = within


def is_literal(node: "Node") -> bool:
    return not any(part.type in ("identifier", "shorthand_property_identifier") for part in walk(node))


def _is_given_to_for_each(function: "Node") -> bool:
    call = function.parent.parent if function.type == "arrow_function" and function.parent is not None else None
    method = None if call is None else call.child_by_field_name("function")
    return method is not None and text(method).endswith(".forEach")


def drops(node: "Node") -> bool:
    """Whether `node` is a call that is a statement of its own, awaited or not, or all that a `forEach` does."""
    above = node.parent
    if above is not None and above.type == "await_expression":
        above = above.parent
    if node.type != "call_expression" or above is None:
        return False
    return above.type == "expression_statement" or _is_given_to_for_each(above)


def is_result(node: "Node", called: frozenset[str]) -> bool:
    """Whether `node` is a call of one of `called`, also by `call` and `apply`, awaited or not."""
    while node.type in ("await_expression", "parenthesized_expression") and node.named_children:
        node = node.named_children[0]
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is not None and function.type == "member_expression":
        member = function.child_by_field_name("property")
        by_itself = member is not None and text(member) in ("call", "apply")
        function = function.child_by_field_name("object") if by_itself else None
    return function is not None and function.type == "identifier" and text(function) in called


def named_function(node: "Node") -> "tuple[str, Node] | None":
    """The function that `node` declares, or binds, and its name."""
    value = node.child_by_field_name("value") if node.type == "variable_declarator" else node
    name = node.child_by_field_name("name")
    if name is None or value is None or value.type not in FUNCTIONS | DECLARED:
        return None
    return text(name), value


def is_handed_back(call: "Node", results: frozenset[str], called: frozenset[str]) -> bool:
    """Whether `call` is one of `called`, and is given what one of them returned. `results`: names of such values."""
    return is_result(call, called) and any(
        is_result(value, called) or begins_with(value) in results for value in arguments_of(call)
    )


def is_method_of_kept(node: "Node") -> bool:
    """Whether `node` stands in an object, by a key, that tests keep or go through."""
    above, is_method = node.parent, False
    while above is not None and above.type in ("pair", "object", "array", "parenthesized_expression"):
        is_method = is_method or above.type == "object"
        above = above.parent
    kept = ("variable_declarator", "assignment_expression", "for_in_statement", "member_expression")
    return is_method and above is not None and above.type in kept


def parameters_of(function: "Node") -> "list[Node]":
    alone, several = function.child_by_field_name("parameter"), function.child_by_field_name("parameters")
    return [alone] if alone is not None else [] if several is None else several.named_children


def what_it_returns(function: "Node") -> "list[Node]":
    """What stands behind the `return`s of `function`, or is its whole body."""
    body = function.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return [] if body is None else [body]
    return [node.named_children[0] for node in walk(body) if node.type == "return_statement" and node.named_children]


def begins_result(declarator: "Node", called: frozenset[str]) -> "Node | None":
    """The name that stands for a call of one of `called`, or for what its promise leads to, that is not awaited."""
    value = declarator.child_by_field_name("value")
    while value is not None and value.type == "call_expression" and not is_result(value, called):
        function = value.child_by_field_name("function")
        value = None if function is None else function.child_by_field_name("object")
    begun = value is not None and value.type == "call_expression"
    return declarator.child_by_field_name("name") if begun else None


def holds_template(call: "Node") -> bool:
    """Whether what is called is the tag of a template."""
    arguments = call.child_by_field_name("arguments")
    return arguments is not None and arguments.type == "template_string"


def as_body(grammar: Grammar, script: str) -> str:
    """A function's body that does what `script` does and returns what its last statement gives; empty if it needs eval.

    A program may have an `eval` of its own, and a script that it runs is not run.
    """
    script = re.sub(r"\A#![^\n]*", "", script)
    root = parsed(grammar, script)
    last = next((node for node in reversed(root.named_children) if node.type != "comment"), None)
    if last is None or root.has_error or last.type != "expression_statement":
        needs_eval = last is not None and not root.has_error and _PROMISES.search(script)
        return "" if needs_eval else f"{{\n{script}\n}}"
    raw = script.encode("utf-8", "surrogatepass")
    made = raw[: last.start_byte] + b"return " + raw[last.start_byte :]
    return "{\n" + made.decode("utf-8", "surrogatepass") + "\n}"


def hands_functions_over(grammar: Grammar, script: str) -> bool:
    """Whether somebody may call functions of `script` later: they are used other than to be called there."""
    root = parsed(grammar, script)
    nodes, named = list(walk(root)), set()
    for node in nodes:
        if node.type == "method_definition":
            return True
        if node.type in DECLARED or (node.type in FUNCTIONS and _is_bound(node)):
            owner = node if node.type in DECLARED else node.parent
            named.add(text(owner.child_by_field_name("name") or node) if owner is not None else "")
        elif node.type in FUNCTIONS and not _is_called_at_once(node):
            return True
    names = [node for node in nodes if node.type in ("identifier", "shorthand_property_identifier")]
    return root.has_error or any(text(n) in named and not binds(n) and not is_called(n) for n in names)


def _is_bound(function: "Node") -> bool:
    return function.parent is not None and function.parent.type == "variable_declarator"


def _is_called_at_once(function: "Node") -> bool:
    around = function.parent
    return around is not None and around.type == "parenthesized_expression" and is_called(around)


def without_later(grammar: Grammar, code: str) -> str:
    """`code` without the functions in it that it neither calls itself nor hands to a method, as of arrays."""
    raw = bytearray(code, "utf-8", "surrogatepass")
    for node in walk(parsed(grammar, code)):
        if node.type in FUNCTIONS and not _is_called_at_once(node) and not _is_handed_to_method(node):
            raw[node.start_byte : node.end_byte] = b" " * (node.end_byte - node.start_byte)
    return raw.decode("utf-8", "surrogatepass")


def _is_handed_to_method(function: "Node") -> bool:
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    if call is None or call.type == "new_expression":
        return call is not None
    called = call.child_by_field_name("function")
    return called is not None and called.type == "member_expression" and not text(called).startswith("Object.")


def is_torn(grammar: Grammar, script: str) -> bool:
    """Whether a text in `script` does not end on its line, so that no engine can read it."""
    root = parsed(grammar, script)
    return root.has_error and any(node.type == "string" and _LINE_END.search(text(node)) for node in walk(root))
