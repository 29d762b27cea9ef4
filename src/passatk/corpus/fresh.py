"""Problems that nobody has seen: a suite drawn from a seed, in as many languages as are asked for.

Of two seeds that differ modulo `CLASSES`, no function of two steps or more is of both: every function belongs to one
class of seeds, by what it does. What `basics` asks for is never drawn, nor a composition that `passatk corpus
synthesize` trains on. Of one step there are so few functions that all of this is impossible: they are for everybody.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import msgspec

from passatk.corpus.adequacy import with_telling_cases
from passatk.corpus.drawing import draw_program
from passatk.corpus.draws import Draws
from passatk.corpus.functions import RENDERER_OF, specification_of
from passatk.corpus.programs import AbstractProgram, behaviour, is_worth_having
from passatk.corpus.splits import DEEPEST as DEEPEST_TRAINED
from passatk.corpus.splits import composition_is_held_out, simplest
from passatk.corpus.suite import suite_behaviours
from passatk.corpus.written import written_problem
from passatk.errors import InputError
from passatk.problems.rendering import Specification
from passatk.records import Problem, Record
from passatk.wording import counted

VERSION = 1
"""Part of every draw: another version of this file draws other problems."""
DEEPEST = 8
"""Steps of the deepest program. Of those that are drawn with more, next to none is worth having."""
CLASSES = 16
_PERSISTENCE = 400
"""Functions in a row that are nothing new, after which there are no more."""
_EXAMPLES = 2


class Drawn(Record, frozen=True, kw_only=True):
    """One problem, apart from any language."""

    seed: int
    place: int
    """Among those of its depth, from 0."""
    program: AbstractProgram
    specification: Specification

    @property
    def depth(self) -> int:
        """Steps of its function."""
        return self.program.depth

    def problem(self, language: str) -> Problem:
        """It in a language. The task id says seed, depth and place, and is the same in every language but its head."""
        renderer = RENDERER_OF[language]
        number = f"{self.seed}-{self.depth}-{self.place}"
        return msgspec.structs.replace(
            renderer.problem(self.specification, self.place),
            task_id=f"{renderer.prefix}/{number}",
            tier=f"depth{self.depth}",
        )


def shares(total: int, depths: Sequence[int]) -> dict[int, int]:
    """How many problems of each depth: as even as can be, the first depths have what is left over."""
    each, more = divmod(total, len(depths))
    return {depth: each + (place < more) for place, depth in enumerate(depths)}


def draw_suite(seed: int, counts: Mapping[int, int]) -> Iterator[Drawn]:
    """Problems of a seed, depth by depth: the same for the same seed, and no two with one behaviour.

    Args:
        seed: of all choices.
        counts: depth -> how many.

    Raises:
        InputError: there are not so many.
    """
    seen: set[str] = set(suite_behaviours())
    for depth, target in counts.items():
        place = 0
        for number, program in programs(seed, depth, target, seen):
            draws = Draws(seed, "fresh", VERSION, depth, number, "words")
            specification = specification_of(program, draws, _EXAMPLES)
            if specification is None:
                continue
            tests = with_telling_cases(
                program, specification.tests, Draws(seed, "fresh", VERSION, depth, number, "cases")
            )
            specification = msgspec.structs.replace(specification, tests=tests)
            yield Drawn(seed=seed, place=place, program=program, specification=specification)
            place += 1
            if place == target:
                break


def programs(seed: int, depth: int, target: int, seen: set[str]) -> Iterator[tuple[int, AbstractProgram]]:
    """(number of its draw, program) of a depth, endlessly, without words and tests.

    Args:
        seed: of all choices.
        depth: steps of each.
        target: how many are needed, for the error.
        seen: behaviours that do not occur; grows with each program.

    Raises:
        InputError: no new one was found for long.
    """
    found = missed = 0
    known: set[AbstractProgram] = set()
    for number in count():
        program = draw_program(Draws(seed, "fresh", VERSION, depth, number), depth)
        if program is None or (1 < depth <= DEEPEST_TRAINED and not composition_is_held_out(program)):
            continue
        if program not in known:
            known.add(program)
            if is_worth_having(program) and _is_for(program, seed) and written_problem(program) is None:
                own = behaviour(program)
                if own not in seen and (depth == 1 or own not in simplest()):
                    seen.add(own)
                    found, missed = found + 1, 0
                    yield number, program
                    continue
        missed += 1
        if missed > _PERSISTENCE * (1 if depth == 1 else CLASSES):
            raise InputError(
                f"only {counted(found, 'function')} of {counted(depth, 'step')} found for seed {seed}, and {target} are"
                " needed; ask for fewer, or for more steps",
                setting="count",
            )


def _is_for(program: AbstractProgram, seed: int) -> bool:
    """Whether its function belongs to the class of a seed; one of a single step belongs to all."""
    return program.depth == 1 or int(behaviour(program)[-8:], 16) % CLASSES == seed % CLASSES
