"""Approach 3: known constants come back, convergence is proven, and what is not determined is refused."""

import numpy as np
import pytest
from scaling_cases import CODE_LIKE, EVEN, UNEVEN, exact, isoflop_runs, law, noisy
from scipy.optimize import approx_fprime, minimize

from passatk.errors import ScalingRefusedError
from passatk.scaling import PUBLISHED, Fit, Law, Runs, fit, study
from passatk.scaling import fitting as module
from passatk.scaling.fitting import Objective, start_grid

FEW = start_grid()[::9]
UNROUNDED = PUBLISHED["hoffmann-unrounded"]


def test_the_published_runs_give_the_known_constants(published_fit: Fit) -> None:
    found = published_fit.law
    for name, value in {"A": 442.2, "B": 1272, "E": 1.784, "alpha": 0.3426, "beta": 0.3420}.items():
        assert getattr(found, name) == pytest.approx(value, rel=0.002), name


def test_convergence_is_proven(published_fit: Fit) -> None:
    proof = published_fit.convergence
    assert proof.starts == 4500
    assert proof.agreeing > 1000
    assert proof.gradient < 1e-8
    assert 1 < proof.condition < 1e6
    assert proof.objective == pytest.approx(8.40093e-4, rel=1e-5)


def test_the_fit_is_a_minimum_in_every_direction(published_fit: Fit, published_runs: Runs) -> None:
    theta = published_fit.law.theta
    for index in range(5):
        for step in (-1e-3, 1e-3):
            moved = theta.copy()
            moved[index] += step
            assert plain_objective(moved, published_runs) > plain_objective(theta, published_runs)


def plain_objective(theta: "np.typing.NDArray[np.float64]", runs: Runs) -> float:
    """As the paper writes it, unscaled."""
    a, b, e, alpha, beta = theta
    predicted = np.exp(a - alpha * np.log(runs.parameters)) + np.exp(b - beta * np.log(runs.tokens)) + np.exp(e)
    residual = np.abs(np.log(predicted) - np.log(runs.loss))
    delta = 1e-3
    return float(np.where(residual <= delta, 0.5 * residual**2, delta * (residual - 0.5 * delta)).sum())


def test_started_at_the_published_constants_the_usual_tolerance_stays_and_ours_does_not(published_runs: Runs) -> None:
    stuck = minimize(plain_objective, UNROUNDED.theta, args=(published_runs,), method="L-BFGS-B")
    assert stuck.success
    assert abs(stuck.x[4] - UNROUNDED.beta) < 0.003, "scipy calls its start the optimum"
    ours = fit(published_runs, starts=UNROUNDED.theta)
    assert ours.law.beta == pytest.approx(0.3420, rel=0.002)
    assert pytest.approx(1272, rel=0.002) == ours.law.B
    assert ours.convergence.objective < 0.95 * stuck.fun


@pytest.mark.parametrize("known", [CODE_LIKE, EVEN, UNEVEN, UNROUNDED], ids=lambda known: f"alpha {known.alpha:.2f}")
def test_losses_without_noise_give_back_all_five_constants(known: Law) -> None:
    generator = np.random.default_rng(7)
    n, d = np.exp(generator.uniform(np.log([[5e7], [1e9]]), np.log([[1e10], [3e11]]), (2, 30)))
    found = fit(exact(known, n, d), starts=start_grid() if known is UNROUNDED else FEW).law
    for name in module.NAMES:
        assert getattr(found, name) == pytest.approx(getattr(known, name), rel=1e-4), name


def test_a_small_ladder_can_be_fitted() -> None:
    known = law(60.0, 400.0, 0.6, 0.3, 0.3)
    runs = noisy(isoflop_runs(known, (1e12, 1e13, 1e14), sizes=5), known, 0.001)
    found = fit(runs, starts=FEW)
    assert found.law.alpha == pytest.approx(0.3, abs=0.06)
    assert found.law.fitted.flops.high == pytest.approx(1e14)


def test_gradient_and_hessian_are_those_of_the_objective(published_runs: Runs) -> None:
    objective = Objective(published_runs.take(np.arange(0, 234, 6)))
    point = objective.centred(UNROUNDED.theta)
    row = np.zeros(1, dtype=np.intp)
    numeric = approx_fprime(point, lambda x: float(objective(x[None], row)[0][0]), 1e-7)
    assert objective(point[None], row)[1][0] == pytest.approx(numeric, rel=1e-4, abs=1e-2)
    curved = approx_fprime(point, lambda x: objective(x[None], row)[1][0], 1e-9)
    assert objective.hessian(point) == pytest.approx(curved, rel=1e-3, abs=5.0)
    assert objective.theta(point) == pytest.approx(UNROUNDED.theta, rel=1e-12)


@pytest.mark.parametrize(
    ("n", "d", "said"),
    [
        (np.full(12, 1e8), np.geomspace(1e9, 1e11, 12), "1 different model sizes"),
        (np.geomspace(1e8, 1e10, 12), np.full(12, 1e10), "1 different numbers of tokens"),
        (np.geomspace(1e8, 1e10, 5), np.geomspace(1e9, 1e11, 5), "5 runs do not determine five parameters"),
    ],
)
def test_runs_that_cannot_determine_a_law_are_refused(
    n: "np.typing.ArrayLike", d: "np.typing.ArrayLike", said: str
) -> None:
    with pytest.raises(ScalingRefusedError, match=said):
        fit(exact(CODE_LIKE, n, d))


def test_tokens_in_proportion_to_parameters_are_refused_when_noise_hides_the_difference() -> None:
    n = np.geomspace(1e7, 1e10, 20)
    with pytest.raises(ScalingRefusedError, match=r"do not determine|cannot be determined|cannot be told"):
        fit(noisy(exact(CODE_LIKE, n, 20 * n), CODE_LIKE, 0.01), starts=FEW)


def test_a_loss_that_does_not_depend_on_size_is_refused() -> None:
    generator = np.random.default_rng(1)
    n, d = np.exp(generator.uniform(np.log([[1e7], [1e9]]), np.log([[1e9], [1e11]]), (2, 25)))
    runs = Runs.of(n, d, 1.5 + 2000 * d**-0.36)
    with pytest.raises(ScalingRefusedError, match=r"fall with their parameters|do not determine A"):
        fit(runs, starts=FEW)


def test_pure_noise_is_refused() -> None:
    generator = np.random.default_rng(2)
    n, d = np.exp(generator.uniform(np.log([[1e7], [1e9]]), np.log([[1e9], [1e11]]), (2, 30)))
    with pytest.raises(ScalingRefusedError):
        fit(Runs.of(n, d, generator.uniform(2, 3, 30)), starts=FEW)


def test_a_study_keeps_what_worked_and_says_why_the_rest_did_not() -> None:
    runs = isoflop_runs(CODE_LIKE, (1e19, 1e20, 1e21)).take(np.r_[0:4, 8:12, 16:20])
    found = study(runs, resamples=0)
    assert found.fit is not None
    assert found.isoflop is None
    assert "approach 2 needs at least 2 budgets" in found.refused["2"]
