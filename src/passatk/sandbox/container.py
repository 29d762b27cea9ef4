"""What is to be seen in a slot with namespaces: the command line of bubblewrap."""

import contextlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from passatk.records import Record
from passatk.sandbox.server.world import ONE_CPU_PROC

SERVER = Path(__file__).with_name("server")
PROBLEMS = Path(__file__).resolve().parents[1] / "problems"
"""Holds tests and references: hidden where passatk itself lies within what programs may read."""
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
"""Programs of warm tools begin in it, so it has what must be known to an interpreter at its start."""
UID = 31415
"""Account of programs, inside and (as root) outside: no such user, so it owns nothing."""
EXAMINERS = "/passatk/examiners"
"""Where they are seen in a slot with namespaces, and hidden from programs."""

CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SYS_CHROOT")
"""What the slot server itself needs to make worlds. Programs get none of them."""

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ssl/openssl.cnf")
COVERED = ("/tmp", "/dev/shm", "/box", "/passatk")
"""Where every program has files of its own."""
IDENTITY = {
    "/etc/passwd": f"root:x:0:0:root:/:/bin/false\nprogram:x:{UID}:{UID}:program:/box:/bin/false\n",
    "/etc/group": f"root:x:0:\nprogram:x:{UID}:\n",
    "/etc/hosts": "127.0.0.1 localhost passatk\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
ONE_CPU = {
    **{f"/sys/devices/system/cpu/{name}": "0\n" for name in ("online", "possible", "present")},
    f"{ONE_CPU_PROC}/stat": "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\nctxt 0\nbtime 0\nprocesses 1\n",
    f"{ONE_CPU_PROC}/cpuinfo": "processor\t: 0\nmodel name\t: passatk\ncpu MHz\t\t: 1000.000\n\n",
}
"""How many CPUs a program counts must not depend on the machine."""


class View(Record, frozen=True, kw_only=True):
    """What differs from slot to slot."""

    own_user: bool
    """In a user namespace of its own."""
    shown: tuple[str, ...]
    """Folders and files of this machine that programs may read."""
    groups: Mapping[str, Mapping[str, str]]
    """Group -> controller -> its folder."""
    examiners: str
    """The folder of what examiners are started from; empty where there are none."""


def bubblewrap(view: View, python: str, pass_fds: list[int], stack: contextlib.ExitStack) -> list[str]:
    """The command that starts a container; what `python` and its arguments are follows.

    `pass_fds` takes descriptors that it is to inherit, `stack` what closes them.
    """
    command = [
        shutil.which("bwrap") or "bwrap",
        "--die-with-parent",
        "--new-session",
        "--hostname",
        "passatk",
        "--clearenv",
    ]
    for name, value in SERVER_ENVIRONMENT.items():
        command += ["--setenv", name, value]
    command += [f"--unshare-{kind}" for kind in ("pid", "ipc", "uts", "net", "cgroup-try")]
    if view.own_user:
        command += ["--unshare-user", "--uid", str(UID), "--gid", str(UID)]
    command += ["--cap-drop", "ALL"]
    for capability in CAPABILITIES:
        command += ["--cap-add", f"CAP_{capability}"]
    for folder in SYSTEM_FOLDERS:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    written = {**IDENTITY, **ONE_CPU}
    interpreter = os.path.dirname(os.path.dirname(python))
    bound = [
        p for p in (*SYSTEM_FILES, interpreter, *view.shown) if os.path.exists(p) and not is_below(p, SYSTEM_FOLDERS)
    ]
    parents = {str(parent) for path in (*bound, *written) for parent in Path(path).parents}
    for folder in sorted(parents - {"/"}):  # bubblewrap's own would be closed to the program's account
        command += ["--perms", "0755", "--dir", folder]
    for path in sorted(bound, key=len):
        command += ["--ro-bind", path, path]
    if is_below(str(PROBLEMS), [*SYSTEM_FOLDERS, *map(os.path.realpath, bound)]):
        command += ["--tmpfs", str(PROBLEMS), "--remount-ro", str(PROBLEMS)]
    for target, text in written.items():
        fd = os.memfd_create("passatk")
        stack.callback(os.close, fd)
        os.write(fd, text.encode())
        os.lseek(fd, 0, os.SEEK_SET)
        pass_fds.append(fd)
        command += ["--perms", "0644", "--file", str(fd), target]
    command += ["--proc", "/proc", "--dev", "/dev", "--dir", "/dev/shm"]
    for folder in ("/tmp", "/box", "/passatk/scratch"):
        command += ["--dir", folder]
    for name, folders in view.groups.items():
        for controller, folder in folders.items():
            command += ["--bind", folder, f"/passatk/cgroup/{name}/{controller}"]
    if view.examiners:
        command += ["--ro-bind", view.examiners, EXAMINERS]
    command += ["--ro-bind", str(SERVER), "/passatk/server", "--remount-ro", "/", "--chdir", "/", "--"]
    return command


def is_below(path: str, folders: Sequence[str]) -> bool:
    """Whether it is in one of them."""
    return any(Path(path).is_relative_to(folder) for folder in folders)
