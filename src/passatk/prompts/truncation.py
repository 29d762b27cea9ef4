"""Where a completion ends, once all of a model's text is there."""

import re
from collections.abc import Sequence

from passatk.languages import by_name
from passatk.prompts.stopping import earliest, rules_of, stop_strings
from passatk.records import Problem


def completion(problem: Problem, text: str) -> str:
    """The part of a model's continuation that belongs to `problem`, closed where its benchmark closes it."""
    # a benchmark with stop strings cuts at these alone: helpers behind the function are part of the program
    rule = stop_strings(problem) or earliest(rules_of(problem))
    if problem.cut and rule:
        text = text[: rule(text, 0)]
    if problem.closed:
        language = by_name(problem.language)
        missing = language.open_blocks(problem.prompt) + min(0, language.open_blocks(text))
        text += f"\n{language.closer}" * max(0, missing)
    return text


def truncate(text: str, patterns: Sequence[str]) -> str:
    """`text` before its second `print` and its second `def` at a line's start, then before the earliest of `patterns`.

    What CodeGen's `truncate` and transformers' `truncate_before_pattern` do. No patterns: `text` as it is.

    Args:
        text: a finished continuation.
        patterns: regular expressions; `^` and `$` match at lines.
    """
    if not patterns:
        return text
    for opening in ("^print", "^def"):
        starts = [found.start() for found in re.finditer(opening, text, re.MULTILINE)]
        if len(starts) > 1:
            text = text[: starts[1]]
    found = (re.compile(pattern, re.MULTILINE).search(text) for pattern in patterns)
    return text[: min((match.start() for match in found if match), default=len(text))]
