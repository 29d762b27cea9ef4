"""Where a program's CPU time and memory are read and limited: cgroup v1, v2, or none.

The slot's server joins the program's group once, and all that it forks is born in it: to move a process the kernel
waits, some 10 ms, until no other one is amid a fork. What a supervisor uses is subtracted, and it is never the one that
the kernel kills for want of memory.
"""

import os
import time
from typing import Literal, TypedDict

from .descriptors import read_file
from .kernel import cover

MemoryKill = Literal["limit", "machine"]
"""Why the kernel killed something: the group reached its limit, or the machine as a whole had nothing left."""
_FILE_BYTES = 8192
OURS = 2
"""The server and the supervisor are in the group too."""


class StepLimits(TypedDict):
    """As `passatk.records.StepLimits`."""

    cpu_s: float
    idle_s: float
    memory_bytes: int
    output_bytes: int
    processes: int
    disk_bytes: int


class GroupConfig(TypedDict):
    """`folders` by controller (v1) or `unified` (v2); `hide`: the folder above them, to be hidden from the program."""

    version: int
    folders: dict[str, str]
    hide: str | None


class Folder:
    """An open folder of kernel files: reachable also when its path is hidden, and quicker than `open`."""

    def __init__(self, path: str):
        self._fd = os.open(path, os.O_PATH | os.O_DIRECTORY)
        self._said: dict[str, str] = {}

    def has(self, name: str) -> bool:
        return os.access(name, os.F_OK, dir_fd=self._fd)

    def open(self, name: str) -> int:
        """To be written to."""
        return os.open(name, os.O_WRONLY, dir_fd=self._fd)

    def write(self, name: str, text: str) -> None:
        fd = self.open(name)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)

    def say(self, name: str, text: str) -> None:
        """Write what stays as it is, unless it was written last."""
        if self._said.get(name) != text:
            self.write(name, text)
            self._said[name] = text

    def read(self, name: str) -> bytes:
        fd = os.open(name, os.O_RDONLY, dir_fd=self._fd)
        try:
            return os.read(fd, _FILE_BYTES)
        finally:
            os.close(fd)

    def counter(self, name: str, key: str) -> int:
        """The number behind `key` in a file of `key number` lines; 0 where there is none."""
        for line in self.read(name).splitlines():
            found, _, value = line.partition(b" ")
            if found == key.encode():
                return int(value)
        return 0


class NoGroup:
    """No cgroup: CPU time comes from reaped children, memory is watched by polling."""

    memory_enforced = False
    pids_enforced = False
    counts_cpu = False
    """Whether it knows the CPU time of what still lives."""

    def __init__(self) -> None:
        self._machine_kills = 0
        self.ours = OURS
        """Threads in the group that are none of a program, those of parents too."""

    def begin(self, limits: StepLimits) -> None:  # noqa: ARG002 - for those that can set some
        """Set limits and remember readings, before a step."""
        self._machine_kills = _kills_of_the_machine()

    def join(self) -> None:
        """Put the calling process in, and so all that it will fork."""

    def doors(self) -> list[int]:
        """Open files: who writes `0` to them all is in."""
        return []

    def cpu_s(self) -> float | None:
        """CPU seconds since `begin`, without those of the calling process; None where the group does not know."""
        return None

    def memory_kill(self, main_killed: bool) -> MemoryKill | None:
        """Whether and why the kernel killed something since `begin` for want of memory.

        Args:
            main_killed: the step's main process was ended by SIGKILL, and not by us: all there is to go by without a
                memory controller. It is believed when the machine has killed for memory meanwhile.
        """
        return "machine" if main_killed and _kills_of_the_machine() > self._machine_kills else None


def _kills_of_the_machine() -> int:
    _, found, rest = read_file("/proc/vmstat").partition(b"\noom_kill ")
    return int(rest.split(None, 1)[0]) if found else 0


class GroupV1(NoGroup):
    """cgroup v1: one folder per controller."""

    def __init__(self, folders: dict[str, Folder]):
        super().__init__()
        self._folders = folders
        self._memory = folders.get("memory")
        self._own_before = 0.0
        self.memory_enforced = self._memory is not None
        self.pids_enforced = "pids" in folders
        self.counts_cpu = "cpuacct" in folders
        self._kills = 0

    def begin(self, limits: StepLimits) -> None:
        if self._memory is None:
            super().begin(limits)
        else:
            self._memory.say("memory.limit_in_bytes", str(limits["memory_bytes"]))
            self._memory.write("memory.failcnt", "0")
            self._kills = self._memory.counter("memory.oom_control", "oom_kill")
        if pids := self._folders.get("pids"):
            pids.say("pids.max", str(limits["processes"] + self.ours))
        if cpuacct := self._folders.get("cpuacct"):
            time.process_time()  # what is read is in the account: now, not after its reset
            cpuacct.write("cpuacct.usage", "0")
        self._own_before = time.process_time()

    def join(self) -> None:
        for folder in self._folders.values():
            folder.write("cgroup.procs", "0")

    def doors(self) -> list[int]:
        return [folder.open("cgroup.procs") for folder in self._folders.values()]

    def cpu_s(self) -> float | None:
        own = time.process_time() - self._own_before  # first, as above
        cpuacct = self._folders.get("cpuacct")
        return max(0.0, int(cpuacct.read("cpuacct.usage")) / 1e9 - own) if cpuacct else None

    def memory_kill(self, main_killed: bool) -> MemoryKill | None:
        if self._memory is None:
            return super().memory_kill(main_killed)
        if self._memory.counter("memory.oom_control", "oom_kill") <= self._kills:
            return None
        return "limit" if int(self._memory.read("memory.failcnt")) else "machine"


class GroupV2(NoGroup):
    """cgroup v2: one folder; counters only grow, so a step is a difference."""

    counts_cpu = True

    def __init__(self, folder: Folder):
        super().__init__()
        self._folder = folder
        self.memory_enforced = folder.has("memory.max")
        self.pids_enforced = folder.has("pids.max")
        self._swap_limited = folder.has("memory.swap.max")
        self._cpu_before, self._kills, self._ooms = 0.0, 0, 0

    def begin(self, limits: StepLimits) -> None:
        if self.memory_enforced:
            self._folder.say("memory.max", str(limits["memory_bytes"]))
            if self._swap_limited:
                self._folder.say("memory.swap.max", "0")
            self._kills = self._folder.counter("memory.events", "oom_kill")
            self._ooms = self._folder.counter("memory.events", "oom")
        else:
            super().begin(limits)
        if self.pids_enforced:
            self._folder.say("pids.max", str(limits["processes"] + self.ours))
        self._cpu_before = self._cpu_total()

    def join(self) -> None:
        self._folder.write("cgroup.procs", "0")

    def doors(self) -> list[int]:
        return [self._folder.open("cgroup.procs")]

    def _cpu_total(self) -> float:
        own = time.process_time()
        return self._folder.counter("cpu.stat", "usage_usec") / 1e6 - own

    def cpu_s(self) -> float | None:
        return max(0.0, self._cpu_total() - self._cpu_before)

    def memory_kill(self, main_killed: bool) -> MemoryKill | None:
        if not self.memory_enforced:
            return super().memory_kill(main_killed)
        if self._folder.counter("memory.events", "oom_kill") <= self._kills:
            return None
        return "limit" if self._folder.counter("memory.events", "oom") > self._ooms else "machine"


def make_groups(configs: dict[str, GroupConfig]) -> dict[str, NoGroup]:
    """The slot's groups. Their folders are hidden from programs: only our own open descriptors lead there."""
    groups = {phase: _make_group(config) for phase, config in configs.items()}
    for hidden in {config["hide"] for config in configs.values()} - {None}:
        assert hidden is not None
        cover(hidden)
    return groups


def _make_group(config: GroupConfig) -> NoGroup:
    folders = {name: Folder(path) for name, path in config["folders"].items()}
    if config["version"] == 2:
        return GroupV2(folders["unified"])
    return GroupV1(folders) if config["version"] == 1 else NoGroup()
