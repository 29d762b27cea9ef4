"""Drawing abstract programs, and arguments to try them on."""

from collections.abc import Iterator
from typing import Any

import msgspec

from passatk.corpus.draws import Draws
from passatk.corpus.primitives import Constant, Operation, key, operations_on
from passatk.corpus.programs import EXTRA_PROBES, AbstractProgram, Applied, OutOfRange
from passatk.corpus.wording import EXTRAS
from passatk.problems.rendering import Case

_INPUTS = (("list[int]", 0.4), ("list[string]", 0.25), ("string", 0.2), ("int", 0.1), ("float", 0.05))
_PARAMETER_INSTEAD = 0.15
_WORDS = (
    *("apple", "bed", "cat", "stone", "tree", "under", "river", "noon", "level", "sing", "running", "tests", "any"),
    *("red", "blue", "green", "an", "on", "in", "repeat", "reading", "bread", "coast", "tall", "tiny", "unit", "story"),
    *("banana", "orange", "pear", "ant", "zebra", "Anna", "Bob", "SKY", "x", "ab", "eye", "deed", "walked", "moon"),
)


def draw_program(draws: Draws, depth: int, dictionaries: float = 1.0) -> AbstractProgram | None:
    """A program of `depth` steps whose types meet, or None: the way that was drawn led nowhere.

    A step that makes a dictionary is drawn with weight `dictionaries`, most others with 1.
    """
    type_ = draws.weighted(_INPUTS)
    steps: list[Applied] = []
    for number in range(depth):
        last = number == depth - 1
        options = [o for o in operations_on(type_) if (not key(o.gives) if last else operations_on(o.gives))]
        options = [o for o in options if not steps or _follows(steps[-1].operation, o)]
        if not options:
            return None
        operation = _fairly(options, dictionaries, draws)
        steps.append(_applied(operation, steps, draws))
        type_ = operation.gives
    return AbstractProgram(steps=tuple(steps))


def _follows(before: Operation, after: Operation) -> bool:
    return after.name != before.name and before.name not in after.primitive.not_after


def _fairly(options: list[Operation], dictionaries: float, draws: Draws) -> Operation:
    """One of them; the five uses of a property together weigh as much as two steps."""

    def weight(operation: Operation) -> float:
        if operation.makes_dictionary:
            return dictionaries
        return 0.4 if operation.form in ("keep", "any", "all", "tally") else 1.0

    return draws.weighted([(operation, weight(operation)) for operation in options])


def _applied(operation: Operation, before: list[Applied], draws: Draws) -> Applied:
    primitive = operation.primitive
    if not primitive.constants:
        return Applied(operation=operation)
    a_parameter = not primitive.fixed and not any(step.parameter for step in before)
    if a_parameter and draws.chance(_PARAMETER_INSTEAD):
        return Applied(operation=operation, parameter=draws.choice(EXTRAS[primitive.constant_type]))
    return Applied(operation=operation, constant=draws.choice(primitive.constants))


def with_other_constants(program: AbstractProgram) -> Iterator[AbstractProgram]:
    """The program with one constant replaced by another of its primitive: near misses."""
    for place, step in enumerate(program.steps):
        for constant in step.operation.primitive.constants if step.constant is not None else ():
            if constant != step.constant:
                other = msgspec.structs.replace(step, constant=constant)
                yield AbstractProgram(steps=(*program.steps[:place], other, *program.steps[place + 1 :]))


def draw_argument(type_: str, draws: Draws) -> Any:
    """A value of a type, small enough for most programs."""
    match type_:
        case "int":
            return draws.weighted([(draws.between(-12, 30), 0.8), (draws.between(31, 110), 0.2)])
        case "float":
            return draws.between(-40, 60) / 4
        case "string":
            return " ".join(draws.choice(_WORDS) for _ in range(draws.between(1, 4)))
        case "list[int]" if draws.chance(0.7):
            return [draws.between(-9, 20) for _ in range(draws.between(1, 7))]
        case "list[int]":
            few = [draws.between(-9, 20) for _ in range(3)]  # some of them more than once
            return [draws.choice(few) for _ in range(draws.between(2, 8))]
        case _:
            some = draws.shuffled(_WORDS)[:5]  # here as well
            return [draws.choice(some) for _ in range(draws.between(1, 6))]


def draw_extra(type_: str, draws: Draws) -> Constant:
    """A value for a parameter that stands for a constant."""
    return draws.choice(EXTRA_PROBES[type_])


def draw_cases(program: AbstractProgram, draws: Draws, count: int, tries: int = 40) -> list[Case] | None:
    """At least `count` cases of a program, with which every near miss is found out that differs on what was drawn.

    Returns None if a value goes beyond what languages agree on for too many arguments.
    """
    pool: list[Case] = []
    nothing: dict[str, Any] = {"string": "", "int": 0, "float": 0.0}
    for number in range(tries):
        value = nothing.get(program.takes, []) if number == 0 else draw_argument(program.takes, draws)
        arguments = [value, *(draw_extra(type_, draws) for _, type_ in program.extra)]
        try:
            case = Case(arguments=arguments, result=program(*arguments))
        except OutOfRange:
            continue
        if case not in pool:
            pool.append(case)
    if len(pool) < count:
        return None
    chosen, rest = pool[:count], pool[count:]
    for other in with_other_constants(program):
        if not any(_differs(other, case) for case in chosen):
            chosen += [case for case in rest if _differs(other, case)][:1]
    return chosen


def _differs(other: AbstractProgram, case: Case) -> bool:
    try:
        return bool(other(*case.arguments) != case.result)
    except OutOfRange:
        return True
