"""A compiler that stays saves time, and nothing else: what it cannot do well is done as if it were not there."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from running import called

from passatk.judging import Environment, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Outcome, Sample
from passatk.sandbox import Slot

JAVA = LANGUAGES["java"]
RIGHT = JAVA.self_test.solution
DEEP = f"        return {'(' * 3000}42{')' * 3000};\n    }}\n}}\n"


@pytest.fixture(scope="module")
def java() -> Environment:
    made = Environment(["java"])
    if missing := made.toolchains["java"].missing:
        pytest.skip(missing[0])
    return made


@pytest.fixture
def slot(java: Environment) -> Iterator[Slot]:
    with Slot(java.world) as made:
        yield made


def judged(slot: Slot, text: str) -> Outcome:
    problem = JAVA.self_test
    program = JAVA.assemble(problem, Sample(task_id=problem.task_id, index=0, text=text), problem.tests.code)
    outcome = slot.execute(program, default_limits())
    assert outcome.fault is None
    return outcome


def compilers(slot: Slot) -> list[int]:
    assert slot._process is not None
    return called(slot._process.pid, b"\0passatk.Compiler\0")


def compiler(slot: Slot, other_than: int = 0) -> int:
    """It is started after the reply on the program that missed it."""
    while len(found := [pid for pid in compilers(slot) if pid != other_than]) != 1:
        time.sleep(0.01)
    return found[0]


def test_it_is_started_when_first_wanted_and_stays(slot: Slot) -> None:
    assert compilers(slot) == []
    assert judged(slot, RIGHT).proof
    first = compiler(slot)
    for _ in range(2):
        assert judged(slot, RIGHT).proof
        assert compilers(slot) == [first]


def test_it_says_what_the_ordinary_compiler_says(slot: Slot) -> None:
    said = [judged(slot, "        return 1 + ;\n    }\n}\n").build for _ in range(2)]
    assert [facts and facts.exit_code for facts in said] == [1, 1]
    assert [facts and facts.stderr.splitlines()[:3] for facts in said] == [
        ["Main.java:4: error: illegal start of expression", "        return 1 + ;", "                   ^"]
    ] * 2


def test_classes_of_one_program_are_not_there_for_the_next(slot: Slot) -> None:
    helper = "        return Left.over();\n    }\n}\n"
    for _ in range(2):
        assert judged(slot, f"{helper}class Left {{ static int over() {{ return 42; }} }}\n").proof
    after = judged(slot, helper).build
    assert after is not None
    assert after.exit_code == 1


def test_what_it_has_no_room_for_the_ordinary_compiler_decides(slot: Slot) -> None:
    first = judged(slot, DEEP).build
    before = compiler(slot)
    again = judged(slot, DEEP).build
    assert first is not None
    assert again is not None
    assert first.exit_code == again.exit_code
    compiler(slot, other_than=before)
    assert judged(slot, RIGHT).proof


def test_one_that_was_killed_is_missed_by_nobody(slot: Slot) -> None:
    assert judged(slot, RIGHT).proof
    before = compiler(slot)
    os.kill(before, signal.SIGKILL)
    assert judged(slot, RIGHT).proof
    compiler(slot, other_than=before)
    assert judged(slot, RIGHT).proof


def test_it_ends_with_its_slot(java: Environment) -> None:
    with Slot(java.world) as made:
        assert judged(made, RIGHT).proof
        pid = compiler(made)
    assert not os.path.exists(f"/proc/{pid}")
