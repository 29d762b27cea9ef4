"""Every hostile program gets its status, whoever judges it; and nothing of it is left."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile.cases import chance
from hostile.cases.case import Case
from hostile.judging import Report, faults
from hostile.trials import PLANS, trial
from passatk.records import Status

CASES = [
    pytest.param(user, category, case, id=f"{user}-{category}-{case.id}")
    for user, plan in PLANS.items()
    for category in plan.categories
    for case in plan.cases(category)
]
CURIOUS = [(user, language) for user, plan in PLANS.items() for language in plan.languages]
FACTS = [(user, language, fact) for user, language in CURIOUS for fact in chance.facts_of(language)]


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One user's trial; the same for all processes of a parallel run."""
    folder: Path = tmp_path_factory.getbasetemp()
    return trial(request.param, folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


def judged(report: Report, language: str) -> None:
    if language in report.missing:
        pytest.skip(f"no {language} toolchain: {report.missing[language]}")


@pytest.mark.parametrize(("report", "category", "case"), CASES, indirect=["report"])
def test_a_hostile_program_gets_its_status_and_is_gone(report: Report, category: str, case: Case) -> None:
    judged(report, case.language)
    assert report.rounds
    assert [faults(case, one.seen[category][case.id]) for one in report.rounds] == [[]] * len(report.rounds)


@pytest.mark.parametrize("report", PLANS, indirect=True)
def test_nothing_is_left_behind(report: Report) -> None:
    assert [one.left for one in report.rounds] == [()] * len(report.rounds)


@pytest.mark.parametrize(("report", "language"), CURIOUS, indirect=["report"])
def test_a_curious_program_gets_one_verdict_idle_and_loaded(report: Report, language: str) -> None:
    judged(report, language)
    runs = report.idle[language] + report.loaded[language]
    expected = [(Status.PASSED, "all tests held")] * 2 * report.plan.repeats
    assert [(one.status, one.reason) for one in runs] == expected


@pytest.mark.parametrize(("report", "language", "fact"), FACTS, indirect=["report"])
def test_a_fact_is_the_same_every_time(report: Report, language: str, fact: str) -> None:
    judged(report, language)
    seen = report.facts(language)[fact]
    assert len(seen) == 1
    assert seen != {""}


@pytest.mark.parametrize("report", PLANS, indirect=True)
def test_the_trial_is_complete(report: Report, record_property: Callable[[str, object], None]) -> None:
    plan = report.plan
    assert plan in PLANS.values()
    there = [case for name in plan.categories for case in plan.cases(name) if case.language not in report.missing]
    assert len({case.id for case in there}) == len(there)
    assert tuple(one.workers for one in report.rounds) == plan.workers
    for one in report.rounds:
        assert {case for seen in one.seen.values() for case in seen} == {case.id for case in there}
    isolation = report.isolation
    rounds = ", ".join(f"{one.workers} workers {one.wall_s:.0f} s" for one in report.rounds)
    who = f"uid {isolation.uid}, cgroup {isolation.cgroup}"
    record_property(
        "summary", f"hostile: {len(there)} programs, {who}: {rounds}; {2 * plan.repeats} runs of every fact"
    )
