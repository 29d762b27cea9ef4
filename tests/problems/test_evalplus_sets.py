"""MBPP+ and HumanEval+: inputs and a reference, with EvalPlus's comparison; small records, and the published file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from picking import picked

from passatk import InputError, Judge, Status, load
from passatk.judging import Environment, LocalPool, default_policy, execution
from passatk.judging.answers import Known
from passatk.judging.cache import Keys
from passatk.judging.calibration import calibrate
from passatk.pipeline import check_problems
from passatk.pipeline.programs import program_of, reference_of
from passatk.records import Problem
from passatk.sandbox import Slot

MBPP: dict[str, Any] = {
    "task_id": "Mbpp/750",  # whose second argument is a tuple
    "prompt": '"""\nAppend a tuple to a list.\n"""\n',
    "entry_point": "add_tuple",
    "canonical_solution": "\ndef add_tuple(values, more):\n  return values + list(more)\n",
    "base_input": [[[1], [2, 3]], [[], []]],
    "plus_input": [[[0.1], [0.2]], [["a"], ["b"]], [3, [1]]],
    "contract": '\n  assert isinstance(values, list), "invalid inputs" # $_CONTRACT_$\n',
    "assertion": "",
    "atol": 0,
}
HUMANEVAL: dict[str, Any] = {
    "task_id": "HumanEval/0",
    "prompt": 'def half(x: int) -> float:\n    """Half of x."""\n',
    "entry_point": "half",
    "canonical_solution": "    return x / 2\n",
    "test": "",
    "base_input": [[3]],
    "plus_input": [[1e30], [-4]],
    "contract": "\n    assert x == x\n",
    "atol": 0,
}
FIND_ZERO = HUMANEVAL | {
    "entry_point": "find_zero",
    "prompt": "def find_zero(xs: list):\n",
    "canonical_solution": "    return -xs[0] / xs[1]\n",
    "base_input": [[[1, 2]]],
    "plus_input": [[[3, -1]]],
    "contract": "",
    "atol": 1e-4,
}
ADD = MBPP["canonical_solution"]


def one(folder: Path, record: dict[str, Any]) -> Problem:
    (folder / "rows.jsonl").write_text(json.dumps(record) + "\n")
    [problem] = load(str(folder / "rows.jsonl")).problems.values()
    return problem


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(["python"], workers=1, cached=False) as judge:
        yield judge


def test_records_become_cases_of_which_the_first_are_shown(tmp_path: Path) -> None:
    problem = one(tmp_path, MBPP)
    assert problem.cases is not msgspec.UNSET
    assert problem.benchmark == "mbpp-plus"
    assert [(case.id, case.stdin, case.public) for case in problem.cases.cases] == [
        ("base/0", "[[1], (2, 3)]", True),
        ("base/1", "[[], ()]", True),
        ("plus/0", "[[0.1], (0.2,)]", False),
        ("plus/1", "[['a'], ('b',)]", False),
        ("plus/2", "[3, (1,)]", False),
    ]
    assert one(tmp_path, HUMANEVAL).benchmark == "humaneval-plus"


@pytest.mark.parametrize(
    ("solution", "failing", "words"),
    [
        (ADD, {}, "all tests held"),
        ("def add_tuple(v, m):\n  return v + [x + 1e-7 if x == 0.2 else x for x in m]", {}, "all tests held"),
        (
            "def add_tuple(v, m):\n  return (*v, *m)",
            dict.fromkeys(("base/0", "base/1", "plus/0", "plus/1"), "wrong_answer"),
            "test base/1: expected [], got ()",
        ),
        (
            "def add_tuple(v, m):\n  return v + [x + 1e-4 if x == 0.2 else x for x in m]",
            {"plus/0": "wrong_answer"},
            "test plus/0: at [1]: expected 0.2, got 0.2001",
        ),
        (
            "def add_tuple(v, m):\n  return v + list(m) if m else v[0]",
            {"base/1": "runtime_error"},
            "test base/1: IndexError: list index out of range",
        ),
        (
            "def add_tuple(v, m):\n  raise SystemExit(0) if 'a' in v else MemoryError if not v else KeyError(v[0])\n",
            {
                "base/0": "runtime_error",
                "base/1": "runtime_error",
                "plus/0": "runtime_error",
                "plus/1": "runtime_error",
            },
            "test base/1: MemoryError",
        ),
        (
            "import os\ndef add_tuple(v, m):\n  return os._exit(3) if 'a' in v else v + list(m)",
            {"plus/1": "runtime_error", "plus/0": "not_run"},
            "test plus/1: the program exited with 3",
        ),
        (
            "def add_tuple(v, m):\n  while 'a' in v: pass\n  return v + list(m)",
            {"plus/1": "time_limit", "plus/0": "not_run"},
            "test plus/1: used",
        ),
        ("def other(): pass", dict.fromkeys(("base/0", "base/1", "plus/0", "plus/1"), "runtime_error"), "NameError"),
    ],
)
def test_solutions(tmp_path: Path, judge: Judge, solution: str, failing: dict[str, str], words: str) -> None:
    [verdict] = judge.judge([(one(tmp_path, MBPP), solution)])
    assert words in verdict.reason
    results = {case.id: case for case in verdict.cases}
    assert results["plus/2"].status == "left_out"
    assert results["plus/2"].words == "its input breaks the contract"
    bad = {name: case.status for name, case in results.items() if case.status not in ("passed", "left_out")}
    assert bad == failing, verdict.reason
    assert (verdict.status is Status.PASSED, verdict.walled) == (not failing, True)


def test_what_a_reference_says_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the slot is no slot, nothing can be executed."""
    monkeypatch.setenv("PASSATK_HOME", str(tmp_path / "home"))
    problem = one(tmp_path, MBPP)
    with Judge(["python"], workers=1, cached=False) as judge:
        judge.judge([(problem, ADD)])
    assert problem.cases is not msgspec.UNSET
    [folder] = (tmp_path / "home" / "answers").iterdir()
    found = Known(folder.name).of(cast(Slot, None), problem.cases)
    assert not isinstance(found, str)
    assert found.asking is None
    assert [one.values for one in found.expected] == [
        *(("[]",), (), ("[1, 2, 3]",), ("['a', 'b']",), ("[0.1, 0.2]",)),
    ]


@pytest.mark.parametrize(("also", "fit"), [("", True), ("  if __name__ == 'reference': return 5\n", False)])
def test_a_slow_reference_that_said_what_is_right_is_executed_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, also: str, fit: bool
) -> None:
    """How long its own answers took stands in for an execution among others, and for nothing else."""
    monkeypatch.setenv("PASSATK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(execution, "_LONG_S", 0.0)
    problem = one(tmp_path, MBPP | {"canonical_solution": f"\ndef add_tuple(values, more):\n{also}  return values\n"})
    environment, policy = Environment(["python"]), default_policy()
    reference = program_of(problem, reference_of(problem), "hidden")
    with LocalPool(environment, 1) as pool:
        [found] = calibrate(pool, policy, {problem.task_id: reference}, None, Keys(environment))
    asking, alone = found.verdict.attempts
    assert asking.stands_in is True
    assert alone.stands_in is msgspec.UNSET
    assert (found.verdict.status is Status.PASSED) == fit
    assert len(found.verdict.cases) == 5


def test_readings(tmp_path: Path, judge: Judge) -> None:
    """What EvalPlus looks at in another way, task by task."""
    half, zero = one(tmp_path, HUMANEVAL), one(tmp_path, FIND_ZERO)
    names = {"presence": "check_str", "anything": "are_equivalent", "also": "sum_div"}
    row = MBPP | {"task_id": "Mbpp/7", "prompt": "", "contract": "", "base_input": [[[2, 1]]], "plus_input": [[[]]]}
    found = {
        kind: one(tmp_path, row | {"entry_point": n, "canonical_solution": f"def {n}(x):\n return x or None\n"})
        for kind, n in names.items()
    }
    members = one(tmp_path, row | {"entry_point": "Diff", "canonical_solution": "def Diff(x):\n return x\n"})
    tries = [
        (half, "    return x * 0.5\n", True),
        (half, "    return x * 0.5 * (1 + 1e-9)\n", True),
        (half, "    return x * 0.5 * (1 + 1e-6) + 1e-5\n", False),
        (zero, "    return -0.5 if xs[1] == 2 else 3 + 1e-6\n", True),
        (zero, "    return -0.5 if xs[1] == 2 else 2.5\n", False),
        (members, "def Diff(x): return tuple(sorted(x * 2))", True),
        (members, "def Diff(x): return x[:1]", False),
        (found["presence"], "def check_str(x): return print if x else None", True),
        (found["presence"], "def check_str(x): return bool(x)", True),
        (found["presence"], "def check_str(x): return x", False),
        (found["anything"], "def are_equivalent(x): return 7", True),
        (found["anything"], "def are_equivalent(x): return 7 // len(x)", False),
        (found["also"], "def sum_div(x): return 0", True),
        (found["also"], "def sum_div(x): return 1", False),
    ]
    verdicts = judge.judge([(problem, text) for problem, text, _ in tries])
    wrong = [
        (text, v.reason) for (_, text, right), v in zip(tries, verdicts, strict=True) if (v.status == "passed") != right
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"canonical_solution": "def other(): pass\n"}, "does not define 'add_tuple'"),
        ({"contract": "  assert ("}, "field 'contract': is not Python"),
        ({"base_input": [[1]]}, "is not as this task has it"),
        ({"base_input": [3]}, "is not as this task has it"),
        ({"plus_input": {"a": 1}}, "is an object with members"),
        ({"base_input": [], "plus_input": {}}, "there is none"),
        ({"task_id": "Mbpp/x"}, "does not end with a number"),
        ({"base_input": [[[1], [float("nan")]]]}, "has the number nan"),
    ],
)
def test_records_that_are_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        one(tmp_path, MBPP | changes)


def test_references_of_the_published_file(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    if not list((data / "mbpp").glob("MbppPlus*")):
        pytest.skip("MBPP+ is absent: no MbppPlus* in the folder mbpp of the benchmark data")
    problems = load("mbpp-plus")
    assert len(problems.problems) == 399
    some = ("Mbpp/115", "Mbpp/124", "Mbpp/164", "Mbpp/404", "Mbpp/558", "Mbpp/580", "Mbpp/737")
    checks = check_problems(picked(problems, every=400, only=some), workers=1)
    assert {check.task_id for check in checks if check.fit} >= set(some)
