"""The generated part of the suite `basics`: held-out functions in three tiers, the same whenever it is built."""

from collections.abc import Mapping
from functools import cache

import msgspec

from passatk.corpus.adequacy import with_telling_cases
from passatk.corpus.draws import Draws
from passatk.corpus.functions import specification_of
from passatk.corpus.programs import AbstractProgram, behaviour
from passatk.corpus.splits import TIERS, Tier, held_out
from passatk.problems.rendering import Specification

VERSION = 2
SIZES: Mapping[Tier, int] = {"constants": 40, "compositions": 72, "depth": 32}


@cache
def _chosen() -> tuple[tuple[Tier, int, AbstractProgram, Specification], ...]:
    """(tier, place among those held out for it, program, problem), tier by tier. No two have one behaviour."""
    seen: set[str] = set()
    found: list[tuple[Tier, int, AbstractProgram, Specification]] = []
    for tier in TIERS:
        kept = 0
        for number, program in enumerate(held_out(tier, VERSION)):
            if kept == SIZES[tier]:
                break
            specification = specification_of(program, Draws(VERSION, "suite", tier, number), examples=2)
            known = behaviour(program)
            if specification is not None and known not in seen:
                seen.add(known)
                found.append((tier, number, program, specification))
                kept += 1
    return tuple(found)


@cache
def suite() -> tuple[tuple[Tier, AbstractProgram, Specification], ...]:
    """(tier, program, problem), tier by tier, with tests that fail whoever is nearly right."""
    found = []
    for tier, number, program, specification in _chosen():
        cases = with_telling_cases(program, specification.tests, Draws(VERSION, "cases", tier, number))
        found.append((tier, program, msgspec.structs.replace(specification, tests=cases)))
    return tuple(found)


def suite_programs(tier: Tier) -> list[AbstractProgram]:
    """The functions of a tier, without the work of writing tests."""
    return [program for own, _, program, _ in _chosen() if own == tier]


def suite_behaviours() -> frozenset[str]:
    """What no program of a training corpus may do. (What `written_problem` finds, it may not do either.)"""
    return frozenset(behaviour(program) for _, _, program, _ in _chosen())
