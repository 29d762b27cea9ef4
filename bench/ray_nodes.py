"""The same programs on this machine's pool and on Ray nodes on the same cores: one digest, and the price.

Usage: python bench/ray_nodes.py [SAMPLES PROBLEMS] [--limit 20] [--repeats 3]
       python bench/ray_nodes.py --six DATA/humaneval-x [--tasks 5] [--nodes 3] [--kill-every 20] [--repeats 1]
       python bench/ray_nodes.py --six DATA/humaneval-x --tasks 164 --references --nodes 2 4 --kill-every 10 --repeats 1

By default the first 20 samples a task of CodeGen-16B; with `--six` references and mutants of HumanEval-X in six
languages, or references alone. Whole commands without a cache, in turns: a pool of as many workers as CPUs, one node
with as many, and `--nodes` with one worker each. What a node needs to find its toolchains is in its figure: about a
second for each command. With `--kill-every` there are several nodes alone: so often one is killed, with all that it
executes, and another joins. With `--kill-command-every` the command is killed so often, and goes on.
Exit 1 if a digest differs, or a program has no verdict, or two.
"""

import argparse
import contextlib
import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from commands import evaluation, in_turns
from load import PROBLEMS, SAMPLES
from mutants import mutants
from ray.cluster_utils import Cluster

from passatk.problems import load
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
KINDS = ("operator", "constant", "brace", "exit")


def fewer(samples: Path, limit: int, out: Path) -> Path:
    """The first samples of each task."""
    with gzip.open(samples, "rt") as lines, out.open("w") as written:
        for line in map(json.loads, lines):
            written.write(f"{json.dumps({**line, 'samples': line['samples'][:limit]})}\n")
    return out


def six(problems: str, tasks: int, mutated: bool, out: Path) -> Path:
    """References and mutants of the first tasks of each language; loops in Python alone, since each costs seconds."""
    known = load(problems)
    with out.open("w") as written:
        for language in sorted(known.languages):
            chosen = dict(list(known.only([language]).problems.items())[:tasks])
            some = msgspec.structs.replace(known, problems=chosen)
            kinds = () if not mutated else (*KINDS, "loop") if language == "python" else KINDS
            rows = [{"task_id": task, "generation": problem.solution} for task, problem in chosen.items()]
            for mutant in mutants(some, kinds=kinds):
                kind = "solution" if mutant.sample.whole else "generation"
                rows.append({"task_id": mutant.sample.task_id, kind: mutant.sample.text})
            written.writelines(f"{json.dumps(row)}\n" for row in rows)
    return out


def started(make: Callable[[], Any]) -> Any:
    """What it makes, at last: Ray gives up on a node that needs over 30 s to start, as on a machine with much to do."""
    while True:
        try:
            return make()
        except Exception as error:
            if "timed out during startup" not in str(error):
                raise


class Nodes:
    """A cluster on this machine. The head is a node too, and is never killed."""

    def __init__(self, nodes: int, workers: int):
        self._workers = workers
        self._rng = random.Random(0)
        self.killed = 0
        head = {"num_cpus": workers, "include_dashboard": False}
        self.cluster: Any = started(lambda: Cluster(initialize_head=True, head_node_args=head))
        self._others = [self._added() for _ in range(nodes - 1)]

    def _added(self) -> Any:
        return started(lambda: self.cluster.add_node(num_cpus=self._workers))

    def kill_every(self, every_s: float, running: "Future[float]") -> None:
        """While it runs; 0 kills none. In the main thread: Ray starts nodes nowhere else."""
        while every_s and wait_for([running], every_s).not_done:
            node = self._others.pop(self._rng.randrange(len(self._others)))
            self.cluster.remove_node(node, allow_graceful=False)
            self.killed += 1
            self._others.append(self._added())


def ended(command: list[str], kill_after_s: float) -> str | None:
    """What a command printed; None: it was killed, with all that it had started. After 0 s none is."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            out, words = process.communicate(timeout=kill_after_s or None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return None
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {words[-2000:]}")
    return out


class Evaluations:
    """Whole commands on the same samples: what each found, and what went wrong."""

    def __init__(self, samples: Path, problems: str, folder: Path, kill_command_every_s: float):
        self._samples, self._problems, self._run = samples, problems, folder / "run"
        self._kill_command_every_s = kill_command_every_s
        self.digests: dict[str, str] = {}
        self.killed: dict[str, int] = {}
        self.commands_killed: dict[str, int] = {}
        self.programs = 0
        self.wrong: list[str] = []

    def on(self, name: str, workers: int, *more: str, kill_every_s: float = 0) -> float:
        """Seconds."""
        shutil.rmtree(self._run, ignore_errors=True)
        more = ("--no-cache", "--cpu-seconds", "1", *more)
        command = evaluation(self._samples, self._problems, self._run, workers, *more)
        began, before = time.monotonic(), 0
        out, self.commands_killed[name] = None, -1
        while out is None:
            self.commands_killed[name] += 1
            before = self._journaled()[2]
            print(f"{name}: begins with {before} verdicts", flush=True)
            out = ended(command, kill_every_s)
        seconds, report = time.monotonic() - began, json.loads(out)
        self.digests[name], self.programs = report["digest"], report["programs"]
        rows, different, executed = self._journaled()
        if {rows, different} != {self.programs} or before + report["judged_now"] != executed:
            self.wrong.append(
                f"{name}: {before} + {report['judged_now']} verdicts, {rows} rows in the journal of {different}"
                f" programs, of which {executed} were executed, and {self.programs} were given"
            )
        return seconds

    def _journaled(self) -> tuple[int, int, int]:
        """Verdicts, different programs that they are of, and how many of these were executed."""
        if not (self._run / "run.sqlite").exists():
            return 0, 0, 0
        with contextlib.closing(sqlite3.connect(self._run / "run.sqlite")) as journal:
            found: tuple[int, int, int] = journal.execute(
                "SELECT COUNT(*), COUNT(DISTINCT program), COALESCE(SUM(status != 'not_judged'), 0) FROM verdicts"
            ).fetchone()
            return found

    def on_nodes(self, name: str, nodes: int, workers: int, kill_every_s: float) -> float:
        made = Nodes(nodes, workers)
        try:
            address = str(made.cluster.address)
            with ThreadPoolExecutor(1) as threads:
                on_it = ("--executor", "ray", "--address", address)
                running = threads.submit(self.on, name, workers, *on_it, kill_every_s=self._kill_command_every_s)
                made.kill_every(kill_every_s, running)
            self.killed[name] = made.killed
            return running.result()
        finally:
            made.cluster.shutdown()


def ways_of(evaluations: Evaluations, options: argparse.Namespace, cpus: int) -> dict[str, Callable[[], float]]:
    ways = {"pool": lambda: evaluations.on("pool", cpus)}
    if not options.kill_every:
        ways["one node"] = lambda: evaluations.on_nodes("one node", 1, cpus, 0)
    for nodes in options.nodes:
        name = f"{nodes} nodes"
        ways[name] = partial(evaluations.on_nodes, name, nodes, 1, options.kill_every)
    return ways


def main() -> None:
    cpus = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", nargs="?", type=Path, default=SAMPLES)
    parser.add_argument("problems", nargs="?", default=str(PROBLEMS))
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--six", metavar="PROBLEMS", help="References and mutants of these, in place of samples.")
    parser.add_argument("--tasks", type=int, default=5, help="Of each language, with --six.")
    parser.add_argument("--references", action="store_true", help="And no mutants, with --six.")
    parser.add_argument("--nodes", type=int, nargs="+", default=[cpus])
    parser.add_argument("--kill-every", type=float, default=0, help="Seconds; 0 kills no node.")
    parser.add_argument("--kill-command-every", type=float, default=0, help="Seconds; 0 does not kill it.")
    options = parser.parse_args()
    machine, problems = this_machine(), options.six or options.problems
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "samples.jsonl"
        if options.six:
            samples = six(options.six, options.tasks, not options.references, file)
        else:
            samples = fewer(options.samples, options.limit, file)
        evaluations = Evaluations(samples, problems, folder, options.kill_command_every)
        taken = in_turns(ways_of(evaluations, options, cpus), options.repeats)
    print(f"{machine.processor}, {cpus} CPUs, {machine.system}; {evaluations.programs} programs")
    rows = [
        {
            "way": name,
            "seconds": median,
            "lowest": low,
            "highest": high,
            "programs": evaluations.programs,
            "killed": evaluations.killed.get(name, 0),
            "commands_killed": evaluations.commands_killed[name],
            "digest": evaluations.digests[name],
        }
        for name, (low, median, high) in taken.items()
    ]
    for row in rows:
        rate = f"{evaluations.programs / row['seconds']:9.1f} programs/s"
        killed = f"{row['killed']} nodes, {row['commands_killed']} commands killed"
        print(f"{row['way']:12}{row['seconds']:9.1f} s{rate}  {killed}  {row['digest']}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    kills = options.kill_every or options.kill_command_every
    name = "ray_kills.json" if kills else "ray_six.json" if options.six else "ray_nodes.json"
    written = {"machine": msgspec.to_builtins(machine), "options": {**vars(options), "samples": ""}, "rows": rows}
    (results / name).write_text(json.dumps(written, indent=1))
    if len(set(evaluations.digests.values())) != 1:
        evaluations.wrong.append("the digests differ")
    if evaluations.wrong:
        sys.exit("\n".join(evaluations.wrong))


if __name__ == "__main__":
    main()
