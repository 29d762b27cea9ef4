"""Which block of an answer is the program that reads stdin: all of it counts, its driver too."""

from collections.abc import Sequence

from passatk.answers.blocks import Block, fenced_blocks, unfenced_blocks
from passatk.answers.choosing import needed_from
from passatk.answers.wrappings import is_diff, new_side, plain
from passatk.languages import LANGUAGES
from passatk.languages.dialect import NOTHING, Dialect
from passatk.languages.lexing import blanked
from passatk.languages.syntax import LONGEST
from passatk.regex import regex

_MOST_BLOCKS = 60
_READS = regex(r"stdin|STDIN|\breadline|\bread_line|\breadInt|\bgetLine|\bgetContents|os\.read\(")
_WRITES = regex(
    r"[pP]rint|puts|put[Ss]tr|\bputc|[wW]rite|echo|\bsay\b|display|console\.log|\bcat\s*\(|stdout|\bcout\b|interact|\bp\b|\bpp\b"
)
_SENTENCE = regex(r"[A-Z*-][\w'*:-]*(?: +[\w',()`*:/-]+)*[.:!?*]*$")
_LABEL = regex(r"\s*(?P<name>[A-Za-z0-9+#]+)[ \t]*\n(?:Copy(?: code)?[ \t]*\n)?")
_MOST_TRIED = 6
"""Paragraphs of prose before a program without fences, and behind it, are at most so many."""
_MAIN = regex(r"\b[mM]ain\b")
_MAINS = ("main", "Main")


def program(dialect: Dialect, said: str) -> tuple[str, str]:
    """(code, how it was read) of an answer that is to be a program.

    The last block that reads and writes and runs; one that names another language only where it is a program of this
    one. Where no block does, what it lacks may stand in the others; and else the last that comes nearest.
    """
    marked = [block for block in fenced_blocks(said, dialect) if block.code.strip()][-_MOST_BLOCKS:]
    if marked:
        return _chosen(dialect, marked, "block")
    whole = plain(dialect, Block(name="", code=_LABEL.sub("", said) if _labelled(dialect, said) else said))
    if code := _without_prose(dialect, whole.code):
        return code, "no fence"
    blocks = [block for block in unfenced_blocks(said, dialect) if block.code.strip()][-_MOST_BLOCKS:]
    return _chosen(dialect, blocks, "no fence") if blocks else ("", "nothing")


def _labelled(dialect: Dialect, said: str) -> bool:
    """Whether an answer without fences begins with the name of its language, as pages show it above a block."""
    found = _LABEL.match(said)
    return found is not None and found["name"].lower() in dialect.fences


def _without_prose(dialect: Dialect, text: str) -> str:
    """`text` from the paragraph that begins a program to the one that ends it; empty where there is none."""
    lines = text.split("\n")
    filled = [bool(line.strip()) for line in lines]
    starts = [n for n, full in enumerate(filled) if full and not (n and filled[n - 1])]
    ends = [n + 1 for n, full in enumerate(filled) if full and not any(filled[n + 1 : n + 2])]
    ways = [(start, end) for start in starts[:_MOST_TRIED] for end in ends[-_MOST_TRIED:] if start < end]
    for start, end in sorted(ways, key=lambda way: way[0] - way[1]):
        code = "".join(f"{line}\n" for line in lines[start:end])
        if _SENTENCE.match(lines[start]) or _SENTENCE.match(lines[end - 1]):
            continue
        if dialect.valid(code) and _is_whole(dialect, Block(name="", code=code)):
            return code
    return ""


def _chosen(dialect: Dialect, marked: Sequence[Block], label: str) -> tuple[str, str]:
    blocks = [plain(dialect, block) for block in marked if not is_diff(block)]
    sides = [Block(name="", code=new_side(block.code) or "") for block in marked if is_diff(block)]
    whole = [block for block in blocks if _is_whole(dialect, block)]
    parts = [block for block in blocks if block not in whole and _is_own(dialect, block)]
    own = [block for block in whole if _is_own(dialect, block)] or whole
    if not own:
        own = [block for block in parts if _is_whole(dialect, _joined(dialect, block, parts))]
    if own:
        found = _joined(dialect, own[-1], parts)
        return found.code, "blocks joined" if found is not own[-1] and label == "block" else label
    own = [block for block in sides if _is_whole(dialect, block)]
    nearest = enumerate(own or blocks or marked)
    return max(nearest, key=lambda found: (_nearness(dialect, found[1]), found[0]))[1].code, label


def _is_own(dialect: Dialect, block: Block) -> bool:
    """Whether a block is in the language by its name, or has no name that says otherwise."""
    return not block.name or (block.name in dialect.fences and block.name not in dialect.supersets)


_OTHERS = frozenset(("text", "txt", "plaintext", "plain", "input", "output", "stdin", "stdout", "console", "sample"))


def _nearness(dialect: Dialect, block: Block) -> tuple[bool, bool, bool, bool]:
    others = {name for language in LANGUAGES.values() for name in language.fences} - set(dialect.fences) | _OTHERS
    own = block.name not in others
    return own, bool(_WRITES.search(block.code)), dialect.valid(block.code), block.name in dialect.fences


def _is_whole(dialect: Dialect, block: Block) -> bool:
    """Whether a block reads and writes, and something in it runs."""
    code = blanked(dialect.lexicon, block.code, strings=False)
    reads = dialect.reads_input is not NOTHING and (dialect.reads_input.search(code) or _READS.search(code))
    main = _MAIN.search(code) and (dialect.reads_input is NOTHING or any(map(dialect.driver_names.fullmatch, _MAINS)))
    if not _WRITES.search(code) or not (reads or main):
        return False
    if not _is_own(dialect, block) and not dialect.valid(block.code):
        return False
    return bool(main) or len(code) > LONGEST or _runs(dialect, block.code)


def _runs(dialect: Dialect, code: str) -> bool:
    """Whether a script does more than to define."""
    outlined = dialect.outline(code)
    values = [part.text for part in outlined.parts if part.kind == "definition" and "class" not in part.text]
    return (
        outlined.broken
        or any(part.kind in ("other", "error") for part in outlined.parts)
        or any("(" in value for value in values)
    )


def _joined(dialect: Dialect, block: Block, parts: Sequence[Block]) -> Block:
    """A block behind the functions, classes and imports that it lacks and other blocks have."""
    others = [other.code for other in parts if other is not block and len(other.code) <= LONGEST]
    if not others or len(block.code) > LONGEST or dialect.reads_input is NOTHING:
        return block
    lacking = needed_from(dialect, block.code, others, set(), "", False)
    added = [part for part in lacking if part.kind != "definition" or "class" in part.text]
    return Block(name=block.name, code=dialect.merged(added, block.code, "")) if added else block
