"""What a slot lets a program do, and what it reports."""

import os
import resource
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from slot_programs import LIMITS, below, python, run, server_of, stdout, supervisor_of

from passatk.judging import Environment
from passatk.languages import LANGUAGES
from passatk.records import Program, Sample, Step, Stop
from passatk.sandbox import Level, Slot, SlotDied
from passatk.sandbox.cgroups import NO_PARENTS
from passatk.sandbox.server.kernel import counts_processes_by_namespace

COUNT_THE_MARK = """
import re, sys
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
    for line in maps:
        start, end, flags = re.match(r"(\\w+)-(\\w+) (\\S+)", line).groups()
        if flags.startswith("rw"):
            memory.seek(int(start, 16))
            found += memory.read(int(end, 16) - int(start, 16)).count(b", ".join([b"words of a program"] * 2))
print(found, "times", file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("source", "stop"),
    [
        ("while True: pass", Stop.CPU),
        ("import os\nfor _ in range(3): os.fork()\nwhile True: pass", Stop.CPU),
        ("import time\ntime.sleep(60)", Stop.IDLE),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", Stop.IDLE),
        ("hoard = []\nwhile True: hoard.append(b'x' * (1 << 22))", Stop.MEMORY),
        ("while True: print('x' * 1000)", Stop.OUTPUT),
        ("import sys\nwhile True: sys.stderr.write('x' * 1000)", Stop.OUTPUT),
    ],
)
def test_a_limit_stops_a_program_and_is_named(slot: Slot, source: str, stop: Stop) -> None:
    facts = run(slot, source).run
    assert facts is not None
    assert facts.stopped_by is stop
    assert facts.exit_code is None
    assert facts.wall_s < 20


def test_cpu_time_of_children_counts(slot: Slot) -> None:
    source = "import os\nif os.fork() == 0:\n  n = 0\n  while n < 3_000_000: n += 1\n  os._exit(0)\nos.wait()"
    facts = run(slot, source).run
    assert facts is not None
    assert facts.stopped_by is None
    assert facts.cpu_s > 0.05


def test_150_kb_of_honest_output_is_fine_and_the_tail_is_kept(slot: Slot) -> None:
    facts = run(slot, "print('x' * 150_000)\nprint('the end')").run
    assert facts is not None
    assert (facts.stopped_by, facts.exit_code, facts.output_bytes) == (None, 0, 150_009)
    assert facts.stdout.endswith("the end\n")


def test_reserved_but_untouched_memory_is_fine(slot: Slot) -> None:
    reserve = (
        "import mmap\nm = mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)\nprint('ok')"
    )
    assert stdout(slot, reserve) == "ok\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nprint(os.getuid(), os.getgid(), os.geteuid())", "31415 31415 31415\n"),
        ("import os\nprint(os.getcwd(), sorted(os.listdir('.')))", "/box ['main.py']\n"),
        ("import socket\nprint(socket.gethostname())", "passatk\n"),
        ("import os\nprint(os.environ['TZ'], os.environ['LC_ALL'], os.environ['HOME'])", "UTC C.UTF-8 /box\n"),
        ("import sys\nprint(repr(sys.stdin.read()[32:]))", "''\n"),
        ("print(sorted(p for p in __import__('os').listdir('/proc') if p.isdigit()))", "['1', '100']\n"),
        (
            "print([l for l in open('/proc/self/status') if l[:5] == 'NoNew'"
            " or l[:6] in ('CapEff', 'CapPrm', 'CapAmb', 'CapBnd')])",
            None,
        ),
        ("print(hash('x') == hash('x'), id(object()) % 16)", "True 0\n"),
    ],
)
def test_every_program_sees_the_same_world(slot: Slot, source: str, expected: str | None) -> None:
    seen = stdout(slot, source)
    if expected is None:
        assert seen.count("0000000000000000") == 4
        assert "NoNewPrivs:\\t1" in seen
    else:
        assert seen == expected


def test_addresses_do_not_vary(slot: Slot) -> None:
    assert len({stdout(slot, "print(id(object()))") for _ in range(3)}) == 1


ADDRESSES = """
import sys
for made in (object, dict, set, lambda: [None] * 9, lambda: bytearray(700), lambda: (lambda: 0), lambda: [[], {}, ""]):
    print(hash(tuple(map(id, [made() for _ in range(500)]))), file=sys.stderr)
"""


def self_test(language: str, more: str = "") -> Program:
    spoken = LANGUAGES[language]
    problem = spoken.self_test
    text = f"{problem.prompt}{problem.reference}\n{more}"
    return spoken.assemble(problem, Sample(task_id="a", index=0, text=text, whole=True), problem.tests.code)


def addresses(slot: Slot) -> str:
    outcome = slot.execute(self_test("python", ADDRESSES), LIMITS)
    assert outcome.run is not None, outcome.fault
    assert len(outcome.run.stderr.splitlines()) == 7
    return outcome.run.stderr


def test_addresses_are_the_same_however_many_programs_came_before_and_however_long_ago(slot: Slot) -> None:
    seen = []
    for pause_s in (*[0.0] * 8, 0.1, 0.0, 0.1):
        time.sleep(pause_s)
        seen.append(addresses(slot))
    assert len(set(seen)) == 1


def test_addresses_are_the_same_in_every_slot_whatever_came_before() -> None:
    others = (
        self_test("javascript"),  # whose parent is started then
        self_test("python", "import os\nif not os.fork(): os._exit(0)"),
        self_test("python", "while True: pass"),
        self_test("python", "import os\nos._exit(3)"),
        self_test("python", "hoard = bytearray(600 << 20)"),  # it takes a while to end
        self_test("python", "import os\nos.kill(os.getpid(), 9)"),
        self_test("python", "import time\ntime.sleep(60)"),
        self_test("javascript"),
    )
    world = Environment(["python", "javascript"]).world
    seen = []
    for programs in ((), others):
        with Slot(world) as slot:
            seen.append(addresses(slot))
            for program in programs:
                slot.execute(program, LIMITS)
                seen.append(addresses(slot))
    assert len(seen) == 2 + len(others)
    assert len(set(seen)) == 1


def test_a_program_that_waits_for_another_question_has_ended_well(slot: Slot) -> None:
    spoken = LANGUAGES["python"]
    problem = spoken.self_test
    look = "import os\nprint(sum(name.isdigit() for name in os.listdir('/proc')))"
    alone = stdout(slot, look)
    child, late = "import os, time\nif not os.fork(): time.sleep(60)", "import atexit, os\natexit.register(os.abort)"
    for more in ("", child, late):
        text = f"{problem.prompt}{problem.reference}\nhoard = bytearray(50 << 20)\n{more}"
        program = spoken.assemble(problem, Sample(task_id="a", index=0, text=text, whole=True), problem.tests.code)
        outcome = slot.execute(program, LIMITS)
        assert outcome.run is not None
        assert (outcome.run.exit_code, outcome.run.stopped_by, outcome.proof) == (0, None, True)
        assert outcome.run.peak_memory_bytes > 50 << 20
        assert outcome.run.cpu_s > 0
        assert stdout(slot, look) == alone


def test_nothing_of_a_program_is_left_for_the_next(slot: Slot) -> None:
    run(slot, "for p in ('/box/a', '/tmp/a', '/dev/shm/a'): open(p, 'w').write('x')")
    # a toolchain may lie under /tmp, and is then seen there: what matters is the other program's file
    look = "import os\nprint(os.listdir('/box'), *('a' in os.listdir(p) for p in ('/tmp', '/dev/shm')))"
    assert stdout(slot, look) == "['main.py'] False False\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may limit the descriptors of a supervisor")
def test_one_supervisor_serves_program_after_program_and_keeps_nothing_open(slot: Slot) -> None:
    run(slot, "pass")
    supervisor = supervisor_of(slot)
    most = len(os.listdir(f"/proc/{supervisor}/fd")) + 30
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, (most, most))
    fails, quits = python("", build=(Step(argv=("false",)),)), python("import os\nos.close(1)\nos.close(2)")
    for _ in range(40):
        for program in (fails, quits):
            assert slot.execute(program, LIMITS).fault is None
    assert supervisor_of(slot) == supervisor


def test_after_a_fault_another_supervisor_goes_on(slot: Slot) -> None:
    run(slot, "pass")
    supervisor = supervisor_of(slot)
    assert slot.execute(Program(language="x", files=(), run=Step(argv=("not there",))), LIMITS).fault is not None
    run(slot, "pass")
    assert supervisor_of(slot) != supervisor


def test_a_process_finds_nothing_of_an_earlier_program_in_its_memory(slot: Slot) -> None:
    spoken = LANGUAGES["python"]
    problem = spoken.self_test

    def judged(more: str) -> str:
        text = f"{problem.prompt}{problem.reference}\n{more}"
        program = spoken.assemble(problem, Sample(task_id="a", index=0, text=text, whole=True), problem.tests.code)
        outcome = slot.execute(program, LIMITS)
        assert outcome.run is not None
        return outcome.run.stderr

    assert judged(f"MARK = {'words of a program, ' * 1000!r}") == ""
    assert judged(COUNT_THE_MARK) == "0 times\n"
    assert judged(f"MARK = {'words of a program, ' * 1000!r}\n{COUNT_THE_MARK}") != "0 times\n"


def test_no_process_survives_its_program(slot: Slot) -> None:
    mark = f"passatk-daemon-{os.getpid()}"
    daemon = (
        "import os, time, signal\nif os.fork() == 0:\n  os.setsid()\n  signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"  if os.fork() == 0:\n    os.execv('/usr/bin/env', ['env', '-a', '{mark}', 'sleep', '300'])\n  os._exit(0)\n"
        "time.sleep(0.05)"
    )
    run(slot, daemon)
    found = subprocess.run(["pgrep", "-f", mark], capture_output=True, check=False, text=True)
    assert found.stdout == ""


def test_a_daemon_that_holds_stdout_does_not_hold_the_judge(slot: Slot) -> None:
    started = time.monotonic()
    run(slot, "import os, time\nif os.fork() == 0:\n  os.setsid()\n  time.sleep(300)\nprint('done')")
    assert time.monotonic() - started < 10


def test_a_fork_bomb_ends_and_the_slot_goes_on(slot: Slot) -> None:
    facts = run(slot, "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass").run
    assert facts is not None
    assert facts.stopped_by is not None
    assert stdout(slot, "print('alive')") == "alive\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's count has processes of the slot in it")
@pytest.mark.skipif(not counts_processes_by_namespace(), reason="before Linux 5.14 slots share the count of an account")
def test_a_program_has_its_number_of_processes_whatever_others_have(slot: Slot, python_only: Environment) -> None:
    keep = "import os, signal\nfor _ in range(60):\n  if os.fork() == 0: signal.pause()\nsignal.pause()"
    count = "import os, time\nn = 1\ntry:\n  while os.fork(): n += 1\n  time.sleep(9)\nexcept OSError: print(n)"
    other = Slot(msgspec.structs.replace(python_only.world, cgroups=NO_PARENTS))
    with other, ThreadPoolExecutor(1) as beside:
        kept = beside.submit(run, other, keep, idle_s=300)
        while sum(name.startswith("python") for name, _ in below(server_of(other)).values()) < 60:
            assert not kept.done()
        assert stdout(slot, count) == f"{LIMITS.run.processes}\n"
        other.kill()
        assert isinstance(kept.exception(), SlotDied)


def test_a_full_disk_is_the_programs_own(slot: Slot) -> None:
    facts = run(slot, "f = open('big', 'wb')\nwhile True: f.write(b'x' * (1 << 20))").run
    assert facts is not None
    assert "No space left" in facts.stderr or "File too large" in facts.stderr
    assert stdout(slot, "print('alive')") == "alive\n"


def test_the_token_proves_and_anything_else_does_not(slot: Slot) -> None:
    honest = "import os\ntoken = os.read(0, 32)\nos.write(3, token)"
    assert run(slot, honest).proof
    assert not run(slot, "import os\nos.write(3, b'0' * 32)").proof
    assert not run(slot, honest + "\nos.write(3, b'x')").proof
    assert not run(slot, "pass").proof


def test_a_command_that_is_not_there_is_a_fault_not_a_failure(slot: Slot) -> None:
    program = Program(language="x", files=(), run=Step(argv=("no-such-compiler",)))
    outcome = slot.execute(program, LIMITS)
    assert outcome.run is None
    assert outcome.fault is not None
    assert "no-such-compiler" in outcome.fault


def test_a_failed_build_is_not_run(slot: Slot) -> None:
    build = (Step(argv=("true",)), Step(argv=("false",)), Step(argv=("true",)))
    outcome = slot.execute(Program(language="x", files=(), build=build, run=Step(argv=("true",))), LIMITS)
    assert outcome.build is not None
    assert outcome.build.exit_code == 1
    assert outcome.run is None


def test_undecodable_output_and_strange_files_come_through(slot: Slot) -> None:
    assert stdout(slot, "import os\nos.write(1, b'\\xff\\x00ok')") == "\\xff\x00ok"
    program = msgspec.structs.replace(
        python("print(open('deep/er.txt', 'rb').read())"),
        files=(
            ("main.py", "print(open('deep/er.txt', 'rb').read())"),
            ("deep/er.txt", "\ud800 \x00 é"),
        ),
    )
    facts = slot.execute(program, LIMITS).run
    assert facts is not None
    assert facts.stdout == "b'\\xed\\xa0\\x80 \\x00 \\xc3\\xa9'\n"


def test_a_dead_slot_says_so_and_a_new_one_works(python_only: Environment) -> None:
    with Slot(python_only.world) as slot:
        slot.kill()
        with pytest.raises(SlotDied):
            slot.execute(python("pass"), LIMITS)
    with Slot(python_only.world) as slot:
        assert stdout(slot, "print('new')") == "new\n"


def test_slots_leave_no_cgroup_and_no_process(python_only: Environment) -> None:
    slot = Slot(python_only.world)
    pid, folders = (
        slot._process.pid if slot._process else 0,
        [f for g in slot._groups.values() for f in g.folders.values()],
    )
    slot.execute(python("pass"), LIMITS)
    slot.close()
    assert not os.path.exists(f"/proc/{pid}")
    assert not any(os.path.exists(folder) for folder in folders)


def test_a_slot_that_is_closed_ends_by_itself(slot: Slot) -> None:
    run(slot, "pass")
    slot.close()
    assert slot._process is not None
    assert slot._process.returncode == 0


def test_without_a_sandbox_limits_still_hold_and_the_outcome_says_what_was_missing(python_only: Environment) -> None:
    world = msgspec.structs.replace(python_only.world, level=Level.NONE, cgroups=NO_PARENTS)
    with Slot(world) as slot:
        outcome = run(slot, "while True: pass")
        assert outcome.run is not None
        assert outcome.run.stopped_by is Stop.CPU
        assert outcome.isolation.sandbox == "none"
        run(slot, "import os, time\nif os.fork() == 0:\n  os.setsid()\n  time.sleep(300)")
        assert stdout(slot, "print('alive')") == "alive\n"
