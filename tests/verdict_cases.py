"""Shipped programs with the status each must get: the fixture folders of the languages."""

from pathlib import Path

import msgspec

from passatk.problems import basics, load
from passatk.records import Problem, Sample, Status

FOLDER = Path(__file__).parent / "fixtures" / "languages"
TASK_NUMBER = 0


PROBLEM = "problem.jsonl"
"""In the folder of a language that `basics` is not written in: the task that its programs solve."""


def problem_for(language: str, number: int = TASK_NUMBER) -> Problem:
    """The `basics` problem in `language`, or the one that its folder brings."""
    if (FOLDER / language / PROBLEM).exists():
        (problem,) = load(str(FOLDER / language / PROBLEM)).problems.values()
        (reference,) = (FOLDER / language).glob("passed.*")
        return msgspec.structs.replace(problem, reference=reference.read_text())
    return next(p for p in basics.problems() if p.language == language and p.task_id.endswith(f"/{number}"))


def cases(language: str) -> dict[Status, Sample]:
    """Expected status -> sample, for one language."""
    task_id = problem_for(language).task_id
    found = {}
    for file in sorted((FOLDER / language).glob("[!.]*")):
        if file.name == PROBLEM or file.is_dir():
            continue
        status = Status(file.name.partition(".")[0])
        found[status] = Sample(task_id=task_id, index=0, text=file.read_text(), whole=".whole." in file.name)
    return found
