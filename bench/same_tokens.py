"""The same samples, many ways: 1,008 of every method, and every way must give the same tokens.

Usage: python bench/same_tokens.py [--samples 36] [--new-tokens 24] [--device cpu]

Python's problems of the suite `basics` in a tiny random CodeGeeX model. Ways: batches of 1, 3, 8, 64; tasks shuffled;
killed five times and resumed; shared between two processes at once. Prints one digest a way; exit 1 if two differ.

Then what is not promised, measured: the same request computed as another CPU would (AVX2 instead of AVX-512 kernels,
one thread instead of all) and in other precisions: how many samples differ, and where the first token does.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from tiny import make_model

from passatk.decoding import preset, with_changes
from passatk.models import ModelSpec
from passatk.pipeline import Generation, generate
from passatk.problems import ProblemSet, load
from passatk.runs.generations import Generated, past_generations
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
METHODS = ("greedy", "humaneval-x", "contrastive")
BATCHES = (1, 3, 8, 64)
KILLS = 5
OTHER_ARITHMETIC: dict[str, dict[str, str]] = {
    "AVX2 kernels": {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "plain kernels": {"ATEN_CPU_CAPABILITY": "default", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2"},
    "one thread": {"OMP_NUM_THREADS": "1"},
}
DTYPES = ("bfloat16", "float16")


class Ways:
    """One method's samples in a folder of its own for every way."""

    def __init__(self, method: str, model: Path, folder: Path, options: argparse.Namespace):
        self.method, self.model, self.folder, self.options = method, model, folder / method, options
        self.problems = load("basics/written")
        self.tasks = [p for p in self.problems.problems.values() if p.language == "python"]

    def request(self, name: str, batch: int = 64, problems: ProblemSet | None = None) -> Generation:
        changes = {"max_new_tokens": self.options.new_tokens, "stop_rule": "none"}
        return Generation(
            problems=problems or self.problems,
            model=ModelSpec(backend="codegeex", model=str(self.model), device=self.options.device),
            settings=with_changes(preset(self.method), changes.items()),
            out=self.folder / name,
            samples=self.options.samples,
            languages=("python",),
            batch_size=batch,
        )

    def command(self, name: str, *more: str) -> list[str]:
        command = [sys.executable, "-m", "passatk", "generate", "--problems", "basics/written", "--language", "python"]
        command += ["--model", str(self.model), "--device", self.options.device, "--out", str(self.folder / name)]
        command += ["--preset", self.method, "--max-new-tokens", str(self.options.new_tokens)]
        return [*command, "--stop-rule", "none", "-n", str(self.options.samples), *more]

    def all(self) -> Iterator[tuple[str, str]]:
        """(way, digest)."""
        for batch in BATCHES:
            yield f"batches of {batch}", generate(self.request(f"batch-{batch}", batch)).digest
        shuffled = list(self.problems.problems.items())
        random.Random(1).shuffle(shuffled)
        mixed = msgspec.structs.replace(self.problems, problems=dict(shuffled))
        yield "tasks shuffled", generate(self.request("shuffled", 16, mixed)).digest
        yield f"killed {KILLS} times", self.killed()
        yield "two processes", self.two_processes()

    def killed(self) -> str:
        total = len(self.tasks) * self.options.samples
        for kill in range(KILLS):
            self.kill_at(total * (kill + 1) // (KILLS + 1))
        return generate(self.request("killed", 16)).digest

    def kill_at(self, samples: int) -> None:
        with subprocess.Popen(self.command("killed", "--batch-size", "16"), stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and _there(self.folder / "killed") < samples:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)

    def two_processes(self) -> str:
        """Even and odd tasks apart, at once; put together, the digest is that of all."""
        files = []
        for part in range(2):
            file = self.folder / f"tasks-{part}.jsonl"
            file.write_text("".join(json.dumps(_as_file(problem)) + "\n" for problem in self.tasks[part::2]))
            files.append(file)
        commands = [self.command(f"half-{part}") for part in range(2)]
        for command, file in zip(commands, files, strict=True):
            command[command.index("basics/written")] = str(file)
        running = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in commands]
        if any(process.wait() for process in running):
            raise SystemExit("a process of two failed")
        made = [one for part in range(2) for one in past_generations(self.folder / f"half-{part}")[2]]
        whole = list(past_generations(self.folder / f"batch-{BATCHES[0]}")[2])
        same = sorted(made, key=lambda one: (one.task_id, one.sample)) == whole
        return past_generations(self.folder / f"batch-{BATCHES[0]}")[1] if same else "differs"


def _as_file(problem: Any) -> dict[str, str]:
    """As HumanEval-X's files have it."""
    return {
        "task_id": problem.task_id,
        "prompt": problem.prompt,
        "declaration": problem.declaration,
        "canonical_solution": problem.reference,
        "test": problem.tests.code,
        "example_test": problem.tests.examples,
    }


def _there(folder: Path) -> int:
    try:
        journal = sqlite3.connect(f"file:{folder / 'generations.sqlite'}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        found: int = journal.execute("SELECT COUNT(*) FROM samples").fetchone()[0]
    except sqlite3.OperationalError:  # being made
        return 0
    finally:
        journal.close()
    return found


def compare(before: list[Generated], now: list[Generated]) -> dict[str, Any]:
    """How many samples have other tokens, and where the first one differs."""
    places = []
    for one, other in zip(before, now, strict=True):
        if one.tokens != other.tokens:
            pairs = zip(one.tokens, other.tokens, strict=False)
            least = min(len(one.tokens), len(other.tokens))
            places.append(next((n for n, (a, b) in enumerate(pairs) if a != b), least))
    return {
        "samples": len(before),
        "different": len(places),
        "median_first_token": statistics.median(places) if places else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=36)
    parser.add_argument("--new-tokens", type=int, default=24)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; on {options.device}")
    digests: dict[str, dict[str, str]] = {}
    other: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        model = make_model(Path(folder, "model"))
        for method in METHODS:
            ways = Ways(method, model, Path(folder), options)
            digests[method] = {}
            for way, digest in ways.all():
                digests[method][way] = digest
                print(f"{method:12} {way:16} {digest}", flush=True)
            usual = list(past_generations(ways.folder / "batch-64")[2])
            changed: dict[str, tuple[dict[str, str], list[str]]] = {n: (v, []) for n, v in OTHER_ARITHMETIC.items()}
            changed |= {name: ({}, ["--dtype", name]) for name in DTYPES}
            for name, (variables, more) in changed.items():
                command = ways.command(name.replace(" ", "-"), *more)
                subprocess.run(
                    command,
                    env={**os.environ, **variables},
                    check=True,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                found = compare(usual, list(past_generations(ways.folder / name.replace(" ", "-"))[2]))
                other.append({"method": method, "arithmetic": name, **found})
                print(f"{method:12} {name:16} {found['different']} of {found['samples']} samples differ", flush=True)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "digests": digests, "other_arithmetic": other}
    (results / "same_tokens.json").write_text(json.dumps(written, indent=1))
    if any(len(set(ways.values())) > 1 for ways in digests.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
