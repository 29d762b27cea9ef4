"""Java's examiners stay from program to program: what some tests leave behind must not reach those of the next."""

import msgspec
import pytest
from cheats import Honest
from cheats.java import SEQUENCES
from running import Standing
from verdict_cases import problem_for

from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Program, Sample, Status

JAVA = LANGUAGES["java"]


@pytest.mark.parametrize("name", SEQUENCES)
def test_right_programs_pass_one_after_another(environment: Environment, standing: Standing, name: str) -> None:
    if not environment.toolchains["java"].usable:
        pytest.skip(environment.toolchains["java"].missing[0])
    limits = default_limits(cpu_s=2.0)
    programs = {name: [_program(case) for case in cases] for name, cases in SEQUENCES.items()}
    with standing.slot() as slot:
        environment.examine_with(slot, *(one for several in programs.values() for one in several))
        for program in programs[name]:
            assert decide([slot.execute(program, limits)], limits, JAVA.failure).status is Status.PASSED


def _program(case: Honest) -> Program:
    assert case.tests is not None
    assert case.declaration is not None
    problem = msgspec.structs.replace(problem_for("java"), tests=Asserts(code=case.tests), declaration=case.declaration)
    sample = Sample(task_id=problem.task_id, index=0, text=case.text, whole=case.whole)
    return JAVA.program(problem, sample, problem.tests.code)
