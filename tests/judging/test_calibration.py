"""Limits come from reference solutions, measured here and kept."""

from pathlib import Path

import pytest

from passatk.errors import InputError
from passatk.judging import Environment, LocalPool, default_policy
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.calibration import Calibration, calibrate
from passatk.judging.limits import limits_for, reference_limits
from passatk.languages import LANGUAGES
from passatk.records import Isolation, Outcome, Program, Sample, Status, StepFacts

BURNER = "def answer():\n    import time\n    while time.process_time() < {}:\n        pass\n    return {}\n"
POLICY = default_policy(cpu_s=0.5, factor=4.0)


def measured(run_s: float, build_s: float | None = None) -> Outcome:
    run, build = (
        None
        if cpu_s is None
        else StepFacts(
            exit_code=0,
            signal=None,
            stopped_by=None,
            cpu_s=cpu_s,
            wall_s=cpu_s,
            idle_s=0.0,
            peak_memory_bytes=1,
            output_bytes=0,
            stdout="",
            stderr="",
        )
        for cpu_s in (run_s, build_s)
    )
    return Outcome(build=build, run=run, proof=True, isolation=Isolation(sandbox="none", uid="caller", cgroup="none"))


@pytest.mark.parametrize(("needs", "limit"), [(0.01, 0.5), (0.125, 0.5), (0.13, 1.0), (0.7, 3.0), (10.0, 40.0)])
def test_the_limit_is_the_floor_or_a_multiple_of_what_the_reference_needs(needs: float, limit: float) -> None:
    assert limits_for(POLICY, measured(needs)).run.cpu_s == limit
    assert limits_for(POLICY, measured(needs)).build == POLICY.floor.build


def test_the_compiler_is_measured_too() -> None:
    assert limits_for(default_policy(), measured(0.1, 5.0)).build.cpu_s == 50.0


def test_a_factor_that_would_fail_references_is_refused() -> None:
    with pytest.raises(InputError, match=r"factor = 1\.2: must be a number above 1\.5"):
        default_policy(factor=1.2)


def test_references_are_measured_with_time_to_spare() -> None:
    assert reference_limits(POLICY).run.cpu_s > 100 * POLICY.floor.run.cpu_s
    assert reference_limits(POLICY).run.memory_bytes == POLICY.floor.run.memory_bytes


def reference(text: str) -> Program:
    python = LANGUAGES["python"]
    sample = Sample(task_id="x", index=0, text=text, whole=True)
    return python.program(python.self_test, sample, python.self_test.tests.code)


REFERENCES = {
    "quick": reference("def answer():\n    return 42\n"),
    "heavy": reference(BURNER.format(1.0, 42)),
    "wrong": reference("def answer():\n    return 41\n"),
    "same as quick": reference("def answer():\n    return 42\n"),
}


def calibrated(environment: Environment, cache: VerdictCache, fresh: bool = False) -> dict[str, Calibration]:
    pool, keys = LocalPool(environment, workers=3), Keys(environment)
    return {c.task_id: c for c in calibrate(pool, POLICY, REFERENCES, cache, keys, fresh)}


def test_every_task_gets_its_limits_once_and_from_the_cache_thereafter(
    environment: Environment, tmp_path: Path
) -> None:
    with VerdictCache(tmp_path / "cache.sqlite") as cache:
        first = calibrated(environment, cache)
        again = calibrated(environment, cache)
        fresh = calibrated(environment, cache, fresh=True)
    assert set(first) == set(REFERENCES)
    assert first["quick"].limits == first["same as quick"].limits == first["wrong"].limits == POLICY.floor
    assert 4.0 <= first["heavy"].limits.run.cpu_s <= 6.0
    assert first["heavy"].verdict.status is Status.PASSED
    assert not first["heavy"].verdict.borderline
    assert 2 <= len(first["heavy"].verdict.attempts) <= 4, "it was measured alone, until two times agree"
    assert len(first["quick"].verdict.attempts) == 1, "the floor needs no quiet lane"
    assert first["wrong"].verdict.status is Status.WRONG_ANSWER
    assert not any(c.from_cache for c in (*first.values(), *fresh.values()))
    assert all(c.from_cache for c in again.values())
    assert {t: c.limits for t, c in again.items()} == {t: c.limits for t, c in first.items()}
    assert {t: c.verdict for t, c in again.items()} == {t: c.verdict for t, c in first.items()}
