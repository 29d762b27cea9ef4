"""Go sources as text: their imports and declarations, also of programs that no parser would take."""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, SLASHES, Lexicon, blanked
from passatk.records import Record
from passatk.regex import regex

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
_EXPORTED = {**HELPERS, "testing": "Short", "github.com/stretchr/testify/assert": "Equal"}

LEXICON = Lexicon(
    comments=(SLASHES, SLASH_STAR),
    strings=(r"`[^`]*(?:`|\Z)", DOUBLE_QUOTED, SINGLE_QUOTED),
    multiline=("/*",),
)

_IMPORT_WORD = regex(r"(?<![\w.])import\b")
_IMPORT = regex(r"import\s*(?:\([^()]*\)|(?:(?:[^\W\d]\w*|\.)\s*)?(?:\"[^\"\n]*\"|`[^`\n]*`))[ \t]*;?")
_SPEC = regex(r"(?:(?P<name>[^\W\d]\w*|\.)\s*)?(?P<path>\"[^\"\n]*\"|`[^`\n]*`)")
_PACKAGE = regex(r"(?<![\w.])package\s+\w+[ \t]*;?")
_MAIN = regex(r"(?<![\w.])func\s+(main)\s*\(")
_NAMES = r"(\w+(?:[ \t]*,[ \t]*\w+)*)"
_TOP_LEVEL = regex(rf"(?:^|;)[ \t]*(?:func|var|const|type)[ \t]+{_NAMES}", re.MULTILINE)
_BLOCK = regex(r"(?:^|;)[ \t]*(?:var|const|type)\s*\(", re.MULTILINE)
_IN_BLOCK = regex(rf"(?:^|;)[ \t]*{_NAMES}(?![\w.(])", re.MULTILINE)
_BRACKET = regex(r"[()\[\]{}]")
_BEFORE_PACKAGE = regex(r"^//(?:go:\w+\b|[ \t]*\+build\b)[^\n]*", re.MULTILINE)


class Source(Record, frozen=True, kw_only=True, dict=True):
    """A text in Go, looked at without a parser."""

    text: str

    @cached_property
    def code(self) -> str:
        """The text with comments as blanks."""
        return blanked(LEXICON, self.text, strings=False)

    @cached_property
    def bare(self) -> str:
        """The text with comments and strings as blanks."""
        return blanked(LEXICON, self.text)

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
        packages = [found.span() for found in _PACKAGE.finditer(self.bare)]
        head = packages[0][0] if packages else 0
        directives = [found.span() for found in _BEFORE_PACKAGE.finditer(self.text, 0, head)]
        gone = [*self._import_places(), *packages, *directives]
        return _replaced(self.text, [(start, end, "\n" * self.text.count("\n", start, end)) for start, end in gone])

    @property
    def is_file(self) -> bool:
        """It has a package clause."""
        return _PACKAGE.search(self.bare) is not None

    @cached_property
    def names(self) -> frozenset[str]:
        """What it declares outside of functions, and perhaps more."""
        outside = _outside_of_brackets(self.bare)
        listed = _TOP_LEVEL.findall(outside)
        for found in _BLOCK.finditer(outside):
            listed += _IN_BLOCK.findall(_outside_of_brackets(self.bare[found.end() :]))
        return frozenset(name.strip() for names in listed for name in names.split(","))

    def uses(self, name: str) -> bool:
        """Whether it names something, not as a member of something else."""
        return re.search(rf"(?<![\w.]){re.escape(name)}\b", self.bare) is not None


def _outside_of_brackets(code: str) -> str:
    """`code` up to the first bracket that closes what it did not open, with all within brackets as blanks."""
    parts, depth, at = [], 0, 0
    for found in _BRACKET.finditer(code):
        between = code[at : found.start()]
        parts.append(between if depth == 0 else re.sub(r"[^\n]", " ", between))
        opens = found[0] in "([{"
        parts.append(found[0] if depth == (0 if opens else 1) else " ")
        depth += 1 if opens else -1
        if depth < 0:
            return "".join(parts)
        at = found.end()
    return "".join(parts) + ("" if depth else code[at:])


def _replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, replacement in sorted(changes):
        parts += [text[at:start], replacement]
        at = end
    return "".join(parts) + text[at:]


def source_of(text: str) -> Source:
    """`text` without byte order marks, which Go allows at the very beginning alone."""
    return Source(text=text.replace("\ufeff", ""))


def within_main(source: Source, taken: Collection[str] = ()) -> Source:
    """The declarations of `source` in package main; its own `main`, and names that are `taken`, step aside."""
    text = Source(text=source.declarations)
    places = [found.span(1) for found in _MAIN.finditer(text.bare)]
    for name in text.names.intersection(taken):
        places += [found.span() for found in re.finditer(rf"(?<![\w.]){re.escape(name)}\b", text.bare)]
    return Source(text=_replaced(text.text, [(start, end, f"passatk_{text.text[start:end]}") for start, end in places]))


def file_of(package: str, code: Source, own: Iterable[str], offered: Iterable[str], helpers: bool) -> str:
    """`code` with a package clause and imports before its first line.

    An import that is not used does not compile: all of its `own` come, and of those `offered`, and of the usual
    `helpers`, those that are named.
    """
    specs = dict.fromkeys(own)
    taken = {local_name(spec) for spec in specs} | code.names
    uses = []
    for spec in dict.fromkeys([*offered, *(f'"{path}"' for path in HELPERS if helpers)]):
        name = local_name(spec)
        if spec in specs or name in taken or not (name in "._" or re.search(rf"(?<![\w.]){name}\.", code.bare)):
            continue
        specs[spec] = None
        taken |= {name} - {".", "_"}
        exported = _EXPORTED.get(spec.rpartition(" ")[2].strip('"'))
        if exported and name not in "._":
            uses.append(f"; var _ = {name}.{exported}")
    listed = f"; import ({'; '.join(specs)})" if specs else ""
    return f"package {package}{listed}{''.join(uses)}; {code.text}\n"


def local_name(spec: str) -> str:
    """What an imported package is called where it is imported."""
    name, _, path = spec.rpartition(" ")
    return name or re.sub(r"/v\d+$", "", path.strip('"')).rpartition("/")[2]
