"""One command of a program: fork, limits, privileges, bounded output, final readings."""

import marshal
import os
import resource
import select
import signal
import time
from collections.abc import Iterable
from typing import Any, NoReturn, Protocol

from . import kernel
from .accounts import NoGroup, StepLimits
from .descriptors import read_all, write_all
from .entropy import Entropy, Feed
from .faults import OutOfMemory
from .request import Facts, StepRequest
from .warm import Main, call
from .watch import Tree, Watch, reap_all

TOKEN_BYTES = 32
_HEAD_BYTES = 2048
_TAIL_BYTES = 4096
_READ_BYTES = 65536
_PROCESSES_OF_ALL = 4096


class Surroundings(Protocol):
    """What a step needs of the world it runs in."""

    folder: str
    environment: dict[str, str]
    cpu: int | None
    own_user: bool
    warm: dict[str, Main]
    group: NoGroup
    tree: Tree
    entropy: Entropy | None

    def give(self, descriptors: Iterable[int]) -> None: ...

    def drop_privileges(self) -> None: ...


class Waiting:
    """A process that is to become one command, not yet told which: of a request read later it remembers nothing."""

    def __init__(self, world: Surroundings, proof: bool):
        """With `proof`, it will be given a token, and asked for it."""
        self._world, self._proof = world, proof
        stdin_r, self._stdin = os.pipe()
        self._out, out_w = os.pipe()
        self._err, err_w = os.pipe()
        self._given, given_w = os.pipe()
        self._failed, failed_w = os.pipe()  # closed when the command begins
        told_r, self._told = os.pipe()
        world.give([stdin_r, given_w])
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._told)
            _become(told_r, world, [stdin_r, out_w, err_w, *([given_w] if proof else [])], failed_w)
        for fd in (stdin_r, out_w, err_w, given_w, failed_w, told_r):
            os.close(fd)

    def dismiss(self) -> None:
        """It is not needed: end it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        for fd in (self._stdin, self._out, self._err, self._given, self._failed, self._told):
            os.close(fd)

    def run(self, step: StepRequest, limits: StepLimits) -> tuple[Facts, bool]:
        """Execute the command; return its facts, and whether it handed over its token.

        Raises:
            OSError: the command cannot be executed.
            Fault: the kernel killed something, and not for the step's own limit.
        """
        world = self._world
        token = os.urandom(TOKEN_BYTES // 2).hex().encode()
        if self._proof:
            os.write(self._stdin, token)
        os.close(self._stdin)
        world.group.begin(limits)
        feed = world.entropy.feed() if world.entropy else None
        watch = Watch(limits, world.group, world.tree, count_tasks=not (world.group.pids_enforced or world.own_user))
        self._tell((step, limits))
        kept = {self._out: Kept(), self._err: Kept()}
        stopped = _follow(self.pid, kept, limits, watch, feed)
        world.tree.kill()
        status, peak = reap_all(self.pid, world.tree)
        wall_s = time.monotonic() - watch.started
        if feed:
            feed.end()
        for fd, output in kept.items():
            output.add(_read_pipe(fd))  # all writers are dead
        given = _read_pipe(self._given)
        failure = _read_pipe(self._failed).decode()
        stopped = _stopped_by_kernel(stopped, status, limits, world.group)
        facts = Facts(
            exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            stopped_by=stopped,
            cpu_s=watch.cpu_s(),
            wall_s=wall_s,
            idle_s=watch.idle_s,
            peak_memory_bytes=max(watch.peak_bytes, peak),
            output_bytes=sum(output.total for output in kept.values()),
            stdout=kept[self._out].text(),
            stderr=kept[self._err].text(),
        )
        for fd in (self._out, self._err, self._given, self._failed):
            os.close(fd)
        if failure:
            raise OSError(failure)
        return facts, self._proof and given == token

    def _tell(self, told: tuple[Any, Any]) -> None:
        try:
            write_all(self._told, marshal.dumps(told))
        finally:
            os.close(self._told)


class Kept:
    """Of one output stream: its beginning, its end, and how long it was."""

    def __init__(self) -> None:
        self._head = self._tail = b""
        self.total = 0

    def add(self, part: bytes) -> None:
        room = _HEAD_BYTES - len(self._head)
        self._head += part[:room]
        self._tail = (self._tail + part[room:])[-_TAIL_BYTES:]
        self.total += len(part)

    def text(self) -> str:
        left_out = self.total - len(self._head) - len(self._tail)
        gap = f"\n[... {left_out} bytes ...]\n" if left_out else ""
        return self._head.decode("utf-8", "backslashreplace") + gap + self._tail.decode("utf-8", "backslashreplace")


def _stopped_by_kernel(stopped: str | None, status: int, limits: StepLimits, group: NoGroup) -> str | None:
    """`memory` if the kernel enforced that limit, else what `stopped` says."""
    main_killed = stopped is None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    killed_for = group.memory_kill(main_killed)
    if killed_for == "machine":
        raise OutOfMemory(limits)
    # whatever the rest of the program did then, until another limit stopped it
    return "memory" if killed_for == "limit" else stopped


def _follow(child: int, kept: dict[int, Kept], limits: StepLimits, watch: Watch, feed: Feed | None) -> str | None:
    """Read output and watch limits until the main process ends or is to be stopped; return the limit that stops it."""
    stopped = None
    pidfd = os.pidfd_open(child)
    poll = select.poll()
    for fd in (*kept, pidfd):
        poll.register(fd, select.POLLIN)
    if feed:
        poll.register(feed.fd, select.POLLOUT)
    next_look = time.monotonic() + watch.pause_s()
    ended = False
    while not ended and stopped is None:
        for fd, _ in poll.poll(max(0.0, next_look - time.monotonic()) * 1000):
            if fd == pidfd:
                ended = True
                continue
            if feed and fd == feed.fd:
                feed.refill()
                watch.served = True
                continue
            part = os.read(fd, _READ_BYTES)
            if not part:
                poll.unregister(fd)  # it closed its output and runs on
            kept[fd].add(part)
        if sum(output.total for output in kept.values()) > limits["output_bytes"]:
            stopped = "output"
        elif not ended and time.monotonic() >= next_look:
            stopped = watch.look()
            next_look = time.monotonic() + watch.pause_s()
    os.close(pidfd)
    return stopped


def _read_pipe(fd: int) -> bytes:
    parts = []
    os.set_blocking(fd, False)
    try:
        while part := os.read(fd, _READ_BYTES):
            parts.append(part)
    except BlockingIOError:
        pass  # empty, and somebody outside our tree still holds its other end
    return b"".join(parts)


def _become(told_r: int, world: Surroundings, descriptors: list[int], failed_w: int) -> NoReturn:
    """In the child: drop privileges, wait to be told, set limits, begin."""
    name = "a command"
    try:
        os.setsid()
        kernel.offer_to_be_killed()
        if world.cpu is not None:
            os.sched_setaffinity(0, [world.cpu])
        for number, fd in enumerate(descriptors):  # all of them above 3, see `main`
            os.dup2(fd, number, inheritable=True)
        os.umask(0o022)
        os.chdir(world.folder)
        world.drop_privileges()
        step, limits = marshal.loads(read_all(told_r))
        name = step["argv"][0]
        _lower_limits(limits, world)
        if step["warm"]:
            main = world.warm[step["warm"]]
            os.close(failed_w)
            call(main, step["argv"][1:], step["env"])
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # this interpreter's own
            kernel.reset_signal(number)
        environment = {**world.environment, **dict(step["env"])}
        os.execve(_find_command(name, environment["PATH"]), step["argv"], environment)
    except BaseException as error:
        os.write(failed_w, f"cannot execute {name!r}: {error}".encode("utf-8", "backslashreplace"))
    finally:
        os._exit(127)


def _find_command(name: str, path: str) -> str:
    if "/" in name:
        return name
    for folder in path.split(":"):
        if os.access(f"{folder}/{name}", os.X_OK):
            return f"{folder}/{name}"
    raise FileNotFoundError(f"not on the sandbox's PATH {path}")


def _lower_limits(limits: StepLimits, world: Surroundings) -> None:
    wanted = {
        resource.RLIMIT_CPU: int(limits["cpu_s"]) + 2,  # whole seconds: a backstop, the supervisor comes first
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits["disk_bytes"],
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_STACK: 8 << 20,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if not world.group.pids_enforced:
        # where the account is shared with other slots, only a backstop: the watch counts
        wanted[resource.RLIMIT_NPROC] = limits["processes"] if world.own_user else _PROCESSES_OF_ALL
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (lowered, lowered))
