"""Runs whose FLOP are not 6 N D: every conversion between N, D and C goes by the rule of the runs."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scaling_cases import CODE_LIKE, law, noisy

from passatk.errors import ScalingRefusedError
from passatk.report import scaling_plots
from passatk.scaling import (
    PUBLISHED,
    Architecture,
    FlopRule,
    KnownModel,
    Law,
    Runs,
    bias_of_design,
    cheapest,
    frontier,
    isoflop,
    judge,
    ladder,
    least_compute,
    optimum,
    plan,
    read_study,
    study,
    write_study,
)
from passatk.scaling.allocation import loss_at
from passatk.scaling.planning import budget
from passatk.scaling.verdicts import Direction

RULE = FlopRule(coefficient=9.0, exponent=0.98)
BUDGETS = (1e13, 1e14, 1e15, 1e16)
rules = st.builds(lambda k, g: FlopRule(coefficient=k, exponent=g), st.floats(2, 20), st.floats(0.8, 1.2))


def counted(known: Law, rule: FlopRule = RULE) -> Law:
    return msgspec.structs.replace(known, flop_rule=rule)


def runs_of(known: Law, span: float = 16.0) -> Runs:
    """Eight sizes around the best for each budget, as `RULE` counts them; without noise."""
    around = np.geomspace(span**-0.5, span**0.5, 8)
    n = np.concatenate([optimum(counted(known), c).parameters * around for c in BUDGETS])
    c = np.repeat(BUDGETS, 8)
    d = RULE.tokens(n, c)
    return Runs.of(n, d, known.loss(n, d), c)


def test_the_rule_of_runs_is_found() -> None:
    found = runs_of(CODE_LIKE).flop_rule
    assert (found.coefficient, found.exponent) == pytest.approx((9.0, 0.98))
    assert found.spread == pytest.approx(0, abs=1e-9)
    assert not found.plain
    one_size = FlopRule.through(np.array([1e6, 1e6]), np.array([1e7, 1e8]), np.array([7e13, 7e14]))
    assert (one_size.coefficient, one_size.exponent) == pytest.approx((7.0, 1.0))


def test_rounded_six_n_d_is_six_n_d() -> None:
    n, d = np.array([1.1e6, 2.3e6, 5e7]), np.array([1e8, 3e8, 4e9])
    flops = 6 * n * d * np.array([1.004, 0.997, 1.001])
    assert Runs.of(n, d, [3, 2.5, 2], flops).flop_rule == FlopRule()


def test_flop_that_fall_with_the_size_are_refused() -> None:
    runs = Runs.of([1e6, 2e6, 4e6], [1e8] * 3, [3, 2.5, 2], [4e15, 2e15, 1e15])
    for approach in (frontier, isoflop, study):
        with pytest.raises(ScalingRefusedError, match=r"do not grow with their parameters: C / D goes with N\^-1"):
            approach(runs)


@settings(deadline=None)
@given(rules, st.floats(13, 24))
def test_the_optimum_spends_the_budget_and_beats_its_neighbours(rule: FlopRule, exponent: float) -> None:
    known, flops = counted(CODE_LIKE, rule), 10**exponent
    best = optimum(known, flops)
    scarce = optimum(known, flops, best.tokens / 3)
    for found, unique in ((best, None), (scarce, best.tokens / 3)):
        assert rule.flops(found.parameters, found.tokens) == pytest.approx(flops)
        for factor in (0.5, 0.99, 1.01, 2):
            n = found.parameters * factor
            assert loss_at(known, n, float(rule.tokens(n, flops)), unique) >= found.loss
    growth = math.log(optimum(known, 10 * flops).parameters / best.parameters, 10)
    assert growth == pytest.approx(known.optimal_exponent)


@settings(deadline=None)
@given(rules, st.floats(17, 22), st.floats(0.01, 3))
def test_the_cheapest_costs_least_and_the_optimum_wastes_nothing(rule: FlopRule, exponent: float, use: float) -> None:
    known = counted(CODE_LIKE, rule)
    best = optimum(known, 10**exponent)
    assert least_compute(known, best.loss).flops == pytest.approx(best.flops)
    verdict = judge(known, best.parameters, best.tokens)
    assert verdict.wasted == pytest.approx(0, abs=1e-9)
    assert verdict.direction is Direction.BALANCED
    found = cheapest(known, best.loss, inference_tokens=use * best.tokens)
    for factor in (0.97, 1.03):
        n = found.parameters * factor
        left = best.loss - known.E - known.A * n**-known.alpha
        if left > 0:
            cost = rule.flops(n, (known.B / left) ** (1 / known.beta)) + 2 * n * use * best.tokens
            assert cost >= (found.flops + found.inference_flops) * (1 - 1e-9)


def test_all_approaches_give_the_tokens_that_such_runs_train_on() -> None:
    found = study(noisy(runs_of(CODE_LIKE), CODE_LIKE), resamples=20)
    assert found.frontier is not None
    assert found.isoflop is not None
    for approach in (found.frontier, found.isoflop.frontier):
        n, d = approach.optimal(1e15)
        assert d == pytest.approx(RULE.tokens(n, 1e15), rel=1e-6)
        spans = approach.at_budget(1e15)
        assert spans is not None
        assert spans["tokens"].low < d < spans["tokens"].high
    for vertex in found.isoflop.frontier.points:
        assert vertex.tokens == pytest.approx(RULE.tokens(vertex.parameters, vertex.flops), rel=1e-6)
    best = optimum(found.law, 1e15)
    assert best.tokens == pytest.approx(RULE.tokens(best.parameters, 1e15), rel=1e-6)
    assert found.bootstrap is not None
    assert found.bootstrap.at_budget(1e15)["tokens"].low < best.tokens < found.bootstrap.at_budget(1e15)["tokens"].high
    assert found.bootstrap.exponent().low < found.law.optimal_exponent < found.bootstrap.exponent().high


def test_approach_2_is_not_blamed_for_how_flop_are_counted() -> None:
    even = law(400.0, 400.0, 1.5, 0.98 * 0.34, 0.34)  # along a budget N^-alpha and N^(0.98 beta) are even
    bias = bias_of_design(runs_of(even), even)
    assert bias.exponent == pytest.approx(bias.true_exponent, abs=1e-9)
    for _, vertex, true in bias.vertices:
        assert vertex == pytest.approx(true, rel=1e-6)


def test_plans_count_as_the_runs_did() -> None:
    known, small = counted(CODE_LIKE), Architecture(vocabulary=1024, context=256)
    for rung in (*plan(known, 1e15, small).choices, *ladder(known, (1e15,), small).rungs):
        assert RULE.flops(rung.parameters, rung.tokens) == pytest.approx(1e15)
    assert (plan(known, 1e15, small).count, plan(CODE_LIKE, 1e15, small).count) == ("runs", "6nd")
    assert budget(1000, 1, 1e6, RULE) == pytest.approx(RULE.flops(1e6, 3.6e6))


def test_a_picture_places_models_and_published_laws_by_the_rule(tmp_path: Path) -> None:
    write_study(tmp_path / "fit.json", study(runs_of(CODE_LIKE), name="ours", resamples=0))
    found = read_study(tmp_path / "fit.json")
    model, hoffmann = KnownModel(name="this", parameters=2e6, tokens=5e7, source=""), PUBLISHED["hoffmann"]
    chart = scaling_plots.frontier_chart(found, [model], [hoffmann]).to_dict()
    rows = [row for layer in chart["layer"] for row in layer["data"]["values"]]
    (placed, *_) = [row for row in rows if row.get("name") == "this"]
    assert placed["flops"] == pytest.approx(RULE.flops(2e6, 5e7))
    drawn = [row for row in rows if row.get("what") == "hoffmann"]
    for row in drawn:
        tokens = RULE.tokens(row["parameters"], row["flops"])
        same = optimum(hoffmann, 6 * row["parameters"] * tokens)
        assert row["parameters"] == pytest.approx(same.parameters, rel=1e-6)
    assert "9 N^0.980 D" in " ".join(chart["title"]["subtitle"])
