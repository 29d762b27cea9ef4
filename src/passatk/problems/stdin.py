"""Tests with inputs, as every source of problems makes them."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from passatk.cases import Call, Case, Cases, Checker, Stopping
from passatk.errors import FieldError, LeftOutError

_MOST_BYTES = 32 << 20
_MOST_CPU_S = 1e6
_LEAST_MEMORY, _MOST_MEMORY = 1 << 20, 1 << 44
NO_TESTS = "no tests"
"""Why a problem is left out."""
_LARGEST = 1e300
"""Of weights and of errors of numbers: finite, and sums of them too."""


def made(
    cases: Sequence[Case],
    checker: Checker,
    stop: Stopping = "all",
    field: str = "cases",
    call: Call | UnsetType = UNSET,
) -> Cases:
    """`cases` as tests that say something of a program.

    Raises:
        LeftOutError: there are none.
        FieldError: two share an id, one cannot be sent, or a number says nothing.
    """
    if not cases:
        raise LeftOutError(field, "there is none", "at least one input with its expected output", NO_TESTS)
    known: set[str] = set()
    for case in cases:
        if case.id in known:
            raise FieldError(field, f"two of them have the id {case.id!r}", "an id of its own for each")
        known.add(case.id)
        if case.size > _MOST_BYTES:
            raise FieldError(
                field, f"{case.id!r} has {case.size} characters", f"at most {_MOST_BYTES} for input and output together"
            )
        _check(case, field)
    for name, error in (("absolute", checker.absolute), ("relative", checker.relative)):
        if not 0 <= error <= _LARGEST:
            raise FieldError(f"checker.{name}", f"is {error:g}", f"an error from 0 to {_LARGEST:g}")
    return Cases(cases=tuple(cases), checker=checker, stop=stop, call=call)


def _check(case: Case, field: str) -> None:
    """Raises FieldError where nothing could be judged by it, or all would fail."""
    for text in (case.stdin, case.expected):
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise FieldError(
                    field, f"{case.id!r} has half a character (at {error.start})", "text that UTF-8 can write"
                ) from error
    if case.cpu_s is not None and not 0 < case.cpu_s <= _MOST_CPU_S:
        raise FieldError(
            field, f"{case.id!r} may use {case.cpu_s:g} CPU seconds", f"more than 0, up to {_MOST_CPU_S:g}"
        )
    if case.memory_bytes is not None and not _LEAST_MEMORY <= case.memory_bytes <= _MOST_MEMORY:
        raise FieldError(field, f"{case.id!r} may use {case.memory_bytes} bytes of memory", "from 1 MiB to 16 TiB")
    if not 0 <= case.weight <= _LARGEST:
        raise FieldError(field, f"{case.id!r} weighs {case.weight:g}", f"a weight from 0 to {_LARGEST:g}")


def paired(
    inputs: Sequence[str], outputs: Sequence[str], field: str, first: int = 1, public: bool = False
) -> list[Case]:
    """One case for each input and its output, numbered from `first`.

    Raises:
        FieldError: there are more of one than of the other.
    """
    if len(inputs) != len(outputs):
        raise FieldError(
            field,
            f"has {len(inputs)} inputs and {len(outputs)} outputs",
            "an output for every input, in the same order",
        )
    pairs = enumerate(zip(inputs, outputs, strict=True), first)
    return [Case(id=str(number), stdin=stdin, expected=expected, public=public) for number, (stdin, expected) in pairs]
