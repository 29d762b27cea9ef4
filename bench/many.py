"""So many programs through one server: is its memory flat, and is nothing left? For `serve.py --many`."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from running import descendants

from passatk.serve.client import AsyncClient, Client, ProgramRequest

if TYPE_CHECKING:
    from serve import Programs, Server

BATCH = 64
POINT = 0.05
"""Memory is looked at after each such part of the programs, and compared with the second: by then caches are full."""
VANISH_EVERY = 512
FLAT = 0.03
SLEEPS = "    import time\n    time.sleep(3600)\n"


class Traces(msgspec.Struct, frozen=True):
    """What a server has, or has left, on its machine."""

    processes: int
    mounts: int
    cgroups: int
    files: int
    descriptors: int


def traces(pid: int, temporary: Path) -> Traces:
    """Of the server with this process id, whose temporary files lie there."""
    groups = 0
    for folder in Path("/proc/self/mountinfo").read_text().splitlines():
        if " - cgroup" in folder:
            groups += sum(f"-{pid}-" in name for name in _below(folder.split()[4]))
    with contextlib.suppress(OSError):
        return Traces(
            processes=len(descendants(pid)) if Path(f"/proc/{pid}").exists() else 0,
            mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
            cgroups=groups,
            files=sum(1 for _ in temporary.rglob("*")),
            descriptors=len(os.listdir(f"/proc/{pid}/fd")) if Path(f"/proc/{pid}/fd").exists() else 0,
        )
    return traces(pid, temporary)  # a process or a file was gone while it was counted


def _below(folder: str, depth: int = 3) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                yield entry.name
                if depth:
                    yield from _below(entry.path, depth - 1)


async def _vanish(url: str, request: ProgramRequest) -> None:
    """A client that asks for what never ends, and is gone while it runs."""
    async with AsyncClient(url) as client:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.judge([request]), 1.0)


def many(server: "Server", programs: "Programs", count: int, minutes: float, temporary: Path) -> dict[str, object]:
    """Memory and traces, after `count` programs or so many minutes; `server` still runs."""
    began = time.perf_counter()
    points: list[tuple[int, float]] = []
    looks: list[Traces] = []
    with Client(server.url) as client:
        for done in range(0, count, BATCH):
            if time.perf_counter() - began > 60 * minutes:
                points.append((done, server.memory_mib))
                break
            asked = [programs.request() for _ in range(min(BATCH, count - done))]
            results = client.judge(asked)
            assert all(result.passed for result in results), [result.reason for result in results if not result.passed]
            if done % VANISH_EVERY == 0:
                problem, text = programs.next()
                asyncio.run(_vanish(server.url, ProgramRequest(task_id=problem.task_id, completion=SLEEPS + text)))
            if done + BATCH >= POINT * count * (1 + len(points)):
                points.append((done + len(asked), server.memory_mib))
                print(f"{points[-1][0]:8} programs {points[-1][1]:8.1f} MiB", flush=True)
                looks.append(traces(server.process.pid, temporary))
        client.judge([programs.request() for _ in range(BATCH)])  # slots that were killed are there again
    first_half = looks[: len(looks) // 2 or 1]  # a slot that was not killed lately may have one process more
    warm = {name: max(getattr(one, name) for one in first_half) for name in Traces.__struct_fields__}
    grown = points[-1][1] / points[:2][-1][1] - 1
    return {
        "programs": points[-1][0],
        "seconds": time.perf_counter() - began,
        "memory_mib": points,
        "grown": grown,
        "warm": Traces(**warm),
        "end": traces(server.process.pid, temporary),
    }


def wrong_with(found: dict[str, object], mounts: int, after: Traces) -> list[str]:
    """In words; `mounts` were there before the server, `after` is what there is when it has ended."""
    warm, end, grown = found["warm"], found["end"], found["grown"]
    assert isinstance(warm, Traces)
    assert isinstance(end, Traces)
    assert isinstance(grown, float)
    wrong = [f"memory grew by {grown:.1%}, and {FLAT:.0%} may be"] if grown > FLAT else []
    for name in ("processes", "cgroups", "files", "descriptors"):
        then, now, left = (getattr(one, name) for one in (warm, end, after))
        if now > then:
            wrong.append(f"{name}: {then} when warm, {now} at the end")
        if left:
            wrong.append(f"{name}: {left} are left when the server has ended")
    if after.mounts > mounts:
        wrong.append(f"mounts: {mounts} before, {after.mounts} after")
    return wrong
