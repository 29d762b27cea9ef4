"""Tests that find out who is nearly right: for every near miss of a function, a case that it fails."""

from collections.abc import Iterator, Sequence
from typing import Any

from passatk.corpus.drawing import draw_argument, draw_extra, with_other_constants
from passatk.corpus.draws import Draws
from passatk.corpus.primitives import operations_on
from passatk.corpus.programs import PROBES, AbstractProgram, Applied, OutOfRange, shorter
from passatk.problems.rendering import Case

_DRAWN = 200
_LONGEST = 160
"""Characters of a case as Python writes it: who reads a failed test should see why."""
_NEAR = 1e-3
"""Floats that differ by less might be one answer, rounded."""


def with_telling_cases(program: AbstractProgram, cases: Sequence[Case], draws: Draws) -> list[Case]:
    """`cases`, and as few others as it takes to fail all near misses.

    Those that answer every argument as `program` does, among the probes and 200 drawn ones, are no misses.
    """
    pool = _pool(program, draws)
    left = [other for other in near_misses(program) if all(_agrees(other, case) for case in cases)]
    fails = [{place for place, case in enumerate(pool) if not _agrees(other, case)} for other in left]
    fails = [places for places in fails if places]
    chosen = list(cases)
    while fails:
        best = max(range(len(pool)), key=lambda place: (sum(place in places for places in fails), -place))
        chosen.append(pool[best])
        fails = [places for places in fails if best not in places]
    return chosen


def near_misses(program: AbstractProgram) -> Iterator[AbstractProgram]:
    """The program with one constant or one step another, one step more, or one less."""
    yield from with_other_constants(program)
    yield from shorter(program)
    for place, step in enumerate(program.steps):
        before, after = program.steps[:place], program.steps[place + 1 :]
        for other in _uses(step.operation.takes, step.operation.gives, program.extra if step.parameter else []):
            if other != step:
                yield AbstractProgram(steps=(*before, other, *after))
        for other in _uses(step.operation.takes, step.operation.takes):
            yield AbstractProgram(steps=(*before, other, step, *after))
    for other in _uses(program.gives, program.gives):
        yield AbstractProgram(steps=(*program.steps, other))


def _uses(takes: str, gives: str, parameters: Sequence[tuple[str, str]] = ()) -> Iterator[Applied]:
    """Every step between two types, with each of its constants, and with the parameters of their type."""
    for operation in operations_on(takes):
        primitive = operation.primitive
        if operation.gives != gives:
            continue
        if not primitive.constants:
            yield Applied(operation=operation)
            continue
        for constant in primitive.constants:
            yield Applied(operation=operation, constant=constant)
        for name, type_ in parameters:
            if type_ == primitive.constant_type and not primitive.fixed:
                yield Applied(operation=operation, parameter=name)


def _pool(program: AbstractProgram, draws: Draws) -> list[Case]:
    values = [*PROBES[program.takes], *(draw_argument(program.takes, draws) for _ in range(_DRAWN))]
    found: list[Case] = []
    for value in values:
        arguments = [value, *(draw_extra(type_, draws) for _, type_ in program.extra)]
        try:
            case = Case(arguments=arguments, result=program(*arguments))
        except OutOfRange:
            continue
        if len(repr(arguments)) + len(repr(case.result)) <= _LONGEST and case not in found:
            found.append(case)
    return found


def _agrees(other: AbstractProgram, case: Case) -> bool:
    try:
        answer: Any = other(*case.arguments[: 1 + len(other.extra)])
    except (OutOfRange, ZeroDivisionError):
        return False
    if isinstance(answer, float) or isinstance(case.result, float):
        return bool(abs(answer - case.result) < _NEAR)
    return bool(answer == case.result)
