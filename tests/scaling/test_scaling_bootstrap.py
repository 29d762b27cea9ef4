"""Resampled fits: reproducible, independent of chunking, and as wide as they should be."""

import sys

import numpy as np
import pytest
from scaling_cases import CODE_LIKE, isoflop_runs, noisy

from passatk.errors import InputError, ScalingRefusedError
from passatk.scaling import PUBLISHED, Fit, Interval, Runs, bootstrap, fit, frontier, optimum, study
from passatk.scaling.bootstrap import optimum_intervals, too_few_left
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


def test_a_minority_of_resamples_is_no_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = noisy(isoflop_runs(CODE_LIKE), CODE_LIKE)
    fitted = fit(runs)
    monkeypatch.setattr(sys.modules["passatk.scaling.bootstrap"], "_STEPS", 0)  # no descent comes to rest
    with pytest.raises(ScalingRefusedError, match="only 0 of 20 resamples of these runs can be fitted"):
        bootstrap(runs, fitted, generator(), resamples=20)
    found = study(runs, resamples=20)
    assert found.bootstrap is None
    assert found.bias is not None
    assert set(found.refused) == {"intervals"}


def test_all_approaches_want_half_of_the_resamples() -> None:
    assert too_few_left(50, 100, 1) is None
    assert too_few_left(49, 100, 2) == (
        "approach 2 has no intervals: only 49 of 100 resamples of these runs can be fitted, fewer than half;"
        " more runs are needed"
    )
    assert too_few_left(1, 2, 3) is not None
    n = np.array([1e6, 2e6, 4e6])
    three = Runs.of(n, 20 * n, [3.0, 2.5, 2.2])
    first = frontier(three, generator(), 100)
    assert (first.exponent, first.draws, first.at_budget(1e15)) == (None, (), None)
    assert "approach 1 has no intervals" in (first.no_interval or "")
    assert frontier(three).no_interval is None


def test_an_interval_holds_its_share_of_the_draws() -> None:
    span = Interval.of(np.r_[np.arange(1001), np.nan])
    assert (span.low, span.high) == pytest.approx((25, 975))
