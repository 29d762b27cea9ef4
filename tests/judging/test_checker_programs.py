"""Checkers that are programs: what they say, and that one which fails judges nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pytest
from running import Command, Require

from passatk.cases import Case, Cases, Checker, CheckerProgram
from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.judging.built_checkers import BuiltCheckers
from passatk.judging.examiners import Examiners
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Limits, Problem, Sample, Status, StepFacts, StepLimits, Verdict, Workshop
from passatk.sandbox import Slot

CASES = (Case(id="1", stdin="4\n", expected="2 2\n"), Case(id="2", stdin="7\n", expected="3 4\n"))
RIGHT = "n = int(input())\nprint(1, n - 1)\n"
WRONG = "n = int(input())\nprint(1, 3)\n"
TESTLIB = """\
#include <fstream>
#include <iostream>
#include "codes.h"
int main(int count, char **names) {
    if (count != 4) return FAIL;
    std::ifstream in(names[1]), out(names[2]), answer(names[3]);
    long n, a, b, x, y;
    in >> n;
    if (!(answer >> x >> y) || x + y != n) return FAIL;
    if (!(out >> a >> b)) { std::cerr << "expected two numbers\\n"; return PRESENTATION; }
    if (a + b != n) { std::cerr << a << " + " << b << " is not " << n << "\\n"; return WRONG; }
    return 0;
}
"""
CODES = "enum { WRONG = 1, PRESENTATION = 2, FAIL = 3 };\n"
CMS = """\
import sys
n = int(open(sys.argv[1]).read())
answer, output = (list(map(int, open(name).read().split())) for name in sys.argv[2:])
assert sum(answer) == n
print(1.0 if sum(output) == n else 0.5)
"""
FUNCTION = """\
def check(input, output, answer):
    assert sum(map(int, answer.split())) == int(input)
    found = sum(map(int, output.split()))
    return found == int(input), f"the sum is {found}"
"""


def checker(
    source: str, protocol: Literal["testlib", "cms", "function"], language: str = "python", points: float | None = None
) -> Checker:
    files = (("codes.h", CODES),) if language == "cpp" else ()
    program = CheckerProgram(language=language, source=source, protocol=protocol, files=files, points=points)
    return Checker(kind="program", program=program)


def judged(environment: Environment, text: str, kind: Checker, stop: Any = "all") -> Verdict:
    problem = Problem(
        task_id="parts",
        benchmark="t",
        language="python",
        prompt="",
        tests=Asserts(code=""),
        cases=Cases(cases=CASES, checker=kind, stop=stop),
        in_function=False,
    )
    program = LANGUAGES["python"].program(problem, Sample(task_id="parts", index=0, text=text, whole=True), "")
    with LocalPool(environment, 1) as pool:
        [(_, verdict)] = pool.judge([Job(program=program, limits=default_limits())])
    return verdict


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (checker(CMS, "cms"), "test 2: the checker scores 0.5 of 1, which is partial credit"),
        (checker(FUNCTION, "function"), "test 2: the sum is 4"),
    ],
    ids=["cms", "function"],
)
def test_in_python(python_only: Environment, kind: Checker, words: str) -> None:
    assert judged(python_only, RIGHT, kind).reason == "all tests held"
    wrong = judged(python_only, WRONG, kind)
    assert (wrong.status, wrong.reason) == (Status.WRONG_ANSWER, words)
    assert [result.status for result in wrong.cases] == ["passed", "wrong_answer"]


def test_in_cpp(require: Require) -> None:
    require("cpp")
    environment = Environment(["python", "cpp"])
    kind = checker(TESTLIB, "testlib", "cpp")
    assert judged(environment, RIGHT, kind).reason == "all tests held"
    assert judged(environment, WRONG, kind).reason == "test 2: 1 + 3 is not 7"
    none = judged(environment, "input()\n", kind, stop="first_failure")
    assert none.reason == "test 1: expected two numbers"
    assert [result.status for result in none.cases] == ["wrong_answer", "not_run"]
    broken = judged(environment, RIGHT, checker("int main() {", "testlib", "cpp"))
    assert broken.status is Status.NOT_JUDGED
    assert "the checker failed: it does not compile" in broken.reason


def test_what_is_compiled_is_compiled_once(tmp_path: Path, require: Require) -> None:
    require("cpp")
    environment = Environment(["cpp"])
    made: list[Workshop] = []

    def make(workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        made.append(workshop)
        return slot.make(workshop, limits)

    right, broken = (checker(text, "testlib", "cpp").program for text in (TESTLIB, "int main() {"))
    assert right
    assert broken
    with Slot(environment.world) as slot:
        for _ in range(2):  # runs
            checkers = BuiltCheckers(Examiners(tmp_path, environment.toolchains))
            with ThreadPoolExecutor(3) as threads:
                found = list(threads.map(lambda _, one=checkers: one.get(right, make), range(3)))
            assert all(one == found[0] and list(one.made) == ["program"] for one in found)
            assert "does not compile" in checkers.get(broken, make).fault
    assert len(made) == 2, "each once"


@pytest.mark.parametrize(
    ("source", "protocol", "words"),
    [
        ("import sys; sys.exit(3)", "testlib", "it exited with 3"),
        ("import sys; sys.exit(99)", "testlib", "it exited with 99"),
        ("raise KeyError(1)", "testlib", "KeyError: 1"),
        (
            "print('points 3'); import sys; sys.exit(7)",
            "testlib",
            "it gives partial credit ('points 3'), and the problem",
        ),
        ("print('points 0.5')", "cms", "it gives partial credit in testlib's words ('points 0.5'), not a score"),
        ("raise KeyError(1)", "cms", "it exited with 1"),
        ("print('yes')", "cms", "it printed 'yes', not a score"),
        ("print('nan')", "cms", "it printed 'nan', not a score"),
        ("print(2)", "cms", "it printed '2', not a score"),
        ("", "cms", "it printed '', not a score"),
        ("def check(a, b, c): return 1", "function", "TypeError: check returned 1, not True or False"),
        ("def check(a, b, c): return b == nothing", "function", "NameError"),
        ("def check(a): return True", "function", "TypeError"),
        ("x = 1", "function", "KeyError: 'check'"),
        ("import sys\nsys.exit(0)", "function", "it exited with 0"),
        ("while True: print('x' * 9999)", "testlib", "stopped by its limit (output)"),
        ("import os; os.kill(os.getpid(), 9)", "testlib", "signal 9"),
    ],
)
def test_one_that_fails_judges_nothing(
    python_only: Environment, source: str, protocol: Literal["testlib", "cms", "function"], words: str
) -> None:
    verdict = judged(python_only, RIGHT, checker(source, protocol))
    assert verdict.status is Status.NOT_JUDGED, verdict.reason
    assert "the checker failed: " in verdict.reason
    assert words in verdict.reason


def test_one_that_hangs_judges_nothing(python_only: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    from passatk.judging import execution

    short = Limits(run=StepLimits(cpu_s=0.5, idle_s=0.5))
    monkeypatch.setattr(execution, "LIMITS", short)
    for source, limit in (("while True: pass", "cpu"), ("import time; time.sleep(99)", "idle")):
        verdict = judged(python_only, RIGHT, checker(source, "testlib"))
        assert verdict.reason == f"test 1: the checker failed: it was stopped by its limit ({limit})"


def test_a_program_that_fails_is_not_checked(python_only: Environment) -> None:
    verdict = judged(python_only, "n = int(input())\nif n == 7: raise KeyError(n)\nprint(1, 3)\n", checker(CMS, "cms"))
    assert (verdict.status, verdict.reason) == (Status.RUNTIME_ERROR, "test 2: KeyError: 7")
    assert verdict.cases[0].status == "passed"


def test_points(python_only: Environment) -> None:
    source = "import sys\nsys.stderr.write('points ' + open(sys.argv[2]).read().split()[0])\nsys.exit(7)\n"
    assert judged(python_only, "print(10)\n", checker(source, "testlib", points=10)).status is Status.PASSED
    assert judged(python_only, "print(9)\n", checker(source, "testlib", points=10)).reason == "test 1: 9 points of 10"


def test_bytes_that_are_no_text_reach_it(python_only: Environment) -> None:
    source = "import sys\nsys.exit(0 if open(sys.argv[2], 'rb').read() == b'\\xff\\r\\n\\0' else 1)\n"
    text = "import os\nos.write(1, b'\\xff\\r\\n\\0')\n"
    assert judged(python_only, text, checker(source, "testlib")).reason == "all tests held"


def test_where_its_language_is_not_here_nothing_is_judged(python_only: Environment) -> None:
    verdict = judged(python_only, RIGHT, checker(TESTLIB, "testlib", "cpp"))
    assert verdict.status is Status.NOT_JUDGED
    assert "its checker needs cpp" in verdict.reason


OWN = {
    "id": "parts",
    "language": "python",
    "instruction": "Print two numbers whose sum is the one that is read.",
    "reference": RIGHT,
    "cases": [{"stdin": case.stdin, "expected": case.expected} for case in CASES],
    "checker": {"kind": "program", "program": {"language": "python", "source": FUNCTION, "protocol": "function"}},
}


def test_a_file_of_problems_is_evaluated_and_verified(tmp_path: Path, passatk: Command) -> None:
    problems, samples, out = tmp_path / "own.jsonl", tmp_path / "samples.jsonl", tmp_path / "out"
    problems.write_text(json.dumps(OWN) + "\n")
    samples.write_text("".join(json.dumps({"task_id": "parts", "completion": text}) + "\n" for text in (RIGHT, WRONG)))
    done = passatk("evaluate", str(samples), "--problems", str(problems), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "the sum is 4" in passatk("show", str(out), "parts#1").stdout
    again = passatk("verify", str(out), "--problems", str(problems))
    assert again.returncode == 0, again.stdout + again.stderr
