"""The quiet lane: what rests on a limit, or on doubt about the machine, is repeated alone before it is believed.

CPU time itself grows on a busy machine: caches and cores are shared. So among others a program may use HEADROOM times
its limit before it is stopped. One that needed more than that is over its limit on any machine like this one. One that
ended between the limit and HEADROOM times the limit is repeated alone, nothing else running, up to ATTEMPTS times, and
the smallest CPU time counts.

A reference solution whose time raises its task's limit is repeated until two executions agree, or ATTEMPTS times.

One that seems borderline, one stopped for sleeping and one stopped for memory is repeated once: what happens twice, the
second time on a quiet machine, is the program's own doing. One that was killed by nobody we know, or whose examiner
was, and what the sandbox failed at, is tried again up to ATTEMPTS times.
"""

import signal
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from passatk.cases import Case, Cases
from passatk.records import (
    LimitPolicy,
    Limits,
    Outcome,
    Program,
    Record,
    StepFacts,
    StepLimits,
    Stop,
    Tried,
    case_limits,
)

HEADROOM = 1.5
"""Also the factor within which a program counts as borderline."""
ATTEMPTS = 3
"""How often at most a program is repeated alone."""
_AGREE = 0.1
"""As a part of it, how far apart two measurements of a CPU time may lie that confirm each other."""


class Job(Record, frozen=True, kw_only=True):
    """A program to judge, and the limits it is judged by."""

    program: Program
    limits: Limits
    calibrates: LimitPolicy | None = None
    """A reference solution: its CPU time is what is wanted, if it is enough to raise its task's limit."""
    repeat: int = 1
    """How often it is judged; where the verdicts differ it is unstable."""
    vary: bool = False
    """Each time with another chance, the first one the usual."""
    tried: Tried | None = None
    """What is known of single tests: they are run only where the others leave a doubt."""


def with_headroom(limits: Limits) -> Limits:
    """The limits to stop programs by; verdicts are decided by the real ones."""
    return Limits(
        run=msgspec.structs.replace(limits.run, cpu_s=limits.run.cpu_s * HEADROOM),
        build=msgspec.structs.replace(limits.build, cpu_s=limits.build.cpu_s * HEADROOM),
    )


def case_with_headroom(case: Case) -> Case:
    """The same for a test with a limit of its own."""
    return case if case.cpu_s is None else msgspec.structs.replace(case, cpu_s=case.cpu_s * HEADROOM)


def unsettled(attempts: Sequence[Outcome], job: Job) -> bool:
    """Whether these attempts leave a doubt that another one, alone, could end. The first was made among others."""
    last = attempts[-1]
    if len(attempts) > ATTEMPTS:
        return False
    if last.fault is not None or last.stands_in is True or _killed_by_a_stranger(last):
        return True
    cases = job.program.cases
    if _over_limit(last, job.limits, cases) or (_worth_measuring(last, job) and not _confirmed(attempts)):
        return True
    return len(attempts) == 1 and (_stopped_by(last, Stop.IDLE, Stop.MEMORY) or is_borderline(last, job.limits, cases))


def fell_asleep(outcome: Outcome) -> bool:
    """It was stopped for doing nothing. While it sleeps it disturbs nobody: many can be repeated together."""
    return _stopped_by(outcome, Stop.IDLE)


def is_borderline(outcome: Outcome, limits: Limits, cases: Cases | None = None) -> bool:
    """Whether a step ended by itself within a factor HEADROOM of its CPU or idle limit, on either side."""
    if cases is not None and cases.cpu_s is not None:
        used = tests_cpu_s(outcome)
        if cases.cpu_s / HEADROOM <= used <= cases.cpu_s * HEADROOM:
            return True
    return any(_is_close(facts, allowed) for facts, allowed in _beside(outcome, limits, cases))


def tests_cpu_s(outcome: Outcome) -> float:
    """CPU seconds of all tests with inputs together."""
    return sum(case.run.cpu_s for case in outcome.cases or ())


def quietest(attempts: Sequence[Outcome]) -> Outcome:
    """The attempt that counts: undisturbed and not stopped by a limit, if there is one; with the least CPU time."""

    def doubts(outcome: Outcome) -> tuple[bool, bool, bool, bool, float]:
        disturbed = _killed_by_a_stranger(outcome)
        other = outcome.stands_in is True
        return outcome.fault is not None, other, disturbed, _stopped_by(outcome, *Stop), _cpu_s(outcome)

    return min(attempts, key=doubts)


def _is_close(facts: StepFacts, limits: StepLimits) -> bool:
    if facts.stopped_by is not None:
        return False
    near_cpu = limits.cpu_s / HEADROOM <= facts.cpu_s <= limits.cpu_s * HEADROOM
    return near_cpu or facts.idle_s >= limits.idle_s / HEADROOM


def _steps(outcome: Outcome) -> list[StepFacts]:
    runs = [outcome.run] if outcome.cases is UNSET else [case.run for case in outcome.cases]
    return [facts for facts in (outcome.build, *runs) if facts is not None]


def _beside(outcome: Outcome, limits: Limits, cases: Cases | None = None) -> list[tuple[StepFacts, StepLimits]]:
    """The steps that were executed, each with its limits."""
    if cases is not None and outcome.cases is not UNSET:
        by_id = {case.id: case_limits(case, limits.run) for case in cases.cases}
        runs = [(case.run, by_id[case.id]) for case in outcome.cases]
        return [*([(outcome.build, limits.build)] if outcome.build is not None else []), *runs]
    both = ((outcome.build, limits.build), (outcome.run, limits.run))
    return [(facts, allowed) for facts, allowed in both if facts is not None]


def _over_limit(outcome: Outcome, limits: Limits, cases: Cases | None) -> bool:
    """A step ended by itself, with more CPU time than it is allowed on a quiet machine."""
    if cases is not None and cases.cpu_s is not None and cases.cpu_s < tests_cpu_s(outcome) <= cases.cpu_s * HEADROOM:
        return True
    return any(f.stopped_by is None and f.cpu_s > allowed.cpu_s for f, allowed in _beside(outcome, limits, cases))


def _worth_measuring(outcome: Outcome, job: Job) -> bool:
    """A reference solution whose CPU time, taken among others, would raise its task's limit above the floor."""
    if job.calibrates is None or _stopped_by(outcome, *Stop):
        return False
    floor, factor = job.calibrates.floor, job.calibrates.factor
    return any(facts.cpu_s * factor > allowed.cpu_s for facts, allowed in _beside(outcome, floor))


def _confirmed(attempts: Sequence[Outcome]) -> bool:
    """The least CPU time, of a build and of runs, was needed twice. Whatever disturbs a program adds to it."""
    if len(attempts) < 2:
        return False
    low, next_low = sorted(attempts, key=_cpu_s)[:2]
    pairs = zip(_apart(low), _apart(next_low), strict=True)
    return all(abs(one - other) <= _AGREE * max(one, other) for one, other in pairs)


def _apart(outcome: Outcome) -> tuple[float, float]:
    """CPU seconds of the build and of what was run."""
    build = 0.0 if outcome.build is None else outcome.build.cpu_s
    return build, _cpu_s(outcome) - build


def _stopped_by(outcome: Outcome, *stops: Stop) -> bool:
    return any(facts.stopped_by in stops for facts in _steps(outcome))


def _killed_by_a_stranger(outcome: Outcome) -> bool:
    """By SIGKILL, and no limit explains it: the system's doing, or its own. Or so was its examiner, without a word."""
    tests = outcome.examiner
    if tests is not None and tests.signal == signal.SIGKILL and not tests.said and not tests.stopped:
        return not _stopped_by(outcome, *Stop)
    return any(facts.signal == signal.SIGKILL and facts.stopped_by is None for facts in _steps(outcome))


def _cpu_s(outcome: Outcome) -> float:
    return sum(step.cpu_s for step in _steps(outcome))
