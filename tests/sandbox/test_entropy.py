"""One stream of random bytes for every program, and one CPU."""

import hashlib
import itertools

import pytest
from slot_programs import LIMITS, run, stdout

from passatk.judging import Environment
from passatk.records import Isolation, Program, Step, Stop
from passatk.sandbox import Slot
from passatk.sandbox.server.entropy import block

RANDOM = """
import os, random, uuid
print(random.random(), random.SystemRandom().random(), os.urandom(8), uuid.uuid4(), open('/dev/random', 'rb').read(8))
"""


@pytest.fixture(autouse=True)
def filtered(python_only: Environment) -> Isolation:
    if python_only.isolation.syscall_filter == "none":
        pytest.skip("without a system call filter, programs get the kernel's random bytes")
    return python_only.isolation


def test_the_stream_is_the_same_for_ever_and_does_not_repeat() -> None:
    assert block(0)[:8].hex() == "cd072cd8be6f9f62"
    assert block(1)[:8].hex() == "f5b165224a58b791"
    assert len({block(number)[:16] for number in range(200)}) == 200


def test_random_numbers_are_the_same_in_every_run(slot: Slot, python_only: Environment) -> None:
    seen = {stdout(slot, RANDOM) for _ in range(2)}
    with Slot(python_only.world) as other:
        seen.add(stdout(other, RANDOM))
    assert len(seen) == 1


def test_two_reads_of_one_program_differ(slot: Slot) -> None:
    source = "import os, uuid\nprint(len({os.urandom(16) for _ in range(2000)}), uuid.uuid4() != uuid.uuid4())"
    assert stdout(slot, source) == "2000 True\n"


def test_build_and_run_each_start_the_stream(best: Slot) -> None:
    keep = Step(argv=("sh", "-c", "head -c 8 /dev/urandom >> first"))
    show = Step(argv=("sh", "-c", "head -c 8 /dev/urandom | cat first - | od -v -A n -t x8 -w8"))
    outcome = best.execute(Program(language="x", files=(), build=(keep, keep), run=show), LIMITS)
    assert outcome.run is not None
    seen = outcome.run.stdout.splitlines()
    assert seen == seen[:1] * 3


def test_ten_megabytes_can_be_read_and_are_the_stream(slot: Slot) -> None:
    read = Step(argv=("sh", "-c", "head -c 10000000 /dev/urandom | sha256sum"))
    outcome = slot.execute(Program(language="x", files=(), run=read), LIMITS)
    assert outcome.run is not None
    stream = b"".join(itertools.islice(map(block, itertools.count()), 10_000_000 // len(block(0)) + 1))
    assert outcome.run.stdout.split()[0] == hashlib.sha256(stream[:10_000_000]).hexdigest()


def test_a_flood_of_reads_is_stopped_by_a_limit(slot: Slot) -> None:
    facts = run(slot, "with open('/dev/urandom', 'rb', buffering=0) as file:\n  while True: file.read(1 << 20)").run
    assert facts is not None
    assert facts.stopped_by in (Stop.CPU, Stop.IDLE)
    assert stdout(slot, RANDOM) == stdout(slot, RANDOM)


def test_a_reader_that_waits_for_nothing_is_no_way_to_stay(slot: Slot) -> None:
    slow = (
        "import time\nwith open('/dev/urandom', 'rb', buffering=0) as file:\n  while file.read(8192): time.sleep(0.02)"
    )
    facts = run(slot, slow).run
    assert facts is not None
    assert facts.stopped_by is Stop.IDLE


def test_a_descriptor_sent_to_nobody_gives_the_next_program_no_other_stream(slot: Slot) -> None:
    before = stdout(slot, RANDOM)
    leave = (
        "import os, socket\na, b = socket.socketpair()\nfd = os.open('/dev/urandom', os.O_RDONLY)\nos.read(fd, 5000)\n"
        "socket.send_fds(a, [b'x'], [fd, b.fileno()])"
    )
    for _ in range(3):
        stdout(slot, leave)
        assert stdout(slot, RANDOM) == before


def test_a_program_sees_one_cpu(best: Slot) -> None:
    source = (
        "import os, subprocess\nprint(os.cpu_count(), len(os.sched_getaffinity(0)), os.sysconf('SC_NPROCESSORS_CONF'),"
        " open('/proc/stat').read().count('cpu') - 1, open('/proc/cpuinfo').read().count('processor'))\n"
        "print(subprocess.run(['nproc'], capture_output=True).stdout, subprocess.run(['nproc', '--all'],"
        " capture_output=True).stdout)"
    )
    assert stdout(best, source) == "1 1 1 1 1\nb'1\\n' b'1\\n'\n"
