"""APPS' form: inputs and outputs as JSON in a text, and what is refused."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from passatk.errors import SourceError
from passatk.pipeline import check_problems
from passatk.problems import load

RECORD: dict[str, Any] = {
    "problem_id": 7,
    "question": "Print the sum of the numbers.",
    "solutions": json.dumps(["print(sum(map(int, open(0).read().split())))\n"]),
    "input_output": json.dumps({"inputs": ["1 2\n", "4\n"], "outputs": ["3\n", "4"]}),
    "difficulty": "introductory",
    "url": "",
    "starter_code": "",
}


def written(folder: Path, **changes: object) -> str:
    (folder / "apps.jsonl").write_text(json.dumps(RECORD | changes) + "\n")
    return str(folder / "apps.jsonl")


def test_its_references_are_judged_by_its_cases(tmp_path: Path) -> None:
    problems = load(written(tmp_path))
    [problem] = problems.problems.values()
    assert (problem.task_id, problem.benchmark, problem.tier) == ("apps/7", "apps", "introductory")
    assert problem.cases is not msgspec.UNSET
    assert [(case.stdin, case.expected) for case in problem.cases.cases] == [("1 2\n", "3\n"), ("4\n", "4")]
    [check] = check_problems(problems, workers=1)
    assert check.fit


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ({"inputs": [], "outputs": []}, "there is none"),
        ({"inputs": ["1"], "outputs": []}, "1 inputs and 0 outputs"),
        ({"inputs": [[1]], "outputs": [[1]], "fn_name": "f()"}, "is not the name of a function"),
        ({"inputs": [[1]], "outputs": ["1"]}, "cannot be read"),
    ],
)
def test_what_cannot_be_judged_is_refused(tmp_path: Path, tests: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceError, match=words):
        load(written(tmp_path, input_output=json.dumps(tests)))
