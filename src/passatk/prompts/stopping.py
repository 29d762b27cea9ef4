"""Where a completion ends, told from the text of a model that goes on and on."""

from collections.abc import Callable, Sequence

from passatk.languages import by_name
from passatk.records import Problem

Rule = Callable[[str, int], int | None]
"""Of (text so far, where its newest part begins): where the completion ends, or None if it goes on."""


def rules_of(problem: Problem) -> list[Rule]:
    """Where a completion of `problem` ends: at its own stop strings, and where its function does."""
    function = by_name(problem.language).end_of_function if problem.in_function else None
    return [rule for rule in (stop_strings(problem), function) if rule is not None]


def stop_strings(problem: Problem) -> Rule | None:
    """Where the first of the problem's own stop strings begins; None if it has none.

    A completion that is no function's body, as where the prompt is text, may begin with anything: a stop string counts
    only where something stands before it.
    """
    if not problem.stop:
        return None
    return first_string(problem.stop) if problem.in_function else _behind_blank(problem.stop)


def _behind_blank(strings: Sequence[str]) -> Rule:
    """Where the first of `strings` begins that something stands before."""
    longest = max(map(len, strings))

    def ends(text: str, new: int) -> int | None:
        first = len(text) - len(text.lstrip())
        begin = max(first + 1, new - longest + 1)
        return min((at for string in strings if (at := text.find(string, begin)) >= 0), default=None)

    return ends


def first_string(strings: Sequence[str]) -> Rule:
    """Where the first of `strings` begins."""
    longest = max(map(len, strings), default=1)

    def ends(text: str, new: int) -> int | None:
        found = [at for string in strings if (at := text.find(string, max(0, new - longest + 1))) >= 0]
        return min(found, default=None)

    return ends


def earliest(rules: Sequence[Rule]) -> Rule | None:
    """All rules as one; None if there are none."""
    if not rules:
        return None

    def ends(text: str, new: int) -> int | None:
        return min((at for rule in rules if (at := rule(text, new)) is not None), default=None)

    return ends
