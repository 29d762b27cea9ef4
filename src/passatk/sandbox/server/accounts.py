"""Where a program's CPU time and memory are read and limited: cgroup v1, v2, or none."""

import os
from typing import TypedDict

from .kernel import cover


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


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _counter(path: str, name: str) -> int:
    """The number behind `name` in a file of `name number` lines."""
    for line in _read(path).splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


class NoGroup:
    """No cgroup: CPU time comes from reaped children, memory is watched by polling."""

    memory_enforced = False
    pids_enforced = False

    def begin(self, limits: StepLimits) -> None:
        """Set limits and remember readings, before a step."""

    def join(self) -> None:
        """Put the calling process in."""

    def cpu_s(self) -> float | None:
        """CPU seconds since `begin`; None where the group does not know."""
        return None

    def out_of_memory(self) -> bool:
        """The kernel killed something since `begin` for want of memory."""
        return False


class GroupV1(NoGroup):
    """cgroup v1: one folder per controller."""

    def __init__(self, folders: dict[str, str]):
        self._folders = folders
        self.memory_enforced = "memory" in folders
        self.pids_enforced = "pids" in folders
        self._ooms = 0

    def begin(self, limits: StepLimits) -> None:
        if memory := self._folders.get("memory"):
            _write(f"{memory}/memory.limit_in_bytes", str(limits["memory_bytes"]))
            self._ooms = self._oom_kills()
        if pids := self._folders.get("pids"):
            _write(f"{pids}/pids.max", str(limits["processes"]))
        if cpuacct := self._folders.get("cpuacct"):
            _write(f"{cpuacct}/cpuacct.usage", "0")

    def join(self) -> None:
        for folder in self._folders.values():
            _write(f"{folder}/cgroup.procs", "0")

    def cpu_s(self) -> float | None:
        cpuacct = self._folders.get("cpuacct")
        return int(_read(f"{cpuacct}/cpuacct.usage")) / 1e9 if cpuacct else None

    def _oom_kills(self) -> int:
        return _counter(f"{self._folders['memory']}/memory.oom_control", "oom_kill")

    def out_of_memory(self) -> bool:
        return self.memory_enforced and self._oom_kills() > self._ooms


class GroupV2(NoGroup):
    """cgroup v2: one folder; counters only grow, so a step is a difference."""

    def __init__(self, folders: dict[str, str]):
        self._folder = folders["unified"]
        self.memory_enforced = os.path.exists(f"{self._folder}/memory.max")
        self.pids_enforced = os.path.exists(f"{self._folder}/pids.max")
        self._cpu_before, self._ooms = 0.0, 0

    def begin(self, limits: StepLimits) -> None:
        if self.memory_enforced:
            _write(f"{self._folder}/memory.max", str(limits["memory_bytes"]))
            if os.path.exists(f"{self._folder}/memory.swap.max"):
                _write(f"{self._folder}/memory.swap.max", "0")
            self._ooms = self._oom_kills()
        if self.pids_enforced:
            _write(f"{self._folder}/pids.max", str(limits["processes"]))
        self._cpu_before = self._cpu_total()

    def join(self) -> None:
        _write(f"{self._folder}/cgroup.procs", "0")

    def _cpu_total(self) -> float:
        return _counter(f"{self._folder}/cpu.stat", "usage_usec") / 1e6

    def cpu_s(self) -> float | None:
        return self._cpu_total() - self._cpu_before

    def _oom_kills(self) -> int:
        return _counter(f"{self._folder}/memory.events", "oom_kill")

    def out_of_memory(self) -> bool:
        return self.memory_enforced and self._oom_kills() > self._ooms


def make_groups(configs: dict[str, GroupConfig]) -> dict[str, NoGroup]:
    """The slot's groups. Their folders are hidden from the program: only our own open descriptors lead there."""
    groups = {phase: _make_group(config) for phase, config in configs.items()}
    for hidden in {config["hide"] for config in configs.values()} - {None}:
        assert hidden is not None
        cover(hidden)
    return groups


def _make_group(config: GroupConfig) -> NoGroup:
    folders = {}
    for name, folder in config["folders"].items():
        fd = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        folders[name] = f"/proc/self/fd/{fd}"
    if config["version"] == 2:
        return GroupV2(folders)
    return GroupV1(folders) if config["version"] == 1 else NoGroup()
