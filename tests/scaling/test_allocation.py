"""What a law recommends: on the budget, better than its neighbours, and the variants reduce to the plain one."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scaling_cases import CODE_LIKE, law

from passatk.errors import InputError, ScalingRefusedError
from passatk.scaling import PUBLISHED, Law, cheapest, effective_tokens, least_compute, optimum
from passatk.scaling.allocation import loss_at, tokens_needed

laws = st.builds(
    law,
    st.floats(5, 5000),
    st.floats(5, 5000),
    st.floats(0.05, 3),
    st.floats(0.15, 0.7),
    st.floats(0.15, 0.7),
)
budgets = st.floats(14, 26).map(lambda exponent: 10**exponent)
amounts = st.floats(6, 13).map(lambda exponent: 10**exponent)


def test_the_rounded_constants_give_the_known_optimum() -> None:
    found = optimum(PUBLISHED["hoffmann"], 5.76e23)
    assert found.parameters == pytest.approx(32.19e9, rel=1e-3)
    assert found.tokens_per_parameter == pytest.approx(92.65, rel=1e-3)


def test_besiroglu_s_constants_are_rounded_in_one_way() -> None:
    unrounded = 72.356e9  # from the authors' notebook
    assert optimum(PUBLISHED["besiroglu"], 5.76e23).parameters == pytest.approx(unrounded, rel=1.8e-3)


@settings(deadline=None)
@given(laws, budgets)
def test_the_optimum_spends_the_budget_and_beats_its_neighbours(known: Law, flops: float) -> None:
    best = optimum(known, flops)
    assert 6 * best.parameters * best.tokens == pytest.approx(flops, rel=1e-12)
    for factor in (0.5, 0.99, 1.01, 2):
        n = best.parameters * factor
        assert known.loss(n, flops / 6 / n) >= best.loss


@settings(deadline=None)
@given(laws, budgets)
def test_the_least_compute_for_the_optimums_loss_is_the_budget(known: Law, flops: float) -> None:
    best = optimum(known, flops)
    if best.loss - known.E < 1e-6 * known.E:  # then E swallows the digits
        return
    back = least_compute(known, best.loss)
    assert back.flops == pytest.approx(flops, rel=1e-5)
    assert back.parameters == pytest.approx(best.parameters, rel=1e-5)


@settings(deadline=None)
@given(amounts, amounts)
def test_tokens_count_in_full_until_they_repeat(tokens: float, unique: float) -> None:
    worth = effective_tokens(tokens, unique)
    if unique >= tokens:
        assert worth == tokens
    else:
        assert unique < worth < tokens
        assert worth <= unique * (1 + 15.388)
    assert effective_tokens(tokens, None) == tokens


@settings(deadline=None)
@given(st.floats(1.0, 60.0))
def test_how_many_tokens_are_needed_is_the_inverse(epochs: float) -> None:
    worth = effective_tokens(1e9 * epochs, 1e9)
    assert tokens_needed(worth, 1e9) == pytest.approx(1e9 * epochs, rel=1e-9)
    assert math.isinf(tokens_needed(1.7e10, 1e9))


@pytest.mark.parametrize("unique", [0.0, -1.0, math.nan])
def test_unique_tokens_that_are_none_are_an_error(unique: float) -> None:
    for asked in (lambda: effective_tokens(1e9, unique), lambda: optimum(CODE_LIKE, 1e20, unique)):
        with pytest.raises(InputError, match="unique tokens = "):
            asked()


def test_codegeex_repeats_are_worth_what_is_known() -> None:
    assert effective_tokens(850e9, 158.7e9) == pytest.approx(760.8e9, rel=1e-4)


@settings(deadline=None)
@given(laws, budgets, st.floats(0.01, 3))
def test_scarce_data_shift_compute_to_parameters_and_are_used_best(known: Law, flops: float, share: float) -> None:
    free = optimum(known, flops)
    unique = share * free.tokens
    best = optimum(known, flops, unique)
    assert 6 * best.parameters * best.tokens == pytest.approx(flops, rel=1e-9)
    if share >= 1:
        assert best.parameters == free.parameters
        assert best.loss == free.loss
        return
    assert best.parameters >= free.parameters * (1 - 1e-9)
    assert best.loss >= free.loss * (1 - 1e-12)
    for factor in (0.5, 0.98, 1.02, 2):
        n = best.parameters * factor
        assert loss_at(known, n, flops / 6 / n, unique) >= best.loss * (1 - 1e-12)


@settings(deadline=None)
@given(laws, st.floats(17, 24).map(lambda exponent: 10**exponent))
def test_with_hardly_any_use_or_repetition_the_cheapest_is_the_least_compute(known: Law, flops: float) -> None:
    loss = optimum(known, flops).loss
    if loss - known.E < 1e-4:
        return
    plain = least_compute(known, loss)
    assert cheapest(known, loss) == plain
    searched = cheapest(known, loss, inference_tokens=1e-9 * plain.tokens)
    scarce = cheapest(known, loss, unique=plain.tokens * (1 - 1e-9))
    for found in (searched, scarce):
        assert found.flops == pytest.approx(plain.flops, rel=1e-6)
        assert found.parameters == pytest.approx(plain.parameters, rel=1e-3)


@settings(deadline=None)
@given(laws, st.floats(17, 24).map(lambda exponent: 10**exponent), amounts)
def test_use_makes_smaller_models_and_costs_least_at_equal_loss(known: Law, flops: float, use: float) -> None:
    loss = optimum(known, flops).loss
    if loss - known.E < 1e-4:
        return
    plain, found = cheapest(known, loss), cheapest(known, loss, inference_tokens=use)
    assert found.parameters <= plain.parameters * (1 + 1e-6)
    assert known.loss(found.parameters, found.tokens) == pytest.approx(loss, rel=1e-9)
    cost = found.flops + found.inference_flops
    assert cost <= (plain.flops + 2 * plain.parameters * use) * (1 + 1e-9)
    for factor in (0.97, 1.03):
        n = found.parameters * factor
        left = loss - known.E - known.A * n**-known.alpha
        if left > 0:
            d = (known.B / left) ** (1 / known.beta)
            assert 6 * n * d + 2 * n * use >= cost * (1 - 1e-9)


def test_the_cheapest_with_scarce_data_reaches_the_loss() -> None:
    loss = optimum(CODE_LIKE, 1e21).loss
    found = cheapest(CODE_LIKE, loss, unique=1e10, inference_tokens=1e11)
    assert loss_at(CODE_LIKE, found.parameters, found.tokens, 1e10) == pytest.approx(loss, rel=1e-9)
    assert found.tokens > 1e10
    with pytest.raises(ScalingRefusedError, match="however often they are repeated"):
        cheapest(CODE_LIKE, loss, unique=1e8)


def test_a_loss_below_the_irreducible_one_is_refused() -> None:
    with pytest.raises(ScalingRefusedError, match=r"tends to E = 0\.4 from above"):
        least_compute(CODE_LIKE, 0.4)


@pytest.mark.parametrize("flops", [0, -1e20, math.inf, math.nan])
def test_a_budget_that_is_none_is_an_error(flops: float) -> None:
    with pytest.raises(InputError, match="positive"):
        optimum(CODE_LIKE, flops)


def test_a_law_needs_positive_constants() -> None:
    with pytest.raises(InputError, match=r"alpha = -0\.1"):
        law(1, 1, 1, -0.1, 0.3)
    with pytest.raises(InputError, match="E = -1"):
        law(1, 1, -1, 0.1, 0.3)


def test_extrapolation_is_refused_in_words() -> None:
    known = PUBLISHED["besiroglu"]
    with pytest.raises(ScalingRefusedError, match=r"1e25 FLOP, 772 times the most \(1\.3e22\).*Allow extrapolation"):
        known.check_inside(False, flops=1e25)
    assert known.check_inside(True, flops=1e10) == ("1e10 FLOP, 7.2e-09 of the least (1.4e18)",)
    assert known.check_inside(False, flops=1e20, parameters=1e9, tokens=None) == ()
    assert known.check_inside(False, flops=known.fitted.flops.low * 0.995) == ()  # within 1 % of the least
