"""The blocks of code in an answer: fences of every kind, tags, and code that stands between prose without any."""

import html
import re
import textwrap
from collections.abc import Callable

from passatk.languages.dialect import Dialect
from passatk.languages.lexing import blanked, inside_text
from passatk.languages.syntax import LONGEST
from passatk.records import Record
from passatk.regex import regex

_FENCE = regex(r"(?P<mark>`{3,}|~{3,})(?P<rest>[^\n]*)")
_QUOTE = regex(r"[ \t]{0,8}>[ ]?")
_QUOTES = regex(r"(?:[ \t]{0,8}>[ ]?)*")
_TYPED = regex(r"(?:>>> |In \[\d+\]: )(?:def|class|from|import|async def)\s|(?:>>> |In \[\d+\]: )@")
_TAG = regex(r"[ \t]*\{?[ \t]*\.?(?P<name>[A-Za-z][\w+#.-]*)?")
_SENTENCE = regex(r"[A-Za-z][\w'-]*(?:[ \t]+[\w'(),.-]+){2,}[ \t.:!]*\Z")
_TAGGED = regex(
    r"\[(?P<tag>PYTHON|CODE|JAVA|CPP|JAVASCRIPT|GO|RUST|SOLUTION)\](?P<body>.*?)(?:\[/(?P=tag)\]|\Z)", re.DOTALL
)
_XML = regex(
    r"^[ \t]*<(?P<tag>answer|final_answer|solution|code|final_code|program|python|cpp|java|javascript|go|rust|response)"
    r"(?:[ \t][^<>\n]{0,200})?>(?P<body>.*?)(?:</(?P=tag)>|\Z)",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_CDATA = regex(r"\s*<!\[CDATA\[(?P<body>.*?)\]\]>\s*", re.DOTALL)
_HTML = regex(
    r"<pre\b[^<>\n]{0,200}>\s*(?:<code\b(?P<attributes>[^<>\n]{0,200})>)?(?P<body>.*?)(?:</code>|</pre>|\Z)", re.DOTALL
)
_BREAK = regex(r"<br\s*/?>\n?", re.IGNORECASE)
_SESSION = regex(r"^\s*(?:>>> |>>>$|In \[\d+\]: )", re.MULTILINE)
_IN = regex(r"\s*(?:>>>|\.\.\.|In \[\d+\]:|   \.\.\.:)(?: |$)")
_MOST_INSIDE = 8
"""Fences in strings and comments of one block that are looked at."""
_WRITING = frozenset(("markdown", "md"))


class Block(Record, frozen=True, kw_only=True):
    """A piece of an answer that may be code."""

    name: str
    """What its fence calls it, in lower case; empty if nothing."""
    code: str
    closed: bool = True
    """It has an end of its own; else the answer ended in it."""


def looks_fenced(text: str) -> bool:
    """Whether `text` has a line that begins a block of code, or a chat's tags."""
    return bool(re.search(r"^[ \t>]*(?:`{3}|~{3})", text, re.MULTILINE)) or bool(_TAGGED.search(text))


def fenced_blocks(text: str, dialect: Dialect) -> list[Block]:
    """The blocks of `text` that fences or tags mark, in their order."""
    found = _fences(text, dialect)
    if not any(block.code.strip() for block in found):
        found = _tagged(text)
    blocks = []
    for block in found:
        inner = _fences(block.code, dialect) if block.name in _WRITING and looks_fenced(block.code) else []
        blocks += inner or [block]
    return [_plain_session(block) for block in blocks]


def _tagged(text: str) -> list[Block]:
    blocks = [
        Block(name=found["tag"].lower().replace("code", "").replace("solution", ""), code=found["body"])
        for found in (_TAGGED.finditer(text) if "[" in text else ())
    ]
    return blocks or _in_html(text) or _in_xml(text)


def _in_html(text: str) -> list[Block]:
    bodies = [found["body"] for found in (_HTML.finditer(text) if "<pre" in text else ())]
    return [Block(name="", code=html.unescape(_BREAK.sub("\n", body)).replace("\u00a0", " ")) for body in bodies]


def _in_xml(text: str, depth: int = 3) -> list[Block]:
    blocks: list[Block] = []
    for found in _XML.finditer(text) if "<" in text else ():
        body = found["body"]
        inside = _CDATA.fullmatch(body)
        within = _in_xml(body, depth - 1) if depth and inside is None else []
        blocks += within or [Block(name="", code=inside["body"] if inside else body)]
    return blocks


class _Open:
    """A block that is being read."""

    def __init__(self, mark: str, name: str, indentation: int, quotes: int):
        self.mark, self.name, self.indentation, self.quotes = mark, name, indentation, quotes
        self.lines: list[str] = []
        self.passed_over = 0

    def block(self, closed: bool) -> Block:
        return Block(name=self.name, code="".join(f"{line}\n" for line in self.lines), closed=closed)


def _fences(text: str, dialect: Dialect) -> list[Block]:
    blocks: list[Block] = []
    lines = text.split("\n")
    last_fence = max((n for n, line in enumerate(lines) if "```" in line or "~~~" in line), default=-1)
    here: _Open | None = None
    for number, line in enumerate(lines):
        if here is None:
            here = _opening(line, blocks, dialect)
            continue
        content = _content(line, here)
        found = _FENCE.search(content) if "```" in content or "~~~" in content else None
        if found is None or not _may_end(found, content, here, number < last_fence, dialect):
            here.lines.append(content)
            continue
        before, tag = content[: found.start()], _tag_of(found["rest"])
        if before.strip():
            here.lines.append(before)
        blocks.append(here.block(closed=True))
        reopened = tag and not _SENTENCE.match(found["rest"][:200].strip())
        here = _Open(found["mark"], tag, _indentation(content), here.quotes) if reopened else None
    if here is not None:
        if here.lines and here.lines[-1] in ("`", "``", "~", "~~"):
            here.lines.pop()  # the answer ended in the closing fence
        blocks.append(here.block(closed=False))
    return blocks


def _opening(line: str, blocks: list[Block], dialect: Dialect) -> _Open | None:
    """The block that `line` opens; one that it closes too is added to `blocks`."""
    found = _FENCE.search(line) if "```" in line or "~~~" in line else None
    if found is None:
        return None
    mark, rest = found["mark"], found["rest"]
    if mark in rest:  # all on one line
        inner = rest[: rest.index(mark)]
        name, _, code = inner.partition(" ")
        named = name.lower() in dialect.fences
        blocks.append(Block(name=name.lower() if named else "", code=code if named else inner))
        return None
    before = line[: found.start()]
    quoted = _QUOTES.match(line)
    quotes = quoted[0].count(">") if quoted else 0
    indentation = 0 if before.strip() else _indentation(before)
    return _Open(mark, _tag_of(rest), indentation, quotes)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _content(line: str, here: _Open) -> str:
    """A line of the block without the quote's mark and without the indentation that the fence itself has."""
    for _ in range(min(here.quotes, 8)):
        if found := _QUOTE.match(line):
            line = line[found.end() :]
    depth = min(here.indentation, _indentation(line))
    return line[depth:] if line[:depth].strip() == "" else line


def _may_end(found: re.Match[str], content: str, here: _Open, more: bool, dialect: Dialect) -> bool:
    """Whether a fence on a line within a block ends it."""
    mark, rest, before = found["mark"], found["rest"].strip(), content[: found.start()]
    if mark[0] != here.mark[0] or len(mark) < len(here.mark):
        return False
    if before.strip() and (rest or _commented(before, dialect)):
        return False  # behind code only the last thing on the line ends it, and no quotation in a comment
    if rest and here.name in _WRITING:
        return False
    if not more or here.passed_over >= _MOST_INSIDE:
        return True
    sofar = "".join(f"{line}\n" for line in here.lines)
    if len(sofar) > LONGEST or not any(opening in sofar for opening in dialect.lexicon.multiline):
        return True
    here.passed_over += 1
    return not inside_text(dialect.lexicon, sofar)


def _commented(before: str, dialect: Dialect) -> bool:
    return not blanked(dialect.lexicon, before).rstrip() or inside_text(dialect.lexicon, before)


def _tag_of(rest: str) -> str:
    found = _TAG.match(rest)
    return (found["name"] or "").lower() if found else ""


def _plain_session(block: Block) -> Block:
    """What was typed, of a block that shows an interpreter's session."""
    first = next((line for line in block.code.split("\n") if line.strip()), "")
    if not _SESSION.match(first):
        return block
    typed = [line[found.end() :] for line in block.code.split("\n") if (found := _IN.match(line))]
    return Block(name=block.name, code="".join(f"{line}\n" for line in typed), closed=block.closed)


def unfenced_blocks(text: str, dialect: Dialect) -> list[Block]:
    """The runs of lines in `text` that look like code, fences or not."""
    lines = [
        _QUOTE.sub("", line, count=1) if line.startswith(">") and not line.startswith(">>>") else line
        for line in text.split("\n")
    ]
    lines = [_FENCE.sub("", line) if "```" in line or "~~~" in line else line for line in lines]
    if any(map(_TYPED.match, lines)):
        return [_plain_session(Block(name="", code="\n".join(line for line in lines if _IN.match(line))))]
    goes_on = _indented_run(dialect) if dialect.by_indentation else _braced_run(dialect)
    blocks: list[Block] = []
    run: list[str] = []
    for line in lines:
        if goes_on(line, bool(run)):
            run.append(line)
        elif run:
            blocks.append(Block(name="", code="".join(f"{one}\n" for one in run)))
            run = []
    if run:
        blocks.append(Block(name="", code="".join(f"{one}\n" for one in run), closed=False))
    return blocks


def without_margins(text: str, dialect: Dialect) -> str:
    """`text` with its indented blocks, as Markdown has them, at the margin: blank lines before, no code around."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t"):
            end += 1
        before = next((lines[n] for n in range(at - 1, -1, -1) if lines[n].strip()), "") if end > at else ""
        if end > at and not (lines[at].strip() and at) and not dialect.code_line.match(before):
            lines[at:end] = textwrap.dedent("\n".join(lines[at:end])).split("\n")
        at = max(end, at + 1)
    return "\n".join(lines)


def _indented_run(dialect: Dialect) -> Callable[[str, bool], bool]:
    quotes = re.compile("|".join(map(re.escape, dialect.lexicon.multiline)))
    open_quote = ""
    depth = 0

    def goes_on(line: str, begun: bool) -> bool:
        nonlocal open_quote, depth
        if not begun:
            open_quote, depth = "", 0
        inside = bool(open_quote) or depth > 0
        belongs = inside or (begun and (not line.strip() or line[0] in " \t")) or bool(dialect.code_line.match(line))
        if belongs:
            within = bool(open_quote)
            for found in quotes.finditer(line):
                if not open_quote:
                    open_quote, within = found[0], True
                elif found[0] == open_quote:
                    open_quote = ""
            if not within:
                code = blanked(dialect.lexicon, line)
                depth = max(0, depth + sum(map(code.count, "([{")) - sum(map(code.count, ")]}")))
        return belongs

    return goes_on


def _braced_run(dialect: Dialect) -> Callable[[str, bool], bool]:
    depth = 0
    commented = False

    def goes_on(line: str, begun: bool) -> bool:
        nonlocal depth, commented
        if not begun:
            depth, commented = 0, False
        belongs = depth > 0 or commented or (begun and not line.strip()) or bool(dialect.code_line.match(line.strip()))
        if belongs:
            if commented:
                commented = "*/" not in line
            else:
                code = blanked(dialect.lexicon, line)
                commented = "/*" in line and "*/" not in line[line.rindex("/*") :] and "/*" not in code
                depth = max(0, depth + dialect.open_blocks(line) + code.count("(") - code.count(")"))
        return belongs

    return goes_on
