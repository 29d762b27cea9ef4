"""What rests on a limit or on doubt is repeated alone; the smallest CPU time counts."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from test_verdict import CLEAN, LIMITS, facts, failing, outcome

from passatk.judging import Environment, Job, LocalPool, decide, default_limits, default_policy
from passatk.judging.quiet import ATTEMPTS, HEADROOM, is_borderline, quietest, unsettled
from passatk.judging.verdict import agree
from passatk.languages import LANGUAGES
from passatk.records import ExaminerFacts, LimitPolicy, Outcome, Program, Sample, Status, Step, Stop, Verdict

LIMIT = LIMITS.run.cpu_s
OVER = outcome(facts(cpu_s=1.2 * LIMIT), proof=True)
WITHIN = outcome(facts(cpu_s=0.9 * LIMIT), proof=True)
KILLED = {"exit_code": None, "signal": 9}
STOPPED = outcome(facts(cpu_s=HEADROOM * LIMIT + 0.01, stopped_by=Stop.CPU, **KILLED))
ASLEEP = outcome(facts(stopped_by=Stop.IDLE, idle_s=LIMITS.run.idle_s, **KILLED))
FULL = outcome(facts(stopped_by=Stop.MEMORY, **KILLED))
FAULT = outcome(None, fault="no memory left on this machine")


def examined(said: str = "", signal: int | None = 9, stopped: bool = False, **run: Any) -> Outcome:
    """One whose examiner ended so."""
    tests = ExaminerFacts(said=said, exit_code=None, signal=signal, stopped=stopped, cpu_s=0.0, words="")
    return msgspec.structs.replace(outcome(facts(**run)), examiner=tests)


def job(policy: LimitPolicy | None = None) -> Job:
    program = Program(language="python", files=(), run=Step(argv=("true",)))
    return Job(program=program, limits=LIMITS, calibrates=policy)


DOUBTS: dict[str, tuple[list[Outcome], bool]] = {
    "a clean run": ([outcome(CLEAN, proof=True)], False),
    "within the limit": ([outcome(facts(cpu_s=0.6 * LIMIT), proof=True)], False),
    "close to the limit": ([WITHIN], True),
    "close to it alone, too": ([WITHIN, WITHIN], False),
    "between limit and headroom": ([OVER], True),
    "still there, alone": ([OVER, OVER], True),
    "still there after all attempts": ([OVER, OVER, OVER, OVER], False),
    "within it at last": ([OVER, OVER, WITHIN], False),
    "stopped beyond the headroom": ([STOPPED], False),
    "the compiler, between its limit and headroom": (
        [outcome(None, build=facts(cpu_s=1.2 * LIMITS.build.cpu_s, exit_code=1))],
        True,
    ),
    "stopped for sleeping": ([ASLEEP], True),
    "asleep a second time": ([ASLEEP, ASLEEP], False),
    "stopped for memory": ([FULL], True),
    "for memory a second time": ([FULL, FULL], False),
    "killed by nobody we know": ([outcome(facts(**KILLED))], True),
    "killed so again": ([outcome(facts(**KILLED))] * ATTEMPTS, True),
    "killed so every time": ([outcome(facts(**KILLED))] * (1 + ATTEMPTS), False),
    "ended by another signal": ([outcome(facts(exit_code=None, signal=11))], False),
    "the examiner killed by nobody we know": ([examined()], True),
    "and the program ended by that": ([examined(exit_code=1)], True),
    "killed so again and again": ([examined()] * (1 + ATTEMPTS), False),
    "killed when it had spoken": ([examined("failed 1 is not 2")], False),
    "killed because it went on": ([examined(stopped=True)], False),
    "killed with a program that was stopped": ([examined(stopped_by=Stop.CPU, exit_code=None)], False),
    "an examiner that crashed": ([examined(signal=11)], False),
    "a fault": ([FAULT], True),
    "a fault every time": ([FAULT] * (1 + ATTEMPTS), False),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_what_is_in_doubt(case: str) -> None:
    attempts, doubtful = DOUBTS[case]
    assert unsettled(attempts, job()) is doubtful


@pytest.mark.parametrize(
    ("given", "borderline"),
    [
        (outcome(CLEAN, proof=True), False),
        (WITHIN, True),
        (OVER, True),
        (STOPPED, False),
        (outcome(facts(cpu_s=LIMIT / HEADROOM - 0.01), proof=True), False),
        (outcome(facts(idle_s=LIMITS.run.idle_s / HEADROOM), proof=True), True),
        (outcome(facts(idle_s=LIMITS.run.idle_s / HEADROOM - 0.01), proof=True), False),
        (outcome(None, build=facts(cpu_s=0.9 * LIMITS.build.cpu_s, exit_code=1)), True),
        (FAULT, False),
    ],
)
def test_borderline_is_a_factor_around_the_limit(given: Outcome, borderline: bool) -> None:
    assert is_borderline(given, LIMITS) is borderline


def test_an_attempt_whose_examiner_was_killed_does_not_count() -> None:
    right = msgspec.structs.replace(examined("passed", signal=None, cpu_s=0.9), proof=True)
    assert quietest([examined(exit_code=1), right]) is right


def test_the_smallest_cpu_time_counts() -> None:
    readings = [outcome(facts(cpu_s=factor * LIMIT), proof=True) for factor in (1.2, 1.3, 1.1, 1.4)]
    assert quietest(readings) is readings[2]
    assert decide(readings, LIMITS, failing).status is Status.TIME_LIMIT


@pytest.mark.parametrize("doubtful", [FAULT, ASLEEP, FULL, OVER, outcome(facts(cpu_s=0.001, **KILLED))])
def test_a_repeat_that_ends_well_outweighs_what_was_in_doubt(doubtful: Outcome) -> None:
    verdict = decide([doubtful, WITHIN], LIMITS, failing)
    assert verdict.status is Status.PASSED
    assert verdict.attempts == (doubtful, WITHIN)


def test_a_fault_does_not_outweigh_a_measurement() -> None:
    assert decide([OVER, FAULT], LIMITS, failing).status is Status.TIME_LIMIT


def test_a_reference_is_measured_alone_only_if_that_could_raise_a_limit() -> None:
    policy = default_policy(cpu_s=3.0, factor=10.0)
    cheap, dear, dearer, dearest = (outcome(facts(cpu_s=cpu_s), proof=True) for cpu_s in (0.29, 0.31, 0.35, 0.5))
    assert not unsettled([cheap], job(policy))
    assert unsettled([dear], job(policy))
    assert unsettled([dear, dearer, dearest], job(policy))
    assert not unsettled([dear, dearest, dear], job(policy)), "two agree"
    assert not unsettled([dear, cheap], job(policy))
    assert not unsettled([dear], job())


def verdict(status: Status, borderline: bool = False) -> Verdict:
    return Verdict(status=status, reason=f"because {status}", borderline=borderline, attempts=(WITHIN,))


def test_repeats_that_agree_are_one_verdict() -> None:
    merged = agree([verdict(Status.PASSED), verdict(Status.PASSED, borderline=True)])
    assert (merged.status, merged.unstable, merged.borderline) == (Status.PASSED, False, True)
    assert len(merged.attempts) == 2


def test_repeats_that_differ_are_unstable_and_do_not_pass() -> None:
    merged = agree([verdict(Status.PASSED), verdict(Status.WRONG_ANSWER), verdict(Status.PASSED)])
    assert (merged.status, merged.unstable) == (Status.WRONG_ANSWER, True)
    assert "passed 2 x" in merged.reason
    assert "wrong_answer 1 x" in merged.reason


def test_a_repeat_that_could_not_be_judged_says_nothing() -> None:
    merged = agree([verdict(Status.NOT_JUDGED), verdict(Status.PASSED)])
    assert (merged.status, merged.unstable) == (Status.PASSED, False)
    assert agree([verdict(Status.NOT_JUDGED)] * 2).status is Status.NOT_JUDGED


# --- in the pool ---------------------------------------------------------------------------------------------------

BURNER = "def answer():\n    import time\n    while time.process_time() < {}:\n        pass\n    return 42\n"
SLEEPER = "def answer():\n    import time\n    time.sleep({})\n    return 42\n"


def answer(text: str) -> Program:
    python = LANGUAGES["python"]
    sample = Sample(task_id="x", index=0, text=text, whole=True)
    return python.program(python.self_test, sample, python.self_test.tests.code)


def test_the_pool_settles_a_program_between_limit_and_headroom_alone(environment: Environment) -> None:
    limits = default_limits(cpu_s=0.5)
    expected = {0.1: (Status.PASSED, False, 1), 0.6: (Status.TIME_LIMIT, True, 4), 2.0: (Status.TIME_LIMIT, False, 1)}
    programs = {answer(BURNER.format(cpu_s)).key: cpu_s for cpu_s in expected}
    jobs = [Job(program=answer(BURNER.format(cpu_s)), limits=limits) for cpu_s in expected]
    found = {
        programs[job.program.key]: (v.status, v.borderline, len(v.attempts))
        for job, v in LocalPool(environment, workers=3).judge(jobs)
    }
    assert found == expected


def test_sleepers_are_repeated_together_and_a_suicide_alone(environment: Environment) -> None:
    import msgspec

    limits = default_limits()
    limits = msgspec.structs.replace(limits, run=msgspec.structs.replace(limits.run, idle_s=0.5))
    suicide = "def answer():\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    texts = [*(SLEEPER.format(60 + n) for n in range(4)), suicide]
    jobs = [Job(program=answer(text), limits=limits) for text in texts]
    found = {job.program.key: (v.status, len(v.attempts)) for job, v in LocalPool(environment, workers=4).judge(jobs)}
    statuses = [found[answer(text).key] for text in texts]
    assert statuses == [(Status.TIME_LIMIT, 2)] * 4 + [(Status.RUNTIME_ERROR, 1 + ATTEMPTS)]


def test_what_was_in_doubt_before_the_last_job_was_read_is_settled(environment: Environment) -> None:
    """Nothing happens any more that would say that the others have ended."""
    pool = LocalPool(environment, workers=2)
    suicide = answer("def answer():\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n")

    def jobs() -> Iterator[Job]:
        yield Job(program=suicide, limits=default_limits())
        while pool._executing or not pool._doubtful:
            time.sleep(0.01)
        time.sleep(0.2)

    [(_, verdict)] = pool.judge(jobs())
    assert (verdict.status, len(verdict.attempts)) == (Status.RUNTIME_ERROR, 1 + ATTEMPTS)


def test_repeats_in_the_pool_find_a_program_that_depends_on_the_clock(environment: Environment) -> None:
    by_clock = "def answer():\n    import time\n    return 42 if time.time_ns() // 1000 % 2 else 41\n"
    jobs: Iterator[Job] = (
        Job(program=answer(text), limits=default_limits(), repeat=12)
        for text in (by_clock, "def answer():\n    return 42\n")
    )
    found = {job.program.key: v for job, v in LocalPool(environment, workers=2).judge(jobs)}
    steady = found[answer("def answer():\n    return 42\n").key]
    assert (steady.status, steady.unstable, len(steady.attempts)) == (Status.PASSED, False, 12)
    flaky = found[answer(by_clock).key]
    assert (flaky.status, flaky.unstable, len(flaky.attempts)) == (Status.WRONG_ANSWER, True, 12)
