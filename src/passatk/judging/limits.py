"""The limits programs get: a floor, and more where the task's own reference solution needs more."""

import math

import msgspec

from passatk.records import LimitPolicy, Limits, Outcome, StepFacts, StepLimits
from passatk.settings import checked

_GRID_S = 0.5  # limits are rounded up to it, so that the noise of a measurement rarely changes one
_REFERENCE_CPU_S = 120.0


def default_limits(cpu_s: float | None = None, memory_bytes: int | None = None) -> Limits:
    """Limits for build and run; `cpu_s` and `memory_bytes` replace the run's."""
    run = Limits().run
    if cpu_s is not None:
        run = msgspec.structs.replace(run, cpu_s=cpu_s)
    if memory_bytes is not None:
        run = msgspec.structs.replace(run, memory_bytes=memory_bytes)
    return Limits(run=run)


def default_policy(
    cpu_s: float | None = None, factor: float | None = None, memory_bytes: int | None = None
) -> LimitPolicy:
    """`cpu_s` is the floor of the run's CPU limit.

    Raises:
        InputError: a reference solution would be borderline under its own limit.
    """
    factor = LimitPolicy().factor if factor is None else factor
    return checked(LimitPolicy(floor=default_limits(cpu_s, memory_bytes), factor=factor))


def limits_for(policy: LimitPolicy, reference: Outcome) -> Limits:
    """Limits of a task whose reference solution was measured as `reference`: max(floor, factor x its CPU time)."""
    return Limits(
        run=_raised(policy.floor.run, reference.run, policy.factor),
        build=_raised(policy.floor.build, reference.build, policy.factor),
    )


def reference_limits(policy: LimitPolicy) -> Limits:
    """Limits for measuring a reference solution: as the floor, with far more CPU time."""
    run, build = (
        msgspec.structs.replace(limits, cpu_s=max(_REFERENCE_CPU_S, limits.cpu_s))
        for limits in (policy.floor.run, policy.floor.build)
    )
    return Limits(run=run, build=build)


def _raised(floor: StepLimits, facts: StepFacts | None, factor: float) -> StepLimits:
    if facts is None:
        return floor
    needed = math.ceil(factor * facts.cpu_s / _GRID_S) * _GRID_S
    return msgspec.structs.replace(floor, cpu_s=max(floor.cpu_s, needed))
