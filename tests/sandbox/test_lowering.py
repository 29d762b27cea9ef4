"""Who counts the processes of a program, and how many the kernel allows it."""

import resource
from typing import cast

import pytest

from passatk.sandbox.server.accounts import NoGroup, StepLimits
from passatk.sandbox.server.kernel import counts_processes_by_namespace
from passatk.sandbox.server.lowering import Count, count_of, lowered_limits
from passatk.sandbox.server.request import Config

LIMITS = StepLimits(cpu_s=9.0, idle_s=9.0, memory_bytes=1 << 30, output_bytes=1, processes=64, disk_bytes=1)
NO_UID = -1
"""No namespace can be made for it."""


def processes_under(count: Count) -> int | None:
    return {kind: soft for kind, soft, _ in lowered_limits(LIMITS, count)}.get(resource.RLIMIT_NPROC)


@pytest.mark.skipif(not counts_processes_by_namespace(), reason="before Linux 5.14 slots share the count of an account")
def test_the_kernel_counts_for_a_user_in_a_namespace_of_the_slots() -> None:
    count = count_of(cast(Config, {"own_user": True, "switch_user": False}), NoGroup())
    assert not count.by_watch
    assert processes_under(count) == 74


@pytest.mark.parametrize("switch_user", [True, False])
def test_where_there_can_be_no_namespace_the_watch_counts_under_a_backstop(switch_user: bool) -> None:
    count = count_of(cast(Config, {"own_user": False, "switch_user": switch_user, "uid": NO_UID}), NoGroup())
    assert count.by_watch
    assert (processes_under(count) or 0) >= 1024


def test_a_pids_cgroup_needs_no_other_limit() -> None:
    group = NoGroup()
    group.pids_enforced = True
    count = count_of(cast(Config, {"own_user": False, "switch_user": True, "uid": NO_UID}), group)
    assert not count.by_watch
    assert processes_under(count) is None
