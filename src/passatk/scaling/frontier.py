"""Approach 1: the best run for each amount of compute, and power laws through them.

Hoffmann et al. (2022), section 3.1: from the lower envelope of all training curves, which size and how many tokens
reached the least loss at each FLOP count; then N_opt = k C^a by least squares in logarithms. D_opt follows from both.
"""

import math
from typing import Any

import numpy as np

from passatk.errors import ScalingRefusedError
from passatk.records import Record
from passatk.scaling.bootstrap import Interval, too_few_left
from passatk.scaling.laws import Floats, FlopRule, Span, allowed
from passatk.scaling.runs import Runs
from passatk.wording import counted

_FEWEST = 3
_SAME = 1.01
"""Runs of one nominal budget spend within 1 % of each other, for they train whole steps."""


class PowerLaw(Record, frozen=True, kw_only=True):
    """value = coefficient x C^exponent."""

    coefficient: float
    exponent: float

    def at(self, flops: float) -> float:
        """The value for `flops` FLOP."""
        return float(self.coefficient * flops**self.exponent)


class FrontierPoint(Record, frozen=True, kw_only=True):
    """The best size found for one amount of compute."""

    flops: float
    parameters: float
    tokens: float
    loss: float


class Frontier(Record, frozen=True, kw_only=True):
    """Best points, and N*(C) through them. D*(C) follows from N* and C as the runs counted C."""

    approach: int
    points: tuple[FrontierPoint, ...]
    parameters: PowerLaw
    fitted: Span
    """Of FLOP."""
    flop_rule: FlopRule
    """Of all runs."""
    exponent: Interval | None = None
    draws: tuple[tuple[float, float], ...] = ()
    """(ln coefficient, exponent) from resampled runs."""
    no_interval: str | None = None
    """Why there are neither `exponent` nor `draws`, though resamples were drawn."""

    @property
    def name(self) -> str:
        """What plans call it."""
        return f"approach {self.approach}"

    def check_inside(self, extrapolate: bool, flops: float) -> tuple[str, ...]:
        """Whether `flops` are extrapolated, in words, if that is allowed.

        Raises:
            ScalingRefusedError: they are, and `extrapolate` is False.
        """
        return allowed(self.name, self.fitted.outside(flops, "FLOP"), extrapolate)

    def optimal(self, flops: float) -> tuple[float, float]:
        """(N*, D*) for `flops` FLOP."""
        n = self.parameters.at(flops)
        return n, float(self.flop_rule.tokens(n, flops))

    def at_budget(self, flops: float) -> dict[str, Interval] | None:
        """Intervals of the optimum for `flops` FLOP, as for a bootstrapped law; None without draws."""
        if not self.draws:
            return None
        draws = np.array(self.draws)
        parameters = np.exp(draws[:, 0] + draws[:, 1] * math.log(flops))
        tokens = self.flop_rule.tokens(parameters, flops)
        return {
            "parameters": Interval.of(parameters),
            "tokens": Interval.of(tokens),
            "tokens_per_parameter": Interval.of(tokens / parameters),
        }


def power_law(flops: Floats, values: Floats, weights: Floats | None = None) -> PowerLaw:
    """By least squares in logarithms, each point with its weight.

    Raises:
        ScalingRefusedError: fewer than two different FLOP counts.
    """
    x, y = np.log(flops), np.log(values)
    if len(x) < 2 or np.ptp(x) < 1e-9:
        raise ScalingRefusedError("a power law needs at least two different amounts of compute")
    x_mean, y_mean = np.average(x, weights=weights), np.average(y, weights=weights)
    exponent = float(
        np.average((x - x_mean) * (y - y_mean), weights=weights) / np.average((x - x_mean) ** 2, weights=weights)
    )
    return PowerLaw(coefficient=math.exp(float(y_mean) - exponent * float(x_mean)), exponent=exponent)


def envelope(runs: Runs) -> Runs:
    """The runs that no run with as little compute beats, or 1 % more, by rising compute and falling loss."""
    ordered = runs.take(np.lexsort((runs.loss, runs.flops)))
    best = np.minimum.accumulate(ordered.loss)
    reach = np.searchsorted(ordered.flops, ordered.flops * _SAME, side="right") - 1
    first = np.ones(len(best), dtype=bool)
    first[1:] = best[1:] < best[:-1]
    return ordered.take(np.flatnonzero(first & (ordered.loss == best[reach])))


def frontier(runs: Runs, generator: np.random.Generator | None = None, resamples: int = 1000) -> Frontier:
    """Approach 1. With a generator, its interval from resampled runs.

    Raises:
        ScalingRefusedError: fewer than 3 runs are on the envelope, or FLOP do not grow with the parameters.
    """
    rule, best = runs.flop_rule, envelope(runs)
    if len(best) < _FEWEST:
        raise ScalingRefusedError(
            f"approach 1: of {counted(len(runs), 'run')} only {counted(len(best), 'is', 'are')} the best for the"
            f" compute; at least {_FEWEST} are needed"
        )
    law = _through(best)
    draws: list[tuple[float, float]] = []
    for _ in range(resamples if generator is not None else 0):
        assert generator is not None
        drawn = envelope(runs.take(generator.integers(0, len(runs), len(runs))))
        if len(drawn) >= _FEWEST:
            one = _through(drawn)
            draws.append((math.log(one.coefficient), one.exponent))
    points = zip(best.flops, best.parameters, best.tokens, best.loss, strict=True)
    return Frontier(
        approach=1,
        points=tuple(
            FrontierPoint(flops=float(c), parameters=float(n), tokens=float(d), loss=float(y)) for c, n, d, y in points
        ),
        parameters=law,
        fitted=Span.of(best.flops),
        flop_rule=rule,
        **intervals_of(draws, resamples if generator is not None else 0, 1),
    )


def intervals_of(draws: list[tuple[float, float]], resamples: int, approach: int) -> dict[str, Any]:
    """The fields `exponent`, `draws` and `no_interval` of a `Frontier`.

    `draws` are (ln coefficient, exponent) of those among the `resamples` that had a frontier.
    """
    why = too_few_left(len(draws), resamples, approach) if resamples else None
    if not resamples or why is not None:
        return {"no_interval": why}
    return {"exponent": Interval.of([exponent for _, exponent in draws]), "draws": tuple(draws)}


def _through(best: Runs) -> PowerLaw:
    """Each run weighs as much as the stretch of ln C that is nearest to it: many in one place as much as one."""
    log_c = np.log(best.flops)
    edges = np.concatenate([log_c[:1], (log_c[1:] + log_c[:-1]) / 2, log_c[-1:]])
    return power_law(best.flops, best.parameters, np.diff(edges))
