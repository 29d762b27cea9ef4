"""Approach 2: for each budget a parabola through loss against ln N; its vertex is the best size for that budget.

Hoffmann et al. (2022), section 3.2. The vertex is off wherever the true curve is not symmetric around its minimum in
ln N, which it is not when alpha and beta differ, or when the sizes do not lie around the minimum: `bias_of_design`
shows how far, on losses without noise.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from passatk.errors import ScalingRefusedError
from passatk.records import Record
from passatk.scaling.allocation import optimal_parameters
from passatk.scaling.frontier import Frontier, FrontierPoint, PowerLaw, intervals_of, power_law
from passatk.scaling.laws import SIX_N_D, Floats, FlopRule, Law, Span
from passatk.scaling.runs import Runs

_FEWEST_SIZES = 5
_FEWEST_BUDGETS = 2
_SAME_BUDGET = 1e-3
_SAME_SIZE = 1e-3
WIDTH = 1.1
"""Runs within this factor of a budget belong to it."""


class Profile(Record, frozen=True, kw_only=True):
    """One budget: loss = c0 + c1 x + c2 x^2 with x = ln(N / vertex), so c1 = 0."""

    flops: float
    runs: int
    vertex: FrontierPoint
    curvature: float
    """c2, in nats per token per squared unit of ln N."""
    sizes: Span
    """Of the runs' parameters."""

    def loss(self, parameters: Floats) -> Floats:
        """Of the parabola at these numbers of parameters."""
        return self.vertex.loss + self.curvature * np.log(parameters / self.vertex.parameters) ** 2


class IsoFlop(Record, frozen=True, kw_only=True):
    """Approach 2's result: the frontier, the profiles it rests on, and budgets that gave none, with why."""

    frontier: Frontier
    profiles: tuple[Profile, ...]
    refused: tuple[str, ...]


class DesignBias(Record, frozen=True, kw_only=True):
    """What approach 2 gets wrong with these sizes and budgets when the losses are exactly those of a law."""

    exponent: float
    """Of N* in C, as approach 2 finds it."""
    true_exponent: float
    vertices: tuple[tuple[float, float, float], ...]
    """(FLOP, vertex, true N*) of each budget."""


def find_budgets(runs: Runs, width: float = WIDTH) -> tuple[float, ...]:
    """Budgets at which at least 5 sizes were trained, all within a factor `width` of it; rising, none overlapping.

    Where the runs cluster is looked for, the richest cluster first.
    """
    log_c = np.log(runs.flops)
    free = np.ones(len(runs), dtype=bool)
    found: list[float] = []
    while True:
        candidates = [(_sizes(runs, mask), -c) for c, mask in _windows(log_c, free, math.log(width)) if mask.any()]
        count, negative = max(candidates, default=(0, 0.0))
        if count < _FEWEST_SIZES:
            return tuple(sorted(found))
        mask = free & (np.abs(log_c + negative) <= math.log(width))
        centre = float(log_c[mask].mean())
        found.append(math.exp(centre))
        free &= np.abs(log_c - centre) > 2 * math.log(width)


def _windows(
    log_c: Floats, free: "np.typing.NDArray[np.bool_]", width: float
) -> list[tuple[float, "np.typing.NDArray[np.bool_]"]]:
    return [(float(c), free & (np.abs(log_c - c) <= width)) for c in np.unique(log_c[free])]


def _sizes(runs: Runs, mask: "np.typing.NDArray[np.bool_]") -> int:
    sizes = np.sort(np.log(runs.parameters[mask]))
    return int(1 + (np.diff(sizes) > _SAME_SIZE).sum()) if len(sizes) else 0


def profile(runs: Runs, flops: float, rule: FlopRule = SIX_N_D) -> Profile:
    """The parabola through runs that spent about `flops` FLOP, counted by `rule`.

    Where they did not all spend the same, the loss is also let vary linearly with ln C, so that it is that at `flops`.

    Raises:
        ScalingRefusedError: fewer than 5 sizes, or no minimum among them.
    """
    shown = f"approach 2: budget {flops:.3g} FLOP"
    count = _sizes(runs, np.ones(len(runs), dtype=bool))
    if count < _FEWEST_SIZES:
        raise ScalingRefusedError(f"{shown}: {count} sizes; a parabola needs at least {_FEWEST_SIZES}")
    columns, middle = _columns(runs, flops)
    c0, c1, c2 = np.linalg.lstsq(columns, runs.loss, rcond=None)[0][:3]
    if not c2 > 0:
        raise ScalingRefusedError(f"{shown}: the parabola opens downward, so there is no best size")
    at, x = -c1 / (2 * c2), columns[:, 1]
    if not x.min() <= at <= x.max():
        side = "smaller" if at < x.min() else "larger"
        raise ScalingRefusedError(f"{shown}: the best size is {side} than all {count} trained; train {side} ones")
    n = math.exp(middle + at)
    vertex = FrontierPoint(
        flops=flops, parameters=n, tokens=float(rule.tokens(n, flops)), loss=float(c0 - c1**2 / (4 * c2))
    )
    return Profile(flops=flops, runs=len(runs), vertex=vertex, curvature=float(c2), sizes=Span.of(runs.parameters))


def _columns(runs: Runs, flops: float) -> tuple[Floats, float]:
    """Regressors of the loss, [runs, 3 or 4]: 1, x, x^2, perhaps ln C, with x = ln N - m; and m, the mean of ln N."""
    middle = float(np.log(runs.parameters).mean())
    x, off = np.log(runs.parameters) - middle, np.log(runs.flops / flops)
    columns = [np.ones_like(x), x, x**2]
    if np.ptp(off) > _SAME_BUDGET and len(runs) > _FEWEST_SIZES:
        columns.append(off)
    return np.stack(columns, axis=1), middle


def isoflop(
    runs: Runs,
    budgets: Sequence[float] | None = None,
    generator: np.random.Generator | None = None,
    *,
    resamples: int = 1000,
    width: float = WIDTH,
) -> IsoFlop:
    """Approach 2. With a generator, its interval from resampled residuals.

    Residuals of all parabolas are pooled, each scaled up for the constants its parabola took, drawn with replacement
    and put back on the parabolas. (Drawing runs instead would leave a budget of five sizes with three.)

    Args:
        runs: at least two budgets with at least 5 sizes each.
        budgets: FLOP; None looks for them.
        generator: of the resamples.
        resamples: how many.
        width: runs within this factor of a budget belong to it.

    Raises:
        ScalingRefusedError: fewer than two budgets have a best size among their runs; says why of each. Or FLOP do not
            grow with the parameters.
    """
    rule = runs.flop_rule
    groups = groups_of(runs, find_budgets(runs, width) if budgets is None else budgets, width)
    profiles, refused = _profiles(groups, rule)
    if len(profiles) < _FEWEST_BUDGETS:
        why = "; ".join(refused) or "no budget has runs of 5 sizes"
        raise ScalingRefusedError(
            f"approach 2 needs at least {_FEWEST_BUDGETS} budgets with a best size, there are {len(profiles)}: {why}"
        )
    draws = _resampled(groups, rule, generator, resamples) if generator is not None else []
    return IsoFlop(
        frontier=Frontier(
            approach=2,
            points=tuple(one.vertex for one in profiles),
            parameters=_through(profiles),
            fitted=Span.of([one.flops for one in profiles]),
            flop_rule=rule,
            **intervals_of(draws, resamples if generator is not None else 0, 2),
        ),
        profiles=tuple(profiles),
        refused=tuple(refused),
    )


def _resampled(
    groups: Sequence[tuple[float, Runs]], rule: FlopRule, generator: np.random.Generator, resamples: int
) -> list[tuple[float, float]]:
    """(ln coefficient, exponent) of power laws through the vertices of resampled parabolas."""
    smooth: list[tuple[float, Runs, Floats]] = []
    residuals: list[Floats] = []
    for flops, group in groups:
        columns, _ = _columns(group, flops)
        if len(group) <= columns.shape[1]:
            continue
        fitted = columns @ np.linalg.lstsq(columns, group.loss, rcond=None)[0]
        smooth.append((flops, group, fitted))
        residuals.append((group.loss - fitted) * math.sqrt(len(group) / (len(group) - columns.shape[1])))
    pool = np.concatenate(residuals)
    draws = []
    for _ in range(resamples):
        again = [
            (flops, group.with_loss(fitted + generator.choice(pool, len(group)), group.source))
            for flops, group, fitted in smooth
        ]
        made = _profiles(again, rule)[0]
        if len(made) >= _FEWEST_BUDGETS:
            law = _through(made)
            draws.append((math.log(law.coefficient), law.exponent))
    return draws


def groups_of(runs: Runs, budgets: Sequence[float], width: float = WIDTH) -> list[tuple[float, Runs]]:
    """Each budget with the runs that belong to it; budgets without runs are left out."""
    near = [(c, np.abs(np.log(runs.flops / c)) <= math.log(width) + 1e-9) for c in budgets]
    return [(c, runs.take(mask)) for c, mask in near if mask.any()]


def _profiles(groups: Sequence[tuple[float, Runs]], rule: FlopRule) -> tuple[list[Profile], list[str]]:
    made, refused = [], []
    for flops, group in groups:
        try:
            made.append(profile(group, flops, rule))
        except ScalingRefusedError as refusal:
            refused.append(str(refusal))
    return made, refused


def _through(profiles: Sequence[Profile]) -> PowerLaw:
    return power_law(np.array([one.flops for one in profiles]), np.array([one.vertex.parameters for one in profiles]))


def bias_of_design(runs: Runs, law: Law, budgets: Sequence[float] | None = None, width: float = WIDTH) -> DesignBias:
    """Approach 2 on the losses that `law` gives these runs exactly, beside the truth.

    Raises:
        ScalingRefusedError: approach 2 finds no frontier.
    """
    law = msgspec.structs.replace(law, flop_rule=runs.flop_rule)
    exact = runs.with_loss(law.loss(runs.parameters, runs.tokens), f"{law.name}, without noise")
    found = isoflop(exact, budgets, width=width)
    return DesignBias(
        exponent=found.frontier.parameters.exponent,
        true_exponent=law.optimal_exponent,
        vertices=tuple(
            (one.flops, one.vertex.parameters, float(optimal_parameters(law.theta, one.flops, law.flop_rule)))
            for one in found.profiles
        ),
    )
