"""A node of a Ray cluster that judges, as the machine of the command sees it: what its actor answers."""

import contextlib
from collections.abc import Sequence
from typing import Any

from ray.exceptions import RayError

from passatk.errors import EnvironmentFault, SandboxError
from passatk.judging.node import CHUNKS, About, Node, Raised, unpacked
from passatk.nodes import RayNode, actor_on, answer, end
from passatk.records import Outcome

_FIND_S = 300.0
"""A node finds and prepares its toolchains in this time."""
_MISTAKE = "could not execute a program, by a mistake of passatk's and not the program's"


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
        self.actor = actor_on(node.id, Node, list(here.toolchains), workers, max_concurrency=CHUNKS + 4)
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
        self.under_way = 0
        self.reserved = self.gone = False

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

    def outcomes(self, called: Any) -> Sequence[Outcome | Raised]:
        """As `answer`, of tasks."""
        found: Sequence[Outcome | Raised] = unpacked(self.answer(called))
        return found
