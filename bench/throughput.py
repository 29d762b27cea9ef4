"""Programs per second of the judge alone, and the floor below; peers stand beside it in `peers.py`.

Usage: python bench/throughput.py [DATA/humaneval-x] [--languages python cpp ...] [--repeats 3] [--every 1]

For every language: the reference solutions and one mutant of each, without the few mutants that never end; `--workers`
workers, median of `--repeats`. The floor is the CPU time that the bare tools need when they are warm: compiler and run,
measured alone, on every fourth program, without sandbox, judge or driver.

For Python also the set that pass@k with n = 200 brings: 164 tasks x 200 samples, most of them copies of others.
Toolchains are located and their libraries prepared before the clock starts. No verdict comes from the cache.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mutants import mutants

from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import ProblemSet, load
from passatk.records import Problem, Program, ResidentTool, Sample, Status, Step
from passatk.runs.manifest import this_machine
from passatk.sandbox import Level, Slot, World
from passatk.sandbox.server.kernel import become_subreaper
from passatk.sandbox.server.resident import Resident

HERE = Path(__file__).parent
OVERHEAD_RUNS = 300
FLOOR_EVERY = 4
_NO_LIMIT_S = 1000.0
_WARMING = 8
"""The first programs, 1 in so many, do not count: a compiler gets quicker meanwhile."""
Pair = tuple[Problem, Sample]


def pairs_of(problems: ProblemSet, language: str, every: int) -> list[Pair]:
    """References, and one mutant of each that can be continued from the prompt."""
    chosen = list(problems.only([language]).problems.values())[::every]
    pairs = [(p, Sample(task_id=p.task_id, index=0, text=p.solution)) for p in chosen]
    only = msgspec.structs.replace(problems, problems={p.task_id: p for p in chosen})
    return pairs + [(m.problem, m.sample) for m in mutants(only, kinds=("constant",)) if not m.sample.whole]


def program_of(pair: Pair) -> Program:
    problem, sample = pair
    return LANGUAGES[problem.language].program(problem, sample, problem.tests.code)


def ending(pairs: Sequence[Pair], environment: Environment, workers: int) -> list[Pair]:
    """Those that end by themselves: the others would only compare limits."""
    jobs = (Job(program=program_of(pair), limits=default_limits()) for pair in pairs)
    judged = LocalPool(environment, workers).judge(jobs)
    endless = {job.program.key for job, verdict in judged if verdict.status is Status.TIME_LIMIT}
    return [pair for pair in pairs if program_of(pair).key not in endless]


def ours(environment: Environment, workers: int) -> Callable[[Sequence[Pair]], float]:
    """Seconds to judge pairs, assembling and deduplicating them included."""

    def seconds(pairs: Sequence[Pair]) -> float:
        started = time.perf_counter()
        programs = {program.key: program for program in map(program_of, pairs)}
        jobs = (Job(program=p, limits=default_limits()) for p in programs.values() if not environment.cannot_judge(p))
        for _ in LocalPool(environment, workers).judge(jobs):
            pass
        return time.perf_counter() - started

    return seconds


def rate(seconds: Callable[[Sequence[Pair]], float], pairs: Sequence[Pair], repeats: int) -> list[float]:
    """Programs per second, in order."""
    return sorted(len(pairs) / seconds(pairs) for _ in range(repeats))


def floor_s(environment: Environment, pairs: Sequence[Pair]) -> float:
    """CPU seconds a program by the bare warm tools: compiler and run, without a sandbox."""
    tools = {tool.name: _started(tool, environment) for tool in environment.world.resident}
    spent = []
    for program in map(program_of, pairs):
        if environment.cannot_judge(program):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for path, text in program.files:
                Path(folder, path).write_bytes(text.encode("utf-8", "surrogatepass"))
            cpu_s = 0.0
            for step in (*program.build, program.run):
                answer = tools[step.resident].ask(program.files, _NO_LIMIT_S) if step.resident else None
                if answer is None:
                    used_s, code = _execute(step, environment, folder, program.examiner is not None)
                    cpu_s += used_s
                    if code != 0:
                        break
                    continue
                cpu_s += answer.cpu_s
                if answer.code != 0:
                    break
                for path, made in answer.files:
                    Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                    Path(folder, path).write_bytes(made)
            spent.append(cpu_s)
    for tool in tools.values():
        tool.stop()
    return statistics.mean(spent[len(spent) // _WARMING :])


def _started(tool: ResidentTool, environment: Environment) -> Resident:
    argv = [_filled(arg, environment) for arg in tool.argv]
    resident = Resident({"name": tool.name, "argv": argv}, dict(os.environ), lambda: None)
    resident.start()
    return resident


def _filled(text: str, environment: Environment) -> str:
    for name, value in (*environment.world.variables, ("VARIED", "1")):
        text = text.replace(f"${{{name}}}", value)
    return text


def _execute(step: Step, environment: Environment, folder: str, asked: bool) -> tuple[float, int]:
    """CPU seconds of the command in `folder`, with nothing to read and nobody who reads; and how it ended.

    One that is `asked` by an examiner meets the end of the questions, and opens its answers anew, by their descriptor:
    so no file of the machine may have that. Orphans of it included: mold, the linker, leaves one that does the work.
    """
    argv = [_filled(arg, environment) for arg in step.argv]
    own = {name: _filled(value, environment) for name, value in step.env}
    null = [(fd, "/dev/null", os.O_RDONLY if fd == 3 and asked else os.O_WRONLY) for fd in (1, 2, 3, 4)]
    streams = ((0, "/dev/zero", os.O_RDONLY), *null)
    before = os.getcwd()
    os.chdir(folder)
    try:
        pid = os.posix_spawnp(
            argv[0],
            argv,
            {"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8", **own},
            file_actions=[(os.POSIX_SPAWN_OPEN, fd, path, flags, 0) for fd, path, flags in streams],
        )
    finally:
        os.chdir(before)
    used = [os.wait4(pid, 0)]
    while not environment.world.resident:  # a resident tool is a child that does not end
        try:
            used.append(os.wait4(-1, 0))
        except ChildProcessError:
            break
    return sum(usage.ru_utime + usage.ru_stime for _, _, usage in used), used[0][1]


def n200(problems: ProblemSet, samples: int) -> list[Pair]:
    """Samples as a model gives them at n = 200: some right, many alike, some never seen again. About 1 in 15 is new."""
    rng = random.Random(200)
    chosen = list(problems.only(["python"]).problems.values())
    pairs = []
    for number in range(samples):
        problem = chosen[number % len(chosen)]
        kind = min(int(rng.paretovariate(0.9)), 10_000) - 1  # few texts are common, many are rare
        text = problem.solution if kind == 0 else f"    variant = {kind}\n{problem.solution}"
        pairs.append((problem, Sample(task_id=problem.task_id, index=number, text=text)))
    return pairs


def overhead_ms(world: World) -> tuple[float, float]:
    """Median milliseconds to execute `true` in a slot, and to fork and execute it without one."""
    program = Program(language="none", files=(), run=Step(argv=("true",)))
    limits = default_limits()
    inside, bare = [], []
    with Slot(world) as slot:
        for _ in range(OVERHEAD_RUNS):
            started = time.perf_counter()
            slot.execute(program, limits)
            inside.append(time.perf_counter() - started)
    for _ in range(OVERHEAD_RUNS):
        started = time.perf_counter()
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
        bare.append(time.perf_counter() - started)
    return 1000 * statistics.median(inside), 1000 * statistics.median(bare)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "basics")
    parser.add_argument("--languages", nargs="+")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="Only every N-th task.")
    parser.add_argument("--samples", type=int, default=32_800, help="Of the n = 200 set; 0 leaves it out.")
    options = parser.parse_args()
    problems = load(options.problems)
    languages = options.languages or problems.languages
    environments = {language: Environment([language]) for language in languages}
    become_subreaper()
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, {problems.name}")
    head = ("programs", "passatk/s", "lowest", "highest", "floor ms", "ours ms", "share")
    print(f"{'language':12}" + "".join(f"{name:>10}" for name in head))
    rows = []
    for language, environment in environments.items():
        us = ours(environment, options.workers)
        pairs = ending(pairs_of(problems, language, options.every), environment, options.workers)
        rates = rate(us, pairs, options.repeats)
        floor = floor_s(environment, pairs[::FLOOR_EVERY]) if LANGUAGES[language].name != "python" else 0.0
        rows.append(row := _row(language, len(pairs), rates, floor, options.workers))
        _show(row)
        if language == "python" and options.samples:
            many = n200(problems, options.samples)
            rows.append(row := _row("n = 200", len(many), rate(us, many, 1), 0.0, options.workers))
            _show(row)
    overheads = _overheads(environments.get("python", environment))
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "workers": options.workers, "rows": rows, "overhead": overheads}
    (results / "throughput.json").write_text(json.dumps(written, indent=1))


def _row(name: str, programs: int, rates: list[float], floor: float, workers: int) -> dict[str, Any]:
    middle = statistics.median(rates)
    return {
        "name": name,
        "programs": programs,
        "per_second": middle,
        "lowest": rates[0],
        "highest": rates[-1],
        "floor_s": floor,
        "core_s": workers / middle,
        "share_of_floor": floor * middle / workers,
    }


def _show(row: dict[str, Any]) -> None:
    share = f"{100 * row['share_of_floor']:9.0f}%" if row["floor_s"] else f"{'-':>10}"
    print(
        f"{row['name']:12}{row['programs']:10}{row['per_second']:10.1f}{row['lowest']:10.1f}{row['highest']:10.1f}"
        f"{1000 * row['floor_s']:10.1f}{1000 * row['core_s']:10.1f}"
        f"{share}",
        flush=True,
    )


def _overheads(environment: Environment) -> dict[str, dict[str, float]]:
    worlds = {"as configured": environment.world}
    if environment.world.level is not Level.NONE:
        worlds["without a sandbox"] = World(level=Level.NONE)
    overheads = {}
    for name, world in worlds.items():
        inside, bare = overhead_ms(world)
        overheads[name] = {"slot_ms": inside, "spawn_ms": bare, "overhead_ms": inside - bare}
        print(
            f"executing `true`, {name}: {inside:.2f} ms in a slot, {bare:.2f} ms bare, overhead {inside - bare:.2f} ms"
        )
    return overheads


if __name__ == "__main__":
    main()
