"""What several commands read the same way."""

import pytest

from passatk.cli.options import number_of, numbers_of
from passatk.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"), [("50M", 5e7), ("3e7", 3e7), ("1.5k", 1500), ("2_000", 2000), ("2G", 2e9), ("1b", 1e9)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert number_of(text, "--tokens") == value


@pytest.mark.parametrize("text", ["", "M", "-5", "1e999", "0", "1.5.2", "nan", "5 apples", "²"])
def test_other_texts_are_no_numbers(text: str) -> None:
    with pytest.raises(InputError, match=r"--tokens .*like 50M"):
        number_of(text, "--tokens")


def test_lists_of_numbers_are_read_the_same_way() -> None:
    assert numbers_of("1e12, 3M", "--flops") == (1e12, 3e6)
    assert numbers_of(None, "--flops") is None
    with pytest.raises(InputError, match=r"--flops 'many': expected a positive number"):
        numbers_of("1e12,many", "--flops")
