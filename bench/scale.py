"""Many samples: time and memory of the driver, against the number of samples and of different programs; the cache.

Usage: python bench/scale.py [DATA/humaneval-x] [--sizes 10000:500 10000:1000 ... 1000000:2000]

Each size is SAMPLES:UNIQUE, Python samples of HumanEval-X's 164 tasks with that many different texts. Then files of
generations in all languages, executed, and scored again from the cache: the reference solutions, and these with their
mutants, of which one in a hundred never ends. And how long the command takes to start.
"""

import argparse
import contextlib
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mutants import mutants

from passatk.problems import ProblemSet, load
from passatk.records import Sample
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
SIZES = ("10000:500", "10000:1000", "10000:2000", "10000:4000", "100000:2000", "300000:2000", "1000000:2000")
STARTS = 15
AGAIN = 5
MUTANTS_EVERY = 2
ENDLESS_EVERY = 16


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


def written_sets(folder: Path, problems: ProblemSet) -> Iterator[tuple[str, Path]]:
    """Files of generations in all languages, by what they hold."""
    right = [Sample(task_id=p.task_id, index=0, text=p.solution) for p in problems.problems.values()]
    # one sample in a hundred never ends
    wrong = [m.sample for m in mutants(problems, every=MUTANTS_EVERY, kinds=("operator", "constant", "brace", "exit"))]
    wrong += [m.sample for m in mutants(problems, every=ENDLESS_EVERY, kinds=("loop",))]
    for name, samples in (("references", right), ("references and mutants", right + wrong)):
        path = folder / f"{name}.jsonl"
        lines = (json.dumps({"task_id": s.task_id, "generation": s.text}) for s in samples if not s.whole)
        path.write_text("".join(f"{line}\n" for line in lines))
        yield name, path


def judged_twice(name: str, samples: Path, problems: str) -> dict[str, float]:
    """Seconds for a file of generations, executed; and scored again from the cache, median of several.

    Without the borderline ones, which the cache does not hold: a first judging, not timed, finds them.
    """

    def judge(part: Path, run: str, cache: str) -> dict[str, Any]:
        arguments = ["evaluate", str(part), "--problems", problems, "--allow-unjudged", "--out", str(part) + run]
        return passatk(arguments, samples.with_suffix(cache))

    judge(samples, ".first", ".first.sqlite")
    with contextlib.closing(sqlite3.connect(f"{samples}.first/run.sqlite")) as journal:
        borderline = set(
            journal.execute("SELECT task_id, sample FROM samples JOIN verdicts USING (program) WHERE borderline")
        )
    kept, counts = samples.with_suffix(".kept"), Counter[str]()
    with samples.open() as lines, kept.open("w") as file:
        for line in lines:
            task = json.loads(line)["task_id"]
            if (task, counts[task]) not in borderline:
                file.write(line)
            counts[task] += 1
    done = judge(kept, ".executed", ".sqlite")
    again = [judge(kept, f".{n}", ".sqlite") for n in range(AGAIN)]
    executed, cached = done["seconds"], statistics.median(run["seconds"] for run in again)
    programs, anew = done["report"]["programs"], max(run["report"]["judged_now"] for run in again)
    print(
        f"{name}: {programs} programs (without {len(borderline)} borderline ones) {executed:.1f} s executed,"
        f" {cached:.2f} s from the cache with {anew} executed anew, ratio {executed / cached:.0f}",
        flush=True,
    )
    return {"programs": programs, "anew": anew, "executed_s": executed, "cached_s": cached}


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
        again = {
            name: judged_twice(name, path, options.problems) for name, path in written_sets(Path(folder), problems)
        }
    starts = []
    for _ in range(STARTS):
        started = time.monotonic()
        subprocess.run([sys.executable, "-m", "passatk", "--help"], stdout=subprocess.DEVNULL, check=True)
        starts.append(1000 * (time.monotonic() - started))
    print(f"`passatk --help`: {statistics.median(starts):.0f} ms")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "rows": rows, "again": again, "start_ms": starts}
    (results / "scale.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
