"""Which CPU a slot is pinned to: one with the fewest slots of this machine's judges, whoever started them."""

import os
import socket
from collections.abc import Sequence

_MOST = 64
"""Slots on one CPU that are told apart."""


def usable_cpus() -> list[int]:
    """CPUs this process may run on."""
    return sorted(os.sched_getaffinity(0))


class Place:
    """One slot's place on a CPU, until it is closed or this process ends.

    Judges know of each other by names of abstract sockets, which the kernel forgets with the process. Those of another
    network namespace, of a container mostly, are not seen.
    """

    def __init__(self, cpus: Sequence[int]) -> None:
        """One of these."""
        self._socket = socket.socket(socket.AF_UNIX)
        first = os.getpid() % len(cpus)  # so that judges that cannot see each other do not all begin with the same
        self.cpu = self._taken([*cpus[first:], *cpus[:first]])

    def _taken(self, cpus: Sequence[int]) -> int:
        for number in range(_MOST):
            for cpu in cpus:
                try:
                    self._socket.bind(f"\0passatk/cpu/{cpu}/{number}")
                except OSError:
                    continue
                return cpu
        return cpus[0]

    def close(self) -> None:
        """Others may have it."""
        self._socket.close()
