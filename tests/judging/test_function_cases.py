"""Functions called with arguments, judged: what equals what, and what a program gains by lying (nothing)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from running import Command

from passatk.cases import Call, Case, Cases, Checked, Checker
from passatk.errors import InputError
from passatk.judging import Job, LocalPool, default_limits
from passatk.judging.returned import check_value
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Limits, Problem, Sample, Status, Verdict

EQUAL = Checker(kind="equal")
JSON, PYTHON = Call(name="f"), Call(name="f", written="python")


def cases(*pairs: tuple[str, str], call: Call = JSON, checker: Checker = EQUAL, stop: Any = "all") -> Cases:
    made = (Case(id=str(n), stdin=stdin, expected=expected) for n, (stdin, expected) in enumerate(pairs, 1))
    return Cases(cases=tuple(made), call=call, checker=checker, stop=stop)


def problem(tests: Cases, language: str = "python", setup: str = "") -> Problem:
    return Problem(
        task_id="f",
        benchmark="t",
        language=language,
        prompt="",
        tests=Asserts(code=""),
        cases=tests,
        in_function=False,
        setup=setup,
    )


def judged(pool: LocalPool, text: str, tests: Cases, limits: Limits | None = None, setup: str = "") -> Verdict:
    sample = Sample(task_id="f", index=0, text=text, whole=True)
    program = LANGUAGES["python"].program(problem(tests, setup=setup), sample, "")
    [(_, verdict)] = pool.judge([Job(program=program, limits=limits or default_limits())])
    return verdict


def failed(verdict: Verdict) -> set[str]:
    return {result.id for result in verdict.cases if result.status != "passed"}


VALUES: list[tuple[str, str, Literal["json", "python"], bool]] = [
    ("3", "3", "json", True),
    ("3.0", "3", "json", True),
    ("True", "1", "json", True),
    ("3", "4", "json", False),
    ("'3'", "3", "json", False),
    ("None", "null", "json", True),
    ("0.1 + 0.2", "0.3", "json", False),
    ("0.1", "0.1", "json", True),
    ("-0.0", "0", "json", True),
    ("float('nan')", "0", "json", False),
    ("10 ** 30", "1000000000000000000000000000000", "json", True),
    ("10 ** 5000", "1", "json", False),
    ("10 ** 4000", "1" + "0" * 4000, "json", True),
    ("'\\ud800'", '"\\ud800"', "json", True),
    ("'\\U0001f600'", '"\\ud83d\\ude00"', "json", True),
    ("[1, [2, 'x']]", '[1,[2,"x"]]', "json", True),
    ("(1, (2, 'x'))", '[1,[2,"x"]]', "json", True),
    ("[1, [2, 'y']]", '[1,[2,"x"]]', "json", False),
    ("[1, 2, 3]", "[1,2]", "json", False),
    ("range(3)", "[0,1,2]", "json", False),
    ("{'a': [1], 'b': (2,)}", '{"b":[2],"a":[1]}', "json", True),
    ("{'a': 1, 'b': 3}", '{"a":1,"b":2}', "json", False),
    ("{'a': 1, 'c': 2}", '{"a":1,"b":2}', "json", False),
    ("{1: 'x'}", '{"1":"x"}', "json", False),
    ("__import__('collections').Counter('aab')", '{"a":2,"b":1}', "json", True),
    ("__import__('collections').defaultdict(int, a=1)", '{"a":1}', "json", True),
    ("__import__('collections').deque([1])", "[1]", "json", False),
    ("__import__('collections').namedtuple('P', 'x y')(1, 2)", "[1,2]", "json", True),
    ("__import__('enum').IntEnum('E', 'A').A", "1", "json", True),
    ("__import__('fractions').Fraction(1, 2)", "0.5", "json", True),
    ("__import__('fractions').Fraction(1, 3)", "0.3333333333333333", "json", False),
    ("__import__('decimal').Decimal(7)", "7", "json", True),
    ("type('S', (str,), {'__eq__': lambda *_: True})('no')", '"yes"', "json", False),
    ("type('A', (), {'__eq__': lambda *_: True})()", "1", "json", False),
    ("type('L', (list,), {'__eq__': lambda *_: True})([2])", "[1]", "json", False),
    ("print", "1", "json", False),
    ("(1, 2)", "(1, 2)", "python", True),
    ("[1, 2]", "(1, 2)", "python", False),
    ("(1, 2)", "[1, 2]", "python", False),
    ("{1, 2, 3}", "{3, 2, 1}", "python", True),
    ("{1, 2, 4}", "{3, 2, 1}", "python", False),
    ("frozenset({1, 2})", "{1, 2}", "python", True),
    ("{(1, 'a'): b'x'}", "{(1, 'a'): b'x'}", "python", True),
    ("{(1, 'b'): b'x'}", "{(1, 'a'): b'x'}", "python", False),
    ("{1: 2}", "{1.0: 2}", "python", True),
    ("1 + 2j", "1+2j", "python", True),
    ("bytearray(b'x')", "b'x'", "python", True),
    ("...", "1", "python", False),
]


@pytest.mark.parametrize("written", ["json", "python"])
def test_what_equals_what(python_pool: LocalPool, written: Literal["json", "python"]) -> None:
    """One program that returns each value by its number."""
    rows = [row for row in VALUES if row[2] == written]
    text = f"def f(n):\n    return [{', '.join(f'lambda: {value}' for value, *_ in rows)}][n]()\n"
    pairs = ((f"[{n}]", expected) for n, (_, expected, *_) in enumerate(rows))
    verdict = judged(python_pool, text, cases(*pairs, call=Call(name="f", written=written)))
    wrong = [(row, result.words) for row, result in zip(rows, verdict.cases, strict=True)]
    assert not [told for told in wrong if (told[1] == "") is not told[0][3]], verdict.reason
    assert {result.status for result in verdict.cases} == {"passed", "wrong_answer"}


def test_numpy(python_pool: LocalPool) -> None:
    values = ("np.int64(3)", "np.float64(0.5)", "np.bool_(True)", "np.float32(0.1)", "np.float32(0.2)", "np.arange(2)")
    expected = ("3", "0.5", "true", "0.1", "0.1", "[0,1]")
    text = f"import numpy as np\ndef f(n):\n    return [{', '.join(values)}][n]\n"
    pairs = ((f"[{n}]", one) for n, one in enumerate(expected))
    assert failed(judged(python_pool, text, cases(*pairs))) == {"5", "6"}


@pytest.mark.parametrize(
    ("returned", "expected", "checker", "holds"),
    [
        ("0.1 + 0.2", "0.3", Checker(kind="numbers", absolute=1e-9), True),
        ("[0.1 + 0.2, 'a']", '[0.3,"a"]', Checker(kind="numbers", relative=1e-9), True),
        ("0.31", "0.3", Checker(kind="numbers", absolute=1e-9), False),
        ("float('inf')", "0.3", Checker(kind="numbers", absolute=1e300), False),
        ("float('nan')", "0.3", Checker(kind="numbers", absolute=1e300), False),
        ("__import__('decimal').Decimal('0.3')", "0.3", Checker(kind="numbers", absolute=1e-9), True),
        ("10 ** 400", "1", Checker(kind="numbers", relative=0.5), False),
        ("'0.3'", "0.3", Checker(kind="numbers", absolute=1), False),
        ("5", "[5]", Checker(kind="boxed"), True),
        ("[5]", "[5]", Checker(kind="boxed"), True),
        ("(5,)", "[5]", Checker(kind="boxed"), True),
        ("5", "[5,6]", Checker(kind="boxed"), False),
        ("[[5]]", "[5]", Checker(kind="boxed"), False),
    ],
)
def test_checkers_of_values(
    python_pool: LocalPool, returned: str, expected: str, checker: Checker, holds: bool
) -> None:
    verdict = judged(python_pool, f"def f():\n    return {returned}\n", cases(("[]", expected), checker=checker))
    assert verdict.status is (Status.PASSED if holds else Status.WRONG_ANSWER), verdict.reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f(a, b): return a + len(b)\n", "f"),
        ("class Solution:\n    def f(self, a, b): return a + len(b)\n", "Solution().f"),
        ("class Solution:\n    def f(self, a, b): return a + len(b)\n", "f"),
        ("def f(a, b): return a + len(b)\n", "Solution().f"),
        ("f = lambda a, b: a + len(b)\n", "f"),
        ("class Solution:\n    f = staticmethod(lambda a, b: a + len(b))\n", "Solution().f"),
        ("class Other: pass\nclass Solution(Other):\n    def f(self, a: List[int], b): return a + len(b)\n", "f"),
        ("import sys\nassert not sys.stdin.read()\nprint('noise')\ndef f(a, b): return a + len(b)\n", "f"),
        ("from __future__ import annotations\ndef f(a: Unknown, b): return a + len(b)\n", "f"),
        ("def f(a, b): return a + len(b)\nif __name__ == '__main__': raise SystemExit(f(*input()))\n", "f"),
        ("def f(a, b):\n    b.append(f)\n    return a + len(b) - 1\n", "f"),
        ("import threading\ndef f(a, b):\n    threading.Thread(target=input).start()\n    return a + len(b)\n", "f"),
    ],
)
def test_what_is_called(python_pool: LocalPool, text: str, name: str) -> None:
    tests = cases(("[1,[1,2]]", "3"), ("[5,[]]", "5"), call=Call(name=name))
    assert judged(python_pool, text, tests, setup="from typing import *\n").reason == "all tests held"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("def g(): return 1\n", Status.RUNTIME_ERROR, "NameError: the program defines no function 'f'"),
        ("class Solution:\n    def g(self): return 1\n", Status.RUNTIME_ERROR, "no function 'f'"),
        (
            "class Solution:\n    def __init__(self, x): pass\n    def f(self): pass\n",
            Status.RUNTIME_ERROR,
            "TypeError",
        ),
        ("f = 7\n", Status.RUNTIME_ERROR, "TypeError: 'int' object is not callable"),
        ("def f(a): return 1\n", Status.RUNTIME_ERROR, "TypeError: f() missing 1 required positional argument"),
        ("def f():\n    assert False, 'x'\n", Status.RUNTIME_ERROR, "AssertionError: x"),
        ("def f(): return f()\n", Status.RUNTIME_ERROR, "RecursionError"),
        ("def f(\n", Status.COMPILE_ERROR, "SyntaxError"),
        ("def f(): exit()\n", Status.WRONG_ANSWER, "the program ended before the function returned"),
        ("import os\nos._exit(0)\n", Status.WRONG_ANSWER, "the program ended before the function returned"),
        ("def f(): exit(3)\n", Status.RUNTIME_ERROR, "3"),
        ("def f():\n    while True: pass\n", Status.TIME_LIMIT, "CPU time"),
        ("import time\ndef f(): time.sleep(99)\n", Status.TIME_LIMIT, "did nothing"),
        ("def f(): return 'x' * (40 << 20)\n", Status.OUTPUT_LIMIT, "printed more than"),
        ("import os\nwhile True: os.write(3, b'x' * 65536)\n", Status.OUTPUT_LIMIT, "printed more than"),
        ("def f():\n    while True: print('x' * 65536)\n", Status.OUTPUT_LIMIT, "printed more than"),
        ("import os\ndef f():\n    os.write(3, b'[0,2,[]]')\n    return 1\n", Status.WRONG_ANSWER, "is no value"),
        ("import os\ndef f():\n    os.close(3)\n    return 1\n", Status.RUNTIME_ERROR, "OSError"),
        ("def f():\n    a = []\n    a.append(a)\n    return a\n", Status.WRONG_ANSWER, "expected 1, got [["),
        ("def f():\n    yield 1\n", Status.WRONG_ANSWER, "an object of its own ('builtins.generator')"),
        ("async def f(): return 1\n", Status.WRONG_ANSWER, "an object of its own ('builtins.coroutine')"),
    ],
)
def test_what_fails(python_pool: LocalPool, text: str, status: Status, words: str) -> None:
    run = msgspec.structs.replace(Limits().run, cpu_s=0.5, idle_s=1.0)
    verdict = judged(python_pool, text, cases(("[]", "1")), limits=Limits(run=run))
    assert verdict.status is status, verdict.reason
    assert words in verdict.reason


@pytest.mark.parametrize("name", ["gcd", "Solution().gcd"])
def test_what_is_imported_for_a_program_is_not_what_it_defines(python_pool: LocalPool, name: str) -> None:
    tests, setup = cases(("[4,6]", "2"), call=Call(name=name)), "from math import *\nclass Solution: pass\n"
    missing = judged(python_pool, "def other(): return gcd(4, 6)\n", tests, setup=setup)
    assert "NameError: the program defines no function 'gcd'" in missing.reason
    own = "def f(a, b): return a if b == 0 else f(b, a % b)\ngcd = f\n"
    assert judged(python_pool, own, tests, setup=setup).reason == "all tests held"


def test_every_test_meets_a_fresh_program(python_pool: LocalPool) -> None:
    text = (
        "import os\nseen = []\ndef f(n):\n    seen.append(n)\n    found = os.path.exists('/tmp/left')\n"
        "    open('/tmp/left', 'w').close()\n    return [len(seen), found]\n"
    )
    assert judged(python_pool, text, cases(*((f"[{n}]", "[1,false]") for n in range(3)))).reason == "all tests held"


@pytest.mark.parametrize("together", [False, True])
def test_a_fork_that_comes_back_gives_no_answer(python_pool: LocalPool, together: bool) -> None:
    text = (
        "import os, time\ndef f(n):\n    if n == 2:\n        if not os.fork(): return 4\n        time.sleep(0.05)\n"
        "    return 2\n"
    )
    call = Call(name="f", together=together)
    verdict = judged(python_pool, text, cases(("[1]", "2"), ("[2]", "4"), call=call))
    assert (verdict.status, failed(verdict)) == ("wrong_answer", {"2"})


def test_the_first_failure_stops_where_that_is_asked(python_pool: LocalPool) -> None:
    text = "def f(n):\n    if n == 2: raise KeyError(n)\n    return n if n != 1 else 7\n"
    pairs = [(f"[{n}]", str(n)) for n in range(4)]
    for stop, expected in (("all", ["passed", "wrong_answer", "runtime_error", "passed"]), ("first_failure", None)):
        verdict = judged(python_pool, text, cases(*pairs, stop=stop))
        assert (verdict.status, verdict.reason) == (Status.WRONG_ANSWER, "test 2: expected 1, got 7")
        assert [result.status for result in verdict.cases] == (
            expected or ["passed", "wrong_answer", "not_run", "not_run"]
        )


LOOKS = """
import gc, os, sys
SECRET = "".join(["9876", "54321"])
def f(n):
    found = []
    for o in gc.get_objects():
        try:
            if SECRET in str(o) and "SECRET" not in str(o): found.append(str(o))
        except Exception: pass
    for folder, _, names in os.walk("."):
        found += [name for name in names if SECRET in open(f"{folder}/{name}", errors="replace").read()]
    if SECRET in open("/proc/self/environ").read() or any(SECRET in a for a in sys.argv): found.append("told")
    return len(found)
"""


def test_nothing_expected_is_in_the_process(python_pool: LocalPool) -> None:
    verdict = judged(python_pool, LOOKS, cases(("[1]", "987654321"), ("[2]", "0")))
    assert [result.status for result in verdict.cases] == ["wrong_answer", "passed"]
    assert verdict.cases[0].words == "expected 987654321, got 0"


def message(value: str, nodes: str = "[]") -> bytes:
    return f"[0,{value},{nodes}]".encode()


DEEP = [["tuple", [n - 1]] if n else ["tuple"] for n in range(5000)]
WIDE = [["tuple", [n - 1], [n - 1]] if n else ["tuple"] for n in range(60)]
COLLIDING = ",".join(str(n * (2**61 - 1)) for n in range(100_000))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (b"[" * 100_000, "1"),
        (b'{"a":1}', "1"),
        (b"[1,1,[]]", "1"),
        (b"\xff\xfe", "1"),
        (b"[0,1,[]][0,1,[]]", "1"),
        (b"[0,1]", "1"),
        (b"[0,1,7]", "1"),
        (message("[0]"), "1"),
        (message("[-1]"), "1"),
        (message("[true]", '[["list",1],["list",1]]'), "[1]"),
        (message("[0]", '[["is",[0]]]'), "1"),
        (message("[0]", '[["is",[1]],["is",[0]]]'), "1"),
        (message("[0]", "[[]]"), "1"),
        (message("[0]", '[[["list"]]]'), "[]"),
        (message("[0]", '[["list",[0]]]'), "[[]]"),
        (message("[0]", '[["int","zz"]]'), "1"),
        (message("[0]", '[["narrow","q",1.0]]'), "1"),
        (message("[0]", '[["dict",1]]'), "{1: 2}"),
        (message("[0]", '[["other",1]]'), "1"),
        (message(f"[{len(DEEP)}]", json.dumps([*DEEP, ["set", [len(DEEP) - 1]]])), "{((),)}" + " " * 5000),
        (message("[60]", json.dumps([*WIDE, ["set", [59]]])), "{((), ())}"),
        (message("[60]", json.dumps([*WIDE, ["dict", [59], 1]])), "{((), ()): 1}"),
        (message("[0]", f'[["set",{COLLIDING}]]'), f"{{{','.join(str(n) for n in range(100_000))}}}"),
        (message("[0]", f'[["list",{COLLIDING}]]'), "[1]"),
    ],
)
def test_a_forged_message_is_wrong_and_costs_next_to_nothing(output: bytes, expected: str) -> None:
    """That it ends is what is tested: hashed or unfolded, some of these would take hours."""
    found = check_value(PYTHON, EQUAL, expected, output)
    assert found.outcome == "wrong"
    assert len(found.words) < 1000


def test_words_say_where_a_value_differs() -> None:
    def words(output: bytes, expected: str) -> str:
        return check_value(JSON, EQUAL, expected, output).words

    assert words(message("[1]", '[["list",1,2],["list",1,[0]]]'), "[1,[1,3]]") == "at [1][1]: expected 3, got 2"
    assert words(message("[0]", '[["dict","a",1]]'), '{"a":2}') == "at ['a']: expected 2, got 1"
    assert words(message("[0]", '[["dict","b",1]]'), '{"a":2}') == "expected {'a': 2} with not the key 'b'"
    assert words(message("[0]", '[["list",1]]'), "[1,2]") == "expected [1, 2], got [1] (2 values, and it has 1)"
    assert len(words(message('"' + "x" * 4000 + '"'), '"y"')) < 100
    assert words(b"", "[1]") == "expected [1], and the program ended before the function returned"
    assert check_value(JSON, EQUAL, "1", message("1")) == Checked(outcome="accepted")


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"python"}))
def test_in_other_languages_they_are_refused_in_words(language: str) -> None:
    sample = Sample(task_id="f", index=0, text="", whole=True)
    with pytest.raises(InputError, match=f"cannot be judged in {LANGUAGES[language].title.replace('+', '.')} yet"):
        LANGUAGES[language].program(problem(cases(("[]", "1")), language), sample, "")


def test_the_key_depends_on_what_is_called() -> None:
    sample = Sample(task_id="f", index=0, text="def f(): return 1\n", whole=True)

    def key(tests: Cases) -> str:
        return LANGUAGES["python"].program(problem(tests), sample, "").key

    calls = (JSON, PYTHON, Call(name="Solution().f"))
    assert len({key(cases(("[]", "1"), call=call)) for call in calls}) == 3
    plain = Cases(cases=(Case(id="1", stdin="[]", expected="1"),))
    assert plain.key[:16] == "e7adb504b361cae0", "a key of tests that call nothing is what it was"


OWN = {
    "id": "add",
    "language": "python",
    "instruction": "Write a function `add(a, b)`.",
    "entry_point": "add",
    "reference": "def add(a, b):\n    return a + b\n",
    "cases": [
        {"arguments": [1, 2], "expected": 3, "public": True},
        {"arguments": [[1], [2]], "expected": [1, 2], "weight": 3},
    ],
}


def test_a_file_of_problems_is_evaluated_and_shown(tmp_path: Path, passatk: Command) -> None:
    problems, samples, out = tmp_path / "own.jsonl", tmp_path / "samples.jsonl", tmp_path / "out"
    problems.write_text(json.dumps(OWN) + "\n")
    texts = ("def add(a, b):\n    return int(a + b) if a == 1 else a\n", OWN["reference"])
    samples.write_text("".join(json.dumps({"task_id": "add", "completion": text}) + "\n" for text in texts))
    assert passatk("problems", "check", str(problems)).returncode == 0
    done = passatk("evaluate", str(samples), "--problems", str(problems), "--out", str(out))
    assert done.returncode == 0, done.stderr
    shown = json.loads(passatk("show", str(out), "add#0", "--json").stdout)
    assert (shown["status"], shown["fraction"], shown["weighted"]) == ("wrong_answer", 0.5, 0.25)
    assert "expected [1, 2], got [1] (2 values" in passatk("show", str(out), "add#0").stdout
    assert passatk("replay", str(out), "add#0", "--keep", str(tmp_path / "kept")).returncode == 0
    run = subprocess.run([sys.executable, tmp_path / "kept" / "run.py"], capture_output=True, text=True, check=False)
    assert '--- test 2: exit code 0\n[0,[0],[["list",1]]]\n--- expected\n[1,2]\n0 of 2 tests' in run.stdout
