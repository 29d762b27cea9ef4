"""Many small problems at once: each comes out as if it were alone."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from passatk.scaling.descent import minimise

Floats = np.typing.NDArray[np.float64]
Rows = np.typing.NDArray[np.intp]


def rosenbrock(points: Floats, rows: Rows) -> tuple[Floats, Floats]:
    return np.array([rosen(x) for x in points]), np.array([rosen_der(x) for x in points])


def test_every_row_reaches_its_minimum() -> None:
    starts = np.random.default_rng(0).uniform(-2, 2, (20, 3))
    ended = minimise(rosenbrock, starts, gradient=1e-9)
    valley = ended.values < 1
    assert valley.sum() >= 15
    assert ended.points[valley] == pytest.approx(np.ones((valley.sum(), 3)), abs=1e-7)
    assert np.abs(ended.gradients).max() <= 1e-9


def test_a_row_does_not_depend_on_its_neighbours() -> None:
    starts = np.random.default_rng(1).uniform(-2, 2, (9, 4))
    together = minimise(rosenbrock, starts, gradient=1e-8)
    alone = np.concatenate([minimise(rosenbrock, start[None], gradient=1e-8).points for start in starts])
    assert (together.points == alone).all()


def test_a_small_objective_is_no_reason_to_stop() -> None:
    def tiny(points: Floats, rows: Rows) -> tuple[Floats, Floats]:
        value, gradient = rosenbrock(points, rows)
        return 1e-9 * value, 1e-9 * gradient

    ended = minimise(tiny, np.array([[-1.2, 1.0]]), gradient=1e-17)
    assert ended.points[0] == pytest.approx([1, 1], abs=1e-5)


def test_what_is_infinite_is_avoided() -> None:
    def walled(points: Floats, rows: Rows) -> tuple[Floats, Floats]:
        x = points[:, 0]
        with np.errstate(invalid="ignore", divide="ignore"):
            return x - np.log(x), (1 - 1 / x)[:, None]

    ended = minimise(walled, np.array([[50.0], [0.01]]), gradient=1e-9)
    assert ended.points == pytest.approx(np.ones((2, 1)), abs=1e-8)
