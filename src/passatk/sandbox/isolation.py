"""Which isolation this machine can give, found by starting it.

Levels, best first:

- `account`: root starts bubblewrap; programs run under an account of their own, without privileges.
- `user-namespace`: an ordinary user starts bubblewrap in a user namespace; programs keep that user's identity outside,
  have no privileges inside, and see nothing of the user's files.
- `none`: no container at all. Only where `sandboxed` is False, spelled out.
"""

import enum
import functools
import os
import shutil

from passatk.errors import SandboxError
from passatk.records import Isolation
from passatk.sandbox.server import seccomp

NAMESPACES = ("mount", "pid", "ipc", "uts", "network", "cgroup")


class Level(enum.StrEnum):
    """How programs are contained."""

    ACCOUNT = "account"
    USER_NAMESPACE = "user-namespace"
    NONE = "none"


def find_level() -> Level:
    """The level for this user.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    if shutil.which("bwrap") is None:
        raise SandboxError(
            "bubblewrap is not installed, so no sandbox can be built. Install it (`apt-get install bubblewrap`), or do"
            " without a sandbox: generated programs then run with your rights on your files",
            setting="sandboxed",
        )
    return Level.ACCOUNT if os.geteuid() == 0 else Level.USER_NAMESPACE


def describe(level: Level, cgroup_version: int) -> Isolation:
    """The stamp that goes on every Outcome."""
    contained = level is not Level.NONE
    uid = {Level.ACCOUNT: "unprivileged", Level.USER_NAMESPACE: "user-namespace", Level.NONE: "caller"}[level]
    return Isolation(
        sandbox="bubblewrap" if contained else "none",
        uid=uid,
        cgroup={0: "none", 1: "v1", 2: "v2"}[cgroup_version],
        namespaces=(*NAMESPACES, "user") if level is Level.USER_NAMESPACE else NAMESPACES if contained else (),
        cpu_clock="cgroup" if cgroup_version else "reaped-tree",
        syscall_filter="seccomp" if contained and _can_filter() else "none",
    )


@functools.cache
def _can_filter() -> bool:
    return seccomp.can_filter(os.uname().machine)


HINTS = (
    "Container without permission to unshare: start it with `--security-opt seccomp=unconfined --cap-add SYS_ADMIN`.",
    "Ubuntu 24.04 and later: `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or give bwrap an AppArmor profile"
    " that allows user namespaces.",
    "Older Debian: `sysctl kernel.unprivileged_userns_clone=1`.",
)
"""What usually stops bubblewrap, and how to allow it."""
