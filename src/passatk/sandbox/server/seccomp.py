"""The system call filter of programs: classic BPF, built by hand.

A deny list. What is on it either reaches out of a program's world, or hands it the whole kernel to play with, or would
make its result depend on the machine. All other system calls are allowed, so that no runtime meets a surprise.
"""

import errno
import os
import struct
from collections.abc import Collection
from typing import NoReturn

from . import kernel

NUMBERS = {  # name: (x86_64, aarch64)
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "getrandom": (318, 278),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "msgget": (68, 186),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "sched_setaffinity": (203, 122),
    "semget": (64, 190),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "socket": (41, 198),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "ustat": (136, None),
    "vhangup": (153, 58),
}
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH_*

ANSWERS = {  # all others: EPERM
    "clone3": errno.ENOSYS,  # its flags lie in memory, where no filter can read them; libc falls back to clone
    "getrandom": errno.ENOSYS,  # runtimes fall back to /dev/urandom, which is ours: see `entropy`
    "io_uring_enter": errno.ENOSYS,
    "io_uring_register": errno.ENOSYS,
    "io_uring_setup": errno.ENOSYS,
    "memfd_create": errno.ENOSYS,  # memory that no process has mapped is seen by nobody but a cgroup
    "memfd_secret": errno.ENOSYS,
    "msgget": errno.ENOSYS,
    "sched_setaffinity": 0,  # pretends: a program stays on its CPU
    "semget": errno.ENOSYS,
    "shmget": errno.ENOSYS,
    "socket": errno.EAFNOSUPPORT,  # every family; socketpair stays
}
_NEW_NAMESPACE = 0x7E020000  # all CLONE_NEW* that clone can take; its flags are argument 0 on both architectures

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENT_0 = 0, 4, 16  # struct seccomp_data; both are little-endian
_X32_BIT = 0x40000000
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LINEAR = 4  # cases tested one by one rather than by halves


def compile_filter(machine: str, names: Collection[str] = NUMBERS.keys()) -> bytes | None:
    """The filter for `machine` (as `uname -m` says it) of the calls named; None where there is no table for it."""
    if machine not in ARCHITECTURES:
        return None
    column, architecture = ARCHITECTURES[machine]
    cases = []
    for name, numbers in NUMBERS.items():
        number = numbers[column]
        if number is not None and name in names:
            special = {"clone": _clone_case, "shmget": _shmget_case}.get(name)
            cases.append((number, special() if special else [_refuse(ANSWERS.get(name, errno.EPERM))]))
    program = [
        _op(_LOAD, _AT_ARCHITECTURE),
        _op(_JUMP_EQUAL, architecture, 1, 0),
        _refuse(errno.ENOSYS),  # 32-bit system calls have numbers of their own
        _op(_LOAD, _AT_NUMBER),
        _op(_JUMP_AT_LEAST, _X32_BIT, 0, 1),
        _refuse(errno.ENOSYS),
        *_search(sorted(cases)),
    ]
    return b"".join(program)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _refuse(code: int) -> bytes:
    return _op(_RETURN, _ERRNO | code)


def _clone_case() -> list[bytes]:
    return [
        _op(_LOAD, _AT_ARGUMENT_0),
        _op(_JUMP_ANY_BIT, _NEW_NAMESPACE, 0, 1),
        _refuse(errno.EPERM),
        _op(_RETURN, _ALLOW),
    ]


def _shmget_case() -> list[bytes]:
    """The one segment that is there is for all to see."""
    return [
        _op(_LOAD, _AT_ARGUMENT_0),
        _op(_JUMP_EQUAL, kernel.OPENSSL_SEEDED_KEY, 1, 0),
        _refuse(ANSWERS["shmget"]),
        _op(_RETURN, _ALLOW),
    ]


def _search(cases: list[tuple[int, list[bytes]]]) -> list[bytes]:
    """Find the number's case by halves: the kernel tries every system call once when it takes the filter."""
    if len(cases) <= _LINEAR:
        tests = []
        for number, case in cases:
            tests += [_op(_JUMP_EQUAL, number, 0, len(case)), *case]
        return [*tests, _op(_RETURN, _ALLOW)]
    middle = len(cases) // 2
    below, above = _search(cases[:middle]), _search(cases[middle:])
    return [_op(_JUMP_AT_LEAST, cases[middle][0], len(below), 0), *below, *above]


def can_filter(machine: str) -> bool:
    """Whether a filter can really be put on a process here: a child tries, and is refused a socket."""
    program = compile_filter(machine)
    if program is None:
        return False
    child = os.fork()
    if child == 0:
        _try(program)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _try(program: bytes) -> NoReturn:
    try:
        kernel.no_new_privileges()
        kernel.prepared_filter(program)()
        kernel.open_socket()
        os._exit(1)
    except OSError as error:
        os._exit(0 if error.errno == errno.EAFNOSUPPORT else 1)
    finally:
        os._exit(1)
