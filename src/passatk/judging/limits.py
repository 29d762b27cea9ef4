"""The limits programs get."""

import msgspec

from passatk.records import Limits, StepLimits

_MIB = 1 << 20


def default_limits(cpu_s: float | None = None, memory_bytes: int | None = None) -> Limits:
    """Limits for build and run; `cpu_s` and `memory_bytes` replace the run's.

    The run's output limit passes 150 KB of honest debug prints and stops a flood.
    """
    run = StepLimits(
        cpu_s=5.0, idle_s=10.0, memory_bytes=1024 * _MIB, output_bytes=_MIB, processes=128, disk_bytes=256 * _MIB
    )
    build = msgspec.structs.replace(run, cpu_s=30.0, idle_s=30.0, memory_bytes=2048 * _MIB)
    if cpu_s is not None:
        run = msgspec.structs.replace(run, cpu_s=cpu_s)
    if memory_bytes is not None:
        run = msgspec.structs.replace(run, memory_bytes=memory_bytes)
    return Limits(run=run, build=build)
