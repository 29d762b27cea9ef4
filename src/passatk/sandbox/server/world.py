"""The world of one program: its file systems, identity and environment; building and running it there."""

import contextlib
import os
import signal
from collections.abc import Iterable
from typing import TypedDict

from . import kernel
from .accounts import GroupConfig, NoGroup, StepLimits, make_groups
from .step import Facts, StepRequest, run_step
from .watch import Tree

_INODES = 16384
_SCRATCH = "/passatk/scratch"


class Config(TypedDict):
    """What a slot is: the same for all its programs."""

    namespaced: bool
    switch_user: bool
    """Programs run as `uid`; else as this process's own user, without privileges."""
    own_user: bool
    """The slot has a user namespace of its own."""
    uid: int
    work: str
    keep: list[str]
    """Toolchains that lie where a program has its own files (under /tmp, say) and must stay readable there."""
    cgroups: dict[str, GroupConfig]
    """For `build` and `run`: what a compiler leaves behind must not count against the program."""


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
        self._groups: dict[str, NoGroup] = {}
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
        self._groups = make_groups(self._config["cgroups"])

    def begin(self, phase: str) -> None:
        """Steps from here on belong to `build` or `run`."""
        self.group = self._groups[phase]

    def _mount_all(self, disk_bytes: int) -> None:
        private = kernel.MS_NOSUID | kernel.MS_NODEV
        kept = {path: os.open(path, os.O_PATH) for path in self._config["keep"]}
        kernel.mount("proc", "/proc", "proc", private | kernel.MS_NOEXEC)
        kernel.mount("tmpfs", _SCRATCH, "tmpfs", private, f"size={disk_bytes},nr_inodes={_INODES},mode=755")
        for name, target in (("box", self.folder), ("tmp", "/tmp"), ("shm", "/dev/shm")):
            folder = f"{_SCRATCH}/{name}"
            os.mkdir(folder)
            os.chmod(folder, 0o755 if name == "box" else 0o1777)
            if self._config["switch_user"]:
                os.chown(folder, self._config["uid"], self._config["uid"])
            kernel.mount(folder, target, None, kernel.MS_BIND)
        for path, fd in kept.items():
            os.makedirs(path)
            kernel.mount(f"/proc/self/fd/{fd}", path, None, kernel.MS_BIND | kernel.MS_REC)
            os.close(fd)

    def write_files(self, files: Iterable[tuple[str, str]]) -> None:
        """The program's files, in its folder, owned by its account."""
        for path, text in files:
            full = os.path.join(self.folder, path)
            self._make_folders(os.path.dirname(path))
            with open(full, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
                self.give([file.fileno()])

    def _make_folders(self, path: str) -> None:
        """The folders of a relative path, each owned by the program's account."""
        if not path or os.path.isdir(os.path.join(self.folder, path)):
            return
        self._make_folders(os.path.dirname(path))
        full = os.path.join(self.folder, path)
        os.mkdir(full)
        if self._config["switch_user"]:
            os.chown(full, self._config["uid"], self._config["uid"])

    def remove_files(self, files: Iterable[tuple[str, str]]) -> None:
        """After a build, sources and tests are nothing for the program to read."""
        for path, _ in files:
            with contextlib.suppress(OSError):  # the compiler may have done what it liked
                os.unlink(os.path.join(self.folder, path))

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
    world.begin("build")
    for step in request["build"]:
        build, _ = run_step(step, request["limits"]["build"], world, proof=False)
        if build["exit_code"] != 0 or build["stopped_by"]:
            return Reply(build=build, run=None, proof=False, fault=None)
    if build is not None:
        world.remove_files(request["files"])
    world.begin("run")
    run, proof = run_step(request["run"], request["limits"]["run"], world, proof=True)
    return Reply(build=build, run=run, proof=proof, fault=None)
