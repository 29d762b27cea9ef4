"""What is done to a program from outside is a fault, to be judged again, and never the program's failure."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from slot_programs import LIMITS, STEP, below, python, server_of, stdout, supervisor_of

from passatk.judging import Environment
from passatk.records import Limits, Outcome, Program, Step, Stop
from passatk.sandbox import Level, Slot, SlotDied
from passatk.sandbox.cgroups import NO_PARENTS, Parents
from passatk.sandbox.server.faults import Fault, check_build
from passatk.sandbox.server.request import Facts

PATIENT = msgspec.structs.replace(STEP, idle_s=60.0, cpu_s=60.0, memory_bytes=1 << 30)
SLEEP = Program(language="x", files=(), run=Step(argv=("sleep", "50")))
HOARD = "hoard = []\nwhile True: hoard.append(b'x' * (1 << 22))"
TEMPLATES = """
template <int N, int M> struct Grid { static constexpr unsigned v = Grid<N - 1, M>::v + Grid<N, M - 1>::v; };
template <int M> struct Grid<0, M> { static constexpr unsigned v = 1; };
template <int N> struct Grid<N, 0> { static constexpr unsigned v = 1; };
template <> struct Grid<0, 0> { static constexpr unsigned v = 1; };
int main() { return Grid<800, 800>::v & 1; }
"""
BOMB = Program(
    language="x",
    files=(("bomb.cpp", TEMPLATES),),
    build=(Step(argv=("g++", "-ftemplate-depth=5000", "bomb.cpp", "-o", "bomb")),),
    run=Step(argv=("./bomb",)),
)
KILLED = "g++: fatal error: Killed signal terminated program cc1plus"
needs_compiler = pytest.mark.skipif(not os.path.exists("/usr/bin/g++"), reason="no g++ here")


def while_it_runs(slot: Slot, program: Program, name: str, then: Callable[[int], None]) -> Outcome:
    """Execute `program`; once its process `name` is there, `then` something happens to that."""

    def wait() -> None:
        for _ in range(3000):
            if found := [pid for pid, (known, _) in below(server_of(slot)).items() if known == name]:
                then(found[0])
                return
            time.sleep(0.01)

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        return slot.execute(program, Limits(run=PATIENT, build=PATIENT))
    finally:
        thread.join()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.fixture(params=["best", "without cgroup", "without sandbox"])
def any_slot(request: pytest.FixtureRequest, python_only: Environment) -> Iterator[Slot]:
    world = python_only.world
    if request.param != "best":
        world = msgspec.structs.replace(world, cgroups=NO_PARENTS)
    if request.param == "without sandbox":
        world = msgspec.structs.replace(world, level=Level.NONE)
    with Slot(world) as made:
        yield made


@needs_compiler
def test_a_compiler_killed_from_outside_is_a_fault(any_slot: Slot) -> None:
    outcome = while_it_runs(any_slot, BOMB, "cc1plus", kill)
    assert outcome.fault is not None
    assert "killed from outside" in outcome.fault
    assert outcome.build is None


@needs_compiler
def test_a_driver_killed_from_outside_is_a_fault(any_slot: Slot) -> None:
    outcome = while_it_runs(any_slot, BOMB, "g++", kill)
    assert outcome.fault is not None
    assert "killed from outside" in outcome.fault  # and of memory too, if the kernel killed for that elsewhere


@needs_compiler
def test_a_compiler_that_takes_too_much_memory_is_stopped_by_that_limit(any_slot: Slot) -> None:
    build = msgspec.structs.replace(PATIENT, memory_bytes=100 << 20)
    outcome = any_slot.execute(BOMB, Limits(run=STEP, build=build))
    assert outcome.fault is None
    assert outcome.build is not None
    assert outcome.build.stopped_by is Stop.MEMORY


@pytest.mark.parametrize(
    "text",
    [
        "g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n",
        "collect2: fatal error: ld terminated with signal 9 [Killed]\ncompilation terminated.\n",
        "warning: x\n/usr/bin/c++-12: fatal error: Killed signal terminated program as\ncompilation terminated.\n",
        "error: linking with `cc` failed: signal: 9 (SIGKILL)\n  |\n  = note: x\n\nerror: aborting\n",
        "error: linking with `cc` failed: exit status: 1\n  |\n  = note: LC_ALL=C\n"
        "  = note: gcc: fatal error: Killed signal terminated program collect2\n          compilation terminated.\n",
    ],
)
def test_words_of_a_driver_whose_child_was_killed_are_understood(text: str) -> None:
    with pytest.raises(Fault, match="killed from outside"):
        check_build(failed(text), msgspec.to_builtins(PATIENT))


@pytest.mark.parametrize(
    "text",
    [
        "main.cpp:1:2: error: #error g++: fatal error: Killed signal terminated program cc1plus\n",
        "main.cpp:1:1: error: static assertion failed: x\n"
        "g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n    1 | static_assert\n",
        "main.cpp:1:1: error: x\ncollect2: fatal error: ld terminated with signal 9 [Killed]\n    1 | static_assert\n",
        "error: x\n       error: linking with `cc` failed: signal: 9 (SIGKILL)\n",
        "error: x\n  = note: gcc: fatal error: Killed signal terminated program collect2\n",
    ],
)
def test_a_source_cannot_put_words_into_a_drivers_mouth(text: str) -> None:
    check_build(failed(text), msgspec.to_builtins(PATIENT))
    with pytest.raises(Fault):
        check_build({**failed(""), "exit_code": None, "signal": 9}, msgspec.to_builtins(PATIENT))


def failed(stderr: str) -> Facts:
    return {
        "exit_code": 1,
        "signal": None,
        "stopped_by": None,
        "cpu_s": 1.0,
        "wall_s": 1.0,
        "idle_s": 0.0,
        "peak_memory_bytes": 1,
        "output_bytes": 1,
        "stdout": "",
        "stderr": stderr,
    }


@needs_compiler
@pytest.mark.parametrize(
    "source",
    [
        rf'static_assert(false, "\n{KILLED}\ncompilation terminated.");',
        f"#error {KILLED}",
        rf'#pragma GCC error "\n{KILLED}\ncompilation terminated."',
    ],
)
def test_a_program_cannot_make_its_compile_error_a_fault(best: Slot, source: str) -> None:
    program = Program(
        language="x",
        files=(("a.cpp", source + "\n"),),
        build=(Step(argv=("g++", "a.cpp")),),
        run=Step(argv=("./a.out",)),
    )
    outcome = best.execute(program, Limits(run=STEP, build=PATIENT))
    assert outcome.fault is None
    assert outcome.build is not None
    assert outcome.build.exit_code == 1


def test_a_supervisor_that_is_killed_takes_slot_and_program_with_it(any_slot: Slot) -> None:
    def kill_its_supervisor(pid: int) -> None:
        namespaced = any_slot._world.level is not Level.NONE
        kill(supervisor_of(any_slot) if namespaced else below(server_of(any_slot))[pid][1])

    with pytest.raises(SlotDied, match="the programs' supervisor died: signal 9"):
        while_it_runs(any_slot, SLEEP, "sleep", kill_its_supervisor)
    any_slot.close()
    assert below(server_of(any_slot)) == {}


def test_a_server_that_is_killed_is_a_slot_that_died(best: Slot) -> None:
    def kill_the_server(_: int) -> None:
        family, pid = below(server_of(best)), supervisor_of(best)
        while family[pid][1] in family and family[family[pid][1]][0].startswith("python"):
            pid = family[pid][1]
        kill(pid)

    with pytest.raises(SlotDied):
        while_it_runs(best, SLEEP, "sleep", kill_the_server)
    best.close()
    assert below(server_of(best)) == {}


def test_a_program_that_kills_itself_is_its_own_affair(best: Slot) -> None:
    facts = best.execute(python("import os\nos.kill(os.getpid(), 9)"), LIMITS).run
    assert facts is not None
    assert (facts.signal, facts.stopped_by) == (9, None)


@pytest.mark.parametrize(
    "files",
    [
        (("big", "x" * (STEP.disk_bytes + 1)),),
        tuple((f"many/{number}", "") for number in range(20_000)),
        (("../out", ""),),
        (("/tmp/out", ""),),
    ],
    ids=["too big", "too many", "outside", "absolute"],
)
def test_files_that_cannot_be_written_are_a_fault(best: Slot, files: tuple[tuple[str, str], ...]) -> None:
    outcome = best.execute(msgspec.structs.replace(SLEEP, files=files), LIMITS)
    assert outcome.fault is not None
    assert outcome.run is None
    assert stdout(best, "print('alive')") == "alive\n"


def test_a_program_too_long_to_send_is_a_fault(best: Slot) -> None:
    outcome = best.execute(msgspec.structs.replace(SLEEP, files=(("big", "x" * (65 << 20)),)), LIMITS)
    assert outcome.fault is not None
    assert "too long" in outcome.fault
    assert stdout(best, "print('alive')") == "alive\n"


@pytest.fixture
def small_machine(python_only: Environment) -> Iterator[Parents]:
    """Groups inside a group of 64 MiB: to those in it, the machine has no more."""
    parents = python_only.world.cgroups
    name = f"passatk-test-{os.getpid()}"
    if parents.version == 1 and "memory" in parents.folders:
        folder, limit = Path(parents.folders["memory"], name), "memory.limit_in_bytes"
        inside = {**parents.folders, "memory": str(folder)}
    elif parents.version == 2:
        folder, limit = Path(parents.folders["unified"], name), "memory.max"
        inside = {"unified": str(folder)}
    else:
        pytest.skip("no cgroup that limits memory can be made here")
    folder.mkdir()
    try:
        (folder / limit).write_text(str(64 << 20))
        if parents.version == 2:
            (folder / "memory.swap.max").write_text("0")
            (folder / "cgroup.subtree_control").write_text("+memory +pids")
        yield Parents(version=parents.version, folders=inside)
    finally:
        folder.rmdir()


def test_a_machine_out_of_memory_is_not_the_programs_limit(python_only: Environment, small_machine: Parents) -> None:
    with Slot(msgspec.structs.replace(python_only.world, cgroups=small_machine)) as slot:
        outcome = slot.execute(python(HOARD), LIMITS)
        assert outcome.fault is not None
        assert "the machine ran out of memory" in outcome.fault
        small = msgspec.structs.replace(STEP, memory_bytes=32 << 20)
        facts = slot.execute(python(HOARD), Limits(run=small, build=STEP)).run
        assert facts is not None
        assert facts.stopped_by is Stop.MEMORY
        build = (Step(argv=("${PYTHON}", "main.py")),)
        outcome = slot.execute(python(HOARD, build=build), LIMITS)
        assert outcome.fault is not None
        assert "the machine ran out of memory" in outcome.fault


def test_without_a_group_the_kernels_count_of_kills_decides(python_only: Environment, small_machine: Parents) -> None:
    """Somewhere on the machine the kernel kills for memory; at the same time a program is killed, and not by us."""
    world = msgspec.structs.replace(python_only.world, cgroups=NO_PARENTS)
    crowded = msgspec.structs.replace(python_only.world, cgroups=small_machine)
    with Slot(world) as slot, Slot(crowded) as other:

        def starve_and_kill(pid: int) -> None:
            other.execute(python(HOARD), LIMITS)
            kill(pid)

        outcome = while_it_runs(slot, SLEEP, "sleep", starve_and_kill)
    assert outcome.fault is not None
    assert "the machine ran out of memory" in outcome.fault
