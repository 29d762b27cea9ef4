"""Which functions a model may learn from, decided by what they do before a word of them is written.

A program is held out for one of three tiers: its *composition* (the primitives in their order, constants apart) is
never trained on; or it is *deeper* than anything trained on; or its composition is trained on, but not with these
*constants*. Whatever way a held-out function is written, no program with its behaviour is trained on. And no program is
used for anything that passes the tests of a problem that was written by hand.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Literal

from passatk.corpus.drawing import draw_program, with_other_constants
from passatk.corpus.draws import Draws
from passatk.corpus.primitives import operations
from passatk.corpus.programs import AbstractProgram, Applied, behaviour, is_worth_having
from passatk.corpus.written import written_problem
from passatk.errors import InputError
from passatk.wording import counted

Tier = Literal["constants", "compositions", "depth"]
TIERS: tuple[Tier, ...] = ("constants", "compositions", "depth")

DEEPEST = 3
"""Steps of the deepest program that is trained on; the tier `depth` has one more."""
_DEPTHS = ((2, 0.45), (3, 0.55))
_DICTIONARIES = {2: 0.5, 3: 7.0}
"""Depth -> weight of making one, in training: of functions with dictionaries, many are drawn that are known by then."""
_ONE_OF = 8
_VALID_ONE_OF = 50
_PERSISTENCE = 5_000
"""Programs in a row that are nothing new, after which there are no more."""


def composition_is_held_out(program: AbstractProgram) -> bool:
    """One composition in eight, of those with two steps or three."""
    digest = hashlib.blake2b(program.composition.encode(), digest_size=8).digest()
    return program.depth > 1 and int.from_bytes(digest, "little") % _ONE_OF == 0


def is_for_validation(behaviour_: str) -> bool:
    """One function in fifty measures the loss and is not learnt from."""
    return int(behaviour_[:8], 16) % _VALID_ONE_OF == 0


def held_out(tier: Tier, seed: int) -> Iterator[AbstractProgram]:
    """Endless programs of a tier, no two with one behaviour."""
    seen: set[str] = set()
    for number in _endless():
        draws = Draws(seed, tier, number)
        depth = DEEPEST + 1 if tier == "depth" else draws.weighted(_DEPTHS)
        program = draw_program(draws, depth)
        if program is None or not is_worth_having(program):
            continue
        if tier == "constants":
            fits = not composition_is_held_out(program) and _has_siblings(program)
        else:
            fits = tier == "depth" or composition_is_held_out(program)
        if not fits or written_problem(program) is not None:
            continue
        if (found := behaviour(program)) not in seen | simplest().keys():
            seen.add(found)
            yield program


@cache
def simplest() -> dict[str, AbstractProgram]:
    """Every primitive alone, with every constant, by behaviour: what a program of several steps should not come to."""
    found: dict[str, AbstractProgram] = {}
    for operation in (o for o in operations() if o.stands_alone):
        for constant in (*operation.primitive.constants,) or (None,):
            program = AbstractProgram(steps=(Applied(operation=operation, constant=constant),))
            if is_worth_having(program):
                found.setdefault(behaviour(program), program)
    return found


def _has_siblings(program: AbstractProgram) -> bool:
    """Whether other constants make at least two other functions of it."""
    others = {behaviour(other) for other in with_other_constants(program) if is_worth_having(other)}
    return len(others - {behaviour(program)} - simplest().keys()) > 1


def trained_on(seed: int, count: int, excluded: frozenset[str], first: list[AbstractProgram]) -> list[AbstractProgram]:
    """Different functions to learn from: every primitive alone, siblings of `first` with other constants, then drawn.

    Args:
        seed: of the draws.
        count: how many.
        excluded: behaviours that must not occur; those of written problems never do.
        first: programs of the tier `constants`.

    Raises:
        InputError: there are not so many.
    """
    found: dict[str, AbstractProgram] = {}
    tried: set[AbstractProgram] = set()
    missed = 0
    for program in _candidates(seed, first):
        if len(found) >= count:
            break
        missed += 1
        if missed > _PERSISTENCE:
            raise InputError(f"only {counted(len(found), 'different function')} found; ask for no more with this seed")
        if program in tried:
            continue
        tried.add(program)
        if composition_is_held_out(program) or not is_worth_having(program):
            continue
        known = behaviour(program)
        if known not in excluded and known not in found and written_problem(program) is None:
            found[known] = program
            missed = 0
    return list(found.values())


def _candidates(seed: int, first: list[AbstractProgram]) -> Iterator[AbstractProgram]:
    yield from simplest().values()
    for program in first:
        yield from with_other_constants(program)
    for number in _endless():
        draws = Draws(seed, "train", number)
        depth = draws.weighted(_DEPTHS)
        drawn = draw_program(draws, depth, _DICTIONARIES.get(depth, 1.0))
        if drawn is not None:
            yield drawn


def _endless() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1
