"""TypeScript without its types: what is left of tests is JavaScript, at the same places."""

from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.syntax import Grammar, parsed, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_STATEMENTS = frozenset(
    ("interface_declaration", "type_alias_declaration", "ambient_declaration", "function_signature", "index_signature")
)
_TYPES = frozenset(
    (
        *("type_annotation", "type_arguments", "type_parameters", "asserts_annotation", "type_predicate_annotation"),
        *("implements_clause", "accessibility_modifier", "override_modifier", "abstract_method_signature"),
        *("opting_type_annotation", "omitting_type_annotation", "method_signature"),
    )
)
_KEYWORDS = frozenset(("readonly", "abstract", "declare", "?", "!"))
"""Of what they stand in, where that is one of `_HOLD`."""
_HOLD = frozenset(
    (
        *("optional_parameter", "public_field_definition", "abstract_class_declaration", "required_parameter"),
        *("non_null_expression", "variable_declarator", "method_definition"),
    )
)
_CODE = {
    "enum_declaration": "an enum",
    "internal_module": "a namespace",
    "module": "a namespace",
    "decorator": "a decorator",
    "import_alias": "an import by assignment",
    "import_require_clause": "an import by assignment",
    "type_assertion": "a type in angle brackets before a value",
}
"""Types that are more than types."""


def without_types(typed: Grammar, plain: Grammar, code: str) -> str:
    """`code` with a blank for every letter of a type.

    Args:
        typed: TypeScript's grammar.
        plain: JavaScript's.
        code: a whole script.

    Raises:
        CannotCross: what is left is not all that it does, or no JavaScript.
    """
    raw = bytearray(code.encode("utf-8", "replace"))
    root = parsed(typed, raw.decode())
    if not root.has_error:
        for start, end, statement in _erased(root):
            raw[start:end] = bytes(byte if byte in b"\r\n" else 32 for byte in raw[start:end])
            if statement:
                raw[start] = ord(";")
    left = raw.decode()
    if root.has_error or parsed(plain, left).has_error:
        raise CannotCross("TypeScript that cannot be read as JavaScript with types")
    return left


def _erased(root: "Node") -> "list[tuple[int, int, bool]]":
    """(start, end, is a statement) of what is only a type, in bytes.

    Raises:
        CannotCross: there is a type that is more than that.
    """
    found: list[tuple[int, int, bool]] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_named and node.type in _CODE:
            raise CannotCross(f"{_CODE[node.type]} in what is no part of the program")
        if node.type in _STATEMENTS or (node.type == "import_statement" and text_of(node).startswith("import type")):
            found.append((node.start_byte, node.end_byte, node.type != "index_signature"))
        elif node.type in _TYPES:
            if node.parent is not None and node.parent.type == "required_parameter" and "modifier" in node.type:
                raise CannotCross("a parameter that is a field in what is no part of the program")
            found.append((node.start_byte, node.end_byte, False))
        elif node.type in _KEYWORDS and node.parent is not None and node.parent.type in _HOLD:
            found.append((node.start_byte, node.end_byte, False))
        elif node.type in ("as_expression", "satisfies_expression"):
            kept = node.named_children[0]
            found.append((kept.end_byte, node.end_byte, False))
            waiting.append(kept)
        else:
            waiting += node.children
    return found
