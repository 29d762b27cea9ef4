"""ClassEval on its published file."""

import json
from pathlib import Path

import pytest
from picking import picked

from passatk import pipeline
from passatk.pipeline import check_problems
from passatk.problems import ProblemSet, load
from passatk.records import Status


@pytest.fixture
def classeval(data: Path, monkeypatch: pytest.MonkeyPatch) -> ProblemSet:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    return load("classeval")


def test_reference_classes_pass_their_unittest_tests(classeval: ProblemSet) -> None:
    assert len(classeval.problems) == 100
    checks = check_problems(picked(classeval, every=25, only=("ClassEval_1",)), workers=1)
    assert all(check.fit for check in checks)


def test_what_needs_a_module_that_is_not_here_is_no_failure_of_the_program(classeval: ProblemSet) -> None:
    (check,) = check_problems(picked(classeval, every=0, only=("ClassEval_28",)), workers=1)
    assert check.verdict is not None
    assert check.verdict.status is Status.NOT_JUDGED
    assert check.verdict.reason.startswith(
        "needs pandas, which is not here; docs/languages.md lists what tests may use"
    )


def test_a_class_without_one_of_its_methods_fails(classeval: ProblemSet, tmp_path: Path) -> None:
    whole = classeval.get("ClassEval_1").solution
    at = whole.index("    def calculate_sphere_area")
    file = tmp_path / "samples.jsonl"
    end = whole.index("    def", at + 8)
    lines = [{"task_id": "ClassEval_1", "solution": text} for text in (whole, whole[:at] + whole[end:])]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = pipeline.evaluate(
        pipeline.Evaluation(samples=file, problems=classeval, out=tmp_path / "run", workers=1, cached=False)
    )
    assert report.scores[0].statuses == {"passed": 1, "runtime_error": 1}


def test_models_are_asked_for_the_whole_class_by_its_skeleton(classeval: ProblemSet) -> None:
    problem = classeval.get("ClassEval_1")
    assert problem.prompt == ""
    for asked in (problem.instruction, problem.context):
        assert "Please complete the class AreaCalculator in the following code." in asked
        assert "def calculate_sphere_area(self):" in asked
