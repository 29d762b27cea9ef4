"""Examiner and program of one sample, built and run beside each other without a sandbox: for a language's two sides."""

import fcntl
import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from passatk.languages.base import Language, Toolchain
from passatk.records import Examiner, Program, Step
from passatk.textfiles import data_home

TOKEN = b"0123456789abcdef0123456789abcdef"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_BASE = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": "/tmp"}


class Met(NamedTuple):
    """How a program met its examiner."""

    said: str
    """The examiner's line, empty where it said nothing."""
    exit_code: int
    """The program's."""
    words: str
    """The examiner's stderr."""
    stdout: str
    stderr: str

    @property
    def passed(self) -> bool:
        return self.said == f"passed {TOKEN.decode()}" and self.exit_code == 0


class BuildFailed(Exception):
    """A build step did; its text is what it printed."""


def toolchain_of(language: Language) -> Toolchain:
    return language.toolchain(data_home() / "toolchains")


def build(toolchain: Toolchain, files: tuple[tuple[str, str], ...], steps: tuple[Step, ...], folder: Path) -> None:
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
    for step in steps:
        argv, environment = filled(toolchain, step)
        done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildFailed(done.stderr + done.stdout)


def filled(toolchain: Toolchain, step: Step, **more: str) -> tuple[list[str], dict[str, str]]:
    values = dict(toolchain.variables) | {"VARIED": "1"} | more

    def fill(text: str) -> str:
        return _VARIABLE.sub(lambda found: values[found[1]], text)

    return [fill(part) for part in step.argv], _BASE | {name: fill(value) for name, value in step.env}


def build_examiners(language: Language, examiners: list[Examiner], folder: Path) -> None:
    workshop = language.workshop(examiners)
    build(toolchain_of(language), workshop.files, workshop.build, folder)
    for kept in workshop.keeps:
        assert (folder / kept).exists(), kept


def meet(language: Language, program: Program, examiners: Path, timeout_s: float = 60) -> Met:
    """Run a program that is not built yet beside its examiner, which is, in `examiners`."""
    assert program.examiner is not None
    toolchain = toolchain_of(language)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(toolchain, program.files, program.build, folder)
        for source, _ in program.files if program.build else ():
            (folder / source).unlink(missing_ok=True)
        calls_r, calls_w = os.pipe()
        answers_r, answers_w = os.pipe()
        token_r, token_w = os.pipe()
        said_r, said_w = os.pipe()
        os.write(token_w, TOKEN)
        os.close(token_w)
        argv, environment = filled(toolchain, program.run)
        nothing = os.open(os.devnull, os.O_RDONLY)
        answering = _start(argv, environment, folder, (nothing, calls_r, answers_w))
        asking = start_examiner(toolchain, program.examiner, examiners, (token_r, said_w, answers_r, calls_w))
        for fd in (nothing, calls_r, calls_w, answers_r, answers_w, token_r, said_w):
            os.close(fd)
        with ThreadPoolExecutor(1) as reader:  # what the program prints must not hold it up
            printed = reader.submit(answering.communicate)
            _, words = asking.communicate(timeout=timeout_s)
            with open(said_r, "rb") as said:
                line = said.read().decode("utf-8", "backslashreplace").strip()
            if not line.startswith(("passed", "ended")):
                answering.kill()
            out, err = printed.result(timeout=timeout_s)
        return Met(line, answering.returncode, words, out, err)


def start_examiner(
    toolchain: Toolchain, examiner: Examiner, built: Path, ends: tuple[int, ...]
) -> "subprocess.Popen[str]":
    """`ends`: its descriptors for token, verdict, answers and calls. One that stays is asked once."""
    argv, environment = filled(toolchain, examiner.run, EXAMINER=str(built), EXAMINER_NAME=examiner.name)
    if not examiner.asks:
        return _start(argv, environment, built, ends)
    asked, ask = os.pipe()
    opened_r, opened = os.pipe()
    process = _start(argv, environment, built, (asked, opened))
    os.write(ask, f"{os.getpid()} {' '.join(map(str, ends))} {ends[-1]} {built}/{examiner.name}\n".encode())
    for fd in (asked, opened):
        os.close(fd)
    os.read(opened_r, 1)
    for fd in (ask, opened_r):
        os.close(fd)
    return process


def _start(argv: list[str], environment: dict[str, str], cwd: Path, given: tuple[int, ...]) -> "subprocess.Popen[str]":
    def place() -> None:
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 40) for fd in given]
        for target, fd in zip((0, 3, 4, 5), high, strict=False):
            os.dup2(fd, target, inheritable=True)
        os.closerange(3 + len(given) - 1, os.sysconf("SC_OPEN_MAX"))

    if not argv[0].startswith(("/", "./")):
        argv = ["/usr/bin/env", *argv]
    return subprocess.Popen(
        argv, cwd=cwd, env=environment, close_fds=False, preexec_fn=place, text=True, errors="backslashreplace",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=None,
    )  # fmt: skip
