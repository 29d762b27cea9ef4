"""Runs joined by problem and language."""

import pytest
from comparing_cases import manifest, run, trace
from scipy import stats

from passatk.comparing import Cause, compare
from passatk.errors import InputError
from passatk.runs import Trace


def test_the_same_run_twice_is_no_change() -> None:
    once = run(*(trace("Python/0", i, "passed" if i else "wrong_answer") for i in range(3)))
    found = compare(once, once)
    assert found.identical
    assert (found.changed, found.causes, found.changes) == ((), {}, ())
    assert found.verdict is not None
    assert (found.verdict.difference, found.verdict.p) == (0, 1)
    assert not found.is_worse(1.0)


def test_one_sample_each_has_mcnemars_p_value() -> None:
    failing = range(3), range(2, 15)
    before, after = (
        run(*(trace(f"Python/{i}", 0, "wrong_answer" if i in own else "passed") for i in range(40))) for own in failing
    )
    found = compare(before, after)
    (one,) = found.differences
    assert (one.better, one.worse, one.same) == (2, 12, 26)
    assert one.difference == pytest.approx(-10 / 40)
    assert one.p == pytest.approx(stats.binomtest(2, 14).pvalue)
    assert one.low < one.difference < one.high < 0
    assert found.is_worse(0.05)
    assert not found.is_worse(0.001)
    assert not compare(after, before).is_worse(1.0)


def test_languages_stand_apart_and_overall_counts_a_task_once() -> None:
    names = [f"{prefix}/{i}" for prefix in ("Python", "CPP") for i in range(20)]
    before = run(*(trace(name, 0, "wrong_answer") for name in names))
    after = run(*(trace(name, 0, "passed" if int(name.partition("/")[2]) < 6 else "wrong_answer") for name in names))
    found = compare(before, after)
    assert [(one.group, one.problems, one.tasks) for one in found.differences] == [
        ("python", 20, 20),
        ("cpp", 20, 20),
        ("overall", 40, 20),
    ]
    python, _, overall = found.differences
    assert (overall.low, overall.high, overall.p) == pytest.approx((python.low, python.high, python.p))
    assert found.verdict == overall


def test_tiers_stand_below_their_language_and_never_decide() -> None:
    names = [f"{prefix}/{i}" for prefix in ("Python", "CPP") for i in range(4)]

    def own(status: str, without: int = 9) -> list[Trace]:
        return [
            trace(name, 0, status if name[-1] == "3" else "passed", tier="deep" if name[-1] == "3" else "")
            if name.startswith("CPP")
            else trace(name, 0, status if name[-1] in "13" else "passed", tier="deep" if name[-1] in "13" else "flat")
            for name in names[:without]
        ]

    found = compare(run(*own("passed")), run(*own("wrong_answer")))
    assert [(one.group, one.problems, one.worse) for one in found.differences] == [
        ("python", 4, 2),
        ("python/flat", 2, 0),
        ("python/deep", 2, 2),
        ("cpp", 4, 1),
        ("cpp/", 3, 0),
        ("cpp/deep", 1, 1),
        ("overall", 8, 3),
    ]
    assert found.verdict == found.differences[-1]
    one_language = compare(run(*own("passed", 4)), run(*own("wrong_answer", 4)))
    assert [one.group for one in one_language.differences] == ["python", "python/flat", "python/deep"]
    assert one_language.verdict == one_language.differences[0]


def test_every_k_that_all_problems_have_samples_for() -> None:
    before = run(*(trace("Python/0", i) for i in range(10)), *(trace("Python/1", i) for i in range(12)))
    after = run(*(trace(f"Python/{task}", i) for task in range(2) for i in range(11)))
    assert [one.k for one in compare(before, after).differences] == [1, 10]
    with pytest.raises(InputError, match="pass@11 needs at least 11 samples"):
        compare(before, after, [11])


def test_unequal_numbers_of_samples_compare_by_rate() -> None:
    before = run(trace("Python/0", 0), trace("Python/0", 1, "wrong_answer"))
    after = run(trace("Python/0", 0), trace("Python/0", 1, "wrong_answer"), trace("Python/0", 2, "wrong_answer"))
    (one,) = compare(before, after).changed
    assert (one.change, one.cause, one.flips) == ("worse", Cause.NUMBER, ())


def test_as_many_but_other_samples_are_the_same_rate_and_two_flips() -> None:
    before = run(trace("Python/0", 0), trace("Python/0", 1, "wrong_answer"))
    after = run(trace("Python/0", 0, "wrong_answer"), trace("Python/0", 1))
    found = compare(before, after)
    assert [(one.change, len(one.flips)) for one in found.changed] == [("same", 2)]
    assert found.causes == {"instability": 2}


def test_unfit_and_unjudged_problems_are_left_out() -> None:
    names = ("Python/0", "Python/1", "Python/2")
    before = run(*(trace(name, 0) for name in names), trace("Python/3", 0))
    after = run(
        trace("Python/0", 0, "not_judged"),
        trace("Python/1", 0),
        trace("Python/2", 0),
        trace("Python/4", 0),
        references={"Python/1": ("r", "runtime_error")},
    )
    found = compare(before, after)
    assert (found.problems, found.left_out, found.only_before, found.only_after) == (1, 2, 1, 1)


def test_a_failure_with_another_status_is_counted_apart() -> None:
    found = compare(run(trace("Python/0", 0, "wrong_answer")), run(trace("Python/0", 0, "time_limit")))
    assert (found.status_only, found.changed, found.identical) == (1, (), False)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"tests": "example"}, "tests: hidden, then example"),
        ({"target_language": "go"}, "target language: none, then go"),
        ({"toolchain_options": ("cpp=-O2",), "problems_sha256": "bb"}, "toolchain options: none, then"),
        ({"problems": "mbpp", "problems_sha256": "bb"}, "problems: humaneval-x, then mbpp"),
    ],
)
def test_runs_that_do_not_compare_are_refused_by_name(changes: dict[str, object], told: str) -> None:
    before, after = run(trace("Python/0", 0)), run(trace("Python/0", 0), name="b", made_by=manifest(**changes))
    with pytest.raises(InputError, match=told) as refused:
        compare(before, after)
    assert refused.value.setting == "anyway"
    (reason,) = compare(before, after, anyway=True).anyway
    assert told in reason


def test_a_part_of_a_benchmark_compares_with_all_of_it() -> None:
    part = manifest(problems="humaneval-x/python", problems_sha256="bb")
    found = compare(run(trace("Python/0", 0), trace("CPP/0", 0)), run(trace("Python/0", 0), made_by=part))
    assert (found.problems, found.only_before) == (1, 1)


def test_problems_of_one_name_and_other_text_are_refused() -> None:
    other = manifest(problems_sha256="bb")
    traces = [trace(f"Python/{i}", 0) for i in range(3)]
    references = {one.task_id: (f"reference {one.task_id}", "passed") for one in traces}
    changed = run(*traces, made_by=other, references={**references, "Python/1": ("another", "passed")})
    with pytest.raises(InputError, match="text or tests of 1 of 3 shared problems, among them Python/1"):
        compare(run(*traces), changed)
    with pytest.raises(InputError, match="their hashes differ, and Python/0 has no reference"):
        compare(run(*traces), run(*traces, made_by=other, references={}))


def test_nothing_in_common_is_refused_even_so() -> None:
    with pytest.raises(InputError, match="no problem in common"):
        compare(run(trace("Python/0", 0)), run(trace("Python/1", 0)), anyway=True)
    with pytest.raises(InputError, match="no problem in common"):
        compare(run(), run(), anyway=True)
