"""The problems of `basics` that were written by hand, as functions that no corpus and no generated problem may be."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from passatk.corpus.programs import AbstractProgram, OutOfRange
from passatk.problems.basics import written
from passatk.problems.rendering import Case, Specification

_NEAR = 1e-6
"""How far from the right float the suite's tests let an answer be."""


def written_problem(program: AbstractProgram) -> Specification | None:
    """The written problem whose examples and tests a program passes, or None.

    A case for which it goes beyond what languages agree on decides nothing: the problem may mean that function.
    """
    types = (program.takes, *(type_ for _, type_ in program.extra), program.gives)
    for specification, cases in _by_types().get(types, ()):
        if all(_passes(program, case) for case in cases):
            return specification
    return None


@cache
def _by_types() -> Mapping[tuple[str, ...], list[tuple[Specification, list[Case]]]]:
    """Types of parameters and result -> problems and their cases, those first that most programs fail: the longest."""
    found: dict[tuple[str, ...], list[tuple[Specification, list[Case]]]] = {}
    for _, specification in written():
        cases = sorted([*specification.tests, *specification.examples], key=lambda case: -len(repr(case.arguments)))
        types = (*(type_ for _, type_ in specification.parameters), specification.returns)
        found.setdefault(types, []).append((specification, cases))
    return found


def _passes(program: AbstractProgram, case: Case) -> bool:
    try:
        answer: Any = program(*case.arguments)
    except OutOfRange:
        return True
    except ZeroDivisionError:  # a parameter may be zero there that stands for a divisor here
        return False
    return bool(abs(answer - case.result) < _NEAR if program.gives == "float" else answer == case.result)
