"""Processes of programs: forked by one that has read no request (`nursery`, `parents`), into the world of a supervisor.

The supervisor, who has read them all, asks for one over a socket: it gives descriptors and its namespaces, and gets a
descriptor of the process. Without namespaces there is nothing to join, and it forks by itself.
"""

import _signal  # type: ignore[import-not-found]  # see `kernel`
import _socket
import contextlib
import os
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, Protocol

from . import kernel
from .descriptors import receive, send
from .mail import Ended, Mail

Become = Callable[[Sequence[int], int, Callable[[], None]], NoReturn]
"""What a process does when it is born: its descriptors, what it is for, and what it has to do first."""
RUN, EARLY = 1, 2
"""What it is for: the run of a program, not its build; and it is born before the program comes, which is likely to be
run in this memory."""
_FORK, _WAIT = b"f", b"w"
_ENDED = struct.Struct("i5l")
"""Of `mail.Ended`: the wait status, CPU time of the user and of the system in seconds and microseconds,
the largest resident size in KiB."""


class End(NamedTuple):
    """Of a process: its wait status, its largest resident size in bytes, and CPU seconds that only this tells."""

    status: int
    peak_bytes: int
    cpu_s: float


class Born(Protocol):
    """A process, which may have ended."""

    pidfd: int
    of_parent: bool
    """It is none of this interpreter, see `parents`."""

    def kill(self) -> None: ...

    def wait(self) -> End: ...


class Own:
    """A process that its supervisor forks."""

    of_parent = False

    def __init__(self, become: Become, given: Sequence[int], others: Sequence[int], purpose: int):
        """`others`: descriptors that it must not keep."""
        self._pid = os.fork()
        if self._pid == 0:
            become(given, purpose, lambda: _close(others))
        self.pidfd = os.pidfd_open(self._pid)

    def kill(self) -> None:
        os.kill(self._pid, _signal.SIGKILL)

    def wait(self) -> End:
        _, status, usage = os.wait4(self._pid, 0)
        os.close(self.pidfd)
        return End(status, usage.ru_maxrss * 1024, 0.0)


class Adopted:
    """A process that the nursery forks for a supervisor, or a parent does."""

    def __init__(
        self,
        server: "_socket.socket",
        given: Sequence[int],
        purpose: int,
        of_parent: bool = False,
        users: int | None = None,
    ):
        """In the supervisor. `server`: a socket to who forks. `users`: a user namespace, which a parent has to know.

        Raises:
            OSError: there can be no more processes.
        """
        self._server, self.of_parent = server, of_parent
        kinds = ("mnt", "ipc", "pid") if of_parent else ("mnt", "ipc")
        namespaces = [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in kinds]
        known = [users] if of_parent and users is not None else []
        send(server, _FORK + bytes([purpose]), [*given, *namespaces, *known])
        for fd in namespaces:
            os.close(fd)
        words, pidfd = receive(server)
        if not pidfd:
            raise OSError(f"a process cannot be made: {words.decode()}")
        self.pidfd = pidfd[0]

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            _signal.pidfd_send_signal(self.pidfd, _signal.SIGKILL)

    def wait(self) -> End:
        self._server.send(_WAIT)
        status, user_s, user_us, system_s, system_us, peak = _ENDED.unpack_from(receive(self._server)[0])
        os.close(self.pidfd)
        return End(status, peak * 1024, user_s + system_s + (user_us + system_us) / 1e6)


class Socket:
    """Between who forks and the supervisors, one after the other: `server` is the supervisors' end."""

    def __init__(self) -> None:
        self._supervisor, self.server = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        self._mail, self._ended = Mail(self._supervisor.fileno()), Ended()

    def serve(self, supervisor: int, become: Become) -> None:
        """For one that has the process descriptor `supervisor`, until it ends; children belong to its PID namespace.

        A child is waited for before anything else is heard: until then the first process of its namespace cannot end
        either. So the same is done from child to child, however long each takes.
        """
        polled = kernel.polled(supervisor, self._mail.fd)
        while kernel.ready(polled, -1) and not kernel.is_ready(polled, 0):
            self._mail.receive()
            if self._mail.words[0] == _WAIT:
                os.write(self._mail.fd, self._ended.said)
            else:
                self._bear(become)
        forget(self._supervisor, self.server)

    def _bear(self, become: Become) -> None:
        try:
            child = os.fork()
        except OSError as error:
            os.write(self._mail.fd, str(error).encode())
            self._mail.close_given()
            return
        if child == 0:
            *given, mounts, messages = self._mail.given()
            become(given, self._mail.words[1][0], lambda: _enter(mounts, messages))
        pidfd = os.pidfd_open(child)
        self._mail.send(pidfd)
        os.close(pidfd)
        self._mail.close_given()
        self._ended.wait_for(child)


def forget(*ends: "_socket.socket") -> None:
    """What a supervisor that was killed has not been told, or nobody has read."""
    for end in ends:
        end.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                for fd in receive(end)[1]:
                    os.close(fd)
        end.setblocking(True)


def _close(descriptors: Sequence[int]) -> None:
    for fd in descriptors:
        os.close(fd)


def _enter(mounts: int, messages: int) -> None:
    kernel.enter_namespace(messages, kernel.CLONE_NEWIPC)
    kernel.enter_namespace(mounts, kernel.CLONE_NEWNS)
    _close((mounts, messages))
