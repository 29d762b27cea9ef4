"""The world of one program: its file systems, identity and environment; building and running it there."""

import os
import signal
from collections.abc import Iterable
from typing import TypedDict

from . import kernel
from .accounts import GroupConfig, NoGroup, StepLimits, make_group
from .step import Facts, StepRequest, run_step
from .watch import Tree

_INODES = 16384


class Config(TypedDict):
    """What a slot is: the same for all its programs."""

    namespaced: bool
    switch_user: bool
    """Programs run as `uid`; else as this process's own user, without privileges."""
    own_user: bool
    """The slot has a user namespace of its own."""
    uid: int
    work: str
    cgroup: GroupConfig


class Request(TypedDict):
    """A program to build and run."""

    files: list[tuple[str, str]]
    build: list[StepRequest]
    run: StepRequest
    limits: dict[str, StepLimits]
    disk_bytes: int
    cpu: int | None
    env: dict[str, str]


class Reply(TypedDict):
    """Facts of the last build step and of the run."""

    build: Facts | None
    run: Facts | None
    proof: bool
    fault: str | None


def fault(reason: str) -> Reply:
    """The reply when nothing can be said of the program."""
    return Reply(build=None, run=None, proof=False, fault=reason)


class World:
    """What all steps of one program share."""

    def __init__(self, config: Config, request: Request):
        self._config = config
        self.own_user = config["own_user"]
        self.environment = request["env"]
        self.cpu = request["cpu"]
        self.folder = config["work"]
        self.group = NoGroup()
        self.tree = Tree(config["namespaced"])

    def enter(self, disk_bytes: int) -> None:
        """In the supervisor: fresh file systems, nothing shared with the slot or other programs."""
        kernel.hide_from_ptrace()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as pid 1, signals without a handler cannot reach us
        if self._config["namespaced"]:
            self._mount_all(disk_bytes)
        else:
            kernel.become_subreaper()
            os.mkdir(self.folder)
        self.group = make_group(self._config["cgroup"])

    def _mount_all(self, disk_bytes: int) -> None:
        private = kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("proc", "/proc", "proc", private | kernel.MS_NOEXEC)
        kernel.mount("tmpfs", "/scratch", "tmpfs", private, f"size={disk_bytes},nr_inodes={_INODES},mode=755")
        for name, target in (("work", self.folder), ("tmp", "/tmp"), ("shm", "/dev/shm")):
            folder = f"/scratch/{name}"
            os.mkdir(folder)
            os.chmod(folder, 0o755 if name == "work" else 0o1777)
            if self._config["switch_user"]:
                os.chown(folder, self._config["uid"], self._config["uid"])
            kernel.mount(folder, target, None, kernel.MS_BIND)

    def write_files(self, files: Iterable[tuple[str, str]]) -> None:
        """The program's files, in its folder, owned by its account."""
        for path, text in files:
            full = os.path.join(self.folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
                self.give([file.fileno()])

    def give(self, descriptors: Iterable[int]) -> None:
        """Make the program's account the owner, so that it can reopen them under /proc/self/fd."""
        if self._config["switch_user"]:
            for fd in descriptors:
                os.fchown(fd, self._config["uid"], self._config["uid"])

    def drop_privileges(self) -> None:
        """In the program's process, last before it starts."""
        uid = self._config["uid"]
        if self._config["switch_user"]:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        if self._config["namespaced"]:
            kernel.drop_capabilities()
        kernel.no_new_privileges()


def judge_in(world: World, request: Request) -> Reply:
    """As the program's pid 1: build and run it."""
    world.enter(request["disk_bytes"])
    world.write_files(request["files"])
    build: Facts | None = None
    for step in request["build"]:
        build, _ = run_step(step, request["limits"]["build"], world, proof=False)
        if build["exit_code"] != 0 or build["stopped_by"]:
            return Reply(build=build, run=None, proof=False, fault=None)
    run, proof = run_step(request["run"], request["limits"]["run"], world, proof=True)
    return Reply(build=build, run=run, proof=proof, fault=None)
