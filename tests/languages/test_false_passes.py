"""Programs that do not solve their task and would like to be told that they did; and right ones that look strange."""

from collections.abc import Mapping
from functools import cache

import msgspec
import pytest
from cheats import Cheat, Honest, cheats, honest
from running import Standing
from verdict_cases import problem_for

from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Program, Sample, Status, Verdict

CHEATS = cheats()
HONEST = honest()
TOGETHER = 32
"""For so many programs at most, what they are tested with is built by one compiler, as for those of a benchmark."""

Selected = dict[str, list[Cheat | Honest]]


@pytest.fixture(scope="session")
def selected(request: pytest.FixtureRequest) -> Selected:
    """The cases of each language that this run tries, in order."""
    found: Selected = {}
    tables: dict[object, Mapping[tuple[str, str], Cheat | Honest]] = {
        test_a_cheat_never_passes: CHEATS,
        test_a_right_program_passes_however_it_looks: HONEST,
    }
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.function in tables:
            language, name = (str(item.callspec.params[key]) for key in ("language", "name"))
            found.setdefault(language, []).append(tables[item.function][language, name])
    return found


@cache
def program_of(language: str, case: Cheat | Honest) -> Program:
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
    return LANGUAGES[language].program(problem, sample, problem.tests.code)


def judged(
    environment: Environment, standing: Standing, selected: Selected, language: str, case: Cheat | Honest
) -> Verdict:
    if not environment.toolchains[language].usable:
        pytest.skip(environment.toolchains[language].missing[0])
    limits = default_limits(cpu_s=2.0)
    program, others = program_of(language, case), selected[language]
    first = others.index(case) // TOGETHER * TOGETHER
    with standing.slot() as slot:
        if program.examiner is not None and not environment.examiners.known(program.examiner):
            environment.examine_with(slot, *(program_of(language, one) for one in others[first : first + TOGETHER]))
        return decide([slot.execute(program, limits)], limits, LANGUAGES[language].failure)


@pytest.mark.parametrize(("language", "name"), CHEATS)
def test_a_cheat_never_passes(
    environment: Environment, standing: Standing, selected: Selected, language: str, name: str
) -> None:
    case = CHEATS[language, name]
    verdict = judged(environment, standing, selected, language, case)
    assert verdict.status is not Status.PASSED
    assert verdict.status in case.allowed, verdict.reason


@pytest.mark.parametrize(("language", "name"), HONEST)
def test_a_right_program_passes_however_it_looks(
    environment: Environment, standing: Standing, selected: Selected, language: str, name: str
) -> None:
    verdict = judged(environment, standing, selected, language, HONEST[language, name])
    assert verdict.status is Status.PASSED, verdict.reason
