"""pass@k against exact rational arithmetic, and the bootstrap."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passatk.errors import InputError, ScoreRefusedError
from passatk.scoring import Counts, pass_at_k, score


@given(st.data())
def test_pass_at_k_equals_the_exact_fraction(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 400))
    c = data.draw(st.integers(0, n))
    k = data.draw(st.integers(1, n))
    exact = 1 - Fraction(comb(n - c, k), comb(n, k))
    assert pass_at_k(n, c, k) == pytest.approx(float(exact), abs=1e-12)


@pytest.mark.parametrize(("n", "k"), [(1, 2), (9, 10), (5, 0), (5, -1)])
def test_an_undefined_pass_at_k_is_refused(n: int, k: int) -> None:
    with pytest.raises(ScoreRefusedError, match=f"pass@{k}"):
        pass_at_k(n, 0, k)


@pytest.mark.parametrize("c", [-1, 6])
def test_impossible_counts_are_an_error(c: int) -> None:
    with pytest.raises(InputError, match="between 0 and n"):
        pass_at_k(5, c, 1)


def counts(*passed: int, n: int = 10) -> list[Counts]:
    return [Counts(task_id=f"T/{i}", n=n, c=c) for i, c in enumerate(passed)]


def test_the_score_is_the_mean_over_problems() -> None:
    result = score("g", counts(0, 5, 10), {}, [1, 10])
    assert [p.k for p in result.pass_at_k] == [1, 10]
    assert result.pass_at_k[0].estimate == pytest.approx(0.5)
    assert result.pass_at_k[1].estimate == pytest.approx(2 / 3)
    assert result.samples == 30


def test_the_interval_is_the_percentile_bootstrap_over_problems() -> None:
    passed = [i % 11 for i in range(40)]
    estimate = score("g", counts(*passed), {}, [1]).pass_at_k[0]
    values = np.array(passed) / 10
    spread = values.std() / np.sqrt(len(values))
    assert estimate.low == pytest.approx(values.mean() - 1.96 * spread, abs=0.01)
    assert estimate.high == pytest.approx(values.mean() + 1.96 * spread, abs=0.01)


def test_the_interval_repeats_with_its_seed_and_moves_with_another() -> None:
    many = counts(*[i % 7 for i in range(30)])
    first, again, other = (score("g", many, {}, [1], seed).pass_at_k[0] for seed in (3, 3, 4))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_a_k_some_problem_has_too_few_samples_for_is_refused_by_name() -> None:
    result = score("g", [*counts(1, 2), Counts(task_id="T/9", n=4, c=1)], {}, [1, 10])
    assert [p.k for p in result.pass_at_k] == [1]
    assert result.refused == ("pass@10 needs 10 samples per problem: 1 of 3 problems has fewer (T/9 has 4)",)


def test_no_problem_means_no_figure() -> None:
    assert score("g", [], {}, [1]).pass_at_k == ()
