"""Rust source as its items and types, read as far as is needed to call a function from another process."""

import re
from collections.abc import Iterator

from passatk.languages.base import CannotCross
from passatk.languages.lexing import SLASHES, Lexicon, blanked
from passatk.records import Record

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

_PLACES = {
    "primitive": "bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64",
    "string": "String",
    "vec": "Vec",
    "option": "Option",
    "result": "Result",
    "boxed": "Box",
    "collections": "HashMap HashSet BTreeMap BTreeSet VecDeque LinkedList",
    "rc": "Rc",
    "sync": "Arc",
    "cell": "RefCell Cell",
    "borrow": "Cow",
}
_ROOTED = {name: place for place, names in _PLACES.items() for name in names.split()}
"""Where std has the types that can cross."""

_ATTRIBUTES = re.compile(r"\s*(?:#!?\[[^\]]*\]\s*)*(?:pub(?:\s*\([^)]*\))?\s+)?")
_ITEM = re.compile(
    r"(?:(?:default|const|async|unsafe|extern\s*)\s+)*(?P<kind>fn|struct|enum|union|trait|type|const|static|mod|use|impl)\b"
    r"\s*(?:mut\s+)?(?P<name>\w+)?|(?P<macro>macro_rules)\s*!\s*(?P<macro_name>\w+)|(?P<extern>extern\s+crate)"
)
_BOUNDARY = re.compile(r"[{}()\[\];]")
_TO_SEMICOLON = frozenset({"use", "const", "static", "type", "extern crate"})


class Item(Record, frozen=True, kw_only=True):
    """What stands outside of everything else."""

    kind: str
    """As its keyword has it; empty where it has none."""
    name: str
    text: str
    """With its attributes."""
    code: str
    """`text` with comments and strings blanked."""
    head: int
    """Where in both its keyword is."""


def items(text: str) -> list[Item]:
    """The items of `text` in their order; what is not finished is the last."""
    code = blanked(LEXICON, text)
    found, depth, start = [], 0, 0
    for mark in _BOUNDARY.finditer(code):
        depth += (mark[0] in "{([") - (mark[0] in "})]")
        ends = depth == 0 and mark[0] in ";}"
        if ends and (mark[0] == ";" or _item(text, code, start, mark.end()).kind not in _TO_SEMICOLON):
            found.append(_item(text, code, start, mark.end()))
            start = mark.end()
    if code[start:].strip():
        found.append(_item(text, code, start, len(text)))
    return found


def _item(text: str, code: str, start: int, end: int) -> Item:
    attributes = _ATTRIBUTES.match(code, start, end)
    at = attributes.end() if attributes else start
    head = _ITEM.match(code, at, end)
    kind = (head["kind"] or head["macro"] or "extern crate") if head else ""
    name = (head["name"] or head["macro_name"] or "") if head else ""
    return Item(kind=kind, name=name, text=text[start:end], code=code[start:end], head=at - start)


def split(text: str) -> list[str]:
    """What commas part, brackets of all kinds left whole; nothing for what is blank."""
    found, depth, start = [], 0, 0
    text = text.replace("->", "\0\0")
    for place, letter in enumerate(text):
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and depth == 0:
            found.append(text[start:place])
            start = place + 1
    return [part.replace("\0\0", "->").strip() for part in (*found, text[start:]) if part.strip()]


def closing(code: str, start: int) -> int:
    """Where the bracket closes that opens at `start`.

    Raises:
        CannotCross: it does not.
    """
    opened, closed = code[start], {"(": ")", "<": ">", "{": "}", "[": "]"}[code[start]]
    depth = 0
    for place in range(start, len(code)):
        arrow = code[place] == ">" and code[place - 1] in "-="
        depth += (code[place] == opened) - (code[place] == closed and not arrow)
        if depth == 0:
            return place
    raise CannotCross("a declaration that cannot be read")


# --- types ---------------------------------------------------------------------------------------------------


class Type(Record, frozen=True, kw_only=True):
    """The type of a parameter or result, with every name spelled from the root and lifetimes left out."""

    text: str
    reference: str = ""
    """`&` or `&mut` where a borrowed value is taken; then `text` is of what is borrowed."""

    @property
    def whole(self) -> str:
        """With the reference."""
        return f"{self.reference} {self.text}".strip()

    @property
    def owned(self) -> str:
        """What can hold a value of it."""
        if self.text == "::std::primitive::str":
            return "::std::string::String"
        if self.text.startswith("[") and ";" not in self.text:
            return f"::std::vec::Vec<{self.text[1:-1]}>"
        return f"::std::boxed::Box<{self.text}>" if self.text.startswith("dyn ") else self.text

    @property
    def given(self) -> str:
        """Before a variable that holds `owned`, where it is given for the parameter."""
        return "" if not self.reference else f"{self.reference} {'' if self.owned == self.text else '*'}"


_TOKEN = re.compile(r"\s*('\w+|\w+(?:\s*::\s*\w+)*|::\s*\w+(?:\s*::\s*\w+)*|->|[^\s\w])")


class Types:
    """Reads types. `own` are those of the program that can cross, spelled from `super`."""

    def __init__(self, own: frozenset[str] = frozenset()):
        self._own = own
        self.named: set[str] = set()
        """Of `own`, what was named."""
        self._tokens: list[str] = []

    def parameter(self, text: str) -> Type:
        """A parameter's or result's type.

        Raises:
            CannotCross: it is not one of values.
        """
        self._tokens = _TOKEN.findall(text)[::-1]
        reference = ""
        if self._next == "&":
            static = self._tokens[-2:-1] == ["'static"]
            if not static:
                self._tokens.pop()
                reference = "&" + self._mutable()
        made = self._type(bare=bool(reference))
        if self._tokens:
            raise CannotCross(f"the type {' '.join(text.split())}")
        return Type(text=made, reference=reference)

    @property
    def _next(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _take(self, wanted: str) -> None:
        if self._next != wanted:
            raise CannotCross(f"a type with {self._next or 'nothing'} where {wanted} was due")
        self._tokens.pop()

    def _mutable(self) -> str:
        """Behind `&`: a lifetime is skipped, `mut` is said."""
        if self._next.startswith("'"):
            self._tokens.pop()
        if self._next == "mut":
            self._tokens.pop()
            return "mut"
        return ""

    def _type(self, bare: bool = False) -> str:
        """`bare`: what has no size of its own may stand here."""
        sign = self._next
        if sign == "(":
            parts = self._list("(", ")")
            alone = len(parts) == 1 and not self._trailing
            return parts[0] if alone else f"({''.join(f'{part}, ' for part in parts)})".replace(", )", ",)")
        if sign == "[":
            return self._array(bare)
        if sign == "&":
            self._tokens.pop()
            if self._mutable():
                raise CannotCross("a mutable reference within another type")
            return "&" + self._type(bare=True)
        if sign == "dyn":
            self._tokens.pop()
            name = self._tokens.pop() if self._tokens else ""
            if name.rpartition("::")[2].strip() != "Any" or not bare:
                raise CannotCross(f"dyn {name}")
            return "dyn ::std::any::Any"
        return self._path(bare)

    def _array(self, bare: bool) -> str:
        self._take("[")
        inner = self._type()
        if self._next == ";":
            self._tokens.pop()
            count = self._tokens.pop() if self._tokens else ""
            if not count.isdigit():
                raise CannotCross(f"an array of {count} values")
            self._take("]")
            return f"[{inner}; {count}]"
        self._take("]")
        if not bare:
            raise CannotCross("a slice by value")
        return f"[{inner}]"

    def _list(self, opening: str, ending: str) -> list[str]:
        self._take(opening)
        parts: list[str] = []
        self._trailing = False
        while self._next != ending:
            if self._next.startswith("'"):
                self._tokens.pop()
            else:
                parts.append(self._type(bare=opening == "<"))
            self._trailing = self._next == ","
            if self._trailing:
                self._tokens.pop()
            elif self._next != ending:
                raise CannotCross("a type that cannot be read")
        trailing = self._trailing
        self._take(ending)
        self._trailing = trailing
        return parts

    def _path(self, bare: bool) -> str:
        token = re.sub(r"\s", "", self._tokens.pop() if self._tokens else "")
        first, name = token.removeprefix("::").partition("::")[0], token.rpartition("::")[2]
        arguments = self._list("<", ">") if self._next == "<" else []
        inner = f"<{', '.join(arguments)}>" if arguments else ""
        if name in self._own and "::" not in token.removeprefix("self::").removeprefix("crate::"):
            self.named.add(name)
            return f"super::{name}{inner}"
        known = name in _ROOTED and (first == name or first in ("std", "core", "alloc", "collections", "rc", "cell"))
        if not known or (name == "str" and not bare) or (name == "Result" and len(arguments) != 2):
            raise CannotCross("a function as value" if token in ("fn", "impl") else f"the type {token or 'of nothing'}")
        return f"::std::{_ROOTED[name]}::{name}{inner}"


# --- functions and own types -------------------------------------------------------------------------------------


class Function(Record, frozen=True, kw_only=True):
    """A function that takes and gives values."""

    name: str
    unsafe: bool
    lifetimes: str
    """Its generic parameters with their brackets; empty where it has none."""
    spelled: tuple[str, ...]
    """Types of its parameters as the declaration has them."""
    parameters: tuple[Type, ...]
    result_spelled: str
    result: Type

    @property
    def changed(self) -> tuple[int, ...]:
        """Parameters that are sent back."""
        return tuple(place for place, type_ in enumerate(self.parameters) if type_.reference == "&mut")


def function(item: Item, types: Types) -> Function:
    """What an item of kind `fn` declares, body or not.

    Raises:
        CannotCross: it takes or gives more than values.
    """
    code = item.code
    named = re.compile(rf"\bfn\s+{item.name}\b").search(code, item.head)
    if named is None:
        raise CannotCross("a declaration that cannot be read")
    modifiers, at = code[item.head : named.start()], named.end()
    lifetimes = ""
    if (place := _behind_space(code, at)) < len(code) and code[place] == "<":
        end = closing(code, place) + 1
        lifetimes, at = code[place:end], end
    if any(not part.startswith("'") for part in split(lifetimes[1:-1])) or "async" in modifiers:
        raise CannotCross(f"{item.name}, a function of types or a future")
    opening = code.find("(", at)
    if opening < 0:
        raise CannotCross("a declaration that cannot be read")
    end = closing(code, opening)
    spelled = tuple(_type_of(part) for part in split(code[opening + 1 : end]))
    behind = re.match(r"\s*(?:->(?P<type>(?:[^{;]|;\s*\d+\s*\])*))?", code[end + 1 :])
    result_spelled = (behind["type"] or "()").strip() if behind else "()"
    if re.search(r"\bwhere\b", result_spelled):
        raise CannotCross(f"{item.name}, a function of types")
    made = Function(
        name=item.name,
        unsafe="unsafe" in modifiers,
        lifetimes=lifetimes,
        spelled=spelled,
        parameters=tuple(types.parameter(text) for text in spelled),
        result_spelled=result_spelled,
        result=types.parameter(result_spelled),
    )
    if made.result.reference == "&mut" or (made.changed and result_spelled != "()"):
        raise CannotCross(f"{item.name}, which changes what it is given and returns something too")
    return made


def _behind_space(code: str, at: int) -> int:
    while at < len(code) and code[at].isspace():
        at += 1
    return at


def _type_of(parameter: str) -> str:
    found = re.match(r"(?:#\[[^\]]*\]\s*)*[^:]*(?<!:):(?!:)(.*)", parameter, re.DOTALL)
    if found is None or re.match(r"&?\s*(?:'\w+\s*)?(?:mut\s+)?self\b", parameter):
        raise CannotCross("a method")
    return found[1].strip()


class Shape(Record, frozen=True, kw_only=True):
    """A struct or a variant of an enum."""

    name: str
    """The variant's; empty for a struct."""
    fields: tuple[str, ...]
    """Names of its fields, or their places."""
    opening: str
    """`{`, `(`, or nothing."""
    types: tuple[str, ...]


class Own(Record, frozen=True, kw_only=True):
    """A struct or enum of the program that crosses by its fields."""

    name: str
    generics: str
    """With their brackets."""
    shapes: tuple[Shape, ...]


def own(item: Item) -> Own:
    """What an item of kind `struct` or `enum` is made of.

    Raises:
        CannotCross: that cannot be told.
    """
    code = item.code[item.head :]
    found = re.match(r"(?:struct|enum)\s+(\w+)\s*", code)
    if found is None:
        raise CannotCross(f"{item.name}, a type of the program's own")
    at, generics = found.end(), ""
    if code[at : at + 1] == "<":
        end = closing(code, at) + 1
        generics, at = code[at:end], _behind_space(code, end)
    if "=" in generics or "const " in generics or code.startswith("where", at):
        raise CannotCross(f"{item.name}, a type of the program's own")
    if code.startswith("struct"):
        return Own(name=item.name, generics=generics, shapes=(_shape("", code[at:]),))
    inner = code[at + 1 : closing(code, at)]
    return Own(name=item.name, generics=generics, shapes=tuple(_variants(inner)))


def _variants(inner: str) -> Iterator[Shape]:
    for part in split(inner):
        found = re.match(r"(?:#\[[^\]]*\]\s*)*(\w+)\s*(.*)", part, re.DOTALL)
        if found is None:
            raise CannotCross("an enum that cannot be read")
        yield _shape(found[1], found[2])


def _shape(name: str, text: str) -> Shape:
    text = text.strip()
    if not text.startswith(("{", "(")):
        return Shape(name=name, fields=(), opening="", types=())
    parts = [
        re.sub(r"^(?:#\[[^\]]*\]\s*)*(?:pub(?:\s*\([^)]*\))?\s+)?", "", part)
        for part in split(text[1 : closing(text, 0)])
    ]
    if text[0] == "(":
        return Shape(name=name, fields=tuple(map(str, range(len(parts)))), opening="(", types=tuple(parts))
    pairs = [part.partition(":") for part in parts]
    return Shape(
        name=name, fields=tuple(pair[0].strip() for pair in pairs), opening="{", types=tuple(pair[2] for pair in pairs)
    )
