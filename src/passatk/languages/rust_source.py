"""Rust source as its items and types, read with the grammar as far as is needed to call a function elsewhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from passatk.languages.base import CannotCross
from passatk.languages.lexing import SLASHES, Lexicon, blanked, open_braces
from passatk.languages.syntax import Grammar, Part, parsed, text_of
from passatk.records import Record
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

LEXICON = Lexicon(
    comments=(SLASHES,),
    nested_comments=True,
    strings=(
        r'\b(?:b|c)?r(?P<hashes>#*)"(?:.*?"(?P=hashes)|.*\Z)',
        r'"(?:\\.|[^"\\])*(?:\\?\Z|")',
        r"'(?:\\(?:u\{[^'}\n]*\}?|x[0-9a-fA-F]{0,2}|.)?|[^\w\\'\n])'?",  # a quote before a name alone is a lifetime
        r"'\w'",
    ),
    multiline=("/*",),
)
GRAMMAR = Grammar(
    module="tree_sitter_rust",
    query="""
        (function_item name: (identifier) @name body: (block) @body) @function
        (struct_item name: (type_identifier) @name) @definition
        (enum_item name: (type_identifier) @name) @definition
        (trait_item name: (type_identifier) @name) @definition
        (type_item name: (type_identifier) @name) @definition
        (const_item name: (identifier) @name) @definition
        (static_item name: (identifier) @name) @definition
        (macro_definition name: (identifier) @name) @definition
        (mod_item name: (identifier) @name) @definition
        (trait_item body: (declaration_list (function_signature_item name: (identifier) @name))) @definition
        (trait_item body: (declaration_list (function_item name: (identifier) @name))) @definition
        (impl_item trait: (type_identifier) @name) @definition
        (impl_item type: (type_identifier) @name) @definition
        (impl_item type: (generic_type type: (type_identifier) @name)) @definition
        (use_declaration) @import
        (extern_crate_declaration) @import
    """,
    scopes=frozenset(("block", "declaration_list")),
    leading=frozenset(("attribute_item",)),
)

_STD = dict.fromkeys(("HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque"), "collections")
_STD |= {"Any": "any", "Vec": "vec", "Option": "option", "Result": "result", "String": "string", "Box": "boxed"}
"""Where the types of std are: a program may not have imported them, or may call something else so."""
_ARGUMENTS = (
    dict.fromkeys(
        re.findall(r"\w+", "bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 String"), 0
    )
    | dict.fromkeys(("Vec", "Option", "Box", "HashSet", "BTreeSet", "VecDeque"), 1)
    | dict.fromkeys(("Result", "HashMap", "BTreeMap"), 2)
)
"""How many types a type of std that can cross is made of."""
_LONGEST_TUPLE = 8
NUMBERS = (regex(r"\b[iu](?:8|16|32|64|128|size)\b"), regex(r"\bf(?:32|64)\b"))
_WORD = regex(r"\w+")
_BY_NAME = regex(r"extern\s+crate\s+(?!alloc\b)\w+\s*;")
"""What the edition has without it."""


class Item(Record, frozen=True, kw_only=True):
    """What stands outside of everything else."""

    kind: str
    """Of its node."""
    name: str
    text: str
    """With its attributes and the comments before it."""


def items(text: str) -> list[Item]:
    """The items of `text` in their order; what is not finished is the last."""
    text += "}" * open_braces(LEXICON, text)
    found, start, source = [], 0, text.encode("utf-8", "surrogatepass")
    for node in parsed(GRAMMAR, text).children:
        if node.type in ("attribute_item", "line_comment", "block_comment"):
            continue
        if node.type != "inner_attribute_item":
            whole = source[start : node.end_byte].decode("utf-8", "surrogatepass")
            found.append(Item(kind=node.type, name=text_of(node.child_by_field_name("name")), text=whole))
        start = node.end_byte
    return found


def replaced(pattern: re.Pattern[str], instead: str | Callable[[re.Match[str]], str], text: str) -> str:
    """`text` with what is found in its code, not in its strings and comments."""
    for found in reversed(list(pattern.finditer(blanked(LEXICON, text)))):
        start, end = found.span()
        text = text[:start] + pattern.sub(instead, text[start:end]) + text[end:]
    return text


def words_of(text: str) -> set[str]:
    return set(_WORD.findall(text))


def _node(item: Item) -> "Node":
    return next(node for node in parsed(GRAMMAR, item.text).children if node.type == item.kind)


# --- types ---------------------------------------------------------------------------------------------------


def check_type(node: "Node | None", own: Iterable[str], unsized: bool = False) -> None:
    """Raises CannotCross unless `node` is a type of values. `own`: names of types that are values beside those of std.

    `unsized`: what has no size of its own may stand here.
    """
    if node is None:
        return
    parts = [part for part in node.named_children if part.type != "lifetime"]
    name = text_of(node.child_by_field_name("type") if node.type == "generic_type" else node)
    match node.type:
        case "lifetime" | "unit_type":
            return
        case "primitive_type" | "type_identifier" | "scoped_type_identifier" | "generic_type":
            inner = node.child_by_field_name("type_arguments")
            arguments = [] if inner is None else [part for part in inner.named_children if part.type != "lifetime"]
            if name not in own and _ARGUMENTS.get(_of_std(name)) != len(arguments):
                raise CannotCross(f"the type {text_of(node)}")
            if name == "str" and not unsized:
                raise CannotCross("a str by value")
            for part in arguments:
                check_type(part, own, unsized=name == "Box")
        case "tuple_type" if len(parts) <= _LONGEST_TUPLE:
            for part in parts:
                check_type(part, own)
        case "array_type" if unsized or text_of(node.child_by_field_name("length")).isdigit():
            check_type(node.child_by_field_name("element"), own)
        case "reference_type" if not any(part.type == "mutable_specifier" for part in parts):
            check_type(node.child_by_field_name("type"), own, unsized=True)
        case "dynamic_type" if unsized and re.fullmatch(r"dyn\s+(?:(?:::)?\s*std::any::)?Any", text_of(node)):
            return
        case _:
            called = re.match(r"(?:impl\s|dyn\s)?\s*[Ff]n", text_of(node))
            raise CannotCross("a function as value" if called else f"the type {text_of(node)}")


def _of_std(name: str) -> str:
    """The last part of a path in std, or what stands for none."""
    path = re.sub(r"\s", "", name).removeprefix("::").split("::")
    return path[-1] if len(path) == 1 or path[0] in ("std", "core", "alloc", "collections") else ""


def rooted(type_: str, own: Iterable[str]) -> str:
    """A type with the paths of what has to be imported, which a program may not have done."""
    return re.sub(
        r"(?<![\w:])[A-Z]\w*(?!\w|\s*::)",
        lambda word: f"::std::{_STD[word[0]]}::{word[0]}" if word[0] in _STD and word[0] not in own else word[0],
        type_,
    )


# --- functions and own types -------------------------------------------------------------------------------------


class Parameter(Record, frozen=True, kw_only=True):
    type: str
    reference: str = ""
    """`&` or `&mut` where a borrowed value is taken; then `type` is of what is borrowed."""
    spelled: str
    """The whole type as the declaration has it."""


class Function(Record, frozen=True, kw_only=True):
    """A function that takes and gives values."""

    name: str
    lifetimes: str
    """Its generic parameters with their brackets; empty where it has none."""
    parameters: tuple[Parameter, ...]
    result: str
    """Empty where it returns nothing."""

    @property
    def changed(self) -> tuple[int, ...]:
        """Parameters that are sent back: they are the result of a function that returns nothing."""
        mutable = (place for place, it in enumerate(self.parameters) if it.reference == "&mut")
        return () if self.result else tuple(mutable)


def function(item: Item, own: Iterable[str]) -> Function:
    """What an item declares that is a function.

    Raises:
        CannotCross: it takes or gives more than values.
    """
    node = _node(item)
    generics = node.child_by_field_name("type_parameters")
    kinds = {part.type for part in generics.named_children} if generics else set()
    modifiers = next((text_of(part) for part in node.children if part.type == "function_modifiers"), "const")
    if not kinds <= {"lifetime_parameter", "lifetime"} or modifiers != "const":
        raise CannotCross(f"{item.name}, a function of types or a future")
    taken = node.child_by_field_name("parameters")
    parameters = tuple(
        _parameter(part, own)
        for part in (taken.named_children if taken else [])
        if part.type not in ("attribute_item", "line_comment", "block_comment")
    )
    result = node.child_by_field_name("return_type")
    check_type(result, own)
    return Function(
        name=item.name,
        lifetimes=text_of(generics),
        parameters=parameters,
        result="" if result is None or result.type == "unit_type" else text_of(result),
    )


def _parameter(node: "Node", own: Iterable[str]) -> Parameter:
    type_ = node.child_by_field_name("type")
    if node.type != "parameter" or type_ is None:
        raise CannotCross("a method")
    spelled = text_of(type_)
    if type_.type != "reference_type" or spelled.replace(" ", "").startswith("&'static"):
        check_type(type_, own)
        return Parameter(type=spelled, spelled=spelled)
    inner = type_.child_by_field_name("type")
    check_type(inner, own, unsized=True)
    mutable = any(part.type == "mutable_specifier" for part in type_.children)
    if mutable and text_of(inner).startswith(("str", "dyn")):
        raise CannotCross(f"the type {spelled}")
    return Parameter(type=text_of(inner), reference="&mut" if mutable else "&", spelled=spelled)


def types_taken(head: str) -> list[str]:
    """The types of the parameters in a function's head."""
    found = next((item for item in items(head) if item.kind == "function_item"), None)
    taken = _node(found).child_by_field_name("parameters") if found else None
    types = [part.child_by_field_name("type") for part in (taken.named_children if taken else [])]
    return [text_of(type_) for type_ in types if type_ is not None]


class Own(Record, frozen=True, kw_only=True):
    """A struct or enum of the program that crosses by its fields."""

    name: str
    generics: str
    """With their brackets."""
    where: str
    shapes: dict[str, tuple[str, ...]]
    """Fields of a struct, or of the variants of an enum, by its name: their names, or their places."""
    is_enum: bool


def own_type(item: Item, own: Iterable[str]) -> Own | None:
    """What an item is made of that is a struct or an enum; None for another name of a type.

    Raises:
        CannotCross: that cannot be told, or is more than values.
    """
    node = _node(item)
    generics = node.child_by_field_name("type_parameters")
    parts = generics.named_children if generics else []
    if not {part.type for part in parts} <= {"lifetime_parameter", "lifetime", "type_parameter"} or "=" in text_of(
        generics
    ):
        raise CannotCross(f"{item.name}, a type of the program's own")
    known = {*own, *(text_of(part.child_by_field_name("name")) for part in parts)}
    if item.kind == "type_item":
        check_type(node.child_by_field_name("type"), known)
        return None
    body = node.child_by_field_name("body")
    is_enum = item.kind == "enum_item"
    shaped = [part for part in body.named_children if part.type == "enum_variant"] if is_enum and body else [node]
    shapes = {
        text_of(part.child_by_field_name("name")): _fields(part.child_by_field_name("body"), known) for part in shaped
    }
    where = next((text_of(part) for part in node.children if part.type == "where_clause"), "")
    return Own(name=item.name, generics=text_of(generics), where=where, shapes=shapes, is_enum=is_enum)


def _fields(body: "Node | None", known: Iterable[str]) -> tuple[str, ...]:
    if body is None:
        return ()
    named = [part for part in body.named_children if part.type == "field_declaration"]
    types = [part.child_by_field_name("type") for part in named] or body.children_by_field_name("type")
    for type_ in types:
        check_type(type_, known)
    return tuple(text_of(part.child_by_field_name("name")) for part in named) or tuple(map(str, range(len(types))))


def reached(names: Iterable[str], types: Mapping[str, Item]) -> set[str]:
    """Those of `types` that are named, and those that they are made of."""
    found: set[str] = set()
    left = set(names)
    while new := (left & types.keys()) - found:
        found |= new
        left = {word for name in new for word in words_of(types[name].text)}
    return found


# --- parts of a program ------------------------------------------------------------------------------------------

_IMPL = regex(r"(?:#\[[^\]]*\]\s*)*(?:unsafe\s+)?impl\b")
_METHOD = regex(r"\bfn\s+(\w+)\s*(?:<[^(]*>)?\s*\(\s*(?:&\s*(?:'\w+\s+)?)?(?:mut\s+)?self\b")


def with_methods(parts: Sequence[Part]) -> tuple[Part, ...]:
    """`parts` where an `impl` that stands apart from its type and its trait has the names of its methods."""
    apart = [_IMPL.match(part.text) is not None for part in parts]
    own = [part for part, is_apart in zip(parts, apart, strict=True) if part.kind == "definition" and not is_apart]
    there = {name for part in own for name in part.names}
    return tuple(
        msgspec.structs.replace(part, names=tuple(_METHOD.findall(part.text)))
        if is_apart and not there.intersection(part.names)
        else part
        for part, is_apart in zip(parts, apart, strict=True)
    )


# --- imports -----------------------------------------------------------------------------------------------------


def imports(part: Part) -> list[Part]:
    """A `use` as one for each name that it brings."""
    if part.text.startswith("extern crate"):
        return [] if _BY_NAME.fullmatch(part.text) else [part]
    node = next((it for it in parsed(GRAMMAR, part.text).children if it.type == "use_declaration"), None)
    tree = node.child_by_field_name("argument") if node else None
    if node is None or tree is None:
        return [part]
    before = part.text.encode("utf-8", "replace")[: node.start_byte].decode()
    visible = before + "".join(text_of(it) + " " for it in node.children if it.type == "visibility_modifier")
    return [_use_of(visible, path, part) for path in _leaves(tree, "")]


def _leaves(tree: "Node", prefix: str) -> Iterator[str]:
    if tree.type in ("line_comment", "block_comment"):
        return
    if tree.type not in ("use_list", "scoped_use_list"):
        yield re.sub(r"::self\b", "", prefix + text_of(tree))
        return
    inner = tree if tree.type == "use_list" else tree.child_by_field_name("list")
    path = tree.child_by_field_name("path")
    for leaf in inner.named_children if inner else []:
        yield from _leaves(leaf, f"{prefix}{text_of(path)}::" if path else prefix)


def _use_of(visible: str, path: str, part: Part) -> Part:
    name = re.split(r"\bas\b|::", path)[-1].strip()
    names = () if name in ("*", "_") else (name,)
    return Part(kind="import", names=names, text=f"{visible}use {path};", start=part.start, end=part.end)
