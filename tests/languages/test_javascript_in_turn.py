"""JavaScript programs one after another in one slot, and published tasks: what an examiner that stays may not keep."""

import msgspec
import pytest
from cheats import Cheat, Honest
from cheats.javascript import AFTER, BEFORE, PUBLISHED_CHEATS, PUBLISHED_HONEST, PUBLISHED_PROGRAMS
from verdict_cases import problem_for

from passatk.errors import InputError
from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import load_all
from passatk.records import Asserts, Problem, Sample, Status, Verdict
from passatk.sandbox import Slot

JAVASCRIPT = LANGUAGES["javascript"]


def judged(environment: Environment, slot: Slot, problem: Problem, text: str, whole: bool) -> Verdict:
    sample = Sample(task_id=problem.task_id, index=0, text=text, whole=whole)
    limits = default_limits(cpu_s=2.0)
    program = JAVASCRIPT.program(problem, sample, problem.tests.code)
    environment.examine_with(slot, program)
    return decide([slot.execute(program, limits)], limits, JAVASCRIPT.failure)


def of_case(environment: Environment, slot: Slot, case: Cheat | Honest) -> Verdict:
    problem = msgspec.structs.replace(
        problem_for("javascript"), tests=Asserts(code=case.tests or ""), declaration=case.text
    )
    return judged(environment, slot, problem, case.text, whole=True)


@pytest.mark.parametrize("names", AFTER, ids=", then ".join)
def test_no_program_is_judged_by_what_came_before(environment: Environment, names: tuple[str, str]) -> None:
    case = AFTER[names]
    with Slot(environment.world) as slot:
        for earlier in BEFORE[names[0]]:
            of_case(environment, slot, earlier)
        verdict = of_case(environment, slot, case)
    assert (verdict.status is Status.PASSED) == isinstance(case, Honest), verdict.reason


def published(benchmark: str, task_id: str) -> Problem:
    try:
        return next(p for p in load_all(benchmark) if p.language == "javascript" and p.task_id == task_id)
    except InputError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("task", PUBLISHED_CHEATS, ids=" ".join)
def test_a_published_task_is_not_cheated(environment: Environment, task: tuple[str, str]) -> None:
    with Slot(environment.world) as slot:
        verdict = judged(environment, slot, published(*task), PUBLISHED_CHEATS[task], whole=False)
    assert verdict.status is not Status.PASSED


@pytest.mark.parametrize("task", PUBLISHED_HONEST, ids=" ".join)
def test_a_published_reference_passes(environment: Environment, task: tuple[str, str]) -> None:
    problem = published(*task)
    assert problem.reference is not None
    with Slot(environment.world) as slot:
        verdict = judged(environment, slot, problem, problem.reference, whole=False)
    assert verdict.status is Status.PASSED, verdict.reason


@pytest.mark.parametrize("name", PUBLISHED_PROGRAMS)
def test_a_right_program_of_a_published_task_passes(environment: Environment, name: str) -> None:
    task, text = PUBLISHED_PROGRAMS[name]
    if "node package js-md5" not in environment.toolchains["javascript"].provides:
        pytest.skip("js-md5 is not here")
    with Slot(environment.world) as slot:
        verdict = judged(environment, slot, published(*task), text, whole=True)
    assert verdict.status is Status.PASSED, verdict.reason
