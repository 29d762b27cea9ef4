"""Programs for slots: what tests of the sandbox share."""

from typing import Any

import msgspec

from passatk.records import Limits, Outcome, Program, Step, StepLimits
from passatk.sandbox import Slot

STEP = StepLimits(
    cpu_s=1.0, idle_s=1.0, memory_bytes=200 << 20, output_bytes=1 << 20, processes=64, disk_bytes=32 << 20
)
LIMITS = Limits(run=STEP, build=STEP)


def python(source: str, build: tuple[Step, ...] = ()) -> Program:
    run = Step(argv=("${PYTHON}", "-I", "-S", "-B", "main.py"), env=(("PYTHONHASHSEED", "0"),))
    return Program(language="python", files=(("main.py", source),), build=build, run=run)


def run(slot: Slot, source: str, **limits: Any) -> Outcome:
    step = msgspec.structs.replace(STEP, **limits)
    outcome = slot.execute(python(source), Limits(run=step, build=STEP))
    assert outcome.fault is None, outcome.fault
    assert outcome.run is not None
    return outcome


def stdout(slot: Slot, source: str, **limits: Any) -> str:
    outcome = run(slot, source, **limits)
    assert outcome.run is not None
    assert outcome.run.exit_code == 0, outcome.run.stderr
    return outcome.run.stdout
