"""The usual way to judge: one subprocess per program, build and run under one wall-clock limit, kill the parent.

Small and fair: the same files and commands as passatk's, optimisations included, a folder of its own per program.
"""

import contextlib
import os
import re
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

from passatk.judging import Environment
from passatk.records import Program, Step

WALL_S = 5.0
MARK = "PASSATK_BENCH_CONVENTIONAL"
"""In the environment of everything it starts."""
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def judge(environment: Environment, programs: Sequence[tuple[str, Program]], workers: int) -> dict[str, dict[str, Any]]:
    """Program name -> status, by exit code and wall clock."""
    variables = dict(environment.world.variables)
    with ThreadPoolExecutor(workers) as threads:
        statuses = threads.map(lambda named: _status(named[1], variables), programs)
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


def _status(program: Program, variables: dict[str, str]) -> str:
    deadline = time.monotonic() + WALL_S
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a compiler killed late may still write
        for path, text in program.files:
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            for step in program.build:
                if _run(step, variables, folder, deadline) != 0:
                    return "compile_error"
            return "passed" if _run(program.run, variables, folder, deadline) == 0 else "failed"
        except subprocess.TimeoutExpired:
            return "timed out"


def _run(step: Step, variables: dict[str, str], folder: str, deadline: float) -> int:
    def filled(text: str) -> str:
        return _VARIABLE.sub(lambda match: variables[match[1]], text)

    own = {name: filled(value) for name, value in step.env}
    process = subprocess.Popen(
        ["sh", "-c", 'exec "$@" 3>/dev/null', "sh", *map(filled, step.argv)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8", MARK: "1", **own},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.communicate(b"0" * 32, timeout=max(0.01, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    return process.returncode
