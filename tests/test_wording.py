"""Words of messages."""

import pytest

from passatk.wording import counted, harmless


@pytest.mark.parametrize(("number", "words"), [(0, "0 samples are"), (1, "1 sample is"), (2, "2 samples are")])
def test_one_is_singular_and_every_other_number_plural(number: int, words: str) -> None:
    assert counted(number, "sample is", "samples are") == words
    assert counted(number, "sample") == " ".join(words.split()[:2])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 日本語 é\n\tas it is", "plain text, 日本語 é\n\tas it is"),
        ("\x1b[31mred\x1b]8;;http://x\x07", r"\x1b[31mred\x1b]8;;http://x\x07"),
        ("\x00\r\x7f\x9b", r"\x00\x0d\x7f\x9b"),
        ("a\u202eb\u2066c\u200b\ufeff\u2028", r"a\u202eb\u2066c\u200b\ufeff\u2028"),
        ("\udc80 \U000e0041", r"\udc80 \U000e0041"),
    ],
)
def test_what_a_terminal_obeys_or_nobody_sees_is_escaped(text: str, shown: str) -> None:
    assert harmless(text) == shown
    assert harmless(harmless(text)) == shown


def test_line_breaks_are_kept_where_they_are_wanted() -> None:
    assert harmless("a\n\tb", keep="") == r"a\x0a\x09b"
