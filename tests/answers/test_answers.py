"""Answers of every kind, read and judged: what is right passes, and nothing else does."""

import json
from collections import Counter
from pathlib import Path

import pytest
from answer_kinds import CASES, Case
from answer_oddities import ODD, REPEATED
from conftest import data_folder

from passatk.judging import Environment
from passatk.pipeline import Evaluation, evaluate
from passatk.problems import ProblemSet, load


def wrong(cases: list[Case], problems: ProblemSet, environment: Environment, folder: Path) -> list[str]:
    """Cases whose verdict is not as it should be."""
    numbers: Counter[str] = Counter()
    expected: dict[tuple[str, int], Case] = {}
    lines = []
    for case in cases:
        language = problems.get(case.task_id).language
        if not environment.toolchains[language].usable:
            continue
        expected[case.task_id, numbers[case.task_id]] = case
        lines.append({"task_id": case.task_id, "sample": numbers[case.task_id], "answer": case.answer})
        numbers[case.task_id] += 1
    file = folder / "answers.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    evaluate(Evaluation(samples=file, problems=problems, out=folder / "run", allow_unjudged=True))
    found = []
    for line in (folder / "run" / "results.jsonl").read_text().splitlines():
        result = json.loads(line)
        case = expected[result["task_id"], result["sample"]]
        assert result["answer"] == case.answer
        assert result["read_as"]
        if result["passed"] != case.passes:
            found.append(
                f"{case.task_id}, {case.kind}: {result['status']} {result['reason']}, read as {result['read_as']}"
            )
    return found


def test_answers_of_every_kind_are_read_right(data: Path, environment: Environment, tmp_path: Path) -> None:
    assert wrong(CASES, load(str(data / "humaneval-x")), environment, tmp_path) == []


def test_what_an_answer_repeats_is_not_its_solution(data: Path, environment: Environment, tmp_path: Path) -> None:
    assert wrong(REPEATED, load(str(data / "humaneval-x")), environment, tmp_path) == []


def test_odd_answers_are_read_right(data: Path, environment: Environment, tmp_path: Path) -> None:
    assert wrong(ODD, load(str(data / "humaneval-x")), environment, tmp_path) == []


@pytest.mark.parametrize("benchmark", ["humaneval-x", "humaneval"])
def test_published_cases_are_read_right(benchmark: str, environment: Environment, tmp_path: Path) -> None:
    folder = data_folder()
    file = Path("absent") if folder is None else folder.parent / "cases" / "answers.jsonl"
    if folder is None or not file.is_file():
        pytest.skip("the cases are absent: answers.jsonl in the folder `cases` beside the benchmark data")
    problems = load(str(folder / benchmark))
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    cases = [Case(row["why"], row["task_id"], row["answer"], row["expect"] == "passed") for row in rows]
    own = [case for case in cases if case.task_id in problems.problems]
    assert own
    assert wrong(own, problems, environment, tmp_path) == []
