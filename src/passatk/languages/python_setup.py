"""What Python programs get before their own code: imports that a problem adds."""

import re

from passatk.regex import regex

NUMPY = regex(r"\b(numpy|np)\b")
_FUTURE = regex(r"^from[ \t]+__future__[ \t]+import[ \t]+[\w, \t]+(?:#.*)?$", re.MULTILINE)


def helpers(setup: str, numpy: bool) -> str:
    """What names numpy nowhere cannot notice that the import is left out, and saves 0.1 s."""
    return "".join(f"{line}\n" for line in setup.splitlines() if numpy or not NUMPY.search(line))


def behind_future(setup: str, body: str) -> str:
    """`body` with the helpers that it gets, which it may go on without; what has to come first does."""
    if not setup.strip():
        return body
    if not _FUTURE.search(body):
        return f"{setup.rstrip()}\n{body}"
    lines = body.split("\n")
    future = [line for line in lines if _FUTURE.match(line)]
    left = "\n".join("" if _FUTURE.match(line) else line for line in lines)
    return "\n".join([*future, setup.rstrip(), left])
