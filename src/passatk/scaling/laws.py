"""The parametric law of Hoffmann et al. (2022), and what it says: a loss, and where it was fitted.

L(N, D) = E + A / N^alpha + B / D^beta, with N parameters, D training tokens, and the loss in nats per token
("Training Compute-Optimal Large Language Models", section 3.3). Compute is C = 6 N D FLOP unless the runs of a law
counted it otherwise: `FlopRule`.
"""

import math
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from passatk.errors import InputError, ScalingRefusedError
from passatk.records import Record

FLOP_PER_PARAMETER_AND_TOKEN = 6.0
"""Forward 2, backward 4 (Kaplan et al. 2020, section 2.1)."""

Floats = NDArray[np.float64]

_ROUNDING = 0.01
"""Beyond the last run by less than this is not outside: runs spend within 1 % of their nominal budget."""
_SAME_RULE = 0.01
"""Runs whose FLOP are all this near to 6 N D, in logarithms, counted 6 N D and rounded."""


class Span(Record, frozen=True, kw_only=True):
    """From `low` to `high`, both included."""

    low: float
    high: float

    @classmethod
    def of(cls, values: ArrayLike) -> Self:
        """The smallest span with all `values` in it."""
        numbers = np.asarray(values, dtype=float)
        return cls(low=float(numbers.min()), high=float(numbers.max()))

    def outside(self, value: float, unit: str) -> tuple[str, ...]:
        """In words, how far `value` lies from the nearer end; empty if it is inside."""
        if value > self.high * (1 + _ROUNDING):
            return (f"{_plain(value)} {unit}, {value / self.high:.3g} times the most ({_plain(self.high)})",)
        if value < self.low * (1 - _ROUNDING):
            return (f"{_plain(value)} {unit}, {value / self.low:.2g} of the least ({_plain(self.low)})",)
        return ()


class FittedRange(Record, frozen=True, kw_only=True):
    """Where the runs lay that a law was fitted to."""

    parameters: Span
    tokens: Span
    flops: Span

    def outside(
        self, *, parameters: float | None = None, tokens: float | None = None, flops: float | None = None
    ) -> tuple[str, ...]:
        """In words, what of these lies outside of the range, and how far from its end; empty if nothing does."""
        asked = (
            ("parameters", parameters, self.parameters),
            ("tokens", tokens, self.tokens),
            ("FLOP", flops, self.flops),
        )
        return tuple(said for unit, value, span in asked if value is not None for said in span.outside(value, unit))


def _plain(value: float) -> str:
    return f"{value:.3g}".replace("e+", "e")


class FlopRule(Record, frozen=True, kw_only=True):
    """How FLOP follow from parameters and tokens: C = coefficient x N^exponent x D; by default 6 N D.

    Matrix products of small models are more than 6 N D, by a share that falls as they grow. Who converts between N, D
    and C of such runs by 6 N D is wrong by that share; so a law, a frontier and a study keep the rule of their runs.
    """

    coefficient: float = FLOP_PER_PARAMETER_AND_TOKEN
    exponent: float = 1.0
    spread: float = 0.0
    """Root mean square of what the rule leaves of ln C of the runs."""

    @classmethod
    def through(cls, parameters: Floats, tokens: Floats, flops: Floats) -> Self:
        """That of runs, by least squares in logarithms; 6 N D, exactly, where they are within 1 % of it.

        Raises:
            ScalingRefusedError: FLOP a token do not grow with the parameters.
        """
        each, log_n = np.log(flops / tokens), np.log(parameters)
        if np.abs(each - log_n - math.log(FLOP_PER_PARAMETER_AND_TOKEN)).max() <= _SAME_RULE:
            return cls()
        exponent = 1.0
        if np.ptp(log_n) > _SAME_RULE:
            exponent = float(np.cov(log_n, each, bias=True)[0, 1] / log_n.var())
        if not exponent > 0:
            raise ScalingRefusedError(
                f"FLOP of these runs do not grow with their parameters: C / D goes with N^{exponent:.2g}; expected"
                " about N^1. Are the columns of parameters, tokens and FLOP those they are taken for?"
            )
        left = each - exponent * log_n
        middle = float(left.mean())
        return cls(coefficient=math.exp(middle), exponent=exponent, spread=float(left.std()))

    @property
    def plain(self) -> bool:
        """Is it 6 N D?"""
        return (self.coefficient, self.exponent) == (FLOP_PER_PARAMETER_AND_TOKEN, 1.0)

    def flops(self, parameters: Any, tokens: Any) -> Any:
        """C; arrays are broadcast."""
        return self.coefficient * parameters**self.exponent * tokens

    def tokens(self, parameters: Any, flops: Any) -> Any:
        """D; arrays are broadcast."""
        return flops / self.coefficient / parameters**self.exponent

    def over_six_n_d(self, parameters: float) -> float:
        """C / (6 N D)."""
        return float(self.flops(parameters, 1.0) / (FLOP_PER_PARAMETER_AND_TOKEN * parameters))


SIX_N_D = FlopRule()


class Law(Record, frozen=True, kw_only=True):
    """E + A / N^alpha + B / D^beta, where it comes from, and where it holds.

    `covariance` is that of (ln A, ln B, ln E, alpha, beta), where it is known; intervals of what follows from the law
    come from it.
    """

    name: str
    source: str
    A: float
    B: float
    E: float
    alpha: float
    beta: float
    fitted: FittedRange
    covariance: tuple[tuple[float, ...], ...] | None = None
    flop_rule: FlopRule = SIX_N_D
    """How its runs counted FLOP; budgets that it is asked about are counted so."""

    def __post_init__(self) -> None:
        """Raise InputError for constants that are no law."""
        for name in ("A", "B", "alpha", "beta"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise InputError(f"law {self.name!r}: {name} = {value}; expected a positive number")
        if not (math.isfinite(self.E) and self.E >= 0):
            raise InputError(f"law {self.name!r}: E = {self.E}; expected a number that is not negative")

    @classmethod
    def from_theta(cls, theta: ArrayLike, *, name: str, source: str, fitted: FittedRange, **more: Any) -> Self:
        """The law with (ln A, ln B, ln E, alpha, beta) = `theta`."""
        a, b, e, alpha, beta = (float(value) for value in np.asarray(theta, dtype=float))
        return cls(
            name=name,
            source=source,
            A=math.exp(a),
            B=math.exp(b),
            E=math.exp(e),
            alpha=alpha,
            beta=beta,
            fitted=fitted,
            **more,
        )

    @property
    def theta(self) -> Floats:
        """(ln A, ln B, ln E, alpha, beta), shape [5]."""
        return np.array([math.log(self.A), math.log(self.B), math.log(self.E), self.alpha, self.beta])

    def loss(self, parameters: ArrayLike, tokens: ArrayLike) -> Any:
        """Nats per token after training `parameters` on `tokens` fresh tokens; arrays are broadcast."""
        n, d = np.asarray(parameters, dtype=float), np.asarray(tokens, dtype=float)
        value = self.E + self.A * n**-self.alpha + self.B * d**-self.beta
        return float(value) if value.ndim == 0 else value

    @property
    def optimal_exponent(self) -> float:
        """The a with which the optimal number of parameters grows as C^a: beta / (alpha + beta) where C = 6 N D."""
        return self.beta / (self.alpha + self.flop_rule.exponent * self.beta)

    def check_inside(self, extrapolate: bool, **asked: float | None) -> tuple[str, ...]:
        """What of `asked` (as for `FittedRange.outside`) is extrapolated, if that is allowed.

        Raises:
            ScalingRefusedError: something is, and `extrapolate` is False.
        """
        return allowed(self.name, self.fitted.outside(**asked), extrapolate)


def allowed(name: str, outside: tuple[str, ...], extrapolate: bool) -> tuple[str, ...]:
    """`outside`, what of a question to the law `name` is extrapolated, if that is allowed.

    Raises:
        ScalingRefusedError: something is, and `extrapolate` is False.
    """
    if outside and not extrapolate:
        raise ScalingRefusedError(
            f"law {name!r} was not fitted there: {'; '.join(outside)}. Allow extrapolation to get an answer",
            setting="extrapolate",
        )
    return outside


def positive(name: str, value: float) -> float:
    """`value`, if it is a positive number.

    Raises:
        InputError: it is not.
    """
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} = {value}; expected a positive number")
    return value
