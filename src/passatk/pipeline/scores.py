"""What a judged run says: unfit tasks, what could not be judged, scores."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import UNSET

from passatk.errors import InputError, ScoreRefusedError
from passatk.judging import Environment
from passatk.problems import task_of
from passatk.records import Problem, Program, Score, Status
from passatk.runs import RunFolder
from passatk.scoring import Counts, score
from passatk.wording import counted

DEFAULT_KS = (1, 10, 100)


def unfit_tasks(
    folder: RunFolder, problems: Mapping[str, Problem], reference: Callable[[str], Program], environment: Environment
) -> dict[str, str]:
    """Tasks to leave out: their reference solution was judged and does not pass, or their tests need what is not here.

    A reference that could not be judged for another reason says nothing about its task; nor does having none.
    """
    unfit = {}
    for task, (status, reason) in folder.failed_references().items():
        if status != Status.NOT_JUDGED:
            unfit[task] = f"its reference solution gets {status}: {reason}"
        elif environment.unfit(reference(task)):
            unfit[task] = reason
    for task, problem in problems.items():
        if problem.reference is None and (why := environment.unfit(reference(task))):
            unfit[task] = why
    return unfit


def unjudged_reasons(folder: RunFolder, unfit: dict[str, str]) -> dict[str, int]:
    """Why samples of fit tasks could not be judged -> how many."""
    reasons: Counter[str] = Counter()
    for task, reason in folder.unjudged_samples():
        if task not in unfit:
            reasons[reason] += 1
    return dict(reasons.most_common())


def scores_of(
    folder: RunFolder, problems: Mapping[str, Problem], unfit: dict[str, str], ks: Sequence[int] | None
) -> list[Score]:
    """Per language, per tier of it where it has several, and overall where there are several languages.

    Unjudged samples are left out of n.
    """
    every: dict[str, Counter[str]] = {}
    for task, status, number in folder.outcomes():
        every.setdefault(task, Counter())[status] += number
    statuses = {task: own for task, own in every.items() if task not in unfit}
    groups = _groups({task: problems[task] for task in every})
    if not statuses:
        some = "; ".join(f"{task}: {why}" for task, why in list(unfit.items())[:3])
        raise ScoreRefusedError(
            f"every task with samples is unfit ({len(unfit)} in all), so there is nothing to score: {some}"
        )
    scores = []
    for group, tasks in _groups({task: problems[task] for task in statuses}).items():
        counts = [
            Counts(
                task_id=task,
                n=judged,
                c=statuses[task][Status.PASSED],
                task=task_of(problems[task].benchmark, problems[task].language, task),
            )
            for task in tasks
            if (judged := statuses[task].total() - statuses[task][Status.NOT_JUDGED])
        ]
        least = min((count.n for count in counts), default=0)
        wanted = ks if ks is not None else [k for k in DEFAULT_KS if k <= max(least, 1)]
        tally = sum((statuses[task] for task in tasks), Counter[str]())
        scored = score(group, counts, dict(tally), wanted)
        scores.append(msgspec.structs.replace(scored, left_out=len(groups[group]) - len(counts)))
    return scores


def left_out_words(folder: RunFolder, problems: Mapping[str, Problem]) -> str:
    """Which tests count nowhere, since their inputs are none that a solution has to take; empty if all count."""
    asked = [task for task, p in problems.items() if p.cases is not UNSET and p.cases.answers is not UNSET]
    found = folder.tests_left_out(asked)
    if not found:
        return ""
    some = "; ".join(f"{task}: {one[0].id}, {one[0].words}" for task, one in list(found.items())[:3])
    tests = counted(sum(map(len, found.values())), "test")
    return f"{tests} of {counted(len(found), 'problem')} left out, which count nowhere ({some})"


def _groups(problems: Mapping[str, Problem]) -> dict[str, list[str]]:
    """Name of a group -> its tasks."""
    groups: dict[str, list[str]] = {}
    for task, problem in problems.items():
        groups.setdefault(problem.language, []).append(task)
    languages = list(groups)
    found = {}
    for language in languages:
        found[language] = groups[language]
        tiers: dict[str, list[str]] = {}
        for task in groups[language]:
            tiers.setdefault(problems[task].tier, []).append(task)
        if len(tiers) > 1:
            found |= {f"{language}/{tier}": tasks for tier, tasks in tiers.items()}
    if len(languages) > 1:
        found["overall"] = list(problems)
    return found


def check_k(ks: Sequence[int] | None, tasks: Counter[str], languages: Sequence[str] | None) -> None:
    """Refuse no samples at all, and k above the samples of a task.

    Raises:
        InputError: names the setting.
    """
    if not tasks:
        found = f" in {' or '.join(languages) or 'any language'}" if languages is not None else ""
        raise InputError(
            f"there are no samples{found} to score; give others{' or choose other languages' if found else ''}",
            setting="languages" if found else "",
        )
    if ks is not None and not ks:
        raise InputError("k = (): must have at least one number; leave it out for the usual ones", setting="k")
    for k in ks or ():
        task, n = min(tasks.items(), key=lambda entry: (entry[1], entry[0]))
        if n < k:
            raise InputError(
                f"pass@{k} needs at least {k} samples of every task, but {task} has {n};"
                f" ask for k up to {n}, or generate more samples",
                setting="k",
            )
