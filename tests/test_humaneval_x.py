"""The published benchmarks, whole, on the real toolchains: references pass, mutants do not."""

from pathlib import Path

import pytest
from mutants import KINDS, mutants

from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.pipeline import check_problems
from passatk.problems import load
from passatk.prompts import completion
from passatk.records import Sample, Status

UNFIT = {
    "JavaScript/112": "wrong_answer",  # the published reference does not hold its own tests
    "JavaScript/155": "wrong_answer",
    "Rust/32": "not_judged",  # the published tests are commented out
}
ALWAYS = {"exit": Status.UNPROVEN, "loop": Status.TIME_LIMIT, "brace": Status.COMPILE_ERROR}
"""Kinds of mutants with only one right status."""
LIMITS = dict.fromkeys(KINDS, default_limits(cpu_s=0.6)) | {"loop": default_limits(cpu_s=0.2)}
"""Much more than what a mutant needs that ends: every one that does not costs as much."""
SURVIVORS = Path(__file__).parent / "fixtures" / "surviving_mutants.txt"


def survivors() -> dict[str, str]:
    """Mutants that pass -> why: `equivalent`, or `untested` where the published tests cannot tell."""
    lines = [line for line in SURVIVORS.read_text().splitlines() if line and not line.startswith("#")]
    return {name.strip(): why.strip() for name, _, why in (line.partition(":") for line in lines)}


def test_every_reference_of_humaneval_x_passes_but_the_known_unfit(
    rendered_language: str, data: Path, environment: Environment
) -> None:
    checks = check_problems(load(str(data / "humaneval-x")).only([rendered_language]), workers=1)
    assert len(checks) == 164
    lacking = {c.task_id for c in checks if c.verdict and c.verdict.reason.startswith("needs ")} - set(UNFIT)
    lacks = environment.toolchains[rendered_language].lacks
    assert not lacking or lacks, "only a dependency this machine lacks is an excuse"
    found = {c.task_id: str(c.verdict.status) for c in checks if c.verdict and not c.fit and c.task_id not in lacking}
    prefix = LANGUAGES[rendered_language].prefix
    expected = {task: status for task, status in UNFIT.items() if task.startswith(f"{prefix}/")}
    assert found == expected


def test_every_reference_of_humaneval_passes(data: Path) -> None:
    checks = check_problems(load(str(data / "humaneval")), workers=1)
    assert len(checks) == 164
    assert all(check.fit for check in checks)


def test_no_mutant_of_a_reference_passes_unless_it_is_listed(
    rendered_language: str, data: Path, environment: Environment
) -> None:
    problems = load(str(data / "humaneval-x")).only([rendered_language])
    listed = survivors()
    spoken = LANGUAGES[rendered_language]
    programs = {}
    for mutant in mutants(problems, every=16):
        if mutant.problem.task_id in UNFIT:
            continue
        text = mutant.sample.text if mutant.sample.whole else completion(mutant.problem, mutant.sample.text)
        sample = Sample(task_id=mutant.sample.task_id, index=0, text=text, whole=mutant.sample.whole)
        program = spoken.program(mutant.problem, sample, mutant.problem.tests.code)
        programs[program.key] = (mutant, program)
    jobs = [Job(program=program, limits=LIMITS[mutant.kind]) for mutant, program in programs.values()]
    kinds = dict.fromkeys(KINDS, 0)
    for job, verdict in LocalPool(environment, workers=1).judge(jobs):
        mutant, _ = programs[job.program.key]
        kinds[mutant.kind] += 1
        if verdict.status is Status.PASSED:
            assert mutant.name in listed, mutant.sample.text
        elif mutant.kind in ALWAYS:
            assert verdict.status is ALWAYS[mutant.kind], (mutant.name, verdict.reason)
        assert verdict.status is not Status.NOT_JUDGED, (mutant.name, verdict.reason)
    assert all(count >= 3 for count in kinds.values()), kinds


@pytest.mark.parametrize("why", ["equivalent", "untested"])
def test_the_list_of_surviving_mutants_gives_a_reason_for_each(why: str) -> None:
    reasons = set(survivors().values())
    assert reasons <= {"equivalent", "untested"}
    assert why in reasons
