"""Which problems are one task, by benchmark and id."""

import pytest

from passatk.problems import load, task_of


@pytest.mark.parametrize(
    ("benchmark", "language", "task_id", "task"),
    [
        ("humaneval-x", "python", "Python/12", "12"),
        ("humaneval-x", "cpp", "CPP/12", "12"),
        ("basics/written", "javascript", "JavaScript/3", "3"),
        ("humanevalpack/explain", "go", "Go/12/0", "12"),
        ("human-eval-infilling", "python", "SingleLineInfilling/HumanEval/0/L0", "HumanEval/0"),
        ("human-eval-infilling", "python", "RandomSpanInfilling/HumanEval/0/1", "HumanEval/0"),
        ("multipl-e", "rust", "HumanEval_12_longest", "HumanEval_12_longest"),
        ("mbxp", "java", "MBJP/7", "7"),
        ("humaneval", "python", "HumanEval/12", "HumanEval/12"),
        ("own.jsonl", "cpp", "c++/sort", "sort"),
        ("own.jsonl", "cpp", "sort/c++", "sort/c++"),
        ("own.jsonl", "cpp", "cpp/", "cpp/"),
        ("own.jsonl", "no language", "x/y", "x/y"),
    ],
)
def test_the_task_of_a_problem(benchmark: str, language: str, task_id: str, task: str) -> None:
    assert task_of(benchmark, language, task_id) == task


def test_basics_asks_for_the_same_in_every_language() -> None:
    names: dict[str, set[str]] = {}
    for problem in load("basics").problems.values():
        name = problem.entry_point.lower().replace("_", "")
        names.setdefault(task_of(problem.benchmark, problem.language, problem.task_id), set()).add(name)
    assert all(len(own) == 1 for own in names.values()), {task: own for task, own in names.items() if len(own) > 1}
