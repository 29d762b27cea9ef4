"""Tests with inputs, as every source of problems makes them."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from passatk.cases import Call, Case, Cases, Checker, Stopping
from passatk.errors import FieldError

_MOST_BYTES = 32 << 20


def made(
    cases: Sequence[Case],
    checker: Checker,
    stop: Stopping = "all",
    field: str = "cases",
    call: Call | UnsetType = UNSET,
) -> Cases:
    """`cases` as tests that say something of a program.

    Raises:
        FieldError: there are none, two share an id, or one is too long to be sent.
    """
    if not cases:
        raise FieldError(field, "there is none", "at least one input with its expected output")
    known: set[str] = set()
    for case in cases:
        if case.id in known:
            raise FieldError(field, f"two of them have the id {case.id!r}", "an id of its own for each")
        known.add(case.id)
        if case.size > _MOST_BYTES:
            raise FieldError(
                field, f"{case.id!r} has {case.size} characters", f"at most {_MOST_BYTES} for input and output together"
            )
    return Cases(cases=tuple(cases), checker=checker, stop=stop, call=call)


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
