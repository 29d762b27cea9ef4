"""Intervals and paired tests against independent computations, and against the truth of simulated studies."""

import importlib.util
import sys
from itertools import product
from typing import Any

import numpy as np
import pytest
from running import ROOT
from scipy import stats

from passatk.scoring import (
    Counts,
    by_task,
    difference_interval,
    paired_p_value,
    rate_interval,
    score,
    unpaired_difference,
)
from passatk.scoring.intervals import smallest_detectable


def simulation() -> Any:
    """`bench/coverage.py`, whose name a well-known library has too."""
    spec = importlib.util.spec_from_file_location("coverage_of_intervals", ROOT / "bench" / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SIMULATION = simulation()


def interval(rates: list[float], tasks: list[str] | None = None) -> tuple[float, float]:
    low, high = rate_interval(*by_task(rates, tasks or [str(i) for i in range(len(rates))]))
    return float(low), float(high)


@pytest.mark.parametrize("tasks", [12, 28, 164])
def test_none_and_all_are_wilsons(tasks: int) -> None:
    for passed in (0, tasks):
        wilson = stats.binomtest(passed, tasks).proportion_ci(method="wilson")
        assert interval([passed / tasks] * tasks) == pytest.approx((wilson.low, wilson.high))


def test_none_of_28_is_not_certain() -> None:
    assert interval([0.0] * 28) == pytest.approx((0, 0.1206), abs=5e-5)


@pytest.mark.parametrize("passed", [30, 50, 99])
def test_problems_of_one_sample_have_wilsons_interval_of_one_trial_less(passed: int) -> None:
    wilson = stats.binomtest(passed, 164).proportion_ci(method="wilson")
    assert interval([1.0] * passed + [0.0] * (164 - passed)) == pytest.approx((wilson.low, wilson.high), abs=1e-3)


def test_rates_between_are_surer_than_passes_and_failures() -> None:
    surely, partly = interval([0.0, 1.0] * 40), interval([0.3, 0.7] * 40)
    assert partly[1] - partly[0] < 0.6 * (surely[1] - surely[0])


def test_many_tasks_have_the_interval_of_the_mean() -> None:
    rates = [(i % 11) / 10 for i in range(990)]
    spread = float(np.std(rates, ddof=1)) / np.sqrt(len(rates))
    assert interval(rates) == pytest.approx((0.5 - 1.96 * spread, 0.5 + 1.96 * spread), abs=1e-3)


def test_one_task_in_five_languages_is_one_task() -> None:
    once = [float(i % 3 == 0) for i in range(60)]
    five = interval(once * 5, [str(i % 60) for i in range(300)])
    assert five == pytest.approx(interval(once))
    assert interval(once * 5)[0] > five[0]


def test_the_interval_holds_the_estimate_and_stays_in_0_and_1() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    for tasks in (1, 2, 3, 20):
        for _ in range(50):
            rates = rng.choice([0.0, 0.005, 0.5, 0.995, 1.0], tasks).tolist()
            low, high = interval(rates)
            assert 0 <= low <= sum(rates) / tasks + 1e-12
            assert sum(rates) / tasks - 1e-12 <= high <= 1


def test_a_score_counts_tasks_once() -> None:
    counts = [Counts(task_id=f"{name}/{i}", n=1, c=i % 2, task=str(i)) for name in ("A", "B") for i in range(30)]
    assert score("overall", counts, {}, [1]).tasks == 30
    alone = score("A", counts[:30], {}, [1]).pass_at_k[0]
    both = score("overall", counts, {}, [1]).pass_at_k[0]
    assert (both.low, both.high) == pytest.approx((alone.low, alone.high))


@pytest.mark.parametrize(
    "study",
    [
        SIMULATION.Study(20, 1, 0.02, 0.5, 1),
        SIMULATION.Study(20, 6, 0.5, 3.0, 10),
        SIMULATION.Study(40, 1, 0.3, 0.5, 10),
        SIMULATION.Study(40, 5, 0.01, 0.5, 10),
        SIMULATION.Study(164, 5, 0.2, 0.5, 1),
        SIMULATION.Study(164, 1, 0.9, 0.5, 20, k=10),
        SIMULATION.Study(40, 2, 1.0, 0.5, 1),
        SIMULATION.Study(20, 1, 0.3, 0.5, 1, after=0.3, alike=0.95),
        SIMULATION.Study(164, 2, 0.1, 0.5, 10, after=0.2, alike=0.5),
        SIMULATION.Study(40, 1, 0.0, 0.5, 1, after=0.0),
    ],
    ids=str,
)
def test_intervals_cover_the_truth(study: Any) -> None:
    assert SIMULATION.simulate(study, studies=2000, seed=7).right


def test_no_difference_is_not_certain_either() -> None:
    none = np.zeros(28)
    assert difference_interval(none, none, np.ones(28)) == pytest.approx((-0.1206, 0.1206), abs=5e-5)


def test_a_difference_of_many_tasks_has_the_interval_of_the_mean() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    differences = rng.choice([-1.0, 0.0, 0.0, 0.5, 1.0], 2000)
    low, high = difference_interval(np.maximum(differences, 0), np.maximum(-differences, 0), np.ones(2000))
    half = 1.96 * differences.std(ddof=1) / np.sqrt(2000)
    assert (low, high) == pytest.approx((differences.mean() - half, differences.mean() + half), abs=2e-3)


@pytest.mark.parametrize(("better", "worse"), [(0, 0), (1, 0), (5, 1), (30, 12), (10, 10)])
def test_one_sample_each_is_mcnemars_exact_test(better: int, worse: int) -> None:
    differences = np.array([1.0] * better + [-1.0] * worse + [0.0] * 50)
    expected = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
    assert paired_p_value(differences) == pytest.approx(expected)


def test_few_differing_tasks_are_flipped_in_every_way() -> None:
    differences = np.array([0.5, 0.25, -0.1, 1.0, 0.3, 0.3, -0.7, 0.05])
    sums = [abs(float(np.dot(signs, differences))) for signs in product((1, -1), repeat=len(differences))]
    reached = abs(float(differences.sum()))
    assert paired_p_value(differences) == pytest.approx(np.mean([one >= reached - 1e-12 for one in sums]))


def test_many_differing_tasks_have_nearly_scipys_value_and_always_the_same() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    differences = rng.normal(0.1, 0.4, 60)
    found = stats.permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=50_000, rng=np.random.default_rng(1)
    )
    assert paired_p_value(differences) == pytest.approx(found.pvalue, abs=0.01)
    assert paired_p_value(differences) == paired_p_value(differences)


def test_the_smallest_detectable_difference_is_found_in_four_of_five_studies() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    found = abs(rng.normal(smallest_detectable(1.0), 1.0, 20_000)) > 1.96
    assert found.mean() == pytest.approx(0.8, abs=0.01)


def test_unpaired_is_newcombes_method_10() -> None:
    figures = []
    for passed, tasks in ((48, 80), (56, 70)):
        wilson = stats.binomtest(passed, tasks).proportion_ci(method="wilson")
        figures.append((passed / tasks, wilson.low, wilson.high))
    assert unpaired_difference(figures[0], figures[1]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.8), (0.7, 0.7), (0.97, 0.9)])
def test_unpaired_intervals_hold_the_difference(first: float, second: float) -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(600):
        figures = []
        for rate, tasks in ((first, 164), (second, 60)):
            own = rng.beta(4 * rate, 4 * (1 - rate), tasks)  # how hard each task is
            rates = rng.binomial(5, own) / 5
            low, high = rate_interval(*by_task(rates, [str(task) for task in range(tasks)]))
            figures.append((float(rates.mean()), float(low), float(high)))
        _, low_, high_ = unpaired_difference(figures[0], figures[1])
        held += low_ <= second - first <= high_
    assert 0.93 <= held / 600 <= 0.99
