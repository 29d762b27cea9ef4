"""Approaches 1 and 2, and what approach 2 gets wrong without any noise."""

import numpy as np
import pytest
from scaling_cases import BUDGETS, CODE_LIKE, EVEN, UNEVEN, exact, isoflop_runs, noisy

from passatk.errors import ScalingRefusedError
from passatk.scaling import Fit, Runs, bias_of_design, frontier, isoflop, optimum
from passatk.scaling.frontier import envelope
from passatk.scaling.isoflop import find_budgets


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_the_envelope_is_what_nothing_cheaper_beats() -> None:
    runs = Runs.of([1, 2, 3, 4], [1, 1, 1, 1], [3.0, 2.0, 2.5, 1.0])
    assert envelope(runs).loss.tolist() == [3.0, 2.0, 1.0]


def test_runs_of_one_nominal_budget_are_compared_though_they_did_not_spend_quite_the_same() -> None:
    flops = [1.000e13, 1.001e13, 1.004e13, 3.00e13, 3.002e13]
    runs = Runs.of([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [3.0, 2.0, 2.5, 1.5, 1.0], flops)
    assert envelope(runs).loss.tolist() == [2.0, 1.0]


def test_the_power_law_of_approach_1_goes_through_few_runs_as_through_many() -> None:
    c = np.array([1e13, 3e13, 1e14, 1.02e14, 1.04e14])
    runs = Runs.of(2.0 * c**0.4, c**0.6 / 12, np.linspace(1, 0.5, 5), c)
    found = frontier(runs).parameters
    assert found.exponent == pytest.approx(0.4)
    assert found.at(1e14) == pytest.approx(2.0 * 1e14**0.4)


def test_approach_1_finds_the_exponent_of_dense_runs() -> None:
    n, d = (values.ravel() for values in np.meshgrid(np.geomspace(1e7, 1e10, 40), np.geomspace(1e8, 1e12, 60)))
    inside = (n * d > 1e17) & (n * d < 1e20)  # where the grid has the best size
    found = frontier(exact(CODE_LIKE, n[inside], d[inside]))
    assert found.parameters.exponent == pytest.approx(0.36 / 0.69, abs=0.02)
    n_best, d_best = found.optimal(1e20)
    assert 6 * n_best * d_best == pytest.approx(1e20)
    assert n_best == pytest.approx(optimum(CODE_LIKE, 1e20).parameters, rel=0.15)


def test_approach_1_needs_three_best_runs() -> None:
    with pytest.raises(ScalingRefusedError, match="of 3 runs only 1 is"):
        frontier(Runs.of([1, 2, 3], [1, 1, 1], [1.0, 2.0, 3.0]))


def test_budgets_are_found_where_runs_cluster() -> None:
    runs = isoflop_runs(CODE_LIKE)
    assert find_budgets(runs) == pytest.approx(BUDGETS, rel=1e-9)
    shaken = Runs.of(runs.parameters, runs.tokens * np.exp(generator().uniform(-0.04, 0.04, len(runs))), runs.loss)
    assert find_budgets(shaken) == pytest.approx(BUDGETS, rel=0.05)


def test_approach_2_is_exact_where_the_curve_is_even_and_the_grid_centred() -> None:
    bias = bias_of_design(isoflop_runs(EVEN), EVEN)
    assert bias.exponent == pytest.approx(bias.true_exponent, abs=1e-9)
    for _, vertex, true in bias.vertices:
        assert vertex == pytest.approx(true, rel=1e-6)


def test_approach_2_is_biased_without_noise_when_alpha_and_beta_differ() -> None:
    bias = bias_of_design(isoflop_runs(UNEVEN, span=100.0), UNEVEN)
    assert len(bias.vertices) == len(BUDGETS)
    for _, vertex, true in bias.vertices:
        assert abs(vertex / true - 1) > 0.1


def test_approach_2_is_biased_without_noise_when_the_grid_is_off_centre() -> None:
    off = bias_of_design(isoflop_runs(EVEN, off=2.5), EVEN)
    for _, vertex, true in off.vertices:
        assert abs(vertex / true - 1) > 0.02
    drifting = np.concatenate([isoflop_runs(EVEN, (c,), off=f).parameters for c, f in ((1e19, 0.4), (1e21, 2.5))])
    runs = exact(EVEN, drifting, np.repeat([1e19, 1e21], 8) / 6 / drifting)
    assert abs(bias_of_design(runs, EVEN).exponent - 0.5) > 0.005


def test_runs_that_miss_their_budget_a_little_are_corrected() -> None:
    n = np.concatenate([optimum(CODE_LIKE, c).parameters * np.geomspace(0.35, 2.9, 12) for c in (1e19, 1e20)])
    c = np.repeat([1e19, 1e20], 12) * np.exp(generator().uniform(-0.05, 0.05, 24))
    found = isoflop(exact(CODE_LIKE, n, c / 6 / n))
    for one in found.profiles:
        assert one.vertex.parameters == pytest.approx(optimum(CODE_LIKE, one.flops).parameters, rel=0.05)


@pytest.mark.parametrize(("off", "side"), [(0.05, "larger"), (20.0, "smaller")])
def test_a_best_size_outside_of_the_grid_is_refused(off: float, side: str) -> None:
    with pytest.raises(ScalingRefusedError, match=f"the best size is {side} than all 8 trained"):
        isoflop(isoflop_runs(CODE_LIKE, span=4.0, off=off))


def test_a_parabola_that_opens_downward_is_refused() -> None:
    runs = isoflop_runs(CODE_LIKE)
    with pytest.raises(ScalingRefusedError, match="opens downward"):
        isoflop(runs.with_loss(10 - runs.loss, "upside down"))


def test_too_few_sizes_are_refused() -> None:
    with pytest.raises(ScalingRefusedError, match="3 sizes; a parabola needs at least 5"):
        isoflop(isoflop_runs(CODE_LIKE, sizes=3), BUDGETS)


def test_intervals_hold_the_truth_and_repeat_with_their_seed() -> None:
    runs = noisy(isoflop_runs(EVEN), EVEN)
    found = isoflop(runs, generator=generator(3), resamples=200)
    assert found.frontier.exponent is not None
    assert found.frontier.exponent.low < 0.5 < found.frontier.exponent.high
    assert isoflop(runs, generator=generator(3), resamples=200) == found
    first = frontier(runs, generator(3), 100)
    assert first == frontier(runs, generator(3), 100)
    spans = found.frontier.at_budget(1e20)
    assert spans is not None
    assert spans["parameters"].low < optimum(EVEN, 1e20).parameters < spans["parameters"].high


def test_five_sizes_a_budget_are_enough_for_an_interval() -> None:
    runs = noisy(isoflop_runs(EVEN, (1e13, 1e14, 1e15), sizes=5, span=8.0), EVEN)
    exponent = isoflop(runs, generator=generator(), resamples=200).frontier.exponent
    assert exponent is not None
    assert exponent.low < 0.5 < exponent.high
    assert exponent.high - exponent.low < 0.2


def test_the_approaches_agree_on_the_published_runs(published_runs: Runs, published_fit: Fit) -> None:
    second = isoflop(published_runs)
    assert len(second.profiles) >= 9
    assert second.frontier.parameters.exponent == pytest.approx(0.50, abs=0.01)
    assert frontier(published_runs).parameters.exponent == pytest.approx(0.53, abs=0.01)
    bias = bias_of_design(published_runs, published_fit.law)
    assert bias.true_exponent == pytest.approx(0.4995, abs=1e-3)
    assert 0.001 < bias.true_exponent - bias.exponent < 0.01, "biased, although these losses have no noise"
