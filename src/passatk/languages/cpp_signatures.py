"""What a C++ declaration says of the function that crosses the wall: its types, and what stands before it."""

import re

from passatk.languages.base import CannotCross, Language
from passatk.languages.cpp_types import BUILT_IN, Type, read_type
from passatk.languages.heads import Head, heads, last_head
from passatk.languages.lexing import blanked
from passatk.records import Problem, Record

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b[ \t]*([<\"][^>\"\n]+[>\"]).*\n?", re.MULTILINE)
UNDEF = re.compile(r"^[ \t]*#[ \t]*undef[ \t]+NDEBUG\b.*\n?", re.MULTILINE)
_ALIAS = re.compile(r"\btypedef\s+(?P<old>[^;{}]+?)\s+(?P<name>\w+)\s*;|\busing\s+(?P<new>\w+)\s*=\s*(?P<of>[^;{}]+);")
UNION = re.compile(r"\bunion\s+(?P<name>\w+)\s*\{(?P<members>.*?)\n\};", re.DOTALL)
_MEMBER = re.compile(r"^\s*(?P<type>[\w:<>, ]+?)\s+f\d+;", re.MULTILINE)


class Function(Record, frozen=True, kw_only=True):
    """A function that crosses: a program's, as the tests call it."""

    name: str
    parameters: tuple[tuple[Type, str, str], ...]
    """(type, as it was written, default argument or nothing) of each."""
    returns: Type
    written: str
    """The type it returns, as it was written, without reference."""


class Union(Record, frozen=True, kw_only=True):
    """One of MultiPL-E's unions, of which nothing says what it holds."""

    name: str
    members: tuple[Type, ...]


class Signatures(Record, frozen=True, kw_only=True):
    """What a problem's declaration and prompt say."""

    helpers: str
    """What stands before the function, without its includes."""
    includes: tuple[str, ...]
    aliases: dict[str, str]
    unions: dict[str, Union]


def declared_by(language: Language, problem: Problem) -> tuple[str, Head]:
    """The text that declares the function, without comments, and its head.

    Raises:
        CannotCross: there is none.
    """
    for text in (problem.declaration, problem.prompt):
        plain = blanked(language.lexicon, text, strings=False)
        named = [head for head in heads(plain, language) if head.name == problem.entry_point]
        found = named[-1] if named else last_head(plain, language)
        if found is not None:
            return plain, found
    plain = blanked(language.lexicon, problem.reference or "", strings=False)
    for head in heads(plain, language):
        if head.name == problem.entry_point:
            return plain, head
    raise CannotCross("a function whose declaration is not known")


def included_by(text: str) -> list[str]:
    """What `text` includes, each in `<>`."""
    return [name.replace('"', "<", 1).replace('"', ">") if name[0] == '"' else name for name in INCLUDE.findall(text)]


def signatures_of(before: str, problem: Problem) -> Signatures:
    """What stands in `before`, the declaration up to the function."""
    whole = f"{problem.setup}\n{before}"
    aliases = {found["name"] or found["new"]: found["old"] or found["of"] for found in _ALIAS.finditer(whole)}
    unions = {}
    for found in UNION.finditer(before):
        types = tuple(read_type(member["type"], aliases) for member in _MEMBER.finditer(found["members"]))
        if types:
            unions[found["name"]] = Union(name=found["name"], members=types)
    helpers = UNDEF.sub("\n", INCLUDE.sub("\n", whole))
    return Signatures(helpers=helpers, includes=tuple(included_by(whole)), aliases=aliases, unions=unions)


def function_of(text: str, head: Head, known: Signatures) -> Function:
    """The function that `head` in `text` begins.

    Raises:
        CannotCross: it takes or returns more than values.
    """
    opened = re.compile(rf"\b{head.name}\s*\(").search(text, head.start)
    assert opened is not None  # the head was found by it
    if re.search(r"\btemplate\s*<[^;{}]*>\s*$", text[: head.start]):
        raise CannotCross("a template")
    inner = text[opened.end() : text.rindex(")", 0, head.body)]
    parameters = []
    for part in _split(inner):
        written, _, default = part.partition("=")
        named = re.fullmatch(r"(?P<type>.*?[\s&*>])(?P<name>\w+)\s*(?P<array>\[.*)?", written.strip(), re.DOTALL)
        if named is not None and named["array"]:
            raise CannotCross("an array")
        type_ = written if named is None or named["name"] in BUILT_IN else named["type"]
        if not re.sub(r"\bconst\b", "", type_).strip():
            type_ = written  # without a name
        read = read_type(type_, known.aliases)
        if read.changed and read.viewed:
            raise CannotCross(f"the type {type_.strip()!r}")
        parameters.append((read, type_.strip(), default.strip()))
    returned = text[head.start : opened.start()]
    returned = re.sub(r"\b(?:static|inline|constexpr|extern)\b", " ", returned).strip()
    returns = read_type(returned, known.aliases, frozenset(known.unions))
    written = re.sub(r"&+\s*$", "", returned).strip()
    return Function(name=head.name, parameters=tuple(parameters), returns=returns, written=written)


def _split(inner: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(inner):
        depth += (letter in "<({[") - (letter in ">)}]")
        if letter == "," and depth == 0:
            parts.append(inner[start:place])
            start = place + 1
    parts.append(inner[start:])
    return [part for part in parts if part.strip() not in ("", "void")]
