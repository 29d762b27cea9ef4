"""Java's examiners stay from program to program: what some tests leave behind must not reach those of the next."""

import msgspec
import pytest
from cheats import Honest
from cheats.java import SEQUENCES
from verdict_cases import problem_for

from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Sample, Status
from passatk.sandbox import Slot

JAVA = LANGUAGES["java"]


@pytest.mark.parametrize("name", SEQUENCES)
def test_right_programs_pass_one_after_another(environment: Environment, name: str) -> None:
    if not environment.toolchains["java"].usable:
        pytest.skip(environment.toolchains["java"].missing[0])
    with Slot(environment.world) as slot:
        for case in SEQUENCES[name]:
            assert _status(environment, slot, case) is Status.PASSED


def _status(environment: Environment, slot: Slot, case: Honest) -> Status:
    assert case.tests is not None
    assert case.declaration is not None
    problem = msgspec.structs.replace(problem_for("java"), tests=Asserts(code=case.tests), declaration=case.declaration)
    sample = Sample(task_id=problem.task_id, index=0, text=case.text, whole=case.whole)
    limits = default_limits(cpu_s=2.0)
    program = JAVA.program(problem, sample, problem.tests.code)
    environment.examine_with(slot, program)
    return decide([slot.execute(program, limits)], limits, JAVA.failure).status
