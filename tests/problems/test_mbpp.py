"""MBPP in its three forms, on the published files."""

import json
from pathlib import Path

import pytest
from picking import picked

from passatk.errors import SourceError
from passatk.pipeline import check_problems
from passatk.problems import ProblemSet, load
from passatk.prompts import completion

CODET = "generations/codegen-16b/mbpp_sanitized_for_code_generation.jsonl.gz"
UNFIT_CODET = {
    "MbppEval/56": "RecursionError",  # its tests call `check`, which is what they are called themselves
    "MbppEval/98": "'math' is not defined",  # the tests use math, and nothing imports it
}


@pytest.fixture
def mbpp(data: Path, monkeypatch: pytest.MonkeyPatch) -> ProblemSet:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    return load("mbpp")


def test_its_parts_are_those_of_the_paper(mbpp: ProblemSet) -> None:
    sizes = {part: len(load(f"mbpp/{part}").problems) for part in ("prompt", "test", "validation", "train")}
    assert sizes == {"prompt": 10, "test": 500, "validation": 90, "train": 374}
    assert len(mbpp.problems) == 974
    assert {problem.benchmark for problem in mbpp.problems.values()} == {"mbpp"}


def test_the_entry_point_is_the_function_that_the_tests_call(mbpp: ProblemSet) -> None:
    assert all(problem.entry_point in problem.tests.code for problem in mbpp.problems.values())
    assert mbpp.get("2").entry_point == "similar_elements"
    assert mbpp.get("601").entry_point == "max_chain_length", "and not the class that it takes"


def test_references_pass_also_those_with_classes_in_their_tests(mbpp: ProblemSet) -> None:
    checks = check_problems(picked(mbpp, every=150, only=("367", "601", "927", "342", "73", "126")), workers=1)
    assert [check.task_id for check in checks if not check.fit] == []


def test_base_and_chat_models_are_asked_in_the_usual_words(mbpp: ProblemSet) -> None:
    problem = mbpp.get("2")
    first = "assert similar_elements((3, 4, 5, 6),(5, 7, 4, 10)) == (4, 5)"
    text = "Write a function to find the similar elements from the given two tuple lists."
    assert problem.prompt == f'"""\n{text}\n{first}\n"""\n'
    assert problem.instruction.startswith(
        f"You are an expert Python programmer, and here is your task: {text} Your code should pass these tests:\n\n"
        f"{first}\n"
    )
    assert problem.tests.examples in problem.instruction


def test_a_completion_ends_before_what_follows_the_function(mbpp: ProblemSet) -> None:
    function = "def similar_elements(a, b):\n  return tuple(set(a) & set(b))\n"
    for tail in ("\nassert True", "\nprint(1)", "\nclass A:", '\n"""next'):
        assert completion(mbpp.get("2"), f"\n{function}{tail}").rstrip() == f"\n{function}".rstrip()


@pytest.mark.parametrize("task_id", [7, "7"])
def test_the_sanitised_form_reads_and_passes(tmp_path: Path, task_id: object) -> None:
    record = {
        "source_file": "x",
        "task_id": task_id,
        "prompt": "Write a function to round down.",
        "code": "def down(x):\n    return math.floor(x)\r\n",
        "test_imports": ["import math"],
        "test_list": ["assert down(1.5) == 1", "assert math.isclose(down(2.0), 2)"],
    }
    file = tmp_path / "sanitized-mbpp.json"
    file.write_text(json.dumps([record], indent=1))
    problems = load(str(file))
    assert problems.get("7").benchmark == "mbpp-sanitized"
    assert [check.fit for check in check_problems(problems, workers=1)] == [True]


def test_codets_form_of_it_is_read_as_humaneval_is_and_its_tests_call_the_function(data: Path) -> None:
    problems = load(str(data / CODET))
    assert len(problems.problems) == 427
    assert all("assert " in problem.tests.code for problem in problems.problems.values())
    checks = check_problems(picked(problems, every=40, only=tuple(UNFIT_CODET)), workers=1)
    unfit = {c.task_id: c.verdict.reason for c in checks if c.verdict and not c.fit}
    assert set(unfit) == set(UNFIT_CODET)
    assert all(words in unfit[task] for task, words in UNFIT_CODET.items())


def test_a_task_without_its_code_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mbpp.jsonl"
    file.write_text(json.dumps({"task_id": 1, "text": "x", "test_list": ["assert f(1)"], "challenge_test_list": []}))
    with pytest.raises(SourceError, match=r"mbpp.jsonl:1: field 'code': is missing; expected a record of mbpp"):
        load(str(file))
