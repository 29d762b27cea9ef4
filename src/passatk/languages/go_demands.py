"""What Go's tests ask of a program besides values; such tests are judged in one process with it."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.go_source import Source
from passatk.languages.go_types import BASIC, GRAMMAR, Function
from passatk.languages.syntax import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = (
    (r"\b(?:Not)?Panics\w*\s*\(|\brecover\s*\(\s*\)", "whether it panics"),
    (r"\b(?:errors\.|Error|NotError)(?:Is|As|Unwrap)\b", "what an error is"),
    (r"\bio\.(?:EOF|Err\w+)|\b(?:fs|os|sql|strconv|context)\.Err\w+", "what an error is"),
    (
        r"\b(?:Not)?Same\s*\(|\.(?:Unsafe)?Pointer\(\)|[!=]=\s*&\w|&\w+(?:\[\w+\])?\s*[!=]=|\bcap\s*\(",
        "where it keeps a value",
    ),
    (r"\bos\.|\bioutil\.|\bexec\.|\bt\.(?:Setenv|TempDir|Chdir)\b", "files, output or environment"),
    (r"\bgo\s+(?:func\b|\w+[.(])|\bsync\.|\.Parallel\s*\(|\bruntime\.", "several calls at once, or its runtime"),
)
"""What tests name, and what that asks about the program."""
_SCOPES = frozenset(
    ("block", "expression_case", "default_case", "for_statement", "func_literal", "function_declaration")
)
_LITERALS = frozenset(
    (
        "int_literal",
        "float_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "rune_literal",
        "true",
        "false",
    )
)


def refuse(tests: Source, helpers: Source, functions: Sequence[Function]) -> None:
    """Let pass what asks for values alone.

    Raises:
        CannotCross: the tests ask for more.
    """
    for pattern, words in _WORDS:
        if found := re.search(pattern, tests.bare):
            raise CannotCross(f"the tests ask for {words} ({found[0].strip()})")
    _refuse_state(tests, helpers)
    for function in functions:
        _refuse_changes(function)
    tree = parsed(GRAMMAR, f"package p\n{tests.declarations}")
    _refuse_types(tree, tests, helpers, functions)
    names = {found.name for found in functions} | _aliases(tree, {found.name for found in functions})
    _refuse_start(tree, names)
    _refuse_later_looks(tree, names, {found.name: found for found in functions})
    _refuse_shared_results(tree, names)


def runs_at_start(code: Source) -> bool:
    """Something of it runs when a process starts: an `init`, or a variable that is set by a call."""
    return any(True for _ in _at_start(parsed(GRAMMAR, f"package p\n{code.declarations}")))


def _at_start(tree: "Node") -> "Iterator[Node]":
    """`init` functions, and calls in values of variables outside of functions."""
    for node in tree.children:
        if node.type == "function_declaration" and _text(node.child_by_field_name("name")) == "init":
            yield node
        elif node.type == "var_declaration":
            yield from _of_type(node, "call_expression")


def _refuse_start(tree: "Node", names: set[str]) -> None:
    functions = {_text(node.child_by_field_name("name")): node for node in tree.children if "_declaration" in node.type}
    for start in _at_start(tree):
        inside = {_text(node) for node in _of_type(start, "identifier")}
        if inside & names or any(_names_in(functions[name]) & names for name in inside & functions.keys()):
            raise CannotCross("the tests ask the program before they begin, in a variable's value or in init")


def _names_in(node: "Node") -> set[str]:
    return {_text(found) for found in _of_type(node, "identifier")}


def _refuse_state(tests: Source, helpers: Source) -> None:
    """Both sides have variables and functions of the prompt of their own."""
    if not helpers.names:
        return
    tree = parsed(GRAMMAR, f"package p\n{helpers.declarations}")
    variables = set()
    for node in tree.children:
        if node.type == "var_declaration":
            variables |= {
                _text(name) for spec in _of_type(node, "var_spec") for name in spec.children_by_field_name("name")
            }
        elif (
            node.type == "function_declaration"
            and tests.uses(_text(node.child_by_field_name("name")))
            and _is_stub(node)
        ):
            raise CannotCross(f"the prompt leaves {_text(node.child_by_field_name('name'))} to the program")
    named = [name for name in sorted(helpers.names) if tests.uses(name)]
    functions = {
        _text(node.child_by_field_name("name")) for node in tree.children if node.type == "function_declaration"
    }
    if variables and (variables | functions) & set(named):
        raise CannotCross("the tests look at a variable of the prompt, or call what may use one")


def _is_stub(function: "Node") -> bool:
    body = function.child_by_field_name("body")
    statements = [] if body is None else [node for block in body.named_children for node in _statements(block)]
    if len(statements) > 1:
        return False
    if not statements:
        return True
    only = _text(statements[0])
    values = [node for child in statements[0].named_children for node in child.named_children]
    returned = statements[0].type == "return_statement" and all(node.type in _LITERALS | {"nil"} for node in values)
    return returned or only.startswith("panic(")


def _statements(node: "Node") -> "list[Node]":
    """The statements of a block, which some grammars keep in a list of their own."""
    inner = node.named_children if node.type == "statement_list" else [node]
    return [child for child in inner if child.type != "comment"]


def _refuse_changes(function: Function) -> None:
    """What a function without results changes has to be told apart, and to be one value deep."""
    if function.results:
        return
    changed = [crossing for crossing in function.parameters if crossing.refers or crossing.holds]
    if any(crossing.holds for crossing in changed):
        raise CannotCross(f"{function.name} may change what its arguments refer to within themselves")
    if len({crossing.name for crossing in changed}) < len(changed):
        raise CannotCross(f"{function.name} may change the same value by two of its arguments")


def _refuse_types(tree: "Node", tests: Source, helpers: Source, functions: Sequence[Function]) -> None:
    """Behind interfaces only types of Go's own can be told apart, and errors are their text."""
    results = " ".join(crossing.name for found in functions for crossing in found.results)
    declared = "\n".join(re.findall(r"^type\s.*?^\}|^type[^\n]*", helpers.bare, re.MULTILINE | re.DOTALL))
    if re.search(r"\berror\b", f"{results} {declared}") and re.search(r"\berrors\.New\b|\bfmt\.Errorf\b", tests.bare):
        raise CannotCross("the tests compare errors, of which only the text crosses")
    for node in _of_type(tree, "type_assertion_expression", "type_case"):
        for kind in _of_type(node, "type_identifier", "qualified_type", "method_elem", "method_spec"):
            inside = (
                node.type == "type_case"
                and kind.parent is not None
                and kind.parent.type not in ("type_case", "pointer_type")
            )
            if not inside and (kind.type != "type_identifier" or _text(kind) not in (*BASIC, "error", "any")):
                raise CannotCross(f"the tests ask whether a value is of type {_text(kind)}")
    if not re.search(r"\binterface\s*\{|\bany\b", results):
        return
    spelt = results + " ".join(crossing.name for found in functions for crossing in found.parameters)
    types = set(re.findall(r"\btype\s+(\w+)", helpers.bare)) - set(re.findall(r"\w+", spelt))
    own = next((name for name in sorted(types) if tests.uses(name)), None)
    literals = (node.child_by_field_name("type") for node in _of_type(tree, "composite_literal"))
    if own is None and any(kind is not None and kind.type == "struct_type" for kind in literals):
        own = "struct"
    if own:
        raise CannotCross(f"the tests may expect a value of type {own} behind an interface")


def _aliases(tree: "Node", names: set[str]) -> set[str]:
    """Variables of the tests that hold a function of the program."""
    found = set()
    for left, right in _bindings(tree):
        if len(right) == 1 and right[0].type == "identifier" and _text(right[0]) in names:
            found |= {_text(node) for node in left}
    return found


def _bindings(tree: "Node") -> "Iterator[tuple[list[Node], list[Node]]]":
    """What stands left and right of `:=` and `=`, and in `var`."""
    for node in _of_type(tree, "short_var_declaration", "assignment_statement", "var_spec"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "var_spec":
            value = node.child_by_field_name("value")
            yield node.children_by_field_name("name"), [] if value is None else value.named_children
        elif left is not None and right is not None:
            yield left.named_children, right.named_children


def _calls(tree: "Node", names: set[str]) -> "Iterator[Node]":
    for node in _of_type(tree, "call_expression"):
        if _text(node.child_by_field_name("function")) in names:
            yield node


def _refuse_later_looks(tree: "Node", names: set[str], functions: dict[str, Function]) -> None:
    """A function with results hands no changed argument back."""
    if not any(
        crossing.refers or crossing.holds
        for found in functions.values()
        if found.results
        for crossing in found.parameters
    ):
        return
    for call in _calls(tree, names):
        found = functions.get(_text(call.child_by_field_name("function")), next(iter(functions.values())))
        given = call.child_by_field_name("arguments")
        for i, argument in enumerate(given.named_children if given is not None and found.results else ()):
            crossing = found.parameters[min(i, len(found.parameters) - 1)] if found.parameters else None
            spread = argument.type in ("variadic_argument", "unary_expression", "slice_expression")
            root = argument.named_children[0] if spread and argument.named_children else argument
            if crossing and (crossing.refers or crossing.holds) and root.type == "identifier" and _named_again(root):
                raise CannotCross(f"the tests look at {_text(root)} again, which {found.name} may have changed")


def _named_again(variable: "Node") -> bool:
    """A variable is named in its call's statement besides, or after it, or the call is in a loop in its scope."""
    statement, scope = variable, variable
    while statement.parent is not None and statement.parent.type not in ("block", "statement_list"):
        statement = statement.parent
    while scope.parent is not None and not (scope.type in _SCOPES and _declares(scope, _text(variable))):
        if scope.type == "for_statement":
            return True
        scope = scope.parent
    return any(
        node.start_byte >= statement.start_byte and node.start_byte != variable.start_byte and not _is_bound(node)
        for node in _of_type(scope, "identifier")
        if _text(node) == _text(variable)
    )


def _declares(scope: "Node", name: str) -> bool:
    declarations = ("short_var_declaration", "range_clause", "var_spec", "parameter_declaration")
    for node in _of_type(scope, *declarations):
        left = node.child_by_field_name("left")
        named = node.children_by_field_name("name") if left is None else left.named_children
        if any(_text(found) == name for found in named):
            return True
    return False


def _is_bound(node: "Node") -> bool:
    """It stands left of `:=` or `=`, where it gets another value."""
    parent = node.parent
    owner = parent.parent if parent is not None and parent.type == "expression_list" else None
    return owner is not None and owner.child_by_field_name("left") == parent


def _refuse_shared_results(tree: "Node", names: set[str]) -> None:
    """Changes to a result may be changes to something else, on the program's side alone."""
    held = set()
    for left, right in _bindings(tree):
        if any(True for node in right for _ in _calls(node, names)):
            held |= {_text(node) for node in left}
    for node in _of_type(tree, "assignment_statement", "inc_statement", "dec_statement"):
        changed = node.child_by_field_name("left") or node
        for place in _of_type(changed, "index_expression"):
            root: Node | None = place
            while root is not None and root.type in ("index_expression", "selector_expression"):
                root = root.child_by_field_name("operand")
            if root is not None and (_text(root) in held or any(True for _ in _calls(root, names))):
                raise CannotCross("the tests change what the program returned")


def _of_type(node: "Node | None", *types: str) -> "Iterator[Node]":
    """`node` and what stands within it, if of such a type."""
    waiting = [] if node is None else [node]
    while waiting:
        current = waiting.pop()
        if current.type in types:
            yield current
        waiting += reversed(current.named_children)


def _text(node: "Node | None") -> str:
    return "" if node is None else (node.text or b"").decode()
