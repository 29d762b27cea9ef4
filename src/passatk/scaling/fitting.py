"""Approach 3: fit the parametric law to all runs at once, and prove that the fit is one.

Minimises the sum over runs of Huber(LSE(a - alpha ln N, b - beta ln D, e) - ln L) with delta = 1e-3 and
(a, b, e) = (ln A, ln B, ln E), from a grid of starts (Hoffmann et al. 2022, section 3.3 and appendix D.2).

The sum is about 1e-3, so an optimiser that stops where the objective falls by less than 1e-9 of 1 stops at once and
hands back its start: that is how the published constants came about (Besiroglu et al. 2024, "Chinchilla Scaling: A
replication attempt"). Here the objective is scaled by 1e6 and only its gradient ends a descent.
"""

import itertools
import math

import numpy as np

from passatk.errors import ScalingRefusedError
from passatk.records import Record
from passatk.scaling.descent import Minima, minimise
from passatk.scaling.laws import Floats, Law
from passatk.scaling.runs import Runs
from passatk.wording import counted

HUBER_DELTA = 1e-3
NAMES = ("A", "B", "E", "alpha", "beta")

_SCALE = 1e6
_GRADIENT = 1e-4
"""Of the scaled objective in centred coordinates, at the end of a descent."""
_PROVEN = 1e-2
"""The same, at most, for a fit to count as converged: moving by 1 changes the objective by less than 1e-8."""
_AGREE_VALUE, _AGREE_THETA = 1e-6, 1e-3
_FEWEST_RUNS, _FEWEST_SIZES = 8, 3
_VANISHING = 1e-4
"""A term below this share of the loss in every run cannot be told from none."""
_CONDITION = 1e12
_UNCERTAIN = 1.0
"""The standard error of an exponent as a share of it, or that of ln E, from which on it is not determined."""


class Convergence(Record, frozen=True, kw_only=True):
    """Why a fit is believed."""

    objective: float
    """Sum of Huber losses."""
    gradient: float
    """Largest component of the objective's gradient, in (ln A, ln B, ln E, alpha, beta) with ln N and ln D centred."""
    starts: int
    agreeing: int
    """Starts that ended at this objective (1e-6 of it) and at these parameters (1e-3 of them)."""
    condition: float
    """Of the Hessian in the same coordinates; all its eigenvalues are positive."""
    steps: int
    """Of the descent that ended best."""


class Fit(Record, frozen=True, kw_only=True):
    """A law fitted to runs."""

    law: Law
    runs: int
    convergence: Convergence
    residual: float
    """Root mean square of ln(predicted) - ln(observed)."""
    parameter_spread: tuple[float, ...]
    """Standard errors of (ln A, ln B, ln E, alpha, beta), from the residuals and the Jacobian."""


def start_grid() -> Floats:
    """The 4,500 starts of Hoffmann et al. (2022), appendix D.2, shape [4500, 5] as (a, b, e, alpha, beta)."""
    grid = itertools.product(
        np.arange(0, 30, 5.0),
        np.arange(0, 30, 5.0),
        np.arange(-1, 1.5, 0.5),
        np.arange(0, 2.5, 0.5),
        np.arange(0, 2.5, 0.5),
    )
    return np.array(list(grid))


class Objective:
    """The scaled sum of Huber losses over runs, for many points at once, with its derivatives.

    Points are in centred coordinates: a - alpha m and b - beta m' in place of a and b, with m and m' the means of ln N
    and ln D, and alpha and beta times the spread of these. That makes the valley round.
    """

    def __init__(self, runs: Runs, weights: Floats | None = None):
        """`weights`: how often each run counts, [problems, runs]; None counts each once."""
        log_n, log_d = np.log(runs.parameters), np.log(runs.tokens)
        self.centre_n, self.centre_d = float(log_n.mean()), float(log_d.mean())
        self.spread_n, self.spread_d = float(log_n.std()) or 1.0, float(log_d.std()) or 1.0
        self.z_n = (log_n - self.centre_n) / self.spread_n
        self.z_d = (log_d - self.centre_d) / self.spread_d
        self.log_loss = np.log(runs.loss)
        self.weights = weights

    def centred(self, theta: Floats) -> Floats:
        """(a, b, e, alpha, beta), shape [..., 5], in centred coordinates."""
        a, b, e, alpha, beta = np.moveaxis(np.asarray(theta, dtype=float), -1, 0)
        parts = (a - alpha * self.centre_n, b - beta * self.centre_d, e, alpha * self.spread_n, beta * self.spread_d)
        return np.stack(parts, axis=-1)

    def theta(self, points: Floats) -> Floats:
        """The other way."""
        a, b, e, alpha, beta = np.moveaxis(points, -1, 0)
        alpha, beta = alpha / self.spread_n, beta / self.spread_d
        return np.stack((a + alpha * self.centre_n, b + beta * self.centre_d, e, alpha, beta), axis=-1)

    def __call__(self, points: Floats, rows: "np.typing.NDArray[np.intp]") -> tuple[Floats, Floats]:
        """(values [points], gradients [points, 5]); what overflows is infinite."""
        block = 128  # terms of 128 points over some hundred runs stay in the cache
        parts = [self._block(points[i : i + block], rows[i : i + block]) for i in range(0, len(points), block)]
        return np.concatenate([value for value, _ in parts]), np.concatenate([gradient for _, gradient in parts])

    def _block(self, points: Floats, rows: "np.typing.NDArray[np.intp]") -> tuple[Floats, Floats]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            term_n = points[:, 3, None] * -self.z_n
            term_n += points[:, 0, None]
            np.exp(term_n, out=term_n)
            term_d = points[:, 4, None] * -self.z_d
            term_d += points[:, 1, None]
            np.exp(term_d, out=term_d)
            irreducible = np.exp(points[:, 2])
            total = term_n + term_d
            total += irreducible[:, None]
            residual = np.log(total)
            residual -= self.log_loss
            force = np.minimum(residual, HUBER_DELTA)
            np.maximum(force, -HUBER_DELTA, out=force)
            weighted = force if self.weights is None else force * self.weights[rows]
            huber = _dot(weighted, residual) - 0.5 * _dot(weighted, force)
            share = np.divide(weighted, total, out=total)
            term_n *= share
            term_d *= share
            gradient = np.empty_like(points)
            gradient[:, 0], gradient[:, 1] = term_n.sum(axis=1), term_d.sum(axis=1)
            gradient[:, 2] = share.sum(axis=1) * irreducible
            gradient[:, 3], gradient[:, 4] = -_dot(term_n, self.z_n), -_dot(term_d, self.z_d)
            return _SCALE * huber, _SCALE * gradient

    def shares(self, point: Floats) -> tuple[Floats, Floats]:
        """For one point: residuals [runs], and the shares of the three terms in the predicted loss [3, runs]."""
        logs = np.stack(
            (point[0] - point[3] * self.z_n, point[1] - point[4] * self.z_d, np.full_like(self.z_n, point[2]))
        )
        highest = logs.max(axis=0)
        total = highest + np.log(np.exp(logs - highest).sum(axis=0))
        return total - self.log_loss, np.exp(logs - total)

    def jacobian(self, point: Floats) -> Floats:
        """Of ln(predicted loss) in centred coordinates, [runs, 5]."""
        _, (n, d, e) = self.shares(point)
        return np.stack((n, d, e, -n * self.z_n, -d * self.z_d), axis=1)

    def hessian(self, point: Floats) -> Floats:
        """Of the scaled objective, [5, 5]: exact, where no residual is at delta."""
        residual, share = self.shares(point)
        jacobian = self.jacobian(point)
        inside = np.abs(residual) < HUBER_DELTA
        force = np.clip(residual, -HUBER_DELTA, HUBER_DELTA)
        zero, one = np.zeros_like(self.z_n), np.ones_like(self.z_n)
        terms = np.stack(  # d(log term) / d(coordinate), [3, 5, runs]
            (
                np.stack((one, zero, zero, -self.z_n, zero)),
                np.stack((zero, one, zero, zero, -self.z_d)),
                np.stack((zero, zero, one, zero, zero)),
            )
        )
        curved = np.einsum("kr,kir,kjr->ijr", share, terms, terms) - np.einsum("ri,rj->ijr", jacobian, jacobian)
        flat = np.einsum("ri,rj->ijr", jacobian, jacobian) * inside
        answer: Floats = _SCALE * (flat + curved * force).sum(axis=2)
        return answer


def _dot(left: Floats, right: Floats) -> Floats:
    """Row by row. Not by `@`, whose last bits depend on how many rows there are."""
    answer: Floats = np.einsum("rn,rn->r" if right.ndim == 2 else "rn,n->r", left, right)
    return answer


def fit(runs: Runs, *, name: str = "fit", starts: Floats | None = None) -> Fit:
    """Fit the law to `runs`.

    Args:
        runs: at least 8, of at least 3 sizes and 3 numbers of tokens.
        name: of the law.
        starts: [starts, 5] as (ln A, ln B, ln E, alpha, beta). None takes the grid of Hoffmann et al.

    Raises:
        ScalingRefusedError: the runs do not determine the law, or no descent converged; says which and why.
    """
    _check_enough(runs)
    objective = Objective(runs)
    begun = objective.centred(start_grid() if starts is None else np.atleast_2d(starts))
    with np.errstate(over="ignore", invalid="ignore"):
        ended = minimise(objective, begun, gradient=_GRADIENT, steps=400)
    best = int(np.argmin(np.where(np.isfinite(ended.values), ended.values, np.inf)))
    point = _polished(objective, ended.points[best])
    theta = objective.theta(point)
    spread = _check_determined(runs, objective, point)
    convergence = _convergence(objective, point, ended, int(ended.steps[best]))
    source = f"fitted to {runs.source}"
    law = Law.from_theta(theta, name=name, source=source, fitted=runs.fitted, flop_rule=runs.flop_rule)
    residual = float(np.sqrt(np.mean(objective.shares(point)[0] ** 2)))
    return Fit(
        law=law,
        runs=len(runs),
        convergence=convergence,
        residual=residual,
        parameter_spread=tuple(float(value) for value in spread),
    )


def _polished(objective: Objective, point: Floats) -> Floats:
    """Newton steps from the end of the best descent, as long as they lower the objective or its gradient."""
    row = np.zeros(1, dtype=np.intp)
    value, gradient = (part[0] for part in objective(point[None], row))
    for _ in range(50):
        hessian = objective.hessian(point)
        try:
            np.linalg.cholesky(hessian)
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return point
        for shorter in range(8):
            trial = point - step * 0.5**shorter
            new_value, new_gradient = (part[0] for part in objective(trial[None], row))
            if new_value <= value and np.abs(new_gradient).max() < np.abs(gradient).max():
                break
        else:
            return point
        point, value, gradient = trial, new_value, new_gradient
    return point


def _convergence(objective: Objective, point: Floats, ended: Minima, steps: int) -> Convergence:
    """The evidence, or a refusal in words."""
    values, gradients = objective(point[None], np.zeros(1, dtype=np.intp))
    largest = float(np.abs(gradients).max())
    eigenvalues = np.linalg.eigvalsh(objective.hessian(point))
    if largest > _PROVEN or not eigenvalues[0] > 0:
        raise ScalingRefusedError(
            f"the fit did not converge: after {steps} steps from the best of {len(ended.values)} starts the gradient is"
            f" {largest / _SCALE:.1e} and the least curvature {eigenvalues[0] / _SCALE:.1e}; expected a gradient below"
            f" {_PROVEN / _SCALE:.0e} and a positive curvature"
        )
    theta, others = objective.theta(point), objective.theta(ended.points)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(others - theta) <= _AGREE_THETA * np.maximum(np.abs(theta), 1.0)
        agreeing = near.all(axis=1) & (ended.values <= values[0] * (1 + _AGREE_VALUE) + _SCALE * 1e-12)
    return Convergence(
        objective=float(values[0] / _SCALE),
        gradient=largest / _SCALE,
        starts=len(ended.values),
        agreeing=int(agreeing.sum()),
        condition=float(eigenvalues[-1] / eigenvalues[0]),
        steps=steps,
    )


def _check_enough(runs: Runs) -> None:
    """Refuse what cannot determine five parameters whatever the losses are."""
    sizes, amounts = (len(np.unique(np.round(np.log(c), 6))) for c in (runs.parameters, runs.tokens))
    if len(runs) < _FEWEST_RUNS:
        raise ScalingRefusedError(
            f"{counted(len(runs), 'run does', 'runs do')} not determine five parameters; at least"
            f" {_FEWEST_RUNS} are needed, better 15"
        )
    for count, of, constants in ((sizes, "model sizes", "A, alpha"), (amounts, "numbers of tokens", "B, beta")):
        if count < _FEWEST_SIZES:
            raise ScalingRefusedError(
                f"the runs have {count} different {of}: they cannot tell {constants} and E apart; at least"
                f" {_FEWEST_SIZES} are needed, over a factor of 10 or more"
            )


def _check_determined(runs: Runs, objective: Objective, point: Floats) -> Floats:
    """Standard errors of (ln A, ln B, ln E, alpha, beta), [5]; or a refusal that names what is not determined."""
    theta = objective.theta(point)
    residual, share = objective.shares(point)
    for row, term, number in ((0, "A / N^alpha", "parameters"), (1, "B / D^beta", "tokens")):
        if not theta[3 + row] > 0 or share[row].max() < _VANISHING:
            raise ScalingRefusedError(
                f"the loss of these runs does not fall with their {number}: {term} cannot be determined"
                f" (exponent {theta[3 + row]:.3g}, at most {share[row].max():.1e} of a loss)"
            )
    if share[2].max() < _VANISHING:
        raise ScalingRefusedError(
            f"these runs are too small to show the irreducible loss E: it is fitted as {math.exp(theta[2]):.1e}, which"
            " cannot be told from 0; runs with more compute are needed"
        )
    jacobian = objective.jacobian(point)
    singular, directions = np.linalg.svd(jacobian, full_matrices=False)[1:]
    if singular[-1] ** 2 * _CONDITION < singular[0] ** 2:
        weak = [name for name, part in zip(NAMES, directions[-1], strict=True) if abs(part) > 0.2]
        changing = "changing it" if len(weak) == 1 else "changing them together"
        raise ScalingRefusedError(
            f"these runs do not determine {', '.join(weak)}: {changing} changes no loss"
            f" (condition {(singular[0] / singular[-1]) ** 2:.0e}). Vary parameters and tokens independently"
        )
    to_theta = objective.theta(np.eye(5)) - objective.theta(np.zeros(5))  # rows: what moving a coordinate moves
    noise = float(residual @ residual) / max(len(runs) - 5, 1)
    covariance = to_theta.T @ (directions.T / singular**2 @ directions) @ to_theta * noise
    spread = np.sqrt(np.diag(covariance))
    for index, name, size in ((2, "ln E", 1.0), (3, "alpha", theta[3]), (4, "beta", theta[4])):
        if spread[index] > _UNCERTAIN * size:
            raise ScalingRefusedError(
                f"these runs do not determine {name}: {theta[index]:.2g} with a standard error of {spread[index]:.2g}."
                " More runs are needed, or runs over a wider range"
            )
    answer: Floats = spread
    return answer
