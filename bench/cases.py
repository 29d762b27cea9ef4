"""What tests with inputs and outputs cost: in processes, in memory, and to read.

Usage: python bench/cases.py [--quick] [--only python cpp memory reading]

- Python: programs of 15 tests that need next to nothing, all of them run: tasks a second and core, and what a test
  costs besides the program's own CPU time;
- C++: a program of 50 tests beside the same with one;
- memory of the judge's process: inputs and outputs of 10 MB, and a thousand tests a problem;
- reading 100,000 cases, as one's own problems and as APPS lists them.

All times are CPU seconds of the judge and everything below it, so that a busy machine changes little; one worker. No
verdict comes from the cache. A table, and bench/results/cases.json; exit 1 if a number is not what it should be.
"""

import argparse
import atexit
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from passatk.cases import Case, Cases
from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import load
from passatk.records import Asserts, Limits, Problem, Program, Sample, Status, Verdict
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
TESTS = 15
MANY_TESTS = 50
LARGE_BYTES = 10_000_000
ADDER = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n# {number}\n"
ADDER_CPP = (
    "#include <iostream>\nint main() { // {number}\n"
    "    long long s = 0, x; while (std::cin >> x) s += x; std::cout << s; }\n"
)
ECHO = "import sys\nwhile part := sys.stdin.buffer.read(1 << 16): sys.stdout.buffer.write(part)\n# {number}\n"


class Figure(NamedTuple):
    """One number, and what it should be."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool:
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


class Judged(NamedTuple):
    """What judging took."""

    cpu_s: float
    """Of the judge and everything below it."""
    own_s: float
    """Of the programs alone, and of their builds."""
    wall_s: float
    verdicts: Sequence[Verdict]


def sums(count: int) -> Cases:
    """`count` tests of a program that adds."""
    return Cases(cases=tuple(Case(id=str(n), stdin=f"{n} {n * n}\n", expected=f"{n + n * n}\n") for n in range(count)))


def program(text: str, cases: Cases, language: str, number: int) -> Program:
    """A program like no other."""
    problem = Problem(
        task_id="bench",
        benchmark="bench",
        language=language,
        prompt="",
        tests=Asserts(code=""),
        cases=cases,
        in_function=False,
    )
    sample = Sample(task_id="bench", index=0, text=text.replace("{number}", str(number)), whole=True)
    return LANGUAGES[language].program(problem, sample, "")


def own_cpu_s() -> float:
    """Of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def prepared(language: str) -> Environment:
    """Its slots have their cgroups below one of ours, since the sandbox sets its own to zero before each program."""
    environment = Environment([language])
    groups = environment.world.cgroups
    if groups.version != 1:
        raise SystemExit("this machine has no cgroups of version 1, by which the time of slots could be told")
    ours = os.path.join(groups.folders["cpuacct"], f"passatk-bench-{os.getpid()}")
    if not os.path.isdir(ours):
        os.mkdir(ours)
        atexit.register(os.rmdir, ours)
    groups = msgspec.structs.replace(groups, folders={**groups.folders, "cpuacct": ours})
    environment.world = msgspec.structs.replace(environment.world, cgroups=groups)
    return environment


def slots_cpu_s(environment: Environment) -> float:
    """Of all its slots until now, with all that ran in them."""
    return int(Path(environment.world.cgroups.folders["cpuacct"], "cpuacct.usage").read_text()) / 1e9


def judged(environment: Environment, programs: Sequence[Program], limits: Limits | None = None) -> Judged:
    """All of them by one worker, whose start is not counted."""
    jobs = [Job(program=one, limits=limits or default_limits()) for one in programs]
    began_cpu_s, began = own_cpu_s() + slots_cpu_s(environment), time.perf_counter()
    with LocalPool(environment, 1) as pool:
        verdicts = [verdict for _, verdict in pool.judge(jobs)]
        wall_s = time.perf_counter() - began
        used_s = own_cpu_s() + slots_cpu_s(environment) - began_cpu_s
    assert all(verdict.status is Status.PASSED for verdict in verdicts), verdicts[0].reason
    own_s = 0.0
    for verdict in verdicts:
        for attempt in verdict.attempts:
            own_s += attempt.build.cpu_s if attempt.build is not None else 0.0
            own_s += sum(case.run.cpu_s for case in attempt.cases or ())
    return Judged(used_s, own_s, wall_s, verdicts)


def of_python(quick: bool) -> list[Figure]:
    """Tasks a second and core."""
    environment = prepared("python")
    tasks = 10 if quick else 60
    start = judged(environment, [program(ADDER, sums(1), "python", -1)])
    cases = sums(TESTS)
    took = judged(environment, [program(ADDER, cases, "python", number) for number in range(tasks)])
    used_s = took.cpu_s - start.cpu_s
    return [
        Figure(f"Python, {TESTS} tests: tasks a second and core", tasks / used_s, "1/s", least=6.0),
        Figure("  the program's own CPU time, a test", 1000 * took.own_s / (tasks * TESTS), "ms"),
        Figure("  CPU time besides, a test", 1000 * (used_s - took.own_s) / (tasks * TESTS), "ms", most=6.0),
        Figure("  tasks a second of wall clock, here and now", tasks / took.wall_s, "1/s"),
    ]


def of_cpp(quick: bool) -> list[Figure]:
    """What more tests add to a build."""
    environment = prepared("cpp")
    repeats = 2 if quick else 7

    def median_s(tests: int, first: int) -> float:
        numbers = range(first, first + repeats)
        return statistics.median(
            judged(environment, [program(ADDER_CPP, sums(tests), "cpp", n)]).cpu_s for n in numbers
        )

    one, many = median_s(1, 0), median_s(MANY_TESTS, 1000)
    return [
        Figure("C++, one test: CPU time", one, "s"),
        Figure(f"  {MANY_TESTS} tests: more than one", many - one, "s", most=0.3),
    ]


def memory_mib() -> float:
    """Of this process now."""
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024


def peak_mib(work: Callable[[], object]) -> float:
    """How much more of memory it needed at once than there was before."""
    before = memory_mib()
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    work()
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024 - before


def of_memory(quick: bool) -> list[Figure]:
    """Of the judge's process, beyond the tests themselves."""
    environment = prepared("python")
    text = "0123456789abcde\n" * (LARGE_BYTES // 16)

    def large(count: int) -> Cases:
        return Cases(cases=tuple(Case(id=str(n), stdin=text, expected=text) for n in range(count)))

    def judge(cases: Cases, code: str, first: int, count: int = 1) -> Callable[[], object]:
        return lambda: judged(environment, [program(code, cases, "python", first + n) for n in range(count)])

    judge(large(1), ECHO, 0)()
    few, many = (2, 6) if quick else (3, 30)
    low, high = (peak_mib(judge(large(count), ECHO, count)) for count in (few, many))
    thousand = sums(100 if quick else 1000)
    rounds = 2 if quick else 5
    judge(thousand, ADDER, 0)()
    before = memory_mib()
    judge(thousand, ADDER, 1, rounds)()
    return [
        Figure(f"memory, {few} tests of 10 MB in and out: more at once", low, "MiB"),
        Figure(f"  {many} tests: more than {few} need", high - low, "MiB", most=10.0),
        Figure(
            f"  {rounds} programs x {len(thousand.cases)} tests: more at the end",
            memory_mib() - before,
            "MiB",
            most=30.0,
        ),
    ]


def of_reading(quick: bool) -> list[Figure]:
    """MB a second."""
    problems, each = (50, 20) if quick else (1000, 100)
    stdin = "".join(f"{n} {n * n}\n" for n in range(40))

    def own(number: int) -> dict[str, object]:
        cases = [{"stdin": f"{number} {n}\n{stdin}", "expected": f"{n}\n{stdin[:100]}"} for n in range(each)]
        return {"id": str(number), "language": "python", "instruction": "Add.", "cases": cases}

    def apps(number: int) -> dict[str, object]:
        tests = {
            "inputs": [f"{number} {n}\n{stdin}" for n in range(each)],
            "outputs": [f"{n}\n{stdin[:100]}" for n in range(each)],
        }
        fields = {"problem_id": number, "question": "Add.", "solutions": "[]", "difficulty": "easy", "starter_code": ""}
        return {**fields, "input_output": json.dumps(tests), "url": ""}

    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, made in (("one's own problems", own), ("APPS", apps)):
            file = Path(folder, f"{made.__name__}.jsonl")
            with file.open("w") as out:
                for number in range(problems):
                    out.write(json.dumps(made(number)) + "\n")
            size, began = file.stat().st_size, own_cpu_s()
            read = load(str(file))
            rate = size / 1e6 / (own_cpu_s() - began)
            assert len(read.problems) == problems
            del read
            figures.append(
                Figure(f"reading {problems * each:,} cases ({size / 1e6:.0f} MB), {name}", rate, "MB/s", least=50.0)
            )
    return figures


PARTS = {"python": of_python, "cpp": of_cpp, "memory": of_memory, "reading": of_reading}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="A tenth of everything: whether it works, not how well.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    options = parser.parse_args()
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; one worker")
    figures = []
    for name in options.only:
        for figure in PARTS[name](options.quick):
            figures.append(figure)
            wanted = (
                f">= {figure.least:g}" if figure.least is not None else f"<= {figure.most:g}" if figure.most else ""
            )
            mark = "" if figure.holds else "  MISSED"
            print(f"{figure.name:68}{figure.value:10.2f} {figure.unit:5}{wanted:10}{mark}", flush=True)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    rows = [{**figure._asdict(), "holds": figure.holds} for figure in figures]
    written = {"machine": msgspec.to_builtins(machine), "quick": options.quick, "figures": rows}
    (results / "cases.json").write_text(json.dumps(written, indent=1))
    sys.exit(0 if all(figure.holds for figure in figures) else 1)


if __name__ == "__main__":
    main()
