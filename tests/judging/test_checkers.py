"""Checkers: what each accepts, against implementations of another kind."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passatk.cases import Checker
from passatk.judging.checkers import check, near

_TEXTS = st.text(alphabet="ab1 \t\r\n.-", max_size=24)


def accepted(kind: str, expected: str, output: str | bytes, **errors: float) -> bool:
    checker = Checker(kind=kind, **errors)  # type: ignore[arg-type]
    return check(checker, expected, output.encode() if isinstance(output, str) else output).outcome == "accepted"


@pytest.mark.parametrize(
    ("kind", "expected", "output", "right"),
    [
        ("exact", "3\n", "3\n", True),
        ("exact", "3\n", "3", False),
        ("exact", "3\n", "3\r\n", False),
        ("lines", "3\n", "3", True),
        ("lines", "3\r\n4\r\n", "3\n4\n", True),
        ("lines", "3\n", "\ufeff3 \n\n", True),
        ("lines", "1 2\n", "1  2\n", False),
        ("lines", "1\n\n2\n", "1\n2\n", False),
        ("lines", "", "\n", True),
        ("lines", "", "0", False),
        ("lines", " 1", "1", False),
        ("tokens", "1 2\n3", "1\n2   3\n", True),
        ("tokens", "1 2 3", "1 23", False),
        ("tokens", "1 2", "1 2 3", False),
        ("tokens", "1.0", "1", False),
        ("unordered_lines", "a\nb\nb\n", "b\na\nb", True),
        ("unordered_lines", "a\nb\nb\n", "a\na\nb", False),
        ("numbers", "1e400", "1e400", True),
        ("numbers", "0", "-0.0", True),
        ("numbers", "nan", "NaN", True),
        ("numbers", "1", "nan", False),
        ("numbers", "inf", "Infinity", True),
        ("numbers", "inf", "1e400", False),
        ("numbers", "yes 1", "yes 1.0", True),
        ("numbers", "yes", "no", False),
        ("numbers", "1", "1e99999999999", False),
        ("numbers", "1", "0x1", False),
        ("numbers", "9" * 5000, "9" * 4999 + "8", False),
        ("numbers", "9" * 5000, "9" * 5000 + ".0", True),
    ],
)
def test_what_is_accepted(kind: str, expected: str, output: str, right: bool) -> None:
    assert accepted(kind, expected, output) is right


def test_an_output_that_is_not_text_is_wrong_and_can_be_spoken_of() -> None:
    said = check(Checker(kind="lines"), "3", b"\xff\xfe3")
    assert said.outcome == "wrong"
    said.words.encode()


@pytest.mark.parametrize("got", ["1.1", "0.9", "1.09"])
def test_an_error_may_be_absolute(got: str) -> None:
    assert accepted("numbers", "1", got, absolute=0.125)
    assert not accepted("numbers", "1", got, absolute=0.0625)


def test_an_error_may_be_relative_to_what_is_expected() -> None:
    assert accepted("numbers", "1000", "1001", relative=0.001953125)
    assert not accepted("numbers", "1", "2", relative=0.5)
    assert not accepted("numbers", "0", "1e-9", relative=0.5)


@given(_TEXTS, _TEXTS)
def test_tokens_are_what_split_makes_of_them(expected: str, output: str) -> None:
    assert accepted("tokens", expected, output) is (expected.split() == output.split())


@given(_TEXTS, _TEXTS)
def test_lines_are_what_splitlines_makes_of_them(expected: str, output: str) -> None:
    def lines(text: str) -> list[str]:
        made = [line.rstrip() for line in text.splitlines()]
        while made and not made[-1]:
            made.pop()
        return made

    assert accepted("lines", expected, output) is (lines(expected) == lines(output))


_NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=3).map(str)
_ERRORS = st.sampled_from([0.0, 0.125, 0.5, 1e-6])


@given(_NUMBERS, _NUMBERS, _ERRORS, _ERRORS)
def test_numbers_are_near_as_decimals_say(wanted: str, got: str, absolute: float, relative: float) -> None:
    with localcontext(prec=200):
        a, b = Decimal(wanted), Decimal(got)
        allowed = max(Decimal(absolute), Decimal(relative) * abs(a))
        assert near(wanted, got, absolute, relative) is (abs(a - b) <= allowed)
