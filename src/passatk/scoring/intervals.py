"""95 % intervals of means over problems, where the tasks are what was drawn."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri

Floats = NDArray[np.float64]

Z = float(ndtri(0.975))
_FEW = 8.0
"""How fast the variance that was seen is believed, see `_effective_tasks`."""
_TAIL = 0.04
"""Of the exact limit beside Wilson's, see `rate_interval`."""


def by_task(values: ArrayLike, tasks: Sequence[str]) -> tuple[Floats, Floats]:
    """Sums of `values` (one per problem) over the problems of each task, and how many problems each task has."""
    _, place = np.unique(np.asarray(tasks), return_inverse=True)
    return np.bincount(place, np.asarray(values)).astype(np.float64), np.bincount(place).astype(np.float64)


def rate_interval(totals: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a mean of rates in [0, 1], with tasks as the units that were drawn.

    Wilson's score interval (Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference") with
    the effective number of tasks in place of the number of trials: p (1 - p) / variance of the mean, as surveys do it
    (Korn and Graubard 1998, "Confidence Intervals for Proportions with Small Expected Number of Positive Counts
    Estimated from Survey Data"; Franco et al. 2019, "Comparative Study of Confidence Intervals for Proportions in
    Complex Sample Surveys"). The variance is that of a ratio of means of clusters (Cochran 1977, "Sampling Techniques",
    9A), so one task in five languages counts once. Near 0 and 1 Wilson's limit alone is too close where one task
    decides; there the one-sided exact one of Clopper and Pearson is used (Brown, Cai and DasGupta 2001, "Interval
    Estimation for a Binomial Proportion", 4.1.1, do so with Poisson's). How often it covers: `bench/coverage.py`.

    Args:
        totals: sum of the rates of each task's problems, [..., tasks].
        sizes: problems of each task, [tasks].

    Returns:
        Lower and upper limits, [...]. None of 28 tasks gives 0 and 0.1206.
    """
    mean, tasks = _effective_tasks(totals, sizes)
    shrunk = 1 + Z**2 / tasks
    middle = (mean + Z**2 / (2 * tasks)) / shrunk
    half = Z / shrunk * np.sqrt(mean * (1 - mean) / tasks + (Z / (2 * tasks)) ** 2)
    low = np.minimum(middle - half, _exact_low(mean * tasks, tasks))
    high = np.maximum(middle + half, 1 - _exact_low((1 - mean) * tasks, tasks))
    return np.clip(low, 0, mean), np.clip(high, mean, 1)


def _exact_low(passed: Floats, tasks: Floats) -> Floats:
    """Clopper and Pearson's lower limit at one-sided level `_TAIL`; 0 where nothing passed."""
    some = passed > 1e-9
    limit = betaincinv(np.where(some, passed, 1), np.maximum(tasks - passed, 0) + 1, _TAIL)
    return np.where(some, limit, 0)


def _effective_tasks(totals: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """(mean, how many tasks that wholly pass or fail would give a mean as certain).

    Tasks that pass in part vary less than those, so the number may exceed that of the tasks. But where the mean rests
    on few tasks that pass, or fail, they do not show their variance: one that would change all may not have been drawn.
    So both are mixed, with weight 8 / (8 + x^2) for the larger variance, where x is the effective number of tasks that
    passed, or failed (Kish 1965, "Survey Sampling"). The weight was chosen by simulation.
    """
    problems, units = sizes.sum(), sizes.sum() ** 2 / (sizes**2).sum()  # Kish's, for tasks of unequal size
    mean = np.clip(totals.sum(-1) / problems, 0, 1)
    seen = _variance_of_mean(totals - mean[..., None] * sizes, sizes)
    largest = mean * (1 - mean) / units
    rare = np.minimum(_number(totals), _number(sizes - totals))
    trust = rare**2 / (_FEW + rare**2) if len(sizes) > 1 else np.zeros_like(rare)
    variance = (1 - trust) * largest + trust * seen
    known = (rare > 1e-9) & (variance > 0)
    return mean, np.maximum(1.0, np.where(known, largest / np.where(known, variance, 1), 1.0) * units)


def _number(totals: Floats) -> Floats:
    """How many tasks a sum rests on, Kish's effective number."""
    squares = (totals**2).sum(-1)
    number: Floats = totals.sum(-1) ** 2 / np.where(squares > 0, squares, 1)
    return number


def _variance_of_mean(residuals: Floats, sizes: Floats) -> Floats:
    tasks = len(sizes)
    summed: Floats = (residuals**2).sum(-1) * (tasks / max(tasks - 1, 1)) / sizes.sum() ** 2
    return summed


def difference_interval(better: Floats, worse: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a mean difference of rates, paired by problem, with tasks as the units that were drawn.

    The difference is the mean gain minus the mean loss. Both have an interval by `rate_interval`; they are put together
    by the method of variance estimates recovery (Newcombe 1998, "Improved confidence intervals for the difference
    between binomial proportions based on paired data"; Zou and Donner 2008, "Construction of confidence limits about
    effect measures: a general approach"). Without any difference among 28 tasks, it is [-0.1206, 0.1206], as by Tango
    1998, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design".

    Args:
        better: sum over each task's problems of what is better, as rates of at least 0, [..., tasks].
        worse: the same of what is worse.
        sizes: problems of each task, [tasks].

    Returns:
        Lower and upper limits, [...].
    """
    gain, loss = better.sum(-1) / sizes.sum(), worse.sum(-1) / sizes.sum()
    gain_low, gain_high = rate_interval(better, sizes)
    loss_low, loss_high = rate_interval(worse, sizes)
    gains, losses = better - gain[..., None] * sizes, worse - loss[..., None] * sizes
    spread = np.sqrt((gains**2).sum(-1) * (losses**2).sum(-1))
    together = np.where(spread > 0, (gains * losses).sum(-1) / np.where(spread > 0, spread, 1), 0)

    def reach(up: Floats, down: Floats) -> Floats:
        squared: Floats = np.maximum(up**2 + down**2 - 2 * together * up * down, 0)
        return np.sqrt(squared)

    difference = gain - loss
    low = difference - reach(gain - gain_low, loss_high - loss)
    high = difference + reach(gain_high - gain, loss - loss_low)
    return np.maximum(low, -1), np.minimum(high, 1)


def unpaired_difference(
    before: tuple[float, float, float], after: tuple[float, float, float]
) -> tuple[float, float, float]:
    """The difference of two independent figures, with its 95 % interval.

    The method of variance estimates recovery: each figure's own limits say how far it may be on its side (Newcombe
    1998, "Interval estimation for the difference between independent proportions: comparison of eleven methods", method
    10; Zou and Donner 2008).

    Args:
        before: a figure and the limits of its 95 % interval.
        after: another, of other tasks.

    Returns:
        `after` minus `before`, and its limits.
    """
    (first, first_low, first_high), (second, second_low, second_high) = before, after
    difference = second - first
    low = difference - float(np.hypot(second - second_low, first_high - first))
    high = difference + float(np.hypot(second_high - second, first - first_low))
    return difference, low, high


def smallest_detectable(standard_error: float, power: float = 0.8) -> float:
    """The difference that a two-sided test at 5 % finds with probability `power`, given its standard error.

    (z(0.975) + z(power)) standard errors (Miller 2024, "Adding Error Bars to Evals: A Statistical Approach to Language
    Model Evaluations", on power).
    """
    return (Z + float(ndtri(power))) * standard_error
