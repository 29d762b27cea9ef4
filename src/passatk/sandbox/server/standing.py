"""Examiners that stay: one process asks program after program, each with a realm, or classes, of its own.

It is started when the first program of its kind comes. For each program a porter, a process beside it that holds the
descriptors of the conversation, tells it where under /proc they are, and is ended when it has opened them.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from . import kernel

_OPENED = b"o"
_OPENING_S = 10.0
_WORDS = 2000
_FOR_ALL = 0o666
"""Mode of pipes that are opened by their names under /proc, by another account than made them."""
_CPU_S = 60.0
"""So much it may use in all before another takes its place."""


class Started(NamedTuple):
    """A process of the room: its number, its folder of tasks in /proc, and its PID namespace, -1 where it is ours."""

    pid: int
    tasks: int
    namespace: int


class Standing:
    """One such process."""

    def __init__(self, start: Callable[[dict[int, int]], Started], own_namespace: Callable[[], None]):
        """`start`: begins it with these as its descriptors. `own_namespace`: the next child is in ours again."""
        asked, self._ask = os.pipe()
        self._opened, opened = os.pipe()
        os.fchmod(opened, _FOR_ALL)
        null = os.open("/dev/null", os.O_WRONLY)
        self._own_namespace = own_namespace
        self._process = start({0: asked, 1: null, 2: null, 3: opened})
        for fd in (asked, opened, null):
            os.close(fd)
        self.tasks = self._process.tasks
        self._used_s = 0.0

    def ask(self, what: str, given: Sequence[int], lower: Callable[[], None]) -> None:
        """Begin: it is to examine `what` by the descriptors `given`. `lower` ends the porter's privileges.

        Raises:
            OSError: it has ended, or does not open them.
        """
        self._used_s = self._cpu_s()
        for fd in given:
            os.fchmod(fd, _FOR_ALL)
        try:
            if self._process.namespace >= 0:
                kernel.enter_pid_namespace(self._process.namespace)
            porter = os.fork()
            if porter == 0:
                self._carry(what, given, lower)
        finally:
            self._own_namespace()
        poll = select.poll()
        poll.register(self._opened, select.POLLIN)
        said = os.read(self._opened, _WORDS) if poll.poll(_OPENING_S * 1000) else b"it does not listen"
        os.kill(porter, signal.SIGKILL)
        os.waitpid(porter, 0)
        if said != _OPENED:
            raise OSError(said.decode("utf-8", "backslashreplace") or "it has ended")

    def end(self, done: bool) -> tuple[int, float, bool]:
        """Its wait status, the CPU seconds it used for this program, and whether it stays: one not `done` is killed."""
        used_s = self._cpu_s() - self._used_s
        if done and self._used_s + used_s < _CPU_S:
            return 0, used_s, True
        status = self.close()
        return 0 if done else status, used_s, False

    def close(self) -> int:
        """Kill it; its wait status."""
        os.kill(self._process.pid, signal.SIGKILL)
        _, status = os.waitpid(self._process.pid, 0)
        for fd in (self._ask, self._opened, self._process.tasks, self._process.namespace):
            if fd >= 0:
                os.close(fd)
        return status

    def _carry(self, what: str, given: Sequence[int], lower: Callable[[], None]) -> NoReturn:
        try:
            lower()
            kernel.reset_signal(signal.SIGPIPE)
            kernel.show_to_own_account()
            os.write(self._ask, f"{os.getpid()} {' '.join(map(str, given))} {what}\n".encode())
            signal.pause()
        finally:
            os._exit(0)

    def _cpu_s(self) -> float:
        try:
            return time.clock_gettime(~self._process.pid << 3 | 2)  # see clock_getcpuclockid(3)
        except OSError:
            return self._used_s  # it has ended
