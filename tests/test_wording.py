"""Words of messages."""

import pytest

from passatk.wording import counted


@pytest.mark.parametrize(("number", "words"), [(0, "0 samples are"), (1, "1 sample is"), (2, "2 samples are")])
def test_one_is_singular_and_every_other_number_plural(number: int, words: str) -> None:
    assert counted(number, "sample is", "samples are") == words
    assert counted(number, "sample") == " ".join(words.split()[:2])
