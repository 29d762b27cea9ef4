"""The same programs on this machine's pool and on Ray nodes on the same cores, in turns: one digest, and the price.

Usage: python bench/ray_nodes.py [SAMPLES PROBLEMS] [--limit 20] [--repeats 3]

By default the first 20 samples a task of CodeGen-16B. Whole commands without a cache: a pool of as many workers as
CPUs, one node with as many, and as many nodes with one worker each. What a node needs to find its toolchains is in its
figure: about a second for each command. Exit 1 if a digest differs.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from commands import evaluate, in_turns
from load import PROBLEMS, SAMPLES
from ray.cluster_utils import Cluster

from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent


def fewer(samples: Path, limit: int, out: Path) -> Path:
    """The first samples of each task."""
    with gzip.open(samples, "rt") as lines, out.open("w") as written:
        for line in map(json.loads, lines):
            written.write(f"{json.dumps({**line, 'samples': line['samples'][:limit]})}\n")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", nargs="?", type=Path, default=SAMPLES)
    parser.add_argument("problems", nargs="?", type=Path, default=PROBLEMS)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    machine, cpus = this_machine(), len(os.sched_getaffinity(0))
    print(f"{machine.processor}, {cpus} CPUs, {machine.system}; {options.samples.name}, {options.limit} a task")
    digests: dict[str, str] = {}
    programs = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        samples = fewer(options.samples, options.limit, folder / "samples.jsonl")

        def judged(name: str, workers: int, *more: str) -> float:
            nonlocal programs
            took = evaluate(samples, str(options.problems), folder / "run", workers, "--no-cache", *more)
            report: dict[str, Any] = json.loads(took.out)
            digests[name], programs = report["digest"], report["programs"]
            return took.seconds

        def on_nodes(name: str, nodes: int, workers: int) -> float:
            quiet = {"num_cpus": workers, "include_dashboard": False}
            cluster: Any = Cluster(initialize_head=True, head_node_args=quiet)
            try:
                for _ in range(nodes - 1):
                    cluster.add_node(num_cpus=workers)
                return judged(name, workers, "--executor", "ray", "--address", cluster.address)
            finally:
                cluster.shutdown()

        ways = {
            "pool": lambda: judged("pool", cpus),
            "one node": lambda: on_nodes("one node", 1, cpus),
            f"{cpus} nodes": lambda: on_nodes(f"{cpus} nodes", cpus, 1),
        }
        taken = in_turns(ways, options.repeats)
    rows = [
        {"way": name, "seconds": median, "lowest": low, "highest": high, "programs": programs, "digest": digests[name]}
        for name, (low, median, high) in taken.items()
    ]
    for row in rows:
        print(f"{row['way']:12}{row['seconds']:9.1f} s{programs / row['seconds']:9.1f} programs/s  {row['digest']}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "limit": options.limit, "rows": rows}
    (results / "ray_nodes.json").write_text(json.dumps(written, indent=1))
    if len(set(digests.values())) != 1:
        sys.exit("the digests differ")


if __name__ == "__main__":
    main()
