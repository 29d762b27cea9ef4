"""What runs on one machine of a Ray cluster: slots, toolchains and examiners of its own."""

import copyreg
import pickle
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple

import msgspec

from passatk.errors import SandboxError
from passatk.judging.cache import judge_hash
from passatk.judging.cancellation import Cancellation
from passatk.judging.environment import Environment
from passatk.judging.examiners import Built
from passatk.judging.executor import LocalExecutor
from passatk.nodes import differences
from passatk.records import Limits, Outcome, Program, Record, StepFacts, Workshop
from passatk.runs.manifest import this_machine

EACH = 4
"""A node gets so many programs for each slot in one call."""
AT_ONCE = 2 * EACH
"""It has so many for each slot."""
MORE_S = 0.05
"""So long at most the answer of one that has ended waits for others to end."""


class About(Record, frozen=True, kw_only=True):
    """What has to be the same on all machines that judge one run, and how many slots a node has."""

    judge: str
    processor: str
    isolation: str
    toolchains: dict[str, str]
    """Language -> version and hash of the tools' files; empty where missing."""
    slots: int

    def differences(self, other: "About") -> list[str]:
        """In words, `other` being the node. Languages that are missing here are judged nowhere."""
        languages = [name for name, identity in self.toolchains.items() if identity]
        return differences(self._named(languages), other._named(languages))

    def _named(self, languages: Sequence[str]) -> dict[str, str]:
        world = {"version of passatk": self.judge, "processor": self.processor, "sandbox": self.isolation}
        return world | {name: self.toolchains.get(name, "") for name in languages}


def about(environment: Environment, slots: int) -> About:
    """Of this machine."""
    isolation = environment.isolation
    return About(
        judge=judge_hash()[:16],
        processor=this_machine().processor,
        isolation=f"{isolation.sandbox}, {isolation.uid}, cgroup {isolation.cgroup}, {isolation.syscall_filter}",
        toolchains={name: found.identity for name, found in environment.toolchains.items()},
        slots=slots,
    )


class Task(NamedTuple):
    """An execution, see `Executor.execute`."""

    program: Program
    limits: Limits
    variation: int
    number: int
    """Which of its executor's: by that it is cancelled."""


class Raised(Record, frozen=True, kw_only=True):
    """In place of an outcome: the error that an execution ended with."""

    words: str
    sandbox: bool
    """A SandboxError; any other is a mistake of the code there."""


class Ended(NamedTuple):
    """An execution that is over."""

    number: int
    outcome: Outcome | Raised


def _unset() -> msgspec.UnsetType:
    return msgspec.UNSET


# pickle would look for the module that it is in among all of them, each time
copyreg.pickle(msgspec.UnsetType, lambda _: (_unset, ()))


def packed(what: Any) -> bytes:
    """Tasks or what became of them, as bytes: the pickler that Ray takes for objects is written in Python."""
    return pickle.dumps(what, pickle.HIGHEST_PROTOCOL)


def unpacked(given: bytes) -> Any:
    """What `packed` made, on another machine of the cluster."""
    return pickle.loads(given)  # noqa: S301 - who can speak to an actor runs any code there anyway


class Node:
    """The actor. Its methods run in threads."""

    def __init__(self, languages: Sequence[str], workers: int | None):
        self._environment = Environment(languages)
        self._executor = LocalExecutor(self._environment, workers)
        self._enough = self._executor.slots * EACH
        self._cancellations: dict[int, Cancellation] = {}
        self._changed = threading.Condition()
        self._under_way = 0
        self._ended: list[Ended] = []
        self._collecting = threading.Lock()

    def about(self) -> About:
        """What it is."""
        return about(self._environment, self._executor.slots)

    def exchange(self, tasks: bytes, built: Sequence[Built]) -> bytes:
        """Begin executions; executions that have ended, of this call or others, as soon as there are some.

        Args:
            tasks: those that begin, `packed`.
            built: what their tests are run with and it has not yet.

        Returns:
            `Ended`, `packed`, once each; none only where none is under way.
        """
        begun = self._taken(tasks, built)
        with self._changed:
            self._under_way += len(begun)
        for task in begun:
            future: Future[Outcome] = Future()
            future.add_done_callback(partial(self._end, task.number))
            self._executor.begin(task.program, task.limits, task.variation, self._cancellations[task.number], future)
        with self._collecting, self._changed:
            self._changed.wait_for(lambda: self._ended or not self._under_way)
            self._changed.wait_for(lambda: len(self._ended) >= self._enough or not self._under_way, MORE_S)
            ended, self._ended = self._ended, []
        return packed(ended)

    def _end(self, number: int, future: "Future[Outcome]") -> None:
        error = future.exception()  # raised here it would have this frame, which has the future
        outcome = future.result() if error is None else _raised(error)
        with self._changed:
            del self._cancellations[number]
            self._ended.append(Ended(number, outcome))
            self._under_way -= 1
            if len(self._ended) in (1, self._enough) or not self._under_way:
                self._changed.notify()

    def execute_alone(self, tasks: bytes, built: Sequence[Built]) -> bytes:
        """One execution (`Outcome | Raised`, `packed`), while nothing else runs on this node; its argument as above."""
        [task] = self._taken(tasks, built)
        try:
            with self._executor.alone() as execute:
                cancellation = self._cancellations[task.number]
                return packed(execute(task.program, task.limits, task.variation, cancellation))
        except Exception as error:  # noqa: BLE001 - carried to who waits
            return packed(_raised(error))
        finally:
            del self._cancellations[task.number]

    def cancel(self, number: int) -> None:
        """End an execution that nobody waits for; one that is not here, or no more, costs what it costs."""
        if (cancellation := self._cancellations.get(number)) is not None:
            cancellation.ask()

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`."""
        return self._executor.make(workshop, limits)

    def close(self) -> None:
        """Kill what is executed."""
        self._executor.close()

    def _taken(self, given: bytes, built: Sequence[Built]) -> list[Task]:
        for one in built:
            self._environment.examiners.take(one)
        tasks: list[Task] = unpacked(given)
        self._cancellations |= {task.number: Cancellation() for task in tasks}
        return tasks


def _raised(error: BaseException) -> Raised:
    sandbox = isinstance(error, SandboxError)
    return Raised(words=str(error) if sandbox else _said(error), sandbox=sandbox)


def _said(error: BaseException) -> str:
    """An error that nobody expected, in words: what it is, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
