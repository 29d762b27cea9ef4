"""An executor on the nodes of a Ray cluster: on each an actor with slots, toolchains and examiners of its own.

A node has twice what one call takes there, so that it has work while what has ended is on its way. What is on a node
that is lost is executed by another: an execution leaves nothing but its facts, and those are journaled once, here.
"""

import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import ray

from passatk.errors import EnvironmentFault, SandboxError
from passatk.judging.cancellation import Cancellation, Cancelled
from passatk.judging.environment import Environment
from passatk.judging.examiners import Built
from passatk.judging.executor import STOPPED, Execute
from passatk.judging.member import CALLS, Member, Waiting
from passatk.judging.node import AT_ONCE, Raised, Task, about
from passatk.nodes import Lost, RayNode, connect, end, nodes
from passatk.records import Limits, Outcome, Program, StepFacts, Workshop

_LOOK_S = 2.0
"""So often nodes that came are looked for."""
_PATIENCE_S = 60.0
"""So long all nodes may be away."""
_CLOSE_S = 10.0
_COLLECT_S = 0.002
"""A call that is not full waits for more programs as long as more come within this time."""
_JOIN_AT_ONCE = 32
"""Nodes that prepare their toolchains at the same time: each needs seconds."""
_MOST_LOST = 10
"""A program whose nodes were lost so often may well be what ends them."""
_Answer = TypeVar("_Answer")


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
        lock = threading.RLock()
        self._changed, self._work, self._pause = (threading.Condition(lock) for _ in range(3))
        self._idle = 0
        """Threads that wait for work."""
        self._waiting: deque[Waiting] = deque()
        self._members: dict[str, Member] = {}
        self._words = ""
        self._numbers = itertools.count()
        self.slots = self.capacity = 0
        self._empty_since: float | None = None
        self._closing = False
        self._ended = threading.Event()
        self._address = address
        self._looking: threading.Thread | None = None
        self._start()

    # --- what the pool calls ---------------------------------------------------------------------------------------

    def begin(
        self, program: Program, limits: Limits, variation: int, cancellation: Cancellation, future: "Future[Outcome]"
    ) -> None:
        """As `Executor.begin`, on any node. Raises as the class, where it was closed."""
        self._start()
        one = Waiting(Task(program, limits, variation, next(self._numbers)), cancellation, future)
        with self._changed:
            if not self._closing:
                self._waiting.append(one)
                self._work.notify()
                return
        one.fail(SandboxError(STOPPED))

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`, on the node with the least to do."""
        self._start()
        words = ""
        for _ in range(_MOST_LOST):
            member = self._least_busy()
            try:
                made: tuple[StepFacts | None, dict[str, bytes]] = member.answer(
                    member.actor.make.remote(workshop, limits)
                )
            except Lost as error:
                words = str(error)
                self._leave(member, words)
            else:
                return made
        raise _lost_too_often(words)

    @contextlib.contextmanager
    def alone(self) -> Generator[Execute, None, None]:
        """As `Executor.alone`: one node, which gets nothing else meanwhile."""
        place = [self._reserve()]

        def execute(program: Program, limits: Limits, variation: int, cancellation: Cancellation) -> Outcome:
            task, words = Task(program, limits, variation, next(self._numbers)), ""
            for _ in range(_MOST_LOST):
                member = place[0]
                try:
                    with cancellation.ends(partial(member.cancel, task.number)):
                        outcome = self._sent(member, member.alone, [task])
                except Lost as error:
                    words = str(error)
                    self._leave(member, words)
                    place[0] = self._reserve()
                else:
                    if cancellation.asked:
                        raise Cancelled
                    if isinstance(outcome, Raised):
                        raise member.error(outcome)
                    return outcome
            raise _lost_too_often(words)

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
            self._work.notify_all()
        self._ended.set()
        for one in waiting:
            one.fail(SandboxError(STOPPED))
        with contextlib.suppress(Exception):
            ray.wait([member.actor.close.remote() for member in members], num_returns=len(members), timeout=_CLOSE_S)
        for member in members:
            self._leave(member, STOPPED)
        if self._looking is not None:
            self._looking.join(_CLOSE_S)  # it may wait for a node that has just come
            self._looking = None
        with self._changed:
            self._changed.wait_for(lambda: not any(member.under_way or member.calls for member in members))
            self._empty_since = None
            self._closing = False

    def _start(self) -> None:
        """Connect and find the nodes, unless that was done."""
        with self._starting:
            if self._looking is not None:
                return
            connect(self._address)
            with ThreadPoolExecutor(_JOIN_AT_ONCE) as threads:
                list(threads.map(self._join, nodes()))
            if not self._members:
                words = self._words or "it names none"
                raise EnvironmentFault(
                    f"the cluster at {self._address} has no node that is alive: {words}", setting="address"
                )
            self._ended = threading.Event()
            self._looking = threading.Thread(target=self._look, args=(self._ended,), daemon=True)
            self._looking.start()

    # --- nodes -----------------------------------------------------------------------------------------------------

    def _join(self, node: RayNode) -> None:
        """Begin to use a node, unless it is lost at once.

        Raises:
            EnvironmentFault: it is not like this machine.
        """
        try:
            member = Member(node, self._here, self._workers)
        except Lost as error:
            self._words = str(error)
            return
        with self._changed:
            self._members[node.id] = member
            self.slots = max(self.slots, sum(one.slots for one in self._members.values()))
            self.capacity = self.slots * AT_ONCE
            self._empty_since = None
            self._changed.notify_all()
        for _ in range(CALLS):
            threading.Thread(target=self._serve, args=(member,), daemon=True).start()

    def _leave(self, member: Member, words: str) -> None:
        with self._changed:
            member.gone = True
            self._words = words
            if self._members.get(member.node) is member:
                del self._members[member.node]
            if not self._members and self._empty_since is None:
                self._empty_since = time.monotonic()
            self._changed.notify_all()
            self._work.notify_all()
        end(member.actor)

    def _look(self, ended: threading.Event) -> None:
        """Find nodes that came, and give up where none is left, until the executor is closed."""
        refused: set[str] = set()
        while not ended.wait(_LOOK_S):
            try:
                new = [node for node in nodes() if node.id not in self._members and node.id not in refused]
            except Exception as error:  # noqa: BLE001 - the head may be away: said if it stays so
                self._words, new = f"the cluster does not answer: {error}", []
            with ThreadPoolExecutor(_JOIN_AT_ONCE) as threads:
                refused.update(filter(None, threads.map(self._refused, new)))
            if ended.is_set():
                for member in [self._members[node.id] for node in new if node.id in self._members]:
                    self._leave(member, STOPPED)
            self._give_up_if_empty()

    def _refused(self, node: RayNode) -> str:
        """Its id, unless it joined."""
        try:
            self._join(node)
        except EnvironmentFault as error:
            self._words = str(error)
            return node.id
        return ""

    def _give_up_if_empty(self) -> None:
        with self._changed:
            away = self._empty_since is not None and time.monotonic() - self._empty_since > _PATIENCE_S
            waiting = list(self._waiting) if away else []
            if away:
                self._waiting.clear()
                self._changed.notify_all()
        for one in waiting:
            one.fail(SandboxError(f"no node is left in the cluster; the last: {self._words}"))

    def _least_busy(self) -> Member:
        with self._changed:
            self._await_a_node()
            return min(self._members.values(), key=lambda member: len(member.under_way) / member.slots)

    def _reserve(self) -> Member:
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

    def _serve(self, member: Member) -> None:
        """Send what waits to a node, and hand on what comes back, until it is lost."""
        while (taken := self._taken_for(member)) is not None:
            try:
                wanted = self._wanted(member, taken)
                for number, outcome in self._sent(member, member.exchange, wanted):
                    self._hand_on(member, number, outcome)
            except Lost as error:
                self._leave(member, str(error))
            except Exception as error:  # noqa: BLE001 - carried to who waits
                for one in self._dropped(member):
                    one.fail(SandboxError(STOPPED) if self._closing else error)
            finally:
                with self._changed:
                    member.calls -= 1
                    self._changed.notify_all()
        self._give_back(member)

    def _wanted(self, member: Member, taken: Sequence[Waiting]) -> list[Task]:
        """Without those that nobody waits for any more."""
        gone = [one for one in taken if one.gone()]
        with self._changed:
            for one in gone:
                member.under_way.pop(one.task.number, None)  # another thread may have found the node lost
        return [one.task for one in taken if one not in gone]

    def _dropped(self, member: Member) -> list[Waiting]:
        """All that was on a node."""
        with self._changed:
            dropped, member.under_way = list(member.under_way.values()), {}
            return dropped

    def _hand_on(self, member: Member, number: int, outcome: Outcome | Raised) -> None:
        with self._changed:
            one = member.under_way.pop(number, None)
        if one is None or one.gone():
            return
        if isinstance(outcome, Raised):
            one.fail(SandboxError(STOPPED) if self._closing else member.error(outcome))
        else:
            one.take(outcome)

    def _taken_for(self, member: Member) -> list[Waiting] | None:
        """What is sent next, nothing where only what ends is asked for; None: the node is gone."""
        with self._changed:
            if not self._await_work(member):
                return None
            taken = self._taken(member)
            member.calls += 1
            return taken

    def _taken(self, member: Member) -> list[Waiting]:
        while self._is_free(member) and 0 < len(self._waiting) < member.most:
            waiting = len(self._waiting)
            self._pause.wait(_COLLECT_S)
            if len(self._waiting) <= waiting:
                break
        if not self._is_free(member):
            return []
        shared = -(-len(self._waiting) // (1 + self._idle))  # so that no node has two rounds while another has none
        free = max(shared, member.slots - len(member.under_way))
        taken = [self._waiting.popleft() for _ in range(min(member.most, member.room, len(self._waiting), free))]
        for one in taken:
            one.member = member
            member.under_way[one.task.number] = one
        return taken

    def _is_free(self, member: Member) -> bool:
        return not (member.gone or member.reserved or self._closing) and member.room > 0

    def _await_work(self, member: Member) -> bool:
        """Whether this node is to be asked; False: it is gone. One woken for what it cannot take wakes another."""
        while not member.gone:
            if member.under_way and not member.calls:
                return True
            if not self._is_free(member):
                if self._waiting:
                    self._work.notify()
                self._changed.wait()
            elif self._waiting:
                return True
            else:
                self._idle += 1
                self._work.wait()
                self._idle -= 1
        return False

    def _give_back(self, member: Member) -> None:
        """What was on a node that was lost waits again, before all else."""
        with self._changed:
            lost = self._dropped(member)
            for one in lost:
                one.lost += 1
            again = [] if self._closing else [one for one in lost if one.lost < _MOST_LOST]
            self._waiting.extendleft(reversed(again))
            self._work.notify_all()
            self._changed.notify_all()
        for one in lost:
            if one not in again:
                one.fail(SandboxError(STOPPED) if self._closing else _lost_too_often(self._words))

    def _sent(
        self, member: Member, ask: Callable[[Sequence[Task], Sequence[Built]], _Answer], tasks: Sequence[Task]
    ) -> _Answer:
        """What a node says of tasks: it gets what their tests are run with as far as it has not got it."""
        known, built = set(member.has), list[Built]()
        for examiner in (task.program.examiner for task in tasks):
            if examiner is not None and examiner.key not in known:
                built.append(self.environment.examiners.built(examiner, known))
                known |= {built[-1].key, built[-1].name}
        answer = ask(tasks, built)
        member.has |= known
        return answer


def _lost_too_often(words: str) -> SandboxError:
    return SandboxError(
        f"{_MOST_LOST} nodes were lost while they executed one program, so it may be what ends them; the last: {words}"
    )
