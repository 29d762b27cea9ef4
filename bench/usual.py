"""HumanEval-X's way to evaluate, as a command of its own: a stand-in, since its evaluator is no package.

Usage: python bench/usual.py PROGRAMS.jsonl WORKERS

Each line holds `files`, by name, and `commands`; or `text`, a Python program. It does what that evaluator does: a
thread a worker; for each program a folder and its commands, under a wall-clock limit each (5 s, as its script sets),
without a sandbox and without proof; for Python a child, forked from this process, which has imported the helpers, numpy
too, with a manager for its answer. Nothing of passatk is imported: a heavier parent would make slower children.
"""

import contextlib
import json
import math
import multiprocessing
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy

LIMIT_S = 5.0
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
"""Without a machine's settings for node: certificates alone cost each start of it twice its time."""
HELPERS = (math, re, statistics, numpy)


def passes(program: dict[str, Any]) -> bool:
    """Whether a program's commands all end with exit code 0, in time."""
    if "text" in program:
        return _passes_in_a_child(program["text"])
    folder = tempfile.mkdtemp()
    try:
        for name, text in program["files"].items():
            Path(folder, name).write_bytes(text.encode("utf-8", "surrogatepass"))
        return all(_run(command, folder, {**ENVIRONMENT, **program["environment"]}) for command in program["commands"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], folder: str, environment: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=LIMIT_S, check=False, input=b""
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _passes_in_a_child(text: str) -> bool:
    with multiprocessing.Manager() as manager:
        result = manager.list()
        child = multiprocessing.Process(target=_execute, args=(text, result))
        child.start()
        child.join(timeout=LIMIT_S + 1)
        if child.is_alive():
            child.kill()
        return list(result) == ["passed"]


def _execute(text: str, result: Any) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    with contextlib.suppress(BaseException):
        exec(text, {})
        result.append("passed")


def main() -> None:
    programs, workers = sys.argv[1:]
    with open(programs, encoding="utf-8") as lines, ThreadPoolExecutor(int(workers)) as threads:
        passed = list(threads.map(passes, map(json.loads, lines)))
    print(json.dumps({"programs": len(passed), "passed": sum(passed)}))


if __name__ == "__main__":
    main()
