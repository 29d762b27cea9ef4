"""Where programs' processes come from: a process that was forked before any program came, and does nothing else.

What the slot's server does besides, as it starts a parent for the first program that names one, changes its memory, and
with it the addresses of whatever a later fork makes. So it has this process fork one for each supervisor, which forks
the programs; that one does the same from program to program, and has done it some times before the first.
"""

import _socket
import os
import select
from collections.abc import Callable, Sequence
from typing import NoReturn

from . import kernel
from .births import Adopted, Become, Socket
from .descriptors import receive, send
from .mail import Ended, Mail

IN_GROUP = 2
"""The nursery and its fork are in the programs' cgroup."""
_REHEARSED = 4
"""After so many programs all that an interpreter keeps for later is there."""
_NUMBERS_FROM = 1000
"""Of processes here: a number below 257 is no new object for Python, so it must not be chance which ones are."""
_BEGIN, _ENDED = b"b", b"e"


class Nursery:
    """The server's end. Made in the network namespace that programs do not see."""

    def __init__(self) -> None:
        self.births = Socket()
        self.socket, self._theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)

    def start(self, become: Become) -> None:
        """`become`: what processes of programs do."""
        kernel.number_next(_NUMBERS_FROM)
        if os.fork() == 0:
            _nurse(self._theirs, self.births, become)
        self._theirs.close()

    def begin(self, supervisor: int) -> None:
        """Serve the last child, the first process of its namespace, by its process descriptor."""
        namespace = os.open("/proc/self/ns/pid_for_children", os.O_RDONLY | os.O_CLOEXEC)
        send(self.socket, _BEGIN, [namespace, supervisor])
        os.close(namespace)

    def end(self) -> None:
        """When the supervisor has ended.

        Raises:
            ChildProcessError: the nursery has, too.
        """
        if receive(self.socket)[0] != _ENDED:
            raise ChildProcessError("the nursery has ended")


def _nurse(server: "_socket.socket", births: Socket, become: Become) -> NoReturn:
    code = 1
    try:
        _rehearse(Socket())
        mail, ended = Mail(server.fileno()), Ended()
        while mail.receive():
            _serve(mail, ended, births, become)
        code = 0
    finally:
        os._exit(code)


def _serve(mail: Mail, ended: Ended, births: Socket, become: Become) -> None:
    """One supervisor, by a fork."""
    fork = os.fork()
    if fork == 0:
        namespace, supervisor = mail.given()
        kernel.enter_namespace(namespace, kernel.CLONE_NEWPID)
        births.serve(supervisor, become)
        os._exit(0)
    ended.wait_for(fork)
    mail.close_given()
    if not ended.well():
        raise ChildProcessError("a fork of the nursery has ended")
    os.write(mail.fd, _ENDED)


def _rehearse(births: Socket) -> None:
    """Serve a supervisor whose programs end at once."""
    client = os.fork()
    if client == 0:
        try:
            null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
            for _ in range(_REHEARSED):
                for early in (0, 1):
                    child = Adopted(births.server, [null] * 8, early)
                    if not early:
                        poll = select.poll()
                        poll.register(child.pidfd, select.POLLIN)
                        poll.poll()
                    child.wait()
        finally:
            os._exit(0)
    first = os.pidfd_open(client)
    births.serve(first, _end_at_once)
    os.close(first)
    os.waitpid(client, 0)


def _end_at_once(_: Sequence[int], late: int, __: Callable[[], None]) -> NoReturn:
    select.poll().poll(late)
    os._exit(0)
