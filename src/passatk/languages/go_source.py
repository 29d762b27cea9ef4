"""Go sources as text: their imports, the heads of their functions, and the types in these."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from passatk.languages.base import CannotCross
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, SLASHES, Lexicon, spans
from passatk.records import Record

HELPERS = {
    "math": "Pi",
    "strings": "ToUpper",
    "fmt": "Sprint",
    "strconv": "Itoa",
    "time": "Now",
    "bytes": "Equal",
    "regexp": "Compile",
    "sort": "Ints",
    "math/rand": "Int",
    "crypto/md5": "New",
}
"""Imported where the code names them, unless the prompt is a file of its own. Each with something it exports: an import
must be used to compile, and a local variable called like the package looks like a use and is none."""

LEXICON = Lexicon(
    comments=(SLASHES, SLASH_STAR),
    strings=(r"`[^`]*(?:`|\Z)", DOUBLE_QUOTED, SINGLE_QUOTED),
    multiline=("/*",),
)

_IMPORT = re.compile(
    r"import\s*(?:\((?P<block>[^()]*)\)|(?P<one>(?:(?:[^\W\d]\w*|\.)\s*)?(?:\"[^\"\n]*\"|`[^`\n]*`)))[ \t]*;?"
)
_IMPORT_WORD = re.compile(r"(?<![\w.])import\b")
_SPEC = re.compile(r"(?:(?P<name>[^\W\d]\w*|\.)\s*)?(?P<path>\"[^\"\n]*\"|`[^`\n]*`)")
_PACKAGE = re.compile(r"(?<![\w.])package\s+\w+[ \t]*;?")
_MAIN = re.compile(r"(?<![\w.])func\s+(main)\s*\(")
_TOP_LEVEL = re.compile(r"^[ \t]*(?:func|var|const|type)\s+(\w+)", re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*(?:var|const|type)\s*\(([^()]*)\)", re.MULTILINE)
_TYPE = re.compile(r"^[ \t]*type\s+(\w+)[ \t]*(\[[ \t]*\w+[ \t,][^\]\n]*\]|)[ \t]*(?:=[ \t]*)?", re.MULTILINE)
_TOKEN = re.compile(r"\.\.\.|[^\W\d]\w*|\d+|\S")
_KEYWORDS = frozenset({"func", "map", "chan", "struct", "interface"})
_ALIASES = {"byte": "uint8", "rune": "int32", "any": "interface{}"}
_BASIC = frozenset(
    {"bool", "string", "float32", "float64", "error", "interface{}"}
    | {f"{sign}int{size}" for sign in ("", "u") for size in ("", "8", "16", "32", "64")}
)


class Source(Record, frozen=True, kw_only=True, dict=True):
    """A text in Go, looked at without a parser."""

    text: str

    @cached_property
    def _layers(self) -> tuple[str, str]:
        code, bare = list(self.text), list(self.text)
        for kind, start, end in spans(LEXICON, self.text):
            if kind not in ("comment", "string"):
                continue
            for layer in (bare, code) if kind == "comment" else (bare,):
                layer[start:end] = [letter if letter == "\n" else " " for letter in self.text[start:end]]
        return "".join(code), "".join(bare)

    @property
    def code(self) -> str:
        """The text with comments as blanks."""
        return self._layers[0]

    @property
    def bare(self) -> str:
        """The text with comments and strings as blanks."""
        return self._layers[1]

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Import specs (`"fmt"`, `m "math"`), each once."""
        specs: dict[str, None] = {}
        for start, end in self._import_places():
            for spec in _SPEC.finditer(self.code, start + len("import"), end):
                path = '"' + spec["path"][1:-1] + '"'
                specs[f"{spec['name']} {path}" if spec["name"] else path] = None
        return tuple(specs)

    def _import_places(self) -> Iterator[tuple[int, int]]:
        for word in _IMPORT_WORD.finditer(self.bare):
            if found := _IMPORT.match(self.code, word.start()):
                yield found.span()

    @cached_property
    def declarations(self) -> str:
        """The text without imports and package clause, every line where it was."""
        gone = [*self._import_places(), *(found.span() for found in _PACKAGE.finditer(self.bare))]
        parts, at = [], 0
        for start, end in sorted(gone):
            parts += [self.text[at:start], "\n" * self.text.count("\n", start, end)]
            at = end
        return "".join(parts) + self.text[at:]

    @property
    def is_file(self) -> bool:
        """It has a package clause."""
        return _PACKAGE.search(self.bare) is not None

    @cached_property
    def names(self) -> frozenset[str]:
        """What it declares outside of functions, and perhaps more."""
        lines = [line.strip() for found in _BLOCK.finditer(self.bare) for line in found[1].split("\n")]
        return frozenset(_TOP_LEVEL.findall("\n".join([self.bare, *(f"var {line}" for line in lines)])))

    def uses(self, name: str) -> bool:
        """Whether it names something, not as a member of something else."""
        return re.search(rf"(?<![\w.]){re.escape(name)}\b", self.bare) is not None


def without_bom(text: str) -> str:
    """`text` without byte order marks, which Go allows at the very beginning alone."""
    return text.replace("\ufeff", "")


def tamed(source: Source) -> str:
    """The declarations of `source` as a part of package main: no directives, and its own `main` steps aside."""
    text = source.declarations
    looked = Source(text=text)
    changes = [(start + 2, start + 2, " ") for kind, start, _ in spans(LEXICON, text)
               if kind == "comment" and text.startswith("//go:", start)]  # fmt: skip
    changes += [(*found.span(1), "passatk_main") for found in _MAIN.finditer(looked.bare)]
    for start, end, replacement in sorted(changes, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def head_of_file(package: str, code: Source, own: Iterable[str], offered: Iterable[str], helpers: bool) -> str:
    """Package clause and imports, on one line, for `code`, whose own imports are `own`.

    An import that is not used does not compile: of those `offered`, and of the usual `helpers`, what is named comes.
    """
    specs = dict.fromkeys(own)
    taken = {_local(spec) for spec in specs} | code.names
    uses = []
    for spec in dict.fromkeys([*offered, *(f'"{path}"' for path in HELPERS if helpers)]):
        name = _local(spec)
        if spec in specs or name in taken or not (name in "._" or re.search(rf"(?<![\w.]){name}\.", code.bare)):
            continue
        specs[spec] = None
        taken |= {name} - {".", "_"}
        if exported := HELPERS.get(spec.rpartition(" ")[2].strip('"')):
            uses += [f"; var _ = {name}.{exported}"] if name not in "._" else []
    listed = f"; import ({'; '.join(specs)})" if specs else ""
    return f"package {package}{listed}{''.join(uses)}; "


def _local(spec: str) -> str:
    name, _, path = spec.rpartition(" ")
    return name or re.sub(r"/v\d+$", "", path.strip('"')).rpartition("/")[2]


class Function(Record, frozen=True, kw_only=True):
    """A function that crosses: its types as they stand in its head."""

    name: str
    parameters: tuple[str, ...]
    variadic: bool
    """The last parameter takes any number of values."""
    results: tuple[str, ...]


def head_place(source: Source, name: str) -> int | None:
    """Where the last head of a function called `name` begins."""
    found = list(re.finditer(rf"^[ \t]*func\s+{re.escape(name)}\s*[\[(]", source.bare, re.MULTILINE))
    return found[-1].start() if found else None


def function(source: Source, name: str) -> Function:
    """The function called `name`, read from its last head.

    Raises:
        CannotCross: it is not there, or no such function's values can cross.
    """
    place = head_place(source, name)
    if place is None:
        raise CannotCross(f"the tests call {name}, whose head is nowhere to be read")
    tokens = Tokens(source.bare[place:])
    tokens.take("func")
    tokens.take(name)
    if tokens.next == "[":
        raise CannotCross(f"{name} has type parameters")
    parameters = _parameters(tokens)
    variadic = bool(parameters) and parameters[-1].startswith("...")
    parameters = [text.removeprefix("...") for text in parameters]
    results = _parameters(tokens) if tokens.next == "(" else [] if tokens.next in ("{", "") else [tokens.type()]
    if len(parameters) > 255:
        raise CannotCross(f"{name} has {len(parameters)} parameters")
    return Function(name=name, parameters=tuple(parameters), variadic=variadic, results=tuple(results))


class Tokens:
    """Reads types from a text that begins with one."""

    def __init__(self, text: str):
        self._found = _TOKEN.findall(text[:20_000])
        self._at = 0

    @property
    def next(self) -> str:
        """The next token, empty at the end."""
        return self._found[self._at] if self._at < len(self._found) else ""

    def take(self, expected: str = "") -> str:
        """The next token.

        Raises:
            CannotCross: it is another one than expected.
        """
        found = self.next
        if not found or (expected and found != expected):
            raise CannotCross(f"a head of a function in which {found or 'the end'} stands for {expected or 'a type'}")
        self._at += 1
        return found

    def type(self) -> str:
        """A type in its shortest spelling.

        Raises:
            CannotCross: its values do not cross.
        """
        word = self.take()
        if word == "[":
            size = "" if self.next == "]" else self.take()
            self.take("]")
            if size and not size.isdecimal():
                raise CannotCross(f"an array of {size} values")
            return f"[{size}]{self.type()}"
        if word == "map":
            self.take("[")
            key = self.type()
            self.take("]")
            return f"map[{key}]{self.type()}"
        if word == "*":
            return f"*{self.type()}"
        if word == "interface":
            self.take("{")
            self.take("}")
            return "interface{}"
        if word == "(":
            inner = self.type()
            self.take(")")
            return inner
        if word in _KEYWORDS or not word.isidentifier() or self.next == ".":
            raise CannotCross(f"a value of type {word}{self.next if self.next == '.' else ''} is more than a value")
        return _ALIASES.get(word, word)


def _parameters(tokens: Tokens) -> list[str]:
    """The types in a list of parameters or results, for each name one; `...` before the last where it is variadic."""
    tokens.take("(")
    parts: list[list[str]] = [[]]
    depth = 0
    while depth or tokens.next != ")":
        word = tokens.take()
        depth += (word in "([{") - (word in ")]}")
        if word == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(word)
    tokens.take(")")
    parts = [part for part in parts if part]
    named = any(part[0].isidentifier() and part[0] not in _KEYWORDS and part[1:2] not in ([], ["."]) for part in parts)
    types: list[str] = []
    for part in reversed(parts):
        if named and len(part) == 1:
            types.append(types[-1] if types else part[0])
            continue
        words = part[1:] if named else part
        if words[0] == "...":
            types.append("...[]" + Tokens(" ".join(words[1:])).type())
        else:
            types.append(Tokens(" ".join(words)).type())
    return types[::-1]


def underlying(source: Source, text: str, seen: frozenset[str] = frozenset()) -> str:
    """What a type is made of: `text` itself, or what the name in it stands for in `source`; `struct` for a struct.

    Raises:
        CannotCross: it, or something in it, is not known or does not cross.
    """
    for opening in (r"\[\d*\]", r"\*"):
        if found := re.match(opening, text):
            underlying(source, text[found.end() :], seen)
            return text
    if text.startswith("map["):
        tokens = Tokens(text)
        tokens.take("map")
        tokens.take("[")
        underlying(source, tokens.type(), seen)
        tokens.take("]")
        underlying(source, tokens.type(), seen)
        return text
    if text in _BASIC:
        return text
    found = next((found for found in _TYPE.finditer(source.bare) if found[1] == text), None)
    if found is None or found[2]:
        raise CannotCross(f"{text} is a type of the program's own")
    rest = source.bare[found.end() :]
    if not re.match(r"struct\b", rest):
        return underlying(source, Tokens(rest).type(), seen | {text})
    if text not in seen:
        for field in _fields(rest):
            underlying(source, field, seen | {text})
    return "struct"


def _fields(text: str) -> Iterator[str]:
    """Types of the fields of a struct that `text` begins with, with strings and comments as blanks."""
    depth, end = 0, len(text)
    for brace in re.finditer(r"[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            end = brace.start()
            break
    body = text[text.index("{") + 1 : end]
    for line in re.split(r"[\n;]", body):
        if words := line.strip():
            found = re.match(r"\w+(?:\s*,\s*\w+)*\s+(?=[\w\[*(])", words)
            yield Tokens(words[found.end() :] if found else words).type()
