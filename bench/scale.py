"""Many samples: time and memory of the driver, against the number of samples and of different programs; the cache.

Usage: python bench/scale.py [DATA/humaneval-x] [--sizes 10000:500 10000:1000 ... 1000000:2000]

Each size is SAMPLES:UNIQUE, Python samples of HumanEval-X's 164 tasks with that many different texts. Then the
reference solutions in all languages, judged, and scored again from the cache; and how long the command takes to start.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from passatk.problems import ProblemSet, load
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
SIZES = ("10000:500", "10000:1000", "10000:2000", "10000:4000", "100000:2000", "300000:2000", "1000000:2000")
STARTS = 15


def write_samples(path: Path, problems: ProblemSet, samples: int, unique: int) -> None:
    """References with a line in front of them, `unique` in all; the order is shuffled, but the same every time."""
    tasks = list(problems.only(["python"]).problems.values())
    rng = random.Random(unique)
    texts = [
        json.dumps({"task_id": task.task_id, "generation": f"    variant = {n}\n{task.reference}"})
        for n in range(unique)
        for task in (tasks[n % len(tasks)],)
    ]
    with path.open("w") as file:
        for n in range(samples):
            file.write(f"{texts[n] if n < unique else rng.choice(texts)}\n")


def passatk(arguments: list[str], cache: Path) -> dict[str, Any]:
    """Seconds and peak resident MiB of a command, and what it says as JSON."""
    with tempfile.TemporaryFile("w+") as out:
        started = time.monotonic()
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "passatk", *arguments, "--json"],
            {**os.environ, "PASSATK_CACHE": str(cache)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
                (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
            ],
        )
        _, status, usage = os.wait4(pid, 0)
        seconds = time.monotonic() - started
        if status:
            raise SystemExit(f"passatk {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
        out.seek(0)
        return {"seconds": seconds, "peak_mib": usage.ru_maxrss / 1024, "report": json.load(out)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "basics")
    parser.add_argument("--sizes", nargs="*", default=SIZES)
    options = parser.parse_args()
    problems = load(options.problems)
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}")
    print(f"{'samples':>10}{'different':>10}{'executed':>10}{'seconds':>10}{'peak MiB':>10}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            samples, unique = map(int, size.split(":"))
            path = Path(folder, "samples.jsonl")
            write_samples(path, problems, samples, unique)
            arguments = ["evaluate", str(path), "--problems", options.problems, "--out", f"{folder}/{size}"]
            done = passatk(arguments, Path(folder, f"{size}.sqlite"))
            executed = done.pop("report")["programs"]
            rows.append({"samples": samples, "unique": unique, "executed": executed, **done})
            print(f"{samples:10}{unique:10}{executed:10}{done['seconds']:10.1f}{done['peak_mib']:10.0f}", flush=True)
        again = []
        for name in ("judged", "from the cache"):
            arguments = ["evaluate", "--reference", "--problems", options.problems, "--allow-unjudged"]
            arguments += ["--out", f"{folder}/{name}"]
            done = passatk(arguments, Path(folder, "references.sqlite"))
            again.append(done["seconds"])
            print(f"{done['report']['programs']} reference solutions, {name}: {done['seconds']:.2f} s", flush=True)
    print(f"ratio {again[0] / again[1]:.0f}")
    starts = []
    for _ in range(STARTS):
        started = time.monotonic()
        subprocess.run([sys.executable, "-m", "passatk", "--help"], stdout=subprocess.DEVNULL, check=True)
        starts.append(1000 * (time.monotonic() - started))
    print(f"`passatk --help`: {statistics.median(starts):.0f} ms")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "rows": rows, "again_s": again, "start_ms": starts}
    (results / "scale.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
