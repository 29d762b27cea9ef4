"""The live process tree of a program, and which limit it has passed."""

import contextlib
import os
import resource
import signal
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from .accounts import NoGroup, StepLimits
from .descriptors import read_file

_WATCH_S = 0.25  # longest pause between two looks at a running step
_MEMORY_WATCH_S = 0.01  # the same where no cgroup enforces the memory limit
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Tree:
    """The processes below the supervisor: all others of its PID namespace, or, without one, its descendants."""

    def __init__(self, own_namespace: bool):
        self.own_namespace = own_namespace
        self._seen: dict[str, float] = {}

    def seen_cpu_s(self) -> float:
        """CPU seconds of all processes ever sampled: of children whose end is ignored the kernel keeps no account."""
        return sum(self._seen.values())

    def forget(self) -> None:
        """A new step begins."""
        self._seen.clear()

    def memory_bytes(self, pids: Iterable[int]) -> int:
        """What these hold, pages that several of them share counted once; slower than `sample`."""
        total = 0
        for pid in pids:
            try:
                lines = read_file(f"/proc/{pid}/smaps_rollup").splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith(b"Pss:")) * 1024
            except (OSError, StopIteration):
                with contextlib.suppress(OSError):
                    total += int(read_file(f"/proc/{pid}/statm").split()[1]) * _PAGE  # closed to us, or just ended
        return total

    def pids(self) -> list[int]:
        """Living ones, as far as one look can tell."""
        if self.own_namespace:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        found: list[int] = []
        queue = [os.getpid()]
        while queue:
            try:
                children = [int(pid) for pid in read_file(f"/proc/{queue[0]}/task/{queue[0]}/children").split()]
            except OSError:
                children = []
            found += children
            queue = queue[1:] + children
        return found

    def many(self, pids: Sequence[int], most: int) -> bool:
        """Whether these have more threads than that."""
        threads = 0
        for pid in pids if len(pids) <= most else ():
            with contextlib.suppress(OSError, IndexError):  # it has ended
                threads += int(_stat(f"/proc/{pid}")[17])
        return max(threads, len(pids)) > most

    def sample(self, pids: Iterable[int]) -> tuple[float, int, dict[str, float]]:
        """(CPU seconds with waited children, resident bytes, {task: seconds it waited for a CPU}) of these."""
        cpu, resident = 0.0, 0
        delays: dict[str, float] = {}
        for pid in pids:
            try:
                fields = _stat(f"/proc/{pid}")
                ticks_s, run_s = sum(map(int, fields[11:13])) / _TICKS, 0.0
                cpu += sum(map(int, fields[11:15])) / _TICKS
                started = f"{pid} {fields[19].decode()}"
                self._seen[started] = ticks_s
                resident += int(fields[21]) * _PAGE
                for task in os.listdir(f"/proc/{pid}/task"):
                    run_ns, delay_ns, _ = map(int, read_file(f"/proc/{pid}/task/{task}/schedstat").split())
                    delays[task] = delay_ns / 1e9
                    run_s += run_ns / 1e9
                # ticks are cut off, for each of many processes; the exact account knows no threads that have ended
                cpu += max(0.0, run_s - ticks_s)
                self._seen[started] = max(ticks_s, run_s)
            except (OSError, IndexError):
                continue  # it ended while we looked
        return cpu, resident, delays

    def runnable(self) -> bool:
        """Whether one of them has work to do: it runs, or waits for a CPU."""
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    if _stat(f"/proc/{pid}/task/{task}")[0] == b"R":
                        return True
        return False

    def kill(self) -> None:
        """Kill them all; those born meanwhile are for the next call."""
        if self.own_namespace:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            return
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def reap_all(tree: Tree) -> int:
    """Wait for all processes below us; return the largest resident size in bytes."""
    peak = 0
    while True:
        try:
            pid, _, usage = os.wait4(-1, 0 if tree.own_namespace else os.WNOHANG)
        except ChildProcessError:
            return peak
        peak = max(peak, usage.ru_maxrss * 1024)
        if pid == 0:  # without a namespace, new orphans may have been born since the last kill
            tree.kill()
            time.sleep(0.001)


def peak_of(pid: int) -> int:
    """The largest resident size of a living process in bytes; 0 if it has ended."""
    with contextlib.suppress(OSError, IndexError):
        return int(read_file(f"/proc/{pid}/status").partition(b"\nVmHWM:")[2].split(None, 1)[0]) * 1024
    return 0


def children_cpu_s() -> float:
    """CPU seconds of all reaped descendants of this process."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _stat(folder: str) -> list[bytes]:
    """The fields after the name, which may contain anything."""
    return read_file(f"{folder}/stat").rpartition(b")")[2].split()


def _own_delay_s() -> float:
    try:
        return int(read_file("/proc/self/schedstat").split()[1]) / 1e9
    except OSError:
        return 0.0  # this kernel does not count it


class Beside(Protocol):
    """A process that a step's own may wait for."""

    def used_s(self) -> float: ...

    def runnable(self) -> bool: ...


class Watch:
    """Decides, while a step runs, whether a limit is passed."""

    def __init__(self, limits: StepLimits, group: NoGroup, tree: Tree, count_tasks: bool):
        self._count_tasks = count_tasks
        self._limits, self._group, self._tree = limits, group, tree
        tree.forget()
        self._reaped_before = children_cpu_s()
        self.started = self._looked = time.monotonic()
        self._cpu = 0.0
        self._delays: dict[str, float] = {}
        self._cpus = len(os.sched_getaffinity(0))
        self.served = False
        """Since the last look the program had to wait for bytes from us."""
        self._own_delay = _own_delay_s()
        self.idle_s = 0.0
        self.examiner: Beside | None = None
        """While it runs, or waits for a CPU, its program is not idle."""
        self._examined = 0.0
        self.reaped_elsewhere_s = 0.0
        """CPU seconds of processes of the step that another process has waited for."""
        self.peak_bytes = 0

    def cpu_s(self, live_s: float = 0.0) -> float:
        """CPU seconds of the step so far; `live_s` is what processes not yet reaped have used."""
        counted = self._group.cpu_s()
        if counted is not None:
            return counted
        reaped_s = children_cpu_s() - self._reaped_before + self.reaped_elsewhere_s
        return max(live_s + reaped_s, self._tree.seen_cpu_s())

    def look(self) -> str | None:
        """Take a sample; return the limit it passes: `cpu`, `memory`, `idle` or None."""
        now = time.monotonic()
        pids = self._tree.pids()
        if self._count_tasks and self._tree.many(pids, self._limits["processes"]):
            return "memory"  # before a bomb grows while each of its processes is looked at
        live_s, resident, delays = self._tree.sample(pids)
        cpu = self.cpu_s(live_s)
        waits = [max(0.0, delay - self._delays.get(task, 0.0)) for task, delay in delays.items()]
        window = now - self._looked
        examined = self._examined_s()
        served = self._delay_of_service() + examined
        # neither ran nor waited for a CPU, nor for its examiner: asleep
        asleep = max(0.0, window - max(0.0, cpu - self._cpu) - sum(waits) - served)
        # a wait is told when it is over: what lay before this window was taken for sleep
        told_late = max(0.0, max(waits, default=0.0) - window) + max(0.0, examined - window)
        self.idle_s = max(0.0, self.idle_s + asleep - told_late)
        self._looked, self._cpu, self._delays = now, max(cpu, self._cpu), delays
        if not self._group.memory_enforced and resident > self._limits["memory_bytes"]:
            resident = self._tree.memory_bytes(pids)
        self.peak_bytes = max(self.peak_bytes, resident)
        if self._cpu > self._limits["cpu_s"]:
            return "cpu"
        if not self._group.memory_enforced and resident > self._limits["memory_bytes"]:
            return "memory"
        if self.idle_s > self._limits["idle_s"] and not (self._tree.runnable() or self._examiner_runnable()):
            return "idle"
        return None

    def _examined_s(self) -> float:
        """Seconds since the last look in which the examiner ran, or waited for a CPU."""
        if self.examiner is None:
            return 0.0
        before, self._examined = self._examined, self.examiner.used_s()
        return max(0.0, self._examined - before)

    def _examiner_runnable(self) -> bool:
        return self.examiner is not None and self.examiner.runnable()

    def _delay_of_service(self) -> float:
        """Seconds since the last look in which we waited for a CPU, if the program was waiting for us."""
        before, self._own_delay = self._own_delay, _own_delay_s()
        served, self.served = self.served, False
        return self._own_delay - before if served else 0.0

    def pause_s(self) -> float:
        """How long no limit can be passed, so that nobody needs to look."""
        if not self._group.memory_enforced:
            return _MEMORY_WATCH_S
        cpu_left = (self._limits["cpu_s"] - self._cpu) / self._cpus
        idle_left = self._limits["idle_s"] - self.idle_s
        return max(0.002, min(cpu_left, idle_left, _WATCH_S))
