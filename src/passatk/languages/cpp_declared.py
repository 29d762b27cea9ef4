"""What C++ text declares: functions with the types of what crosses the wall, and what stands around them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross, Language
from passatk.languages.syntax import parsed, text_of
from passatk.records import Problem, Record
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

INCLUDE = regex(r"^[ \t]*#[ \t]*include\b[ \t]*([<\"][^>\"\n]+[>\"]).*\n?", re.MULTILINE)
_WITH_VARIANTS = regex(r"17|1z|2|newest")
"""In the option of a standard that has `std::variant`."""

INTEGERS = ("char", "wchar_t", "char16_t", "char32_t", "short", "int", "long", "signed", "unsigned", "__int128")
_BUILT_IN = frozenset(("void", "bool", "float", "double", *INTEGERS))
"""Words that types of the language itself are made of."""
PLAIN = {"double": 8, "long": 8, "long long": 8, "float": 4, "int": 4, "bool": 1, "char": 1}
"""Plain types that unions have -> their bytes."""
_HEADERS = {
    **{name: name for name in ("string", "string_view", "vector", "list", "deque")},
    **dict.fromkeys(("map", "multimap"), "map"),
    **dict.fromkeys(("set", "multiset"), "set"),
    **dict.fromkeys(("unordered_map", "unordered_multimap"), "unordered_map"),
    **dict.fromkeys(("unordered_set", "unordered_multiset"), "unordered_set"),
    **{f"{sign}int{size}_t": "cstdint" for size in (8, 16, 32, 64) for sign in ("", "u")},
    **dict.fromkeys(("size_t", "ptrdiff_t"), "cstddef"),
    **dict.fromkeys(("less", "greater"), "functional"),
    "pair": "utility",
    **dict.fromkeys(("array", "tuple", "optional", "variant", "monostate", "any"), "wall_more.h"),
}
"""Types of `std` -> the header that has them, or the harness's that also says how they cross."""


class Type(Record, frozen=True, kw_only=True):
    """A type without `const` and reference on its outside."""

    text: str
    """In full, as it can be written anywhere: `::std::vector<int>`."""
    headers: frozenset[str] = frozenset()
    """As in `_HEADERS`."""
    changed: bool = False
    """It stands behind a reference that is not `const`: the function may change what it is given."""
    union: str = ""
    """The union of which it is the variant with the same alternatives."""


class Function(Record, frozen=True, kw_only=True):
    """A function that crosses."""

    name: str
    parameters: tuple[tuple[Type, str], ...]
    """(type, default argument or nothing) of each."""
    returns: Type


class Union(Record, frozen=True, kw_only=True):
    """One of MultiPL-E's unions, of which nothing says what it holds."""

    text: str
    members: tuple[Type, ...]

    @property
    def crossing(self) -> str:
        """The type that says it."""
        return f"::std::variant<{', '.join(member.text for member in self.members)}>"

    @property
    def widest(self) -> int | None:
        """Of several plain members, the place of one that has the bytes of all; None where at most one is plain."""
        plain = [place for place, member in enumerate(self.members) if member.text in PLAIN]
        return max(plain, key=lambda place: PLAIN[self.members[place].text]) if len(plain) > 1 else None


class Declared(Record, frozen=True, kw_only=True):
    """A declaration."""

    function: Function
    before: str
    """What stands before the function, the problem's setup too."""
    unions: dict[str, Union]
    aliases: dict[str, Type]


def declared_by(language: Language, problem: Problem) -> Declared:
    """What `problem` declares.

    Raises:
        CannotCross: there is no function, or it takes or returns more than values.
    """
    for text in (problem.declaration, problem.prompt, problem.reference or ""):
        whole = f"{problem.setup}\n{text}"
        root = parsed(language.grammar, whole + "\n}" * max(0, language.open_blocks(whole)))
        functions = list(functions_in(root))
        named = [node for name, node in functions if name == problem.entry_point]
        if len(named) > 1:
            raise CannotCross("overloads")
        if named or (functions and text != problem.reference):
            node = named[-1] if named else functions[-1][1]
            # functions of a reference are the program's to write, not the tests' own
            left_out = [each for _, each in functions] if text == problem.reference else [node]
            before = _up_to(node, whole, left_out)
            aliases = _aliases(root)
            unions = _unions(root, aliases) if _WITH_VARIANTS.search("".join(problem.options)) else {}
            return Declared(function=function_of(node, aliases, unions), before=before, unions=unions, aliases=aliases)
    raise CannotCross("a function whose declaration is not known")


def _up_to(node: "Node", code: str, left_out: Sequence["Node"]) -> str:
    """`code` up to `node`, without what is left out."""
    raw, at, parts = code.encode("utf-8", "surrogatepass"), 0, []
    for each in left_out:
        if each.start_byte <= node.start_byte:
            parts.append(raw[at : each.start_byte])
            at = each.end_byte
    return b"".join(parts).decode("utf-8", "surrogatepass")


def functions_in(root: "Node") -> Iterator[tuple[str, "Node"]]:
    """(name, node) of the functions that are defined outside of classes and namespaces."""
    for node in root.named_children:
        inner = node.named_children[-1] if node.type == "template_declaration" else node
        if inner.type == "function_definition":
            _, _, declarator = _outside(inner.child_by_field_name("declarator"))
            name = declarator.child_by_field_name("declarator") if declarator is not None else None
            if name is not None and name.type == "identifier":
                yield text_of(name), inner


def function_of(node: "Node", aliases: Mapping[str, Type], unions: Mapping[str, Union]) -> Function:
    """The function that `node` defines.

    Raises:
        CannotCross: it takes or returns more than values.
    """
    if node.parent is not None and node.parent.type == "template_declaration":
        raise CannotCross("a template")
    _, _, declarator = _outside(node.child_by_field_name("declarator"))
    assert declarator is not None  # or it was not found as a function
    listed = declarator.child_by_field_name("parameters")
    if "..." in text_of(listed):
        raise CannotCross("as many arguments as one likes")
    parameters = [
        (_declared_type(child, aliases, {}), text_of(child.child_by_field_name("default_value")))
        for child in (listed.named_children if listed is not None else ())
        if child.type != "comment" and text_of(child) != "void"
    ]
    name = text_of(declarator.child_by_field_name("declarator"))
    return Function(name=name, parameters=tuple(parameters), returns=_declared_type(node, aliases, unions))


def _aliases(root: "Node") -> dict[str, Type]:
    """What `typedef` and `using` call types that can cross."""
    aliases: dict[str, Type] = {}
    for node in root.named_children:
        named = {"type_definition": "declarator", "alias_declaration": "name"}.get(node.type)
        if named is not None and not _qualified(node):
            try:
                aliases[text_of(node.child_by_field_name(named))] = _type(node.child_by_field_name("type"), aliases)
            except CannotCross:
                continue  # what uses it cannot either
    return aliases


def _unions(root: "Node", aliases: Mapping[str, Type]) -> dict[str, Union]:
    unions = {}
    for node in root.named_children:
        body = node.child_by_field_name("body") if node.type == "union_specifier" else None
        fields = [field for field in (body.named_children if body else ()) if field.type == "field_declaration"]
        names = [text_of(field.child_by_field_name("declarator")) for field in fields]
        if names and names == [f"f{place}" for place in range(len(names))]:
            members = tuple(_type(field.child_by_field_name("type"), aliases) for field in fields)
            unions[text_of(node.child_by_field_name("name"))] = Union(text=text_of(node), members=members)
    return unions


def _outside(node: "Node | None") -> tuple[int, str, "Node | None"]:
    """(stars, reference, what is inside) of a declarator."""
    stars, reference = 0, ""
    while node is not None and re.search(r"pointer|reference", node.type):
        if "pointer" in node.type:
            stars += 1
        else:
            reference = text_of(node)[: 2 if text_of(node).startswith("&&") else 1]
        inner = [child for child in node.named_children if child.type != "type_qualifier"]
        node = inner[-1] if inner else None
    return stars, reference, node


def _declared_type(node: "Node", aliases: Mapping[str, Type], unions: Mapping[str, Union]) -> Type:
    """The type of a parameter, or the one that a function returns."""
    written = node.child_by_field_name("type")
    stars, reference, inside = _outside(node.child_by_field_name("declarator"))
    if inside is not None and inside.type not in ("identifier", "function_declarator"):
        raise CannotCross(f"{text_of(node)!r}, which is no value")
    if text_of(written) in unions and not stars:
        union = unions[text_of(written)]
        headers = frozenset({"wall_more.h"}).union(*(member.headers for member in union.members))
        return Type(text=union.crossing, headers=headers, union=text_of(written))
    found = _type(written, aliases)
    if stars == 1 and found.text == "char" and _qualified(node) and not reference:
        return Type(text="const char *")
    if stars or reference == "&&":
        raise CannotCross(f"the type of {text_of(node)[:80]!r}")
    return Type(text=found.text, headers=found.headers, changed=reference == "&" and not _qualified(node))


def _qualified(node: "Node") -> bool:
    return any(text_of(child) == "const" for child in node.children if child.type == "type_qualifier")


def _type(node: "Node | None", aliases: Mapping[str, Type]) -> Type:
    words = " ".join(text_of(node).split())
    if node is not None and node.type == "type_descriptor":
        if _qualified(node) or node.child_by_field_name("declarator") is not None:
            raise CannotCross(f"the type {words!r}")
        return _type(node.child_by_field_name("type"), aliases)
    if set(words.split()) <= _BUILT_IN and words not in ("", "long double"):
        return Type(text=words)
    prefix, inner = "", node
    while inner is not None and inner.type == "qualified_identifier":
        prefix += f"{text_of(inner.child_by_field_name('scope'))}::"
        inner = inner.child_by_field_name("name")
    listed = inner.child_by_field_name("arguments") if inner is not None and inner.type == "template_type" else None
    name = text_of(inner if listed is None or inner is None else inner.child_by_field_name("name"))
    prefix = prefix.removeprefix("::")
    if not prefix and listed is None and name in aliases:
        return aliases[name]
    if prefix == "boost::" and name == "any":
        return Type(text="::boost::any", headers=frozenset({"boost/any.hpp", "wall_more.h"}))
    if prefix not in ("", "std::") or name not in _HEADERS:
        raise CannotCross(f"the type {words!r}")
    if listed is None:
        return Type(text=f"::std::{name}", headers=frozenset({_HEADERS[name]}))
    arguments = [
        Type(text=text_of(child)) if child.type == "number_literal" else _type(child, aliases)
        for child in listed.named_children
    ]
    headers = frozenset({_HEADERS[name]}).union(*(argument.headers for argument in arguments))
    return Type(text=f"::std::{name}<{', '.join(argument.text for argument in arguments)}>", headers=headers)
