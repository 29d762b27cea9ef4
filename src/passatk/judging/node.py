"""What runs on one machine of a Ray cluster: slots, toolchains and examiners of its own."""

import copyreg
import pickle
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import Any, NamedTuple

import msgspec

from passatk.errors import SandboxError
from passatk.judging.cache import judge_hash
from passatk.judging.cancellation import Cancellation
from passatk.judging.environment import Environment
from passatk.judging.examiners import Built
from passatk.judging.executor import Execute, LocalExecutor
from passatk.nodes import differences
from passatk.records import Limits, Outcome, Program, Record, StepFacts, Workshop
from passatk.runs.manifest import this_machine

CHUNKS = 2
"""A node has so many at once."""


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
        self._under_way: dict[int, Cancellation] = {}

    def about(self) -> About:
        """What it is."""
        return about(self._environment, self._executor.capacity)

    def execute(self, tasks: bytes, built: Sequence[Built]) -> bytes:
        """Facts of each execution (`Outcome | Raised`), in the order of the tasks, both `packed`.

        Args:
            tasks: executions.
            built: what their tests are run with and it has not yet.
        """
        found = self._taken(tasks, built)
        futures: list[Future[Outcome]] = [Future() for _ in found]
        for task, future in zip(found, futures, strict=True):
            self._executor.begin(task.program, task.limits, task.variation, self._under_way[task.number], future)
        wait(futures)
        return packed([self._ended(task, future.result) for task, future in zip(found, futures, strict=True)])

    def execute_alone(self, tasks: bytes, built: Sequence[Built]) -> bytes:
        """The same one by one, while nothing else runs on this node."""
        found = self._taken(tasks, built)
        with self._executor.alone() as execute:
            return packed([self._ended(task, partial(self._alone, execute, task)) for task in found])

    def _alone(self, execute: Execute, task: Task) -> Outcome:
        return execute(task.program, task.limits, task.variation, self._under_way[task.number])

    def cancel(self, number: int) -> None:
        """End an execution that nobody waits for; one that is not here, or no more, costs what it costs."""
        if (cancellation := self._under_way.get(number)) is not None:
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
        self._under_way |= {task.number: Cancellation() for task in tasks}
        return tasks

    def _ended(self, task: Task, outcome: Callable[[], Outcome]) -> Outcome | Raised:
        """One that raises is no reason for the others of its chunk to have no outcome."""
        try:
            return outcome()
        except SandboxError as error:
            return Raised(words=str(error), sandbox=True)
        except Exception as error:  # noqa: BLE001 - carried to who waits
            return Raised(words=_said(error), sandbox=False)
        finally:
            del self._under_way[task.number]


def _said(error: BaseException) -> str:
    """An error that nobody expected, in words: what it is, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
