"""From counts per problem to a Score with intervals."""

from collections.abc import Callable, Sequence

import numpy as np

from passatk.records import Consistency, PassAtK, Record, Score
from passatk.scoring.intervals import by_task, rate_interval
from passatk.scoring.pass_at_k import pass_at_k, pass_hat_k
from passatk.wording import counted


class Counts(Record, frozen=True, kw_only=True):
    """One problem's samples: `n` judged, `c` of them passed."""

    task_id: str
    n: int
    c: int
    task: str = ""
    """What the problem shares with the same task in another language; empty where it shares nothing."""


def score(group: str, counts: Sequence[Counts], statuses: dict[str, int], ks: Sequence[int]) -> Score:
    """Score one group of problems.

    pass@k is the mean of the problems' estimates (`pass_at_k`), pass^k that of `pass_hat_k`. The 95 % interval says how
    far the figure would move with other tasks of the kind: problems that are one task in several languages count as
    one draw. It is Wilson's with the effective number of tasks, see `rate_interval`.

    Args:
        group: language or `overall`.
        counts: one entry per problem, at least one sample each.
        statuses: samples by status, for the table.
        ks: the k to report; those with too few samples in some problem are refused by name.

    Returns:
        The score; `refused` says which k have no value, and why.
    """
    refused = {k: why for k in ks if (why := _refusal(counts, k))}
    usable = [k for k in ks if k not in refused]
    return Score(
        group=group,
        problems=len(counts),
        tasks=len({_task(count) for count in counts}),
        samples=sum(count.n for count in counts),
        statuses=statuses,
        pass_at_k=tuple(_estimate(counts, k, pass_at_k) for k in usable),
        pass_hat_k=tuple(_estimate(counts, k, pass_hat_k) for k in usable if k > 1),
        consistency=consistency(counts),
        refused=tuple(refused.values()),
    )


def consistency(counts: Sequence[Counts]) -> Consistency:
    """How many problems passed in all of their samples, in some, in none (arXiv 2606.00920 sets them apart)."""
    always = sum(count.c == count.n for count in counts)
    never = sum(count.c == 0 for count in counts)
    return Consistency(always=always, sometimes=len(counts) - always - never, never=never)


def _task(count: Counts) -> str:
    return count.task or count.task_id


def _refusal(counts: Sequence[Counts], k: int) -> str:
    """Why pass@k has no value; empty where it has one."""
    if not counts:
        return f"pass@{k}: no problem has samples"
    short = [count for count in counts if count.n < k]
    if not short:
        return ""
    least = min(short, key=lambda count: (count.n, count.task_id))
    problems = counted(len(counts), "problem")
    return (
        f"pass@{k} needs {counted(k, 'sample')} per problem:"
        f" {counted(len(short), f'of {problems} has', f'of {problems} have')} fewer ({least.task_id} has {least.n})"
    )


def _estimate(counts: Sequence[Counts], k: int, estimator: Callable[[int, int, int], float]) -> PassAtK:
    values = np.array([estimator(count.n, count.c, k) for count in counts])
    low, high = rate_interval(*by_task(values, [_task(count) for count in counts]))
    return PassAtK(k=k, estimate=float(values.mean()), low=float(low), high=float(high))
