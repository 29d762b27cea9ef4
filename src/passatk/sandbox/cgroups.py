"""cgroups for slots: found by doing, v2 or v1, used where they can be made, cleaned up after crashes.

A slot's cgroup limits memory and processes for that slot's program alone and reads its CPU time; the driver makes it,
the slot server uses it.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

from passatk.records import Record
from passatk.regex import regex

_NAME = regex(r"passatk-(?P<namespace>\d+)-(?P<pid>\d+)-\d+")
_DEPTH = 8
_V1_CONTROLLERS = ("memory", "pids", "cpuacct")
_numbers = itertools.count()
_TRIES = 3
_ENDING_S = 2.0


class SlotGroup(Record, frozen=True, kw_only=True):
    """One slot's cgroup: `folders` by controller (v1), or `unified` (v2). Version 0: there is none."""

    version: int
    folders: dict[str, str]

    def close(self) -> None:
        """Remove it. A process that takes longer than _ENDING_S to end keeps its folder: the next sweep has it."""
        deadline = time.monotonic() + _ENDING_S
        for folder in self.folders.values():
            while not _removed(folder) and time.monotonic() < deadline:
                time.sleep(0.005)


NO_GROUP = SlotGroup(version=0, folders={})


class Parents(Record, frozen=True, kw_only=True):
    """Folders in which slot cgroups can be made on this machine."""

    version: int
    folders: dict[str, str]
    roots: tuple[str, ...] = ()
    """Where the hierarchies are mounted: other runs, of other sessions, may have had other folders."""

    def make(self) -> SlotGroup:
        """A new cgroup; `OSError` when the machine no longer lets us."""
        name = f"passatk-{_pid_namespace()}-{os.getpid()}-{next(_numbers)}"
        made = {}
        for controller, folder in self.folders.items():
            path = os.path.join(folder, name)
            os.mkdir(path)
            made[controller] = path
        return SlotGroup(version=self.version, folders=made)

    def sweep(self) -> int:
        """Remove the cgroups of passatk processes that are gone, wherever they were made; return how many."""
        removed = 0
        for root in self.roots:
            for folder, below, _ in os.walk(root):
                for name in [name for name in below if _is_abandoned(name)]:
                    removed += _removed(os.path.join(folder, name))
                if folder.count("/") - root.count("/") >= _DEPTH:
                    below.clear()
        return removed


NO_PARENTS = Parents(version=0, folders={})


def _pid_namespace() -> int:
    return os.stat("/proc/self/ns/pid").st_ino


def _is_abandoned(name: str) -> bool:
    """A slot's cgroup whose process is gone; those of other containers are not ours to tell."""
    owner = _NAME.fullmatch(name)
    if owner is None or int(owner["namespace"]) != _pid_namespace():
        return False
    return not os.path.exists(f"/proc/{owner['pid']}")


def _removed(folder: str) -> bool:
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def find_parents() -> Parents:
    """The best place where this process can really make, limit and remove a cgroup; version 0 when there is none."""
    for candidate in _candidates():
        if _works(candidate):
            return candidate
    return NO_PARENTS


def _candidates() -> Iterator[Parents]:
    mounts: dict[str, str] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        target = left.split()[4]
        if kind == "cgroup2":
            mounts.setdefault("unified", target)
        elif kind == "cgroup":
            for option in options.split()[-1].split(","):
                mounts.setdefault(option, target)
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(",") if controllers else ["unified"]:
            own[controller] = path
    if unified := mounts.get("unified"):
        for path in (own.get("unified", "/"), "/"):
            yield Parents(version=2, folders={"unified": os.path.normpath(unified + path)}, roots=(unified,))
    v1 = {c: os.path.normpath(mounts[c] + own.get(c, "/")) for c in _V1_CONTROLLERS if c in mounts}
    if v1:
        yield Parents(version=1, folders=v1, roots=tuple(dict.fromkeys(mounts[c] for c in v1)))


def _works(parents: Parents) -> bool:
    """Make a group, set a limit, join it with a short-lived child, remove it."""
    try:
        group = parents.make()
    except OSError:
        return False
    try:
        if parents.version == 2:
            folder = group.folders["unified"]
            if not os.path.exists(f"{folder}/memory.max"):
                return False
            Path(folder, "memory.max").write_text(str(1 << 30))
        elif "memory" in group.folders:
            Path(group.folders["memory"], "memory.limit_in_bytes").write_text(str(1 << 30))
        for _ in range(_TRIES):
            child = os.fork()
            if child == 0:
                _join_and_exit(group)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):  # killed by a stranger: that says nothing about the group
                return status == 0
        return False
    except OSError:
        return False
    finally:
        group.close()


def _join_and_exit(group: SlotGroup) -> None:
    code = 1
    with contextlib.suppress(OSError):
        for folder in group.folders.values():
            Path(folder, "cgroup.procs").write_text("0")
        code = 0
    os._exit(code)
