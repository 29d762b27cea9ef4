"""Python programs one after another before one examiner, and which tests it may hold: what it may not keep."""

from collections.abc import Iterator

import msgspec
import pytest
from cheats.python import CLIENT
from verdict_cases import problem_for

from passatk.errors import InputError
from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.languages.base import CannotCross
from passatk.languages.python_plain import leaves_nothing
from passatk.problems import load_all
from passatk.records import Asserts, Sample, Status, Verdict
from passatk.sandbox import Slot

PYTHON = LANGUAGES["python"]
LIMITS = default_limits(cpu_s=2.0)
SETUP = "import math\nimport random\nimport sys\nfrom typing import *\nimport numpy as np\n"
TESTS = "assert f([1, 2]) == 3 and f([]) == 0\n"
RIGHT = "def f(numbers):\n    return sum(numbers)\n"
DRAWS = "import random\nassert f(random.random()) is None\nassert f(random.choice('abcdef')) is None\n"
SHOWS = "def f(drawn):\n    print(drawn)\n"

PLAIN = {
    "HumanEval's": "METADATA = {'author': 'x'}\n\ndef check(candidate):\n    assert candidate(1) == 2\n\ncheck(f)\n",
    "a module of functions": "import math\nassert math.isclose(f(1), math.sqrt(2))\n",
    "one that the problem imports": "assert math.isclose(f(1), 2) and random.random() < f(2)\n",
    "values of its own": "d = {}\nd['a'] = [1]\nd['a'].append(f(d))\nfor x in d:\n    assert sorted(d[x], key=abs)\n",
    "a class of the same name as its module": "import datetime\nassert f() == datetime.datetime(2020, 1, 2)\n",
    "a function of pytest's form": "def test_f():\n    assert f(1) == 2\n",
    "an attribute of the program's": "assert f(1).value == 2\n",
}
OTHERS = {
    "the interpreter": "assert f(sys.maxsize)\n",
    "its own import of it": "import sys\nassert f(1)\n",
    "an import under another name": "import random as r\nassert f(r.random())\n",
    "a module behind a module": "assert random.os.getcwd() == f()\n",
    "another one behind a module": "import datetime\nassert datetime.sys.path == f()\n",
    "numpy": "assert np.allclose(f(1), 2)\n",
    "an exception it catches": "try:\n    f(1)\nexcept ValueError:\n    pass\n",
    "a class": "class A: pass\nassert f(A)\n",
    "an attribute it sets": "math.pi = 3\nassert f(1)\n",
    "an item of another's": "math.pi[0] = 3\nassert f(1)\n",
    "what it deletes": "del math.pi\nassert f(1)\n",
    "a builtin that reaches everything": "assert f(eval('1'))\n",
    "its names": "assert f(globals())\n",
    "dunder attributes": "assert f.__name__ == 'f'\n",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    def test_f(self): self.assertEqual(f(1), 2)\n",
    "a context": "with f() as x: assert x\n",
    "a decorator": "@f\ndef g(): pass\nassert g\n",
    "what is no program": "assert f(1) ==\n",
    "a module that another one has": "from datetime import sys as s\nassert f(1)\n",
    "what a module keeps to itself": "from random import _os\nassert f(1)\n",
}
BEFORE = {
    "exits": "import sys\ndef f(numbers): sys.exit(0)\n",
    "dies": "import os, signal\ndef f(numbers): os.kill(os.getpid(), signal.SIGKILL)\n",
    "closes its pipes": "import os\ndef f(numbers): os.closerange(3, 9)\n",
    "says what is no message": "import os\ndef f(numbers): os.write(4, b'x' * 100)\n",
    "says half of a message": "import os\ndef f(numbers):\n    os.write(4, bytes([99] + 7 * [0]))\n    os._exit(0)\n",
    "says too much": "import os\ndef f(numbers):\n    os.write(4, (1 << 40).to_bytes(8, 'little'))\n",
    "raises what stops everything": "def f(numbers): raise KeyboardInterrupt\n",
    "nests deeply": "def f(numbers):\n    x = []\n    for _ in range(200000): x = [x]\n    return x\n",
    "never ends": "def f(numbers):\n    while True: pass\n",
    "calls a module so": "import antigravity as f\n",
    "claims to be a module's": "def f(numbers): return 3\nf.__module__, f.__name__ = 'unittest.__main__', 'f'\n",
    "is wrong": "def f(numbers): return 4\n",
    "gives what numpy makes": "import numpy\ndef f(numbers): return numpy.array(4)\n",
}
CALLS_BACK = "def check(candidate):\n    assert candidate(lambda x: len(x)) == 3\ncheck(f)\n"
DEEP = (
    CLIENT
    + """
begin()
callback = argument(recv())
for _ in range(LEVELS):
    send(0, 'call', [0], None, [1], [callback, ['theirs', 9, 'x', False, '']])
    recv()
send(1, [1], [['bytes', '0300000000000000'], ['value', 'numpy.generic', '<i8', [0]]])
recv()
"""
)
"""Asks a function of the tests, which asks it, and so on; numpy is imported where the stack is about to end."""


class Ready:
    """A slot, and the programs of one task."""

    def __init__(self, environment: Environment, slot: Slot):
        self.environment, self.slot = environment, slot

    def judged(self, text: str, tests: str = TESTS) -> Verdict:
        problem = problem_for("python")
        problem = msgspec.structs.replace(
            problem, tests=Asserts(code=tests), prompt="", declaration="", entry_point="f"
        )
        program = PYTHON.program(problem, Sample(task_id=problem.task_id, index=0, text=text, whole=True), tests)
        assert program.examiner is not None
        self.environment.examine_with(self.slot, program)
        return decide([self.slot.execute(program, LIMITS)], LIMITS, PYTHON.failure)

    def output(self, text: str, tests: str) -> str:
        verdict = self.judged(text, tests)
        run = verdict.attempts[0].run
        assert verdict.status is Status.PASSED
        assert run is not None
        return run.stdout


@pytest.fixture
def ready(python_only: Environment) -> Iterator[Ready]:
    with Slot(python_only.world) as slot:
        yield Ready(python_only, slot)


@pytest.mark.parametrize("name", PLAIN)
def test_these_leave_nothing_behind(name: str) -> None:
    assert leaves_nothing(SETUP.replace("import numpy as np\n", ""), "", PLAIN[name])


@pytest.mark.parametrize("name", OTHERS)
def test_these_may_leave_something_behind(name: str) -> None:
    assert not leaves_nothing(SETUP, "", OTHERS[name])


def test_so_may_what_they_call_and_what_the_problem_sets_up() -> None:
    assert not leaves_nothing(SETUP, "def helper(): math.pi = 3\n", TESTS)
    assert not leaves_nothing("math = 3\n", "", TESTS)
    assert not leaves_nothing("import requests\n", "", TESTS)
    assert not leaves_nothing("import sys as s\n", "", "s.setrecursionlimit(120)\n" + TESTS)


@pytest.mark.parametrize("name", BEFORE)
def test_a_right_program_passes_whatever_came_before(ready: Ready, name: str) -> None:
    assert ready.judged(BEFORE[name]).status is not Status.PASSED
    assert ready.judged(RIGHT).status is Status.PASSED
    assert ready.judged("def f(numbers): return 0\n").status is Status.WRONG_ANSWER


def test_chance_is_the_same_for_every_program(ready: Ready) -> None:
    first = ready.output(SHOWS, DRAWS)
    ready.judged(RIGHT)
    ready.judged(BEFORE["gives what numpy makes"])
    assert first.count("\n") == 2
    assert ready.output(f"import random\nrandom.seed(7)\n{SHOWS}", DRAWS) == first
    assert ready.output(SHOWS, DRAWS) == first


@pytest.mark.parametrize("levels", range(226, 234, 2))
def test_no_examiner_stays_with_half_a_module(ready: Ready, levels: int) -> None:
    assert ready.judged(DEEP.replace("LEVELS", str(levels)), CALLS_BACK).status is not Status.PASSED
    assert ready.judged("import numpy\ndef f(numbers): return numpy.int64(sum(numbers))\n").status is Status.PASSED


def test_no_program_changes_a_class_of_the_library(ready: Ready) -> None:
    sets = "def f(counter): counter.most_common = 3\n"
    assert ready.judged(sets, "import typing\nassert f(typing.Counter) is None\n").status is Status.RUNTIME_ERROR
    counts = "import collections\ndef f(text): return collections.Counter(text)\n"
    assert ready.judged(counts, "assert f('aab').most_common(1) == [('a', 2)]\n").status is Status.PASSED


def test_the_memory_of_the_tests_has_a_bound(ready: Ready) -> None:
    verdict = ready.judged("def f(n): return range(n)\n", "assert len(set(f(10**10))) == 10**10\n")
    assert verdict.status is Status.RUNTIME_ERROR
    assert "MemoryError" in verdict.reason
    assert ready.judged(RIGHT).status is Status.PASSED


def test_the_reason_shows_the_assertion(ready: Ready) -> None:
    assert ready.judged("def f(numbers): return 4\n").reason == f"AssertionError: {TESTS.strip()}"


def test_nearly_all_published_tests_leave_nothing_behind() -> None:
    for benchmark, most in (("humaneval-x", 0), ("humaneval", 0), ("mbpp", 3)):
        try:
            problems = [p for p in load_all(benchmark) if p.language == "python"]
        except InputError as error:
            pytest.skip(str(error))
        others = []
        for problem in problems:
            try:
                PYTHON.examiner(problem, problem.tests.code)
            except CannotCross:
                others.append(problem.task_id)
        assert len(others) <= most, others
