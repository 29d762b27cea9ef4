"""What a program must not reach, and what the system call filter answers."""

import errno
import os
import struct
from collections.abc import Sequence

import msgspec
import pytest
from slot_programs import run, stdout

from passatk.judging import Environment
from passatk.sandbox import Level, Slot, describe
from passatk.sandbox.container import PROBLEMS
from passatk.sandbox.server import seccomp

MACHINE = os.uname().machine
NEW_USER, SIGCHLD = 0x10000000, 17
CALL = """import ctypes, errno, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_ulong, arguments))
    return ctypes.get_errno() if result == -1 else 0
"""
needs_filter = pytest.mark.skipif(
    describe(Level.ACCOUNT, 0).syscall_filter == "none", reason="this machine has no system call filter"
)


def number(name: str) -> int:
    found = seccomp.NUMBERS[name][seccomp.ARCHITECTURES[MACHINE][0]]
    assert found is not None
    return found


def test_problems_are_hidden_where_a_toolchain_lies_around_them(python_only: Environment) -> None:
    readable = (*python_only.world.readable, str(PROBLEMS.parent))
    source = (
        f"import os\nfolder = {str(PROBLEMS)!r}\nprint(os.listdir(folder), len(os.listdir(folder + '/..')) > 1)\n"
        "try:\n    open(folder + '/x', 'w')\nexcept OSError:\n    print('denied')\n"
    )
    with Slot(msgspec.structs.replace(python_only.world, readable=readable)) as slot:
        assert stdout(slot, source) == "[] True\ndenied\n"


@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/shadow')",
        "open('/usr/here', 'w')",
        "open('/here', 'w')",
        "open('/dev/here', 'w')",
        "open('/etc/passwd', 'a')",
        "open('/dev/urandom', 'wb')",
        "os.chmod('/dev/urandom', 0)",
        "open('/passatk/server/main.py', 'a')",
        "os.listdir('/root/.ssh')",
        "assert not os.listdir('/home')",
        "os.listdir('/passatk/cgroup/program')",
        "open('/proc/1/mem', 'rb').read(1)",
        "os.listdir('/proc/1/fd')",
        "os.kill(1, 0); os.setuid(0)",
        "os.mknod('disk', 0o60600, os.makedev(8, 0))",
        "os.chroot('/box')",
        "assert not os.statvfs('/usr').f_flag & os.ST_NOSUID  # so set-uid programs give nothing",
        "assert 'NoNewPrivs:\\t1' not in open('/proc/self/status').read()  # nor anywhere else",
        "socket.create_connection(('1.1.1.1', 53), 1)",
        "socket.getaddrinfo('example.org', 80)",
        "assert libc.mount(b'tmpfs', b'/box', b'tmpfs', 0, None) == 0",
    ],
)
def test_what_a_program_must_not_reach_is_denied(slot: Slot, source: str) -> None:
    facts = run(slot, CALL + source).run
    assert facts is not None
    assert facts.exit_code == 1, facts


@needs_filter
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG"])
def test_there_are_no_sockets(best: Slot, family: str) -> None:
    kinds = "(socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)"
    source = f"for kind in {kinds}:\n  try: socket.socket(socket.{family}, kind)\n  except OSError as e: print(e.errno)"
    assert stdout(best, CALL + source) == f"{errno.EAFNOSUPPORT}\n" * 4


@needs_filter
def test_a_pair_of_sockets_is_a_pipe_and_allowed(best: Slot) -> None:
    assert stdout(best, "import socket\na, b = socket.socketpair()\na.send(b'x')\nprint(b.recv(1))") == "b'x'\n"


@needs_filter
def test_every_call_of_the_table_gets_its_answer(slot: Slot) -> None:
    expected = {
        number: seccomp.ANSWERS.get(name, errno.EPERM)
        for name, numbers in seccomp.NUMBERS.items()
        if name != "clone" and (number := numbers[seccomp.ARCHITECTURES[MACHINE][0]]) is not None
    }
    source = CALL + f"print({{number: call(number, 0, 0, 0, 0, 0) for number in {sorted(expected)}}} == {expected})"
    assert stdout(slot, source) == "True\n"


@needs_filter
def test_no_namespace_can_be_made_nor_entered(slot: Slot) -> None:
    source = f"""
clone, unshare, setns = {number("clone")}, {number("unshare")}, {number("setns")}
for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, {NEW_USER}, 0x20000000, 0x40000000):
    for flags in (flag, flag | (1 << 40)):
        assert call(clone, flags | {SIGCHLD}, 0, 0, 0, 0) == errno.EPERM
    assert call(unshare, flag) == errno.EPERM
assert call(setns, os.open('/proc/self/ns/user', os.O_RDONLY), {NEW_USER}) == errno.EPERM
child = os.fork()
if child == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert stdout(slot, CALL + source) == "7\n"


@needs_filter
def test_threads_and_children_work_as_ever(slot: Slot) -> None:
    source = """
import subprocess, threading
found = []
thread = threading.Thread(target=lambda: found.append(1))
thread.start()
thread.join()
print(found, subprocess.run(['echo', 'child'], capture_output=True).stdout)
"""
    assert stdout(slot, source) == "[1] b'child\\n'\n"


@needs_filter
def test_an_affinity_change_pretends_and_a_program_stays_on_its_cpu(best: Slot) -> None:
    source = "import os\nbefore = os.sched_getaffinity(0)\nos.sched_setaffinity(0, range(64))\n"
    assert stdout(best, source + "print(len(before), os.sched_getaffinity(0) == before)") == "1 True\n"


@needs_filter
@pytest.mark.skipif(MACHINE != "x86_64", reason="32-bit calls and x32 are x86_64's")
def test_the_numbers_of_another_architecture_lead_nowhere(slot: Slot) -> None:
    source = """
import mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex('b814000000' 'cd80' '4898' 'c3'))  # eax = 20 (getpid of i386); int 0x80; widen; return
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print(ctypes.CFUNCTYPE(ctypes.c_long)(address)(), call(0x40000000 + 39) == errno.ENOSYS)
"""
    assert stdout(slot, CALL + source) == f"-{errno.ENOSYS} True\n"


class Machine:
    """Runs a filter as the kernel would: the few instructions that it is made of."""

    def __init__(self, program: bytes, architecture: int):
        self.code = [struct.unpack("HBBI", program[at : at + 8]) for at in range(0, len(program), 8)]
        self.architecture = architecture

    def answer(self, number: int, arguments: Sequence[int] = (), architecture: int | None = None) -> int | None:
        """The errno of a refused call; None when it is allowed."""
        passed = [*arguments, *[0] * (6 - len(arguments))]
        words = struct.pack("<IIQ6Q", number, architecture or self.architecture, 0, *passed)
        at = loaded = 0
        while True:
            code, if_true, if_false, value = self.code[at]
            at += 1
            if code == 0x20:
                (loaded,) = struct.unpack_from("<I", words, value)
            elif code == 0x06:
                return None if value == 0x7FFF0000 else value & 0xFFFF
            else:
                holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: loaded & value != 0}[code]
                at += if_true if holds else if_false


@pytest.mark.parametrize("machine", sorted(seccomp.ARCHITECTURES))
def test_the_filter_refuses_its_table_and_nothing_else(machine: str) -> None:
    column, architecture = seccomp.ARCHITECTURES[machine]
    program = seccomp.compile_filter(machine)
    assert program is not None
    made = Machine(program, architecture)
    refused = {numbers[column]: seccomp.ANSWERS.get(name, errno.EPERM) for name, numbers in seccomp.NUMBERS.items()}
    clone = seccomp.NUMBERS["clone"][column]
    assert clone is not None
    del refused[clone]
    assert {n: made.answer(n) for n in range(600)} == {n: refused.get(n) for n in range(600)}
    assert made.answer(clone, [NEW_USER | SIGCHLD]) == errno.EPERM
    assert made.answer(clone, [0x3D0F00]) is None  # a thread
    assert made.answer(39, architecture=0x40000003) == errno.ENOSYS
    assert made.answer(0x40000000 | clone) == errno.ENOSYS


def test_a_machine_without_a_table_has_no_filter_and_says_so() -> None:
    assert seccomp.compile_filter("riscv64") is None
    assert not seccomp.can_filter("riscv64")
    assert describe(Level.NONE, 0).syscall_filter == "none"
