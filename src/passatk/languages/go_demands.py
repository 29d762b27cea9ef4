"""What Go's tests ask of a program besides values; such tests are judged in one process with it."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.go_places import LITERALS, bindings
from passatk.languages.go_sharing import refuse_shared
from passatk.languages.go_source import Source
from passatk.languages.go_types import BASIC, GRAMMAR, Function
from passatk.languages.syntax import of_type, parsed, text_of
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = (
    (r"\b(?:Not)?Panics\w*\s*\(|\brecover\s*\(\s*\)", "whether it panics"),
    (r"\b(?:errors\.|Error|NotError)(?:Is|As|Unwrap)\b", "what an error is"),
    (r"\bio\.(?:EOF|Err\w+)|\b(?:fs|os|sql|strconv|context)\.Err\w+", "what an error is"),
    (
        r"\b(?:Not)?Same\s*\(|\.(?:Unsafe)?Pointer\(|\bunsafe\.|[!=]=\s*&\w|&[\w.]+(?:\[[^\]\n]*\])*\s*[!=]=|\b[cC]ap\s*\(",
        "where it keeps a value",
    ),
    (
        r"\b(?:os|ioutil|exec|log|flag|signal|debug)\.|\bt\.(?:Setenv|TempDir|Chdir)\b|\btime\.Local\s*=(?!=)",
        "files, output or environment",
    ),
    (r"\b(?:No)?(?:File|Dir)Exists\w*\s*\(", "files"),
    (r"\btesting\.(?:AllocsPerRun|Benchmark)\b", "how much memory or time it takes"),
    (r"\bgo\s+(?:func\b|\w+[.(])|\bsync\.|\.Parallel\s*\(|\bruntime\.", "several calls at once, or its runtime"),
)
"""What tests name, and what that asks about the program."""
_SEEDED, _DRAWN = regex(r"\brand\.Seed\s*\(\s*(?!passatk_)"), regex(r"\brand\.(?!Seed\b|New)[A-Z]")
_ERROR = regex(r"^func\s*\(\s*(?:\w+\s+)?\*?(\w+)\s*\)\s*Error\(\)\s*string\b", re.MULTILINE)
_METHOD = regex(r"^func\s*\(\s*(?:\w+\s+)?\*?\s*(\w+)[^()]*\)\s*(\w+)\s*\(", re.MULTILINE)
_UNNAMED = frozenset(("String", "GoString", "Error", "Format"))
"""Methods that are called without their name, where a value becomes text."""
_DECLARING = (
    *("function_declaration", "parameter_declaration", "variadic_parameter_declaration", "type_parameter_declaration"),
    *("var_spec", "const_spec", "type_spec", "type_alias", "short_var_declaration", "range_clause"),
    *("receive_statement", "type_switch_statement"),
)
"""Nodes that give names."""


def refuse(tests: Source, helpers: Source, functions: Sequence[Function]) -> None:
    """Let pass what asks for values alone.

    Raises:
        CannotCross: the tests ask for more.
    """
    for pattern, words in _WORDS:
        if found := re.search(pattern, tests.bare):
            raise CannotCross(f"the tests ask for {words} ({found[0].strip()})")
    if _SEEDED.search(tests.bare) and not _DRAWN.search(tests.bare):
        raise CannotCross("the tests seed what the program draws")
    _refuse_state(tests, helpers)
    for function in functions:
        _refuse_changes(function)
    tree = parsed(GRAMMAR, f"package p\n{tests.declarations}")
    _refuse_types(tree, tests, helpers, functions)
    names = {found.name for found in functions} | _aliases(tree, {found.name for found in functions})
    _refuse_start(tree, names)
    refuse_shared(tree, names, functions)


def refuse_methods(tests: Source, helpers: Source, solved: Source) -> None:
    """Let pass tests that know all methods of the prompt's types; the program may define more.

    Raises:
        CannotCross: they use one of the program's.
    """
    types = set(re.findall(r"^type\s+(\w+)", helpers.bare, re.MULTILINE))
    for kind, name in sorted(set(_METHOD.findall(solved.bare)) - set(_METHOD.findall(helpers.bare))):
        if kind in types and (name in _UNNAMED or re.search(rf"\.\s*{re.escape(name)}\b", tests.bare)):
            raise CannotCross(f"the tests may call {name} of {kind}, which the program defines")


def runs_at_start(code: Source) -> bool:
    """Something of it runs when a process starts: an `init`, or a variable that is set by a call."""
    return any(True for _ in _at_start(parsed(GRAMMAR, f"package p\n{code.declarations}")))


def _at_start(tree: "Node") -> "Iterator[Node]":
    """`init` functions, and calls in values of variables outside of functions."""
    for node in tree.children:
        if node.type == "function_declaration" and text_of(node.child_by_field_name("name")) == "init":
            yield node
        elif node.type == "var_declaration":
            yield from of_type(node, "call_expression")


def refuse_unknown(tests: Source, known: set[str]) -> None:
    """Let pass tests that can be compiled without a program: all they name is theirs or `known`.

    Raises:
        CannotCross: they name more.
    """
    tree = parsed(GRAMMAR, f"package p\n{tests.declarations}")
    own = {text_of(name) for node in of_type(tree, *_DECLARING) for name in _declared_by(node)}
    for node in of_type(tree, "identifier", "type_identifier"):
        name = text_of(node)
        if name not in own and name not in known and not name.startswith("passatk_") and not _is_of_another(node):
            raise CannotCross(f"the tests name {name}, which neither they nor the declaration define")


def _is_of_another(node: "Node") -> bool:
    """It names a type of a package, or perhaps a field in a literal of a struct."""
    element = node.parent
    if element is not None and element.type == "qualified_type":
        return True
    pair = None if element is None or element.type != "literal_element" else element.parent
    return pair is not None and pair.type == "keyed_element" and pair.named_children[0] == element


def _declared_by(node: "Node") -> "list[Node]":
    left = node.child_by_field_name("left") or node.child_by_field_name("alias")
    return node.children_by_field_name("name") if left is None else left.named_children


def _refuse_start(tree: "Node", names: set[str]) -> None:
    functions = {
        text_of(node.child_by_field_name("name")): node for node in tree.children if "_declaration" in node.type
    }
    for start in _at_start(tree):
        inside = {text_of(node) for node in of_type(start, "identifier")}
        if inside & names or any(_names_in(functions[name]) & names for name in inside & functions.keys()):
            raise CannotCross("the tests ask the program before they begin, in a variable's value or in init")


def _names_in(node: "Node") -> set[str]:
    return {text_of(found) for found in of_type(node, "identifier")}


def _refuse_state(tests: Source, helpers: Source) -> None:
    """Both sides have variables and functions of the prompt of their own."""
    if not helpers.names:
        return
    tree = parsed(GRAMMAR, f"package p\n{helpers.declarations}")
    variables = set()
    for node in tree.children:
        if node.type == "var_declaration":
            variables |= {
                text_of(name) for spec in of_type(node, "var_spec") for name in spec.children_by_field_name("name")
            }
        elif (
            node.type == "function_declaration"
            and tests.uses(text_of(node.child_by_field_name("name")))
            and _is_stub(node)
        ):
            raise CannotCross(f"the prompt leaves {text_of(node.child_by_field_name('name'))} to the program")
    named = [name for name in sorted(helpers.names) if tests.uses(name)]
    functions = {
        text_of(node.child_by_field_name("name")) for node in tree.children if node.type == "function_declaration"
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
    only = text_of(statements[0])
    values = [node for child in statements[0].named_children for node in child.named_children]
    returned = statements[0].type == "return_statement" and all(node.type in LITERALS | {"nil"} for node in values)
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
    if re.search("%p", tests.code) or (
        re.search(r"\berror\b|\binterface\s*\{|\bany\b", results) and re.search(r"%T|\breflect\.TypeOf\b", tests.code)
    ):
        raise CannotCross("the tests ask for an address or a type as text")
    if re.search(r"\berror\b", results) and (fault := next(filter(tests.uses, _ERROR.findall(helpers.bare)), None)):
        raise CannotCross(f"the tests may expect an error of type {fault}")
    for node in of_type(tree, "type_assertion_expression", "type_case"):
        for kind in of_type(node, "type_identifier", "qualified_type", "method_elem", "method_spec"):
            inside = (
                node.type == "type_case"
                and kind.parent is not None
                and kind.parent.type not in ("type_case", "pointer_type")
            )
            if not inside and (kind.type != "type_identifier" or text_of(kind) not in (*BASIC, "error", "any")):
                raise CannotCross(f"the tests ask whether a value is of type {text_of(kind)}")
    spelt = " ".join([results, *(crossing.name for found in functions for crossing in found.parameters)])
    if not re.search(r"\binterface\s*\{|\bany\b", spelt):
        return
    types = set(re.findall(r"\btype\s+(\w+)", helpers.bare)) - set(re.findall(r"\w+", spelt))
    own = next((name for name in sorted(types) if tests.uses(name)), None)
    literals = (node.child_by_field_name("type") for node in of_type(tree, "composite_literal"))
    if own is None and any(kind is not None and kind.type == "struct_type" for kind in literals):
        own = "struct"
    if own:
        raise CannotCross(f"the tests may give or expect a value of type {own} behind an interface")


def _aliases(tree: "Node", names: set[str]) -> set[str]:
    """Variables of the tests that hold a function of the program."""
    found = set()
    for left, right in bindings(tree):
        if len(right) == 1 and right[0].type == "identifier" and text_of(right[0]) in names:
            found |= {text_of(node) for node in left}
    return found
