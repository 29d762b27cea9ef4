"""From a budget to trainings that can be started and fitted."""

import pytest
from scaling_cases import CODE_LIKE

from passatk.errors import InputError, ScalingRefusedError, UnknownNameError
from passatk.scaling import PUBLISHED, Architecture, Runs, isoflop, ladder, plan, study
from passatk.scaling.flops import matmul_only
from passatk.scaling.planning import budget

SMALL = Architecture(vocabulary=1024, context=256)


@pytest.mark.parametrize("count", ["6nd", "per-layer", "matmul"])
def test_every_choice_spends_the_budget(count: str) -> None:
    found = plan(CODE_LIKE, 1e17, SMALL, count=count)
    assert len(found.choices) == 5
    for choice in found.choices:
        spent = {"6nd": 6.0 * choice.parameters, "matmul": matmul_only(choice.shape).total}
        if count in spent:
            assert spent[count] * choice.tokens == pytest.approx(1e17)
        assert choice.matmul_flops == pytest.approx(matmul_only(choice.shape).total * choice.tokens)
        assert choice.loss == pytest.approx(CODE_LIKE.loss(choice.parameters, choice.tokens))
        assert choice.excess is not None
        if count == "6nd":
            assert 0 <= choice.excess < 0.05


def test_a_speed_and_hours_make_a_budget() -> None:
    assert budget(13_000, 1, 2.85e6) == pytest.approx(6 * 2.85e6 * 13_000 * 3600)
    with pytest.raises(InputError, match="hours = 0"):
        budget(13_000, 0, 2.85e6)


def test_scarce_data_make_the_plan_larger() -> None:
    free, scarce = plan(CODE_LIKE, 1e15, SMALL), plan(CODE_LIKE, 1e15, SMALL, unique_tokens=2e6)
    assert scarce.optimum.parameters > free.optimum.parameters


def test_a_ladder_can_be_fitted_by_all_approaches() -> None:
    steps = ladder(CODE_LIKE, (1e14, 1e15, 1e16), SMALL, sizes=6)
    assert len(steps.rungs) == 18
    assert steps.flops == pytest.approx(6 * 1.11e16)
    n, d = [float(rung.parameters) for rung in steps.rungs], [rung.tokens for rung in steps.rungs]
    runs = Runs.of(n, d, CODE_LIKE.loss(n, d))
    assert len(isoflop(runs).profiles) == 3
    found = study(runs, resamples=0)
    assert found.fit is not None
    assert found.fit.law.alpha == pytest.approx(CODE_LIKE.alpha, rel=1e-3)
    assert found.refused == {}


def test_without_a_parametric_law_a_frontier_plans() -> None:
    steps = ladder(CODE_LIKE, (1e14, 1e15), SMALL)
    n, d = [float(rung.parameters) for rung in steps.rungs], [rung.tokens for rung in steps.rungs]
    runs = Runs.of(n, d, CODE_LIKE.loss(n, d))
    both, second = study(runs, resamples=0), study(runs, approaches=(2,), resamples=0)
    assert both.guide() == both.law
    assert second.guide() == both.guide(2)
    with pytest.raises(ScalingRefusedError, match="nothing of approach 3: it was not run"):
        second.guide(3)
    found = plan(second.guide(), 1e15, SMALL)
    assert (found.law, found.optimum.loss, found.extrapolated) == ("approach 2", None, ())
    assert found.optimum.parameters == pytest.approx(plan(CODE_LIKE, 1e15, SMALL).optimum.parameters, rel=0.1)
    assert 6 * found.choices[0].parameters * found.choices[0].tokens == pytest.approx(1e15)
    with pytest.raises(ScalingRefusedError, match=r"approach 2.*2e15 FLOP, 2 times the most"):
        plan(second.guide(), 2e15, SMALL)
    assert plan(second.guide(), 2e15, SMALL, extrapolate=True).extrapolated
    with pytest.raises(ScalingRefusedError, match="nothing of repeated tokens"):
        plan(second.guide(), 1e15, SMALL, unique_tokens=1e6)


def test_plans_outside_of_the_law_are_refused_or_stamped() -> None:
    law = PUBLISHED["refit-234"]
    with pytest.raises(ScalingRefusedError, match="of the least"):
        plan(law, 1e13, SMALL)
    assert plan(law, 1e13, SMALL, extrapolate=True).extrapolated
    with pytest.raises(ScalingRefusedError, match="of the least"):
        ladder(law, (1e13,), SMALL)


def test_what_cannot_be_built_is_refused() -> None:
    with pytest.raises(ScalingRefusedError, match="a smaller vocabulary or a larger budget"):
        plan(CODE_LIKE, 1e11, Architecture())
    with pytest.raises(ScalingRefusedError, match=r"different shapes? around"):
        ladder(CODE_LIKE, (1e11,), Architecture(vocabulary=20_000))
    with pytest.raises(InputError, match="at least 2"):
        ladder(CODE_LIKE, (1e15,), SMALL, sizes=1)
    with pytest.raises(UnknownNameError, match="known: 6nd, matmul, per-layer"):
        plan(CODE_LIKE, 1e15, SMALL, count="7nd")
