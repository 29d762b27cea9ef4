"""The command in a process of its own that need not import first: a fork of one that has imported what commands import.

Run as a script, this reads requests from its standard input, and forks for each new command. What a command imported
of passatk, the next has already; so it has the problems of `basics`.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

LIMIT_S = 600
_INTERPRETER = ("PYTHON", "LD_", "LC_", "LANG", "OMP_", "ATEN_")
"""Beginnings of names of environment variables that are read when an interpreter or a library starts."""
Ask = Callable[[dict[str, Any]], int]
"""What a process answers to a request."""


class Started:
    """A command that was started: what `subprocess.Popen` offers of one whose output is captured."""

    def __init__(self, ask: Ask, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]):
        self.arguments, self._ask = arguments, ask
        self._said = tempfile.TemporaryDirectory()
        request = {"arguments": arguments, "folder": str(folder), "environment": dict(environment)}
        self.pid = ask({**request, "said": self._said.name})
        self.returncode: int | None = None
        self._texts = ("", "")

    def poll(self) -> int | None:
        """Its exit code, if it has ended."""
        if self.returncode is None and self._ask({"ended": self.pid}):
            self._end()
        return self.returncode

    def wait(self, timeout: float = LIMIT_S) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        ends = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired(["passatk", *self.arguments], timeout)
            time.sleep(0.01)
        return code

    def communicate(self, timeout: float = LIMIT_S) -> tuple[str, str]:
        """Wait for it; what it wrote."""
        self.wait(timeout)
        return self._texts

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal, unless it is known to have ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def _end(self) -> None:
        said = Path(self._said.name)
        self.returncode = self._ask({"reap": self.pid, "said": self._said.name})
        self._texts = ((said / "out").read_text(), (said / "err").read_text())
        self._said.cleanup()


class Warm:
    """Processes that fork for each command, one for each way in which an interpreter starts. Close it at the end."""

    def __init__(self) -> None:
        self._processes: dict[frozenset[tuple[str, str]], subprocess.Popen[str]] = {}

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """What `subprocess.run` gives."""
        started = Started(self._asker(environment), arguments, folder, environment)
        try:
            out, words = started.communicate()
        except BaseException:
            started.kill()
            raise
        assert started.returncode is not None
        return subprocess.CompletedProcess(["passatk", *arguments], started.returncode, out, words)

    def start(self, *arguments: object) -> Started:
        """The command in this folder, with this environment, and a session of its own."""
        return Started(self._asker(os.environ), [*map(str, arguments)], Path.cwd(), os.environ)

    def _asker(self, environment: Mapping[str, str]) -> Ask:
        key = frozenset((name, value) for name, value in environment.items() if name.startswith(_INTERPRETER))
        if (process := self._processes.get(key)) is None:
            process = self._processes[key] = subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
            )

        def ask(request: dict[str, Any]) -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        return ask

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            process.communicate()


def _serve() -> Path:
    """Answer requests. A child returns from here, with the file in which it is to say what it imported."""
    requests, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the command does before it loads PyTorch
    importlib.import_module("passatk.cli.app")
    for tier in ("", "written"):  # a process writes them out once, and most commands name them
        importlib.import_module("passatk.problems.basics").problems(tier)
    for line in requests:
        request, imported = json.loads(line), []
        if (pid := request.get("ended")) is not None:  # still there to be reaped, so its id is nobody else's
            answer = int(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
        elif (pid := request.get("reap")) is not None:
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            with contextlib.suppress(OSError):
                imported = Path(request["said"], "imported").read_text().split()
        elif (answer := os.fork()) == 0:
            return _become(request)
        replies.write(f"{answer}\n")
        replies.flush()
        for name in imported:
            importlib.import_module(name)
    os._exit(0)


def _become(request: dict[str, Any]) -> Path:
    """Be the process that this asks for."""
    said = Path(request["said"])
    for descriptor, path in enumerate((Path(os.devnull), said / "out", said / "err")):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["passatk", *request["arguments"]]
    sys.path[0] = request["folder"]
    return said / "imported"


if __name__ == "__main__":
    imported = _serve()
    from passatk.cli import main

    try:
        main()
    finally:
        if "ray" not in sys.modules:  # it has threads, which no fork may have
            imported.write_text("\n".join(name for name in list(sys.modules) if name.startswith("passatk.")))
