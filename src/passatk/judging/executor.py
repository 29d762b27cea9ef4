"""Where programs are executed: facts of executions, nothing about what they mean."""

import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, TypeVar

from passatk.errors import SandboxError
from passatk.judging.cancellation import Cancellation, Cancelled
from passatk.judging.cpus import Place, usable_cpus
from passatk.judging.environment import Environment
from passatk.judging.execution import executed
from passatk.judging.futures import fail, give
from passatk.records import Limits, Outcome, Program, StepFacts, Workshop
from passatk.sandbox import Slot, SlotDied

_TRIES = 2
STOPPED = "the judge was closed while programs were executed"
_Answer = TypeVar("_Answer")
Execute = Callable[[Program, Limits, int, Cancellation], Outcome]
"""Program, limits to stop it by, which chance it meets (see `Slot.execute`), and how it is ended when nobody waits."""


class Executor(Protocol):
    """Executes programs. Safe from threads."""

    environment: Environment
    """Toolchains, isolation and kind of machine: the same wherever it executes."""
    slots: int
    """So many programs run at once; may grow."""
    capacity: int
    """So many it has use for at once: more than `slots` where they have a way to go. May grow."""

    def begin(
        self, program: Program, limits: Limits, variation: int, cancellation: Cancellation, future: "Future[Outcome]"
    ) -> None:
        """One execution among others, as soon as there is a place; what comes of it is `future`'s, set in any thread.

        That is an outcome, whose `fault` is set where it could not be executed; a SandboxError where nothing can be
        executed here; or `Cancelled`, where that was asked for: its place is free.

        Raises:
            PassatkError: it cannot be begun, and nothing is set.
        """
        ...

    def alone(self) -> AbstractContextManager[Execute]:
        """A place where nothing else runs until the context ends, and a function that executes there."""
        ...

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`."""
        ...

    def close(self) -> None:
        """End whatever is executed, and give back what was taken. It may be used again."""
        ...


class LocalExecutor:
    """Slots of this machine, each pinned to a CPU, started when first needed and kept until `close`."""

    def __init__(self, environment: Environment, workers: int | None = None):
        self.environment = environment
        self.slots = self.capacity = workers or len(usable_cpus())
        self._workers = [_Worker(environment, self._following) for _ in range(self.slots)]
        self._free = self._workers[::-1]
        self._waiting: deque[_Work] = deque()
        self._changed = threading.Condition()
        self._wanted_alone = 0
        self._closing = False

    def begin(
        self, program: Program, limits: Limits, variation: int, cancellation: Cancellation, future: "Future[Outcome]"
    ) -> None:
        """As `Executor.begin`."""
        self._give(lambda worker: worker.execute(program, limits, variation, cancellation), future)

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`; waits for a free slot."""
        future: Future[tuple[StepFacts | None, dict[str, bytes]]] = Future()
        self._give(lambda worker: worker.make(workshop, limits), future)
        return future.result()

    @contextlib.contextmanager
    def alone(self) -> Generator[Execute, None, None]:
        """As `Executor.alone`; waits until every slot is free."""
        with self._changed:
            self._wanted_alone += 1
            try:
                self._changed.wait_for(lambda: self._closing or len(self._free) == self.slots)
                if self._closing:
                    raise SandboxError(STOPPED)
                taken, self._free = self._free, []
            finally:
                self._wanted_alone -= 1
        try:
            yield taken[-1].execute
        finally:
            with self._changed:
                self._free = taken
                self._hand_out()
                self._changed.notify_all()

    def close(self) -> None:
        """Kill what is executed: whoever waits for it sees a SandboxError. Slots are started anew when needed."""
        with self._changed:
            self._closing = True
            waiting, self._waiting = list(self._waiting), deque()
            self._changed.notify_all()
        for work in waiting:
            fail(work.future, SandboxError(STOPPED))
        for worker in self._workers:
            worker.kill()
        with self._changed:
            self._changed.wait_for(lambda: len(self._free) == self.slots)
            for worker in self._workers:
                worker.close()
            threads = [worker.end() for worker in self._workers]
        for thread in threads:
            if thread is not None and thread is not threading.current_thread():
                thread.join()
        self._closing = False

    def _give(self, ask: "Callable[[_Worker], Any]", future: "Future[Any]") -> None:
        """A slot is asked, as soon as one is free."""
        with self._changed:
            if not self._closing:
                self._waiting.append(_Work(ask, future))
                self._hand_out()
                return
        fail(future, SandboxError(STOPPED))

    def _hand_out(self) -> None:
        """Of the free slots, the last but one used is asked: the last one may still prepare for its next program."""
        while self._waiting and self._free and not self._wanted_alone:
            place = -2 if len(self._free) > 1 and self._free[-2].started else -1
            self._free.pop(place).take(self._waiting.popleft())

    def _following(self, worker: "_Worker") -> "_Work | None":
        """What a slot is asked that is free now."""
        with self._changed:
            if self._waiting and not self._wanted_alone:
                return self._waiting.popleft()
            self._free.append(worker)
            if len(self._free) == self.slots:
                self._changed.notify_all()
            return None


class _Lost(SandboxError):
    """Slots died, again and again."""


class _Work(NamedTuple):
    """What a slot is asked, and where the answer goes."""

    ask: "Callable[[_Worker], Any]"
    future: "Future[Any]"


class _Worker:
    """One slot, started when first needed and replaced when it dies, and a thread that asks it.

    Args:
        environment: of the slot.
        following: what it is asked when it has answered; None: it is free, and has been told so.
    """

    def __init__(self, environment: Environment, following: "Callable[[_Worker], _Work | None]"):
        self._environment = environment
        self._following = following
        self._inbox: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._slot: Slot | None = None
        self._place: Place | None = None
        self._killed = False

    def take(self, work: _Work) -> None:
        """Of a free one only."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._works, daemon=True)
            self._thread.start()
        self._inbox.put(work)

    def _works(self) -> None:
        while (work := self._inbox.get()) is not None:
            while work is not None:
                work = self._answered(work)

    def _answered(self, work: _Work) -> _Work | None:
        """Ask the slot, and take what is next. It is free before its answer is known: who comes with that finds it."""
        future = work.future
        try:
            answer = work.ask(self)
        except BaseException as error:  # noqa: BLE001 - carried to who waits
            following = self._following(self)
            fail(future, error)
            del work, future  # which has the error, which has this frame
        else:
            following = self._following(self)
            give(future, answer)
        return following

    @property
    def started(self) -> bool:
        """Whether it has a slot."""
        return self._slot is not None

    def kill(self) -> None:
        """From another thread: end whatever is being executed."""
        self._killed = True
        self._end_slot()

    def execute(self, program: Program, limits: Limits, variation: int, cancellation: Cancellation) -> Outcome:
        try:
            with cancellation.ends(self._end_slot):
                outcome = self._tried(
                    lambda slot: executed(slot, self._environment, program, limits, variation), cancellation
                )
        except _Lost as error:
            return Outcome(build=None, run=None, isolation=self._environment.isolation, fault=str(error))
        if cancellation.asked:  # its slot may have been killed when it had just answered
            self.close()
            raise Cancelled
        if outcome.fault is not None:
            self.close()  # what disturbed it may be the slot's own, such as a cgroup that somebody removed
        return outcome

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        return self._tried(lambda slot: slot.make(workshop, limits), Cancellation())

    def _end_slot(self) -> None:
        if (slot := self._slot) is not None:
            slot.kill()

    def _tried(self, ask: Callable[[Slot], _Answer], cancellation: Cancellation) -> _Answer:
        """What a slot answers: if it dies another one is asked.

        Raises:
            SandboxError: none can be started, or all died.
            Cancelled: that was asked for, and the slot has ended.
        """
        words = ""
        for _ in range(_TRIES):
            if self._slot is None:
                self._place = self._place or Place(usable_cpus())
                self._slot = Slot(self._environment.world, self._place.cpu)
            try:
                if self._killed:
                    raise SandboxError(STOPPED)
                if cancellation.asked:  # while the slot was started
                    raise Cancelled
                return ask(self._slot)
            except SlotDied as error:
                if self._killed:
                    raise SandboxError(STOPPED) from error
                self.close()
                if cancellation.asked:
                    raise Cancelled from error
                words = f"its slot died {_TRIES} times: {error}"
        raise _Lost(words)

    def close(self) -> None:
        """End the slot, if there is one."""
        if self._slot is not None:
            self._slot.close()
            self._slot = None
        if self._place is not None:
            self._place.close()
            self._place = None
        self._killed = False

    def end(self) -> threading.Thread | None:
        """Of a free one: its thread, which ends."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._inbox.put(None)
        return thread
