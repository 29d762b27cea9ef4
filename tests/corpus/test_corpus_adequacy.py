"""Tests of generated problems fail programs that are nearly right."""

from passatk.corpus.adequacy import near_misses, with_telling_cases
from passatk.corpus.drawing import draw_cases
from passatk.corpus.draws import Draws
from passatk.corpus.primitives import operations
from passatk.corpus.programs import AbstractProgram, Applied, OutOfRange, answers
from passatk.problems.rendering import Case


def step(label: str, takes: str, constant: int | None = None, parameter: str = "") -> Applied:
    [found] = [one for one in operations() if one.label == label and one.takes == takes]
    return Applied(operation=found, constant=constant, parameter=parameter)


def passes(program: AbstractProgram, cases: list[Case]) -> bool:
    try:
        return all(program(*case.arguments[: 1 + len(program.extra)]) == case.result for case in cases)
    except OutOfRange:
        return False


def drawn_and_telling(program: AbstractProgram) -> tuple[list[Case], list[Case]]:
    drawn = draw_cases(program, Draws(0, "few"), 8)
    assert drawn is not None
    return drawn, with_telling_cases(program, drawn, Draws(0, "more"))


def test_a_step_more_or_less_or_another_fails() -> None:
    increasing = step("increasing", "list[int]")
    program = AbstractProgram(steps=(step("every_other", "list[int]"), increasing))
    drawn, cases = drawn_and_telling(program)
    assert cases[: len(drawn)] == drawn
    assert 8 < len(cases) < 30
    told = 0
    for other in near_misses(program):
        if answers(other) != answers(program):
            told += passes(other, drawn)
            assert not passes(other, cases), other.composition
    assert told > 10  # whom the drawn cases let pass


def test_a_constant_instead_of_the_parameter_fails() -> None:
    program = AbstractProgram(steps=(step("prefix", "string", parameter="k"), step("size", "string")))
    _, cases = drawn_and_telling(program)
    misses = [other for other in near_misses(program) if not other.extra]
    assert len(misses) > 3
    assert not any(passes(other, cases) for other in misses)
