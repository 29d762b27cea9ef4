"""The same programs, judged again and again under every load: which verdicts flip?

Usage: python bench/stability.py [DATA/humaneval-x] [--cases] [--scale 1.0] [--rounds 1] [--workers 1 2 8 64]

A mixed set of at least 2,000 programs (references and mutants in six languages, programs that burn CPU time placed at
0.2 to 5 times their limit, sleepers, memory users, chatty ones) is judged with each number of workers, each on an idle
machine, beside 8 CPU hogs, and under memory pressure. Beside it, the same programs under a conventional judge: one
subprocess per program, build and run under one wall-clock limit of 5 s, 64 workers.

With --cases, programs with tests of inputs and outputs in their place: the result of every test is compared, between
numbers of workers, loads, both orders of the tests, and tests that stop at the first failure or never.

Results are written after every judging; the same command goes on where it stopped (--restart begins anew).
"""

import argparse
import contextlib
import itertools
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from case_programs import LIMITS, CaseProgram, case_programs, differences, found_of
from conventional import end_what_is_left
from conventional import judge as judge_conventionally
from mixed_programs import CACHE_BOUND, Placed, mixed_programs
from ways import usual_program

from passatk.cases import Stopping
from passatk.judging import Environment, Job, LocalPool
from passatk.problems import load
from passatk.records import Verdict
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "stability.json"
CASES = HERE / "results" / "stability_cases.json"
HOGS = 8
STOPS: tuple[Stopping, ...] = ("all", "first_failure")
LEFT_FREE = 4 << 30
"""Bytes that memory pressure leaves: 64 workers need some to start at all."""
CONVENTIONAL_WORKERS = 64


def _spin() -> None:
    while True:
        pass


def _press(size: int) -> None:
    """Hold `size` bytes and keep touching them."""
    pages = bytearray(size)
    while True:
        for offset in range(0, size, 4096 * 64):
            pages[offset] = (pages[offset] + 1) % 256
        time.sleep(0.05)


@contextlib.contextmanager
def load_of(kind: str) -> Iterator[None]:
    """`idle`, `hogs` or `memory`."""
    processes = []
    if kind == "hogs":
        processes = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(HOGS)]
    elif kind == "memory":
        available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        processes = [multiprocessing.Process(target=_press, args=(max(0, available - LEFT_FREE),), daemon=True)]
    for process in processes:
        process.start()
    time.sleep(3.0 if kind == "memory" else 0.0)
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def judge(environment: Environment, placed: list[Placed], workers: int) -> dict[str, dict[str, Any]]:
    """Program name -> status and marks."""
    names = {p.program.key: p.name for p in placed}
    jobs = (Job(program=p.program, limits=p.limits) for p in placed)
    found: dict[str, dict[str, Any]] = {}
    for job, verdict in LocalPool(environment, workers).judge(jobs):
        found[names[job.program.key]] = _plain(verdict)
    return found


def _plain(verdict: Verdict) -> dict[str, Any]:
    runs = [attempt.run.cpu_s for attempt in verdict.attempts if attempt.run is not None]
    return {
        "status": str(verdict.status),
        "borderline": verdict.borderline,
        "attempts": len(verdict.attempts),
        "cpu_s": round(runs[0], 3) if runs else None,
        "reason": verdict.reason[:100],
    }


def of_cases(numbers: list[int], loads: list[str], rounds: int, restart: bool) -> list[str]:
    """What differs between judgings of programs with cases, which should be nothing."""
    environment, machine = Environment(["python", "cpp"]), msgspec.to_builtins(this_machine())
    programs = list(case_programs())
    tests = sum(len(one.cases.cases) for one in programs)
    print(f"{machine['processor']}, {machine['cpus']} CPUs; {len(programs)} programs with {tests} tests")
    state = json.loads(CASES.read_text()) if CASES.exists() and not restart else {}
    if (state.get("machine"), state.get("names")) != (machine, [one.name for one in programs]):
        state = {"machine": machine, "names": [one.name for one in programs], "judgings": {}}
    ways = itertools.product(range(1, rounds + 1), numbers, loads, STOPS, (False, True))
    for number, workers, load_name, stop, reverse in ways:
        name = f"{stop}, {workers} workers, {load_name}, {'reversed' if reverse else 'as listed'}, round {number}"
        if name in state["judgings"]:
            continue
        began = time.monotonic()
        with load_of(load_name):
            state["judgings"][name] = judge_cases(environment, programs, workers, stop, reverse)
        CASES.parent.mkdir(exist_ok=True)
        CASES.write_text(json.dumps(state))
        print(f"{time.monotonic() - began:7.1f} s  {name}", flush=True)
    told = differences(state["judgings"], frozenset(one.name for one in programs if one.close))
    print(f"{len(state['judgings'])} judgings; outside of what is placed close to a limit {len(told)} differences")
    for line in told:
        print(f"  {line}")
    return told


def judge_cases(
    environment: Environment, programs: list[CaseProgram], workers: int, stop: Stopping, reverse: bool
) -> dict[str, dict[str, Any]]:
    """Program name -> what has to be equal."""
    made = {one.program(stop, reverse): one.name for one in programs}
    jobs = (Job(program=program, limits=LIMITS) for program in made)
    return {made[job.program]: found_of(verdict) for job, verdict in LocalPool(environment, workers).judge(jobs)}


def flips_of(judgings: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Programs with more than one status -> their statuses."""
    seen: dict[str, list[str]] = {}
    for judging in judgings:
        for name, verdict in judging["verdicts"].items():
            statuses = seen.setdefault(name, [])
            if verdict["status"] not in statuses:
                statuses.append(verdict["status"])
    return {name: statuses for name, statuses in seen.items() if len(statuses) > 1}


def against_first(judging: dict[str, Any], first: dict[str, Any]) -> int:
    """How many statuses differ from those of the first judging."""
    return sum(v["status"] != first["verdicts"][name]["status"] for name, v in judging["verdicts"].items())


def print_row(judging: dict[str, Any], first: dict[str, Any]) -> None:
    verdicts = judging["verdicts"].values()
    print(
        f"{judging['judge']:13} {judging['workers']:7} {judging['load']:7} {judging['seconds']:8.0f}"
        f" {sum(v['status'] == 'passed' for v in verdicts):7} {sum(v['status'] == 'not_judged' for v in verdicts):10}"
        f" {sum(v['attempts'] > 1 for v in verdicts):8} {sum(v['borderline'] for v in verdicts):10}"
        f" {against_first(judging, first):12}",
        flush=True,
    )


def judged(
    judge_name: str, workers: int, load_name: str, environment: Environment, placed: list[Placed]
) -> dict[str, Any]:
    """One judging of all programs."""
    started = time.monotonic()
    with load_of(load_name):
        if judge_name == "passatk":
            verdicts = judge(environment, placed, workers)
        else:
            usual = [(p.name, usual_program(p.problem, p.text)) for p in placed]
            verdicts = judge_conventionally(usual, workers)
    seconds = time.monotonic() - started
    left = end_what_is_left()
    judging = {"judge": judge_name, "workers": workers, "load": load_name, "seconds": seconds}
    return judging | {"verdicts": verdicts, "left_running": left}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "humaneval-x")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 8, 64])
    parser.add_argument("--loads", nargs="+", default=["idle", "hogs", "memory"])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="Share of the references and mutants.")
    parser.add_argument("--restart", action="store_true")
    parser.add_argument("--cases", action="store_true", help="Programs with inputs and outputs, test by test.")
    options = parser.parse_args()
    if options.cases:
        sys.exit(1 if of_cases(options.workers, options.loads, options.rounds, options.restart) else 0)
    problems = load(options.problems)
    environment = Environment(problems.languages)
    earlier = json.loads(RESULTS.read_text()) if RESULTS.exists() and not options.restart else {}
    rates: dict[str, list[float]] = earlier.get("rates", {})
    placed = mixed_programs(problems, environment, options.scale, rates)
    machine = this_machine()
    kinds = Counter(p.kind for p in placed)
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {environment.isolation.words}")
    print(f"{len(placed)} programs: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}\n")
    RESULTS.parent.mkdir(exist_ok=True)
    state: dict[str, Any] = {"machine": msgspec.to_builtins(machine), "programs": len(placed), "judgings": []}
    state["placed"] = {p.name: {"kind": p.kind, "close": p.close} for p in placed}
    if earlier.get("placed") == state["placed"]:
        state = earlier
    state["rates"] = rates
    wanted = [
        ("passatk", workers, load_name, number)
        for number in range(options.rounds)
        for workers in options.workers
        for load_name in options.loads
    ]
    wanted += [
        ("conventional", CONVENTIONAL_WORKERS, load_name, number)
        for number in range(options.rounds)
        for load_name in options.loads
    ]
    print(
        f"{'judge':13} {'workers':>7} {'load':7} {'seconds':>8} {'passed':>7} {'not judged':>10} {'repeated':>8}"
        f" {'borderline':>10} {'flips/first':>12}"
    )
    first: dict[str, dict[str, Any]] = {}
    for judge_name, workers, load_name, number in wanted:
        key = [judge_name, workers, load_name, number]
        judging = next((j for j in state["judgings"] if j["key"] == key), None)
        if judging is None:
            judging = {"key": key} | judged(judge_name, workers, load_name, environment, placed)
            state["judgings"].append(judging)
            RESULTS.write_text(json.dumps(state))
        print_row(judging, first.setdefault(judge_name, judging))
    report(state)


def report(state: dict[str, Any]) -> None:
    """Flips over all judgings, and whether the promise held."""
    ours = [j for j in state["judgings"] if j["judge"] == "passatk"]
    theirs = [j for j in state["judgings"] if j["judge"] != "passatk"]
    placed = state["placed"]
    close = {name for name, p in placed.items() if p["close"]}
    shared = {name for name, p in placed.items() if p["kind"] == CACHE_BOUND}
    marked = {name for j in ours for name, v in j["verdicts"].items() if v["borderline"]}
    flips = flips_of(ours)
    print(f"\npassatk: {len(ours)} judgings, {len(flips)} programs with more than one status")
    for name, statuses in sorted(flips.items()):
        print(f"  {name}: {', '.join(statuses)}{' (placed within 1.5 of the limit)' if name in close else ''}")
    print(f"  marked borderline though not placed within 1.5 of a limit: {sorted(marked - close - shared) or 'none'}")
    print(f"conventional: {len(theirs)} judgings, {len(flips_of(theirs))} programs with more than one status,")
    print(f"  processes left running: {', '.join(str(j['left_running']) for j in theirs) or 'none'}")
    print(f"\nflips of programs bound by a cache that other machines share: {len(set(flips) & shared)}")
    print(f"flips of all others not placed within 1.5 of their limit: {len(set(flips) - close - shared)}")


if __name__ == "__main__":
    main()
