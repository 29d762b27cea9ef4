"""An executor on the nodes of a Ray cluster: on each an actor with slots, toolchains and examiners of its own.

Programs go to the nodes in chunks, two a node at once, so that a node that ends one has the next. What is on a node
that is lost is executed by another: an execution leaves nothing but its facts, and those are journaled once, here.
"""

import contextlib
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from typing import Any, NamedTuple

import ray
from ray.exceptions import RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from passatk.errors import EnvironmentFault, InputError, SandboxError
from passatk.judging.cache import judge_hash
from passatk.judging.environment import Environment
from passatk.judging.examiners import Built
from passatk.judging.executor import STOPPED, Execute, LocalExecutor
from passatk.records import Limits, Outcome, Program, Record, StepFacts, Workshop
from passatk.runs.manifest import this_machine

_NAMESPACE = "passatk"
_CHUNKS = 2
"""A node has so many at once."""
_EACH = 2
"""Programs of a chunk for each slot of its node."""
_LOOK_S = 2.0
"""So often nodes that came are looked for."""
_PATIENCE_S = 60.0
"""So long all nodes may be away."""
_CLOSE_S = 10.0
_FIND_S = 300.0
"""A node finds and prepares its toolchains in this time."""


class About(Record, frozen=True, kw_only=True):
    """What has to be the same on all machines that judge one run, and how many slots a node has."""

    judge: str
    processor: str
    isolation: str
    toolchains: dict[str, str]
    """Language -> version and hash of the tools' files; empty where missing."""
    slots: int

    def differences(self, other: "About") -> list[str]:
        """In words, `other` being the node."""
        found = [
            f"its {name} is {getattr(other, field)}, here {getattr(self, field)}"
            for name, field in (("version of passatk", "judge"), ("processor", "processor"), ("sandbox", "isolation"))
            if getattr(self, field) != getattr(other, field)
        ]
        for language, here in self.toolchains.items():
            there = other.toolchains.get(language, "")
            if here and here != there:
                found.append(f"its {language} is {there or 'missing'}, here {here}")
        return found


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


class Node:
    """The actor: what one machine of the cluster does. Its methods run in threads."""

    def __init__(self, languages: Sequence[str], workers: int | None):
        self._environment = Environment(languages)
        self._executor = LocalExecutor(self._environment, workers)
        self._threads = ThreadPoolExecutor(self._executor.capacity * _CHUNKS)

    def about(self) -> About:
        """What it is."""
        return about(self._environment, self._executor.capacity)

    def execute(self, tasks: Sequence["Task"], built: Sequence[Built]) -> list[Outcome]:
        """Facts of each execution, in order; `built` is what their tests are run with and it has not yet."""
        for one in built:
            self._environment.examiners.take(one)
        return list(self._threads.map(lambda task: self._executor.execute(*task), tasks))

    def execute_alone(self, tasks: Sequence["Task"], built: Sequence[Built]) -> list[Outcome]:
        """The same one by one, while nothing else runs on this node."""
        for one in built:
            self._environment.examiners.take(one)
        with self._executor.alone() as execute:
            return [execute(*task) for task in tasks]

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`."""
        return self._executor.make(workshop, limits)

    def close(self) -> None:
        """Kill what is executed."""
        self._executor.close()


class Task(NamedTuple):
    """An execution, see `Executor.execute`."""

    program: Program
    limits: Limits
    variation: int


class _Waiting(NamedTuple):
    task: Task
    future: "Future[Outcome]"


class _Lost(Exception):
    """A node is no more. Its text says why."""


class _Member:
    """A node as it is seen from here."""

    def __init__(self, node: str, address: str, actor: Any, about: About):
        self.node, self.address, self.actor, self.slots = node, address, actor, about.slots
        self.has: set[str] = set()
        """Keys of examiners that were sent there, and names of what they were built with."""
        self.under_way = 0
        self.reserved = self.gone = False

    def answer(self, called: Any) -> Any:
        """What the actor answers.

        Raises:
            _Lost: it does not any more.
            SandboxError: it cannot execute anything.
        """
        try:
            return ray.get(called)
        except RayTaskError as error:
            if isinstance(error.cause, SandboxError):
                raise SandboxError(f"node {self.address}: {error.cause}") from error
            raise _Lost(f"node {self.address}: {error.cause!r}") from error
        except RayError as error:
            first = str(error).strip().splitlines()
            raise _Lost(f"node {self.address} was lost: {first[0] if first else type(error).__name__}") from error


class RayExecutor:
    """Implements `Executor` on all nodes of a cluster; nodes that come later are used too.

    Args:
        environment: of this machine, which is like the nodes.
        address: of the cluster, as `ray.init` takes it.
        workers: slots on each node; None: its CPUs.

    Raises:
        InputError: there is no cluster at that address.
        EnvironmentFault: a node is not like this machine; says how.
    """

    def __init__(self, environment: Environment, address: str, workers: int | None = None):
        if "network" not in environment.isolation.namespaces:
            raise EnvironmentFault(
                "programs are not kept from the network by this sandbox, so they could reach the cluster's ports, which"
                " run any code; judge on this machine alone",
                setting="executor",
            )
        self.environment = environment
        self._workers = workers
        self._here = about(environment, 0)
        self._starting = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque()
        self._members: dict[str, _Member] = {}
        self._words = ""
        self._empty_since: float | None = None
        self._closing = False
        self._ended = threading.Event()
        self._address = address
        self._looking: threading.Thread | None = None
        self._start()
        self.capacity = sum(member.slots for member in self._members.values()) * _CHUNKS * _EACH

    # --- what the pool calls ---------------------------------------------------------------------------------------

    def execute(self, program: Program, limits: Limits, variation: int = 0) -> Outcome:
        """As `Executor.execute`, on any node."""
        self._start()
        future: Future[Outcome] = Future()
        with self._changed:
            if self._closing:
                raise SandboxError(STOPPED)
            self._waiting.append(_Waiting(Task(program, limits, variation), future))
            self._changed.notify_all()
        return future.result()

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`, on the node with the least to do."""
        self._start()
        while True:
            member = self._least_busy()
            try:
                made: tuple[StepFacts | None, dict[str, bytes]] = member.answer(
                    member.actor.make.remote(workshop, limits)
                )
            except _Lost as error:
                self._leave(member, str(error))
            else:
                return made

    @contextlib.contextmanager
    def alone(self) -> Generator[Execute, None, None]:
        """As `Executor.alone`: one node, which gets nothing else meanwhile."""
        place = [self._reserve()]

        def execute(program: Program, limits: Limits, variation: int = 0) -> Outcome:
            task = Task(program, limits, variation)
            while True:
                member = place[0]
                try:
                    [outcome] = self._sent(member, member.actor.execute_alone, [task])
                except _Lost as error:
                    self._leave(member, str(error))
                    place[0] = self._reserve()
                else:
                    return outcome

        try:
            yield execute
        finally:
            with self._changed:
                place[0].reserved = False
                self._changed.notify_all()

    def close(self) -> None:
        """As `Executor.close`: its actors end, and are made anew when needed."""
        with self._changed:
            self._closing = True
            waiting, self._waiting = list(self._waiting), deque()
            members, self._members = list(self._members.values()), {}
            self._changed.notify_all()
        self._ended.set()
        for one in waiting:
            _fail(one.future, SandboxError(STOPPED))
        with contextlib.suppress(Exception):
            ray.wait([member.actor.close.remote() for member in members], num_returns=len(members), timeout=_CLOSE_S)
        for member in members:
            self._leave(member, STOPPED)
        if self._looking is not None:
            self._looking.join(_CLOSE_S)  # it may wait for a node that has just come
            self._looking = None
        with self._changed:
            self._changed.wait_for(lambda: not any(member.under_way for member in members))
            self._empty_since = None
            self._closing = False

    def _start(self) -> None:
        """Connect and find the nodes, unless that was done."""
        with self._starting:
            if self._looking is not None:
                return
            connect(self._address)
            for node, where in _nodes().items():
                self._join(node, where)
            if not self._members:
                raise EnvironmentFault(f"the cluster at {self._address} has no node that is alive", setting="address")
            self._ended = threading.Event()
            self._looking = threading.Thread(target=self._look, args=(self._ended,), daemon=True)
            self._looking.start()

    # --- nodes -----------------------------------------------------------------------------------------------------

    def _join(self, node: str, where: str) -> None:
        """Begin to use a node.

        Raises:
            EnvironmentFault: it is not like this machine.
        """
        remote: Any = ray.remote(Node)
        actor: Any = remote.options(
            num_cpus=0,
            max_concurrency=_CHUNKS + 3,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        ).remote(list(self.environment.toolchains), self._workers)
        try:
            there: About = ray.get(actor.about.remote(), timeout=_FIND_S)
        except RayError as error:
            raise EnvironmentFault(f"node {where} cannot judge: {_cause(error)}", setting="address") from error
        if differences := self._here.differences(there):
            ray.kill(actor)
            raise EnvironmentFault(
                f"node {where} is not like this machine, so its verdicts might not be: {'; '.join(differences)}. Make"
                " them alike, or leave the node out",
                setting="address",
            )
        member = _Member(node, where, actor, there)
        with self._changed:
            self._members[node] = member
            self._empty_since = None
            self._changed.notify_all()
        for _ in range(_CHUNKS):
            threading.Thread(target=self._serve, args=(member,), daemon=True).start()

    def _leave(self, member: _Member, words: str) -> None:
        with self._changed:
            member.gone = True
            self._words = words
            if self._members.get(member.node) is member:
                del self._members[member.node]
            if not self._members and self._empty_since is None:
                self._empty_since = time.monotonic()
            self._changed.notify_all()
        with contextlib.suppress(Exception):
            ray.kill(member.actor)

    def _look(self, ended: threading.Event) -> None:
        """Find nodes that came, and give up where none is left, until the executor is closed."""
        refused: set[str] = set()
        while not ended.wait(_LOOK_S):
            try:
                there = _nodes()
            except Exception as error:  # noqa: BLE001 - the head may be away: said if it stays so
                self._words, there = f"the cluster does not answer: {error}", {}
            for node, where in there.items():
                if node in self._members or node in refused:
                    continue
                try:
                    self._join(node, where)
                except EnvironmentFault as error:
                    refused.add(node)
                    self._words = str(error)
                if ended.is_set() and (member := self._members.get(node)) is not None:
                    self._leave(member, STOPPED)
            self._give_up_if_empty()

    def _give_up_if_empty(self) -> None:
        with self._changed:
            away = self._empty_since is not None and time.monotonic() - self._empty_since > _PATIENCE_S
            waiting = list(self._waiting) if away else []
            if away:
                self._waiting.clear()
                self._changed.notify_all()
        for one in waiting:
            _fail(one.future, SandboxError(f"no node is left in the cluster; the last: {self._words}"))

    def _least_busy(self) -> _Member:
        with self._changed:
            self._await_a_node()
            return min(self._members.values(), key=lambda member: member.under_way / member.slots)

    def _reserve(self) -> _Member:
        """A node on which nothing runs, and nothing begins until it is given back."""
        with self._changed:
            member = self._least_busy()
            member.reserved = True
            self._changed.wait_for(lambda: self._closing or member.gone or not member.under_way)
            if self._closing:
                member.reserved = False
                raise SandboxError(STOPPED)
            return member

    def _await_a_node(self) -> None:
        """Raises SandboxError where there is none for long."""
        if not self._changed.wait_for(lambda: self._closing or self._members, _PATIENCE_S):
            raise SandboxError(f"no node is left in the cluster; the last: {self._words}")
        if self._closing:
            raise SandboxError(STOPPED)

    # --- a node's threads here -------------------------------------------------------------------------------------

    def _serve(self, member: _Member) -> None:
        """Send chunk after chunk to a node, and hand on what comes back, until it is lost."""
        while (chunk := self._chunk(member)) is not None:
            tasks = [one.task for one in chunk]
            try:
                outcomes = self._sent(member, member.actor.execute, tasks)
            except _Lost as error:
                self._give_back(chunk)
                self._leave(member, str(error))
            except Exception as error:  # noqa: BLE001 - carried to who waits
                for one in chunk:
                    _fail(one.future, SandboxError(STOPPED) if self._closing else error)
            else:
                for one, outcome in zip(chunk, outcomes, strict=True):
                    with contextlib.suppress(InvalidStateError):
                        one.future.set_result(outcome)
            finally:
                with self._changed:
                    member.under_way -= len(chunk)
                    self._changed.notify_all()

    def _chunk(self, member: _Member) -> list[_Waiting] | None:
        with self._changed:
            self._changed.wait_for(lambda: member.gone or (self._waiting and not member.reserved and not self._closing))
            if member.gone:
                return None
            shared = -(-len(self._waiting) // (len(self._members) * _CHUNKS))
            size = min(shared, member.slots * _EACH)
            chunk = [self._waiting.popleft() for _ in range(size)]
            member.under_way += size
            return chunk

    def _give_back(self, chunk: Sequence[_Waiting]) -> None:
        with self._changed:
            if not self._closing:
                self._waiting.extendleft(reversed(chunk))
                return
        for one in chunk:
            _fail(one.future, SandboxError(STOPPED))

    def _sent(self, member: _Member, method: Any, tasks: Sequence[Task]) -> list[Outcome]:
        """Facts of tasks on a node, which gets what their tests are run with as far as it has not got it."""
        known, built = set(member.has), list[Built]()
        for examiner in (task.program.examiner for task in tasks):
            if examiner is not None and examiner.key not in known:
                built.append(self.environment.examiners.built(examiner, known))
                known |= {built[-1].key, built[-1].name}
        outcomes: list[Outcome] = member.answer(method.remote(tasks, built))
        member.has |= known
        return outcomes


def _fail(future: "Future[Outcome]", error: BaseException) -> None:
    with contextlib.suppress(InvalidStateError):
        future.set_exception(error)


def _cause(error: RayError) -> str:
    cause = error.cause if isinstance(error, RayTaskError) else error
    return str(cause).strip().splitlines()[-1] if str(cause).strip() else type(cause).__name__


def _say_nothing(*_: object, **__: object) -> None:
    """In place of what Ray prints of its nodes, on stdout, between a command's results; `log_to_driver` leaves that."""


def connect(address: str) -> None:
    ray._private.worker.print_to_stdstream = _say_nothing
    host, _, port = address.rpartition(":")
    try:
        if host and port.isdigit():  # Ray itself tries for minutes
            socket.create_connection((host, int(port)), _CLOSE_S).close()
        ray.init(
            address=address,
            namespace=_NAMESPACE,
            ignore_reinit_error=True,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"no Ray cluster answers at {address}: {error}", setting="address") from error


def _nodes() -> Mapping[str, str]:
    """Nodes that are alive: id -> address."""
    nodes: Any = ray.nodes  # it has no types
    return {node["NodeID"]: node["NodeManagerAddress"] for node in nodes() if node["Alive"]}
