"""From a budget to a training: parameters and tokens, shapes that can be built, a ladder of runs to fit a law to."""

import math

import msgspec
import numpy as np

from passatk.errors import InputError, ScalingRefusedError, UnknownNameError
from passatk.records import Record
from passatk.scaling.allocation import loss_at, optimum
from passatk.scaling.flops import Shape, matmul_only, parameters, per_layer
from passatk.scaling.frontier import Frontier
from passatk.scaling.laws import SIX_N_D, FlopRule, Law, positive
from passatk.scaling.shapes import Architecture, usual_shapes
from passatk.wording import counted

COUNTS = ("runs", "6nd", "per-layer", "matmul")
"""How FLOP are counted; `runs`: as the law's runs counted them, which is 6 N D for published laws."""

_SECONDS_PER_HOUR = 3600.0
_NEAR = 0.4
"""Shapes whose ln N is further from what is wanted are not offered."""


class Rung(Record, frozen=True, kw_only=True):
    """One training that can be started."""

    shape: Shape
    parameters: int
    tokens: float
    flops: float
    """The budget, by `count`."""
    matmul_flops: float
    """What the hardware multiplies, all pairs of tokens counted."""
    loss: float | None
    """What the law expects; a frontier knows no losses."""
    excess: float | None
    """Its distance from the loss of the optimum for this budget."""


class Optimum(Record, frozen=True, kw_only=True):
    """The best training for a budget."""

    flops: float
    parameters: float
    tokens: float
    unique_tokens: float | None = None
    """None: every token is fresh."""
    loss: float | None = None
    """None: a frontier decided."""

    @property
    def tokens_per_parameter(self) -> float:
        """D / N."""
        return self.tokens / self.parameters


class Plan(Record, frozen=True, kw_only=True):
    """What to train with a budget."""

    law: str
    optimum: Optimum
    choices: tuple[Rung, ...]
    """Best first."""
    count: str
    extrapolated: tuple[str, ...]


class Ladder(Record, frozen=True, kw_only=True):
    """Runs to fit a law to: sizes around the expected best one, for several budgets."""

    law: str
    rungs: tuple[Rung, ...]
    flops: float
    """Of all together."""
    count: str
    extrapolated: tuple[str, ...]


def budget(tokens_per_second: float, hours: float, at_parameters: float, rule: FlopRule = SIX_N_D) -> float:
    """FLOP in `hours`, counted by `rule`, when a model of `at_parameters` trains at `tokens_per_second`.

    The speed in FLOP/s is taken to be the same at every size; small models are slower than that.

    Raises:
        InputError: a number that is not positive.
    """
    speed = rule.flops(positive("parameters", at_parameters), positive("tokens per second", tokens_per_second))
    return float(speed * positive("hours", hours) * _SECONDS_PER_HOUR)


def plan(
    law: Law | Frontier,
    flops: float,
    architecture: Architecture | None = None,
    *,
    unique_tokens: float | None = None,
    choices: int = 5,
    count: str = "runs",
    extrapolate: bool = False,
) -> Plan:
    """The optimum for `flops` FLOP, and the nearest usual shapes of CodeGeeX's architecture.

    Args:
        law: what decides: a parametric law, or the frontier of approach 1 or 2, which knows no losses.
        flops: of the training.
        architecture: vocabulary, context, top-query layer.
        unique_tokens: of the training data; None for enough.
        choices: how many shapes, each of another depth.
        count: how FLOP are counted when tokens follow from the budget, of `COUNTS`.
        extrapolate: plan although the budget lies outside of where the law was fitted; the plan says so.

    Raises:
        ScalingRefusedError: it lies outside and `extrapolate` is False, no shape comes near the optimum, or a frontier
            is asked about repeated tokens.
        InputError: a number that is not positive, an unknown count.
    """
    count = _checked_count(law, count)
    best, extrapolated = _optimum(law, flops, unique_tokens, extrapolate)
    shapes = _shapes_near(best.parameters, architecture or Architecture())[:choices]
    if not shapes:
        raise ScalingRefusedError(
            f"no shape has about {best.parameters:.3g} parameters with a vocabulary of"
            f" {(architecture or Architecture()).vocabulary}; a smaller vocabulary or a larger budget is needed"
        )
    rungs = tuple(_rung(law, shape, best, count) for shape in shapes)
    return Plan(law=law.name, optimum=best, choices=rungs, count=count, extrapolated=extrapolated)


def ladder(
    law: Law | Frontier,
    budgets: tuple[float, ...],
    architecture: Architecture | None = None,
    *,
    sizes: int = 5,
    span: float = 8.0,
    count: str = "runs",
    extrapolate: bool = False,
) -> Ladder:
    """For each budget `sizes` shapes, spaced evenly in ln N over a factor `span` around the expected best size.

    Such a grid suits all three approaches: a parabola has its vertex inside, and parameters and tokens vary
    independently.

    Raises:
        ScalingRefusedError: a budget lies outside of the law and `extrapolate` is False, or too few shapes differ.
        InputError: a number that is not positive, an unknown count.
    """
    count = _checked_count(law, count)
    if sizes < 2 or not span > 1:
        raise InputError(f"a ladder of {sizes} sizes over a factor {span}: expected at least 2, over more than 1")
    known = architecture or Architecture()
    rungs: list[Rung] = []
    extrapolated: list[str] = []
    for flops in budgets:
        best, outside = _optimum(law, flops, None, extrapolate)
        extrapolated += outside
        wanted = best.parameters * np.geomspace(span**-0.5, span**0.5, sizes)
        shapes: list[Shape] = []
        for n in wanted:
            shapes += [shape for shape in _shapes_near(float(n), known) if shape not in shapes][:1]
        if len(shapes) < sizes:
            raise ScalingRefusedError(
                f"only {counted(len(shapes), 'different shape')} around {best.parameters:.3g} parameters, the best"
                f" for {flops:.3g} FLOP; {sizes} were asked for. A smaller vocabulary, larger budgets or a larger"
                " span are needed"
            )
        rungs += [_rung(law, shape, best, count) for shape in shapes]
    return Ladder(
        law=law.name,
        rungs=tuple(rungs),
        flops=sum(rung.flops for rung in rungs),
        count=count,
        extrapolated=tuple(extrapolated),
    )


def _shapes_near(wanted: float, architecture: Architecture) -> list[Shape]:
    return [shape for shape in usual_shapes(wanted, architecture) if abs(math.log(parameters(shape) / wanted)) <= _NEAR]


def _optimum(
    law: Law | Frontier, flops: float, unique: float | None, extrapolate: bool
) -> tuple[Optimum, tuple[str, ...]]:
    """The optimum, and what of it is extrapolated."""
    if isinstance(law, Frontier):
        if unique is not None:
            raise ScalingRefusedError(
                f"{law.name} says nothing of repeated tokens, only a parametric law does; leave unique tokens out"
            )
        n, d = law.optimal(positive("FLOP", flops))
        return Optimum(flops=flops, parameters=n, tokens=d), law.check_inside(extrapolate, flops)
    best = optimum(law, flops, unique)
    outside = law.check_inside(extrapolate, flops=flops, parameters=best.parameters, tokens=best.tokens)
    return msgspec.convert(best, Optimum, from_attributes=True), outside


def _rung(law: Law | Frontier, shape: Shape, best: Optimum, count: str) -> Rung:
    number = parameters(shape)
    multiplied = matmul_only(shape).total
    each = {
        "runs": law.flop_rule.flops(number, 1.0),
        "6nd": SIX_N_D.flops(number, 1.0),
        "per-layer": per_layer(shape).total,
        "matmul": multiplied,
    }
    tokens = best.flops / each[count]
    loss = None if isinstance(law, Frontier) else loss_at(law, number, tokens, best.unique_tokens)
    return Rung(
        shape=shape,
        parameters=number,
        tokens=tokens,
        flops=best.flops,
        matmul_flops=multiplied * tokens,
        loss=loss,
        excess=None if loss is None or best.loss is None else loss - best.loss,
    )


def _checked_count(law: Law | Frontier, count: str) -> str:
    if count not in COUNTS:
        raise UnknownNameError("way to count FLOP", count, COUNTS)
    return "6nd" if count == "runs" and law.flop_rule.plain else count
