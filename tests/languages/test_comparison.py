"""What words of failed tests say of the values that were compared."""

import pytest

from passatk.languages import LANGUAGES


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("go", "TestF: Not equal: expected: true actual : false", {"expected": "true", "actual": "false"}),
        ("go", "Error:  \tNot equal: \n expected: []int{1}\n actual  : []int(nil)\n", {"expected": "[]int{1}"}),
        ("rust", "assertion `left == right` failed left: [1, 2] right: []", {"left": "[1, 2]", "right": "[]"}),
        ("rust", "assertion `left == right` failed\n  left: 1\n right: 2\nnote: run with `RUST", {"right": "2"}),
        ("javascript", "Expected values to be strictly equal:\n\n1 !== 2\n", {"actual": "1", "expected": "2"}),
        ("java", "expected: <[1]> but was: <[]>", {"expected": "[1]", "actual": "[]"}),
        ("python", "AssertionError: 2 != 3", {"first": "2", "second": "3"}),
        ("python", "AssertionError: assert f(1) == 2", {}),
        ("cpp", "line 5: f(a)==true", {}),
        ("ruby", "", {}),
    ],
)
def test_compared_values_are_found_in_the_words_of_a_language(language: str, words: str, found: dict[str, str]) -> None:
    told = LANGUAGES[language].comparison(words)
    assert {name: told.get(name) for name in found} == found
    assert bool(told) == bool(found)
