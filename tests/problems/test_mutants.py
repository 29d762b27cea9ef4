"""Mutants of references, in text."""

import pytest

from passatk.problems import load
from passatk.problems.mutants import mutants_of
from passatk.records import Asserts, Problem


def problem(reference: str, language: str = "python", **more: bool) -> Problem:
    return Problem(
        task_id="a",
        benchmark="own",
        language=language,
        prompt="" if more else "def f(a):\n",
        tests=Asserts(code=""),
        reference=reference,
        in_function=not more.get("program", False),
    )


def test_one_thing_is_changed_outside_of_strings_and_comments() -> None:
    reference = "    # a + 1 and b\n    if a>1 and a < 5:\n        return max(a, 2) - len('+ 1')\n    return -a\n"
    found = mutants_of(problem(reference), 99)
    assert found[1].change == "line 2: and became or: if a>1 or a < 5:"
    assert [": ".join(one.change.split(": ")[:2]) for one in found] == [
        "line 2: 1 became 2",
        "line 2: and became or",
        "line 2: < became >=",
        "line 2: 5 became 6",
        "line 3: max became min",
        "line 3: 2 became 3",
        "line 3: - became +",
        "line 4: - became +",
        "all of it is left out",
    ]
    changed = [
        sum(one != other for one, other in zip(mutant.text.splitlines(), reference.splitlines(), strict=True))
        for mutant in found[:-1]
    ]
    assert changed == [1] * 8
    assert found[-1].text == "    return None\n"


def test_some_of_many_are_spread_and_always_the_same() -> None:
    reference = "".join(f"    a += {number}\n" for number in range(40)) + "    return a\n"
    some = mutants_of(problem(reference), 4)
    assert [one.change for one in some[:-1]] == [f"line {n}: {n - 1} became {n}: a += {n}" for n in (1, 11, 21, 31)]
    assert some == mutants_of(problem(reference), 4)
    assert mutants_of(problem(reference), 0) == []


def test_a_program_that_does_nothing() -> None:
    assert [one.text for one in mutants_of(problem("print(input())\n", program=True), 8)] == ["pass\n"]


@pytest.mark.parametrize("language", ["cpp", "java", "javascript", "go", "rust"])
def test_every_language_has_some(language: str) -> None:
    known = load(f"basics/written/{language}").problems.values()
    assert sum(len(mutants_of(one, 8)) > 1 for one in known) > len(known) / 2
