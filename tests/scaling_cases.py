"""Synthetic training runs from laws that are known exactly."""

import numpy as np

from passatk.scaling import Law, Runs, optimum
from passatk.scaling.laws import FittedRange, Span

WIDE = FittedRange(parameters=Span(low=1e3, high=1e13), tokens=Span(low=1e4, high=1e15), flops=Span(low=1e9, high=1e28))
BUDGETS = (1e18, 1e19, 1e20, 1e21, 1e22)


def law(A: float, B: float, E: float, alpha: float, beta: float) -> Law:  # noqa: N803 - the law's own names
    return Law(name="known", source="made up", A=A, B=B, E=E, alpha=alpha, beta=beta, fitted=WIDE)


CODE_LIKE = law(300.0, 2000.0, 0.4, 0.33, 0.36)
EVEN = law(400.0, 400.0, 1.5, 0.34, 0.34)
UNEVEN = law(20.0, 3000.0, 0.5, 0.22, 0.42)


def exact(known: Law, parameters: "np.typing.ArrayLike", tokens: "np.typing.ArrayLike") -> Runs:
    """Runs with the losses of `known`, without noise."""
    return Runs.of(parameters, tokens, known.loss(parameters, tokens))


def isoflop_runs(
    known: Law, budgets: tuple[float, ...] = BUDGETS, sizes: int = 8, span: float = 16.0, off: float = 1.0
) -> Runs:
    """For each budget `sizes` runs over a factor `span` in N, around `off` times the best N; without noise."""
    around = np.geomspace(span**-0.5, span**0.5, sizes)
    n = np.concatenate([optimum(known, c).parameters * off * around for c in budgets])
    d = np.repeat(budgets, sizes) / 6 / n
    return exact(known, n, d)


def noisy(runs: Runs, known: Law, share: float = 0.003, seed: int = 0) -> Runs:
    """The same with normal noise in ln(loss)."""
    noise = np.random.default_rng(seed).normal(0, share, len(runs))
    return runs.with_loss(known.loss(runs.parameters, runs.tokens) * np.exp(noise), "noisy")
