"""Differences of pass@k between two runs, paired by problem."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from passatk.errors import InputError
from passatk.records import Record
from passatk.scoring import by_task, difference_interval, paired_p_value, pass_at_k, smallest_detectable
from passatk.scoring.intervals import Z

_KS = (1, 10, 100)
OVERALL = "overall"


class Difference(Record, frozen=True, kw_only=True):
    """pass@k of a group of problems in both runs."""

    group: str
    """A language, a tier of it (`python/depth`), or `overall`."""
    k: int
    problems: int
    tasks: int
    """Different ones: a problem in five languages is one."""
    before: float
    after: float
    difference: float
    low: float
    """Of its 95 % interval, see `scoring.difference_interval`."""
    high: float
    p: float
    """Two-sided and exact, see `scoring.paired_p_value`."""
    better: int
    """Problems."""
    worse: int
    same: int
    smallest_detectable: float
    """The difference that this many problems, differing as they do, would have shown in four of five repetitions: 0.8
    power at 5 %, with the standard error that the interval implies."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A problem's samples in both runs."""

    task: str
    language: str
    tier: str
    counts: NDArray[np.int64]
    """Samples and how many passed, before and after, [2, 2]."""


def differences(pairs: Sequence[Pair], ks: Sequence[int] | None) -> Iterator[Difference]:
    """Per language, tier of it where it has several, and k; then overall where there are several languages.

    Of the usual k, those are left out that a problem has too few samples for.

    Raises:
        InputError: a k in `ks` is more than the samples of a problem.
    """
    for group, own in _groups(pairs).items():
        least = min(int(pair.counts[:, 0].min()) for pair in own)
        for k in ks if ks is not None else [k for k in _KS if k <= least]:
            if k > least:
                raise InputError(
                    f"pass@{k} needs at least {k} samples of every problem in both runs, and one in {group} has"
                    f" {least}; ask for k up to {least}",
                    setting="k",
                )
            yield _difference(group, own, k)


def _groups(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    languages: dict[str, dict[str, list[Pair]]] = {}
    for pair in pairs:
        languages.setdefault(pair.language, {}).setdefault(pair.tier, []).append(pair)
    groups: dict[str, list[Pair]] = {}
    for language, tiers in languages.items():
        groups[language] = [pair for pair in pairs if pair.language == language]
        if len(tiers) > 1:
            groups |= {f"{language}/{tier}": own for tier, own in tiers.items()}
    if len(languages) > 1:
        groups[OVERALL] = list(pairs)
    return groups


def _difference(group: str, pairs: Sequence[Pair], k: int) -> Difference:
    values = np.array([[pass_at_k(int(n), int(c), k) for n, c in pair.counts] for pair in pairs])
    change = values[:, 1] - values[:, 0]
    change[np.abs(change) < 1e-12] = 0
    tasks = [pair.task for pair in pairs]
    gains, sizes = by_task(np.maximum(change, 0), tasks)
    losses, _ = by_task(np.maximum(-change, 0), tasks)
    low, high = difference_interval(gains, losses, sizes)
    better, worse = int((change > 0).sum()), int((change < 0).sum())
    return Difference(
        group=group,
        k=k,
        problems=len(pairs),
        tasks=len(sizes),
        before=float(values[:, 0].mean()),
        after=float(values[:, 1].mean()),
        difference=float(change.mean()),
        low=float(low),
        high=float(high),
        p=paired_p_value(gains - losses),
        better=better,
        worse=worse,
        same=len(pairs) - better - worse,
        smallest_detectable=smallest_detectable(float(high - low) / (2 * Z)),
    )
