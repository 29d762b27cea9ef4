"""Where a function ends, told from the text of a model that goes on and on."""

import re
from collections.abc import Callable, Sequence

from passatk.records import Problem

UNINDENTED = re.compile(r"(?:\A|\n)(?![ \t])[^\n]*?\S")
"""A line that is not blank and not indented, from the line break before it."""

_BRACES = re.compile(
    r"""//[^\n]* | /\*.*?(?:\*/|\Z)              # comments
    | "(?:\\.|[^"\\\n])*(?:"|\n|\Z)              # strings
    | '(?:\\.|[^'\\\n]{1,2})' | '(?:\\.?|[^'\\\n]?)\Z   # characters; a Rust lifetime has no second quote
    | `(?:\\.|[^`\\])*(?:`|\Z)                   # JavaScript's templates, Go's raw strings
    | [{}]""",
    re.DOTALL | re.VERBOSE,
)


def end_of_function(language: str) -> Callable[[str, int], int | None]:
    """A function of (text so far, where its newest part begins): where the function's body ends, or None if it goes on.

    Python: before the first line that is not indented (CodeGeeX's rule and HumanEval-X's). The others: after the brace
    that closes one more than the text opened, braces in strings and comments not counted.
    """
    return _python if language == "python" else _braces


def _python(text: str, new: int) -> int | None:
    found = UNINDENTED.search(text, max(0, text.rfind("\n", 0, new)) if new else 0)
    return found.start() if found else None


def _braces(text: str, new: int) -> int | None:
    if text.find("}", new) < 0:
        return None
    depth = 0
    for found in _BRACES.finditer(text):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth < 0:
                return found.end()
    return None


def open_braces(text: str) -> int:
    """How many braces `text` leaves open."""
    found = [match[0] for match in _BRACES.finditer(text)]
    return found.count("{") - found.count("}")


def first_string(strings: Sequence[str]) -> Callable[[str, int], int | None]:
    """A function of (text so far, where its newest part begins): where the first of `strings` begins in it, or None."""
    longest = max(map(len, strings), default=1)

    def ends(text: str, new: int) -> int | None:
        found = [at for string in strings if (at := text.find(string, max(0, new - longest + 1))) >= 0]
        return min(found, default=None)

    return ends


def earliest(rules: Sequence[Callable[[str, int], int | None]]) -> Callable[[str, int], int | None] | None:
    """All rules as one; None if there are none."""
    if not rules:
        return None

    def ends(text: str, new: int) -> int | None:
        return min((at for rule in rules if (at := rule(text, new)) is not None), default=None)

    return ends


def end_of_completion(problem: Problem) -> Callable[[str, int], int | None] | None:
    """Where a completion of `problem` ends: before its stop strings, else where the function does.

    None if it has neither. Outside of a function no stop string counts before there is anything but blank space.
    """
    if problem.stop:
        found = first_string(problem.stop)
        if problem.in_function:
            return found
        return lambda text, new: found(text, max(new, len(text) - len(text.lstrip())))
    return end_of_function(problem.language) if problem.in_function else None
