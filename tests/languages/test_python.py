"""Tests that use Python as people do: truth, shadowed names, attributes, classes of unittest."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from passatk.judging import Environment, LocalPool, decide, default_limits, default_policy
from passatk.judging.calibration import reference_job
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Limits, Outcome, Problem, Program, Sample, Status, Verdict
from passatk.sandbox import Slot

PYTHON = LANGUAGES["python"]
LIMITS = default_limits(cpu_s=10.0)


class Case(NamedTuple):
    """A whole solution and tests of it."""

    solution: str
    tests: str
    asked: str = ""
    """The function that the problem declares, if it declares one."""
    setup: str = ""


def case_problem(case: Case) -> Problem:
    return Problem(
        task_id="Python/0",
        benchmark="test",
        language="python",
        prompt="",
        declaration=f"def {case.asked}():\n" if case.asked else "",
        tests=Asserts(code=case.tests),
        setup=case.setup,
    )


@pytest.fixture(scope="module")
def python_slot(python_only: Environment) -> Iterator["Examining"]:
    with Slot(python_only.world) as slot:
        yield Examining(slot, python_only)


class Examining(NamedTuple):
    """A slot that builds what a program's tests need."""

    slot: Slot
    environment: Environment

    def execute(self, program: Program, limits: Limits) -> Outcome:
        self.environment.examine_with(self.slot, program)
        return self.slot.execute(program, limits)


def judged(slot: Examining, case: Case) -> Verdict:
    problem = case_problem(case)
    sample = Sample(task_id=problem.task_id, index=0, text=case.solution, whole=True)
    outcome = slot.execute(PYTHON.program(problem, sample, problem.tests.code), LIMITS)
    return decide([outcome], LIMITS, PYTHON.failure)


def suite(body: str, setup: str = "") -> str:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return f"import unittest\nclass Suite(unittest.TestCase):\n{setup}    def test(self):\n{lines}"


MATCH = "import re\ndef f(text):\n    return re.match('a+', text)\n"
TRUTH = "class Own:\n    def __init__(self, value): self.value = value\n    def __bool__(self): return self.value\n"
POINT = "from typing import NamedTuple\nclass Point(NamedTuple):\n    x: int\n    y: int = 2\n"
METHODS = "    def norm(self): return self.x + self.y\ndef f(): return Point(1)\ndef norm(point): return point.norm()\n"
NUMBERS = "import enum\nclass Color(enum.IntEnum):\n    RED = 1\nclass Kind(enum.Enum):\n    A = 'a'\n"
VECTOR = (
    "class V:\n    def __init__(self, x): self.x = x\n    def __add__(self, other): return V(self.x + other.x)\n"
    "    def __eq__(self, other): return self.x == other.x\n    def __lt__(self, other): return self.x < other.x\n"
)
STACK = "class Stack(list):\n    def push(self, v): self.append(v)\n    def top(self): return self[-1]\n"
SHOP = (
    "class Shop:\n    def __init__(self): self.stock = {'a': {'sizes': []}}; self.names = []\n"
    "    def sizes(self): return len(self.stock['a']['sizes'])\n"
)
ADD = "def add(a, b):\n    return a + b\n"

PASS = {
    "a match is true and no match is false": Case(MATCH, "assert f('ab')\nassert not f('b')\nassert bool(f('a'))\n"),
    "a match has groups": Case(MATCH, "assert f('aab').group() == 'aa' and f('ab').span() == (0, 1)\n"),
    "a match equals nothing": Case(MATCH, "assert f('a') != 'a' and f('a') != True and f('a') not in [1, None]\n"),
    "a generator is true": Case("def f(text): return (c for c in text)\n", "assert f('')\n"),
    "a function is true": Case("def f(n): return lambda: n\n", "assert f(1) and f(1) is not None and f(1)() == 1\n"),
    "an object has its own truth": Case(TRUTH, "assert Own(True)\nassert not Own(False)\n"),
    "a function called like a builtin": Case("def sum(a, b): return a + b\n", "assert sum(1, 2) == 3\n"),
    "declared like a builtin": Case("def max(n): return n\ndef f(): pass\n", "f()\nassert max(3) == 3\n", asked="max"),
    "called like a module": Case("def math(n): return n\ndef f(): pass\n", "f()\nassert math(3) == 3\n"),
    "called like what the problem imports": Case(
        "def math(n): return n\n", "assert math(3) == 3\n", "", "import math\n"
    ),
    "called like a function that the problem imports": Case(
        "def gcd(a, b): return 7\n", "assert gcd(1, 2) == 7\n", asked="gcd", setup="from math import *\n"
    ),
    "a module called like its class": Case(
        "from datetime import datetime\ndef f(): return datetime(2020, 1, 1)\n",
        "assert f() == datetime(2020, 1, 1) == datetime.strptime('2020', '%Y')\n",
    ),
    "a named tuple has fields": Case(
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\ndef f(): return [Point(1, 2)]\n",
        "assert f()[0].x == 1 and f() == [(1, 2)] == [Point(1, 2)] and {Point(1, 2): 3}[1, 2] == 3\n",
    ),
    "a named tuple has methods": Case(
        POINT + METHODS,
        "p = f()\nx, y = p\nassert (p.x, p[1], x, y) == (1, 2, 1, 2) == (*p, *f()) and p.norm() == norm(p) == 3\n"
        "assert str(p) == 'Point(x=1, y=2)' and p._replace(x=3) == (3, 2) and p._asdict() == {'x': 1, 'y': 2}\n",
    ),
    "enumerations": Case(
        NUMBERS + "def f(): return Color.RED\ndef g(): return Kind.A\n",
        "assert f() == 1 and f().name == 'RED' and f() + 1 == 2 and f() == Color.RED\n"
        "assert g() is Kind.A and g() == Kind.A and g().value == 'a' and g() != 'a' and {Kind.A: 2}[g()] == 2\n",
    ),
    "own objects among themselves": Case(
        VECTOR,
        "assert V(1) + V(2) == V(3) and V(1) != V(2) and sorted([V(2), V(1)])[0].x == 1 and V(1) != None\n",
    ),
    "a list with methods": Case(
        STACK,
        "s = Stack()\ns.push(1)\nassert s == [1] and s.top() == 1 and len(s) == 1 and isinstance(s, list)\n"
        "s.append(4)\nassert s + [2] == [1, 4, 2] and [0] + s == [0, 1, 4] and 4 in s and s and not Stack()\n",
    ),
    "a dictionary with attributes": Case(
        "class D(dict):\n    def __getattr__(self, name): return self[name]\n",
        "d = D(a=1)\nd['b'] = 2\nassert d.a == 1 and d.b == 2 and d == {'a': 1, 'b': 2} == {**d} and 'b' in d\n",
    ),
    "lists of the standard library's": Case(
        "from collections import *\ndef f(): return [UserString('x'), UserDict(a=1), UserList([1])]\n",
        "assert f() == ['x', {'a': 1}, [1]]\n",
    ),
    "parts of an object can be changed": Case(
        SHOP,
        "import json\nshop = Shop()\nshop.stock['a']['sizes'].append(3)\nshop.names += ['b']\nshop.names[0] = 'c'\n"
        "assert shop.sizes() == 1 and shop.stock == {'a': {'sizes': [3]}} and shop.names == ['c']\n"
        'assert json.dumps(shop.stock) == \'{"a": {"sizes": [3]}}\'\n'
        "del shop.names\nassert not hasattr(shop, 'names')\n",
    ),
    "an argument changed by a call whose value nobody wants": Case(
        "def f(numbers):\n    numbers.append(1)\n    return 3\n", "given = []\nf(given)\nassert given == [1]\n"
    ),
    "an object of the standard library's is an argument": Case(
        "def f(element): return [e.text for e in element.iter('a')]\n",
        "from xml.etree.ElementTree import fromstring\nassert f(fromstring('<r><a>x</a><a>y</a></r>')) == ['x', 'y']\n",
    ),
    "streams that are closed or gone": Case(
        "import sys\ndef f():\n    sys.stdout.close()\n    sys.stdout = sys.stderr = None\n    return 1\n",
        "assert f() == 1\n",
    ),
    "a function that pytest would call": Case(ADD, "def test_add():\n    assert add(1, 2) == 3\n"),
    "a script": Case(ADD, "if __name__ == '__main__':\n    assert add(1, 2) == 3\n"),
    "unittest": Case(ADD, suite("self.assertEqual(add(1, 2), 3)")),
    "unittest.main": Case(ADD, suite("self.assertEqual(add(1, 2), 3)") + "unittest.main()\n"),
    "unittest with an expected exception": Case(ADD, suite("with self.assertRaises(TypeError):\n    add(1, 'a')")),
    "unittest with a fixture": Case(
        "class Log:\n    def __init__(self, path): self.file = open(path, 'a')\n"
        "    def write(self, text): self.file.write(text); self.file.flush()\n",
        suite(
            "self.log.write('x')\nself.assertEqual(open('log').read(), 'x')",
            "    def setUp(self): self.log = Log('log')\n    def tearDown(self): self.log.file.close()\n",
        ),
    ),
}

FAIL = {
    "a match is not True": (Status.WRONG_ANSWER, Case(MATCH, "assert f('a') == True\n")),
    "a false object": (Status.WRONG_ANSWER, Case(TRUTH, "assert Own(False)\n")),
    "a function that pytest would call": (
        Status.WRONG_ANSWER,
        Case(ADD, "def test_add():\n    assert add(1, 2) == 4\n"),
    ),
    "a script": (Status.WRONG_ANSWER, Case(ADD, "if __name__ == '__main__':\n    assert add(1, 2) == 4\n")),
    "a changed argument beside a value": (
        Status.WRONG_ANSWER,
        Case("def f(numbers):\n    numbers.clear()\n    return []\n", "given = [1]\nassert f(given) == given\n"),
    ),
    "unittest": (Status.WRONG_ANSWER, Case(ADD, suite("self.assertEqual(add(1, 2), 4)"))),
    "unittest.main": (Status.WRONG_ANSWER, Case(ADD, suite("self.assertEqual(add(1, 2), 4)") + "unittest.main()\n")),
    "an exception under unittest": (Status.RUNTIME_ERROR, Case("def f(): 1 / 0\n", suite("f()"))),
    "an exit under unittest": (Status.UNPROVEN, Case("def f(): raise SystemExit\n", suite("f()"))),
    "a subtest": (
        Status.WRONG_ANSWER,
        Case(ADD, suite("for n in (0, 1):\n    with self.subTest(n=n):\n        self.assertEqual(add(n, 1), 1)")),
    ),
    "a test that is skipped": (
        Status.RUNTIME_ERROR,
        Case("import unittest\ndef f(): raise unittest.SkipTest\n", suite("f()")),
    ),
    "a fixture that fails": (
        Status.RUNTIME_ERROR,
        Case(ADD, suite("pass", "    @classmethod\n    def setUpClass(cls): add()\n")),
    ),
    "no test in the classes of unittest": (Status.UNPROVEN, Case(ADD, suite("pass").replace("def test", "def check"))),
    "load_tests of the program's": (
        Status.WRONG_ANSWER,
        Case(
            "def load_tests(*_): return []\ndef f(): return 1\n", "# load_tests\n" + suite("self.assertEqual(f(), 2)")
        ),
    ),
}


@pytest.mark.parametrize("name", sorted(PASS))
def test_a_right_solution_passes_tests_as_people_write_them(python_slot: Examining, name: str) -> None:
    verdict = judged(python_slot, PASS[name])
    assert verdict.status is Status.PASSED, verdict.reason


@pytest.mark.parametrize("name", sorted(FAIL))
def test_what_does_not_hold_gets_its_status(python_slot: Examining, name: str) -> None:
    status, case = FAIL[name]
    verdict = judged(python_slot, case)
    assert verdict.status is status, verdict.reason


def test_the_reason_names_the_object_that_no_test_can_compare(python_slot: Examining) -> None:
    assert "(Match)" in judged(python_slot, Case(MATCH, "assert f('a') == 'a'\n")).reason


def published(data: Path, name: str) -> Path:
    file = data / name
    if not file.exists():
        pytest.skip(f"{file} is absent")
    return file


def not_passed(environment: Environment, cases: dict[str, Case]) -> dict[str, str]:
    """Name -> reason, of references that do not pass; they are executed as they are measured."""
    jobs = {}
    for name, case in cases.items():
        sample = Sample(task_id=name, index=0, text=case.solution, whole=True)
        program = PYTHON.program(case_problem(case), sample, case.tests)
        jobs[program.key] = (name, reference_job(program, default_policy()))
    verdicts = LocalPool(environment, workers=1).judge(job for _, job in jobs.values())
    return {jobs[job.program.key][0]: v.reason for job, v in verdicts if v.status is not Status.PASSED}


def test_references_of_mbpp_pass(python_only: Environment, data: Path) -> None:
    with gzip.open(published(data, "mbpp/mbpp.jsonl.gz"), "rt") as lines:
        rows = [json.loads(line) for line in lines]
    shadowing, trees = 126, (367, 927)
    rows = [row for row in rows if row["task_id"] % 25 == 0 or row["task_id"] in (shadowing, *trees)]
    tests = {row["task_id"]: "\n".join([row["test_setup_code"], *row["test_list"]]) for row in rows}
    cases = {str(row["task_id"]): Case(row["code"], tests[row["task_id"]]) for row in rows}
    assert len(cases) > 40
    assert not not_passed(python_only, cases)


FAIL_ANYWHERE = {f"ClassEval_{n}" for n in (17, 48, 51, 20, 36, 50)}
"""References that fail under plain Python as well, or may: dates, a host's name, numpy 2, the second, root's rights."""
IMPORTS = ("pandas", "docx", "openpyxl", "gensim", "PIL", "nltk", "PyPDF2")


def test_references_of_classeval_pass_its_unittest_tests(python_only: Environment, data: Path) -> None:
    with gzip.open(published(data, "classeval/ClassEval_data.json.gz"), "rt") as file:
        rows = json.load(file)
    cases = {}
    for row in rows:
        solution = "\n".join([*row["import_statement"], row["solution_code"]])
        if not any(f"import {name}" in solution or f"from {name}" in solution for name in IMPORTS):
            cases[row["task_id"]] = Case(solution, row["test"])
    assert len(cases) > 90
    assert set(not_passed(python_only, cases)) <= FAIL_ANYWHERE


HELPED = """def double(x):
    return 2 * x

def halve(x):
    \"\"\"Half of x; double(halve(x)) is x.\"\"\"
"""
HELPED_TESTS = "for x in (2, 4, 10):\n    assert double(halve(x)) == x\n"


@pytest.mark.parametrize(
    ("solution", "status"),
    [
        (HELPED + "    return x // 2\n", Status.PASSED),
        ("def halve(x):\n    return x // 2\n", Status.PASSED),
        ("def double(x):\n    return x\n\ndef halve(x):\n    return x\n", Status.WRONG_ANSWER),
        (HELPED + "    return x\ndouble = lambda x: x\n", Status.WRONG_ANSWER),
    ],
)
def test_helpers_that_the_prompt_shows_are_the_tests_own(python_slot: Examining, solution: str, status: Status) -> None:
    problem = Problem(
        task_id="Python/0",
        benchmark="test",
        language="python",
        prompt=HELPED,
        declaration=HELPED,
        entry_point="halve",
        tests=Asserts(code=HELPED_TESTS),
    )
    sample = Sample(task_id="Python/0", index=0, text=solution, whole=True)
    outcome = python_slot.execute(PYTHON.program(problem, sample, HELPED_TESTS), LIMITS)
    assert decide([outcome], LIMITS, PYTHON.failure).status is status


def test_what_the_tests_pass_may_be_given_attributes(python_slot: Examining) -> None:
    tests = "from xml.etree.ElementTree import Element\ne = Element('a')\nname(e)\nassert e.text == 'b'\n"
    case = Case("def name(element):\n    element.text = 'b'\n", tests, "name")
    assert judged(python_slot, case).status is Status.PASSED
