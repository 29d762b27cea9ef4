"""Comments, strings and brackets of a language, told apart without a parser, also in text that is not finished yet.

A language describes its comments and strings as regular expressions in a `Lexicon`. What is open at the end of the text
counts as going on to the end: while a model is still writing a string, the braces in it are no braces.
"""

import contextlib
import re
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache

import msgspec

from passatk.records import Record
from passatk.regex import regex

SLASHES = r"//[^\n]*"
SLASH_STAR = r"/\*.*?(?:\*/|\Z)"
DOUBLE_QUOTED = r'"(?:\\.|[^"\\\n])*(?:\\?\Z|"|(?=\n))'
SINGLE_QUOTED = r"'(?:\\.|[^'\\\n])*(?:\\?\Z|'|(?=\n))"
DOUBLE_QUOTED_LINES = r'"(?:\\.|[^"\\])*(?:"|\\?\Z)'
SINGLE_QUOTED_LINES = r"'(?:\\.|[^'\\])*(?:'|\\?\Z)"
"""Comments and strings that many languages have. `.` matches line breaks."""

_NESTED = regex(r"/\*|\*/")
_TEMPLATE = regex(r"(?:\\.|\$(?!\{)|[^\\`$])*", re.DOTALL)
_REGEX = regex(r"/(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*(?:\]|\Z)|[^/\\\[\n])+(?:/[a-z]*|\\?\Z|(?=\n))")
_BEFORE_REGEX = frozenset(
    (
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "throw",
        "new",
        "else",
        "do",
        "instanceof",
        "yield",
        "await",
        "default",
    )
)
_LONGEST_CONDITION = 200
_CONDITION = regex(r"(?<![\w.$])(?:if|while|for|with)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\Z")
"""Behind it, a statement begins."""
_WORD_BEFORE = regex(r"[\w$]+\Z")


class Lexicon(Record, frozen=True, kw_only=True):
    """What of a language's text is not code."""

    comments: tuple[str, ...]
    """Regular expressions, one for each form."""
    strings: tuple[str, ...]
    """Regular expressions, one for each form, the longest opening first; numbers with quotes in them too."""
    nested_comments: bool = False
    """`/* */` comments hold others."""
    templates: bool = False
    """Strings in backticks hold code in `${}`, and `/` may open a regular expression (JavaScript)."""
    directives: str = ""
    """Lines for a preprocessor, whose brackets are none of the program's: a regular expression."""
    multiline: tuple[str, ...] = ()
    """Openings of comments and strings that go over lines, so that a line within is text whatever it looks like."""


@cache
def _scanner(lexicon: Lexicon, brackets: bool) -> re.Pattern[str]:
    forms = {
        "directive": lexicon.directives,
        "nested": r"/\*" if lexicon.nested_comments else "",
        "comment": "|".join(lexicon.comments),
        "string": "|".join(lexicon.strings),
        "template": "`" if lexicon.templates else "",
        "slash": "/" if lexicon.templates else "",
        "open": r"[{(\[]" if brackets else "",
        "close": r"[})\]]" if brackets else "",
    }
    return re.compile("|".join(f"(?P<{name}>{form})" for name, form in forms.items() if form), re.DOTALL)


def spans(lexicon: Lexicon, text: str, at: int = 0, brackets: bool = True) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of every `comment`, `string` and `directive`, and of every bracket: `open` or `close`, `inner`
    in a string.

    `at`: where to begin, not within any of them. `brackets`: whether they are wanted.
    """
    scanner = _scanner(lexicon, brackets or lexicon.templates)  # holes of templates end with one
    holes: list[int] = []  # of templates: how many braces are open in each `${`
    comment = (-1, -1)
    while found := scanner.search(text, at):
        kind, start, at = str(found.lastgroup), found.start(), found.end()
        if kind == "nested":
            kind, at = "comment", _end_of_nested(text, at)
        elif kind == "slash":
            before = comment[0] if comment[1] == start else start
            regex = _REGEX.match(text, start) if _may_be_regex(text, before) else None
            if regex is None:
                continue
            kind, at = "string", regex.end()
        elif kind == "close" and found[0] == "}" and holes and holes[-1] == 0:
            holes.pop()
            kind, at = "string", _template(text, at, holes)
        elif kind == "template":
            kind, at = "string", _template(text, at, holes)
        elif holes and found[0] == "{":
            holes[-1] += 1
        elif holes and found[0] == "}":
            holes[-1] -= 1
        if kind == "comment":
            comment = (start, at)
        if kind in ("open", "close") and holes:
            kind = "inner"
        yield kind, start, at


def _end_of_nested(text: str, at: int) -> int:
    depth = 1
    for found in _NESTED.finditer(text, at):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)


def _template(text: str, at: int, holes: list[int]) -> int:
    """Behind the piece of a template that begins at `at`: its closing backtick, or the `${` of the next hole."""
    found = _TEMPLATE.match(text, at)
    end = found.end() if found else at
    if text.startswith("${", end):
        holes.append(0)
        return end + 2
    return min(end + 1, len(text))


def _may_be_regex(text: str, at: int) -> bool:
    """Whether a `/` at `at` stands where a value begins, not behind one."""
    end = at
    while end and text[end - 1].isspace():
        end -= 1
    if end == 0:
        return True
    last = text[end - 1]
    if last == ")" and _CONDITION.search(text[max(0, end - _LONGEST_CONDITION) : end]):
        return True
    if last == "}" and "\n" in text[end:at]:
        return True  # the statement before ended with a block
    if last in ")]}\"'`" or text[max(0, end - 2) : end] in ("++", "--"):
        return False
    word = _WORD_BEFORE.search(text[max(0, end - 12) : end])
    return word is None or word[0] in _BEFORE_REGEX


@lru_cache(maxsize=32)
def blanked(lexicon: Lexicon, text: str, strings: bool = True) -> str:
    """`text` with every comment, and every string, replaced by as many blanks; line breaks stay."""
    parts, at = [], 0
    for kind, start, end in spans(lexicon, text, brackets=False):
        if kind == "comment" or (strings and kind == "string"):
            parts += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
            at = end
    return "".join(parts) + text[at:]


def open_braces(lexicon: Lexicon, text: str) -> int:
    """How many braces `text` leaves open; negative where it closes more than it opens."""
    found = [text[start] for kind, start, _ in spans(lexicon, text) if kind in ("open", "close")]
    return found.count("{") - found.count("}")


def inside_text(lexicon: Lexicon, text: str) -> bool:
    """Whether `text` ends inside a comment or string that goes over lines."""
    last = deque(spans(lexicon, text), maxlen=1)
    return bool(last) and _ends_inside(lexicon, text, last[0])


def _ends_inside(lexicon: Lexicon, text: str, last: tuple[str, int, int]) -> bool:
    kind, start, end = last
    if kind not in ("comment", "string") or end < len(text):
        return False
    piece = text[start:]
    opening = next((mark for mark in lexicon.multiline if piece.startswith(mark)), None)
    return opening is not None and not (len(piece) > len(opening) and piece.endswith(_closing(opening)))


def _closing(opening: str) -> str:
    return "*/" if opening == "/*" else opening


class _Known(Record, frozen=True, kw_only=True):
    """How far a text that still grows has been looked through."""

    at: int = 0
    """Outside of strings and comments."""
    depth: int = 0
    """Brackets open there, or braces, as its rule counts."""
    closed: bool = False
    """The first of several closing braces has come."""


_MOST_KNOWN = 1024
_known: dict[tuple[int, str], _Known] = {}
"""Of texts that grow token by token, so that each is looked through once and not for every token. Changes no result."""


def _known_of(lexicon: Lexicon, text: str) -> _Known:
    return _known.pop((id(lexicon), text), _Known()) if text else _Known()


def _keep(lexicon: Lexicon, text: str, known: _Known) -> None:
    _known[id(lexicon), text] = known
    while len(_known) > _MOST_KNOWN:
        with contextlib.suppress(StopIteration, RuntimeError):  # other threads keep texts too
            _known.pop(next(iter(_known)), None)


def end_by_braces(lexicon: Lexicon, text: str, new: int, closers: int = 1) -> int | None:
    """Behind the brace that closes one more than `text` opened, or None while the function goes on.

    `closers`: how many such braces end it; the second and later ones belong to it only where nothing but comments
    stands between (Java: the class around the method).
    """
    known = _known_of(lexicon, text[:new])
    if not known.closed and "}" not in text[new:]:
        _keep(lexicon, text, known)
        return None
    at, depth, end, closed = known.at, known.depth, 0, 0
    for kind, start, stop in spans(lexicon, text, at):
        if closed and kind != "comment" and text[start] != "}":
            return end
        if closed and blanked(lexicon, text[end:start]).strip():
            return end
        if kind == "open" and text[start] == "{":
            depth += 1
        elif kind == "close" and text[start] == "}":
            depth -= 1
            if depth < 0:
                depth, end, closed = 0, stop, closed + 1
                if closed == closers:
                    return end
        if not closed and kind in ("open", "close"):
            known = _Known(at=stop, depth=depth)
    if closed:
        rest = blanked(lexicon, text[end:]).strip()
        if rest and rest != "/":
            return end
    _keep(lexicon, text, msgspec.structs.replace(known, closed=closed > 0))
    return None


_UNINDENTED = regex(r"(?:\A|\n)(?![ \t])[^\n]*?\S")
_STATEMENT = regex(
    r"(?:def|class|import|async def|from\s+[\w.]+\s+import|if\s+__name__)\s|@[A-Za-z_][\w.]*(?:\([^()\n]*\))?[ \t\r]*\n"
)


def end_by_indentation(lexicon: Lexicon, text: str, new: int) -> int | None:
    """Before the first line that is not indented and not within a string, brackets or a continued line, or None.

    A comment that is not indented ends the function too, as for CodeGeeX and HumanEval-X. A line that begins a
    definition or an import ends it even where brackets were left open.
    """
    known = _known_of(lexicon, text[:new])
    found = _UNINDENTED.search(text, max(0, text.rfind("\n", 0, new)) if new else 0)
    while found:
        at = found.start()
        line = at + 1 if text.startswith("\n", at) else at
        state, known = _state(lexicon, text[:line], known if known.at <= line else _Known())
        if state == "code" or (state == "brackets" and _STATEMENT.match(text, line)):
            return at
        following = text.find("\n", line)
        found = _UNINDENTED.search(text, following) if following >= 0 else None
    _keep(lexicon, text, known)
    return None


def _state(lexicon: Lexicon, text: str, known: _Known) -> tuple[str, _Known]:
    """Where `text` ends (in `text`, in `brackets`, on a line that is `continued`, in `code`), and what is known."""
    depth, last = known.depth, ("", 0, 0)
    for last in spans(lexicon, text, known.at):
        if last[0] == "open":
            depth += 1
        elif last[0] == "close":
            depth = max(0, depth - 1)
        if last[2] < len(text):
            known = _Known(at=last[2], depth=depth)
    if _ends_inside(lexicon, text, last):
        return "text", known
    if depth:
        return "brackets", known
    commented = last[0] == "comment" and last[2] >= len(text) - 1
    return "continued" if text.endswith("\\\n") and not commented else "code", known
