"""The generated part of the suite `basics`: held-out functions in three tiers, the same whenever it is built."""

from collections.abc import Mapping
from functools import cache

from passatk.corpus.draws import Draws
from passatk.corpus.functions import specification_of
from passatk.corpus.programs import AbstractProgram, behaviour
from passatk.corpus.splits import TIERS, Tier, held_out
from passatk.problems.rendering import Specification

VERSION = 2
SIZES: Mapping[Tier, int] = {"constants": 40, "compositions": 72, "depth": 32}


@cache
def suite() -> tuple[tuple[Tier, AbstractProgram, Specification], ...]:
    """(tier, program, problem), tier by tier. No two have one behaviour."""
    seen: set[str] = set()
    found: list[tuple[Tier, AbstractProgram, Specification]] = []
    for tier in TIERS:
        kept = 0
        for number, program in enumerate(held_out(tier, VERSION)):
            if kept == SIZES[tier]:
                break
            specification = specification_of(program, Draws(VERSION, "suite", tier, number), examples=2)
            known = behaviour(program)
            if specification is not None and known not in seen:
                seen.add(known)
                found.append((tier, program, specification))
                kept += 1
    return tuple(found)


def suite_behaviours() -> frozenset[str]:
    """What no program of a training corpus may do. (What `written_problem` finds, it may not do either.)"""
    return frozenset(behaviour(program) for _, program, _ in suite())
