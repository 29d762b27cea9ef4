"""Programs per second on HumanEval-X's reference solutions, and what the sandbox itself costs per program.

Usage: python bench/throughput.py [DATA/humaneval-x] [--workers 2] [--repeats 3]. Without data, `basics` is measured.
Toolchains are located and their libraries prepared before the clock starts.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

import msgspec

from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import ProblemSet, load
from passatk.records import Program, Sample, Step
from passatk.runs.manifest import this_machine
from passatk.sandbox import Level, Slot, World

HERE = Path(__file__).parent
OVERHEAD_RUNS = 300


def programs_of(problems: ProblemSet, language: str) -> list[Program]:
    chosen = [p for p in problems.problems.values() if p.language == language]
    samples = [(p, Sample(task_id=p.task_id, index=0, text=p.reference)) for p in chosen]
    return [LANGUAGES[language].program(problem, sample, problem.tests) for problem, sample in samples]


def judged_per_second(environment: Environment, programs: list[Program], workers: int) -> tuple[float, float]:
    """(programs per second, CPU seconds of build and run per program)."""
    started = time.perf_counter()
    cpu = 0.0
    jobs = [Job(program=program, limits=default_limits()) for program in programs]
    for _, verdict in LocalPool(environment, workers).judge(jobs):
        for outcome in verdict.attempts:
            cpu += sum(step.cpu_s for step in (outcome.build, outcome.run) if step is not None)
    return len(programs) / (time.perf_counter() - started), cpu / len(programs)


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
    parser = argparse.ArgumentParser(description=__doc__)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "basics")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    problems = load(options.problems)
    environment = Environment(problems.languages)
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, {problems.name}")
    print(f"{'language':12} {'programs':>8} {'programs/s':>11} {'lowest':>7} {'highest':>8} {'CPU s/program':>14}")
    rows = []
    for language in problems.languages:
        programs = programs_of(problems, language)
        measured = [judged_per_second(environment, programs, options.workers) for _ in range(options.repeats)]
        rates = [rate for rate, _ in measured]
        cpu_s = statistics.median(cpu for _, cpu in measured)
        rate, lowest, highest = statistics.median(rates), min(rates), max(rates)
        print(f"{language:12} {len(programs):8} {rate:11.1f} {lowest:7.1f} {highest:8.1f} {cpu_s:14.3f}")
        row = {"language": language, "programs": len(programs), "cpu_s_per_program": cpu_s}
        rows.append({**row, "per_second": rate, "lowest": lowest, "highest": highest})
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
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "workers": options.workers, "rows": rows, "overhead": overheads}
    (results / "throughput.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
