"""Where programs are executed: facts of executions, nothing about what they mean."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from passatk.errors import SandboxError
from passatk.judging.cancellation import Cancellation, Cancelled
from passatk.judging.cpus import Place, usable_cpus
from passatk.judging.environment import Environment
from passatk.judging.execution import executed
from passatk.records import Limits, Outcome, Program, StepFacts, Workshop
from passatk.sandbox import Slot, SlotDied

_TRIES = 2
STOPPED = "the judge was closed while programs were executed"
_Answer = TypeVar("_Answer")
Execute = Callable[[Program, Limits, int, Cancellation], Outcome]
"""Program, limits to stop it by, which chance it meets (see `Slot.execute`), and how it is ended when nobody waits."""


class Executor(Protocol):
    """Executes programs, `capacity` at once. Safe from threads."""

    environment: Environment
    """Toolchains, isolation and kind of machine: the same wherever it executes."""
    capacity: int
    """May grow."""

    def execute(self, program: Program, limits: Limits, variation: int, cancellation: Cancellation) -> Outcome:
        """One execution among others; `fault` is set where it could not be executed.

        Raises:
            SandboxError: nothing can be executed here.
            Cancelled: that was asked for; its place is free.
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
        self.capacity = workers or len(usable_cpus())
        self._workers = [_Worker(environment) for _ in range(self.capacity)]
        self._free = self._workers[::-1]
        self._changed = threading.Condition()
        self._wanted_alone = 0
        self._closing = False

    def execute(
        self, program: Program, limits: Limits, variation: int = 0, cancellation: Cancellation | None = None
    ) -> Outcome:
        """As `Executor.execute`; waits for a free slot."""
        with self._worker() as worker:
            return worker.execute(program, limits, variation, cancellation or Cancellation())

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`; waits for a free slot."""
        with self._worker() as worker:
            return worker.make(workshop, limits)

    @contextlib.contextmanager
    def alone(self) -> Generator[Execute, None, None]:
        """As `Executor.alone`; waits until every slot is free."""
        with self._changed:
            self._wanted_alone += 1
            try:
                self._changed.wait_for(lambda: self._closing or len(self._free) == self.capacity)
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
                self._changed.notify_all()

    def close(self) -> None:
        """Kill what is executed: whoever waits for it sees a SandboxError. Slots are started anew when needed."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for worker in self._workers:
            worker.kill()
        with self._changed:
            self._changed.wait_for(lambda: len(self._free) == self.capacity)
            for worker in self._workers:
                worker.close()
            self._closing = False

    def _next(self) -> int:
        """Of the free slots, the last but one used: the last one may still prepare for its next program."""
        return -2 if len(self._free) > 1 and self._free[-2].started else -1

    @contextlib.contextmanager
    def _worker(self) -> "Iterator[_Worker]":
        with self._changed:
            self._changed.wait_for(lambda: self._closing or (self._free and not self._wanted_alone))
            if self._closing:
                raise SandboxError(STOPPED)
            worker = self._free.pop(self._next())
        try:
            yield worker
        finally:
            with self._changed:
                self._free.append(worker)
                self._changed.notify_all()


class _Lost(SandboxError):
    """Slots died, again and again."""


class _Worker:
    """One slot, started when first needed and replaced when it dies."""

    def __init__(self, environment: Environment):
        self._environment = environment
        self._slot: Slot | None = None
        self._place: Place | None = None
        self._killed = False

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
        if self._slot is not None:
            self._slot.close()
            self._slot = None
        if self._place is not None:
            self._place.close()
            self._place = None
        self._killed = False
