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
        allowed = max(Decimal(str(absolute)), Decimal(str(relative)) * abs(a))
        assert near(wanted, got, absolute, relative) is (abs(a - b) <= allowed)


def rational(text: str) -> tuple[int, int]:
    """(n, d) with `text` = n / d, by integers alone."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, part = mantissa.partition(".")
    digits, power = int(whole + part), int(exponent or 0) - len(part)
    return (digits * 10 ** max(power, 0), 10 ** max(-power, 0))


_SIGNED = st.sampled_from(["", "-", "+"])
_WRITTEN = st.one_of(
    st.builds("{}{}.{}".format, _SIGNED, st.integers(0, 10**9), st.text("0123456789", min_size=1, max_size=12)),
    st.builds("{}{}e{}".format, _SIGNED, st.integers(0, 10**6), st.integers(-12, 12)),
    st.builds("{}{}".format, _SIGNED, st.integers(0, 10**60)),
)
_WRITTEN_ERRORS = st.sampled_from(["0.0", "1e-6", "0.000001", "1e-9", "0.1", "0.01", "1e-05", "2.5e-7", "0.3"])


@st.composite
def beside(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """A number, one that is about as far from it as is allowed, and both errors."""
    wanted, absolute, relative = draw(_WRITTEN), draw(_WRITTEN_ERRORS), draw(_WRITTEN_ERRORS)
    if draw(st.booleans()):
        return wanted, draw(_WRITTEN), absolute, relative
    with localcontext(prec=300):
        off = max(Decimal(absolute), Decimal(relative) * abs(Decimal(wanted)))
        got = (
            Decimal(wanted)
            + draw(st.sampled_from([1, -1])) * off
            + Decimal(draw(st.sampled_from(["0", "1e-40", "-1e-40"])))
        )
        return wanted, f"{got:f}", absolute, relative


@given(beside())
def test_numbers_at_the_edge_of_an_error_are_told_by_its_digits(case: tuple[str, str, str, str]) -> None:
    wanted, got, absolute, relative = case
    (a, b), (c, d) = rational(wanted), rational(got)
    off = abs(a * d - b * c), b * d
    (e, f), (g, h) = rational(absolute), rational(relative)
    allowed = off[0] * f <= e * off[1] or off[0] * h * b <= g * abs(a) * off[1]
    assert near(wanted, got, float(absolute), float(relative)) is allowed


@pytest.mark.parametrize(
    ("wanted", "got", "right"),
    [
        ("1", "1.000001", True),
        ("1", "0.999999", True),
        ("0", "0.000001", True),
        ("0", "-1e-6", True),
        ("0", "0.00000100000000000000000001", False),
        ("1000000", "1000001", True),
        ("1000000", "1000001.0000001", False),
        ("7" * 1_000_000, "7" * 1_000_000 + ".0000000", True),
        ("7" * 1_000_000 + ".5", "7" * 1_000_000 + ".500002", True),
        ("0." + "0" * 1_000_000 + "7", "0", True),
        ("1." + "0" * 1_000_000, "1.000002" + "0" * 1_000_000, False),
        ("7" * 1_000_000, "7" * 1_000_000 + "x", False),
        ("7" * 1_000_000, "7" * 999_999 + "8e", False),
        ("7" * 1_000_000, "7" * 500_000, False),
        ("1e99999", "1e-99999", False),
        ("1e-99999", "1e-99998", True),
    ],
    ids=range(16),
)
def test_a_millionth_is_one_however_long_numbers_are(wanted: str, got: str, right: bool) -> None:
    assert near(wanted, got, 1e-6, 1e-6) is right
    many = 100 if len(wanted) < 100 else 1
    assert accepted("numbers", f"{wanted} " * many, f"{got}\n" * many, absolute=1e-6, relative=1e-6) is right
