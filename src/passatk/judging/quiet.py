"""The quiet lane: what rests on CPU time is repeated alone before it is believed.

CPU time itself grows on a busy machine: caches and cores are shared. So among others a program may use HEADROOM times
its limit before it is stopped. One that needed more than that is over its limit on any machine like this one. One that
ended between the limit and HEADROOM times the limit is repeated alone, nothing else running, and the smallest CPU time
counts.
"""

from collections.abc import Callable, Sequence

import msgspec

from passatk.records import Limits, Outcome, StepFacts, StepLimits

HEADROOM = 1.5
"""Also the factor within which a program counts as borderline."""
ATTEMPTS = 3
"""How often at most a program is repeated alone."""


def with_headroom(limits: Limits) -> Limits:
    """The limits to stop programs by; verdicts are decided by the real ones."""
    return Limits(
        run=msgspec.structs.replace(limits.run, cpu_s=limits.run.cpu_s * HEADROOM),
        build=msgspec.structs.replace(limits.build, cpu_s=limits.build.cpu_s * HEADROOM),
    )


def is_provisional(outcome: Outcome, limits: Limits) -> bool:
    """Whether the verdict rests on a CPU time that could be within its limit on a quiet machine."""
    return _in_doubt(outcome.build, limits.build) or _in_doubt(outcome.run, limits.run)


def is_borderline(outcome: Outcome, limits: Limits) -> bool:
    """Whether the run ended by itself within a factor HEADROOM of its CPU limit, on either side."""
    run = outcome.run
    if run is None or run.stopped_by is not None:
        return False
    return limits.run.cpu_s / HEADROOM <= run.cpu_s <= limits.run.cpu_s * HEADROOM


def repeat_alone(first: Outcome, limits: Limits, execute: Callable[[], Outcome]) -> tuple[Outcome, ...]:
    """All attempts at a provisional program: `first`, then up to ATTEMPTS alone, until one is not in doubt."""
    attempts = [first]
    while len(attempts) <= ATTEMPTS and is_provisional(attempts[-1], limits):
        attempts.append(execute())
    return tuple(attempts)


def quietest(attempts: Sequence[Outcome]) -> Outcome:
    """The attempt with the smallest CPU time; a fault counts only when there is nothing else."""
    return min(attempts, key=lambda outcome: (outcome.fault is not None, _cpu_s(outcome)))


def _in_doubt(facts: StepFacts | None, limits: StepLimits) -> bool:
    return facts is not None and facts.stopped_by is None and facts.cpu_s > limits.cpu_s


def _cpu_s(outcome: Outcome) -> float:
    return sum(step.cpu_s for step in (outcome.build, outcome.run) if step is not None)
