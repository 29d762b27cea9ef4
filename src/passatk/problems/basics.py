"""`basics`: the embedded suite, written once per problem and rendered to six languages. Works offline.

Four tiers: problems written by hand (one TOML file each), and three of generated ones that no training corpus of
`passatk corpus` contains (`suites/generated.json`, made by `tools/make_suite.py`).
"""

import tomllib
from functools import cache
from importlib import resources

import msgspec

from passatk.problems.rendering import RENDERERS, Specification
from passatk.records import Problem, Record

NAME = "basics"
WRITTEN = "written"
FIRST_NUMBER = {WRITTEN: 0, "constants": 100, "compositions": 200, "depth": 300}
"""Tier -> where its task ids begin: `Python/200` is the first problem of `compositions` in Python."""


class GeneratedSuite(Record, frozen=True, forbid_unknown_fields=True):
    """`generated.json`."""

    version: int
    tiers: dict[str, list[Specification]]


@cache
def generated() -> GeneratedSuite:
    """The generated problems."""
    body = resources.files("passatk.problems").joinpath("suites", "generated.json").read_bytes()
    return msgspec.json.decode(body, type=GeneratedSuite)


@cache
def written() -> tuple[tuple[int, Specification], ...]:
    """(number, specification) of the problems written by hand."""
    folder = resources.files("passatk.problems").joinpath("suites", "basics")
    files = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        (int(name[:2]), msgspec.convert(tomllib.loads(file.read_text()), Specification)) for name, file in files
    )


def specifications() -> list[tuple[str, int, Specification]]:
    """(tier, number, specification) of every problem, in order."""
    by_hand = [(WRITTEN, number, specification) for number, specification in written()]
    made = [
        (tier, FIRST_NUMBER[tier] + place, specification)
        for tier, listed in generated().tiers.items()
        for place, specification in enumerate(listed)
    ]
    return by_hand + made


@cache
def problems(of_tier: str = "") -> tuple[Problem, ...]:
    """All problems of the suite, or those of one tier, language by language."""
    listed = [one for one in specifications() if of_tier in ("", one[0])]
    found = []
    for renderer in RENDERERS:
        for tier, number, specification in listed:
            found.append(msgspec.structs.replace(renderer.problem(specification, number), tier=tier))
    return tuple(found)
