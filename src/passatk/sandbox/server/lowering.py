"""What the kernel is to enforce on a command."""

import contextlib
import os
import resource
from typing import NamedTuple

from . import kernel
from .accounts import NoGroup, StepLimits
from .parents import STACK_BYTES, Limit
from .request import Config

_OURS = 10
"""Processes of the slot, in the account of programs where there is one alone. Programs see their limit: always this."""
_PROCESSES_OF_USER, _PROCESSES_OF_PROGRAMS, _PROCESSES_OF_CPU = 4096, 1024, 32
"""Backstops for an account that slots share: a user's own; that of programs alone; the same for each CPU, if more."""


class Count(NamedTuple):
    """Who counts the processes of a slot's program."""

    by_group: bool
    of_account: int | None = None
    """The kernel, as the slot has an account by itself, with so many processes of ours."""
    namespace: int | None = None
    """The user namespace in which it does; None: the slot's own."""

    @property
    def by_watch(self) -> bool:
        return not self.by_group and self.of_account is None


def count_of(config: Config, group: NoGroup) -> Count:
    """The best there is; makes a user namespace where nothing else does."""
    if group.pids_enforced or not kernel.counts_processes_by_namespace():
        return Count(group.pids_enforced)
    if config["own_user"]:
        return Count(by_group=False, of_account=_OURS)
    if config["switch_user"]:
        with contextlib.suppress(OSError):
            return Count(by_group=False, of_account=0, namespace=kernel.user_namespace(config["uid"]))
    return Count(by_group=False)


def lowered_limits(limits: StepLimits, count: Count) -> list[Limit]:
    """All of them, soft and hard."""
    wanted = {
        # a backstop, the supervisor comes first: whole seconds, by ticks, which run ahead of the exact account
        resource.RLIMIT_CPU: 2 * int(limits["cpu_s"]) + 2,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits["disk_bytes"],
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_STACK: STACK_BYTES,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if count.of_account is not None:
        wanted[resource.RLIMIT_NPROC] = limits["processes"] + count.of_account
    elif count.by_watch:
        wanted[resource.RLIMIT_NPROC] = _backstop()
    lowered = []
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        lowered.append((kind, soft, hard if kind == resource.RLIMIT_STACK else soft))
    return lowered


def _backstop() -> int:
    if os.getuid() != 0:  # all else that the user runs counts too
        return _PROCESSES_OF_USER
    return max(_PROCESSES_OF_PROGRAMS, _PROCESSES_OF_CPU * len(os.sched_getaffinity(0)))
