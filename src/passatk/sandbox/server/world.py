"""A slot, and the world of a program in it: file systems, identity and environment; building and running it there."""

import _socket
import binascii
import contextlib
import os
import signal
import stat
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from . import kernel
from .accounts import OURS, make_groups
from .births import EARLY, RUN, Adopted, Born, Own
from .descriptors import read_all, read_file, write_all
from .entropy import SCRATCH, Entropy
from .examiner import Room
from .faults import check_build
from .kept import Whole, of_case
from .lowering import count_of
from .nursery import IN_GROUP, Nursery
from .pages import Pages
from .parents import Desk, Parent, Running
from .request import CaseRequest, Config, Facts, Reply, Request, StepRequest, case_reply, reply
from .resident import Resident
from .seccomp import compile_filter
from .step import Waiting, become
from .trace import Snapshot
from .warm import warm_up
from .watch import Tree

_INODES = 16384
_MOST_WORDS = 6000
_LEAST_DISK = 1 << 20
"""Until the program comes, and with it how much it may have."""
_PRIVATE = kernel.MS_NOSUID | kernel.MS_NODEV
_BOX = "box"
_FOLDERS = ((_BOX, 0o755), ("tmp", 0o1777), ("shm", 0o1777))
"""Of the program's own, below one file system: where it runs, /tmp and /dev/shm."""
_PID = 100
_IPC_ROWS = {"shm": 1, "msg": 0, "sem": 0}
"""What is there before a program runs: the segment that vouches for devices."""
ONE_CPU_PROC = "/passatk/proc"
"""Files to show in place of those in /proc."""


class Slot:
    """What is made once and serves all programs of a slot."""

    def __init__(self, config: Config, namespaces: kernel.PidNamespaces | None):
        """In the server's own namespaces. Without a sandbox, there is next to nothing."""
        self.config, self._namespaces = config, namespaces
        self.cpu = config["cpu"]
        self.folder, self.environment = config["work"], config["env"]
        self.filter_program = (config["system_call_filter"] and compile_filter(os.uname().machine)) or b""
        self.filter = kernel.prepared_filter(self.filter_program) if self.filter_program else None
        self.entropy: Entropy | None = None
        if config["namespaced"]:
            kernel.unshare(kernel.CLONE_NEWNS)  # bubblewrap's own belongs to a user namespace above ours
            kernel.make_read_only("/dev")
            with contextlib.suppress(OSError):  # then there are no parents
                kernel.keep_capabilities()
            kernel.bound_capabilities()
        self.groups = make_groups(config["cgroups"])
        self.count = count_of(config, self.groups["program"])
        self.room = Room(config, self.groups["tools"].join, self._lower_examiner)
        self.parents = [Parent(parent, self) for parent in config["parents"]]
        self.nursery, self.desk = Nursery(), Desk(self._parent)
        self.usual_parent: str | None = None
        """In a supervisor: that of the last program, so it is likely to be the next one's. None: the server."""
        self.usually_built = False
        """In a supervisor: whether the last program had a build, so it is likely that the next has."""
        self.usually_warm = False
        """In a supervisor: whether the last program was run by a warm tool."""
        self.found_parents: dict[str, _socket.socket | None] = {}
        """In a supervisor: those that were asked for."""
        if config["namespaced"]:
            kernel.unshare(kernel.CLONE_NEWNET)  # whose /proc/net does not list the sockets made before
            self.entropy = Entropy()
        self.warm = warm_up(config["warm"], config["env"])
        self.pages = Pages()
        self.residents = [Resident(tool, config["env"], self._become_tool) for tool in config["resident"]]
        self.group = self.groups["program"]
        self.group.ours = self._ours = OURS + (IN_GROUP if config["namespaced"] else 0)
        self.group.join()
        if config["namespaced"]:
            self.mounts = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
            kernel.unshare(kernel.CLONE_NEWCGROUP)  # to programs their group is the root, in every slot
        mount = kernel.prepared_mount
        self.mounts_before = [
            mount("proc", "/proc", "proc", _PRIVATE | kernel.MS_NOEXEC),
            *(mount(f"{ONE_CPU_PROC}/{name}", f"/proc/{name}", None, kernel.MS_BIND) for name in _one_cpu_files()),
            mount("tmpfs", SCRATCH, "tmpfs", _PRIVATE, f"{_tmpfs(_LEAST_DISK)},mode=755"),
        ]
        targets = {_BOX: config["work"], "tmp": "/tmp", "shm": "/dev/shm"}
        self.mounts_after = [
            mount(f"{SCRATCH}/{name}", target, None, kernel.MS_BIND) for name, target in targets.items()
        ]

    def _parent(self, number: int) -> tuple[Running | None, int]:
        assert self._namespaces is not None
        running = self.parents[number].running(self._namespaces.aside)
        self.group.ours = self._ours + sum(parent.threads for parent in self.parents)
        return running, self.group.ours

    def parent(self, name: str) -> _socket.socket | None:
        """In a supervisor: a socket to that parent; None: it is not to be had."""
        if name not in self.found_parents:
            self.found_parents[name] = None
            if name in (names := [parent["name"] for parent in self.config["parents"]]):
                self.found_parents[name], self.group.ours = self.desk.ask(names.index(name))
        return self.found_parents[name]

    def _become_tool(self) -> None:
        """In the process of a resident tool, last before it starts."""
        self.groups["tools"].join()
        self._lower(self.config["uid"])

    def _lower_examiner(self) -> None:
        self._lower(self.config["examiner_uid"])

    def become(self, given: Sequence[int], purpose: int, first: Callable[[], None]) -> NoReturn:
        """In a process that is to be a command of a program."""
        become(self, given, purpose, first)

    def drop_privileges(self) -> None:
        """In the process of a program, last before it starts."""
        if self.count.namespace is not None:
            kernel.enter_namespace(self.count.namespace, kernel.CLONE_NEWUSER)
            kernel.bound_capabilities()  # entering gave them all, in there
        self._lower(self.config["uid"])

    def _lower(self, uid: int) -> None:
        """In the process of a program, a tool or an examiner: to this account, without privileges."""
        if self.config["switch_user"]:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        if self.config["namespaced"]:
            kernel.drop_capabilities()
        kernel.no_new_privileges()
        if self.filter:
            self.filter()


class World:
    """What all steps of one program share."""

    def __init__(self, slot: Slot):
        self._slot = slot
        config = self._config = slot.config
        self.folder, self.group, self.count = slot.folder, slot.group, slot.count
        self.tree = Tree(config["namespaced"])
        self.entropy = slot.entropy
        self.room = slot.room
        self.residents = {tool.name: (number, tool) for number, tool in enumerate(slot.residents)}
        self.variation = 0
        self.finish: Callable[[], object] = lambda: None
        """Called when the reply was sent: what was left to do then."""
        self.wanted: int | None = None
        """The number of a resident tool to start, or to start again, when this program is done."""

    def enter(self) -> None:
        """In the supervisor: fresh file systems, nothing shared with the slot or other programs."""
        kernel.hide_from_ptrace()
        kernel.reset_signal(signal.SIGINT)  # as pid 1, signals without a handler cannot reach us
        if self._config["namespaced"]:
            kernel.enter_namespace(self._slot.mounts, kernel.CLONE_NEWNS)
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
            self._mount_all()
            kernel.vouch_for_devices()
        else:
            kernel.become_subreaper()
            os.mkdir(self.folder)

    def admit(self, request: Request) -> None:
        """The program that this world was made for."""
        self.variation = request["variation"]
        if self._config["namespaced"]:
            kernel.mount(None, self.folder, None, kernel.MS_REMOUNT | _PRIVATE, _tmpfs(request["disk_bytes"]))
        self.write_files(request["files"])
        self.write_files(((path, binascii.a2b_base64(content)) for path, content in request["made"]), mode=0o777)

    def bear(self, given: Sequence[int], others: Sequence[int], purpose: int, parent: str | None) -> Born:
        """A process that becomes a command of the program. `others` are descriptors that it must not have."""
        if self._config["namespaced"]:
            socket = None if parent is None else self._slot.parent(parent)
            if socket is not None:
                return Adopted(socket, given, purpose & RUN, of_parent=True, users=self.count.namespace)
            return Adopted(self._slot.nursery.births.server, given, purpose)
        return Own(self._slot.become, given, others, purpose)

    def next_for(self, parent: str | None, early: bool = False) -> Waiting:
        """A process that waits to run a program, the child of that parent if it can be."""
        if self._config["namespaced"]:
            kernel.number_next(_PID)  # the same always: how many processes a compiler had is chance
        return Waiting(self, RUN | EARLY if early else RUN, parent)

    def next(self) -> Waiting | None:
        """For the next program, whatever it is: one like the last, most likely. None for one with a build."""
        if self._slot.usually_built:
            return None
        return self.next_for(self._slot.usual_parent, self._slot.usually_warm)

    def expect(self, parent: str | None, built: bool, warm: bool) -> None:
        """How the next program begins, see `next`."""
        slot = self._slot
        slot.usual_parent, slot.usually_built, slot.usually_warm = parent, built, warm

    def snapshot(self) -> Snapshot:
        """Of all that the program can write to, before it runs."""
        return Snapshot([self.folder, "/tmp", "/dev/shm"] if self._config["namespaced"] else [self.folder])

    def renew(self, snapshot: Snapshot) -> None:
        """Between two runs of a program: nothing of the first is left."""
        snapshot.restore()
        if self._config["namespaced"] and any(_rows_of(kind) != rows for kind, rows in _IPC_ROWS.items()):
            kernel.unshare(kernel.CLONE_NEWIPC)
            kernel.vouch_for_devices()

    def _mount_all(self) -> None:
        kept = {path: os.open(path, os.O_PATH) for path in self._config["keep"]}
        for mount in self._slot.mounts_before:
            mount()
        os.umask(0)
        for name, mode in _FOLDERS:
            os.mkdir(f"{SCRATCH}/{name}", mode)
        os.umask(0o022)
        if self._config["switch_user"]:
            os.chown(f"{SCRATCH}/{_BOX}", self._config["uid"], self._config["uid"])
        for mount in self._slot.mounts_after:
            mount()
        for path, fd in kept.items():
            _make_place(path, stat.S_ISDIR(os.fstat(fd).st_mode))
            kernel.mount(f"/proc/self/fd/{fd}", path, None, kernel.MS_BIND | kernel.MS_REC)
            os.close(fd)
        kernel.unmount(SCRATCH)  # what is bound elsewhere lives on there

    def write_files(self, files: Iterable[tuple[str, str | bytes]], mode: int = 0o666) -> None:
        """Files of the program, in its folder, owned by its account."""
        for path, text in files:
            full = os.path.join(self.folder, path)
            self._make_folders(os.path.dirname(path))
            fd = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            write_all(fd, text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
            self.give([fd])
            os.close(fd)

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

    def contents(self, path: str) -> list[tuple[str, str]]:
        """A file in the program's folder, or all files below a folder of it: (path, content in base64).

        Raises:
            OSError: it is not there, or no plain file.
        """
        full = os.path.join(self.folder, path)
        if not os.path.isdir(full):
            return [(path, self._content(path))]
        inside = [
            os.path.relpath(os.path.join(at, name), self.folder) for at, _, names in os.walk(full) for name in names
        ]
        return [(name, self._content(name)) for name in sorted(inside)]

    def _content(self, path: str) -> str:
        fd = os.open(os.path.join(self.folder, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            return binascii.b2a_base64(read_all(fd), newline=False).decode()
        finally:
            os.close(fd)

    def give(self, descriptors: Iterable[int]) -> None:
        """Make the program's account the owner, so that it can reopen them under /proc/self/fd."""
        if self._config["switch_user"]:
            for fd in descriptors:
                os.fchown(fd, self._config["uid"], self._config["uid"])


def _one_cpu_files() -> list[str]:
    return os.listdir(ONE_CPU_PROC) if os.path.isdir(ONE_CPU_PROC) else []


def _make_place(path: str, folder: bool) -> None:
    """Something to mount a folder or a file on."""
    os.makedirs(path if folder else os.path.dirname(path), exist_ok=True)
    if not folder:
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o444))


def _tmpfs(disk_bytes: int) -> str:
    return f"size={disk_bytes},nr_inodes={_INODES}"


def _rows_of(kind: str) -> int:
    """System V objects of that kind in our IPC namespace."""
    return read_file(f"/proc/sysvipc/{kind}").count(b"\n") - 1


def _by_resident(world: World, step: StepRequest, request: Request) -> Facts | None:
    """What the step's resident tool made of the program's files; None: the step is to be executed."""
    if step["resident"] not in world.residents:
        return None
    number, tool = world.residents[step["resident"]]
    answer = tool.ask(request["files"], request["limits"]["build"]["cpu_s"]) if tool.runs else None
    if answer is None:
        world.wanted = number
        return None
    world.write_files(answer.files)
    return Facts(
        exit_code=answer.code,
        signal=None,
        stopped_by=None,
        cpu_s=answer.cpu_s,
        wall_s=answer.wall_s,
        idle_s=0.0,
        peak_memory_bytes=0,
        output_bytes=len(answer.words),
        stdout="",
        stderr=answer.words[:_MOST_WORDS],
    )


def _parent_of(step: StepRequest) -> str | None:
    """Who forks for a step; None: the server, whose memory a warm tool is in."""
    return None if step["warm"] else step["parent"]


def judge_in(
    world: World,
    request: Request,
    waiting: Waiting | None,
    next_case: Callable[[Reply], CaseRequest | None],
) -> Reply:
    """As the program's pid 1: build and run it. `waiting` is for the run, if nothing is to be built before.

    `next_case`: replies on one test, and gives the next.
    """
    world.admit(request)
    build: Facts | None = None
    parent = None if request["variation"] else _parent_of(request["run"])
    world.expect(parent, built=bool(request["build"]), warm=bool(request["run"]["warm"]))
    if waiting is not None and (request["build"] or waiting.parent != parent):
        waiting.dismiss()
        waiting = None
    if request["build"]:
        for step in request["build"]:
            limits = request["limits"]["build"]
            build = _by_resident(world, step, request) if step["resident"] else None
            if build is None:
                build, *_ = Waiting(world, 0, _parent_of(step)).run(step, limits)
                check_build(build, limits)
            if build["exit_code"] != 0 or build["stopped_by"]:
                return reply(build)
        if request["keeps"]:
            return reply(build, made=[made for name in request["keeps"] for made in world.contents(name)])
        if request["case"] is None:
            world.remove_files(request["files"])
    waiting = waiting or world.next_for(parent)
    if request["case"] is not None:
        return _run_cases(world, request, waiting, build, next_case)
    run, proof, said = waiting.run(request["run"], request["limits"]["run"], request["examiner"])
    return reply(build, run, proof, said)


def _run_cases(
    world: World,
    request: Request,
    waiting: Waiting,
    build: Facts | None,
    next_case: Callable[[Reply], CaseRequest | None],
) -> Reply:
    """Test after test, each by a process of its own that finds what the first one found."""
    case, parent = request["case"], waiting.parent
    snapshot = world.snapshot()
    while case is not None:
        whole, err = Whole(), Whole() if case["whole"] else of_case()
        outputs = (of_case(), err, whole) if case["returns"] else (whole, err)
        stdin = case["stdin"].encode("utf-8", "surrogatepass")
        world.write_files((path, binascii.a2b_base64(content)) for path, content in case["files"])
        facts, *_ = waiting.run(request["run"], case["limits"], given=stdin, outputs=outputs)
        errors = err.whole() if isinstance(err, Whole) else b""
        case = next_case(case_reply(build, facts, whole.whole(), errors))
        if case is not None:
            world.renew(snapshot)
            waiting = world.next_for(parent)
    return reply(build)
