"""What a model predicts of a function: the value, or the call, in the assertion that it was to complete."""

import ast
import re
import warnings

from passatk.answers.blocks import fenced_blocks
from passatk.languages import LANGUAGES
from passatk.regex import regex

_MARKED = regex(r"\[ANSWER\](.*?)(?:\[/ANSWER\]|\Z)", re.DOTALL | re.IGNORECASE)
_ASSERTION = regex(r"^[ \t]*assert\b", re.MULTILINE)


def predicted(said: str, side: str) -> tuple[str, str]:
    """(an expression, how it was read) from what a model said.

    `side`: the output, behind `==` in the assertion, or the input, the call before it. An answer may be the expression
    alone. What is between the last marks counts, else the last block, else what begins with the last `assert`.
    """
    marked = _MARKED.findall(said)
    blocks = [block.code for block in fenced_blocks(marked[-1] if marked else said, LANGUAGES["python"])]
    text, read_as = (marked[-1], "marks") if marked else (said, "no fence")
    if filled := [block for block in blocks if block.strip()]:
        text, read_as = filled[-1], "marks" if marked else "block"
    starts = [found.start() for found in _ASSERTION.finditer(text)]
    if starts:
        text = text[starts[-1] :]
    text = text.strip()
    expression = _side(text, side) if starts or "==" in text else text
    return (expression, read_as) if expression else ("", "nothing")


def _side(text: str, side: str) -> str:
    """Of an assertion, whole or not, or of a comparison."""
    tested = _tested(text) or _tested(text.split("\n", 1)[0])
    if isinstance(tested, ast.Compare) and isinstance(tested.ops[0], ast.Eq):
        part = tested.left if side == "input" else tested.comparators[-1]
        source = text if _tested(text) is not None else text.split("\n", 1)[0]
        return ast.get_source_segment(source, part) or ""
    before, equals, behind = text.removeprefix("assert").partition("==")
    return (before if side == "input" else behind if equals else before).strip()


def _tested(text: str) -> ast.expr | None:
    """What an assertion, or an expression, asks."""
    with warnings.catch_warnings(action="ignore"):
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    if len(body) != 1:
        return None
    return body[0].test if isinstance(body[0], ast.Assert) else getattr(body[0], "value", None)
