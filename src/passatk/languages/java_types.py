"""Which types of Java cross the wall, and how each is written: one letter for a class, then its parts.

`harness/java/Type.java` reads them: `List<int[]>` is `l[I`.
"""

import re

from passatk.languages.base import CannotCross
from passatk.regex import regex

TUPLES = ("Unit", "Pair", "Triplet", "Quartet", "Quintet", "Sextet", "Septet", "Octet", "Ennead", "Decade")
"""Of org.javatuples, by their length."""

_LETTERS = {
    "boolean": "Z",
    "byte": "B",
    "short": "S",
    "int": "I",
    "long": "J",
    "char": "C",
    "float": "F",
    "double": "D",
    "Boolean": "z",
    "Byte": "b",
    "Short": "s",
    "Integer": "i",
    "Long": "j",
    "Character": "c",
    "Float": "f",
    "Double": "d",
    "String": "t",
    "CharSequence": "o",
    "Object": "o",
    "Number": "o",
    "Comparable": "o",
    "BigInteger": "N",
    "BigDecimal": "M",
    "OptionalInt": "1",
    "OptionalLong": "2",
    "OptionalDouble": "3",
    "void": "V",
    "?": "o",
    "Void": "o",
}
_OF_ONE = {
    "List": "l",
    "ArrayList": "a",
    "LinkedList": "k",
    "Vector": "v",
    "Stack": "K",
    "ArrayDeque": "A",
    "Set": "e",
    "HashSet": "h",
    "LinkedHashSet": "g",
    "SortedSet": "r",
    "NavigableSet": "r",
    "TreeSet": "r",
    "Optional": "?",
}
_OF_TWO = {
    "Map": "m",
    "HashMap": "H",
    "LinkedHashMap": "G",
    "SortedMap": "T",
    "NavigableMap": "T",
    "TreeMap": "T",
    "Entry": "y",
    "Map.Entry": "y",
}
_ONE_PART = frozenset(("[", *_OF_ONE.values()))
_TWO_PARTS = frozenset(_OF_TWO.values())
_OPEN = frozenset(("Collection", "SequencedCollection", "Iterable", "Queue", "Deque"))
"""Their values say what they are."""
_KNOWN_PACKAGES = regex(r"\b(?:java\.(?:util|lang|math)|org\.javatuples)\.(?=[A-Z])")
_TYPE_TOKEN = regex(r"\s*(?:@\w+\s*)*([\w.?]+|<|>|,|\[\s*\]|\.\.\.|&)")


NAMES = frozenset((*_LETTERS, *_OF_ONE, *_OF_TWO, *_OPEN, *TUPLES))
"""Of the classes whose values cross."""


def letters(declared: str, variables: frozenset[str] = frozenset()) -> str:
    """A type in letters.

    Raises:
        CannotCross: its values do not cross.
    """
    text = _KNOWN_PACKAGES.sub("", declared)
    tokens = [token.replace(" ", "") for token in _TYPE_TOKEN.findall(text)]
    if "".join(tokens) != re.sub(r"\s|@\w+", "", text):
        raise CannotCross(f"values of type {declared.strip()}")
    made, end = _letters(tokens, 0, variables, declared)
    if end != len(tokens):
        raise CannotCross(f"values of type {declared.strip()}")
    return made


def _letters(tokens: list[str], at: int, variables: frozenset[str], declared: str) -> tuple[str, int]:
    if at >= len(tokens):
        raise CannotCross(f"values of type {declared.strip()}")
    name, at = tokens[at], at + 1
    if name == "?" and tokens[at : at + 1] in (["extends"], ["super"]):
        return _letters(tokens, at + 1, variables, declared)
    parts: list[str] = []
    if tokens[at : at + 1] == ["<"]:
        at += 1
        while tokens[at : at + 1] != [">"]:
            part, at = _letters(tokens, at, variables, declared)
            parts.append(part)
            if tokens[at : at + 1] == [","]:
                at += 1
            elif tokens[at : at + 1] != [">"]:
                raise CannotCross(f"values of type {declared.strip()}")
        at += 1
    made = _one(name, parts, variables)
    if not made:
        raise CannotCross(f"values of type {declared.strip()}")
    while tokens[at : at + 1] in (["[]"], ["..."]):
        made, at = f"[{made}", at + 1
    return made, at


def _one(name: str, parts: list[str], variables: frozenset[str]) -> str:
    """A class with its parts in letters; empty where its values do not cross."""
    if name in variables:
        return "o"
    if name in _LETTERS and (not parts or name == "Comparable"):
        return _LETTERS[name]
    if name in _OPEN and len(parts) in (0, 1):
        return "o"
    for table, count in ((_OF_ONE, 1), (_OF_TWO, 2)):
        if name in table and len(parts) in (0, count):
            return table[name] + "".join(parts or ["o"] * count)
    if name in TUPLES and len(parts) in (0, TUPLES.index(name) + 1):
        count = TUPLES.index(name)
        return f"p{count}" + "".join(parts or ["o"] * (count + 1))
    return ""


def split(signature: str) -> list[str]:
    """What is between and behind the parentheses of a signature in letters, one by one: the result is the last."""
    text = signature[1:].replace(")", "", 1)
    found, start = [], 0
    while start < len(text):
        end = _end(text, start)
        found.append(text[start:end])
        start = end
    return found


def _end(text: str, at: int) -> int:
    sign = text[at]
    parts = 1 if sign in _ONE_PART else 2 if sign in _TWO_PARTS else 0
    at += 1
    if sign == "p":
        parts, at = int(text[at]) + 1, at + 1
    for _ in range(parts):
        at = _end(text, at)
    return at
