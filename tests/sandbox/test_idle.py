"""Sleeping loses, starving does not: also when the kernel tells of a wait only after it is over."""

import subprocess
import time
from collections.abc import Iterable

import pytest

from passatk.sandbox.server.accounts import NoGroup, StepLimits
from passatk.sandbox.server.watch import Tree, Watch

LIMITS = StepLimits(cpu_s=9.0, idle_s=0.2, memory_bytes=1 << 30, output_bytes=1, processes=9, disk_bytes=1)


class Waiting(Tree):
    """One task that waits for a CPU, or sleeps."""

    def __init__(self, has_work: bool):
        super().__init__(own_namespace=False)
        self.has_work = has_work
        self.delay_s = 0.0

    def sample(self, _: Iterable[int]) -> tuple[float, int, dict[str, float]]:
        return 0.0, 0, {"1": self.delay_s}

    def runnable(self) -> bool:
        return self.has_work


@pytest.mark.parametrize(("has_work", "stop"), [(True, None), (False, "idle")])
def test_a_task_that_still_waits_for_a_cpu_is_not_stopped(has_work: bool, stop: str | None) -> None:
    tree = Waiting(has_work)
    watch = Watch(LIMITS, NoGroup(), tree, count_tasks=False)
    time.sleep(0.3)
    assert watch.look() == stop
    assert watch.idle_s > 0.2


def test_a_wait_of_many_looks_counts_as_none_of_their_idleness() -> None:
    tree = Waiting(has_work=True)
    watch = Watch(LIMITS, NoGroup(), tree, count_tasks=False)
    for _ in range(30):
        time.sleep(0.01)
        assert watch.look() is None
    waited = time.monotonic() - watch.started
    tree.delay_s, tree.has_work = waited, False
    assert watch.look() is None
    assert watch.idle_s < 0.1
    for _ in range(100):
        time.sleep(0.01)
        if watch.look() == "idle":
            return
    raise AssertionError("sleep after a wait was not counted")


def becomes(tree: Tree, runnable: bool) -> bool:
    for _ in range(3000):
        if tree.runnable() == runnable:
            return True
        time.sleep(0.01)
    return False


def test_a_task_that_runs_is_runnable_and_one_that_sleeps_is_not() -> None:
    tree = Tree(own_namespace=False)
    with subprocess.Popen(["sleep", "600"]) as sleeper:
        assert becomes(tree, runnable=False)
        with subprocess.Popen(["sh", "-c", "while :; do :; done"]) as runner:
            assert becomes(tree, runnable=True)
            runner.kill()
        sleeper.kill()
