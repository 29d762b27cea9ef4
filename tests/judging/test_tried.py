"""Results of single tests are remembered: only new ones are run, and the verdict is the one that all of them give."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from test_cases import problem

from passatk import Judge
from passatk.cases import Call, Case, Cases, Checker
from passatk.records import Problem, Program, Verdict

ANSWERS = """
import sys
n = int(input())
if n == 3: raise KeyError(n)
if n == 4: print(0)
elif n == 5: sys.exit("no")
else: print(n)
"""
"""Tests 3 to 5 fail, each with a status or words of its own."""


def cases(*numbers: int, **settings: object) -> Cases:
    """With inputs of the same size, so that their order is that of the numbers; named by their place."""
    listed = tuple(Case(id=f"at{at}", stdin=f"{n}\n", expected=f"{n}\n") for at, n in enumerate(numbers))
    return Cases(cases=listed, **settings)  # type: ignore[arg-type]


class Watched:
    """A judge that remembers, and the inputs that it executed since it was asked last."""

    def __init__(self, judge: Judge):
        self.judge, self.inputs = judge, list[str]()
        executor = judge._pool.executor
        self._begin = executor.begin
        executor.begin = self.begin  # type: ignore[assignment, method-assign]

    def begin(self, program: Program, *others: Any) -> None:
        assert program.cases is not None
        self.inputs += [case.stdin.strip() for case in program.cases.in_order]
        self._begin(program, *others)

    def __call__(self, tests: Cases, text: str = ANSWERS) -> tuple[Verdict, str]:
        self.inputs.clear()
        (verdict,) = self.judge.judge([(asked(tests), text)])
        return verdict, " ".join(self.inputs)


def asked(tests: Cases) -> Problem:
    return msgspec.structs.replace(problem(tests), reference=None)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setenv("PASSATK_CACHE", str(tmp_path / "verdicts.sqlite"))
    with Judge(["python"], workers=1) as judge:
        yield Watched(judge)


def test_only_tests_that_are_new_are_run(watched: Watched) -> None:
    assert watched(cases(1, 2)) == (watched.judge.judge([(asked(cases(1, 2)), ANSWERS)])[0], "1 2")
    verdict, run = watched(cases(6, 2, 1))
    assert (verdict.reason, run) == ("all tests held", "6")
    assert [(one.id, one.output.strip()) for one in verdict.cases] == [("at0", "6"), ("at1", "2"), ("at2", "1")]
    verdict, run = watched(cases(2, 3))
    assert (verdict.reason, run) == ("test at1: KeyError: 3", "3")
    assert watched(cases(3)) == (watched(cases(3))[0], ""), "what failed is known too"
    assert watched(cases(1, 2), ANSWERS + "#")[1] == "1 2", "another program"


def test_where_tests_stop_at_a_failure_those_behind_it_are_left_alone(watched: Watched) -> None:
    assert watched(cases(3, 7))[1] == "3 7"
    verdict, run = watched(cases(9, 3, 1, stop="first_failure"))
    assert (run, [str(one.status) for one in verdict.cases]) == ("1", ["not_run", "runtime_error", "passed"])
    assert watched(cases(9, 3))[1] == "9"


def test_what_single_tests_do_not_say_is_not_remembered_so(watched: Watched) -> None:
    tests = cases(1, 2)
    watched(tests)
    assert watched(msgspec.structs.replace(tests, checker=Checker(kind="exact")))[1] == "1 2", "another checker"
    shared = msgspec.structs.replace(tests, cpu_s=5.0)
    assert (watched(shared)[1], watched(shared)[1]) == ("1 2", ""), "its limit is of all together: the verdict is kept"
    assert watched(msgspec.structs.replace(shared, cases=tests.cases[:1]))[1] == "1"
    slow = tuple(msgspec.structs.replace(case, cpu_s=4.0) for case in tests.cases)
    assert watched(msgspec.structs.replace(tests, cases=slow))[1] == "1 2", "another limit"
    call = Call(name="double", together=True)
    called = Cases(cases=(Case(id="a", stdin="[1]", expected="2"), Case(id="b", stdin="[2]", expected="4")), call=call)
    assert watched(called, "def double(n): return 2 * n\n")[0].reason == "all tests held"
    assert watched(msgspec.structs.replace(called, cases=called.cases[:1]), "def double(n): return 2 * n\n")[1] == "[1]"


def test_a_verdict_is_the_same_whatever_was_known_before(watched: Watched) -> None:
    chance = random.Random(5)
    with Judge(["python"], workers=1, cached=False) as fresh:
        for _ in range(12):
            numbers = chance.sample(range(1, 8), chance.randint(1, 6))
            tests = cases(*numbers, stop=chance.choice(["all", "first_failure"]))
            (expected,) = fresh.judge([(asked(tests), ANSWERS)])
            assert said(watched(tests)[0]) == said(expected), numbers


def said(verdict: Verdict) -> tuple[object, ...]:
    results = [(one.id, one.status, one.output, one.words) for one in verdict.cases]
    return verdict.status, verdict.reason, verdict.walled, results
