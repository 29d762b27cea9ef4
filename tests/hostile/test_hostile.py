"""Every hostile program gets its status, whoever judges it, with one worker or eight; and nothing of it is left."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile.cases import CATEGORIES, chance
from hostile.cases.case import Case
from hostile.judging import REPEATS, Report
from hostile.trials import WORKERS, trial
from passatk.records import Status

CASES = [(category, case) for category, cases in CATEGORIES.items() for case in cases]
FACTS = [(language, fact) for fact, languages in chance.FIXED.items() for language in languages]


@pytest.fixture(scope="session", params=tuple(WORKERS))
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One user's trial; the same for all processes of a parallel run."""
    folder: Path = tmp_path_factory.getbasetemp()
    return trial(request.param, folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


def judged(report: Report, language: str) -> None:
    if language in report.missing:
        pytest.skip(f"no {language} toolchain: {report.missing[language]}")


@pytest.mark.parametrize(("category", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value.id)
def test_a_hostile_program_gets_its_status_and_is_gone(report: Report, category: str, case: Case) -> None:
    judged(report, case.language)
    seen = {one.workers: one.seen[category][case.id] for one in report.rounds}
    assert {workers: one.status for workers, one in seen.items()} == dict.fromkeys(seen, case.status), seen
    assert [one.survivors for one in seen.values()] == [()] * len(seen)
    assert [one.neighbour.partition(":")[0] for one in seen.values()] == [Status.PASSED] * len(seen), seen


def test_nothing_is_left_behind(report: Report) -> None:
    assert [one.left for one in report.rounds] == [()] * len(report.rounds)


@pytest.mark.parametrize("language", chance.LANGUAGES)
def test_a_curious_program_gets_one_verdict_idle_and_loaded(report: Report, language: str) -> None:
    judged(report, language)
    runs = report.idle[language] + report.loaded[language]
    assert [(one.status, one.reason) for one in runs] == [(Status.PASSED, "all tests held")] * REPEATS


@pytest.mark.parametrize(("language", "fact"), FACTS)
def test_a_fact_is_the_same_every_time(report: Report, language: str, fact: str) -> None:
    judged(report, language)
    runs = report.idle[language] + report.loaded[language]
    seen = {chance.facts(one.stdout)[fact] for one in runs}
    assert len(seen) == 1
    assert seen != {""}


def test_the_trial_is_complete(report: Report, record_property: Callable[[str, object], None]) -> None:
    there = [case for _, case in CASES if case.language not in report.missing]
    assert len({case.id for case in there}) == len(there)
    assert tuple(one.workers for one in report.rounds) in WORKERS.values()
    for one in report.rounds:
        assert {case for seen in one.seen.values() for case in seen} == {case.id for case in there}
    isolation = report.isolation
    rounds = ", ".join(f"{one.workers} workers {one.wall_s:.0f} s" for one in report.rounds)
    who = f"uid {isolation.uid}, cgroup {isolation.cgroup}"
    record_property("summary", f"hostile: {len(there)} programs, {who}: {rounds}; {REPEATS} runs of every fact")
