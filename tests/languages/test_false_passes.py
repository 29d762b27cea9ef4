"""Programs that do not solve their task and would like to be told that they did; and right ones that look strange."""

import msgspec
import pytest
from cheats import Cheat, Honest, cheats, honest
from running import Standing
from verdict_cases import problem_for

from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Sample, Status, Verdict

CHEATS = cheats()
HONEST = honest()


def judged(environment: Environment, standing: Standing, language: str, case: Cheat | Honest) -> Verdict:
    if not environment.toolchains[language].usable:
        pytest.skip(environment.toolchains[language].missing[0])
    problem = problem_for(language)
    if case.tests is not None:
        declared = case.declaration or (case.text if case.whole else problem.declaration)
        problem = msgspec.structs.replace(problem, tests=Asserts(code=case.tests), declaration=declared)
    if case.prompt is not None:
        entry = LANGUAGES[language].head.findall(case.prompt)[-1]
        problem = msgspec.structs.replace(
            problem, prompt=case.prompt, declaration=case.prompt, reference="", entry_point=entry
        )
    sample = Sample(task_id=problem.task_id, index=0, text=case.text, whole=case.whole)
    spoken = LANGUAGES[language]
    limits = default_limits(cpu_s=2.0)
    program = spoken.program(problem, sample, problem.tests.code)
    with standing.slot() as slot:
        environment.examine_with(slot, program)
        return decide([slot.execute(program, limits)], limits, spoken.failure)


@pytest.mark.parametrize(("language", "name"), CHEATS)
def test_a_cheat_never_passes(environment: Environment, standing: Standing, language: str, name: str) -> None:
    case = CHEATS[language, name]
    verdict = judged(environment, standing, language, case)
    assert verdict.status is not Status.PASSED
    assert verdict.status in case.allowed, verdict.reason


@pytest.mark.parametrize(("language", "name"), HONEST)
def test_a_right_program_passes_however_it_looks(
    environment: Environment, standing: Standing, language: str, name: str
) -> None:
    verdict = judged(environment, standing, language, HONEST[language, name])
    assert verdict.status is Status.PASSED, verdict.reason
