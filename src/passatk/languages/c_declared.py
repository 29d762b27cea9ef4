"""What C text declares: functions whose arguments and results are values, arrays with their lengths among them."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross, Language
from passatk.languages.cpp_declared import functions_in
from passatk.languages.syntax import parsed, text_of
from passatk.records import Problem, Record
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

_SPELT = {
    "char": "char",
    "schar": "signed char|int8_t",
    "uchar": "unsigned char|uint8_t",
    "short": "short|short int|int16_t",
    "ushort": "unsigned short|unsigned short int|uint16_t",
    "int": "int|signed|signed int|int32_t",
    "uint": "unsigned|unsigned int|uint32_t",
    "long": "long|long int|signed long|int64_t|ssize_t|ptrdiff_t|intptr_t",
    "ulong": "unsigned long|unsigned long int|uint64_t|size_t|uintptr_t",
    "llong": "long long|long long int|signed long long",
    "ullong": "unsigned long long|unsigned long long int",
    "bool": "bool|_Bool",
    "float": "float",
    "double": "double",
}
KINDS = {spelt: kind for kind, all_ in _SPELT.items() for spelt in all_.split("|")}
"""A type as it is written -> what the harness calls it."""
_INTEGERS = frozenset(_SPELT) - {"char", "schar", "uchar", "bool", "float", "double"}
_LENGTH = regex(
    r"[nm]\d?|n_?\w*|(?:len|length|size|count|num)\w*|\w*(?:_n|[lL]en|[lL]ength|[sS]ize|[cC]ount|[nN]um)\d?"
)
"""What the length of the array before it is called."""


class Parameter(Record, frozen=True, kw_only=True):
    """One parameter that crosses."""

    kind: str
    """Of the value, or of each value of a list; `text`; `size`: where the function writes how long its result is."""
    type: str
    """The value's type, or that of each of a list, as C spells it."""
    written: str
    """As it is declared, without its name: `const int *`."""
    length: int | None = None
    """Of a list: the place of the parameter that says how long it is."""
    const: bool = False


class Function(Record, frozen=True, kw_only=True):
    """A function that crosses."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    """A kind, `text`, or `void`."""
    type: str
    """What it returns, or each value of the list, as C spells it."""
    const: bool = False
    """It returns a pointer to what is `const`."""
    size: int | None = None
    """It returns a list: the place of the parameter that says how long."""

    @property
    def changes(self) -> tuple[int, ...]:
        """Places of the lists that it may change."""
        return tuple(at for at, each in enumerate(self.parameters) if each.length is not None and not each.const)


class Declared(Record, frozen=True, kw_only=True):
    """A declaration."""

    function: Function
    before: str
    """What stands before the function, the problem's setup too."""


def declared_by(language: Language, problem: Problem) -> Declared:
    """What `problem` declares.

    Raises:
        CannotCross: there is no function, or it takes or returns more than values.
    """
    for text in (problem.declaration, problem.prompt):
        whole = f"{problem.setup}\n{text}"
        functions = dict(functions_in(parsed(language.grammar, whole + "\n}" * max(0, language.open_blocks(whole)))))
        if functions:
            name = problem.entry_point if problem.entry_point in functions else list(functions)[-1]
            node = functions[name]
            before = whole.encode("utf-8", "replace")[: node.start_byte].decode("utf-8", "ignore")
            return Declared(function=function_of(name, node), before=before)
    raise CannotCross("a function whose declaration is not known")


def function_of(name: str, node: "Node") -> Function:
    """
    Raises:
        CannotCross: it takes or returns more than values.
    """
    stars, listed = 0, node.child_by_field_name("declarator")
    while listed is not None and listed.type == "pointer_declarator":
        stars, listed = stars + 1, listed.child_by_field_name("declarator")
    inner = listed.child_by_field_name("parameters") if listed is not None else None
    if "..." in text_of(inner):
        raise CannotCross("as many arguments as one likes")
    nodes = [each for each in (inner.named_children if inner is not None else ()) if each.type != "comment"]
    nodes = [] if len(nodes) == 1 and text_of(nodes[0]) == "void" else nodes
    split = [_split(each) for each in nodes]
    spelt = " ".join(text_of(node.child_by_field_name("type")).split())
    size = _size_of_result(split) if stars == 1 and spelt != "char" else None
    parameters = tuple(_parameter(split, at, at == size) for at in range(len(split)))
    if stars == 0 and (spelt == "void" or spelt in KINDS):
        returns = "void" if spelt == "void" else KINDS[spelt]
    elif stars == 1 and spelt == "char":
        returns = "text"
    elif size is not None and spelt in KINDS:
        returns = KINDS[spelt]
    else:
        raise CannotCross(f"the type {spelt} {'*' * stars}".rstrip())
    const = any(text_of(child) == "const" for child in node.children if child.type == "type_qualifier")
    return Function(name=name, parameters=parameters, returns=returns, type=spelt, const=const, size=size)


class _Split(Record, frozen=True, kw_only=True):
    """A parameter as it is written."""

    type: str
    stars: int
    name: str
    const: bool

    @property
    def kind(self) -> str:
        return KINDS.get(self.type, "")


def _split(node: "Node") -> _Split:
    if node.type != "parameter_declaration":
        raise CannotCross(f"the parameter {text_of(node)!r}")
    stars, inside = 0, node.child_by_field_name("declarator")
    while inside is not None and inside.type in ("pointer_declarator", "array_declarator"):
        stars, inside = stars + 1, inside.child_by_field_name("declarator")
    if inside is None or inside.type != "identifier":
        raise CannotCross(f"the parameter {text_of(node)!r}")
    const = any(text_of(child) == "const" for child in node.children if child.type == "type_qualifier")
    spelt = " ".join(text_of(node.child_by_field_name("type")).split())
    return _Split(type=spelt, stars=stars, name=text_of(inside), const=const)


def _size_of_result(split: Sequence[_Split]) -> int | None:
    """The last parameter, if it is where a function says how long its result is."""
    last = split[-1] if split else None
    names_it = last is not None and re.search(r"(?i)size|len|count|num|^\*?(?:out|ret)?_?n$", last.name)
    fits = last is not None and last.stars == 1 and last.kind in _INTEGERS and not last.const
    return len(split) - 1 if names_it and fits else None


def _parameter(split: Sequence[_Split], at: int, is_size: bool) -> Parameter:
    each = split[at]
    written = f"{'const ' if each.const else ''}{each.type} {'*' * each.stars}"
    behind = split[at + 1] if at + 1 < len(split) else None
    length = (
        at + 1 if behind and behind.stars == 0 and behind.kind in _INTEGERS and _LENGTH.fullmatch(behind.name) else None
    )
    if each.kind and each.stars == 0:
        return Parameter(kind=each.kind, type=each.type, written=written)
    if is_size:
        return Parameter(kind="size", type=each.type, written=written)
    if each.type == "char" and each.stars == 1:
        return Parameter(kind="text", type="char *", written=written, const=each.const)
    if each.kind and each.stars == 1 and length is not None:
        return Parameter(kind=each.kind, type=each.type, written=written, length=length, const=each.const)
    if each.type == "char" and each.stars == 2 and each.const and length is not None:
        return Parameter(kind="text", type="const char *", written=written, length=length, const=True)
    raise CannotCross(f"the parameter {each.name!r} of type {written.strip()!r}")
