"""One command of a program: fork, limits, privileges, bounded output, final readings."""

import marshal
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NoReturn, Protocol

from . import kernel, parents
from .accounts import NoGroup, StepLimits
from .births import EARLY, RUN, Born
from .descriptors import read_all, read_pipe, write_all
from .entropy import Entropy, Feed
from .examiner import NOT_STARTED, Room
from .faults import OutOfMemory
from .kept import Feeding, Kept
from .lowering import Count, lowered_limits
from .meeting import Meeting
from .pages import Pages
from .request import ExaminerFacts, ExaminerRequest, Facts, StepRequest
from .warm import Tool, call
from .watch import Tree, Watch, peak_of, reap_all

TOKEN_BYTES = 32
_READ_BYTES = 65536
_PASSED = "passed "


class Place(Protocol):
    """What a process needs to become a command."""

    folder: str
    environment: dict[str, str]
    cpu: int | None
    warm: dict[str, Tool]
    pages: Pages

    def drop_privileges(self) -> None: ...


class Surroundings(Protocol):
    """What a step needs of the world it runs in."""

    group: NoGroup
    count: Count
    tree: Tree
    entropy: Entropy | None
    room: Room
    variation: int
    finish: Callable[[], object]
    """What is left to do when the reply was sent."""

    def give(self, descriptors: Iterable[int]) -> None: ...

    def bear(self, given: Sequence[int], others: Sequence[int], purpose: int, parent: str | None) -> Born: ...


class Waiting:
    """A process that is to become one command, not yet told which: of a request read later it remembers nothing."""

    def __init__(self, world: Surroundings, purpose: int, parent: str | None):
        """A run (see `births`) will be given a token, and asked for it, or meet an examiner that is.

        `parent`: whose child it is to be, if it can.
        """
        self._world, self._proof, self.parent = world, bool(purpose & RUN), parent
        stdin_r, self._stdin = os.pipe()
        self._out, out_w = os.pipe()
        self._err, err_w = os.pipe()
        self._given, given_w = os.pipe()
        self._failed, failed_w = os.pipe()  # closed when the command begins
        told_r, self._told = os.pipe()
        calls_r, self._calls = os.pipe()
        self._answers, answers_w = os.pipe()
        world.give([stdin_r, given_w, calls_r, answers_w])
        given = (stdin_r, out_w, err_w, given_w, failed_w, told_r, calls_r, answers_w)
        self._process = world.bear(given, (self._told, self._stdin, self._calls, self._answers), purpose, parent)
        for fd in given:
            os.close(fd)

    def dismiss(self) -> None:
        """It is not needed: end it."""
        self._process.kill()
        self._process.wait()
        ours = (self._stdin, self._out, self._err, self._given, self._failed, self._told, self._calls, self._answers)
        for fd in ours:
            os.close(fd)

    def run(
        self,
        step: StepRequest,
        limits: StepLimits,
        examiner: ExaminerRequest | None = None,
        given: bytes | None = None,
        outputs: tuple[Kept, ...] | None = None,
    ) -> tuple[Facts, bool, ExaminerFacts | None]:
        """Execute the command; return its facts, whether the token was handed over, and what its examiner said.

        `given`: what it is to read, instead of a token; `outputs`: to keep its output and error in, and what it writes
        to descriptor 3, if that is more than a token.

        Raises:
            OSError: the command cannot be executed.
            Fault: the kernel killed something, and not for the step's own limit.
        """
        world = self._world
        token = os.urandom(TOKEN_BYTES // 2).hex().encode()
        meeting = None
        if examiner is not None:
            meeting = Meeting(world.room, examiner, token, self._answers, self._calls, decides=bool(step["warm"]))
        elif self._proof and given is None:
            os.write(self._stdin, token)
        feeding = Feeding(self._stdin, given) if given is not None else None
        for fd in (*(() if feeding else (self._stdin,)), self._calls, self._answers):
            os.close(fd)
        world.group.begin(limits)
        feed = world.entropy.feed(world.variation) if world.entropy else None
        watch = Watch(limits, world.group, world.tree, count_tasks=world.count.by_watch)
        self._tell(step, limits, meeting is not None)
        outputs = outputs or (Kept(), Kept())
        kept = dict(zip((self._out, self._err, self._given), outputs, strict=False))
        watch.examiner = meeting
        stopped = _follow(self._process.pidfd, kept, limits, watch, feed, meeting, feeding)
        if feeding:
            feeding.close()
        waits = stopped is None and meeting is not None and meeting.decided() and self._lives()
        status, peak = self._left_waiting(watch, feed) if waits else self._end(watch, feed)
        wall_s = time.monotonic() - watch.started
        for fd, output in kept.items():
            output.add(read_pipe(fd))  # all writers are dead, or are not heard any more
        proof = read_pipe(self._given)
        failure = read_pipe(self._failed).decode()
        stopped = _stopped_by_kernel(stopped, status, limits, world.group)
        facts = _facts(status, stopped, wall_s, peak, watch, outputs)
        for fd in (self._out, self._err, self._given, self._failed):
            os.close(fd)
        said = meeting.end() if meeting else None
        if failure:
            raise OSError(failure)
        if said is not None:
            if said["exit_code"] == NOT_STARTED and not said["said"]:
                raise OSError(said["words"])
            proof = said["said"].removeprefix(_PASSED).encode()
            said["said"] = _PASSED.strip() if proof == token else said["said"]
        return facts, self._proof and proof == token, said

    def _lives(self) -> bool:
        poll = select.poll()
        poll.register(self._process.pidfd, select.POLLIN)
        return not poll.poll(0)

    def _left_waiting(self, watch: Watch, feed: Feed | None) -> tuple[int, int]:
        """As `_end`, of a main process that waits for a question: it ends when the reply was sent, if that can be."""
        if peak := self._peak_alone():
            self._world.finish = partial(self._end, watch, feed)
        else:
            _, peak = self._end(watch, feed)
        return 0, peak

    def _peak_alone(self) -> int:
        """The peak of its memory in bytes; 0 unless that and its CPU time are known while it lives."""
        pids = self._world.tree.pids() if self._world.group.counts_cpu else []
        return peak_of(pids[0]) if len(pids) == 1 else 0

    def _end(self, watch: Watch, feed: Feed | None) -> tuple[int, int]:
        """Of all processes: the wait status of the main one, and the peak of its memory in bytes."""
        self._world.tree.kill()
        status, peak, watch.reaped_elsewhere_s = self._process.wait()
        peak = max(peak, reap_all(self._world.tree))
        if feed:
            feed.end()
        return status, peak

    def _tell(self, step: StepRequest, limits: StepLimits, meets: bool) -> None:
        world = self._world
        lowered = lowered_limits(limits, world.count)
        try:
            if self._process.of_parent:
                write_all(self._told, parents.told(step, lowered, meets))
            else:
                # version 2 says nothing of what is shared or interned here, which is chance
                write_all(self._told, marshal.dumps((dict(step), lowered, world.variation, meets), 2))
        finally:
            os.close(self._told)


def _facts(status: int, stopped: str | None, wall_s: float, peak: int, watch: Watch, outputs: Sequence[Kept]) -> Facts:
    """`peak`: bytes that the processes had which were waited for."""
    out, err = outputs[:2]
    return Facts(
        exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        stopped_by=stopped,
        cpu_s=watch.cpu_s(),
        wall_s=wall_s,
        idle_s=watch.idle_s,
        peak_memory_bytes=max(watch.peak_bytes, peak),
        output_bytes=sum(output.total for output in outputs),
        stdout=out.text(),
        stderr=err.text(),
    )


def _stopped_by_kernel(stopped: str | None, status: int, limits: StepLimits, group: NoGroup) -> str | None:
    """`memory` if the kernel enforced that limit, else what `stopped` says."""
    main_killed = stopped is None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    killed_for = group.memory_kill(main_killed)
    if killed_for == "machine":
        raise OutOfMemory(limits)
    # whatever the rest of the program did then, until another limit stopped it
    return "memory" if killed_for == "limit" else stopped


def _follow(
    pidfd: int,
    kept: dict[int, Kept],
    limits: StepLimits,
    watch: Watch,
    feed: Feed | None,
    meeting: Meeting | None,
    feeding: Feeding | None,
) -> str | None:
    """Read output and watch limits until the main process ends or is to be stopped; return the limit that stops it.

    Of a test with inputs, until all that may write its output have closed it: no child's words count by chance.
    """
    stopped = None
    poll = select.poll()
    read = kept | (meeting.kept if meeting else {})
    for fd in (*read, pidfd):
        poll.register(fd, select.POLLIN)
    if feed:
        poll.register(feed.fd, select.POLLOUT)
    if feeding:
        poll.register(feeding.fd, select.POLLOUT)
    next_look = time.monotonic() + watch.pause_s()
    awaited = {pidfd, *(kept if feeding else ())}
    while awaited and stopped is None:
        for fd, _ in poll.poll(max(0.0, next_look - time.monotonic()) * 1000):
            if fd == pidfd:
                awaited.discard(fd)
                poll.unregister(fd)
                continue
            if feed and fd == feed.fd:
                feed.refill()
                watch.served = True
                continue
            if feeding and fd == feeding.fd:
                watch.served = True
                if not feeding.feed():
                    poll.unregister(fd)
                    feeding.close()
                continue
            part = os.read(fd, _READ_BYTES)
            if not part:
                poll.unregister(fd)  # it closed its output and runs on
                awaited.discard(fd)
                if meeting and fd in meeting.kept:
                    meeting.closed.add(fd)
            read[fd].add(part)
        if sum(output.total for output in kept.values()) > limits["output_bytes"]:
            stopped = "output"
        elif meeting and meeting.decided():
            break
        elif awaited and time.monotonic() >= next_look:
            stopped = watch.look()
            next_look = time.monotonic() + watch.pause_s()
    return stopped


def become(place: Place, given: Sequence[int], purpose: int, first: Callable[[], None]) -> NoReturn:
    """In the process of a `Waiting`, with its descriptors: drop privileges, wait to be told, set limits, begin."""
    name = "a command"
    stdin_r, out_w, err_w, given_w, failed_w, told_r, calls_r, answers_w = given
    usual = [stdin_r, out_w, err_w, *([given_w] if purpose & RUN else [])]
    walled = [stdin_r, out_w, err_w, calls_r, answers_w]
    try:
        first()
        os.setsid()
        kernel.offer_to_be_killed()
        if place.cpu is not None:
            os.sched_setaffinity(0, [place.cpu])
        os.umask(0o022)
        os.chdir(place.folder)
        if purpose & EARLY:
            place.pages.copy_when_idle(told_r)
        place.drop_privileges()
        step, lowered, variation, meets = marshal.loads(read_all(told_r))
        theirs = walled if meets else usual
        for number, fd in enumerate(theirs):  # all of them above 4, see `main`
            os.dup2(fd, number, inheritable=True)
        name = step["argv"][0]
        for kind, soft, hard in lowered:
            resource.setrlimit(kind, (soft, hard))
        if step["warm"] and not variation:
            tool = place.warm[step["warm"]]
            os.close(failed_w)
            call(tool.main, step["argv"][1:], step["env"], len(theirs))
        kernel.reset_own_signals()
        environment = {**place.environment, **dict(step["env"])}
        if step["warm"]:  # what an interpreter draws at its start has to be drawn anew
            environment["PYTHONHASHSEED"] = str(variation)
            command = place.warm[step["warm"]].command(step["argv"][1:])
            os.execve(command[0], command, environment)
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
