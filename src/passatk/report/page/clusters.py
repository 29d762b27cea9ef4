"""Failures that are one failure: the same status, and the same error but for names, numbers and places."""

import re
from collections import Counter, defaultdict
from functools import lru_cache

from passatk.regex import regex

_READ, _LONGEST = 2000, 160
"""Characters of an error that are looked at, and of what is left of it."""
_SAME_DIGITS = bytes.maketrans(b"023456789", b"1" * 9)
_STEPS = (
    (
        "\"'`\u2018",
        regex(r"\"(?:[^\"\\\n]|\\.){0,200}\"|'(?:[^'\\\n]|\\.){0,200}'|`[^`\n]{0,200}`|\u2018[^\u2019\n]{0,200}\u2019"),
        "'…'",
    ),
    ("/", regex(r"(?:[A-Za-z]:)?(?:/[\w.+-]+){2,}"), "PATH"),
    ("x@", regex(r"\b0x[0-9a-fA-F]+\b|\B@[0-9a-f]{5,}\b"), "ADDRESS"),
    (":", regex(r"\b[\w-]+\.(?:py|js|go|rs|cpp|cc|h|java|rb)(?::\d+)+"), "PLACE"),
    ("", regex(r"-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b"), "N"),
    ("N", regex(r"\bN(?:[,:] ?N)+\b"), "N"),
)
"""One of these characters, else there is nothing to find; what is found; what stands for it."""
_COMPARED = regex(r"\w*(?:assertion|assert)\w*(?: ?(?:failed|Error))?\b", re.IGNORECASE)


def normalised(reason: str) -> str:
    """What is left of an error when quoted text, paths, addresses and numbers are taken out of it.

    Of a failed assertion only that it failed: what it compared is the problem's own.
    """
    start = reason[:_READ]
    if "0x" in start:
        return _normalised(start)
    # Only addresses tell one digit from another: reasons that differ in nothing but numbers are looked at once.
    found = _of_same_digits(start.encode("utf-8", "surrogatepass").translate(_SAME_DIGITS))
    return _normalised(start) if "1" in found else found


@lru_cache(maxsize=1 << 16)
def _of_same_digits(reason: bytes) -> str:
    return _normalised(reason.decode("utf-8", "surrogatepass"))


@lru_cache(maxsize=1 << 16)
def _normalised(reason: str) -> str:
    words = " ".join(reason.split())
    if found := _COMPARED.match(words):
        return found[0]
    for marks, pattern, replacement in _STEPS:
        if not marks or any(mark in words for mark in marks):
            words = pattern.sub(replacement, words)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


class Clusters:
    """Numbers clusters as they come, and counts what is in them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self.samples = Counter[int]()
        self.problems: dict[int, set[int]] = defaultdict(set)

    def number(self, status: str, reason: str) -> int:
        """Of a failure."""
        return self._numbers.setdefault((status, normalised(reason)), len(self._numbers))

    @property
    def names(self) -> list[tuple[str, str]]:
        """Status and error, by number."""
        return list(self._numbers)

    def count(self, cluster: int, problem: int, samples: int = 1) -> None:
        """Samples of a cluster and a problem; -1 is no cluster."""
        if cluster >= 0:
            self.samples[cluster] += samples
            self.problems[cluster].add(problem)
