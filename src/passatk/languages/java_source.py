"""A file of Java as text: its imports, its package, what of it is public, and calls that others stand for."""

import re
from collections.abc import Sequence

from passatk.languages.java_types import TUPLES
from passatk.languages.lexing import Lexicon, blanked, spans
from passatk.regex import regex

LAST_EXIT = regex(r"(?<![\w.])(?:java\s*\.\s*lang\s*\.\s*)?System\s*\.\s*exit\s*\((?=[^;{}]*;\s*\}\s*\}\s*\Z)")
"""Where a last statement exits: with 0 that says no more than the end does."""
_IMPORT = regex(r"(?<![\w.$])import\s[\w.*$\s]+;")
_PACKAGE = regex(r"^[ \t]*package\s+\w+(?:\s*\.\s*\w+)*\s*;", re.MULTILINE)
_TOP_TYPE = regex(
    r"\bpublic(?=\s+(?:(?:final|abstract|sealed|strictfp|static|non-sealed|@[\w.]+(?:\s*\([^()]*\))?)\s+)*"
    r"(?:class|@?\s*interface|enum|record)\s+\w)"
)
_TUPLES_IMPORT = regex(r"\bimport\s+org\s*\.\s*javatuples\s*\.\s*(?:\*|\w+)\s*;")
_TUPLE_NAMES = regex(r"\b(?:Tuple|KeyValue|LabelValue|javatuples|" + "|".join(TUPLES) + r")\b")
_TYPES = regex(r"\b(?:class|interface|enum|record)\s+(\w+)")
_LANG = frozenset(
    (
        *("Object", "String", "StringBuilder", "CharSequence", "Comparable", "Iterable", "Runnable", "Math", "Number"),
        *("Boolean", "Byte", "Short", "Integer", "Long", "Character", "Float", "Double", "StrictMath"),
        *("System", "Runtime", "Thread", "Class", "Throwable", "Error", "AssertionError", "Exception"),
        *("RuntimeException", "IllegalArgumentException", "IllegalStateException", "NullPointerException"),
        *("IndexOutOfBoundsException", "ArithmeticException", "ClassCastException", "UnsupportedOperationException"),
    )
)
_UTIL = frozenset(
    (
        *("Arrays", "Objects", "Collections", "Random", "Optional", "OptionalInt", "OptionalLong", "OptionalDouble"),
        *("List", "ArrayList", "LinkedList", "Vector", "Stack", "Queue", "Deque", "ArrayDeque", "PriorityQueue"),
        *("Set", "HashSet", "LinkedHashSet", "TreeSet", "Map", "HashMap", "LinkedHashMap", "TreeMap", "Collection"),
        *("Iterator", "Comparator", "Locale", "Scanner", "StringJoiner", "NoSuchElementException"),
    )
)
"""Names that tests use of `java.lang` and `java.util`, which a program may give to classes of its own."""
_ALL_OF_UTIL = regex(r"\bimport java ?\. ?util ?\. ?\*")
_UNORDERED = regex(r"\brandom\b|\b(?:Set|Map)\s*\.\s*(?:of|ofEntries|copyOf)\b|\btoUnmodifiable(?:Set|Map)\b")


def imports_apart(lexicon: Lexicon, code: str) -> tuple[list[str], str]:
    """(the imports of `code`, each on one line, the rest)."""
    clear = blanked(lexicon, code)
    found = list(_IMPORT.finditer(clear))
    return [" ".join(one[0].split()) for one in found], _without(code, found)


def without_package(lexicon: Lexicon, code: str) -> str:
    """`code` in no package."""
    return _without(code, list(_PACKAGE.finditer(blanked(lexicon, code))))


def _without(code: str, found: Sequence[re.Match[str]]) -> str:
    """`code` with blanks where others stood; line breaks stay."""
    for one in reversed(found):
        code = code[: one.start()] + re.sub(r"[^\n]", " ", code[one.start() : one.end()]) + code[one.end() :]
    return code


def in_any_file(lexicon: Lexicon, body: str) -> str:
    """`body` for a file of any name: in no package, no class public."""
    body = without_package(lexicon, body.removeprefix("\ufeff"))
    for place in reversed(_public_types(lexicon, body, blanked(lexicon, body))):
        body = body[:place] + "      " + body[place + len("public") :]
    return body


def with_imports(lexicon: Lexicon, body: str, given: Sequence[str]) -> str:
    """`body` behind imports, without those that it has or whose names it has."""
    clear = blanked(lexicon, body)
    imports = "".join(f"{line} " for line in dict.fromkeys(given) if not _taken(line, clear))
    return imports + body


def _public_types(lexicon: Lexicon, body: str, clear: str) -> list[int]:
    """Where `public` stands before types outside of all others."""
    found = [match.start() for match in _TOP_TYPE.finditer(clear)]
    if not found:
        return []
    tops, depth = [], 0
    marks = [(start, 1 if body[start] == "{" else -1) for kind, start, _ in spans(lexicon, body)
             if kind in ("open", "close") and body[start] in "{}"]  # fmt: skip
    for place in found:
        while marks and marks[0][0] < place:
            depth += marks.pop(0)[1]
        if depth <= 0:
            tops.append(place)
    return tops


def _taken(line: str, clear: str) -> bool:
    """Whether a program has an import already, or has the name that it would bring."""
    name = line.rstrip("; \t").split(".")[-1].strip()
    words = re.sub(r"\s+", " ", line)
    if words in re.sub(r"\s+", " ", clear):
        return True
    return name != "*" and bool(
        re.search(rf"\b(?:class|interface|enum|record)\s+{name}\b|\bimport\s[\w.\s]*\.\s*{name}\s*;", clear)
    )


def replaced(lexicon: Lexicon, code: str, calls: Sequence[tuple[re.Pattern[str], str]]) -> str:
    """`code` in which other functions are called."""
    for pattern, instead in calls:
        for found in reversed(list(pattern.finditer(blanked(lexicon, code)))):
            code = code[: found.start()] + instead + code[found.end() :]
    return code


def without_dead_tuples(lexicon: Lexicon, code: str) -> str:
    """`code` without imports of javatuples where it uses none: the jar makes a compiler slow."""
    if "javatuples" not in code:
        return code
    clear = blanked(lexicon, code)
    if _TUPLE_NAMES.search(_TUPLES_IMPORT.sub(" ", clear)):
        return code
    return _without(code, list(_TUPLES_IMPORT.finditer(clear)))


def needs_order(lexicon: Lexicon, code: str) -> bool:
    """Whether `code` draws at random or looks at sets whose order does."""
    return _UNORDERED.search(blanked(lexicon, code)) is not None


def types_in(clear: str) -> set[str]:
    """The names of all types that code without comments and strings declares."""
    return set(_TYPES.findall(clear))


def with_names(lexicon: Lexicon, imports: Sequence[str], tests: str, given: str) -> list[str]:
    """Imports of `tests`, by which Java's own classes are meant where neither they nor `given` declare the name."""
    clear = blanked(lexicon, tests)
    words = set(re.findall(r"\b[A-Z]\w+", clear)) - types_in(f"{clear}\n{blanked(lexicon, given)}")
    words -= {line.rstrip("; ").rpartition(".")[2] for line in imports}
    packages = [("java.lang", _LANG), *([("java.util", _UTIL)] if _ALL_OF_UTIL.search(" ".join(imports)) else [])]
    named = [f"import {package}.{name};" for package, names in packages for name in sorted(words & names)]
    return [*dict.fromkeys(imports), *named]
