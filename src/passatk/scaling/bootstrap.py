"""How far a fit would move with other runs of the kind: resampled runs, each resample fitted again."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from passatk.errors import InputError, ScalingRefusedError
from passatk.records import Record
from passatk.scaling.allocation import optimal_parameters
from passatk.scaling.descent import minimise
from passatk.scaling.fitting import NAMES, Fit, Objective
from passatk.scaling.laws import Floats, FlopRule
from passatk.scaling.runs import Runs

LEVEL = 0.95
Progress = Callable[[int, int], None]

_GRADIENT = 1e-3
_STEPS = 300


class Interval(Record, frozen=True, kw_only=True):
    """A percentile interval: a share `level` of the draws lies inside."""

    low: float
    high: float
    level: float = LEVEL

    @classmethod
    def of(cls, draws: ArrayLike, level: float = LEVEL) -> "Interval":
        """That of finite `draws`."""
        numbers = np.asarray(draws, dtype=float)
        tail = 50 * (1 - level)
        low, high = np.percentile(numbers[np.isfinite(numbers)], [tail, 100 - tail])
        return cls(low=float(low), high=float(high), level=level)


def too_few_left(kept: int, resamples: int, approach: int) -> str | None:
    """Why there is no interval where fewer than half of the resamples could be fitted: those would be a selection."""
    if kept >= 2 and 2 * kept >= resamples:
        return None
    return (
        f"approach {approach} has no intervals: only {kept} of {resamples} resamples of these runs can be fitted, fewer"
        " than half; more runs are needed"
    )


class Bootstrap(Record, frozen=True, kw_only=True):
    """Laws fitted to resampled runs: `draws` [resamples, 5] as (ln A, ln B, ln E, alpha, beta)."""

    seed: int
    draws: tuple[tuple[float, ...], ...]
    unconverged: int
    """Resamples left out, because their fit has an exponent that is not positive or did not come to rest."""
    flop_rule: FlopRule
    """Of all runs."""

    @property
    def thetas(self) -> Floats:
        """The draws as an array."""
        return np.array(self.draws)

    def constants(self) -> dict[str, Interval]:
        """Intervals of A, B, E, alpha and beta."""
        thetas = self.thetas
        thetas[:, :3] = np.exp(thetas[:, :3])
        return {name: Interval.of(column) for name, column in zip(NAMES, thetas.T, strict=True)}

    def exponent(self) -> Interval:
        """Of the a with which the optimal number of parameters grows as C^a."""
        thetas = self.thetas
        return Interval.of(thetas[:, 4] / (thetas[:, 3] + self.flop_rule.exponent * thetas[:, 4]))

    def at_budget(self, flops: float) -> dict[str, Interval]:
        """Intervals of the optimum for `flops` FLOP: `parameters`, `tokens`, `tokens_per_parameter`."""
        return optimum_intervals(self.thetas, flops, self.flop_rule)


def optimum_intervals(thetas: Floats, flops: float, rule: FlopRule) -> dict[str, Interval]:
    """Intervals of N*, D* and D*/N* over many laws, [laws, 5] as (ln A, ln B, ln E, alpha, beta)."""
    parameters = optimal_parameters(thetas, flops, rule)
    tokens = rule.tokens(parameters, flops)
    return {
        "parameters": Interval.of(parameters),
        "tokens": Interval.of(tokens),
        "tokens_per_parameter": Interval.of(tokens / parameters),
    }


def bootstrap(
    runs: Runs,
    fitted: Fit,
    generator: np.random.Generator,
    *,
    seed: int = 0,
    resamples: int = 1000,
    chunk: int = 250,
    progress: Progress | None = None,
) -> Bootstrap:
    """Draw the runs again with replacement, `resamples` times, and fit each draw from the fit of all runs.

    All draws come from `generator` before the first is fitted and no fit sees another, so the result does not depend on
    `chunk`.

    Args:
        runs: what `fitted` was fitted to.
        fitted: where each fit starts.
        generator: of the draws.
        seed: of `generator`, for the record.
        resamples: how many, at least 2.
        chunk: how many are fitted at once; changes speed and memory only.
        progress: called with (done, resamples).

    Raises:
        InputError: fewer than 2 resamples.
        ScalingRefusedError: fewer than half of the resamples determine a law.
    """
    if resamples < 2:
        raise InputError(f"resamples = {resamples}; expected at least 2")
    counts = generator.multinomial(len(runs), np.full(len(runs), 1 / len(runs)), size=resamples).astype(float)
    start = Objective(runs).centred(fitted.law.theta)
    kept: list[tuple[float, ...]] = []
    for first in range(0, resamples, chunk):
        objective = Objective(runs, counts[first : first + chunk])
        number = len(objective.weights) if objective.weights is not None else 0
        ended = minimise(objective, np.tile(start, (number, 1)), gradient=_GRADIENT, steps=_STEPS)
        thetas = objective.theta(ended.points)
        good = (np.abs(ended.gradients).max(axis=1) < 1.0) & (thetas[:, 3] > 0) & (thetas[:, 4] > 0)
        kept.extend(tuple(map(float, theta)) for theta in thetas[good])
        if progress is not None:
            progress(min(first + chunk, resamples), resamples)
    if why := too_few_left(len(kept), resamples, 3):
        raise ScalingRefusedError(why)
    return Bootstrap(seed=seed, draws=tuple(kept), unconverged=resamples - len(kept), flop_rule=fitted.law.flop_rule)
