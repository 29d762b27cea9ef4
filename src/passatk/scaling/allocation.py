"""What a law recommends: parameters and tokens for a budget, with scarce data, and with use after training."""

import math
from collections.abc import Callable

import msgspec
import numpy as np

from passatk.errors import ScalingRefusedError
from passatk.records import Record
from passatk.scaling.laws import SIX_N_D, Floats, FlopRule, Law, positive

REPETITION_CONSTANT = 15.388
"""R* of Muennighoff et al. (2023): how many repetitions it takes until a repeated token is worth 1/e of a fresh one."""

INFERENCE_FLOP_PER_PARAMETER_AND_TOKEN = 2.0

_STEP = 0.5
_HALVINGS = 200
_REACH = 200.0
"""How far from its first guess, in ln N, a root is looked for: nothing that can be built lies beyond."""


class Allocation(Record, frozen=True, kw_only=True):
    """A model and its training. `flops` as the law's runs counted them; tokens as often as they are seen."""

    parameters: float
    tokens: float
    flops: float
    loss: float
    unique_tokens: float | None = None
    """None: every token is fresh."""
    inference_tokens: float = 0.0
    """Tokens the model will read and write after training, at 2 x parameters FLOP each."""

    @property
    def tokens_per_parameter(self) -> float:
        """D / N."""
        return self.tokens / self.parameters

    @property
    def inference_flops(self) -> float:
        """FLOP spent after training."""
        return INFERENCE_FLOP_PER_PARAMETER_AND_TOKEN * self.parameters * self.inference_tokens


def effective_tokens(tokens: float, unique: float | None) -> float:
    """What `tokens` of training are worth in fresh tokens when only `unique` of them differ.

    D' = U + U R* (1 - exp(-R / R*)) with R = D / U - 1 repetitions (Muennighoff et al. 2023, "Scaling Data-Constrained
    Language Models", equation 5); D' = D where nothing is repeated.

    Raises:
        InputError: `unique` is not positive.
    """
    if unique is None or tokens <= positive("unique tokens", unique):
        return tokens
    repetitions = tokens / unique - 1
    return unique * (1 - REPETITION_CONSTANT * math.expm1(-repetitions / REPETITION_CONSTANT))


def tokens_needed(effective: float, unique: float | None) -> float:
    """How many tokens to train on so that they are worth `effective` fresh ones; infinite if no number is."""
    if unique is None or effective <= unique:
        return effective
    left = 1 - (effective / unique - 1) / REPETITION_CONSTANT
    return unique * (1 - REPETITION_CONSTANT * math.log(left)) if left > 0 else math.inf


def _worth_of_one_more(tokens: float, unique: float | None) -> float:
    """The slope d ln D' / d ln D: 1 for fresh tokens, less for repeated ones."""
    if unique is None or tokens <= unique:
        return 1.0
    derivative = math.exp(-(tokens / unique - 1) / REPETITION_CONSTANT)
    return derivative * tokens / effective_tokens(tokens, unique)


def loss_at(law: Law, parameters: float, tokens: float, unique: float | None = None) -> float:
    """The loss with repeated tokens counted for what they are worth."""
    return float(law.loss(parameters, effective_tokens(tokens, unique)))


def optimum(law: Law, flops: float, unique: float | None = None) -> Allocation:
    """The least loss that `flops` FLOP of training can buy.

    Without repetition in closed form (Hoffmann et al. 2022, equation 4): N* = G (C/6)^a, D* = (C/6)^(1-a) / G, with
    G = (alpha A / (beta B))^(1/(alpha+beta)) and a = beta / (alpha+beta). For a law whose runs counted C = k N^g D:
    a = beta / (alpha + g beta), N* = (alpha A / (g beta B))^(1/(alpha + g beta)) (C/k)^a, D* = C / (k N*^g). Where D*
    exceeds the `unique` tokens, the point where shifting compute from tokens to parameters gains nothing more.

    Raises:
        InputError: a number that is not positive.
    """
    positive("flops", flops)
    n = float(optimal_parameters(law.theta, flops, law.flop_rule))
    if unique is not None and law.flop_rule.tokens(n, flops) > positive("unique tokens", unique):
        n = _constrained_parameters(law, flops, unique)
    tokens = float(law.flop_rule.tokens(n, flops))
    return Allocation(
        parameters=n, tokens=tokens, flops=flops, loss=loss_at(law, n, tokens, unique), unique_tokens=unique
    )


def optimal_parameters(theta: Floats, flops: float | Floats, rule: FlopRule = SIX_N_D) -> Floats:
    """N* of `optimum` for many laws at once: `theta` [..., 5] as (ln A, ln B, ln E, alpha, beta)."""
    log_a, log_b, _, alpha, beta = np.moveaxis(np.asarray(theta, dtype=float), -1, 0)
    together = alpha + rule.exponent * beta
    log_g = (np.log(alpha) + log_a - np.log(rule.exponent * beta) - log_b) / together
    answer: Floats = np.exp(log_g + beta / together * np.log(np.asarray(flops) / rule.coefficient))
    return answer


def _constrained_parameters(law: Law, flops: float, unique: float) -> float:
    """Where, with `flops` spent, parameters and tokens gain as much. The difference falls in N, so it is one point."""

    def excess(log_n: float) -> float:
        n = math.exp(log_n)
        tokens = float(law.flop_rule.tokens(n, flops))
        worth = _worth_of_one_more(tokens, unique)
        gain_of_parameters = math.log(law.alpha * law.A) - law.alpha * log_n
        if worth == 0:
            return math.inf
        effective = effective_tokens(tokens, unique)
        return gain_of_parameters - (
            math.log(law.flop_rule.exponent * law.beta * law.B * worth) - law.beta * math.log(effective)
        )

    return math.exp(_root(excess, math.log(float(optimal_parameters(law.theta, flops, law.flop_rule)))))


def least_compute(law: Law, loss: float) -> Allocation:
    """The least training compute that reaches `loss` with fresh tokens: the optimum whose loss it is.

    Raises:
        ScalingRefusedError: no model reaches it, because it is not above E.
    """
    log_reducible = math.log(_reducible(law, loss))
    n, d = (float(value) for value in np.exp(log_best_for(law.theta, log_reducible, law.flop_rule)))
    return Allocation(parameters=n, tokens=d, flops=law.flop_rule.flops(n, d), loss=loss)


def log_best_for(theta: Floats, log_reducible: float | Floats, rule: FlopRule = SIX_N_D) -> tuple[Floats, Floats]:
    """(ln N, ln D) of the optimum whose loss is E + exp(`log_reducible`), for many laws at once: `theta` [..., 5].

    At an optimum alpha A N^-alpha = g beta B D^-beta where C = k N^g D, so each term is a known share of the loss above
    E.
    """
    log_a, log_b, _, alpha, beta = np.moveaxis(np.asarray(theta, dtype=float), -1, 0)
    ratio = alpha / (rule.exponent * beta)
    log_n = (log_a + np.log1p(ratio) - log_reducible) / alpha
    log_d = (log_b + np.log1p(1 / ratio) - log_reducible) / beta
    return log_n, log_d


def cheapest(law: Law, loss: float, *, inference_tokens: float = 0.0, unique: float | None = None) -> Allocation:
    """The model that reaches `loss` with the least compute of training and use together.

    Minimises C + 2 N T, with C = 6 N D or as the law's runs counted it, over all (N, D) with this loss, for T inference
    tokens (Sardana et al. 2024, "Beyond Chinchilla-Optimal: Accounting for Inference in Language Model Scaling Laws",
    equation 2), repeated tokens counted for what they are worth. With T = 0 and enough fresh tokens it is
    `least_compute`.

    Raises:
        ScalingRefusedError: no model reaches this loss, or none does with so few unique tokens.
        InputError: a number that is not positive.
    """
    if inference_tokens:
        positive("inference tokens", inference_tokens)
    elif unique is None or least_compute(law, loss).tokens <= positive("unique tokens", unique):
        return msgspec.structs.replace(least_compute(law, loss), unique_tokens=unique)
    reducible = _reducible(law, loss)
    smallest = math.log(law.A / reducible) / law.alpha  # with tokens without end
    if unique is not None:
        best = law.B * (positive("unique tokens", unique) * (1 + REPETITION_CONSTANT)) ** -law.beta
        if reducible <= best:
            raise ScalingRefusedError(
                f"law {law.name!r}: no model reaches a loss of {loss:.4g} with {unique:.3g} unique tokens,"
                " however often they are repeated"
            )
        smallest = math.log(law.A / (reducible - best)) / law.alpha

    def tokens_at(log_n: float) -> float:
        left = reducible - law.A * math.exp(-law.alpha * log_n)
        return tokens_needed((law.B / left) ** (1 / law.beta), unique) if left > 0 else math.inf

    def slope(offset: float) -> float:
        """The slope d ln(cost) / d ln N at ln N = smallest + exp(offset): negative where the model is too small."""
        log_n = smallest + math.exp(offset)
        tokens = tokens_at(log_n)
        if math.isinf(tokens):
            return -math.inf
        effective = effective_tokens(tokens, unique)
        gain = law.alpha * law.A * math.exp(-law.alpha * log_n) / (law.beta * law.B * effective**-law.beta)
        worth = _worth_of_one_more(tokens, unique)
        if worth == 0:
            return -math.inf
        beyond = law.flop_rule.exponent - 1  # both costs are divided by N, which may be too large for a number
        training = law.flop_rule.coefficient * math.exp(beyond * log_n) * tokens
        inference = INFERENCE_FLOP_PER_PARAMETER_AND_TOKEN * inference_tokens
        return float(1 - training / (training + inference) * (gain / worth - beyond))

    n = math.exp(smallest + math.exp(_root(lambda offset: -slope(offset), 0.0)))
    tokens = tokens_at(math.log(n))
    return Allocation(
        parameters=n,
        tokens=tokens,
        flops=float(law.flop_rule.flops(n, tokens)),
        loss=loss,
        unique_tokens=unique,
        inference_tokens=inference_tokens,
    )


def _reducible(law: Law, loss: float) -> float:
    if not loss > law.E:
        raise ScalingRefusedError(
            f"law {law.name!r}: no model reaches a loss of {loss:.4g}, it tends to E = {law.E:.4g} from above"
        )
    return loss - law.E


def _root(falling: Callable[[float], float], near: float) -> float:
    """Where a falling function is 0, to the last bit: bracketed around `near` in growing steps, then bisected."""
    low = high = near
    step = _STEP
    while falling(low) < 0 and near - low < _REACH:
        low, step = low - step, step * 1.5
    step = _STEP
    while falling(high) > 0 and high - near < _REACH:
        high, step = high + step, step * 1.5
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
