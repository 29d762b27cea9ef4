"""Every language turns every kind of program into the status written beside it."""

import pytest
from running import Standing
from verdict_cases import FOLDER, cases, problem_for

from passatk.judging import Environment, Job, LocalPool, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import basics
from passatk.records import Problem, Sample, Status

LIMITS = default_limits(cpu_s=2.0, memory_bytes=256 << 20)
SHORT = default_limits(cpu_s=0.5, memory_bytes=256 << 20)
"""For programs that are to run into their time."""
JUDGED = [status for status in Status if status is not Status.NOT_JUDGED]


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_a_language_ships_one_program_per_status(name: str) -> None:
    assert set(cases(name)) == set(JUDGED)
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} == set(LANGUAGES)


@pytest.mark.parametrize("status", JUDGED)
def test_a_shipped_program_gets_the_status_written_beside_it(
    language: str, status: Status, environment: Environment, standing: Standing
) -> None:
    problem = problem_for(language)
    program = LANGUAGES[language].program(problem, cases(language)[status], problem.tests.code)
    with standing.slot() as slot:
        environment.examine_with(slot, program)
        limits = SHORT if status is Status.TIME_LIMIT else LIMITS
        verdict = decide([slot.execute(program, limits)], limits, LANGUAGES[language].failure)
    assert verdict.status is status, verdict


def tried_in(language: str) -> list[Problem]:
    """The problems of `basics` to try: of the generated ones every fourth where programs are compiled.

    Together the four languages that compile try every one.
    """
    offsets = {name: place for place, name in enumerate(("cpp", "java", "go", "rust"))}
    tried = []
    for problem in (p for p in basics.problems() if p.language == language):
        number = int(problem.task_id.rpartition("/")[2])
        if problem.tier == basics.WRITTEN or language not in offsets or number % 4 == offsets[language]:
            tried.append(problem)
    return tried


def test_the_languages_try_every_problem_of_basics() -> None:
    compiled = {p.task_id.partition("/")[2] for name in ("cpp", "java", "go", "rust") for p in tried_in(name)}
    assert compiled == {p.task_id.partition("/")[2] for p in tried_in("python")}
    assert len(compiled) == len(basics.specifications())


def test_a_reference_passes_hidden_and_example_tests_of_the_problems_of_basics(
    rendered_language: str, environment: Environment
) -> None:
    programs = []
    for problem in tried_in(rendered_language):
        sample = Sample(task_id=problem.task_id, index=0, text=problem.solution)
        programs.append(LANGUAGES[rendered_language].program(problem, sample, problem.tests.code))
        if problem.task_id.endswith(("/0", "/16", "/25")):
            programs.append(LANGUAGES[rendered_language].program(problem, sample, problem.tests.examples))
    jobs = [Job(program=program, limits=default_limits()) for program in programs]
    verdicts = [verdict for _, verdict in LocalPool(environment, workers=1).judge(jobs)]
    assert len(verdicts) == len(programs)
    assert {v.status for v in verdicts} == {Status.PASSED}, [v.reason for v in verdicts if v.status != Status.PASSED]
