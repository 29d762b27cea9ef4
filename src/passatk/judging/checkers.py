"""Whether an output is the expected one. Pure functions of texts: they decide nothing else.

All of them but `exact` take line ends of Windows and of old Macs for others, and leave out a byte order mark. An output
that is not UTF-8 is compared as it is: what is not equal to the expected bytes is wrong.
"""

import re
from collections import Counter
from collections.abc import Callable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from functools import lru_cache
from itertools import zip_longest

from passatk.cases import Checked, Checker

_ACCEPTED = Checked(outcome="accepted")
_SHOWN = 60
_NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d+)?", re.ASCII)
_UNBOUNDED = re.compile(r"([+-]?)(?:inf|infinity)|[+-]?(nan)", re.IGNORECASE | re.ASCII)
_SPACE = " \t\n\r\v\f"
_TOKEN = re.compile(rf"[^{_SPACE}]+")
_MOST_EXPONENT = 100_000
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Nothing is rounded, and sums and products with a short number take no longer than to read the long one."""


def check(checker: Checker, expected: str, output: bytes) -> Checked:
    """What `checker` says of `output`."""
    if checker.kind == "any":
        return _ACCEPTED
    if checker.kind == "exact":
        return _exact(expected, output)
    found = _lines_ends(output.decode("utf-8", "surrogateescape"))
    return _COMPARE[checker.kind](_lines_ends(expected), found, checker)


def _exact(expected: str, output: bytes) -> Checked:
    wanted = expected.encode("utf-8", "surrogatepass")
    if output == wanted:
        return _ACCEPTED
    same = next((at for at, (a, b) in enumerate(zip(wanted, output, strict=False)) if a != b), None)
    at = min(len(wanted), len(output)) if same is None else same
    return _wrong(f"byte {at + 1} differs; expected {len(wanted)} bytes, got {len(output)}")


def _lines(expected: str, output: str, _: Checker) -> Checked:
    """Line by line, without blanks at their ends, and without empty lines at the end of all."""
    for number, (wanted, got) in enumerate(zip_longest(_trimmed(expected), _trimmed(output)), 1):
        if wanted != got:
            return _wrong(f"line {number}: {_differing(wanted, got)}")
    return _ACCEPTED


def _unordered_lines(expected: str, output: str, _: Checker) -> Checked:
    """The same lines, each as often, in any order; empty lines do not count."""
    wanted, got = (Counter(line for line in _trimmed(text) if line) for text in (expected, output))
    if wanted == got:
        return _ACCEPTED
    missing, extra = wanted - got, got - wanted
    told = [f"missing {_quoted(next(iter(missing)))}"] if missing else []
    told += [f"not expected {_quoted(next(iter(extra)))}"] if extra else []
    return _wrong(f"lines in any order: {', '.join(told)}")


def _tokens(expected: str, output: str, _: Checker) -> Checked:
    for number, (wanted, got) in enumerate(zip_longest(_TOKEN.findall(expected), _TOKEN.findall(output)), 1):
        if wanted != got:
            return _wrong(f"token {number}: {_differing(wanted, got)}")
    return _ACCEPTED


def _numbers(expected: str, output: str, checker: Checker) -> Checked:
    """Tokens, of which those that are numbers in the expected text may differ by an error."""
    for number, (wanted, got) in enumerate(zip_longest(_TOKEN.findall(expected), _TOKEN.findall(output)), 1):
        if wanted is None or got is None or not near(wanted, got, checker.absolute, checker.relative):
            return _wrong(f"token {number}: {_differing(wanted, got)}")
    return _ACCEPTED


def near(wanted: str, got: str, absolute: float, relative: float) -> bool:
    """Whether |got - wanted| <= max(absolute, relative x |wanted|), computed exactly in decimals.

    An error is the decimal that it is written as: 1e-6 is a millionth, not the float beside it.

    What is no number has to be equal. Infinities are near only themselves, and so is NaN.
    """
    if wanted == got:
        return True
    if (one := _unbounded(wanted)) is not None:
        return one == _unbounded(got)
    if not (_NUMBER.fullmatch(wanted) and _NUMBER.fullmatch(got)):
        return False
    if _too_far(wanted) or _too_far(got):
        return False  # equal spelling was asked first
    x, y = Decimal(wanted), Decimal(got)
    off = _EXACT.subtract(y, x).copy_abs()
    return off <= _written(absolute) or off <= _EXACT.multiply(_written(relative), x.copy_abs())


@lru_cache
def _written(error: float) -> Decimal:
    """An error as it is written: the shortest decimal that is this float."""
    return Decimal(repr(error))


def _unbounded(token: str) -> str | None:
    found = _UNBOUNDED.fullmatch(token)
    if found is None:
        return None
    return "nan" if found[2] else "-" if found[1] == "-" else "+"


def _too_far(token: str) -> bool:
    """Whether the exponent is one that nobody means, and that would need much memory as a fraction."""
    _, _, exponent = token.lower().partition("e")
    return bool(exponent) and (len(exponent) > 8 or abs(int(exponent)) > _MOST_EXPONENT)


def _lines_ends(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _trimmed(text: str) -> list[str]:
    return [line.rstrip(_SPACE) for line in text.rstrip(_SPACE).split("\n")]


def _differing(wanted: str | None, got: str | None) -> str:
    if wanted is None:
        return f"nothing more expected, got {_quoted(got or '')}"
    if got is None:
        return f"expected {_quoted(wanted)}, and the output ended"
    at = next((n for n, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got)))
    start = max(0, at - _SHOWN // 2)
    if start == 0:
        return f"expected {_quoted(wanted)}, got {_quoted(got)}"
    return f"at character {at + 1}, expected {_quoted(wanted[start:])}, got {_quoted(got[start:])}"


def _quoted(text: str) -> str:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return repr(shown.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


def _wrong(words: str) -> Checked:
    return Checked(outcome="wrong", words=words)


_COMPARE: dict[str, Callable[[str, str, Checker], Checked]] = {
    "lines": _lines,
    "unordered_lines": _unordered_lines,
    "tokens": _tokens,
    "numbers": _numbers,
}
