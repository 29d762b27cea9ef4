"""Published models before published laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scaling_cases import CODE_LIKE

from passatk.errors import InputError, ScalingRefusedError, UnknownNameError
from passatk.scaling import (
    KNOWN_MODELS,
    PUBLISHED,
    ScalingVerdict,
    judge,
    known_model,
    least_compute,
    optimum,
    published,
)
from passatk.scaling.verdicts import Direction, law_draws


def codegeex(law: str) -> ScalingVerdict:
    model = known_model("codegeex")
    return judge(PUBLISHED[law], model.parameters, model.tokens, unique_tokens=model.unique_tokens, extrapolate=True)


def test_codegeex_is_near_optimal_under_every_law_and_they_disagree_on_the_direction() -> None:
    verdicts = {name: codegeex(name) for name in PUBLISHED}
    for verdict in verdicts.values():
        assert verdict.wasted < 0.126
        assert verdict.epochs == pytest.approx(5.36, abs=0.005)
        assert verdict.effective_tokens == pytest.approx(760.8e9, rel=1e-4)
        assert verdict.tokens / verdict.parameters == pytest.approx(66, abs=1)
        assert verdict.extrapolated, "no law was fitted to so much compute, and the verdict says so"
    assert verdicts["hoffmann"].direction is Direction.SMALLER
    assert verdicts["besiroglu"].direction is Direction.LARGER
    assert verdicts["besiroglu"].wasted == pytest.approx(0.124, abs=0.001)
    assert verdicts["refit-234"].wasted == pytest.approx(0.092, abs=0.001)


def test_the_interval_holds_the_verdict_and_repetition_costs_more() -> None:
    verdict = codegeex("refit-234")
    assert verdict.wasted_interval is not None
    assert verdict.wasted_interval.low < verdict.wasted < verdict.wasted_interval.high
    assert verdict.ratio_interval is not None
    assert verdict.ratio_interval.low < 22.8 < verdict.ratio_interval.high
    assert verdict.certainty is not None
    assert verdict.certainty > 0.9
    assert verdict.wasted_with_repetition is not None
    assert verdict.wasted_same_unique is not None
    assert verdict.wasted < verdict.wasted_same_unique < verdict.wasted_with_repetition
    assert codegeex("hoffmann").wasted_interval is None, "it was published without a covariance"


def test_an_optimal_model_wastes_nothing() -> None:
    best = optimum(CODE_LIKE, 1e21)
    verdict = judge(CODE_LIKE, best.parameters, best.tokens)
    assert verdict.wasted == pytest.approx(0, abs=1e-12)
    assert verdict.direction is Direction.BALANCED
    assert verdict.wasted_with_repetition is None


@settings(deadline=None)
@given(st.floats(-2.5, 2.5), st.floats(17, 24))
def test_waste_is_what_the_best_model_of_equal_loss_saves(off: float, exponent: float) -> None:
    flops = 10**exponent
    n = optimum(CODE_LIKE, flops).parameters * math.exp(off)
    verdict = judge(CODE_LIKE, n, flops / 6 / n)
    assert 0 <= verdict.wasted < 1
    assert 1 - least_compute(CODE_LIKE, verdict.loss).flops / flops == pytest.approx(verdict.wasted, abs=1e-6)
    if abs(off) > 0.2:
        assert verdict.direction is (Direction.SMALLER if off > 0 else Direction.LARGER)


def test_use_after_training_excuses_a_small_model() -> None:
    model = known_model("llama-7b")
    law = PUBLISHED["besiroglu"]
    plain = judge(law, model.parameters, model.tokens, extrapolate=True)
    used = judge(law, model.parameters, model.tokens, inference_tokens=1e13, extrapolate=True)
    assert used.wasted == plain.wasted
    assert used.wasted_with_inference is not None
    assert used.wasted_with_inference < plain.wasted / 3


def test_outside_of_the_law_there_is_no_verdict_unless_asked_for() -> None:
    with pytest.raises(
        ScalingRefusedError, match=r"law 'besiroglu' was not fitted there: .* FLOP, 45\.4 times the most"
    ):
        judge(PUBLISHED["besiroglu"], 70e9, 1.4e12)
    assert judge(PUBLISHED["besiroglu"], 1e9, 2e10).extrapolated == ()


def test_numbers_that_are_none_are_errors() -> None:
    for numbers in ((-1.0, 1e9), (1e9, 0.0), (math.nan, 1e9)):
        with pytest.raises(InputError, match="positive"):
            judge(CODE_LIKE, *numbers)
    for unique in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError, match=r"unique tokens = .*; expected a positive number"):
            judge(CODE_LIKE, 1e9, 2e10, unique_tokens=unique)
    with pytest.raises(UnknownNameError, match="Did you mean 'codegeex'"):
        known_model("codegex")
    with pytest.raises(UnknownNameError, match="known: besiroglu, hoffmann"):
        published("kaplan")


def test_draws_repeat_and_come_from_the_bootstrap_where_there_is_one() -> None:
    law = PUBLISHED["refit-234"]
    first, again = law_draws(law), law_draws(law)
    assert first is not None
    assert again is not None
    assert (first == again).all()
    own = np.tile(law.theta, (3, 1))
    assert law_draws(law, own) is own
    assert law_draws(CODE_LIKE) is None


def test_every_law_and_model_says_where_it_is_from() -> None:
    for law in PUBLISHED.values():
        assert law.source
        assert law.fitted.parameters.low < law.fitted.parameters.high
        assert not law.fitted.outside(flops=1e20, parameters=1e9, tokens=1e10)
    assert all("arXiv:" in model.source for model in KNOWN_MODELS.values())
