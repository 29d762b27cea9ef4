"""What the code of an answer is wrapped in besides fences: JSON, a notebook, a diff, numbers of lines, signs for signs.

Nothing is repaired: a text is unwrapped only where it is no program as it stands and what is in it is one.
"""

import ast
import html
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from passatk.answers.blocks import Block, looks_fenced
from passatk.answers.thinking import with_plain_blanks
from passatk.languages.dialect import Dialect
from passatk.languages.lexing import blanked
from passatk.languages.syntax import LONGEST
from passatk.regex import regex

# --- a whole answer ------------------------------------------------------------------------------------------------

_KEYS = (
    *("code", "source_code", "python_code", "full_code", "final_code", "generated_code", "program", "implementation"),
    *("solution", "final_solution", "completion", "final_answer", "answer", "source", "content", "function", "python"),
    "response",
)
"""Names of what holds the code in an object, the surest first."""
_IN_FENCE = regex(
    r"^[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*(?:jsonc?|json5|ipynb|javascript|js|python)?[ \t]*\n(?=\s*[{\[])",
    re.MULTILINE | re.IGNORECASE,
)
_CLOSED = regex(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*$", re.MULTILINE)
_IN_PROSE = regex(r"""^[ \t]*(?=\{\s*["'])""", re.MULTILINE)
_CALLED = regex(r"^[ \t]*[%!].*\n?", re.MULTILINE)
_MOST_TRIED = 20
_MOST_DEPTH = 6
_MARKS = regex(r"`+")


_OTHER_FENCE = regex(
    r"^'{3}[ \t]*(python3?|py|c|cpp|c\+\+|java|javascript|js|go|rust|ruby)[ \t]*\n(.*?)\n'{3}[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_ESCAPED_FENCE = regex(r"^([ \t]*)\\(?:`{3}|`\\`\\`)", re.MULTILINE)
_TORN = regex(
    rf"""\A\s*(?:`{{3}}\w*\s*)?\{{(?s:.*?)"(?:{"|".join(_KEYS)})"\s*:\s*"(?P<text>(?:\\(?s:.)|[^"\\])*+)\\?\s*\Z""",
)


def opened(said: str) -> str:
    """An answer that is JSON, or has its code in some, with that code between fences; any other as it is.

    What stands between tags of an answer is all of it, if there are fences in it.
    """
    said = _ESCAPED_FENCE.sub(r"\1```", said) if "\\`" in said else said
    if "```" not in said and 0 < said.count("'''") <= _MOST_TRIED:
        said = _OTHER_FENCE.sub(r"```\1\n\2\n```", said)
    said = _answered(said) if "```" in said else said
    if "{" not in said and '"' not in said[:40]:
        return said
    if (found := _held(said)) is not None:
        return found
    if (torn := _TORN.match(said)) is not None and "\\n" in torn["text"]:
        return f"```\n{_unescaped(torn['text'])}"
    pieces, at, after = [], 0, 0
    while found_in := _IN_FENCE.search(said, after):
        closed = _CLOSED.search(said, found_in.end())
        if closed is None:
            break
        after = closed.end()
        if (held := _held(said[found_in.end() : closed.start()])) is not None:
            pieces += [said[at : found_in.start()], held]
            at = after
    if at or looks_fenced(said):
        return "".join(pieces) + said[at:]
    for place in reversed(list(_IN_PROSE.finditer(said))[-_MOST_TRIED:]):
        end = _end_of_object(said, place.end())
        if end and (held := _held(said[place.end() : end])) is not None:
            return f"{said[: place.start()]}\n{held}\n{said[end:]}"
    return said


def _answered(said: str) -> str:
    """What stands between the last tags of an answer, if there are fences in it; else all."""
    plain_case = said.lower()
    for tag in ("final_answer", "answer"):
        end = plain_case.rfind(f"</{tag}>")
        start = plain_case.rfind(f"<{tag}>", 0, max(end, 0))
        within = said[start + len(tag) + 2 : end] if start >= 0 else ""
        if len(plain_case) == len(said) and looks_fenced(within):
            return within
    return said


def _held(text: str) -> str | None:
    """The code that a text with JSON alone holds, between fences; None where it is no JSON or holds none."""
    text = text.strip()
    if text[:1] not in ("{", "[", '"') or text[-1:] not in ("}", "]", '"'):
        return None
    value = _read(text)
    if isinstance(value, Mapping) and isinstance(value.get("cells"), list):
        return _of_notebook(value["cells"])
    if isinstance(value, str):
        return _fenced(value) if "\n" in value else None
    named = list(_named(value, _MOST_DEPTH))
    surest = min((_KEYS.index(name) for name, _ in named), default=None)
    return next((_fenced(code) for name, code in reversed(named) if _KEYS.index(name) == surest), None)


def _read(text: str) -> Any:
    """A value written as JSON, its texts perhaps over several lines, or as Python's literals; None where it is none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text) if text[0] == "{" and len(text) <= LONGEST else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _named(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """(name, text) of what is called by one of `_KEYS` and looks like more than a word."""
    if depth and isinstance(value, list):
        for one in value:
            yield from _named(one, depth - 1)
    if not depth or not isinstance(value, Mapping):
        return
    for key, one in value.items():
        name = re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(key))).strip("_").lower()
        if isinstance(one, list) and one and all(isinstance(line, str) for line in one):
            one = "\n".join(line.rstrip("\n") for line in one)
        if isinstance(one, str):
            within = _read(one) if name == "arguments" and one[:1] == "{" else None
            if within is not None:
                yield from _named(within, depth - 1)
            elif name in _KEYS and ("\n" in one or "(" in one):
                yield name, one
        else:
            yield from _named(one, depth - 1)


def _of_notebook(cells: list[Any]) -> str | None:
    """The cells of a notebook that hold code, as one program without the commands to its kernel."""
    held = [cell for cell in cells if isinstance(cell, Mapping) and cell.get("cell_type") == "code"]
    sources = [cell.get("source", "") for cell in held]
    texts = ["".join(map(str, source)) if isinstance(source, list) else str(source) for source in sources]
    return _fenced("\n\n".join(_CALLED.sub("", text) for text in texts)) if texts else None


def _fenced(code: str) -> str:
    """`code` between fences of its own; what has some already, as it is."""
    code = with_plain_blanks(code)
    if looks_fenced(code):
        return code
    mark = "`" * max(3, 1 + max(map(len, _MARKS.findall(code)), default=0))
    return f"{mark}\n{code.rstrip()}\n{mark}\n"


def _end_of_object(text: str, start: int) -> int | None:
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


# --- a block -------------------------------------------------------------------------------------------------------

_ENTITY = regex(r"&(lt|gt|amp|quot|apos|nbsp|#\d{1,5}|#x[\da-fA-F]{1,4});")
_BREAK = regex(r"<br\s*/?>\n?|</?(?:span|code|pre|p|div)\b[^<>\n]*>", re.IGNORECASE)
_NUMBERED = regex(r"[ \t]*[\[(]?(\d{1,5})(?:[ \t]*[|:.)\]│→┊¦-]|(?=[ \t]|$))")
_ESCAPED = regex(r"""\\([nrt"'\\])""")
_ESCAPES = {"n": "\n", "r": "", "t": "\t"}
_MARKDOWN = regex(r"\\([_*\[\](){}<>#+\-.!|~`=&$^])")
_DOUBLE = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"), '"')
_SINGLE = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\uff07"), "'")
_CURLY = regex("[\u201c\u201d\u2018\u2019]")
_ODD = regex("[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\u00ad]")
_MOST_LINES = 2_000


def plain(dialect: Dialect, block: Block) -> Block:
    """A block without what its code is wrapped in, where the code is a program without that and none as it stands."""
    code = _plain_blanks(dialect, block.code)
    if code.strip() and len(code) <= LONGEST and not _stands(dialect, code):
        code = _unwrapped(dialect, code)
    return block if code == block.code else Block(name=block.name, code=code, closed=block.closed)


def _unwrapped(dialect: Dialect, code: str) -> str:
    for step in _STEPS:
        if (one := step(dialect, code)) != code and _stands(dialect, one):
            return one
    found = code
    for step in _STEPS:
        if (one := step(dialect, found)) != found and _stands(dialect, one):
            return one
        found = one
    return code


def _stands(dialect: Dialect, code: str) -> bool:
    """Whether `code` is a program as it is, as far as one sees."""
    if _escaped(dialect, code) or not _parses(dialect, code):
        return False
    if _CURLY.search(code) and _CURLY.search(blanked(dialect.lexicon, code)):
        return False
    return dialect.parsed or all(step(dialect, code) == code for step in (_without_numbers, _added))


def _parses(dialect: Dialect, code: str) -> bool:
    return dialect.valid(code) or (dialect.by_indentation and dialect.valid(textwrap.dedent(code)))


def _escaped(dialect: Dialect, code: str) -> bool:
    """Whether code that parses has entities where it can have no text: `a &lt; b` is an `and` of two names."""
    if not _ENTITY.search(code):
        return False
    bare = blanked(dialect.lexicon, code)
    names = {found[1] for found in _ENTITY.finditer(bare)}
    return any(not re.search(rf"(?<![&\w]){re.escape(name)}(?!\w)", bare) for name in names)


def _plain_blanks(dialect: Dialect, code: str) -> str:
    """Blanks of other kinds outside of strings and comments."""
    if not _ODD.search(code):
        return code
    places = [found.start() for found in _ODD.finditer(blanked(dialect.lexicon, code))]
    letters = list(code)
    for place in places:
        letters[place] = with_plain_blanks(letters[place])
    return "".join(letters)


def _without_numbers(dialect: Dialect, code: str) -> str:
    """Lines without the numbers before them, which count on from line to line."""
    lines = code.rstrip("\n").split("\n")
    if len(lines) > _MOST_LINES:
        return code
    found = [_NUMBERED.match(line) for line in lines]
    numbers = [int(one[1]) for one in found if one]
    blank = [not line.strip() for line in lines]
    if len(numbers) < (2 if dialect.parsed else 3) or not all(
        one or empty for one, empty in zip(found, blank, strict=True)
    ):
        return code
    if any(later - number not in range(1, 2 + sum(blank)) for number, later in pairwise(numbers)):
        return code
    behind = [line[one.end() :] if one else "" for one, line in zip(found, lines, strict=True)]
    column = max(one.end() for one in found if one)
    in_column = [line[column:] if one else "" for one, line in zip(found, lines, strict=True)]
    ways = [textwrap.dedent("\n".join(rest)) + "\n" for rest in (behind, in_column)]
    return next((way for way in ways if _parses(dialect, way)), ways[0])


def _added(_: Dialect, code: str) -> str:
    """What a diff that only adds has added."""
    lines = [line for line in code.split("\n") if line.strip() and not _HEADER.match(line)]
    return code if not all(line.startswith("+") for line in lines) else new_side(code) or code


_STEPS: tuple[Callable[[Dialect, str], str], ...] = (
    _without_numbers,
    _added,
    lambda _, code: _BREAK.sub(lambda found: "\n" if found[0][1] in "bB" else "", code),
    lambda _, code: html.unescape(code).replace("\u00a0", " "),
    lambda _, code: html.unescape(html.unescape(code)).replace("\u00a0", " "),
    lambda _, code: _unescaped(code) if _one_line(code) else code,
    lambda dialect, code: _CALLED.sub("", code) if dialect.by_indentation else code,
    lambda _, code: _MARKDOWN.sub(r"\1", code),
    lambda _, code: code.translate(_DOUBLE),
    lambda _, code: code.translate(_SINGLE),
    lambda _, code: code.translate(_DOUBLE | _SINGLE),
)
"""Each takes one wrapping away; first alone, then after those before it."""


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def _one_line(code: str) -> bool:
    return "\n" not in code.strip()


_HEADER = regex(
    r"diff --|index [\da-f]+\.\.|(?:new|deleted) file mode|similarity |rename |--- (?:[ab]/|/dev/null|\S+\.\w+)"
    r"|\+\+\+ (?:[ab]/|/dev/null|\S+\.\w+)|@@ |\\ No newline|Index: |={60,}"
)


def new_side(code: str) -> str | None:
    """What a file is after a diff, as far as that shows it; None where `code` is no diff."""
    lines = [line for line in code.split("\n") if not _HEADER.match(line)]
    if not any(line.startswith("+") for line in lines):
        return None
    return "".join(f"{line[1:] if line[:1] in '+ ' else line}\n" for line in lines if line[:1] != "-")


def is_diff(block: Block) -> bool:
    """Whether a block says of itself that it is one, and looks like one."""
    told = block.name in ("diff", "patch") or bool(re.search(r"^@@ -\d|^\+\+\+ [ab]/", block.code, re.MULTILINE))
    return told and new_side(block.code) is not None
