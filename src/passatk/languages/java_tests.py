"""What tests in Java ask of a program beyond values, and what they may leave behind in their own process."""

import re
from collections.abc import Sequence

from passatk.languages.base import CannotCross
from passatk.languages.java_source import types_in
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
_NAN = regex(r"(?i:(?<![a-z])nan\b|infinity)|NaN\b|/\s*\.?0[.0]*[fdFD]?(?![\w.])")
_DISTANCE = regex(r"(?<![\w.])(?:java\s*\.\s*lang\s*\.\s*)?(?:Strict)?Math(?=\s*(?:\.|::)\s*abs\b)"), "passatk.Asking"
_IMPORTED_DISTANCE = regex(r"(?<![\w.])abs(?=\s*\()"), "passatk.Asking.abs"
_IMPORTS_DISTANCE = regex(r"import static java ?\. ?lang ?\. ?(?:Strict)?Math ?\. ?(?:abs|\*) ?;")
_EXPECTED = regex(r"\bthrows\s+([\w.,\s]+)|\bcatch\s*\(\s*(?:final\s+)?([\w.|\s]+?)\s+\w+\s*\)")
_OWN_HASH = regex(r"\bint\s+hashCode\s*\(\s*\)\s*\{")


def check(lexicon: Lexicon, tests: str, shell: str, reference: str, changes: bool) -> None:
    """`changes`: what the program makes of its arguments is its result.

    Raises:
        CannotCross: they ask for what a program prints or reads, for classes of its own, or for more of its exceptions
            than class and words.
    """
    clear = blanked(lexicon, tests)
    if _STREAMS.search(clear):
        raise CannotCross("what a program prints, or reads, which its tests capture")
    if _CLASS_OF.search(clear):
        raise CannotCross("the exact class of an object")
    if _EXPECTS.search(clear) and changes:
        raise CannotCross("changed arguments beside an exception")
    shown, own = blanked(lexicon, shell), blanked(lexicon, reference)
    for name in _OWN_EXCEPTION.findall(f"{shown}\n{own}"):
        if re.search(rf"\b{name}\b", clear):
            raise CannotCross(f"exceptions of the program's own class {name}")
    for name in sorted(types_in(own) - types_in(f"{shown}\n{clear}")):
        if re.search(rf"\b{name}\b", clear):
            raise CannotCross(f"the program's own class {name}")


def outlives(lexicon: Lexicon, code: str) -> bool:
    """Whether tests may leave something behind in their process, or draw from the machine."""
    clear = blanked(lexicon, code)
    return bool(_OUTLIVES.search(clear) or (_HASHES.search(clear) and not _OWN_HASH.search(clear)))


def expected(clear: str) -> str:
    """Which checked exceptions tests expect, as `harness/java/Serve.java` reads it; empty where they may expect all."""
    if re.search(r"\bassertThrows\b", clear):
        return ""
    named = {
        name.rpartition(".")[2] for found in _EXPECTED.findall(clear) for name in re.findall(r"[\w.]+", " ".join(found))
    }
    return f"!{','.join(sorted(named))}"


def speaks_of_nan(code: str) -> bool:
    """Whether tests without comments speak of NaN, or of what may become it."""
    return bool(_NAN.search(code))


def distances(imports: Sequence[str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Calls of `abs` that are to fail with NaN, which is not further than any tolerance, and what stands for them."""
    imported = any(_IMPORTS_DISTANCE.match(line) for line in imports)
    return (_DISTANCE, _IMPORTED_DISTANCE) if imported else (_DISTANCE,)


_CLASS = regex(r"^(?:(?:public|final|abstract)\s+)*class\s+(\w+)", re.MULTILINE)
_NOT_CODE = regex(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
_MAIN = regex(r"\bclass\s+Main\b")


def in_main_class(declaration: str, tests: str) -> str:
    """A `main` within the class that `declaration` opens: the same in a class of its own, that inherits from it."""
    classes = _CLASS.findall(declaration)
    if not classes or _MAIN.search(tests):
        return tests
    code = _NOT_CODE.sub("", tests)
    closing = "}\n" * (1 + code.count("{") - code.count("}"))
    return f"class Main extends {classes[-1]} {{\n{tests.rstrip()}\n{closing}"
