"""The same generations judged on an idle machine and on one with too much to do: the same digest, and what it costs.

Usage: python bench/load.py [SAMPLES PROBLEMS] [--workers 64] [--hogs 8] [--limit N]

By default the 16,400 samples of CodeGen-16B. First with as many workers as CPUs and nothing else; then with `--workers`
beside `--hogs` processes that compute for ever. No verdict from the cache. Exit 1 if the digests differ.
"""

import argparse
import contextlib
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from commands import evaluate

from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
CODEGEN = HERE.parents[1] / "shared" / "data" / "generations" / "codegen-16b"
SAMPLES = CODEGEN / "HumanEval_codegen16B_temp0.8_topp0.95_num100_max300_code_solution.jsonl.gz"
PROBLEMS = CODEGEN / "HumanEval_for_code_generation.jsonl.gz"


@contextlib.contextmanager
def hogs(number: int) -> Iterator[None]:
    """So many processes beside, that compute."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def judged(samples: Path, problems: Path, out: Path, workers: int) -> dict[str, object]:
    """Seconds, digest and the numbers of `passatk evaluate`."""
    took = evaluate(samples, str(problems), out, workers, "--no-cache")
    report = json.loads(took.out)
    counted = {name: report[name] for name in ("digest", "programs", "borderline")}
    return {"workers": workers, "seconds": took.seconds, **counted}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", nargs="?", type=Path, default=SAMPLES)
    parser.add_argument("problems", nargs="?", type=Path, default=PROBLEMS)
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--hogs", type=int, default=8)
    parser.add_argument("--limit", type=int, help="Only so many lines, from the beginning of the file.")
    options = parser.parse_args()
    machine, cpus = this_machine(), len(os.sched_getaffinity(0))
    print(f"{machine.processor}, {cpus} CPUs, {machine.system}; {options.samples.name}")
    with tempfile.TemporaryDirectory() as folder:
        samples = options.samples
        if options.limit:
            samples = Path(folder, "samples.jsonl")
            opened = gzip.open if options.samples.suffix == ".gz" else open
            with opened(options.samples, "rt") as lines:
                samples.write_text("".join(islice(lines, options.limit)))
        idle = judged(samples, options.problems, Path(folder, "idle"), cpus)
        with hogs(options.hogs):
            loaded = judged(samples, options.problems, Path(folder, "loaded"), options.workers)
    for name, one in (("idle", idle), (f"beside {options.hogs} hogs", loaded)):
        print(
            f"{name:16}{one['workers']:4} workers{one['seconds']:9.1f} s  {one['programs']} programs  {one['digest']}"
        )
    ratio = float(str(loaded["seconds"])) / float(str(idle["seconds"]))
    print(f"ratio {ratio:.2f}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "hogs": options.hogs, "idle": idle, "loaded": loaded}
    (results / "load.json").write_text(json.dumps(written, indent=1))
    if idle["digest"] != loaded["digest"]:
        raise SystemExit("the digests differ")


if __name__ == "__main__":
    main()
