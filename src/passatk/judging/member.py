"""A node of a Ray cluster that judges, as the machine of the command sees it: what its actor answers."""

import contextlib
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from ray.exceptions import RayError

from passatk.errors import EnvironmentFault, SandboxError
from passatk.judging.cancellation import Cancellation, Cancelled
from passatk.judging.examiners import Built
from passatk.judging.futures import fail, give
from passatk.judging.node import AT_ONCE, EACH, About, Ended, Node, Raised, Task, packed, unpacked
from passatk.nodes import RayNode, actor_on, answer, end
from passatk.records import Outcome

CALLS = 2
"""Of `Member.exchange` at once: one takes programs there while the other waits for what ends."""
_FIND_S = 300.0
"""A node finds and prepares its toolchains in this time."""
_MISTAKE = "could not execute a program, by a mistake of passatk's and not the program's"


@dataclass(eq=False)
class Waiting:
    """An execution that has not ended."""

    task: Task
    cancellation: Cancellation
    _future: "Future[Outcome]"
    member: "Member | None" = None
    """Where it is."""
    lost: int = 0
    """Nodes that were lost while it was there."""

    def __post_init__(self) -> None:
        with contextlib.suppress(Cancelled):  # as it was: see `gone`
            self.cancellation.begins(self._end)

    def _end(self) -> None:
        if self.member is not None:
            self.member.cancel(self.task.number)

    def gone(self) -> bool:
        """Whether it has ended, or nobody waits for it any more."""
        if self.cancellation.asked:
            self.fail(Cancelled())
        return self._future.done()

    def take(self, outcome: Outcome) -> None:
        """It has ended with this."""
        self.cancellation.ended()
        give(self._future, outcome)

    def fail(self, error: BaseException) -> None:
        """It has ended without an outcome."""
        self.cancellation.ended()
        fail(self._future, error)


class Member:
    """A node whose actor was started and is like this machine.

    Args:
        node: where it is.
        here: what it has to be like.
        workers: its slots; None: its CPUs.

    Raises:
        EnvironmentFault: it cannot judge, or differs.
        Lost: it is no more, before it has said anything.
    """

    def __init__(self, node: RayNode, here: About, workers: int | None):
        self.node, self.address = node.id, node.address
        self.actor = actor_on(node.id, Node, list(here.toolchains), workers, max_concurrency=CALLS + 4)
        try:
            there: About = answer(node.address, self.actor.about.remote(), "cannot judge", _FIND_S)
            if differences := here.differences(there):
                raise EnvironmentFault(
                    f"node {node.address} is not like this machine, so its verdicts might not be:"
                    f" {'; '.join(differences)}. Make them alike, or leave the node out",
                    setting="address",
                )
        except EnvironmentFault:
            end(self.actor)
            raise
        self.slots = there.slots
        self.has: set[str] = set()
        """Keys of examiners that were sent there, and names of what they were built with."""
        self.under_way: dict[int, Waiting] = {}
        """What is there, by the number of its task."""
        self.calls = 0
        """Of `exchange`, that have not returned."""
        self.reserved = self.gone = False

    @property
    def most(self) -> int:
        """It gets so many in one call."""
        return self.slots * EACH

    @property
    def room(self) -> int:
        """So many more may be there."""
        return self.slots * AT_ONCE - len(self.under_way)

    def answer(self, called: Any) -> Any:
        """What the actor answers.

        Raises:
            Lost: it does not any more.
            SandboxError: it cannot execute anything.
            EnvironmentFault: its code raised what nobody expected, as it would on any other node.
        """
        return answer(self.address, called, _MISTAKE)

    def cancel(self, number: int) -> None:
        """End an execution there."""
        with contextlib.suppress(RayError):  # it is lost, and the execution with it
            self.actor.cancel.remote(number)

    def error(self, raised: Raised) -> EnvironmentFault:
        """What an execution there ended with."""
        if raised.sandbox:
            return SandboxError(f"node {self.address}: {raised.words}")
        return EnvironmentFault(f"node {self.address} {_MISTAKE}: {raised.words}")

    def exchange(self, tasks: Sequence[Task], built: Sequence[Built]) -> Sequence[Ended]:
        """As `Node.exchange`. Raises as `answer`."""
        ended: Sequence[Ended] = unpacked(self.answer(self.actor.exchange.remote(packed(tasks), built)))
        return ended

    def alone(self, tasks: Sequence[Task], built: Sequence[Built]) -> Outcome | Raised:
        """As `Node.execute_alone`. Raises as `answer`."""
        outcome: Outcome | Raised = unpacked(self.answer(self.actor.execute_alone.remote(packed(tasks), built)))
        return outcome
