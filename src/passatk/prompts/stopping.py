"""Where a function ends, told from the text of a model that goes on and on."""

import re
from collections.abc import Callable, Sequence

from passatk.languages import LANGUAGES

UNINDENTED = re.compile(r"(?:\A|\n)(?![ \t])[^\n]*?\S")
"""A line that is not blank and not indented, from the line break before it."""


def end_of_function(language: str) -> Callable[[str, int], int | None]:
    """A function of (text so far, where its newest part begins): where the function's body ends, or None if it goes on.

    Python: before the first line that is not indented (CodeGeeX's rule and HumanEval-X's). The others: after the brace
    that closes one more than the text opened. What stands in strings and comments does not count.
    """
    return LANGUAGES[language].end_of_function


def open_braces(text: str, language: str) -> int:
    """How many braces `text` leaves open."""
    return LANGUAGES[language].open_braces(text)


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
