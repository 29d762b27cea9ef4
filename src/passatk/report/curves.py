"""pass@k of a run against k, for its page and its pictures."""

from collections import Counter
from collections.abc import Container, Mapping

from passatk.problems import task_of
from passatk.records import PassAtK, Status
from passatk.scoring import Counts, score

OVERALL = "overall"
_KS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000)
"""Closer together where the curve bends."""


def counts_of(
    statuses: Mapping[tuple[str, str, str], Counter[str]], left_out: Container[str], problems: str
) -> dict[str, list[Counts]]:
    """Language, and `overall` where there are several -> its scored problems, as `pipeline.scores` has them.

    Args:
        statuses: (task id, benchmark, language) -> status, empty where there is none yet -> samples.
        left_out: tasks that are not scored.
        problems: the name of the problem set, for what does not say which benchmark it is of.
    """
    found: dict[str, list[Counts]] = {}
    for (task, benchmark, language), own in statuses.items():
        judged = own.total() - own[Status.NOT_JUDGED] - own[""]
        if task in left_out or not judged:
            continue
        shared = task_of(benchmark or problems, language, task)
        found.setdefault(language, []).append(Counts(task_id=task, n=judged, c=own[Status.PASSED], task=shared))
    if len(found) > 1:
        found[OVERALL] = [one for own in list(found.values()) for one in own]
    return found


def curve(group: str, counts: list[Counts]) -> tuple[PassAtK, ...]:
    """pass@k for k up to the fewest samples of a problem."""
    most = min(count.n for count in counts)
    return score(group, counts, {}, [*(k for k in _KS if k < most), most]).pass_at_k
