"""Examiners that stay: one process asks program after program, each with a realm, or classes, of its own.

It is started when the first program of its kind comes, and beside it a porter, a process of its account and its PID
namespace. For each program the porter takes the descriptors of the conversation, tells the examiner where under /proc
they are, and lets go of them when it has opened them.
"""

import _socket
import fcntl
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from . import kernel
from .descriptors import receive, send

_OPENED = b"o"
_OPENING_S = 10.0
_WORDS = 2000
_FOR_ALL = 0o666
"""Mode of pipes that are opened by their names under /proc, by another account than made them."""
_CPU_S = 60.0
"""So much it may use in all before another takes its place."""
_HIGH, _MOST_DESCRIPTORS = 1 << 9, 1 << 20


class Started(NamedTuple):
    """A process of the room: its number, its folder of tasks in /proc, and its PID namespace, -1 where it is ours."""

    pid: int
    tasks: int
    namespace: int


class Standing:
    """One such process.

    Args:
        start: begins it with these as its descriptors.
        own_namespace: the next child is in ours again.
        lower: called in the porter, ends its privileges.
    """

    def __init__(
        self,
        start: Callable[[dict[int, int]], Started],
        own_namespace: Callable[[], None],
        lower: Callable[[], None],
    ):
        asked, ask = os.pipe()
        opened, opened_w = os.pipe()
        os.fchmod(opened_w, _FOR_ALL)
        null = os.open("/dev/null", os.O_WRONLY)
        self._pid, self.tasks, namespace = start({0: asked, 1: null, 2: null, 3: opened_w})
        self._used_s = 0.0
        self._socket, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        try:
            if namespace >= 0:
                kernel.enter_namespace(namespace, kernel.CLONE_NEWPID)
                os.close(namespace)
            self._porter = os.fork()
            if self._porter == 0:
                _carry(theirs.fileno(), ask, opened, lower)
        finally:
            own_namespace()
        for fd in (asked, ask, opened, opened_w, null, theirs.detach()):
            os.close(fd)

    def ask(self, what: str, given: Sequence[int]) -> None:
        """Begin: it is to examine `what` by the descriptors `given`.

        Raises:
            OSError: it has ended, or does not open them.
        """
        self._used_s = self._cpu_s()
        for fd in given:
            os.fchmod(fd, _FOR_ALL)
        send(self._socket, what.encode(), given)
        said, _ = receive(self._socket)
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
        for pid in (self._porter, self._pid):
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
        self._socket.close()
        os.close(self.tasks)
        return status

    def _cpu_s(self) -> float:
        try:
            return time.clock_gettime(~self._pid << 3 | 2)  # see clock_getcpuclockid(3)
        except OSError:
            return self._used_s  # it has ended


def _carry(room: int, ask: int, opened: int, lower: Callable[[], None]) -> NoReturn:
    """The porter: all that it holds of this process is given here."""
    try:
        kept = [fcntl.fcntl(fd, fcntl.F_DUPFD, _HIGH) for fd in (room, ask, opened)]
        os.closerange(0, _HIGH)
        os.closerange(max(kept) + 1, _MOST_DESCRIPTORS)
        socket, ask, opened = _socket.socket(fileno=kept[0]), *kept[1:]
        lower()
        kernel.reset_signal(signal.SIGPIPE)
        kernel.show_to_own_account()
        poll = select.poll()
        poll.register(opened, select.POLLIN)
        while True:
            what, given = receive(socket)
            if not what:
                break
            os.write(ask, f"{os.getpid()} {' '.join(map(str, given))} {what.decode()}\n".encode())
            said = os.read(opened, _WORDS) if poll.poll(_OPENING_S * 1000) else b"it does not listen"
            for fd in given:
                os.close(fd)
            send(socket, said or b"it has ended")
    finally:
        os._exit(0)
