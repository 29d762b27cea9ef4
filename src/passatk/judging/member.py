"""A Ray cluster as the machine of the command sees it: its nodes, and what their actors answer."""

import contextlib
import logging
import socket
from collections.abc import Mapping, Sequence
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from passatk.errors import EnvironmentFault, InputError, SandboxError
from passatk.judging.node import CHUNKS, About, Node, Raised
from passatk.records import Outcome

_NAMESPACE = "passatk"
_CONNECT_S = 10.0
_FIND_S = 300.0
"""A node finds and prepares its toolchains in this time."""


class Lost(Exception):
    """A node is no more. Its text says why."""


class Member:
    """A node whose actor was started and is like this machine.

    Args:
        node: its id.
        address: where it is, for messages.
        here: what it has to be like.
        workers: its slots; None: its CPUs.

    Raises:
        EnvironmentFault: it cannot judge, or differs.
        Lost: it is no more, before it has said anything.
    """

    def __init__(self, node: str, address: str, here: About, workers: int | None):
        self.node, self.address = node, address
        remote: Any = ray.remote(Node)
        self.actor: Any = remote.options(
            num_cpus=0,
            max_concurrency=CHUNKS + 4,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        ).remote(list(here.toolchains), workers)
        try:
            there: About = ray.get(self.actor.about.remote(), timeout=_FIND_S)
        except RayError as error:
            ray.kill(self.actor)
            if isinstance(error, RayActorError) and not error.actor_init_failed:
                raise Lost(f"node {address} was lost while it began: {_cause(error)}") from error
            raise EnvironmentFault(f"node {address} cannot judge: {_cause(error)}", setting="address") from error
        if differences := here.differences(there):
            ray.kill(self.actor)
            raise EnvironmentFault(
                f"node {address} is not like this machine, so its verdicts might not be: {'; '.join(differences)}. Make"
                " them alike, or leave the node out",
                setting="address",
            )
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
        try:
            return ray.get(called)
        except RayTaskError as error:
            if isinstance(error.cause, SandboxError):
                raise SandboxError(f"node {self.address}: {error.cause}") from error
            if isinstance(error.cause, RayError):
                raise Lost(f"node {self.address}: {error.cause!r}") from error
            raise self.mistake(f"{type(error.cause).__name__}: {error.cause}") from error
        except RayError as error:
            first = str(error).strip().splitlines()
            raise Lost(f"node {self.address} was lost: {first[0] if first else type(error).__name__}") from error

    def cancel(self, number: int) -> None:
        """End an execution there."""
        with contextlib.suppress(RayError):  # it is lost, and the execution with it
            self.actor.cancel.remote(number)

    def error(self, raised: Raised) -> EnvironmentFault:
        """What an execution there ended with."""
        if raised.sandbox:
            return SandboxError(f"node {self.address}: {raised.words}")
        return self.mistake(raised.words)

    def mistake(self, words: str) -> EnvironmentFault:
        """An error in passatk's own code on the node."""
        return EnvironmentFault(
            f"node {self.address} could not execute a program, by a mistake of passatk's and not the program's: {words}"
        )

    def outcomes(self, called: Any) -> Sequence[Outcome | Raised]:
        """As `answer`, of tasks."""
        found: Sequence[Outcome | Raised] = self.answer(called)
        return found


def _cause(error: RayError) -> str:
    cause = error.cause if isinstance(error, RayTaskError) else error
    return str(cause).strip().splitlines()[-1] if str(cause).strip() else type(cause).__name__


def _say_nothing(*_: object, **__: object) -> None:
    """In place of what Ray prints of its nodes, on stdout, between a command's results; `log_to_driver` leaves that."""


def connect(address: str) -> None:
    """Be a driver of the cluster.

    Raises:
        InputError: there is none.
    """
    ray._private.worker.print_to_stdstream = _say_nothing
    host, _, port = address.rpartition(":")
    try:
        if host and port.isdigit():  # Ray itself tries for minutes
            socket.create_connection((host, int(port)), _CONNECT_S).close()
        ray.init(
            address=address,
            namespace=_NAMESPACE,
            ignore_reinit_error=True,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"no Ray cluster answers at {address}: {error}", setting="address") from error


def nodes() -> Mapping[str, str]:
    """Nodes that are alive: id -> address."""
    listed: Any = ray.nodes  # it has no types
    return {node["NodeID"]: node["NodeManagerAddress"] for node in listed() if node["Alive"]}
