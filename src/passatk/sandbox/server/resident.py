"""Resident tools: compilers that stay from program to program, outside their worlds and with no more rights.

They only ever save time. One that is not there, that takes long, or whose answer is not clean gives no answer, and the
step is executed in the program's world as if there were no such tool. So no verdict depends on it.
"""

import os
import select
import signal
import struct
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .request import ResidentConfig

_QUICK = 0.1
"""Share of a step's CPU limit that a tool may use: what needs more is left to those who can be measured."""
_LOOK_S = 0.25
_NUMBER_BYTES = 16
_PATIENCE_S = 30.0
_MOST_BYTES = 64 << 20
_TICKS = os.sysconf("SC_CLK_TCK")
_CLEAN = (0, 1)
"""Answers that count: it compiled, or the sources were refused."""


class Answer(NamedTuple):
    """What a tool made of the sources: files, or words about them. `code`: 0 made, 1 refused."""

    code: int
    words: str
    files: list[tuple[str, bytes]]
    cpu_s: float
    wall_s: float


class _NoAnswer(Exception):
    pass


class Resident:
    """One tool. Started by the slot's server, asked by a supervisor."""

    def __init__(self, config: ResidentConfig, environment: dict[str, str], lower: Callable[[], None]):
        """`lower`: called in its process before it begins, gives up what programs have not."""
        self.name, self._argv = config["name"], config["argv"]
        self._environment, self._lower = environment, lower
        self._pid = self._in = self._out = self._stat = 0
        self._deadline = self._most_cpu_s = 0.0

    @property
    def runs(self) -> bool:
        """Whether it was started; it may have ended since."""
        return self._pid != 0

    def start(self) -> None:
        """Start it, in place of one that runs."""
        self.stop()
        in_r, self._in = os.pipe()
        self._out, out_w = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.setsid()
                for number, fd in enumerate((in_r, out_w)):
                    os.dup2(fd, number, inheritable=True)
                os.write(out_w, os.readlink("/proc/self").encode().ljust(_NUMBER_BYTES))
                self._lower()
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                os.execve(self._argv[0], self._argv, self._environment)
            finally:
                os._exit(127)
        os.close(in_r)
        os.close(out_w)
        os.set_blocking(self._in, False)
        # its number in /proc, which may count the processes of a namespace above ours
        seen_as = os.read(self._out, _NUMBER_BYTES).decode().strip()
        self._stat = os.open(f"/proc/{seen_as}/stat", os.O_RDONLY)

    def stop(self) -> None:
        """End it, if it runs."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            for fd in (self._in, self._out, self._stat):
                os.close(fd)
            self._pid = 0

    def ask(self, files: Iterable[tuple[str, str]], cpu_limit_s: float) -> Answer | None:
        """What it makes of `files`; None if that is not clear, and then it is to be started again."""
        frames = [(path.encode(), text.encode("utf-8", "surrogatepass")) for path, text in files]
        started = time.monotonic()
        try:
            before_s = self._cpu_s()
            self._deadline, self._most_cpu_s = started + _PATIENCE_S, before_s + _QUICK * cpu_limit_s
            self._send(_int(len(frames)) + b"".join(_text(part) for frame in frames for part in frame))
            code = self._read_int()
            words = self._read_text().decode("utf-8", "backslashreplace")
            made = [(self._read_text().decode(), self._read_text()) for _ in range(self._read_int())]
            after_s = self._cpu_s()
        except (_NoAnswer, OSError, ValueError):
            return None
        if code not in _CLEAN or after_s > self._most_cpu_s:
            return None
        return Answer(code, words, made, after_s - before_s, time.monotonic() - started)

    def _cpu_s(self) -> float:
        """CPU seconds it has used, as far as the kernel's ticks tell."""
        fields = os.pread(self._stat, 4096, 0).rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _wait(self, fd: int, event: int) -> None:
        poll = select.poll()
        poll.register(fd, event)
        while not poll.poll(_LOOK_S * 1000):
            if time.monotonic() > self._deadline or self._cpu_s() > self._most_cpu_s:
                raise _NoAnswer

    def _send(self, body: bytes) -> None:
        left = memoryview(body)
        while left:
            self._wait(self._in, select.POLLOUT)
            left = left[os.write(self._in, left) :]

    def _read(self, size: int) -> bytes:
        if size > _MOST_BYTES:
            raise _NoAnswer
        parts = []
        while size:
            self._wait(self._out, select.POLLIN)
            part = os.read(self._out, size)
            if not part:
                raise _NoAnswer
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _read_int(self) -> int:
        number: int = struct.unpack(">I", self._read(4))[0]
        return number

    def _read_text(self) -> bytes:
        return self._read(self._read_int())


def _int(number: int) -> bytes:
    return struct.pack(">I", number)


def _text(text: bytes) -> bytes:
    return _int(len(text)) + text
