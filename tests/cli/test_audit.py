"""`passatk problems audit` finds faults that were planted, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from running import Command

from passatk.problems import load

GOOD: dict[str, Any] = {
    "id": "good",
    "language": "python",
    "prompt": "def area(a, b):\n",
    "entry_point": "area",
    "tests": "assert area(2, 3) == 7\nassert area(5, 1) == 6\nassert area(4, 4) == 17\n",
    "reference": "    return a * b + 1\n",
}
CASES: dict[str, Any] = {
    "id": "cases",
    "language": "python",
    "instruction": "Read integers and print the sum of those above 2.",
    "reference": "print(sum(n for n in map(int, input().split()) if n > 2))\n",
    "cases": [
        {"id": "a", "stdin": "1 2 3 4\n", "expected": "7\n", "public": True},
        {"id": "b", "stdin": "5 2\n", "expected": "5\n"},
        {"id": "c", "stdin": "3 3 3\n", "expected": "9\n"},
    ],
}
SORTED = "import sys\nwords = sys.stdin.read().split()\nprint('\\n'.join(sorted(words)))\n"
PLANTED: dict[str, tuple[dict[str, Any], str]] = {
    "reference": ({**GOOD, "reference": "    return a + b + 1\n"}, "reference_fails"),
    "chance": (
        {**GOOD, "reference": "    import random\n    return a * b + 1 if random.random() < 0.9 else 0\n"},
        "unstable",
    ),
    "equivalent": ({**GOOD, "reference": "    return a * b + 1 if a > -99 else 0\n"}, "mutant_passes"),
    "nothing": ({**GOOD, "tests": "area(2, 3)\nassert True\n"}, "nothing_fails"),
    "examples": (
        {**GOOD, "tests": "assert area(0, 0) == 1\n", "examples": "assert area(2, 3) == 7\n"},
        "wrong_passes",
    ),
    "constant": (
        {**CASES, "cases": [CASES["cases"][1], {**CASES["cases"][1], "id": "x", "stdin": "1 5\n"}]},
        "wrong_passes",
    ),
    "idle": (
        {
            **CASES,
            "reference": "for n in map(int, input().split()):\n    if n > 2 and n < 9:\n        print(n)\n",
            "cases": [
                {"stdin": "1 2 3 4 9\n", "expected": "3\n4\n"},
                {"stdin": "3\n", "expected": "3\n"},
                {"id": "idle", "stdin": "\n", "expected": ""},
            ],
        },
        "case_fails_nothing",
    ),
    "order": (
        {
            "id": "",
            "language": "python",
            "instruction": "Print the words, one a line, in any order.",
            "reference": SORTED,
            "cases": [
                {"stdin": "b a\n", "expected": "a\nb\n"},
                {"stdin": "d c a\n", "expected": "a\nc\nd\n"},
            ],
        },
        "allows_several",
    ),
}


def write(path: Path, *records: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    path = tmp_path / "planted.jsonl"
    write(path, GOOD, CASES, *({**problem, "id": name} for name, (problem, _) in PLANTED.items()))
    return path


def test_sound_problems_have_no_finding(passatk: Command, tmp_path: Path) -> None:
    write(tmp_path / "good.jsonl", GOOD, CASES)
    done = passatk("problems", "audit", "good.jsonl", "--out", "kept.jsonl", "--json")
    found = json.loads(done.stdout)
    assert found["findings"] == [], done.stdout
    assert done.returncode == 0, done.stderr
    assert found["mutants"]["failed"] >= 5
    assert found["mutants"]["passed"] == 0
    assert list(load(tmp_path / "kept.jsonl").problems) == ["good", "cases"]
    assert found["written"] == 2


def test_what_is_planted_is_found(passatk: Command, planted: Path, tmp_path: Path) -> None:
    done = passatk("problems", "audit", planted, "--repeat", "8", "--vary", "--out", "kept.jsonl", "--json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    reasons: dict[str, set[str]] = {}
    for one in found["findings"]:
        reasons.setdefault(one["task_id"], set()).add(one["reason"])
    for name, (_, reason) in PLANTED.items():
        assert not reason or reason in reasons.get(name, set()), (name, reasons.get(name), done.stdout)
    assert not {"good", "cases"} & reasons.keys()
    left_out = {"reference", "chance", "nothing", "examples", "constant"}
    assert set(found["left_out"]) == left_out
    [idle] = [one["words"] for one in found["findings"] if one["reason"] == "case_fails_nothing"]
    assert idle.startswith("1 test (idle) of 3: ")
    assert list(load(tmp_path / "kept.jsonl").problems) == ["good", "cases", "equivalent", "idle", "order"]
    assert found["counts"]["wrong_passes"] == 2
    shown = passatk("problems", "audit", planted, "--mutants", "0", "--repeat", "1")
    assert shown.returncode == 1
    assert "reference: reference_fails: wrong_answer" in shown.stdout
    assert "the reference solution fails its own tests" in shown.stdout


def test_known_solutions_are_held_against_the_tests(passatk: Command, tmp_path: Path) -> None:
    order = {**PLANTED["order"][0], "id": "order", "instruction": "Print the words, one a line."}
    other = {**order, "id": "other"}
    write(tmp_path / "own.jsonl", GOOD, CASES, order, other)
    reverse = SORTED.replace("sorted(words)", "sorted(words)[::-1]")
    write(
        tmp_path / "known.jsonl",
        {"task_id": "good", "correct": False, "completion": "    return {(2, 3): 7, (5, 1): 6, (4, 4): 17}[a, b]\n"},
        {"task_id": "good", "correct": True, "solution": "def area(a, b):\n    return 1 + b * a\n"},
        {"task_id": "cases", "correct": True, "solution": "print(int('x'))\n"},
        {"task_id": "order", "correct": True, "solution": reverse},
        {"task_id": "other", "correct": True, "solution": SORTED.replace("print(", "print('so:', ")},
    )
    done = passatk(
        "problems", "audit", "own.jsonl", "--solutions", "known.jsonl", "--mutants", "0", "--repeat", "1", "--json"
    )
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    told = {(one["task_id"], one["reason"]): one["words"] for one in found["findings"]}
    assert set(told) == {
        ("good", "wrong_passes"),
        ("cases", "right_fails"),
        ("order", "needs_checker"),
        ("other", "needs_checker"),
    }
    assert told["order", "needs_checker"].endswith("; the checker unordered_lines accepts it")
    assert told["other", "needs_checker"].endswith("; no checker that passatk has accepts it")
    assert "runtime_error" in told["cases", "right_fails"]
    assert found["solutions"] == 5


def test_what_cannot_be_audited_is_said(passatk: Command, tmp_path: Path) -> None:
    write(tmp_path / "own.jsonl", GOOD)
    write(tmp_path / "bad.jsonl", {**GOOD, "reference": "    return 0\n"})
    write(tmp_path / "unknown.jsonl", {"task_id": "no", "correct": True, "solution": "x"})
    write(tmp_path / "neither.jsonl", {"task_id": "good", "correct": True})
    write(tmp_path / "unmarked.jsonl", {"task_id": "good", "solution": "x"})
    for arguments, told in (
        (("own.jsonl", "--solutions", "unknown.jsonl"), "'no' is no task of own.jsonl"),
        (("own.jsonl", "--solutions", "neither.jsonl"), "one of solution and completion must be there"),
        (("own.jsonl", "--solutions", "unmarked.jsonl"), "missing required field `correct`"),
        (("bad.jsonl", "--out", "kept.jsonl"), "no problem of bad.jsonl is left"),
        (("own.jsonl", "--language", "java"), "there are no problems to audit"),
    ):
        done = passatk("problems", "audit", *arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert told in " ".join(done.stderr.split()), (arguments, done.stderr)
    rust = "#[test]\nfn holds() { assert_eq!(add(1, 2), 3); }\n"
    head = "fn add(a: i32, b: i32) -> i32 {\n"
    write(
        tmp_path / "rust.jsonl",
        {"id": "a", "language": "rust", "prompt": head, "entry_point": "add", "tests": rust, "reference": "a + b }\n"},
    )
    missing = passatk("problems", "audit", "rust.jsonl", PASSATK_RUSTC="/nowhere")
    assert missing.returncode == 3
    assert "a: not judged: PASSATK_RUSTC=/nowhere is not an executable" in missing.stdout
    assert "1 problem could not be judged" in missing.stderr
