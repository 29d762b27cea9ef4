"""Examiners: the processes that hold the tests, each in namespaces of its own, under another account than programs.

One process of the slot makes them, the room: it is none of the program's group, so what an examiner uses is not the
program's, and no program descends from it. A supervisor asks it over a socket, which carries descriptors.
"""

import _socket
import contextlib
import json
import os
import resource
import signal
from collections.abc import Callable, Sequence
from typing import NoReturn

from . import kernel
from .descriptors import receive, send
from .entropy import same_random_bytes
from .request import Config, ExaminerRequest
from .standing import Standing, Started

NOT_STARTED = 127
_NUMBER_BYTES = 16
_MOST_DESCRIPTORS = 1 << 20
_CPU_S = 120
"""A backstop: a supervisor that still lives stops it earlier."""
_BEGIN, _END, _KILL = b"b", b"e", b"k"
_PLACES = (0, 3, 4, 5, 1)
_MOST_STANDING = 3
_FILE_BYTES = 1024


class Room:
    """Started by the slot's server; used by its supervisors, one after another."""

    def __init__(self, config: Config, join: Callable[[], None], lower: Callable[[], None]):
        """`join`: called in the room, puts it in its group. `lower`: called last in an examiner, ends privileges."""
        self._environment, self._cpu, self._namespaced = config["env"], config["cpu"], config["namespaced"]
        self.patience_s = config["patience_s"]
        self._join, self._lower = join, lower
        self._socket, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        self._child = 0
        self._standing: dict[str, Standing] = {}
        self._asked: str | None = None
        child = os.fork()
        if child == 0:
            self._become(theirs)
        theirs.close()
        if not self._namespaced:
            os.waitpid(child, 0)  # its child is not ours: what descends from this process is a program's
        elif config["examiners"]:
            receive(self._socket)  # it has its own view of the files from here on
            kernel.cover(config["examiners"])

    # --- in a supervisor ---------------------------------------------------------------------------------------

    def begin(self, request: ExaminerRequest, given: Sequence[int]) -> int:
        """Start an examiner, or ask one that stays; `given` are its descriptors 0, 3, 4, 5, and 1 and 2 in one.

        Returns:
            Its folder of tasks in /proc, open.

        Raises:
            OSError: it cannot be started.
        """
        send(self._socket, _BEGIN + json.dumps(request).encode(), given)
        words, tasks = receive(self._socket)
        if not tasks:
            raise OSError(f"the tests' process cannot be started: {words.decode()}")
        return tasks[0]

    def end(self, done: bool) -> tuple[int, float]:
        """Its wait status, and the CPU seconds it used. One that stays is kept if it is `done`; all others end."""
        self._socket.send(_END if done else _KILL)
        status, cpu_s = json.loads(receive(self._socket)[0])
        return status, cpu_s

    # --- in the room -------------------------------------------------------------------------------------------

    def _become(self, socket: "_socket.socket") -> NoReturn:
        try:
            self._socket.close()
            if not self._namespaced and os.fork():
                os._exit(0)
            os.setsid()
            kernel.hide_from_ptrace()
            self._join()
            if self._namespaced:
                kernel.unshare(kernel.CLONE_NEWNS)
                same_random_bytes()
                socket.send(b"apart")
            self._serve(socket)
        finally:
            os._exit(1)

    def _serve(self, socket: "_socket.socket") -> None:
        self._namespaces = kernel.PidNamespaces() if self._namespaced else None
        while True:
            message, given = receive(socket)
            ended = self._ended(message == _END)
            if not message:
                return
            if message in (_END, _KILL):
                socket.send(json.dumps(ended).encode())
                continue
            try:
                tasks = self._begun(json.loads(message[1:]), given)
                send(socket, b"begun", [tasks])
                if self._asked is None:
                    os.close(tasks)
            except OSError as error:
                socket.send(str(error).encode() or b"?")
            for fd in given:
                os.close(fd)

    def _ended(self, done: bool) -> tuple[int, float]:
        if self._asked is not None:
            asked, self._asked = self._asked, None
            status, cpu_s, stays = self._standing[asked].end(done)
            if not stays:
                del self._standing[asked]
            return status, cpu_s
        if not self._child:
            return 0, 0.0
        os.kill(self._child, signal.SIGKILL)
        _, status, usage = os.wait4(self._child, 0)
        self._child = 0
        return status, usage.ru_utime + usage.ru_stime

    def _begun(self, request: ExaminerRequest, given: Sequence[int]) -> int:
        if not request["asks"]:
            self._child, tasks, namespace = self._started(request, dict(zip(_PLACES, given, strict=True)))
            if namespace >= 0:
                os.close(namespace)
            return tasks
        name = json.dumps([request["argv"], request["env"]])
        if name in self._standing:
            try:
                return self._ask(name, request["asks"], given)
            except OSError:  # it ended between two programs: another takes its place
                self._standing.pop(name).close()
        if len(self._standing) == _MOST_STANDING:
            self._standing.pop(next(iter(self._standing))).close()
        self._standing[name] = Standing(lambda places: self._started(request, places), self._leave, self._lower)
        try:
            return self._ask(name, request["asks"], given)
        except OSError:
            self._standing.pop(name).close()
            raise

    def _ask(self, name: str, what: str, given: Sequence[int]) -> int:
        self._standing[name].ask(what, given)
        self._asked = name
        return self._standing[name].tasks

    def _leave(self) -> None:
        if self._namespaces is not None:
            self._namespaces.leave()

    def _started(self, request: ExaminerRequest, places: dict[int, int]) -> Started:
        """`places`: its descriptors, and what they are here."""
        if self._namespaces is not None:
            self._namespaces.renew()
        number_r, number_w = os.pipe()
        child = os.fork()
        if child == 0:
            self._examine(request, places, number_w)
        os.close(number_w)
        # its number in this /proc, which may count the processes of a namespace above ours
        number = os.read(number_r, _NUMBER_BYTES).decode()
        os.close(number_r)
        namespace = os.open("/proc/self/ns/pid_for_children", os.O_RDONLY) if self._namespaces is not None else -1
        self._leave()
        return Started(child, os.open(f"/proc/{number}/task", os.O_RDONLY | os.O_DIRECTORY), namespace)

    def _examine(self, request: ExaminerRequest, places: dict[int, int], number_w: int) -> NoReturn:
        try:
            os.setsid()
            if self._cpu is not None:
                os.sched_setaffinity(0, [self._cpu])
            os.write(number_w, os.readlink("/proc/self").encode())
            for target, fd in places.items():
                os.dup2(fd, target, inheritable=True)
            os.dup2(1, 2, inheritable=True)
            os.closerange(max(places) + 1, _MOST_DESCRIPTORS)
            os.umask(0o022)
            if self._namespaced:
                kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
                private = kernel.MS_NOSUID | kernel.MS_NODEV
                kernel.mount("proc", "/proc", "proc", private | kernel.MS_NOEXEC)
                kernel.vouch_for_devices()
            os.chdir("/")
            for kind, value in ((resource.RLIMIT_CPU, _CPU_S), (resource.RLIMIT_CORE, 0)):
                resource.setrlimit(kind, (value, value))
            self._lower()
            kernel.reset_own_signals()
            argv = request["argv"]
            os.execve(argv[0], argv, {**self._environment, **dict(request["env"])})
        except BaseException as error:
            words = f"the tests' process cannot be started: {error}"
            os.write(max(places) if request["asks"] else 2, words.encode("utf-8", "backslashreplace"))
        finally:
            os._exit(NOT_STARTED)


def used_s(tasks: int) -> float:
    """Seconds that the living threads of an examiner ran, or waited for a CPU; 0 where this kernel does not count."""
    return sum(sum(map(int, line.split()[:2])) for line in _of_each(tasks, "schedstat")) / 1e9


def runnable(tasks: int) -> bool:
    """Whether a thread of an examiner runs, or waits for a CPU."""
    return any(line.rpartition(b")")[2].split()[0] == b"R" for line in _of_each(tasks, "stat"))


def _of_each(tasks: int, name: str) -> list[bytes]:
    """That file of every living thread."""
    found = []
    with contextlib.suppress(OSError):  # it ended meanwhile
        for task in os.listdir(tasks):
            fd = os.open(f"{task}/{name}", os.O_RDONLY, dir_fd=tasks)
            try:
                found.append(os.read(fd, _FILE_BYTES))
            finally:
                os.close(fd)
    return found
