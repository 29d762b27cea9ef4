"""From counts per problem to a Score with bootstrap intervals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from passatk.records import PassAtK, Record, Score
from passatk.scoring.pass_at_k import pass_at_k
from passatk.wording import counted

RESAMPLES = 10_000
_CHUNK = 500


class Counts(Record, frozen=True, kw_only=True):
    """One problem's samples: `n` judged, `c` of them passed."""

    task_id: str
    n: int
    c: int


def score(group: str, counts: Sequence[Counts], statuses: dict[str, int], ks: Sequence[int], seed: int = 0) -> Score:
    """Score one group of problems.

    pass@k is the mean of the problems' estimates; its 95 % interval is a percentile bootstrap over problems
    (10,000 resamples from PCG64(`seed`)), which says how far the figure would move with other problems of the kind.

    Args:
        group: language or `overall`.
        counts: one entry per problem, at least one sample each.
        statuses: samples by status, for the table.
        ks: the k to report; those with too few samples in some problem are refused by name.
        seed: of the bootstrap.

    Returns:
        The score; `refused` says which k have no value, and why.
    """
    estimates: list[PassAtK] = []
    refused: list[str] = []
    values: dict[int, NDArray[np.float64]] = {}
    for k in ks:
        short = [count for count in counts if count.n < k]
        if not counts:
            refused.append(f"pass@{k}: no problem has samples")
        elif short:
            problems = counted(len(counts), "problem")
            least = min(short, key=lambda count: (count.n, count.task_id))
            refused.append(
                f"pass@{k} needs {counted(k, 'sample')} per problem:"
                f" {counted(len(short), f'of {problems} has', f'of {problems} have')} fewer"
                f" ({least.task_id} has {least.n})"
            )
        else:
            values[k] = np.array([pass_at_k(count.n, count.c, k) for count in counts])
    means = _bootstrap_means(values, len(counts), seed)
    for k, value in values.items():
        low, high = np.percentile(means[k], [2.5, 97.5])
        estimates.append(PassAtK(k=k, estimate=float(value.mean()), low=float(low), high=float(high)))
    return Score(
        group=group,
        problems=len(counts),
        samples=sum(count.n for count in counts),
        statuses=statuses,
        pass_at_k=tuple(estimates),
        refused=tuple(refused),
    )


def _bootstrap_means(
    values: dict[int, NDArray[np.float64]], problems: int, seed: int
) -> dict[int, NDArray[np.float64]]:
    """Means of `values` over RESAMPLES draws of problems with replacement, the same draws for every k."""
    rng = np.random.Generator(np.random.PCG64(seed))
    means = {k: np.empty(RESAMPLES) for k in values}
    for start in range(0, RESAMPLES if values else 0, _CHUNK):
        drawn = rng.integers(0, problems, size=(_CHUNK, problems))
        for k, value in values.items():
            means[k][start : start + _CHUNK] = value[drawn].mean(axis=1)
    return means
