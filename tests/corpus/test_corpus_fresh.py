"""Drawn problems: nobody's else, adequate, and the same in every language."""

from itertools import islice
from pathlib import Path

import pytest

from passatk.corpus.adequacy import near_misses
from passatk.corpus.fresh import CLASSES, Drawn, draw_suite, programs, shares
from passatk.corpus.programs import PROBES, AbstractProgram, OutOfRange, behaviour
from passatk.corpus.splits import composition_is_held_out, simplest
from passatk.corpus.suite import suite_behaviours
from passatk.corpus.written import written_problem
from passatk.errors import InputError
from passatk.problems import load, own
from passatk.problems.rendering import RENDERERS, Case


@pytest.fixture(scope="module")
def drawn() -> list[Drawn]:
    return list(draw_suite(7, {2: 4, 3: 3, 5: 1}))


def behaviours(seed: int, depth: int, count: int) -> set[str]:
    seen = set(suite_behaviours())
    return {behaviour(program) for _, program in islice(programs(seed, depth, count, seen), count)}


def test_no_function_is_of_two_seeds_nor_of_basics(drawn: list[Drawn]) -> None:
    mine = {behaviour(one.program) for one in drawn} | behaviours(7, 2, 20)
    assert len(mine) > 20
    assert not mine & suite_behaviours()
    assert not mine & simplest().keys(), "none comes to a single step"
    assert {int(one[-8:], 16) % CLASSES for one in mine} == {7}, "the classes are apart, however many are drawn"
    assert {int(one[-8:], 16) % CLASSES for one in behaviours(8, 2, 20)} == {8}
    assert not [one for one in drawn if written_problem(one.program)]


def test_no_composition_is_trained_on(drawn: list[Drawn]) -> None:
    assert all(composition_is_held_out(one.program) for one in drawn if one.depth <= 3)


def test_a_longer_suite_goes_on_where_a_shorter_one_ends(drawn: list[Drawn]) -> None:
    assert list(draw_suite(7, {2: 2})) == drawn[:2]


def test_tests_find_every_near_miss(drawn: list[Drawn]) -> None:
    caught = 0
    for one in drawn[:7]:
        for other in near_misses(one.program):
            if not one.program.extra and _differs_on_probes(one.program, other):
                assert any(_fails(other, case) for case in one.specification.tests), (one.program, other)
                caught += 1
    assert caught > 500


def _differs_on_probes(program: AbstractProgram, other: AbstractProgram) -> bool:
    """On a probe that is short enough to be a test."""
    for probe in PROBES[program.takes]:
        arguments = [probe]
        try:
            result = program(*arguments)
        except OutOfRange:
            continue
        short = len(repr(arguments)) + len(repr(result)) <= 160
        if short and _fails(other, Case(arguments=arguments, result=result)):
            return True
    return False


def _fails(other: AbstractProgram, case: Case) -> bool:
    try:
        answer = other(*case.arguments)
    except (OutOfRange, ZeroDivisionError):
        return True
    if isinstance(case.result, float) or isinstance(answer, float):
        return bool(abs(answer - case.result) >= 1e-3)
    return bool(answer != case.result)


def test_a_file_holds_what_was_drawn(drawn: list[Drawn], tmp_path: Path) -> None:
    problems = [one.problem(renderer.language) for renderer in RENDERERS for one in drawn]
    file = tmp_path / "fresh.jsonl"
    file.write_text("".join(f"{line}\n" for line in own.lines(problems)))
    found = load(file).problems
    assert list(found) == [problem.task_id for problem in problems]
    assert problems[0].task_id == "Python/7-2-0"
    names = ("prompt", "declaration", "reference", "tests", "entry_point", "in_function", "options", "tier", "language")
    for problem in problems:
        assert [getattr(found[problem.task_id], name) for name in names] == [getattr(problem, name) for name in names]
        assert found[problem.task_id].declaration != problem.prompt
    assert {problem.tier for problem in problems} == {"depth2", "depth3", "depth5"}


def test_shares() -> None:
    assert shares(10, [1, 2, 3]) == {1: 4, 2: 3, 3: 3}
    assert sum(shares(2, [1, 2, 3]).values()) == 2


def test_what_there_is_not_enough_of_is_said() -> None:
    with pytest.raises(InputError, match=r"only \d+ functions of 1 step found for seed 3, and 5000 are needed"):
        list(programs(3, 1, 5000, set(suite_behaviours())))
