"""The system calls that Python does not have, through libc."""

import _signal  # type: ignore[import-not-found]  # what is around it makes enums of the numbers, in every fork anew
import contextlib
import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from .descriptors import write_file

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWCGROUP = 0x00020000, 0x08000000, 0x20000000, 0x02000000
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC = 1, 2, 4, 8, 32, 4096, 16384
_MS_RELATIME = 1 << 21  # the one flag whose number differs between statvfs and mount
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 36, 38, 47
_PR_CAP_AMBIENT_RAISE, _PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
_MNT_DETACH = 2
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}  # libc has no function for it
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4
_AF_UNIX, _SOCK_STREAM, _MSG_CMSG_CLOEXEC = 1, 1, 0x40000000
_IPC_CREAT, OPENSSL_SEEDED_KEY = 0o1000, 114
_ADDR_NO_RANDOMIZE = 0x0040000
_COUNTS_BY_NAMESPACE = (5, 14)
_NUMBER_BYTES = 16
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_CAPABILITIES_OF_ALL_THREADS = struct.pack("II", _LINUX_CAPABILITY_VERSION_3, 0)
_CAPABILITIES = struct.Struct("6I")
"""Effective, held, inheritable, of the first 32 and the others."""
_NO_CAPABILITIES = bytes(_CAPABILITIES.size)

_POLLED = struct.Struct("ihh")
"""struct pollfd"""
_POLLIN, _READY_AT = 1, 6

Buffer: TypeAlias = "ctypes.Array[ctypes.c_char]"
Place = Any
"""What `ctypes.byref` gives."""

_libc = ctypes.CDLL(None, use_errno=True)
_USED = "capget capset mount poll prctl process_vm_writev recvmsg sendmsg setns shmget syscall umount2 unshare wait4"
for _name in _USED.split():
    getattr(_libc, _name)  # found here once, and not in every fork
_libc.process_vm_writev.restype = None


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system."""
    prepared_mount(source, target, kind, flags, options)()


def prepared_mount(
    source: str | None, target: str, kind: str | None, flags: int, options: str = ""
) -> Callable[[], None]:
    """What mounts a file system, at any time, in any fork."""
    first = [None if text is None else text.encode() for text in (source, target, kind)]
    arguments = (*first, ctypes.c_ulong(flags), options.encode())

    def do() -> None:
        if _libc.mount(*arguments) != 0:
            _check(-1, f"mount {kind or source} on {target}")

    return do


def unmount(target: str) -> None:
    """Take the mount off its place; what is still bound or open elsewhere lives on there."""
    _check(_libc.umount2(target.encode(), _MNT_DETACH), f"unmount {target}")


def make_read_only(target: str) -> None:
    """Remount read-only, with the other flags kept: in a user namespace they are locked."""
    present = os.statvfs(target).f_flag
    kept = present & (MS_NOSUID | MS_NODEV | MS_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME)
    if present & os.ST_RELATIME:
        kept |= _MS_RELATIME
    mount(None, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | kept)


def cover(target: str) -> None:
    """Put an empty folder over `target`: open descriptors keep working, paths no longer lead below it."""
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=0,mode=000")


def unshare(flags: int) -> None:
    """Leave shared namespaces for new ones."""
    _check(_libc.unshare(flags), "unshare")


class PidNamespaces:
    """Makes one for the next child, again and again; the process itself stays in its own."""

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def renew(self) -> None:
        """The next child is pid 1 of a namespace of its own."""
        self.leave()
        unshare(CLONE_NEWPID)

    def leave(self) -> None:
        """The next child belongs to ours."""
        enter_namespace(self._own, CLONE_NEWPID)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Children belong to ours for as long as it is held."""
        before = os.open("/proc/self/ns/pid_for_children", os.O_RDONLY | os.O_CLOEXEC)
        self.leave()
        try:
            yield
        finally:
            enter_namespace(before, CLONE_NEWPID)
            os.close(before)


def number_next(number: int) -> int | None:
    """The next process of our PID namespace has this number, or a free one behind it. Best effort; the last one's."""
    with contextlib.suppress(OSError):
        fd = os.open("/proc/sys/kernel/ns_last_pid", os.O_RDWR | os.O_CLOEXEC)
        try:
            last = int(os.read(fd, 32))
            os.pwrite(fd, str(number - 1).encode(), 0)
        finally:
            os.close(fd)
        return last
    return None


def enter_namespace(namespace: int, kind: int) -> None:
    """Belong to it; a PID namespace: the next child does."""
    _check(_libc.setns(namespace, kind), "enter a namespace")


def counts_processes_by_namespace() -> bool:
    """Whether an account has, for RLIMIT_NPROC, a count of its own in each user namespace."""
    release = [int(part) for part in os.uname().release.split("-")[0].split(".")[:2] if part.isdigit()]
    return tuple(release) >= _COUNTS_BY_NAMESPACE


def user_namespace(uid: int) -> int:
    """A new one, open, in which that account is the same as here, and there is no other.

    Raises:
        OSError: there can be none.
    """
    number_r, number_w = os.pipe()
    done_r, done_w = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(done_w)
            unshare(CLONE_NEWUSER)
            show_to_own_account()
            os.write(number_w, os.readlink("/proc/self").encode())
            os.read(done_r, 1)
        finally:
            os._exit(0)
    os.close(number_w)
    try:
        # its number in this /proc, which may count the processes of a namespace above ours
        folder = f"/proc/{os.read(number_r, _NUMBER_BYTES).decode() or 'none'}"
        for name in ("uid_map", "gid_map"):
            write_file(f"{folder}/{name}", f"{uid} {uid} 1\n".encode())
        return os.open(f"{folder}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        for fd in (number_r, done_r, done_w):
            os.close(fd)
        os.waitpid(child, 0)


def reset_signal(number: int) -> None:
    """The kernel's own way with it."""
    _signal.signal(number, _signal.SIG_DFL)


def reset_own_signals() -> None:
    """What this interpreter does with signals by itself is nothing for what it executes."""
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):
        reset_signal(number)


def raise_interrupts() -> None:
    """SIGINT is a KeyboardInterrupt, as in every new interpreter."""
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def hide_from_ptrace() -> None:
    """No other process may attach to this one or read its memory."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "become undumpable")


def show_to_own_account() -> None:
    """Processes of the same account may see what this one has open."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "become dumpable")


def offer_to_be_killed() -> None:
    """Where memory is short, the kernel is to kill this process, and what it becomes, before any other."""
    show_to_own_account()
    write_file("/proc/self/oom_score_adj", b"1000")
    hide_from_ptrace()


def become_subreaper() -> None:
    """Orphans below this process become its children."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "become subreaper")


def fix_addresses() -> bool:
    """No address space randomisation from the next exec on; return whether it was so before."""
    before: int = _libc.personality(ctypes.c_ulong(_ADDR_NO_RANDOMIZE))
    return bool(before & _ADDR_NO_RANDOMIZE)


def bound_capabilities(keep_own: bool = False) -> None:
    """No exec may ever give a capability again, or, to keep one's own, another one. While CAP_SETPCAP is held."""
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        own = int(file.read().partition("\nCapPrm:")[2].split(None, 1)[0], 16) if keep_own else 0
    for capability in range(last + 1):
        if not own >> capability & 1:
            _check(_libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0), "bound capabilities")


def _capabilities() -> tuple[int, ...]:
    own = ctypes.create_string_buffer(_CAPABILITIES.size)
    _check(_libc.capget(_CAPABILITIES_OF_ALL_THREADS, own), "read capabilities")
    return _CAPABILITIES.unpack(own.raw)


def keep_capabilities() -> None:
    """What this process holds may be passed on by `pass_capabilities_on`, also when they are bounded."""
    low_effective, low_held, _, effective, held, _ = _capabilities()
    passed = _CAPABILITIES.pack(low_effective, low_held, low_held, effective, held, held)
    _check(_libc.capset(_CAPABILITIES_OF_ALL_THREADS, passed), "keep capabilities")


def pass_capabilities_on() -> None:
    """What this process executes next has its capabilities, whoever its user is."""
    _, low_held, _, _, held, _ = _capabilities()
    for capability in range(64):
        if (held << 32 | low_held) >> capability & 1:
            _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0), "pass capabilities on")


def drop_capabilities() -> None:
    """Give up every capability this process holds or would inherit."""
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _check(_libc.capset(_CAPABILITIES_OF_ALL_THREADS, _NO_CAPABILITIES), "drop capabilities")


def no_new_privileges() -> None:
    """Set-uid programs give nothing from here on."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs")


class _Filters(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("number", ctypes.c_ushort), ("filters", ctypes.c_char_p))


def prepared_filter(program: bytes) -> Callable[[], None]:
    """What puts a seccomp filter (`struct sock_filter`s) on a process and all it will become, after no_new_privileges.

    Without the mitigation that older kernels tie to seccomp: it slows every program down to hide the process's own
    memory from itself.
    """
    number, filters = _SYS_SECCOMP[os.uname().machine], _Filters(len(program) // 8, program)
    arguments = (number, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_SPEC_ALLOW, ctypes.byref(filters))

    def do() -> None:
        _check(_libc.syscall(*arguments), "set the system call filter")

    return do


def vouch_for_devices() -> None:
    """Tell OpenSSL that /dev/urandom is seeded, by the shared memory segment it leaves for itself to say so.

    Without getrandom it reads no device on a modern kernel unless it finds this, and node does not start.
    """
    _check(min(_libc.shmget(OPENSSL_SEEDED_KEY, 1, _IPC_CREAT | 0o444), 0), "vouch for /dev/urandom")


def polled(*descriptors: int) -> Buffer:
    """For `ready`: those that are to be read from."""
    return ctypes.create_string_buffer(b"".join(_POLLED.pack(fd, _POLLIN, 0) for fd in descriptors))


def poll_instead(polled: Buffer, fd: int) -> None:
    """That descriptor, in place of the first."""
    _POLLED.pack_into(polled, 0, fd, _POLLIN, 0)


def ready(polled: Buffer, wait_ms: int) -> int:
    """How many of them can be read within that time. It makes no object, however many."""
    count: int = _libc.poll(polled, len(polled) // _POLLED.size, wait_ms)
    return count


def is_ready(polled: Buffer, place: int) -> bool:
    """Whether that one was."""
    return bool(polled[place * _POLLED.size + _READY_AT] != b"\0")


def receive_into(fd: int, message: Place) -> int:
    """A message of a socket, by a `struct msghdr`: how many bytes, 0 at the end. This makes no object."""
    size: int = _libc.recvmsg(fd, message, _MSG_CMSG_CLOEXEC)
    _check(min(size, 0), "receive a message")
    return size


def send_from(fd: int, message: Place) -> None:
    """Send a message over a socket, by a `struct msghdr`."""
    _check(min(_libc.sendmsg(fd, message, 0), 0), "send a message")


def wait_into(child: int, status: Place, usage: Place) -> None:
    """Wait for a child."""
    _check(min(_libc.wait4(child, status, 0, usage), 0), "wait for a process")


def write_over_itself(places: Buffer, number: int) -> None:
    """What is at `places` (`struct iovec`) of our memory, without a moment in which anything else could change it."""
    _libc.process_vm_writev(os.getpid(), places, number, places, number, 0)


def open_socket() -> None:
    """Open and close a unix socket; Python's own module for that is a big one to load."""
    fd = _libc.socket(_AF_UNIX, _SOCK_STREAM, 0)
    _check(min(fd, 0), "open a socket")
    os.close(fd)
