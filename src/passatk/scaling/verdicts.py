"""A trained model before a law: how much of its compute was wasted, and in which direction."""

import enum
import math

import numpy as np

from passatk.records import Record
from passatk.scaling.allocation import (
    INFERENCE_FLOP_PER_PARAMETER_AND_TOKEN,
    Allocation,
    cheapest,
    effective_tokens,
    log_best_for,
    loss_at,
    optimal_parameters,
    optimum,
)
from passatk.scaling.bootstrap import Interval, optimum_intervals
from passatk.scaling.laws import SIX_N_D, Floats, FlopRule, Law, positive

DRAWS = 2000
BALANCED = 0.001
"""Less compute wasted than this share, and there is no direction to speak of."""


class Direction(enum.StrEnum):
    """What would have been better for the same compute."""

    LARGER = "more parameters, fewer tokens"
    SMALLER = "fewer parameters, more tokens"
    BALANCED = "balanced"


class ScalingVerdict(Record, frozen=True, kw_only=True):
    """One model under one law. Shares are of the training compute `flops`, as the law's runs counted it."""

    law: str
    parameters: float
    tokens: float
    unique_tokens: float | None
    flops: float
    effective_tokens: float
    """What the tokens are worth in fresh ones."""
    loss: float
    """Repetition counted."""
    optimum: Allocation
    """For the same compute, of fresh tokens."""
    wasted: float
    """By how compute was divided between parameters and tokens, every token taken for fresh."""
    wasted_interval: Interval | None
    ratio_interval: Interval | None
    """Of the optimal tokens per parameter."""
    direction: Direction
    certainty: float | None
    """Share of the law's draws that have this direction (or, if balanced, this little waste)."""
    wasted_with_repetition: float | None
    """In all, against fresh tokens. None where nothing is repeated."""
    wasted_same_unique: float | None
    """Against the best division with the same unique tokens."""
    inference_tokens: float = 0.0
    wasted_with_inference: float | None = None
    """Of training and use together, against the cheapest model with this loss and these unique tokens."""
    extrapolated: tuple[str, ...] = ()

    @property
    def epochs(self) -> float:
        """How often each unique token was seen."""
        return self.tokens / self.unique_tokens if self.unique_tokens else 1.0


def law_draws(law: Law, thetas: Floats | None = None, seed: int = 0) -> Floats | None:
    """Laws that might as well be true, [draws, 5] as (ln A, ln B, ln E, alpha, beta).

    `thetas`, from a bootstrap, if given; else from the law's covariance, 2,000 normal draws from PCG64(`seed`); None
    for a law that was published without one.
    """
    if thetas is not None or law.covariance is None:
        return thetas
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.multivariate_normal(law.theta, np.array(law.covariance), DRAWS, method="cholesky")
    answer: Floats = drawn[(drawn[:, 3] > 0) & (drawn[:, 4] > 0)]
    return answer


def wasted_share(theta: Floats, parameters: float, tokens: float, rule: FlopRule = SIX_N_D) -> Floats:
    """1 - (least compute with the same loss) / (compute), for laws [..., 5] and fresh tokens; between 0 and 1."""
    log_a, log_b, _, alpha, beta = np.moveaxis(np.asarray(theta, dtype=float), -1, 0)
    reducible = np.exp(log_a - alpha * math.log(parameters)) + np.exp(log_b - beta * math.log(tokens))
    log_n, log_d = log_best_for(theta, np.log(reducible), rule)
    answer: Floats = -np.expm1(rule.exponent * (log_n - math.log(parameters)) + log_d - math.log(tokens))
    return np.clip(answer, 0.0, 1.0)


def judge(
    law: Law,
    parameters: float,
    tokens: float,
    *,
    unique_tokens: float | None = None,
    inference_tokens: float = 0.0,
    thetas: Floats | None = None,
    extrapolate: bool = False,
) -> ScalingVerdict:
    """What `law` says of a model with `parameters`, trained on `tokens`.

    Args:
        law: the law.
        parameters: N, as the law counts them.
        tokens: D, repeated ones counted every time.
        unique_tokens: how many of them differ; None if all do.
        inference_tokens: what it will read and write after training.
        thetas: resampled laws for the intervals, see `law_draws`.
        extrapolate: judge although the model lies outside of where the law was fitted; the verdict says so.

    Raises:
        ScalingRefusedError: the model lies outside, and `extrapolate` is False.
        InputError: a number that is not positive.
    """
    for name, value in (("parameters", parameters), ("tokens", tokens), ("unique tokens", unique_tokens)):
        if value is not None:
            positive(name, value)
    rule = law.flop_rule
    flops = float(rule.flops(parameters, tokens))
    extrapolated = law.check_inside(extrapolate, parameters=parameters, tokens=tokens, flops=flops)
    unique = unique_tokens if unique_tokens is not None and unique_tokens < tokens else None
    best = optimum(law, flops)
    wasted = float(wasted_share(law.theta, parameters, tokens, rule))
    direction = Direction.BALANCED
    if wasted >= BALANCED:
        direction = Direction.LARGER if parameters < best.parameters else Direction.SMALLER
    loss = loss_at(law, parameters, tokens, unique)
    draws = law_draws(law, thetas)
    return ScalingVerdict(
        law=law.name,
        parameters=parameters,
        tokens=tokens,
        unique_tokens=unique,
        flops=flops,
        effective_tokens=effective_tokens(tokens, unique),
        loss=loss,
        optimum=best,
        wasted=wasted,
        wasted_interval=None if draws is None else Interval.of(wasted_share(draws, parameters, tokens, rule)),
        ratio_interval=None if draws is None else _ratio(draws, flops, rule),
        direction=direction,
        certainty=None if draws is None else _certainty(draws, parameters, tokens, direction, rule),
        inference_tokens=inference_tokens,
        extrapolated=extrapolated,
        **_against_the_cheapest(law, parameters, flops, loss, unique, inference_tokens),
    )


def _against_the_cheapest(
    law: Law, parameters: float, flops: float, loss: float, unique: float | None, inference_tokens: float
) -> dict[str, float | None]:
    """Shares that repetition and use after training waste; None where there is none of it."""
    repeated = same = used = None
    if unique is not None:
        repeated = 1 - cheapest(law, loss).flops / flops
        same = max(1 - cheapest(law, loss, unique=unique).flops / flops, 0.0)
    if inference_tokens:
        ideal = cheapest(law, loss, inference_tokens=inference_tokens, unique=unique)
        spent = flops + INFERENCE_FLOP_PER_PARAMETER_AND_TOKEN * parameters * inference_tokens
        used = max(1 - (ideal.flops + ideal.inference_flops) / spent, 0.0)
    return {"wasted_with_repetition": repeated, "wasted_same_unique": same, "wasted_with_inference": used}


def _ratio(draws: Floats, flops: float, rule: FlopRule) -> Interval:
    return optimum_intervals(draws, flops, rule)["tokens_per_parameter"]


def _certainty(draws: Floats, parameters: float, tokens: float, direction: Direction, rule: FlopRule) -> float:
    wasted = wasted_share(draws, parameters, tokens, rule)
    if direction is Direction.BALANCED:
        return float(np.mean(wasted < BALANCED))
    larger = optimal_parameters(draws, rule.flops(parameters, tokens), rule) > parameters
    return float(np.mean((wasted >= BALANCED) & (larger == (direction is Direction.LARGER))))
