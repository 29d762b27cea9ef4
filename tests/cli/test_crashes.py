"""`kill -9` at any moment: the same command goes on, and comes to the same end."""

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from running import Command, Require, descendants
from warm import Started, Warm

from passatk.problems import load

KILLS = 4


def samples(path: Path) -> Path:
    """Python and JavaScript programs of every kind, quick enough to be killed among them."""
    references = load("basics/written").problems
    rows: list[dict[str, str]] = []
    for number in range(25):
        for prefix, wrong in (("Python", f"    return {number}\n"), ("JavaScript", f"  return {number}\n}}\n")):
            task = f"{prefix}/{number}"
            broken = references[task].solution.replace("return", "retrun")
            texts = (references[task].solution, wrong, broken)
            rows.extend({"task_id": task, "generation": text} for text in texts)
    rows.append({"task_id": "Python/0", "generation": "    while True: pass\n"})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def start(warm: Warm, path: Path, out: Path) -> Started:
    return warm.start("evaluate", path, "--problems", "basics/written", "--out", out, "--cpu-seconds", 1, "--no-cache")


def judged(out: Path) -> int:
    """Programs with a verdict in the journal of a run that is going on."""
    try:
        with closing(sqlite3.connect(f"file:{out / 'run.sqlite'}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # not there yet


def wait_for(process: Started, out: Path, verdicts: int) -> None:
    while process.poll() is None and judged(out) < verdicts:
        time.sleep(0.02)


def test_killed_and_resumed_runs_have_the_digest_of_an_undisturbed_one(
    passatk: Command, warm: Warm, tmp_path: Path
) -> None:
    """At a few moments; `bench/kills.py` kills hundreds of times, and slots and programs too."""
    path = samples(tmp_path / "s.jsonl")
    options = ("--cpu-seconds", 1, "--no-cache", "--json")
    undisturbed = json.loads(
        passatk("evaluate", path, "--problems", "basics/written", "--out", tmp_path / "whole", *options).stdout
    )
    rng = random.Random(20)
    killed = resumed_short = 0
    for attempt in range(KILLS):
        out = tmp_path / f"run{attempt}"
        process = start(warm, path, out)
        wait_for(process, out, rng.randrange(attempt * 25, attempt * 25 + 25))
        time.sleep(rng.uniform(0.0, 0.3))
        below = descendants(process.pid)
        killed += process.poll() is None
        process.kill()
        process.wait()
        wait_gone(below)
        report = json.loads(passatk("evaluate", path, "--problems", "basics/written", "--out", out, *options).stdout)
        assert report["digest"] == undisturbed["digest"]
        assert report["scores"] == undisturbed["scores"]
        resumed_short += report["judged_now"] < undisturbed["programs"]
    assert killed >= KILLS - 1, "the runs were over before they were killed"
    assert resumed_short >= KILLS // 2, "what was judged before a kill was judged again"


def wait_gone(pids: list[int]) -> None:
    """Everything below a killed driver ends by itself."""
    deadline = time.monotonic() + 60
    while left := [pid for pid in pids if os.path.exists(f"/proc/{pid}")]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def test_an_interrupted_run_ends_at_once_leaves_nothing_running_and_goes_on(
    passatk: Command, warm: Warm, tmp_path: Path, require: Require
) -> None:
    require("javascript")
    path = samples(tmp_path / "s.jsonl")
    for number in (signal.SIGINT, signal.SIGTERM):
        out = tmp_path / f"run-{number}"
        process = start(warm, path, out)
        wait_for(process, out, 10)
        below = descendants(process.pid)
        process.kill(number)
        assert process.wait(timeout=60) == 130
        wait_gone(below)
        assert (
            passatk("evaluate", path, "--problems", "basics/written", "--out", out, "--cpu-seconds", 1).returncode == 0
        )


def test_an_interrupt_does_not_wait_for_programs_that_sleep(warm: Warm, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    sleepers = [f"    import time; time.sleep({100 + n})\n" for n in range(4)]
    path.write_text("".join(json.dumps({"task_id": "Python/0", "generation": text}) + "\n" for text in sleepers))
    process = start(warm, path, tmp_path / "run")
    wait_for(process, tmp_path / "run", 1)  # the reference solution: the sleepers are next
    process.kill(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert judged(tmp_path / "run") == 1


def test_a_run_folder_is_used_by_one_process_at_a_time(passatk: Command, warm: Warm, tmp_path: Path) -> None:
    path = samples(tmp_path / "s.jsonl")
    out = tmp_path / "run"
    process = start(warm, path, out)
    try:
        while not (out / "run.sqlite").exists():
            time.sleep(0.02)
        process.kill(signal.SIGSTOP)  # else it may be done before the second begins
        second = passatk("evaluate", path, "--problems", "basics/written", "--out", out, "--cpu-seconds", 1)
        assert second.returncode == 2
        assert "in use by another passatk" in second.stderr
    finally:
        process.kill()
        process.wait()
