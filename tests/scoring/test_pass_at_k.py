"""pass@k and pass^k against exact rational arithmetic."""

from fractions import Fraction
from math import comb

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passatk.errors import InputError, ScoreRefusedError
from passatk.records import Consistency, Score
from passatk.scoring import Counts, pass_at_k, pass_hat_k, score


@given(st.data())
def test_pass_at_k_equals_the_exact_fraction(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 400))
    c = data.draw(st.integers(0, n))
    k = data.draw(st.integers(1, n))
    exact = 1 - Fraction(comb(n - c, k), comb(n, k))
    assert pass_at_k(n, c, k) == pytest.approx(float(exact), abs=1e-12)


@given(st.data())
def test_pass_hat_k_equals_the_exact_fraction(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 400))
    c = data.draw(st.integers(0, n))
    k = data.draw(st.integers(1, n))
    assert pass_hat_k(n, c, k) == pytest.approx(float(Fraction(comb(c, k), comb(n, k))), abs=1e-12)


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


def test_a_score_says_how_many_problems_pass_always_sometimes_never() -> None:
    result = score("g", counts(0, 0, 3, 10), {}, [1, 2])
    assert result.consistency == Consistency(always=1, sometimes=1, never=2)
    assert [p.k for p in result.pass_hat_k] == [2]
    assert result.pass_hat_k[0].estimate == pytest.approx((comb(3, 2) / comb(10, 2) + 1) / 4)


def test_an_older_score_can_still_be_read() -> None:
    older = (
        b'{"group": "python", "problems": 1, "left_out": 0, "samples": 2, "statuses": {"passed": 2}, "pass_at_k": []}'
    )
    assert msgspec.json.decode(older, type=Score).consistency is None


def test_a_k_some_problem_has_too_few_samples_for_is_refused_by_name() -> None:
    result = score("g", [*counts(1, 2), Counts(task_id="T/9", n=4, c=1)], {}, [1, 10])
    assert [p.k for p in result.pass_at_k] == [1]
    assert result.refused == ("pass@10 needs 10 samples per problem: 1 of 3 problems has fewer (T/9 has 4)",)


def test_no_problem_means_no_figure() -> None:
    assert score("g", [], {}, [1]).pass_at_k == ()
