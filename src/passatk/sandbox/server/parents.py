"""Parents: interpreters that have started, each in a process of its own that forks for every program which names it.

Such a process does for a supervisor what the nursery does, see `births`, and its child what `step.become` does. Where
it cannot be started, a program's command is executed instead.
"""

import _socket
import contextlib
import os
import resource
import select
import signal
import struct
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple, NoReturn, Protocol

from . import kernel
from .accounts import NoGroup
from .births import forget
from .descriptors import receive, send
from .entropy import same_random_bytes
from .request import Config, ParentConfig, StepRequest
from .seccomp import compile_filter

_PLACES = 5
"""Descriptors below are for the program. This one is its socket, behind it are the doors of the programs' group."""
_PLACE = struct.Struct("=iiiiII")
_HEAD = struct.Struct("=II")
_LIMIT = struct.Struct("=iiqq")
_THREADS = struct.Struct("=I")
_NUMBER = 200
"""Of its process. Never a program's: by its number, some runtimes know that they were forked."""
_START_S = 60.0
_HIGH, _MOST_DESCRIPTORS = 1 << 9, 1 << 20
STACK_BYTES = 8 << 20
"""Until the program asks for more, as many do; what it then uses is of its memory."""

Limit = tuple[int, int, int]
"""Of a resource: its kind, the soft and the hard limit."""


class Home(Protocol):
    """What a parent needs of its slot."""

    config: Config
    filter_program: bytes
    groups: dict[str, NoGroup]


class Running(NamedTuple):
    """One that has started: the supervisors' end of its socket, and its process."""

    socket: "_socket.socket"
    pidfd: int


class Parent:
    """One of them, in the server."""

    def __init__(self, config: ParentConfig, home: Home):
        self._config, self._home = config, home
        # made now, in the network namespace that programs do not see
        self._ends = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        self._running: Running | None = None
        self._tried = False
        self.threads = 0

    def running(self, aside: Callable[[], AbstractContextManager[None]]) -> Running | None:
        """It, when it has started; None: it cannot.

        Args:
            aside: makes the next child one of our own PID namespace.
        """
        if not self._tried:
            self._tried = True
            with aside():
                self._running = self._started()
        return self._running

    def _started(self) -> Running | None:
        ours, theirs = self._ends
        last = kernel.number_next(_NUMBER)
        doors = self._home.groups["program"].doors()
        child = os.fork()
        if child == 0:
            self._become([theirs.fileno(), *doors])
        if last is not None:
            kernel.number_next(last + 1)
        theirs.close()
        for fd in doors:
            os.close(fd)
        running = Running(ours, os.pidfd_open(child))
        poll = select.poll()
        for fd in (ours.fileno(), running.pidfd):
            poll.register(fd, select.POLLIN)
        with contextlib.suppress(OSError, struct.error):  # it is no more, or says nothing
            send(ours, self._place(len(doors)))
            ready = [fd for fd, _ in poll.poll(_START_S * 1000)]
            (self.threads,) = _THREADS.unpack(receive(ours)[0] if ours.fileno() in ready else b"")
            return running
        ours.close()
        os.close(running.pidfd)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None

    def _place(self, doors: int) -> bytes:
        config, program = self._home.config, self._home.filter_program
        cpu = -1 if config["cpu"] is None else config["cpu"]
        folder = config["work"].encode()
        sizes = (len(folder), len(program))
        return _PLACE.pack(config["uid"], config["switch_user"], cpu, doors, *sizes) + folder + program

    def _become(self, kept: list[int]) -> NoReturn:
        """In its process."""
        try:
            os.setsid()
            self._home.groups["tools"].join()
            high = [os.dup2(fd, _HIGH + number) for number, fd in enumerate(kept)]
            null = os.open("/dev/null", os.O_RDWR)
            for fd in range(_PLACES):
                os.dup2(null, fd, inheritable=True)
            for number, fd in enumerate(high):
                os.dup2(fd, _PLACES + number, inheritable=True)
            os.closerange(_PLACES + len(kept), _MOST_DESCRIPTORS)
            # what its runtime draws at random when it starts is the same in every slot
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
            same_random_bytes()
            kernel.vouch_for_devices()
            resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))
            kernel.reset_own_signals()
            kernel.pass_capabilities_on()
            argv = self._config["argv"]
            environment = {**self._home.config["env"], **dict(self._config["env"])}
            if self._home.filter_program and (program := compile_filter(os.uname().machine, ("getrandom",))):
                kernel.prepared_filter(program)()
            os.execve(argv[0], argv, environment)
        finally:
            os._exit(127)


class Desk:
    """Where supervisors, one after the other, ask the server for a parent.

    Args:
        parent: the parent of that number, or None, and the threads of ours among the programs'.
    """

    def __init__(self, parent: Callable[[int], tuple[Running | None, int]]) -> None:
        self._parent = parent
        self._known: list[int] = []
        self._supervisor, self._server = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)

    def ask(self, number: int) -> tuple["_socket.socket | None", int]:
        """In a supervisor: the parent's socket, None if it is not to be had, and the threads of ours in the group."""
        self._server.send(bytes([number]))
        words, given = receive(self._server)
        return _socket.socket(fileno=given[0]) if given else None, words[0]

    def serve(self, supervisor: int, nursery: int) -> None:
        """In the server: until the supervisor of this process descriptor ends.

        Raises:
            ChildProcessError: a parent has, or the nursery, whose descriptor tells it.
        """
        poll = select.poll()
        for fd in (supervisor, nursery, self._supervisor.fileno(), *self._known):
            poll.register(fd, select.POLLIN)
        ready: list[int] = []
        while supervisor not in ready:
            ready = [fd for fd, _ in poll.poll()]
            if self._supervisor.fileno() in ready:
                message, _ = receive(self._supervisor)
                parent, ours = self._parent(message[0])
                if parent is not None and parent.pidfd not in self._known:
                    self._known.append(parent.pidfd)
                    poll.register(parent.pidfd, select.POLLIN)
                send(self._supervisor, bytes([ours]), [parent.socket.fileno()] if parent is not None else [])
            if nursery in ready and supervisor not in ready:
                raise ChildProcessError("the nursery has ended")
            if not set(ready).isdisjoint(self._known):  # somebody killed it, and its children are nobody's
                raise ChildProcessError("a parent has ended")
        forget(self._supervisor, self._server)


def told(step: StepRequest, limits: Iterable[Limit], meets: bool) -> bytes:
    """What a child of a parent is told. `meets`: it has an examiner.

    Raises:
        ValueError: an argument has a zero byte.
    """
    rows = [_LIMIT.pack(kind, 0, soft, hard) for kind, soft, hard in limits]
    words = [str(len(step["argv"])), *step["argv"], *(f"{name}={value}" for name, value in step["env"])]
    if any("\0" in word for word in words):
        raise ValueError("an argument with a zero byte")
    return _HEAD.pack(len(rows), meets) + b"".join(rows) + "".join(f"{word}\0" for word in words).encode()
