"""Shipped programs with the status each must get: the fixture folders of the languages."""

from pathlib import Path

from passatk.problems import basics
from passatk.records import Problem, Sample, Status

FOLDER = Path(__file__).parent / "fixtures" / "languages"
TASK_NUMBER = 0


def problem_for(language: str, number: int = TASK_NUMBER) -> Problem:
    """The `basics` problem in `language`."""
    return next(p for p in basics.problems() if p.language == language and p.task_id.endswith(f"/{number}"))


def cases(language: str) -> dict[Status, Sample]:
    """Expected status -> sample, for one language."""
    task_id = problem_for(language).task_id
    found = {}
    for file in sorted((FOLDER / language).iterdir()):
        status = Status(file.name.partition(".")[0])
        found[status] = Sample(task_id=task_id, index=0, text=file.read_text(), whole=".whole." in file.name)
    return found
