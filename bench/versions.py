"""This checkout beside another one: the same generations judged by both, as whole commands, in turns.

Usage: python bench/versions.py OTHER_CHECKOUT [DATA/humaneval-x] [--languages python cpp ...] [--tasks 60]

Reference solutions, each with a comment of its own, no verdict from the cache. Three ways: nothing is built yet (one
sample a task, built examiners removed before), a second run, and a second run with several samples a task. Both use
this checkout's interpreter and packages.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

import msgspec
from commands import evaluate, in_turns, passed, references, write

from passatk.problems import load
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent


class Checkout:
    """One of them, with a home of its own."""

    def __init__(self, path: Path, home: Path):
        self.path, self.home = path.resolve(), home
        self.passed = 0

    def seconds(self, samples: Path, problems: str, workers: int, anew: bool) -> float:
        """Of `passatk evaluate`."""
        if anew:
            shutil.rmtree(self.home / "examiners", ignore_errors=True)
        environment = {"PYTHONPATH": str(self.path / "src"), "PASSATK_HOME": str(self.home)}
        out = self.home / "run"
        took = evaluate(samples, problems, out, workers, "--no-cache", environment=environment)
        self.passed = passed(out)
        return took.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("other", type=Path)
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "basics")
    parser.add_argument("--languages", nargs="+")
    parser.add_argument("--tasks", type=int, default=60)
    parser.add_argument("--samples", type=int, default=4, help="A task, where there are several.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    problems, machine, rows = load(options.problems), this_machine(), []
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, whole commands")
    print(f"{'language':12}{'way':>16}{'programs':>10}{'other, s':>10}{'this, s':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        checkouts = {
            name: Checkout(path, Path(folder, name)) for name, path in (("other", options.other), ("this", HERE.parent))
        }
        several = f"{options.samples} a task"
        ways = (("warming", 1), ("first", 1), ("second", 1), (several, options.samples))
        for language in options.languages or problems.languages:
            for way, each in ways:
                generations = references(problems, language, options.tasks, each, f"{os.getpid()} {time.monotonic()}")
                samples = Path(folder, "samples.jsonl")
                write(samples, generations)
                arguments = (samples, options.problems, options.workers, way == "first")
                commands = {name: partial(checkout.seconds, *arguments) for name, checkout in checkouts.items()}
                figures = in_turns(commands, 1 if way == "warming" else options.repeats)
                if way == "warming":  # toolchains are prepared
                    continue
                taken = {name: median for name, (_, median, _) in figures.items()}
                right = {name: checkout.passed for name, checkout in checkouts.items()}
                rows.append({"language": language, "way": way, "programs": len(generations), **taken, "passed": right})
                numbers = f"{len(generations):10}{taken['other']:10.2f}{taken['this']:10.2f}"
                ratio = f"{taken['other'] / taken['this']:8.2f}"
                print(
                    f"{language:12}{way:>16}{numbers}{ratio}  passed {right['other']} and {right['this']}", flush=True
                )
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "workers": options.workers, "rows": rows}
    (results / "versions.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
