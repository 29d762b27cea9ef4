"""L-BFGS for many small problems at once, one a row.

A fit from thousands of starts, or to a thousand resamples, is thousands of five-dimensional problems over the same
runs. One after another they cost minutes of calls; as rows of one array they cost seconds. No row sees another, so its
result does not depend on which others are solved beside it.
"""

from collections.abc import Callable

import numpy as np

from passatk.records import Record
from passatk.scaling.laws import Floats

Objective = Callable[[Floats, "np.typing.NDArray[np.intp]"], tuple[Floats, Floats]]
"""(points [rows, d], which problems they belong to [rows]) -> (values [rows], gradients [rows, d])."""

_MEMORY = 12
_SUFFICIENT, _CURVATURE = 1e-4, 0.9
_TRIALS = 30
_STALLED = 3


class Minima(Record, frozen=True, kw_only=True, eq=False):
    """Where the rows ended: `points` [rows, d], `values` [rows], `gradients` [rows, d], and after how many steps."""

    points: Floats
    values: Floats
    gradients: Floats
    steps: "np.typing.NDArray[np.intp]"


def minimise(objective: Objective, starts: Floats, *, gradient: float, steps: int = 500) -> Minima:
    """Minimise every row from its start until no component of its gradient exceeds `gradient`, or `steps` are taken.

    L-BFGS (Nocedal and Wright 2006, algorithm 7.4) with the bisection of Lewis and Overton (2013) for the weak Wolfe
    conditions. There is no stop on a small decrease: an objective of 1e-3 would trip it at once.
    """
    points = np.array(starts, dtype=float)
    rows = np.arange(len(points))
    values, gradients = objective(points, rows)
    taken = np.zeros(len(points), dtype=np.intp)
    active = rows[np.abs(gradients).max(axis=1) > gradient]
    memory: list[tuple[Floats, Floats, Floats]] = []
    stalled = np.zeros(len(active), dtype=int)
    for step in range(steps):
        if not len(active):
            break
        x, f, g = points[active], values[active], gradients[active]
        direction = _direction(g, memory)
        slope = np.einsum("rd,rd->r", direction, g)
        uphill = ~(slope < 0) | (stalled > 0)
        direction[uphill] = -g[uphill]
        slope[uphill] = -np.einsum("rd,rd->r", g[uphill], g[uphill])
        first = 1 / np.maximum(1.0, np.linalg.norm(g, axis=1)) if step == 0 else np.ones(len(active))
        new_x, new_f, new_g = _line_search(objective, active, x, f, g, direction, slope, first)
        points[active], values[active], gradients[active] = new_x, new_f, new_g
        taken[active] = step + 1
        memory.append(_pair(new_x - x, new_g - g))
        del memory[:-_MEMORY]
        stalled = np.where(new_f < f, 0, stalled + 1)
        going = (np.abs(new_g).max(axis=1) > gradient) & (stalled < _STALLED)
        if not going.all():
            active, stalled = active[going], stalled[going]
            memory = [(s[going], y[going], rho[going]) for s, y, rho in memory]
    return Minima(points=points, values=values, gradients=gradients, steps=taken)


def _pair(s: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """A step, how the gradient changed over it, and 1 / s.y; 0 where the pair says nothing of the curvature."""
    product = np.einsum("rd,rd->r", s, y)
    enough = product > 1e-14 * np.einsum("rd,rd->r", y, y)
    return s, y, np.divide(1.0, product, out=np.zeros_like(product), where=enough)


def _direction(g: Floats, memory: list[tuple[Floats, Floats, Floats]]) -> Floats:
    """-H g, by the two loops over the remembered pairs."""
    q, weights = g.copy(), []
    for s, y, rho in reversed(memory):
        weight = rho * np.einsum("rd,rd->r", s, q)
        q -= weight[:, None] * y
        weights.append(weight)
    scale = np.ones(len(g))
    for _, y, rho in memory:  # the newest pair that says something
        norm = np.einsum("rd,rd->r", y, y) * rho
        np.divide(1.0, norm, out=scale, where=norm > 0)
    q *= scale[:, None]
    for (s, y, rho), weight in zip(memory, reversed(weights), strict=True):
        q += (weight - rho * np.einsum("rd,rd->r", y, q))[:, None] * s
    return -q


def _line_search(
    objective: Objective,
    rows: "np.typing.NDArray[np.intp]",
    x: Floats,
    f: Floats,
    g: Floats,
    direction: Floats,
    slope: Floats,
    first: Floats,
) -> tuple[Floats, Floats, Floats]:
    """A point for each row that satisfies the weak Wolfe conditions, or the best there was. Never a worse one."""
    best_x, best_f, best_g = x.copy(), f.copy(), g.copy()
    low, high, t = np.zeros(len(x)), np.full(len(x), np.inf), first.copy()
    pending = np.arange(len(x))
    for _ in range(_TRIALS):
        trial = x[pending] + t[pending, None] * direction[pending]
        value, gradient = objective(trial, rows[pending])
        usable = np.isfinite(value) & np.isfinite(gradient).all(axis=1)
        value = np.where(usable, value, np.inf)
        better = value < best_f[pending]
        chosen = pending[better]
        best_x[chosen], best_f[chosen], best_g[chosen] = trial[better], value[better], gradient[better]
        too_far = ~(value <= f[pending] + _SUFFICIENT * t[pending] * slope[pending])
        with np.errstate(invalid="ignore"):
            along = np.einsum("rd,rd->r", gradient, direction[pending])
        too_near = ~too_far & (along < _CURVATURE * slope[pending])
        high[pending[too_far]] = t[pending[too_far]]
        low[pending[too_near]] = t[pending[too_near]]
        pending = pending[too_far | too_near]
        if not len(pending):
            break
        t[pending] = np.where(np.isinf(high[pending]), 2 * low[pending], (low[pending] + high[pending]) / 2)
    return best_x, best_f, best_g
