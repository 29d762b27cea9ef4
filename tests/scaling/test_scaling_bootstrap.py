"""Resampled fits: reproducible, independent of chunking, and as wide as they should be."""

import numpy as np
import pytest

from passatk.errors import InputError
from passatk.scaling import PUBLISHED, Fit, Interval, Runs, bootstrap, optimum
from passatk.scaling.bootstrap import optimum_intervals
from passatk.scaling.verdicts import law_draws


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_a_seed_gives_the_same_draws_whatever_the_chunks(published_runs: Runs, published_fit: Fit) -> None:
    first = bootstrap(published_runs, published_fit, generator(5), resamples=60)
    for chunk in (1, 7, 60, 1000):
        assert bootstrap(published_runs, published_fit, generator(5), resamples=60, chunk=chunk) == first
    other = bootstrap(published_runs, published_fit, generator(6), resamples=60)
    assert other.draws != first.draws


def test_intervals_hold_the_fit_and_shrink_nowhere_near_nothing(published_runs: Runs, published_fit: Fit) -> None:
    calls: list[tuple[int, int]] = []
    drawn = bootstrap(
        published_runs, published_fit, generator(), resamples=500, progress=lambda *count: calls.append(count)
    )
    assert calls == [(250, 500), (500, 500)]
    assert drawn.unconverged == 0
    for name, span in drawn.constants().items():
        assert span.low < getattr(published_fit.law, name) < span.high
    at = drawn.at_budget(1e21)
    best = optimum(published_fit.law, 1e21)
    assert at["parameters"].low < best.parameters < at["parameters"].high
    assert at["tokens_per_parameter"].low < best.tokens_per_parameter < at["tokens_per_parameter"].high
    exponent = drawn.exponent()
    assert 0.04 < exponent.high - exponent.low < 0.15, "Besiroglu et al. give a standard error of 0.02"


def test_the_shipped_covariance_gives_the_bootstraps_intervals(published_runs: Runs, published_fit: Fit) -> None:
    shipped = PUBLISHED["refit-234"]
    assert shipped.theta == pytest.approx(published_fit.law.theta, rel=1e-6)
    drawn = bootstrap(published_runs, published_fit, generator(1), resamples=1000)
    thetas = law_draws(shipped)
    assert thetas is not None
    ours, theirs = optimum_intervals(thetas, 6.57e22, shipped.flop_rule), drawn.at_budget(6.57e22)
    for name, span in theirs.items():
        assert ours[name].low == pytest.approx(span.low, rel=0.15), name
        assert ours[name].high == pytest.approx(span.high, rel=0.15), name


def test_one_resample_is_no_interval(published_runs: Runs, published_fit: Fit) -> None:
    with pytest.raises(InputError, match="at least 2"):
        bootstrap(published_runs, published_fit, generator(), resamples=1)


def test_an_interval_holds_its_share_of_the_draws() -> None:
    span = Interval.of(np.r_[np.arange(1001), np.nan])
    assert (span.low, span.high) == pytest.approx((25, 975))
