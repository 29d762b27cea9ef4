"""What a judged run says: unfit tasks, what could not be judged, scores."""

from collections import Counter
from collections.abc import Callable, Sequence

from passatk.errors import ScoreRefusedError
from passatk.judging import Environment
from passatk.records import Program, Score, Status
from passatk.runs import RunFolder
from passatk.scoring import Counts, score

DEFAULT_KS = (1, 10, 100)


def unfit_tasks(folder: RunFolder, reference: Callable[[str], Program], environment: Environment) -> dict[str, str]:
    """Tasks to leave out: their reference solution was judged and does not pass, or needs what is not here.

    A reference that could not be judged for another reason says nothing about its task.
    """
    unfit = {}
    for task, (status, reason) in folder.failed_references().items():
        if status != Status.NOT_JUDGED:
            unfit[task] = f"its reference solution gets {status}: {reason}"
        elif environment.lacking(reference(task)):
            unfit[task] = reason
    return unfit


def unjudged_reasons(folder: RunFolder, unfit: dict[str, str]) -> dict[str, int]:
    """Why samples of fit tasks could not be judged -> how many."""
    reasons: Counter[str] = Counter()
    for task, reason in folder.unjudged_samples():
        if task not in unfit:
            reasons[reason] += 1
    return dict(reasons.most_common())


def scores_of(folder: RunFolder, unfit: dict[str, str], ks: Sequence[int] | None, seed: int) -> list[Score]:
    """Per language, and overall where there are several. Unjudged samples are left out of n."""
    statuses: dict[str, Counter[str]] = {}
    judged: dict[str, dict[str, Counter[str]]] = {}
    for language, task, status, number in folder.outcomes():
        if task in unfit:
            continue
        statuses.setdefault(language, Counter())[status] += number
        if status != Status.NOT_JUDGED:
            judged.setdefault(language, {}).setdefault(task, Counter())[status] += number
    counts = {
        language: [
            Counts(task_id=task, n=sum(c.values()), c=c[Status.PASSED]) for task, c in judged.get(language, {}).items()
        ]
        for language in statuses
    }
    if not statuses:
        some = "; ".join(f"{task}: {why}" for task, why in list(unfit.items())[:3])
        raise ScoreRefusedError(f"all {len(unfit)} tasks with samples are unfit, so there is nothing to score: {some}")
    groups = [(language, counts[language], statuses[language]) for language in statuses]
    if len(groups) > 1:
        everything = sum(statuses.values(), Counter())
        groups.append(("overall", [count for listed in counts.values() for count in listed], everything))
    scores = []
    for group, listed, tally in groups:
        least = min((count.n for count in listed), default=0)
        wanted = ks if ks is not None else [k for k in DEFAULT_KS if k <= max(least, 1)]
        scores.append(score(group, listed, dict(tally), wanted, seed))
    return scores
