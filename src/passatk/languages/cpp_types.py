"""C++ types that can cross the wall, as a declaration writes them and as they are written in full."""

import re
from collections.abc import Mapping

from passatk.languages.base import CannotCross
from passatk.records import Record

_PLAIN = {
    **{f"int{size}_t": "cstdint" for size in (8, 16, 32, 64)},
    **{f"uint{size}_t": "cstdint" for size in (8, 16, 32, 64)},
    **dict.fromkeys(("size_t", "ptrdiff_t", "nullptr_t"), "cstddef"),
}
_STANDARD = {
    "string": "string",
    "string_view": "string_view",
    **dict.fromkeys(("map", "multimap"), "map"),
    **dict.fromkeys(("set", "multiset"), "set"),
    **dict.fromkeys(("unordered_map", "unordered_multimap"), "unordered_map"),
    **dict.fromkeys(("unordered_set", "unordered_multiset"), "unordered_set"),
    **dict.fromkeys(("vector", "list", "deque", "array", "tuple", "optional", "any"), ""),
    **dict.fromkeys(("variant", "monostate"), "variant"),
    "pair": "utility",
    **dict.fromkeys(("less", "greater"), "functional"),
}
_INTEGERS = ("char", "wchar_t", "char16_t", "char32_t", "short", "int", "long", "signed", "unsigned", "__int128")
BUILT_IN = frozenset(("void", "bool", "float", "double", *_INTEGERS))
"""Words that types of the language itself are made of."""
_QUALIFIERS = frozenset(("const", "volatile"))
_SPECIFIERS = frozenset(("static", "inline", "extern", "constexpr", "typename"))
_TOKEN = re.compile(r"\s*(?:(\w+|::|&&|[<>,&*])|(\S))")
_ANY = {"any": ("any", "map", "string", "vector"), "boost::any": ("boost/any.hpp", "map", "string", "vector")}


class Type(Record, frozen=True, kw_only=True):
    """A type without `const` and reference on its outside."""

    text: str
    """In full, as it can be written anywhere: `::std::vector<int>`."""
    headers: frozenset[str] = frozenset()
    """Standard headers that declare it."""
    changed: bool = False
    """It stands behind a reference that is not `const`: the function may change what it is given."""

    @property
    def nothing(self) -> bool:
        """The function returns nothing."""
        return self.text == "void"

    @property
    def held(self) -> str:
        """The type that keeps a value of it on the program's side."""
        return "::std::string" if self.text in (_VIEW, _LETTERS) else self.text

    @property
    def viewed(self) -> bool:
        """It only looks at letters that someone else keeps."""
        return self.text in (_VIEW, _LETTERS)

    def given(self, name: str) -> str:
        """The expression for a value that `name` keeps."""
        return f"{name}.c_str()" if self.text == _LETTERS else name


_VIEW, _LETTERS = "::std::string_view", "const char *"


class _Reader:
    """Recursive descent over a type's tokens."""

    def __init__(self, text: str, aliases: Mapping[str, str], own: frozenset[str]):
        self._tokens: list[str] = []
        for word, other in _TOKEN.findall(text.strip()):
            if other:
                raise CannotCross(f"the type {text.strip()!r}")
            self._tokens.append(word)
        self._text, self._aliases, self._own, self._at = text.strip(), aliases, own, 0
        self.headers: set[str] = set()

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def whole(self) -> Type:
        """The type with what stands on its outside."""
        base, constant = self._base()
        if self._next() == "*" and base == "char" and constant:
            self._take()
            base = _LETTERS
            constant = self._qualified(False)
        reference = self._next() in ("&", "&&")
        if reference:
            self._take()
        if self._next():
            raise CannotCross(f"the type {self._text!r}")
        return Type(text=base, headers=frozenset(self.headers), changed=reference and not constant)

    def _qualified(self, constant: bool) -> bool:
        while self._next() in _QUALIFIERS | _SPECIFIERS:
            constant |= self._take() == "const"
        return constant

    def _base(self) -> tuple[str, bool]:
        constant = self._qualified(False)
        words = []
        while self._next() in BUILT_IN:
            words.append(self._take())
            constant = self._qualified(constant)
        if words == ["long", "double"]:
            raise CannotCross("the type 'long double'")
        if words:
            return " ".join(words), constant
        name = self._name()
        arguments = self._arguments(name) if self._next() == "<" else ""
        return f"{name}{arguments}", self._qualified(constant)

    def _name(self) -> str:
        parts = []
        while re.fullmatch(r"\w+|::", self._next()) and self._next() not in _QUALIFIERS:
            parts.append(self._take())
            if parts[-1] != "::" and self._next() != "::":
                break
        name = "".join(parts).removeprefix("::")
        bare = name.removeprefix("std::")
        if name in self._aliases and name not in self._own:
            read = _Reader(self._aliases[name], {k: v for k, v in self._aliases.items() if k != name}, self._own)
            found = read.whole()
            self.headers |= found.headers
            return found.text
        if name in self._own:
            return f"::{name}"
        if name == "boost::any":
            self.headers.update(_ANY[name])
            return "::boost::any"
        if bare in _PLAIN:
            self.headers.add(_PLAIN[bare])
            return f"::std::{bare}"
        if bare in _STANDARD:
            self.headers.update(_ANY.get(bare, (_STANDARD[bare] or bare,)))
            return f"::std::{bare}"
        raise CannotCross(f"the type {name or self._text!r}")

    def _arguments(self, name: str) -> str:
        self._take()
        found = []
        while self._next() != ">":
            if self._next().isdigit() and name == "::std::array":
                found.append(self._take())
            elif self._next():
                argument, _ = self._base()
                if argument in (_VIEW, "char *"):
                    raise CannotCross(f"the type {self._text!r}")
                found.append(argument)
            if self._next() not in (",", ">"):
                raise CannotCross(f"the type {self._text!r}")
            if self._next() == ",":
                self._take()
        self._take()
        return f"<{', '.join(found)}>"


def read_type(text: str, aliases: Mapping[str, str], own: frozenset[str] = frozenset()) -> Type:
    """The type that `text` writes.

    Args:
        text: as in a declaration, without a name.
        aliases: what `typedef` and `using` call types.
        own: names of unions whose values can cross.

    Raises:
        CannotCross: its values are not only values, or it is not a type of the standard library's.
    """
    return _Reader(text, aliases, own).whole()
