"""What tests in Java ask of a program beyond values, and what they may leave behind in their own process."""

import re

from passatk.languages.base import CannotCross
from passatk.languages.lexing import Lexicon, blanked
from passatk.regex import regex

_STREAMS = regex(r"\bSystem\s*\.\s*set(?:Out|Err|In)\b")
_OWN_EXCEPTION = regex(r"\bclass\s+(\w+)\s+extends\s+[\w.]*(?:Exception|Error|Throwable)\b")
_EXPECTS = regex(r"\bcatch\b|\bassertThrows\b")
_CLASS_OF = regex(r"\bgetClass\s*\(")
_OUTLIVES = regex(
    r"\bThread(?:Group|Local)?\b|Executor|\bTimer\b|[pP]arallel|CompletableFuture|ForkJoin|\bCleaner\b"
    r"|\bLocale\b|TimeZone|\bProperties\b|\bRuntime\b|\bProcess(?:Builder)?\b|\bLogger\b|\bsetAccessible\b|\bUnsafe\b"
    r"|\bSystem\s*\.\s*(?:set\w+|clear\w+|in|identityHashCode)\b"
    r"|SecureRandom|\bUUID\b|SplittableRandom|RandomGenerator|IdentityHashMap|\bgetInstanceStrong\b"
)
OF_OBJECTS = frozenset(("toString", "equals", "hashCode", "compareTo"))
"""Methods that are called where nobody names them: as an object is written, compared or put into a set."""
_HASHES = regex(r"\bhashCode\b")
_OWN_HASH = regex(r"\bint\s+hashCode\s*\(\s*\)\s*\{")


def check(lexicon: Lexicon, tests: str, shell: str, reference: str, changes: bool) -> None:
    """`changes`: what the program makes of its arguments is its result.

    Raises:
        CannotCross: they ask for what a program prints or reads, or for more of its exceptions than class and words.
    """
    clear = blanked(lexicon, tests)
    if _STREAMS.search(clear):
        raise CannotCross("what a program prints, or reads, which its tests capture")
    if _EXPECTS.search(clear) and _CLASS_OF.search(clear):
        raise CannotCross("the exact class of an exception")
    if _EXPECTS.search(clear) and changes:
        raise CannotCross("changed arguments beside an exception")
    for name in _OWN_EXCEPTION.findall(blanked(lexicon, f"{shell}\n{reference}")):
        if re.search(rf"\b{name}\b", clear):
            raise CannotCross(f"exceptions of the program's own class {name}")


def outlives(lexicon: Lexicon, code: str) -> bool:
    """Whether tests may leave something behind in their process, or draw from the machine."""
    clear = blanked(lexicon, code)
    return bool(_OUTLIVES.search(clear) or (_HASHES.search(clear) and not _OWN_HASH.search(clear)))
