"""Examiners that stay from program to program: here a small Python script that runs the tests it is told."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from slot_programs import LIMITS, STEP

from passatk.judging import Environment
from passatk.judging.examiners import Examiners
from passatk.judging.verdict import decide
from passatk.languages import LANGUAGES
from passatk.records import Examiner, Program, Status, Step, Verdict
from passatk.sandbox import EXAMINERS, Level, Slot
from passatk.sandbox.cgroups import NO_PARENTS

STAYS = """
import os, struct, sys

seen = 0
for line in sys.stdin:
    pid, *fds, path = line.split()
    ways = (os.O_RDONLY, os.O_WRONLY, os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)
    token, said, answers, calls, words = (os.open(f"/proc/{pid}/fd/{fd}", way) for fd, way in zip(fds, ways))
    os.write(3, b"o")
    token_words = os.read(token, 100).decode()
    seen += 1

    def say(line):
        os.write(said, line.encode() + b"\\n")

    def ask(question):
        os.write(calls, struct.pack("<I", len(question)) + question)
        return os.read(answers, 1000)

    exec(open(path + ".py").read())
    for fd in (token, said, answers, calls, words):
        os.close(fd)
"""
PROGRAM = """
import os, struct, sys

def heard():
    header = os.read(3, 4)
    return os.read(3, struct.unpack("<I", header)[0]) if header else b""

"""
DOUBLES = "while question := heard():\n    os.write(4, question * 2)\n"
COUNTS = "ask(b'a')\nsay(f'failed {seen}')\n"
PASSES = "say(f'passed {token_words}' if ask(b'ab') == b'abab' else 'failed')\n"


class Meet:
    def __init__(self, slot: Slot, store: Examiners, script: Path):
        self.slot, self.store, self.script = slot, store, script

    def __call__(self, tests: str, program: str = DOUBLES, python: str = "${PYTHON}", **limits: float) -> Verdict:
        made = Examiner(
            language="python",
            source=textwrap.dedent(tests),
            run=Step(argv=(python, "-E", "-S", str(self.script))),
            asks="${EXAMINER}/${EXAMINER_NAME}",
        )
        self.store._keep([made], {f"{made.name}.py": made.source.encode()})
        files = (("program.py", PROGRAM + textwrap.dedent(program)),)
        run = Step(argv=("${PYTHON}", "-E", "-S", "program.py"))
        allowed = msgspec.structs.replace(LIMITS, run=msgspec.structs.replace(STEP, **limits))
        outcome = self.slot.execute(Program(language="python", files=files, run=run, examiner=made), allowed)
        assert outcome.fault is None, outcome.fault
        return decide([outcome], allowed, LANGUAGES["python"].failure)


@pytest.fixture(scope="module", params=["best", "without cgroup", "without sandbox"])
def place(
    request: pytest.FixtureRequest, python_only: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Slot, Examiners, Path]]:
    """A slot, where its examiners lie, and where it sees them."""
    bare, home = request.param == "without sandbox", tmp_path_factory.mktemp("examiners")
    home.chmod(0o755)
    store = Examiners(home, {"python": python_only.toolchains["python"]})
    seen_at = str(home) if bare else EXAMINERS
    variables = [pair for pair in python_only.world.variables if not pair[0].startswith("EXAMINERS")]
    world = msgspec.structs.replace(
        python_only.world,
        examiners=str(home),
        variables=(*variables, *store.variables(seen_at)),
        cgroups=python_only.world.cgroups if request.param == "best" else NO_PARENTS,
        level=Level.NONE if bare else python_only.world.level,
        patience_s=2.0,
    )
    with Slot(world) as slot:
        yield slot, store, Path(seen_at)


@pytest.fixture
def meet(place: tuple[Slot, Examiners, Path]) -> Meet:
    """With a script of the test's own, so that none of it stays already."""
    slot, store, seen_at = place
    script = f"stays{len(list(store.home.iterdir()))}.py"
    (store.home / script).write_text(STAYS)
    return Meet(slot, store, seen_at / script)


def test_it_asks_program_after_program(meet: Meet) -> None:
    assert [meet(COUNTS).reason for _ in range(3)] == ["1", "2", "3"]
    assert meet(PASSES).status is Status.PASSED
    assert meet(PASSES, "heard()\nos.write(4, b'wrong')\n").status is Status.WRONG_ANSWER
    assert meet(COUNTS).reason == "6"


@pytest.mark.parametrize(
    ("tests", "status"),
    [
        ("ask(b'a')\nos._exit(0)\n", Status.RUNTIME_ERROR),
        ("ask(b'a')\nos.kill(os.getpid(), 9)\n", Status.RUNTIME_ERROR),
        ("ask(b'a')\nos.close(calls)\nimport time\ntime.sleep(60)\n", Status.RUNTIME_ERROR),
        ("say('failed')\nos._exit(0)\n", Status.WRONG_ANSWER),
    ],
    ids=["exits", "is killed", "hangs", "exits after its line"],
)
def test_one_that_is_gone_is_replaced(meet: Meet, tests: str, status: Status) -> None:
    assert meet(COUNTS).reason == "1"
    assert meet(tests).status is status
    assert [meet(COUNTS).reason for _ in range(2)] == ["1", "2"]


def test_a_program_that_is_stopped_leaves_nothing_behind(meet: Meet) -> None:
    assert meet(COUNTS, "import time\ntime.sleep(60)\n", idle_s=0.5).status is Status.TIME_LIMIT
    assert meet(COUNTS, "heard()\nos.write(4, b'x' * 50_000)\nos.write(4, b'y')\n").reason in ("1", "2")
    assert meet(PASSES).status is Status.PASSED


def test_what_it_used_before_is_not_counted_again(meet: Meet) -> None:
    busy = "import time\nbegun = time.process_time()\nwhile time.process_time() - begun < 1: pass\n"
    first = meet(f"{busy}{COUNTS}").attempts[0].examiner
    second = meet(COUNTS).attempts[0].examiner
    assert first is not None
    assert second is not None
    assert first.cpu_s > 0.9
    assert second.cpu_s < 0.5


def test_one_that_cannot_be_started_is_a_fault(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(meet.slot._values, "NOTHING", "/nothing")
    with pytest.raises(AssertionError, match="the tests' process cannot be started"):
        meet(COUNTS, python="${NOTHING}")
    assert meet(COUNTS).reason == "1"
