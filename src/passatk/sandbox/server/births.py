"""Processes of programs: the slot's server forks them, which has read no request, into the world of a supervisor.

The supervisor, who has read them all, asks for one over a socket: it gives descriptors and its namespaces, and gets a
descriptor of the process. Without namespaces there is nothing to join, and it forks by itself.
"""

import _signal  # type: ignore[import-not-found]  # see `kernel`
import _socket
import contextlib
import os
import select
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, Protocol

from . import kernel
from .descriptors import receive, send

Become = Callable[[Sequence[int], bool], NoReturn]
"""What a process does when it is born: its descriptors, and whether it is the run of a program, not its build."""
_FORK, _WAIT = b"f", b"w"
_ENDED = struct.Struct("iQd")


class End(NamedTuple):
    """Of a process: its wait status, its largest resident size in bytes, and CPU seconds that only this tells."""

    status: int
    peak_bytes: int
    cpu_s: float


class Born(Protocol):
    """A process, which may have ended."""

    pidfd: int

    def kill(self) -> None: ...

    def wait(self) -> End: ...


class Own:
    """A process that its supervisor forks."""

    def __init__(self, become: Become, given: Sequence[int], others: Sequence[int], proof: bool):
        """`others`: descriptors that it must not keep."""
        self._pid = os.fork()
        if self._pid == 0:
            for fd in others:
                os.close(fd)
            become(given, proof)
        self.pidfd = os.pidfd_open(self._pid)

    def kill(self) -> None:
        os.kill(self._pid, _signal.SIGKILL)

    def wait(self) -> End:
        _, status, usage = os.wait4(self._pid, 0)
        os.close(self.pidfd)
        return End(status, usage.ru_maxrss * 1024, 0.0)


class Adopted:
    """A process that the server forks for a supervisor."""

    def __init__(self, server: "_socket.socket", given: Sequence[int], proof: bool):
        """In the supervisor.

        Raises:
            OSError: there can be no more processes.
        """
        self._server = server
        namespaces = [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in ("mnt", "ipc")]
        send(server, _FORK + bytes([proof]), [*given, *namespaces])
        for fd in namespaces:
            os.close(fd)
        words, pidfd = receive(server)
        if not pidfd:
            raise OSError(f"a process cannot be made: {words.decode()}")
        self.pidfd = pidfd[0]

    def kill(self) -> None:
        _signal.pidfd_send_signal(self.pidfd, _signal.SIGKILL)

    def wait(self) -> End:
        self._server.send(_WAIT)
        ended = End(*_ENDED.unpack(receive(self._server)[0]))
        os.close(self.pidfd)
        return ended


class Socket:
    """Between the server and its supervisors, one after the other: `server` is the supervisors' end."""

    def __init__(self) -> None:
        self._supervisor, self.server = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)

    def serve(self, supervisor: int, become: Become) -> None:
        """In the server, whose children belong to the supervisor's PID namespace: until the supervisor ends."""
        child = 0
        pidfd = os.pidfd_open(supervisor)
        poll = select.poll()
        for fd in (pidfd, self._supervisor.fileno()):
            poll.register(fd, select.POLLIN)
        while all(fd != pidfd for fd, _ in poll.poll()):
            message, given = receive(self._supervisor)
            if message == _WAIT:
                self._supervisor.send(_ENDED.pack(*_waited(child)))
                child = 0
            else:
                child = self._born(become, given, proof=bool(message[1]))
        os.close(pidfd)
        if child:  # which has died with its namespace
            _waited(child)
        self._forget()

    def _born(self, become: Become, given: Sequence[int], proof: bool) -> int:
        child = 0
        try:
            child = os.fork()
            if child == 0:
                _be_born(become, given, proof)
            pidfd = os.pidfd_open(child)
            send(self._supervisor, _FORK, [pidfd])
            os.close(pidfd)
        except OSError as error:
            self._supervisor.send(str(error).encode())
        for fd in given:
            os.close(fd)
        return child

    def _forget(self) -> None:
        """What a supervisor that was killed has not been told, or nobody has read."""
        for end in (self._supervisor, self.server):
            end.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    for fd in receive(end)[1]:
                        os.close(fd)
            end.setblocking(True)


def _waited(child: int) -> End:
    _, status, usage = os.wait4(child, 0)
    return End(status, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime)


def _be_born(become: Become, given: Sequence[int], proof: bool) -> NoReturn:
    try:
        *given, mounts, messages = given
        kernel.enter_namespace(messages, kernel.CLONE_NEWIPC)
        kernel.enter_namespace(mounts, kernel.CLONE_NEWNS)
        os.close(mounts)
        os.close(messages)
        become(given, proof)
    finally:
        os._exit(127)
