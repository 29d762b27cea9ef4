"""Which block of an answer is the solution, and what of it is one: no drivers, and all that it relies on."""

import re
import textwrap
from collections.abc import Iterable, Sequence

from passatk.answers.blocks import Block
from passatk.languages.dialect import Dialect
from passatk.languages.lexing import blanked
from passatk.languages.syntax import LONGEST, Outline, Part
from passatk.regex import regex

_WORD = regex(r"[^\W\d][\w$]*|\$[\w$]*")
_MOST_OPEN = 4
_MOST_BLOCKS = 60
"""Blocks that are looked at, from the end: an answer with more goes round in circles."""


def words_of(dialect: Dialect, code: str) -> set[str]:
    """The words of `code` outside of comments and strings."""
    return set(_WORD.findall(blanked(dialect.lexicon, code[: 4 * LONGEST])))


def defines(dialect: Dialect, code: str, entry: str) -> bool | None:
    """Whether `code` defines `entry`; None where it only says how that is called and leaves the rest to others.

    `entry`: a name, or a method as `Class.name`, which has to be in the class.
    """
    entry, _, method = entry.partition(".")
    if not re.search(rf"(?<!\w){re.escape(entry)}(?!\w)", code):
        return False
    if len(code) > LONGEST:
        return True
    closed = _closed(dialect, code)
    for part in dialect.outline(closed).parts:
        if entry in part.names and part.kind in ("function", "definition"):
            if method and not _has_method(dialect, part.text, method):
                continue
            bodies = [body for name, body in part.bodies if name == entry]
            begun = closed != code and not bodies
            return True if not (bodies or begun) or any(not is_stub(dialect, body) for body in bodies) else None
    return False


def _has_method(dialect: Dialect, text: str, method: str) -> bool:
    """Whether the class that `text` is has a method that does something."""
    if not dialect.by_indentation:
        return re.search(rf"(?<!\w){re.escape(method)}\s*\(", text) is not None
    inside = dialect.outline(textwrap.dedent(text.partition("\n")[2]))
    bodies = [body for part in inside.parts for name, body in part.bodies if name == method]
    if inside.broken and not bodies:
        return re.search(rf"\bdef\s+{re.escape(method)}\b", text) is not None
    return any(not is_stub(dialect, body) for body in bodies)


def _closed(dialect: Dialect, code: str) -> str:
    """`code` with every block closed, as where it ends behind the head of a function."""
    missing = dialect.open_blocks(code)
    return code + f"\n{dialect.closer}" * missing if 0 < missing <= _MOST_OPEN else code


def is_stub(dialect: Dialect, body: Sequence[str]) -> bool:
    """Whether the statements of a function's body do nothing."""
    return all(dialect.stub.fullmatch(statement.strip()) for statement in body)


def solution(dialect: Dialect, blocks: Sequence[Block], entry: str) -> tuple[int | None, int | None]:
    """(the last block that defines `entry`, the last that only declares it), by number."""
    declared = None
    latest = reversed(range(max(0, len(blocks) - _MOST_BLOCKS), len(blocks)))
    for number in sorted(latest, key=lambda number: blocks[number].name in dialect.supersets):
        verdict = defines(dialect, dialect.shaped(blocks[number].code, entry), entry)
        if verdict:
            return number, declared
        if verdict is None and declared is None:
            declared = number
    return None, declared


def needed_from(
    dialect: Dialect, code: str, others: Sequence[str], words: set[str], entry: str, imports: bool
) -> list[Part]:
    """Imports and definitions in `others` that `code` relies on and lacks.

    Args:
        dialect: the language of all.
        code: what relies on them.
        others: programs to take them from; of a name that several define, the last counts.
        words: further names that are relied on.
        entry: never taken.
        imports: take every import, not those alone that are named.
    """
    own = [
        part
        for part in _leaves(dialect, dialect.outline(code))
        if part.kind != "import" or not dialect.own_imports.match(part.text)
    ]
    had, there = {entry}.union(*(part.names for part in own)), {_plain(part.text) for part in own}
    relied = words_of(dialect, code)
    wanted = relied | words
    sources = [_leaves(dialect, dialect.outline(other)) for other in others]
    giver: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    grew = True
    while grew:
        grew = False
        for source, number, part in _last_source_first(sources):
            free = [name for name in part.names if name not in had and giver.get(name, source) == source]
            named = bool(wanted.intersection(free))
            if part.kind == "import" and not dialect.prompt_imports:
                named = bool(relied.intersection(free))  # what the tests name, they import
            if part.kind == "import":
                named = named or (imports and bool(free)) or not part.names
            if part.kind == "import" and dialect.test_imports.match(part.text):
                continue
            if not named or entry in part.names or (source, number) in taken or _plain(part.text) in there:
                continue
            taken.add((source, number))
            there.add(_plain(part.text))
            giver.update(dict.fromkeys(part.names, source))
            relied |= words_of(dialect, part.text)
            wanted |= relied
            grew = True
    return [sources[source][number] for source, number in sorted(taken)]


def _last_source_first(sources: Sequence[Sequence[Part]]) -> Iterable[tuple[int, int, Part]]:
    for source in reversed(range(len(sources))):
        for number, part in enumerate(sources[source]):
            if part.kind in ("import", "function", "definition"):
                yield source, number, part


def _leaves(dialect: Dialect, outlined: Outline) -> list[Part]:
    return [leaf for part in outlined.parts for leaf in (dialect.imports(part) if part.kind == "import" else [part])]


def _plain(text: str) -> str:
    return re.sub(r"\s+|;", "", text)


def without_drivers(dialect: Dialect, code: str, entry: str, cut_off: bool) -> tuple[str, str]:
    """(`code` without what only runs or tests the solution, what was left out).

    `cut_off`: the answer ended in this code, so that its last statement may be half of one.
    """
    left_out = ""
    if cut_off:
        code, left_out = _without_torn_end(dialect, code, entry)
    parts = [part for part in dialect.outline(code).parts if part.kind not in ("comment", "import")]
    runs = [_runs(dialect, part, entry, parts) for part in parts]
    drivers = {n for n, how in enumerate(runs) if how is not None}
    used = [words_of(dialect, part.text) for part in parts] if drivers else []
    before: set[int] = set()
    while drivers != before:
        before = set(drivers)
        kept = [n for n in range(len(parts)) if n not in drivers]
        words = {word for n in kept for word in used[n]}
        relied = {word for n in kept if parts[n].kind != "other" for word in used[n]}
        drivers -= {n for n in drivers if runs[n] == "by name" and words.intersection(parts[n].names)}
        drivers -= {n for n in drivers if runs[n] == "in a function" and relied.intersection(parts[n].names)}
        drivers |= _left_alone(dialect, parts, used, drivers)
    left_out += "\n".join(parts[n].text for n in sorted(drivers))
    for n in sorted(drivers, reverse=True):
        code = code[: parts[n].start] + code[parts[n].end :]
    return code, left_out


def _left_alone(dialect: Dialect, parts: Sequence[Part], used: Sequence[set[str]], drivers: set[int]) -> set[int]:
    """Statements that use what only drivers define, or look at what only drivers use. `used`: the words of each."""
    kept = [n for n in range(len(parts)) if n not in drivers]
    there = {name for n in kept for name in parts[n].names}
    lost = {name for n in drivers for name in parts[n].names} - there
    needed = {word for n in kept if parts[n].kind != "other" for word in used[n].difference(parts[n].names)} & there
    theirs = {word for n in drivers for word in used[n]} & there - needed
    found = set()
    for n in kept:
        part = parts[n]
        if part.kind not in ("definition", "other") or _CLASS.match(part.text) or dialect.hands_over.match(part.text):
            continue
        looks = bool(_LOOKS.match(part.text) and used[n] & theirs and not used[n] & needed)
        code = blanked(dialect.lexicon, part.text)
        if looks or any(re.search(_VARIABLE.format(re.escape(name)), code) for name in used[n] & lost):
            found.add(n)
    return found


def _without_torn_end(dialect: Dialect, code: str, entry: str) -> tuple[str, str]:
    """(`code` before what the end of the answer tore, the rest), where that is behind the solution."""
    outlined = dialect.outline(code)
    solved = max((part.end for part in outlined.parts if entry in part.names), default=len(code))
    torn = next((part.start for part in outlined.parts if part.start >= solved and part.kind == "error"), None)
    if torn is None or not outlined.broken:
        return code, ""
    whole = [
        p.start for p in outlined.parts if solved <= p.start <= torn and not dialect.open_blocks(code[solved : p.start])
    ]
    torn = max(solved, code.rfind("\n", 0, max(whole, default=torn)) + 1)
    return code[:torn] + "\n", code[torn:]


_CLASS = regex(r"(?:[\w@]+\s+)*(?:class|struct|interface|impl|enum|record|trait|type|mod|namespace)\b")
_LOOKS = regex(r"(?:if|for|while|switch|match|try|throw|raise|assert|unless)\b")
_VARIABLE = r"(?<![\w.$]){}(?![\w$]|\s*[:=](?!=))"
"""A name that is not a field's."""
_CALL = regex(r"(?:await\s+)?[\w.]+\s*\(")
_BARE_CALL = regex(r"(\w+)\([^;]*\)\s*;?\Z")


def _runs(dialect: Dialect, part: Part, entry: str, parts: Sequence[Part]) -> str | None:
    """How one sees that a part only runs or tests the solution: `by name`, `by deed`, `in a function`; None if not.

    What is seen by its name alone stays where something that stays relies on it; what calls the solution in functions
    alone that others will call, where a definition that stays does.
    """
    if not entry or entry in part.names or dialect.hands_over.match(part.text):
        return None
    if dialect.driver_code.match(part.text):
        return "by name"
    if part.kind in ("function", "definition") and any(map(dialect.driver_names.fullmatch, part.names)):
        return "by name"
    if part.kind == "function" or _CLASS.match(part.text):
        return None
    calls = re.compile(rf"(?<!\w){re.escape(entry)}\s*\(")
    code = blanked(dialect.lexicon, part.text)
    if dialect.reads_input.search(code):
        return "by deed"
    if calls.search(code):
        if calls.search(blanked(dialect.lexicon, dialect.at_once(part.text))):
            return "by deed"
        if part.names:
            return "in a function"
    if part.kind == "other" and _CALL.match(code) and re.search(rf"(?<!\w){re.escape(entry)}(?!\w)", code):
        return "by deed"
    called = _BARE_CALL.match(part.text) if part.kind == "other" else None
    if called is None:
        return None
    bodies = [other.text for other in parts if other.kind == "function" and called[1] in other.names]
    return "by deed" if any(calls.search(body) or dialect.reads_input.search(body) for body in bodies) else None


def first_to_last(dialect: Dialect, code: str) -> tuple[str, str]:
    """(what must stand before everything else, the rest) of `code`."""
    first = [part for part in dialect.outline(code).parts if dialect.first_code.match(part.text)]
    for part in reversed(first):
        code = code[: part.start] + code[part.end :]
    return "".join(f"{part.text.rstrip()}\n" for part in first), code


def imports_apart(dialect: Dialect, code: str, left_out: str, entry: str) -> tuple[list[Part], str]:
    """(imports of `code`, the rest), where imports are written one by one; those that only drivers used are gone."""
    parts = [part for part in dialect.outline(code).parts if part.kind == "import"]
    dropped, kept = words_of(dialect, left_out), _words_beside(dialect, code, parts)
    leaves: list[Part] = []
    for part in reversed(parts):
        own = dialect.imports(part)
        used = [one for one in own if not _only_dropped(dialect, one, dropped, kept) and entry not in one.names]
        if used == [part]:
            continue
        code = code[: part.start] + code[part.end :]
        leaves = used + leaves
    unique: dict[tuple[str, ...] | str, Part] = {}
    for leaf in leaves:
        unique.setdefault(leaf.names or leaf.text, leaf)
    return list(unique.values()), code


def without_unused(dialect: Dialect, imports: Sequence[Part], code: str, prompt: str) -> list[Part]:
    """`imports` without those that the prompt asked for and `code` does not use: they are not the answer's mistake."""
    asked = {_plain(leaf.text) for leaf in _leaves(dialect, dialect.outline(prompt)) if leaf.kind == "import"}
    used = words_of(dialect, code)
    return [one for one in imports if _plain(one.text) not in asked or used.intersection(one.names)]


def _words_beside(dialect: Dialect, code: str, parts: Sequence[Part]) -> set[str]:
    for part in reversed(parts):
        code = code[: part.start] + code[part.end :]
    return words_of(dialect, code)


def _only_dropped(dialect: Dialect, leaf: Part, dropped: set[str], kept: set[str]) -> bool:
    """Whether an import is there for the drivers alone."""
    if dialect.test_imports.match(leaf.text):
        return not kept.intersection(leaf.names)
    return bool(leaf.names) and dropped.issuperset(leaf.names) and not kept.intersection(leaf.names)
