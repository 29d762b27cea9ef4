"""Parts of problem sets, so that tests are quick."""

import msgspec

from passatk.problems import ProblemSet


def picked(problems: ProblemSet, every: int = 1, only: tuple[str, ...] = ()) -> ProblemSet:
    """The problems called so in `only`, and of all others one in so many."""
    tasks = [*problems.problems][::every] if every else []
    return msgspec.structs.replace(problems, problems={task: problems.get(task) for task in (*only, *tasks)})
