"""HumanEvalPack on its published files: write, mend, explain."""

import json
from pathlib import Path

import pytest
from picking import picked

from passatk import pipeline
from passatk.errors import InputError, UnknownNameError
from passatk.pipeline import check_problems
from passatk.problems import load
from passatk.records import Problem, Status


@pytest.fixture(autouse=True)
def _published(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))


def test_every_variant_has_all_problems_in_six_languages() -> None:
    for variant in ("", "/synthesize", "/fix", "/explain"):
        assert len(load(f"humanevalpack{variant}").problems) == 984
    assert len(load("humanevalpack/fix/rust").problems) == 164
    assert load("humanevalpack").problems == load("humanevalpack/synthesize").problems
    with pytest.raises(UnknownNameError, match=r"known: .*explain, fix"):
        load("humanevalpack/mend")


@pytest.mark.parametrize("variant", ["synthesize", "fix"])
def test_references_pass_in_every_language(variant: str, language: str) -> None:
    every = load(f"humanevalpack/{variant}")
    if language not in every.languages:
        pytest.skip(f"HumanEvalPack has no problems in {language}")
    problems = every.only([language])
    numbers = (0, 38) if variant == "fix" else (10, 32)  # 38: published without its helper, or with half a body
    prefix = next(iter(problems.problems)).partition("/")[0]
    needs = {"Rust": (32,)}.get(prefix, ())
    chosen = tuple(f"{prefix}/{n}" for n in numbers if n not in needs)
    checks = check_problems(picked(problems, every=0, only=chosen), workers=1)
    assert [(c.task_id, c.verdict and c.verdict.reason) for c in checks if not c.fit] == []


def test_what_is_to_be_mended_is_shown_with_its_tests_and_is_no_part_of_the_program() -> None:
    problem = load("humanevalpack/fix").get("Python/0")
    for shown in (problem.context, problem.instruction):
        assert "distance = elem - elem2" in shown
        assert problem.tests.code in shown
        assert shown.rstrip().endswith("Fix bugs in has_close_elements.")
    assert problem.prompt == problem.declaration
    assert "Fix bugs" not in problem.prompt


def test_the_broken_solution_fails_its_tests(tmp_path: Path) -> None:
    problem = load("humanevalpack/fix").get("Python/0")
    broken = problem.context.partition(problem.declaration)[2].partition(problem.tests.code)[0]
    file = tmp_path / "samples.jsonl"
    file.write_text(json.dumps({"task_id": "Python/0", "generation": broken}))
    request = pipeline.Evaluation(
        samples=file, problems=load("humanevalpack/fix/python"), out=tmp_path / "run", cached=False, workers=1
    )
    assert pipeline.evaluate(request).scores[0].statuses == {Status.WRONG_ANSWER: 1}


# --- explain -----------------------------------------------------------------------------------------------------


def explain(text: str, tmp_path: Path, **more: object) -> Problem:
    """The problem that a description of Python/0 becomes."""
    file = tmp_path / "generations.jsonl"
    file.write_text(json.dumps({"task_id": "Python/0", "sample": 0, "generation": text, **more}) + "\n")
    assert pipeline.explained_problems(tmp_path, tmp_path / "described.jsonl") == 1
    return load(str(tmp_path / "described.jsonl")).get("Python/0/0")


def test_descriptions_are_asked_for_in_the_papers_words() -> None:
    problem = load("humanevalpack/explain").get("Python/0")
    docstring = load("humanevalpack").get("Python/0").instruction.partition("the following problem:\n")[2]
    assert "Provide a concise natural language description of the code using at most " in problem.instruction
    assert problem.instruction.endswith(f" at most {len(docstring)} characters.")
    assert "abs(elem - elem2)" in problem.instruction, "the solution is what is described"


def test_descriptions_cannot_be_judged_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    problems = load("humanevalpack/explain/python")
    with pytest.raises(InputError, match=r"no tests.*passatk problems explained"):
        check_problems(problems, workers=1)
    file = tmp_path / "samples.jsonl"
    file.write_text(json.dumps({"task_id": "Python/0", "generation": "It adds."}))
    with pytest.raises(InputError, match=r"no tests.*passatk problems explained"):
        pipeline.evaluate(pipeline.Evaluation(samples=file, problems=problems, out=tmp_path / "run", workers=1))


def test_a_description_becomes_a_problem_that_can_be_judged(tmp_path: Path) -> None:
    problem = explain("Whether two numbers are closer than a threshold.", tmp_path)
    assert problem.instruction.startswith(
        "Whether two numbers are closer than a threshold.\nWrite functional code in P"
    )
    assert problem.context + problem.prompt in problem.instruction.replace("Begin with:\n", "") + "\n"
    assert [c.fit for c in check_problems(load(str(tmp_path / "described.jsonl")), workers=1)] == [True]


def test_a_description_is_what_was_said_but_no_longer_than_asked_and_without_the_code(tmp_path: Path) -> None:
    line = "for idx2, elem2 in enumerate(numbers):"
    problem = explain("code taken from it", tmp_path, answer=f"  It does {line} {'very ' * 400}")
    description = problem.instruction.partition("\nWrite functional")[0]
    assert description.startswith("It does  very")
    assert len(description) <= len(load("humanevalpack").get("Python/0").instruction)
    assert line not in description


def test_descriptions_of_other_tasks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"task_id": "Python/999", "generation": "x"}\n')
    with pytest.raises(UnknownNameError, match=r"Python/999"):
        pipeline.explained_problems(tmp_path / "x.jsonl", tmp_path / "out")
    (tmp_path / "x.jsonl").write_text('{"task_id": "Python/1"}\n')
    with pytest.raises(InputError, match=r"x.jsonl:1: no description"):
        pipeline.explained_problems(tmp_path / "x.jsonl", tmp_path / "out")
