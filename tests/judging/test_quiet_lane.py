"""What rests on CPU time is repeated alone, and the smallest CPU time counts."""

import msgspec
import pytest
from test_verdict import CLEAN, LIMITS, facts, failing, outcome

from passatk.judging import Environment, LocalPool, decide, default_limits
from passatk.judging.quiet import HEADROOM, is_borderline, is_provisional, quietest, repeat_alone
from passatk.languages import LANGUAGES
from passatk.records import Outcome, Sample, Status, Stop

LIMIT = LIMITS.run.cpu_s
OVER = outcome(facts(cpu_s=1.2 * LIMIT), proof=True)
WITHIN = outcome(facts(cpu_s=0.9 * LIMIT), proof=True)


@pytest.mark.parametrize(
    ("given", "provisional", "borderline"),
    [
        (outcome(CLEAN, proof=True), False, False),
        (WITHIN, False, True),
        (OVER, True, True),
        (outcome(facts(cpu_s=HEADROOM * LIMIT + 0.01, stopped_by=Stop.CPU, exit_code=None, signal=9)), False, False),
        (outcome(facts(cpu_s=LIMIT / HEADROOM - 0.01), proof=True), False, False),
        (outcome(None, build=facts(cpu_s=1.2 * LIMITS.build.cpu_s, exit_code=1)), True, False),
        (outcome(None, fault="slot"), False, False),
    ],
)
def test_only_a_cpu_time_between_the_limit_and_its_headroom_is_in_doubt(
    given: Outcome, provisional: bool, borderline: bool
) -> None:
    assert is_provisional(given, LIMITS) is provisional
    assert is_borderline(given, LIMITS) is borderline


def test_a_repeat_within_the_limit_ends_the_doubt_and_decides() -> None:
    repeats = iter([OVER, WITHIN, OVER])
    attempts = repeat_alone(OVER, LIMITS, lambda: next(repeats))
    assert attempts == (OVER, OVER, WITHIN)
    verdict = decide(attempts, LIMITS, failing)
    assert (verdict.status, verdict.borderline, len(verdict.attempts)) == (Status.PASSED, True, 3)


def test_what_stays_over_the_limit_is_repeated_three_times_and_the_smallest_counts() -> None:
    readings = iter([1.3, 1.1, 1.4, 0.1])
    attempts = repeat_alone(OVER, LIMITS, lambda: outcome(facts(cpu_s=next(readings) * LIMIT), proof=True))
    assert len(attempts) == 4
    best = quietest(attempts).run
    assert best is not None
    assert best.cpu_s == pytest.approx(1.1 * LIMIT)
    assert decide(attempts, LIMITS, failing).status is Status.TIME_LIMIT


def test_a_fault_in_a_repeat_does_not_outweigh_a_measurement() -> None:
    fault = outcome(None, fault="slot")
    assert quietest([OVER, fault]) is OVER
    assert decide([OVER, fault], LIMITS, failing).status is Status.TIME_LIMIT


def test_the_pool_settles_a_program_between_limit_and_headroom_alone(environment: Environment) -> None:
    burner = "def answer():\n    import time\n    while time.process_time() < {}:\n        pass\n    return 42\n"
    python = LANGUAGES["python"]
    limits = default_limits(cpu_s=0.5)
    expected = {0.1: (Status.PASSED, False, 1), 0.6: (Status.TIME_LIMIT, True, 4), 2.0: (Status.TIME_LIMIT, False, 1)}
    programs = {}
    for cpu_s in expected:
        sample = Sample(task_id="x", index=0, text=burner.format(cpu_s), whole=True)
        program = python.program(python.self_test, sample, python.self_test.tests)
        programs[program.key] = (cpu_s, program)
    judged = LocalPool(environment, limits, workers=3).judge(iter([program for _, program in programs.values()]))
    found = {programs[p.key][0]: (v.status, v.borderline, len(v.attempts)) for p, v in judged}
    assert found == expected


def test_the_limits_programs_are_stopped_by_are_not_those_they_are_judged_by() -> None:
    slow = outcome(facts(cpu_s=1.3 * LIMIT), proof=True)
    assert decide([slow], LIMITS, failing).status is Status.TIME_LIMIT
    assert msgspec.structs.asdict(LIMITS.run)["cpu_s"] == LIMIT
