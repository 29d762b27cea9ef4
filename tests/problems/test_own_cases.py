"""Cases in a team's own form: what is refused, and that a problem is the same when it is written again."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from passatk.cases import Call, Checker
from passatk.errors import InputError
from passatk.problems import load, own
from passatk.records import Problem

STDIN: dict[str, Any] = {
    "id": "sum",
    "language": "python",
    "instruction": "Print the sum.",
    "cases": [{"stdin": "1 2\n", "expected": "3\n"}, {"stdin": "", "expected": "0", "weight": 2, "memory_mib": 64}],
}
CALLED: dict[str, Any] = {
    "id": "add",
    "language": "python",
    "instruction": "Write add.",
    "entry_point": "add",
    "cases": [{"arguments": [1, [2.5]], "expected": {"a": None}}, {"arguments": [-0.0], "expected": "x"}],
}
CPP = {"language": "cpp", "source": "x", "files": {"testlib.h": "y"}, "points": 100}
CHECKED: dict[str, Any] = STDIN | {"checker": {"kind": "program", "program": CPP}}
LITERALS: dict[str, Any] = CALLED | {
    "entry_point": "Solution().add",
    "values": "python",
    "checker": {"kind": "boxed"},
    "cases": [{"arguments": "((1, 2), {3: b'x'})", "expected": "[{1, 2}]"}],
}


def written(folder: Path, text: str) -> str:
    (folder / "own.jsonl").write_text(text)
    return str(folder / "own.jsonl")


def problem(folder: Path, record: dict[str, Any]) -> Problem:
    return load(written(folder, json.dumps(record) + "\n")).get(record["id"])


@pytest.mark.parametrize("record", [STDIN, CALLED, LITERALS, CHECKED], ids=["stdin", "json", "python", "checker"])
def test_written_again_it_is_the_same(tmp_path: Path, record: dict[str, Any]) -> None:
    first = problem(tmp_path, record)
    [line] = own.lines([first])
    assert load(written(tmp_path, line + "\n")).get(record["id"]) == first


def test_what_is_called(tmp_path: Path) -> None:
    read = problem(tmp_path, LITERALS)
    assert read.entry_point == "Solution", "what an answer has to define"
    assert read.cases is not msgspec.UNSET
    assert read.cases.call == Call(name="Solution().add", written="python")
    assert read.cases.checker == Checker(kind="boxed")
    simple = problem(tmp_path, CALLED).cases
    assert simple is not msgspec.UNSET
    assert [(case.stdin, case.expected) for case in simple.cases] == [("[1,[2.5]]", '{"a":null}'), ("[-0.0]", '"x"')]
    assert simple.checker == Checker(kind="equal")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"entry_point": ""}, "entry_point"),
        ({"entry_point": "a.b"}, "'a.b' cannot be called"),
        ({"entry_point": "os.system('x')"}, "cannot be called"),
        ({"entry_point": "Solution().class"}, "cannot be called"),
        ({"tests": "assert add(1) == 2"}, "tests and cases are both there"),
        ({"cases": [{"expected": 1}]}, "is there, and cases have no arguments"),
        ({"cases": [{"arguments": [1], "expected": 1}, {"stdin": "", "expected": "1"}]}, "cases[1]'"),
        ({"cases": [{"arguments": [1], "stdin": "", "expected": "1"}]}, "has both arguments and stdin"),
        ({"cases": [{"arguments": "[1]", "expected": 1}]}, "must be a list, got '[1]'"),
        ({"cases": [{"arguments": [1]}]}, "expected"),
        ({"cases": []}, "tests"),
        ({"checker": {"kind": "tokens"}}, "tokens compares what programs print"),
        ({"checker": {"kind": "equal", "absolute": 0.1}}, "has no meaning for equal"),
        ({"values": "yaml"}, "values"),
        ({"values": "python"}, "must be a string"),
        ({"values": "python", "cases": [{"arguments": "(1)", "expected": "1"}]}, "must be a list, got 1"),
        ({"values": "python", "cases": [{"arguments": "(1,)", "expected": "f(1)"}]}, "is no literal of Python's"),
        ({"values": "python", "cases": [{"arguments": "(1,)", "expected": "1e400"}]}, "has the number inf"),
        ({"values": "python", "cases": [{"arguments": "(1,)", "expected": "..."}]}, "has an ellipsis"),
        ({"values": "python", "cases": [{"arguments": "({[]: 1},)", "expected": "1"}]}, "is no literal"),
        ({"values": "python", "cases": [{"arguments": "(", "expected": "1"}]}, "is no literal"),
        ({"values": "python", "cases": [{"arguments": "(1,)", "expected": f"{{({'1,' * 600}),}}"}]}, "key that is too"),
        ({"cases": [{"arguments": [json.loads("[" * 300 + "]" * 300)], "expected": 1}]}, "nested too deeply"),
    ],
)
def test_what_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        problem(tmp_path, CALLED | changes)
    assert words in str(caught.value)
    assert "own.jsonl:1: field '" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("NaN", "has the number nan"),
        ("1e400", "has the number inf"),
        ("-Infinity", "has the number -inf"),
        ("9" * 5000, "Exceeds the limit"),
        ("9" * 4300, ""),
        ("-0.0", ""),
        ('{"1": 1}', ""),
        ('"\\ud800"', ""),
    ],
)
def test_numbers_that_json_does_not_have(tmp_path: Path, value: str, words: str) -> None:
    text = json.dumps(CALLED | {"cases": [{"arguments": [1], "expected": "HERE"}]}).replace('"HERE"', value)
    if not words:
        load(written(tmp_path, text + "\n"))
        return
    with pytest.raises(InputError, match=words):
        load(written(tmp_path, text + "\n"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"entry_point": "f"}, "is there, and cases have no arguments"),
        ({"values": "python"}, "is there, and cases have no arguments"),
        ({"cases": [{"stdin": "", "expected": 3}]}, "field 'cases[0].expected': must be a string, got 3"),
        ({"cases": [{"expected": "3"}]}, "field 'cases[0].stdin': is missing"),
        ({"cases": [{"stdin": "\ud800", "expected": "3"}]}, "half a character"),
        ({"cases": [{"stdin": "", "expected": "3", "weight": 1e301}]}, "weighs 1e+301"),
        ({"cases": [{"stdin": "", "expected": "3", "cpu_seconds": 1e300}]}, "1e+300 CPU seconds"),
        ({"cases": [{"stdin": "", "expected": "3", "memory_mib": 1 << 60}]}, "bytes of memory"),
        ({"checker": {"kind": "numbers", "relative": 1e301}}, "checker.relative': is 1e+301"),
        ({"checker": {"kind": "equal"}}, "equal compares values that functions return"),
        ({"checker": {"kind": "program"}}, "checker.program': is missing"),
        ({"checker": {"program": {"language": "python", "source": "x"}}}, "has no meaning for lines"),
        ({"checker": {"kind": "program", "program": {"language": "perl", "source": "x"}}}, "checker.program.language"),
        ({"checker": {"kind": "program", "program": CPP | {"protocol": "function"}}}, "function is not one of cpp"),
        ({"checker": {"kind": "program", "program": CPP | {"files": {"../x": ""}}}}, "cannot be a file beside"),
    ],
)
def test_what_is_refused_of_programs(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        problem(tmp_path, STDIN | changes)
    assert words in str(caught.value)
