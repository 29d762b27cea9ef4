"""10,000 samples, 30 % of them endless loops: how long, and how much memory the driver takes meanwhile.

Usage: python bench/endless.py [--samples 10000] [--unique-loops 300] [--cpu-seconds 1]

The floor is what must be spent: unique timeouts x CPU limit / CPUs. Programs are stopped at HEADROOM times their limit.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from passatk.judging.quiet import HEADROOM
from passatk.problems import load
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
LOOP = "    endless_{n} = 0\n    while True:\n        endless_{n} += 1\n"
WRONG = "    return {n}\n"
SHARE = 0.3
_EVERY_S = 0.5


def write_samples(path: Path, samples: int, unique_loops: int) -> int:
    """Write them; return how many are endless."""
    tasks = list(load("basics/python").problems.values())
    loops = round(SHARE * samples)
    with path.open("w") as file:
        for n in range(samples):
            task = tasks[n % len(tasks)]
            if n < loops:
                text = LOOP.format(n=n % unique_loops)
                task = tasks[n % unique_loops % len(tasks)]
            elif n % 2:
                text = task.solution
            else:
                text = WRONG.format(n=n % 1000)
            file.write(json.dumps({"task_id": task.task_id, "generation": text}) + "\n")
    return loops


def resident_mib(pid: int) -> float:
    fields = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--unique-loops", type=int, default=300)
    parser.add_argument("--cpu-seconds", type=float, default=1.0)
    options = parser.parse_args()
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples.jsonl")
        loops = write_samples(path, options.samples, options.unique_loops)
        command = [sys.executable, "-m", "passatk", "evaluate", str(path), "--problems", "basics", "--no-cache"]
        command += ["--out", f"{folder}/run", "--cpu-seconds", str(options.cpu_seconds), "--json"]
        started = time.monotonic()
        resident: list[float] = []
        with Path(folder, "report.json").open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=dict(os.environ))
            while process.poll() is None:
                try:
                    resident.append(resident_mib(process.pid))
                except (OSError, IndexError):
                    break
                time.sleep(_EVERY_S)
            code = process.wait()
        seconds = time.monotonic() - started
        if code != 0:
            raise SystemExit(f"passatk ended with {code}")
        report = json.loads(Path(folder, "report.json").read_text())
    statuses = report["scores"][0]["statuses"]
    floor_s = options.unique_loops * options.cpu_seconds / machine.cpus
    third = max(1, len(resident) // 3)
    parts = [max(part) for part in (resident[:third], resident[third : 2 * third], resident[2 * third :])]
    print(f"{options.samples} samples, {loops} endless ({options.unique_loops} unique), {report['programs']} programs")
    print(f"statuses: {statuses}")
    print(f"{seconds:.0f} s; unique timeouts x limit / CPUs = {floor_s:.0f} s; ratio {seconds / floor_s:.2f}")
    print(f"(stopped at {HEADROOM:g} x the limit: {HEADROOM * floor_s:.0f} s; the rest is the other programs)")
    print(f"driver's resident memory, peak in each third of the run: {', '.join(f'{p:.0f} MiB' for p in parts)}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {
        "machine": msgspec.to_builtins(machine),
        "samples": options.samples,
        "unique_loops": options.unique_loops,
        "programs": report["programs"],
        "statuses": statuses,
        "seconds": seconds,
        "floor_s": floor_s,
        "resident_mib": resident,
    }
    (results / "endless.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
