"""Programs for slots: what tests of the sandbox share."""

import contextlib
from pathlib import Path
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


def below(pid: int) -> dict[int, tuple[str, int]]:
    """Descendants of a process: {pid: (name, parent)}."""
    family: dict[int, tuple[str, int]] = {}
    everyone = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name, _, rest = (folder / "stat").read_text(errors="replace").partition("(")[2].rpartition(")")
            everyone[int(folder.name)] = (name, int(rest.split()[1]))
    known = {pid}
    while new := {child for child, (_, parent) in everyone.items() if parent in known} - known:
        known |= new
        family |= {child: everyone[child] for child in new}
    return family


def server_of(slot: Slot) -> int:
    assert slot._process is not None
    return slot._process.pid


def supervisor_of(slot: Slot) -> int:
    """The first process of the innermost PID namespace."""
    numbers = {}
    for pid in below(server_of(slot)):
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{pid}/status").read_text()
            numbers[pid] = status.partition("NSpid:")[2].partition("\n")[0].split()
    return next(pid for pid, own in sorted(numbers.items(), key=lambda of: -len(of[1])) if own[-1] == "1")
