"""An answer -> the code it means. Every step is a pure function of its own."""

import re
import textwrap
from collections.abc import Sequence

from msgspec import UNSET

from passatk.answers.blocks import Block, fenced_blocks, looks_fenced, unfenced_blocks, without_margins
from passatk.answers.choosing import (
    first_to_last,
    imports_apart,
    needed_from,
    solution,
    without_drivers,
    without_unused,
    words_of,
)
from passatk.answers.predictions import predicted
from passatk.answers.programs import program
from passatk.answers.thinking import with_plain_blanks, within_reach, without_marks, without_thinking
from passatk.answers.wrappings import is_diff, new_side, opened, plain
from passatk.languages import LANGUAGES
from passatk.languages.dialect import Dialect
from passatk.languages.heads import heads
from passatk.languages.syntax import LONGEST
from passatk.records import Problem, Record
from passatk.regex import regex

VERSION = 4
"""Of the rules. An answer that is read differently has another."""


_NO_CODE = frozenset(
    ("bash", "sh", "shell", "zsh", "console", "terminal", "powershell", "output", "json", "yaml", "html", "diff")
)
"""Names of blocks that hold no part of a solution."""
_MOST_PLAIN = 60
"""Blocks whose wrappings are looked at, from the end."""


class Answer(Record, frozen=True, kw_only=True):
    """What was read from an answer."""

    code: str
    whole: bool
    """`code` is a program of its own; else it continues the problem's prompt."""
    read_as: str
    """How it was read: `block`, `blocks joined`, `no fence`, `body`, `another function`, `thinking not closed`,
    `nothing`; of predictions also `marks`."""
    thinking: str = ""
    """What the model thought before it answered."""


def read_answer(text: str, problem: Problem) -> Answer:
    """The code that an answer to `problem` means.

    Never fails: an answer without code is an empty program.
    """
    dialect: Dialect = LANGUAGES[problem.language]
    thinking, said = without_thinking(text)
    if said is None:
        return Answer(code="", whole=True, read_as="thinking not closed", thinking=thinking)
    said = with_plain_blanks(within_reach(without_marks(said)))
    if problem.predicts is not UNSET:
        code, read_as = predicted(said, problem.predicts)
        return Answer(code=code, whole=False, read_as=read_as, thinking=thinking)
    said = opened(said)
    if problem.cases is not UNSET and problem.cases.call is UNSET:
        code, read_as = program(dialect, said)
        return Answer(code=code, whole=True, read_as=read_as, thinking=thinking)
    marked = fenced_blocks(said, dialect)
    marked = [*marked[:-_MOST_PLAIN], *(plain(dialect, block) for block in marked[-_MOST_PLAIN:])]
    if not marked and (bare := plain(dialect, Block(name="", code=said))).code != said:
        marked = [bare]
    for entry in _entries(problem):
        if found := _defining(dialect, problem, said, marked, entry, thinking):
            return found
    return _undefined(dialect, problem, said, marked, thinking)


def _entries(problem: Problem) -> list[str]:
    """What an answer may define: a method as `Class.name`, which also counts as a function, or the other way round."""
    if problem.cases is UNSET or problem.cases.call is UNSET:
        return [entry_point(problem)]
    name = problem.cases.call.name
    owner, _, method = name.partition("().")
    return [f"{owner}.{method}", method] if method else [name, f"Solution.{name}"]


def _defining(
    dialect: Dialect, problem: Problem, said: str, marked: Sequence[Block], entry: str, thinking: str
) -> Answer | None:
    """What defines `entry`: a block, or code between the prose."""
    fenced = _in_language(dialect, marked)
    chosen, declared = solution(dialect, fenced, entry)
    if chosen is not None:
        later = unfenced_blocks(_behind_fences(said), dialect) if marked[-1].closed else []
        found, _ = solution(dialect, later, entry)
        if found is None:
            return _whole(dialect, problem, fenced, chosen, entry, "block", thinking)
        return _whole(dialect, problem, [*fenced, *later], len(fenced) + found, entry, "no fence", thinking)
    begun = declared is not None or _declares(problem, said, entry)
    if begun and (body := _body(dialect, problem, fenced, thinking)):
        return body
    more = _misnamed(dialect, marked, fenced)
    chosen, _ = solution(dialect, more, entry)
    if chosen is not None:
        return _whole(dialect, problem, [*fenced, *more], len(fenced) + chosen, entry, "block", thinking)
    unfenced, found = _unfenced(dialect, said, entry)
    if found is not None:
        return _whole(dialect, problem, unfenced, found, entry, "no fence", thinking)
    return None


def _undefined(dialect: Dialect, problem: Problem, said: str, marked: Sequence[Block], thinking: str) -> Answer:
    """What does not define what was asked: the body of it, a declaration alone, or another function."""
    entry = _entries(problem)[0]
    fenced = _in_language(dialect, marked)
    _, declared = solution(dialect, fenced, entry)
    begun = declared is not None or _declares(problem, said, entry)
    bodies = fenced or _unfenced_bodies(said, problem, entry)
    if not (begun and fenced) and (body := _body(dialect, problem, bodies, thinking)):
        return body
    if declared is not None:
        return _whole(dialect, problem, fenced, declared, entry, "block", thinking)
    blocks = fenced or unfenced_blocks(said, dialect)
    code = next((block.code for block in reversed(blocks) if block.code.strip()), "")
    return Answer(code=code, whole=True, read_as="another function" if code else "nothing", thinking=thinking)


def _misnamed(dialect: Dialect, marked: Sequence[Block], fenced: Sequence[Block]) -> list[Block]:
    """Programs of the language in blocks that say they are in another, and what diffs leave of theirs."""
    named = [block for block in marked[-_MOST_PLAIN:] if block not in fenced and dialect.valid(block.code)]
    sides = [new_side(block.code) or "" for block in marked if is_diff(block)]
    return [*named, *(Block(name="", code=side) for side in sides if len(side) <= LONGEST and dialect.valid(side))]


def _declares(problem: Problem, said: str, entry: str) -> bool:
    """Whether an answer begins, before its first fence, with the function's head alone."""
    language = LANGUAGES[problem.language]
    before = re.split("`{3}|~{3}", said, maxsplit=1)[0]
    own = [head for head in heads(before, language) if head.name == entry]
    if (
        own
        and not language.by_indentation
        and not re.search(r"^[ \t]+\S|[;}]\s*$", before[own[-1].body :], re.MULTILINE)
    ):
        return True
    found, declared = solution(language, unfenced_blocks(before, language), entry)
    return found is None and declared is not None


def _unfenced(dialect: Dialect, said: str, entry: str) -> tuple[list[Block], int | None]:
    """(the blocks of an answer without fences, which of them is the solution)."""
    blocks = unfenced_blocks(said, dialect)
    found, _ = solution(dialect, blocks, entry)
    if found is None and dialect.by_indentation:
        flush = unfenced_blocks(without_margins(said, dialect), dialect)
        found, _ = solution(dialect, flush, entry)
        blocks = blocks if found is None else flush
    return blocks, found


def _behind_fences(said: str) -> str:
    """What stands behind the last fence of an answer, if that is more than a few words."""
    last = max(said.rfind("```"), said.rfind("~~~"))
    later = said[last:].partition("\n")[2] if last >= 0 else ""
    return later if "\n" in later.strip() else ""


def looks_like_chat(text: str) -> bool:
    """Whether a text that is to be a program is rather an answer about one: fences, or a model's thinking."""
    return looks_fenced(text) or without_thinking(text) != ("", text)


def entry_point(problem: Problem) -> str:
    """The name that the tests call: the problem's own word for it, or the function that its prompt leaves open."""
    dialect = LANGUAGES[problem.language]
    tested = words_of(dialect, problem.tests.code)
    if problem.entry_point in tested:
        return problem.entry_point
    outlined = dialect.outline(prompt_program(dialect, problem))
    functions = [name for part in outlined.parts if part.kind == "function" for name in part.names if name]
    last = problem.entry_point or (functions[-1] if functions else "")
    return next((name for name in reversed(functions) if name in tested), last)


def prompt_program(dialect: Dialect, problem: Problem) -> str:
    """A problem's prompt with its last function closed, so that it can be looked at."""
    prompt = problem.prompt or problem.declaration
    if dialect.by_indentation:
        return prompt
    return dialect.shaped(f"{prompt}\n" + f"{dialect.closer}\n" * max(0, dialect.open_blocks(prompt)), "")


def _in_language(dialect: Dialect, blocks: Sequence[Block]) -> list[Block]:
    """Blocks without those that say they are in another language, unless all do; diffs in none."""
    others = {name for language in LANGUAGES.values() for name in language.fences} - set(dialect.fences)
    blocks = [block for block in blocks if not is_diff(block)]
    own = [block for block in blocks if block.name not in others]
    return own or blocks


def _whole(
    dialect: Dialect, problem: Problem, blocks: Sequence[Block], chosen: int, entry: str, label: str, thinking: str
) -> Answer:
    """The program in a block, with what it needs of the other blocks and of the prompt."""
    entry = entry.partition(".")[0]
    code = dialect.shaped(blocks[chosen].code, entry)
    if len(code) > LONGEST:
        return Answer(code=code, whole=True, read_as=f"{label}, too long to look into", thinking=thinking)
    code, left_out = without_drivers(dialect, code, entry, cut_off=not blocks[chosen].closed)
    near = [*blocks[chosen + 1 :][:8], *blocks[max(0, chosen - 30) : chosen]]
    others = [dialect.shaped(block.code, "") for block in near if block.name not in _NO_CODE]
    joined = needed_from(dialect, code, [other for other in others if len(other) <= LONGEST], set(), entry, False)
    own, code = imports_apart(dialect, code, left_out, entry)
    if not dialect.prompt_imports:
        own = without_unused(dialect, own, code, prompt_program(dialect, problem))
    first, code = first_to_last(dialect, code)
    code = dialect.merged([*own, *joined], code, entry)
    tested = words_of(dialect, problem.tests.code)
    given = needed_from(dialect, code, [prompt_program(dialect, problem)], tested, entry, dialect.prompt_imports)
    code = first + dialect.placed(dialect.merged(given, code, entry), problem.prompt, entry)
    if joined and label == "block":
        label = "blocks joined"
    return Answer(code=code, whole=True, read_as=label, thinking=thinking)


def _unfenced_bodies(said: str, problem: Problem, entry: str) -> list[Block]:
    """What may be a function's body in an answer without blocks: its indented lines, or all of it.

    Where the answer repeats the function's head, only what stands behind; nothing where it repeats only other functions
    of the prompt: their bodies are not the answer's.
    """
    language = LANGUAGES[problem.language]
    repeated = list(heads(said, language))
    own = [head for head in repeated if head.name == entry]
    if own:
        if said[own[-1].start] in " \t" and language.closers == 1:
            return []  # a method of a class of its own
        said = said[own[-1].body :]
    elif {head.name for head in repeated}.intersection(head.name for head in heads(problem.prompt, language)):
        return []
    dialect: Dialect = language
    lines = said.split("\n")
    inside = [n for n, line in enumerate(lines) if line[:1] in (" ", "\t") and line.strip()]
    whole = Block(name="", code=said, closed=False)
    if not inside:
        return [whole]
    closing = ("", dialect.closer, f"{dialect.closer};")
    last = next((n for n in range(inside[-1] + 1, len(lines)) if lines[n].strip() not in closing), len(lines))
    return [Block(name="", code="\n".join(lines[inside[0] : last])), whole]


def _body(dialect: Dialect, problem: Problem, blocks: Sequence[Block], thinking: str) -> Answer | None:
    """The last block that continues the prompt as its function's body."""
    prompt = problem.prompt
    if not prompt.strip() or not problem.in_function:
        return None
    for block in reversed(blocks[-20:]):
        if not block.code.strip() or len(block.code) > LONGEST or not dialect.returns.search(block.code):
            continue
        imports, code = _imports_of_body(dialect, block.code)
        for body in _as_body(dialect, problem, code):
            if not _gives_back(dialect, body) or not dialect.valid(prompt + body):
                continue
            if not imports:
                return Answer(code=body, whole=False, read_as="body", thinking=thinking)
            _, own = _imports_of_body(dialect, prompt)
            whole = Block(name="", code=f"{imports}{own}{body}")
            return _whole(dialect, problem, [whole], 0, entry_point(problem), "body", thinking)
    return None


def _imports_of_body(dialect: Dialect, code: str) -> tuple[str, str]:
    """(imports, the rest) of a body in a language that imports outside of functions only."""
    if dialect.by_indentation:
        return "", code
    imports = [part for part in dialect.outline(code).parts if part.kind == "import"]
    for part in reversed(imports):
        code = code[: part.start] + code[part.end :]
    return "".join(f"{part.text.rstrip()}\n" for part in imports), code


_CONTROL = regex(r"(?:if|for|while|do|try|with|switch|match|select|loop|unsafe|else|case|synchronized)\b|\{")


def _gives_back(dialect: Dialect, body: str) -> bool:
    """Whether a body gives something back itself, not only in functions that it defines."""
    parts = dialect.outline(textwrap.dedent(body)).parts
    return any(
        part.kind in ("other", "error")
        and dialect.returns.search(part.text)
        and (dialect.returns.match(part.text) or _CONTROL.match(part.text))
        for part in parts
    )


def _as_body(dialect: Dialect, problem: Problem, code: str) -> list[str]:
    """Ways to read `code` as what follows the prompt."""
    prompt = problem.prompt
    code = code.strip("\n").rstrip() + "\n"
    if dialect.by_indentation:
        indentation = _indentation_of(prompt)
        flush = textwrap.dedent(code)
        first, _, rest = code.partition("\n")
        ways = [textwrap.indent(flush, indentation)]
        if not first[:1].isspace():
            ways.append(f"{indentation}{first}\n{rest}")
        return ways
    end = dialect.end_of_function(code, 0)
    if end is not None:
        code = code[:end] + "\n" + without_drivers(dialect, code[end:], entry_point(problem), cut_off=False)[0]
    missing = dialect.open_blocks(prompt + code)
    return [code + f"{dialect.closer}\n" * missing] if missing >= 0 else []


def _indentation_of(prompt: str) -> str:
    """How the body that `prompt` has begun is indented."""
    last = next((line for line in reversed(prompt.split("\n")) if line.strip()), "")
    blank = last[: len(last) - len(last.lstrip())]
    return blank if not last.rstrip().endswith(":") else blank + "    "
