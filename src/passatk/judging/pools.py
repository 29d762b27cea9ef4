"""Pools: of this machine, and of a cluster."""

import math

from passatk.errors import EnvironmentFault
from passatk.judging.environment import Environment
from passatk.judging.executor import LocalExecutor
from passatk.judging.pool import Pool
from passatk.records import ExecutorName


def pool_on(
    executor: ExecutorName,
    environment: Environment,
    address: str,
    workers: int | None = None,
    patience_s: float = math.inf,
) -> Pool:
    """A pool on this machine, or on all nodes of a Ray cluster with so many workers each.

    Raises:
        InputError: no cluster answers at `address`.
        EnvironmentFault: Ray is not installed, or a node is not like this machine.
    """
    if executor == "local":
        return LocalPool(environment, workers, patience_s)
    try:
        from passatk.judging.cluster import RayExecutor
    except ModuleNotFoundError as error:
        raise EnvironmentFault(
            f"a cluster needs the package {error.name}; `pip install 'passatk[ray]'`", setting="executor"
        ) from error
    return Pool(RayExecutor(environment, address, workers), patience_s)


class LocalPool(Pool):
    """One on the slots of this machine."""

    def __init__(self, environment: Environment, workers: int | None = None, patience_s: float = math.inf):
        super().__init__(LocalExecutor(environment, workers), patience_s)
