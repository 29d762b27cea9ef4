"""The usual way to judge: one subprocess per program, build and run under one wall-clock limit, kill the parent."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from running import processes_with

WALL_S = 5.0
MARK = "PASSATK_BENCH_CONVENTIONAL"
"""In the environment of everything it starts."""


def judge(programs: Sequence[tuple[str, dict[str, Any]]], workers: int) -> dict[str, dict[str, Any]]:
    """Name of a program, as `ways` gives it -> status, by exit code and wall clock."""
    with ThreadPoolExecutor(workers) as threads:
        statuses = threads.map(lambda named: _status(named[1]), programs)
        names = [name for name, _ in programs]
        marks = {"borderline": False, "attempts": 1}
        return {name: {"status": s, **marks} for name, s in zip(names, statuses, strict=True)}


def end_what_is_left() -> int:
    """Kill what its programs have left running, lest it disturb what comes next; return how many there were."""
    left = processes_with(MARK, "1")
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(left)


def _status(program: dict[str, Any]) -> str:
    deadline = time.monotonic() + WALL_S
    files = program.get("files", {"main.py": program.get("text", "")})
    *builds, run = program.get("commands", [[sys.executable, "main.py"]])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a compiler killed late may still write
        for name, text in files.items():
            Path(folder, name).write_bytes(text.encode("utf-8", "surrogatepass"))
        environment = {**os.environ, **program.get("environment", {}), MARK: "1"}
        try:
            if any(_run(command, folder, environment, deadline) != 0 for command in builds):
                return "compile_error"
            return "passed" if _run(run, folder, environment, deadline) == 0 else "failed"
        except subprocess.TimeoutExpired:
            return "timed out"


def _run(command: Sequence[str], folder: str, environment: dict[str, str], deadline: float) -> int:
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=nothing, stdout=nothing, stderr=nothing)
    try:
        return process.wait(max(0.01, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
