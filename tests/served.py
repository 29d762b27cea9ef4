"""A real server in a process of its own, and what tests ask it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

ADDS = "print(sum(map(int, input().split())))\n"
LOOPS = "while True:\n    pass\n"


def adding(number: int = 0, language: str = "python") -> dict[str, Any]:
    """A problem of one's own: the sum of the numbers in a line."""
    cases = [
        {"stdin": "1 2\n", "expected": "3\n", "public": True},
        {"stdin": f"{number} 4\n", "expected": f"{number + 4}"},
    ]
    return {"id": f"adding {number}", "language": language, "instruction": "Add.", "cases": cases}


def metric(url: str, name: str, token: str = "") -> float:
    """The sum of all figures of that name."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    lines = httpx.get(f"{url}/metrics", headers=headers).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.split("{")[0].split(" ")[0] == name)


def asked(*programs: Any, **more: Any) -> bytes:
    """The body of a request."""
    return json.dumps({"programs": programs, **more}).encode()


class Served:
    """`passatk serve`, until the context ends."""

    def __init__(self, process: "subprocess.Popen[str]", url: str, log: Path):
        self.process, self.url, self._log = process, url, log

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code, after a signal."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextlib.contextmanager
def served(folder: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A server on a free port, with a cache of its own."""
    log = folder / "serve.log"
    command = [sys.executable, "-m", "passatk", "serve", "--port", "0", *options]
    variables = {**os.environ, "PASSATK_CACHE": str(folder / "verdicts.sqlite"), **(environment or {})}
    with log.open("w") as written:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=written, text=True, env=variables)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said.startswith("passatk serves on "), (said, log.read_text())
        yield Served(process, said.split()[-1], log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        process.stdout.close()


def until(server: Served, name: str, value: float) -> None:
    """Wait until a figure has this value."""
    ends = time.monotonic() + 60
    while metric(server.url, name) != value:
        assert time.monotonic() < ends, (name, metric(server.url, name))
        time.sleep(0.02)


def until_it_is(server: Served, status: str) -> None:
    """Wait until `/ready` says so: `ready`; `closing`, when nothing new is taken."""
    ends = time.monotonic() + 60
    while httpx.get(f"{server.url}/ready").json()["status"] != status:
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """With problems of `basics` in Python; small requests."""
    options = ("--problems", "basics/written/python", "--language", "python", "--workers", "2", "--request-mib", "1")
    with served(tmp_path_factory.mktemp("serve"), *options) as found:
        yield found


@pytest.fixture
def http(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client
