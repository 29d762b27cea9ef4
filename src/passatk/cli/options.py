"""Options that several commands share."""

import math
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from passatk.errors import InputError
from passatk.regex import regex

if TYPE_CHECKING:
    from passatk.problems import ProblemSet

Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

_NUMBER = regex(r"(\d+(?:[._]\d+)*(?:e[+-]?\d+)?)([kmgbt]?)", re.IGNORECASE)
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12}


def number_of(text: str, option: str) -> float:
    """What a person means by 50M, 1.5k, 3e7 or 2_000_000.

    Raises:
        InputError: it is no positive number.
    """
    found = _NUMBER.fullmatch(text.strip())
    try:
        value = float(found[1]) * _UNITS[found[2].lower()] if found else 0.0
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise InputError(f"{option} {text!r}: expected a positive number, like 50M, 1.5k or 3e7")
    return value


def number(option: str, help: str) -> Any:  # noqa: A002 - typer's own word
    """A typer option that takes what `number_of` takes."""
    return typer.Option(option, parser=lambda given: number_of(str(given), option), metavar="NUMBER", help=help)


def numbers_of(text: str | None, option: str) -> tuple[float, ...] | None:
    """Several, between commas; None for None.

    Raises:
        InputError: one is no positive number.
    """
    return None if text is None else tuple(number_of(part, option) for part in text.split(","))


def refuse_unused(where: str, **given: object) -> None:
    """Options by their Python names that mean nothing `where`; None or False if they were left out.

    Raises:
        InputError: one was given.
    """
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None and value is not False]
    if names:
        verb, them = ("changes", "it") if len(names) == 1 else ("change", "them")
        raise InputError(f"{', '.join(names)} {verb} nothing {where}; leave {them} out")


def problems_of(source: str) -> "ProblemSet":
    """Problems by name or path; what is left out of them is said on stderr.

    Raises:
        InputError: as `passatk.problems.load`.
    """
    from passatk.problems import load

    problems = load(source)
    if problems.left_out:
        print(f"Warning: {problems.left_out_words}.", file=sys.stderr)
    return problems


def require_problems(given: Mapping[str, Mapping[str, object]], why: str = "") -> None:
    """Ask for a problem set where none is given; task ids of benchmarks look alike, so there is no default to guess.

    Args:
        given: the tables.
        why: nothing else says which, in words.

    Raises:
        InputError: none is given.
    """
    if "source" not in given["problems"]:
        raise InputError(
            f"which problems?{f' {why}.' if why else ''} Give --problems, for example --problems humaneval-x"
        )


def as_json(report: object, **more: object) -> str:
    """A record as one line of JSON."""
    import msgspec

    return msgspec.json.encode({**more, **msgspec.to_builtins(report, enc_hook=str)}).decode()
