"""Random SIGKILLs of driver, slot server or program during runs: the digest after resuming is always the same.

Usage: python bench/kills.py [--kills 200] [--seed 0]

Every run judges programs of six kinds in three languages. While it goes on, processes of it are killed at random: the
driver (then the same command is started again), something of a slot, or a program. When a run has ended, its digest
must be that of an undisturbed one, and no process, mount or cgroup of it may be left.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from running import descendants

from passatk.problems import load
from passatk.runs.manifest import this_machine
from passatk.sandbox.container import UID

HERE = Path(__file__).parent
KINDS = ("driver", "slot", "program")
KILLS_A_RUN = 10


def write_samples(path: Path) -> None:
    problems = load("basics").problems
    rows: list[dict[str, Any]] = []
    for number in range(28):
        for prefix, wrong in (("Python", f"    return {number}\n"), ("JavaScript", f"  return {number}\n}}\n")):
            reference = problems[f"{prefix}/{number}"].solution
            texts = (reference, wrong, reference.replace("return", "retrun"))
            rows += [{"task_id": f"{prefix}/{number}", "generation": text} for text in texts]
    rows += [{"task_id": f"CPP/{n}", "generation": problems[f"CPP/{n}"].solution} for n in range(6)]
    rows.append({"task_id": "Python/0", "generation": "    while True: pass\n"})
    rows.append({"task_id": "Python/0", "generation": "    import time\n    time.sleep(100)\n"})
    rows.append({"task_id": "Python/0", "generation": "    return len(bytearray(4 << 30))\n"})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def start(path: Path, out: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "passatk", "evaluate", str(path), "--problems", "basics", "--no-cache"]
    command += ["--cpu-seconds", "1", "--out", str(out), "--json"]
    with out.with_suffix(".json").open("w") as report:
        return subprocess.Popen(command, stdout=report, stderr=subprocess.DEVNULL, start_new_session=True)


def is_program(pid: int) -> bool:
    """Under the programs' account, or, where that is the user's own, with the slot server's supervisor above it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    uid = status.split("Uid:")[1].split()[0]
    return uid == str(UID) or (b"server.start" not in command and not command.startswith(b"bwrap"))


def kill_one(rng: random.Random, driver: int) -> str | None:
    """Kill a process of a random kind; return which, None if there is none now."""
    kind = rng.choices(KINDS, (1, 2, 2))[0]
    victims = [driver]
    if kind != "driver":
        victims = [pid for pid in descendants(driver)[1:] if is_program(pid) == (kind == "program")]
    if not victims:
        return None
    try:
        os.kill(rng.choice(victims), signal.SIGKILL)
    except ProcessLookupError:
        return None
    return kind


def left_over(pids: Sequence[int], drivers: set[int]) -> list[str]:
    """What must not be there after a run: processes of it, mounts, cgroups of its drivers."""
    deadline = time.monotonic() + 5
    while (alive := [pid for pid in pids if os.path.exists(f"/proc/{pid}")]) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = [f"process {pid}" for pid in alive]
    left += [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if "/passatk" in line]
    left += [str(p) for p in Path("/sys/fs/cgroup").rglob("passatk-*") if int(p.name.split("-")[2]) in drivers]
    return left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}")
    killed: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples.jsonl")
        write_samples(path)
        undisturbed = start(path, Path(folder, "whole"))
        if undisturbed.wait() != 0:
            raise SystemExit("the undisturbed run failed")
        expected = json.loads(Path(folder, "whole.json").read_text())
        print(f"{expected['programs']} programs, {expected['seconds']:.0f} s undisturbed, digest {expected['digest']}")
        while sum(killed.values()) < options.kills:
            out = Path(folder, f"run{len(rows)}")
            row = disturbed_run(rng, path, out, expected, min(KILLS_A_RUN, options.kills - sum(killed.values())))
            killed.update(row["killed"])
            rows.append(row)
            print(f"run {len(rows):3}: {sum(killed.values()):4} kills so far ({dict(killed)}), {row}", flush=True)
    wrong = sum(not row["same"] or bool(row["left"]) for row in rows)
    print(f"{len(rows)} runs, {sum(killed.values())} kills: {wrong} runs with another digest or with something left")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "killed": dict(killed), "runs": rows}
    (results / "kills.json").write_text(json.dumps(written, indent=1))
    if wrong:
        raise SystemExit(1)


def disturbed_run(rng: random.Random, path: Path, out: Path, expected: dict[str, Any], kills: int) -> dict[str, Any]:
    """One run with `kills` kills, started again until it ends well."""
    killed: Counter[str] = Counter()
    starts = 0
    seen: set[int] = set()
    drivers: set[int] = set()
    while True:
        process = start(path, out)
        starts += 1
        drivers.add(process.pid)
        while process.poll() is None:
            time.sleep(rng.uniform(0.05, 0.8))
            seen.update(descendants(process.pid)[1:])
            if sum(killed.values()) < kills and (kind := kill_one(rng, process.pid)) is not None:
                killed[kind] += 1
        if process.returncode == 0:
            break
        if process.returncode != -signal.SIGKILL and starts > 3 * KILLS_A_RUN:
            raise SystemExit(f"a run ends with {process.returncode} again and again; its folder is {out}")
    report = json.loads(out.with_suffix(".json").read_text())
    for line, whole in zip(
        (out / "results.jsonl").open(), (out.parent / "whole" / "results.jsonl").open(), strict=True
    ):
        if line != whole:
            print(f"  differs: {line[-200:]}  from:    {whole[-200:]}", end="")
    same = report["digest"] == expected["digest"] and report["scores"] == expected["scores"]
    left = left_over(sorted(seen), drivers)
    return {"killed": dict(killed), "starts": starts, "same": same, "left": left}


if __name__ == "__main__":
    main()
