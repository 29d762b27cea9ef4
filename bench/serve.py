"""A judge behind HTTP beside the judge in one process, which it must hardly slow down.

Usage: python bench/serve.py [DATA/humaneval-x] [--programs 1536] [--rounds 8] [--workers 2] [--clients 1000]
       python bench/serve.py [DATA/humaneval-x] --many 100000

- batches of 64 Python programs that were never seen: the judge alone, the server's replies, its streams;
- one program at a time: milliseconds from asking to the verdict, by the judge and by the server;
- half load: programs come at half the rate that the server manages; how long until the verdict, how long in the queue?
- many clients at once, a program each: does everybody get a verdict?
- memory of the server's process after each part.

The judge and the server are asked in turn, round by round, since machines have slow minutes: figures are medians of the
rounds, and so are the shares. No verdict comes from the cache. A table, and bench/results/serve.json. With `--many` so
many programs one after the other, and clients that vanish while a program runs: exit 1 if the server's memory grows by
more than 3 %, or a process, mount, cgroup, file or descriptor is left.
"""

import argparse
import asyncio
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from many import many, traces, wrong_with

from passatk import Judge, Problem, load
from passatk.runs.manifest import this_machine
from passatk.serve.client import AsyncClient, Client, ProgramRequest

HERE = Path(__file__).parent
BATCH = 64


class Programs:
    """Right solutions, another program each time."""

    def __init__(self, problems: list[Problem]):
        self._problems, self.number = problems, 0

    def next(self) -> tuple[Problem, str]:
        self.number += 1
        problem = self._problems[self.number % len(self._problems)]
        return problem, f"{problem.reference}\n# {self.number}\n"

    def request(self) -> ProgramRequest:
        problem, text = self.next()
        return ProgramRequest(task_id=problem.task_id, completion=text)


class Server:
    """The server's process."""

    def __init__(self, process: "subprocess.Popen[str]", url: str):
        self.process, self.url = process, url

    @property
    def memory_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def served(problems: str, workers: int, temporary: str | None = None) -> Iterator[Server]:
    """`temporary`: a folder for its temporary files."""
    options = ["--port", "0", "--problems", problems, "--language", "python", "--workers", str(workers), "--no-cache"]
    command = [sys.executable, "-m", "passatk", "serve", *options]
    variables = os.environ if temporary is None else {**os.environ, "TMPDIR": temporary}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=variables
    ) as process:
        assert process.stdout is not None
        yield Server(process, process.stdout.readline().split()[-1])
        process.terminate()


def rate(programs: int, began: float) -> float:
    return programs / (time.perf_counter() - began)


def by_judge(judge: Judge, programs: Programs, count: int) -> float:
    began = time.perf_counter()
    for _ in range(0, count, BATCH):
        verdicts = judge.judge([programs.next() for _ in range(BATCH)])
        assert all(verdict.status == "passed" for verdict in verdicts)
    return rate(count // BATCH * BATCH, began)


def by_server(client: Client, programs: Programs, count: int, stream: bool) -> float:
    began = time.perf_counter()
    for _ in range(0, count, BATCH):
        asked = [programs.request() for _ in range(BATCH)]
        assert all(result.passed for result in (client.stream(asked) if stream else client.judge(asked)))
    return rate(count // BATCH * BATCH, began)


def one_by_one(ask: Judge | Client, programs: Programs, count: int) -> list[float]:
    """Milliseconds of each, sorted."""
    spent = []
    for _ in range(count):
        began = time.perf_counter()
        if isinstance(ask, Judge):
            assert ask.judge([programs.next()])[0].status == "passed"
        else:
            assert ask.judge([programs.request()])[0].passed
        spent.append(1000 * (time.perf_counter() - began))
    return sorted(spent)


async def at_half_load(url: str, programs: Programs, count: int, full: float) -> list[float]:
    """Milliseconds of each program, sorted: arrivals are a Poisson process of half the rate `full`."""
    chance = random.Random(0)

    async def one(client: AsyncClient) -> float:
        began = time.perf_counter()
        (result,) = await client.judge([programs.request()])
        assert result.passed
        return 1000 * (time.perf_counter() - began)

    async with AsyncClient(url) as client:
        asked = []
        for _ in range(count):
            asked.append(asyncio.ensure_future(one(client)))
            await asyncio.sleep(chance.expovariate(full / 2))
        return sorted(await asyncio.gather(*asked))


def queued(url: str) -> dict[float, float]:
    """How many programs had their turn within so many seconds, since the server began."""
    found = {}
    for line in urllib.request.urlopen(url + "/metrics").read().decode().splitlines():
        if line.startswith("passatk_queued_seconds_bucket"):
            found[float(line.split('"')[1])] = float(line.split()[-1])
    return found


def within(before: dict[float, float], after: dict[float, float], share: float) -> float:
    """The least of the bounds, in seconds, within which so many of the programs between had their turn."""
    had = {bound: after[bound] - before[bound] for bound in sorted(after)}
    return next(bound for bound, count in had.items() if count >= share * had[math.inf])


async def many_clients(url: str, programs: Programs, clients: int) -> tuple[float, int]:
    """Programs a second, and how many got a verdict."""

    async def one() -> bool:
        async with AsyncClient(url) as client:
            (result,) = await client.judge([programs.request()])
            return result.passed

    began = time.perf_counter()
    passed = await asyncio.gather(*(one() for _ in range(clients)))
    return rate(clients, began), sum(passed)


def p99(spent: list[float]) -> float:
    return spent[int(0.99 * (len(spent) - 1))]


def measured(options: argparse.Namespace) -> dict[str, float]:
    problems = load(options.problems).only(["python"])
    programs = Programs(list(problems.problems.values()))
    row: dict[str, float] = {}
    with (
        Judge(["python"], options.workers, cached=False) as judge,
        served(options.problems, options.workers) as server,
        Client(server.url) as client,
    ):
        judge.judge([programs.next() for _ in range(len(problems.problems))])
        client.judge([programs.request() for _ in range(len(problems.problems))])
        row["memory_start_mib"] = server.memory_mib
        rounds = [beside(judge, client, programs, options.programs // options.rounds) for _ in range(options.rounds)]
        row |= {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
        row["rounds"] = options.rounds
        before = queued(server.url)
        half = asyncio.run(at_half_load(server.url, programs, options.programs // 4, row["replies_per_s"]))
        row["half_p50_ms"], row["half_p99_ms"] = statistics.median(half), p99(half)
        row["half_turn_p99_ms"] = 1000 * within(before, queued(server.url), 0.99)
        row["clients"] = options.clients
        row["clients_per_s"], row["clients_served"] = asyncio.run(many_clients(server.url, programs, options.clients))
        row["memory_end_mib"] = server.memory_mib
        row["programs_served"] = programs.number
    return row


def beside(judge: Judge, client: Client, programs: Programs, count: int) -> dict[str, float]:
    """One round: the judge and its server, one after the other; the server's part of the judge's rate or time."""
    judged = by_judge(judge, programs, count)
    replies = by_server(client, programs, count, stream=False)
    streams = by_server(client, programs, count, stream=True)
    alone, asked = (one_by_one(ask, programs, count // 4) for ask in (judge, client))
    return {
        "judge_per_s": judged,
        "replies_per_s": replies,
        "streams_per_s": streams,
        "replies_share": replies / judged,
        "streams_share": streams / judged,
        "judge_p50_ms": statistics.median(alone),
        "judge_p99_ms": p99(alone),
        "server_p50_ms": statistics.median(asked),
        "server_p99_ms": p99(asked),
        "one_share": statistics.median(asked) / statistics.median(alone),
    }


def left_alone(options: argparse.Namespace) -> None:
    """`--many`."""
    problems = load(options.problems).only(["python"])
    programs = Programs(list(problems.problems.values()))
    mounts = len(Path("/proc/self/mountinfo").read_text().splitlines())
    with tempfile.TemporaryDirectory() as folder:
        with served(options.problems, options.workers, folder) as server:
            found = many(server, programs, options.many, options.minutes, Path(folder))
        after = traces(server.process.pid, Path(folder))
    wrong = wrong_with(found, mounts, after)
    print(f"{found['programs']} programs, {found['seconds']:.0f} s; memory grew by {found['grown']:.2%}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    row = {"machine": this_machine(), **found, "after": after}
    (results / "serve_many.json").write_bytes(msgspec.json.format(msgspec.json.encode(row), indent=1))
    if wrong:
        sys.exit("\n".join(wrong))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = HERE.parents[1] / "shared" / "data" / "humaneval-x"
    parser.add_argument("problems", nargs="?", default=str(shared) if shared.exists() else "basics")
    parser.add_argument("--programs", type=int, default=1536, help="In batches, of each kind and in all rounds.")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--many", type=int, help="So many programs, and nothing else.")
    parser.add_argument("--minutes", type=float, default=math.inf, help="With --many: no longer than this.")
    options = parser.parse_args()
    if options.many:
        left_alone(options)
        return
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; {options.workers} workers, {options.problems}")
    row = measured(options)
    lines = [
        ("programs a second, batches of 64: judge", f"{row['judge_per_s']:.1f}"),
        ("  server, replies", f"{row['replies_per_s']:.1f} ({row['replies_share']:.2f} x)"),
        ("  server, streams", f"{row['streams_per_s']:.1f} ({row['streams_share']:.2f} x)"),
        ("one at a time, ms: judge p50, p99", f"{row['judge_p50_ms']:.1f}, {row['judge_p99_ms']:.1f}"),
        ("  server p50, p99", f"{row['server_p50_ms']:.1f}, {row['server_p99_ms']:.1f} ({row['one_share']:.2f} x)"),
        ("half load, ms: p50, p99", f"{row['half_p50_ms']:.1f}, {row['half_p99_ms']:.1f}"),
        ("  of it in the queue, p99: at most", f"{row['half_turn_p99_ms']:.0f}"),
        (
            f"{row['clients']:.0f} clients at once: served, a second",
            f"{row['clients_served']:.0f}, {row['clients_per_s']:.1f}",
        ),
        (
            f"memory, MiB: at the start, after {row['programs_served']:.0f} programs",
            f"{row['memory_start_mib']:.0f}, {row['memory_end_mib']:.0f}",
        ),
    ]
    for name, value in lines:
        print(f"{name:52} {value}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "serve.json").write_text(json.dumps({"machine": msgspec.to_builtins(machine), **row}, indent=1))


if __name__ == "__main__":
    main()
