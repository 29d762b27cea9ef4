"""A Ray cluster as a driver sees it: its nodes, actors there, what they answer, and whether they are alike."""

import atexit
import contextlib
import logging
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from passatk.errors import EnvironmentFault, InputError, PassatkError

_NAMESPACE = "passatk"
_CONNECT_S = 10.0


class Lost(EnvironmentFault):
    """A node is no more, or the actor there. Its text says why."""


class RayNode(NamedTuple):
    """One that is alive."""

    id: str
    address: str
    cpus: int
    gpus: int


def connect(address: str) -> None:
    """Be a driver of the cluster.

    Raises:
        InputError: there is none.
    """
    ray._private.worker.print_to_stdstream = _say_nothing
    if not ray.is_initialized():  # else it is not ours to end
        atexit.register(ray.shutdown)  # before Ray's own, which waits half a second for messages that we do not show
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


def nodes() -> list[RayNode]:
    """Those of the cluster that are alive."""
    listed: Any = ray.nodes  # it has no types
    return [
        RayNode(
            node["NodeID"],
            node["NodeManagerAddress"],
            *(int(node["Resources"].get(kind, 0)) for kind in ("CPU", "GPU")),
        )
        for node in listed()
        if node["Alive"]
    ]


def actor_on(node: str, kind: type, *arguments: Any, **options: Any) -> Any:
    """An actor of this class on the node with this id; `options` as Ray's."""
    where = NodeAffinitySchedulingStrategy(node, soft=False)
    remote: Any = ray.remote(kind)
    return remote.options(num_cpus=0, scheduling_strategy=where, **options).remote(*arguments)


def answer(address: str, called: Any, failed: str, timeout_s: float | None = None) -> Any:
    """What an actor on the node at `address` answers; `failed` says of the node what an unexpected error means.

    Raises:
        PassatkError: what it raised itself.
        Lost: it does not answer any more.
        EnvironmentFault: it raised something else, could not be started, or takes too long.
    """
    try:
        return ray.get(called, timeout=timeout_s)
    except RayTaskError as error:
        if isinstance(error.cause, PassatkError):
            raise error.cause.prefix(f"node {address}") from error
        if isinstance(error.cause, RayError):
            raise Lost(f"node {address}: {error.cause!r}") from error
        raise EnvironmentFault(f"node {address} {failed}: {type(error.cause).__name__}: {error.cause}") from error
    except GetTimeoutError as error:
        words = f"node {address} {failed}: it has not answered after {timeout_s:.0f} s; see what else runs there"
        raise EnvironmentFault(words, setting="address") from error
    except RayError as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        if isinstance(error, RayActorError) and error.actor_init_failed:
            raise EnvironmentFault(f"node {address} {failed}: {lines[-1]}", setting="address") from error
        raise Lost(f"node {address} was lost: {lines[0]}") from error


def differences(here: Mapping[str, object], there: Mapping[str, object]) -> list[str]:
    """In words, of what the node `there` says of itself."""
    names = (name for name in dict.fromkeys([*here, *there]) if here.get(name) != there.get(name))
    return [f"its {name} is {there.get(name) or 'missing'}, not {here.get(name) or 'missing'}" for name in names]


def end(actor: Any) -> None:
    """Kill it, if it is still there."""
    with contextlib.suppress(Exception):
        ray.kill(actor)


def _say_nothing(*_: object, **__: object) -> None:
    """In place of what Ray prints of its nodes, on stdout, between a command's results; `log_to_driver` leaves that."""
