"""A judge that lives: how long one program takes, alone and in batches, beside `evaluate`.

Usage: python bench/judge.py [DATA/humaneval-x] [--programs 200] [--workers 2]

- one by one: a Python program that was never seen, from submission to verdict, nothing else going on;
- batches: 4 of 8 such programs, by the judge and by a call of `evaluate` for each.

No verdict comes from the cache.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import msgspec

from passatk import Evaluation, Judge, Problem, ProblemSet, evaluate, load
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
BATCHES, EACH = 4, 8


def text(problem: Problem, number: int) -> str:
    """A right solution, another program for every number."""
    return f"{problem.reference}\n# {number}\n"


def one_by_one(judge: Judge, problems: list[Problem], programs: int) -> list[float]:
    """Milliseconds of each, sorted."""
    spent = []
    for number in range(programs):
        problem = problems[number % len(problems)]
        started = time.perf_counter()
        (verdict,) = judge.judge([(problem, text(problem, number))])
        spent.append(1000 * (time.perf_counter() - started))
        assert verdict.status == "passed", verdict
    return sorted(spent)


def by_judge(judge: Judge, problems: list[Problem]) -> float:
    started = time.perf_counter()
    for batch in range(BATCHES):
        judge.judge((p, text(p, 1000 + batch)) for p in problems[:EACH])
    return time.perf_counter() - started


def by_evaluate(problems: ProblemSet, workers: int, folder: Path) -> float:
    chosen = list(problems.problems.values())[:EACH]
    started = time.perf_counter()
    for batch in range(BATCHES):
        samples = folder / f"{batch}.jsonl"
        rows = [{"task_id": p.task_id, "completion": text(p, 2000 + batch)} for p in chosen]
        samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
        request = Evaluation(
            samples=samples, problems=problems, out=folder / f"run{batch}", workers=workers, cached=False
        )
        evaluate(request)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "basics")
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    problems = load(options.problems).only(["python"])
    chosen = list(problems.problems.values())
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, {problems.name}")
    started = time.perf_counter()
    with Judge(["python"], options.workers, cached=False) as judge, tempfile.TemporaryDirectory() as folder:
        judge.judge((p, text(p, -1)) for p in chosen)
        ready_s = time.perf_counter() - started
        spent = one_by_one(judge, chosen, options.programs)
        ours = [by_judge(judge, chosen) for _ in range(options.repeats)]
        theirs = [
            by_evaluate(problems, options.workers, Path(tempfile.mkdtemp(dir=folder))) for _ in range(options.repeats)
        ]
    row = {
        "start_s": ready_s,
        "p50_ms": statistics.median(spent),
        "p99_ms": spent[int(0.99 * len(spent))],
        "batches_s": statistics.median(ours),
        "evaluate_s": statistics.median(theirs),
    }
    print(f"start, and {len(chosen)} references calibrated and judged: {ready_s:.2f} s")
    print(f"one program alone: p50 {row['p50_ms']:.1f} ms, p99 {row['p99_ms']:.1f} ms")
    ratio = row["evaluate_s"] / row["batches_s"]
    print(
        f"{BATCHES} batches of {EACH}: {row['batches_s']:.2f} s, by evaluate {row['evaluate_s']:.2f} s, {ratio:.1f} x"
    )
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "judge.json").write_text(json.dumps({"machine": msgspec.to_builtins(machine), **row}, indent=1))


if __name__ == "__main__":
    main()
