import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passatk.errors import InputError
from passatk.problems import load
from passatk.tokenizer import CodeGeeXTokenizer
from passatk.tokenizer.training import SMALLEST, train

EXAMPLES = {
    "def f(a):\n    return  a": [4299, 277, 7, 64, 2599, 198, 50268, 7783, 50266, 64],
    "            deep": [50274, 50266, 22089],
    "\t x": [197, 2124],
    "日本語 ok": [33768, 98, 17312, 105, 45739, 252, 12876],
}
ODD_TEXTS = [
    "",
    " ",
    "\n\n  \n",
    "<|endoftext|>",
    "<|extratoken_12|>",
    "a\r\nb\tc\u00a0d\u3000e",
    "\x00\x01\ufeff\ufffd",
    "👩‍👩‍👧 ﷽ ñ",
    "\u0301combining",
]


@pytest.fixture(scope="session")
def codegeex(data: Path) -> CodeGeeXTokenizer:
    return CodeGeeXTokenizer.load(data / "codegeex-tokenizer")


@pytest.fixture(scope="session")
def small() -> CodeGeeXTokenizer:
    return train(["def add(a, b):\n    return a + b\n" * 3, "for i in range(10):\n        print(i)\n"], 300)


@pytest.mark.parametrize("text", EXAMPLES)
def test_ids_are_the_reference_s(codegeex: CodeGeeXTokenizer, text: str) -> None:
    assert codegeex.encode(text) == EXAMPLES[text]


def test_every_text_of_humaneval_x_comes_back(codegeex: CodeGeeXTokenizer, data: Path) -> None:
    problems = load(str(data / "humaneval-x")).problems
    assert len(problems) == 984
    for problem in problems.values():
        text = problem.prompt + problem.solution + problem.tests.code
        assert codegeex.decode(codegeex.encode(text)) == text


@pytest.mark.parametrize("spaces", range(1, 201))
def test_runs_of_spaces_come_back_in_tens_first(codegeex: CodeGeeXTokenizer, spaces: int) -> None:
    ids = codegeex.encode("a" + " " * spaces + "b")
    assert codegeex.decode(ids) == "a" + " " * spaces + "b"
    tens, rest = divmod(spaces, 10)
    runs = [token - 50256 - 8 for token in ids if token > 50256]
    assert runs == [10] * tens + [rest] * (rest > 1)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_come_back(codegeex: CodeGeeXTokenizer, text: str) -> None:
    assert codegeex.decode(codegeex.encode(text)) == text


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_with_any_tokenizer(small: CodeGeeXTokenizer, text: str) -> None:
    assert small.decode(small.encode(text)) == text


def test_text_cannot_end_a_sample(codegeex: CodeGeeXTokenizer) -> None:
    assert codegeex.eos == 50256
    assert codegeex.eos not in codegeex.encode("a<|endoftext|>b")


def test_only_the_end_of_text_is_special(codegeex: CodeGeeXTokenizer) -> None:
    ids = [*codegeex.encode("x =  1"), codegeex.eos]
    assert codegeex.decode(ids) == "x =  1<|endoftext|>"
    assert codegeex.decode(ids, skip_special_tokens=True) == "x =  1"
    assert codegeex.decode([50257], skip_special_tokens=True) == "<|extratoken_1|>"


def test_padding_of_the_vocabulary_means_nothing(codegeex: CodeGeeXTokenizer) -> None:
    assert codegeex.size == 50400
    assert codegeex.decode([50400, 52223, 64]) == "a"
    assert codegeex.meaningless(52224) == list(range(50400, 52224))


def test_a_character_cut_in_two_is_shown_as_one_that_is_not_there(codegeex: CodeGeeXTokenizer) -> None:
    assert codegeex.decode(codegeex.encode("日")[:1]) == "\ufffd"


def test_lone_surrogates_are_refused(codegeex: CodeGeeXTokenizer) -> None:
    with pytest.raises(InputError, match=r"'\\ud800' at character 1"):
        codegeex.encode("a\ud800")


def test_a_new_one_learns_and_is_the_same_every_time(tmp_path: Path) -> None:
    rng = random.Random(0)
    words = ["return", "    ", "def", "(a, b)", "\n", "sorted", "len", " = "]

    def texts() -> Iterator[str]:
        return ("".join(rng.choices(words, k=50)) for _ in range(100))

    first = train(texts(), 320)
    rng = random.Random(0)
    assert train(texts(), 320).encode("def sorted(a, b)\n    return len") == first.encode(
        "def sorted(a, b)\n    return len"
    )
    assert first.size == 320
    assert len(first.encode("sorted")) == 1
    assert first.meaningless(322) == [320, 321]
    first.save(tmp_path)
    assert CodeGeeXTokenizer.load(tmp_path).encode("x  sorted") == first.encode("x  sorted")


def test_too_small_a_size_is_refused() -> None:
    with pytest.raises(InputError, match=f"at least {SMALLEST}"):
        train(["a"], 100)


def test_damaged_folders_are_named(tmp_path: Path, small: CodeGeeXTokenizer) -> None:
    with pytest.raises(InputError, match=r"cannot read .*vocab\.json"):
        CodeGeeXTokenizer.load(tmp_path)
    small.save(tmp_path)
    (tmp_path / "added_tokens.json").write_text(json.dumps({"<|extratoken_10|>": 5}))
    with pytest.raises(InputError, match=r"no token <\|extratoken_11\|>"):
        CodeGeeXTokenizer.load(tmp_path)
    small.save(tmp_path)
    (tmp_path / "merges.txt").write_text("a b c\n")
    with pytest.raises(InputError, match="'a b c'"):
        CodeGeeXTokenizer.load(tmp_path)
    (tmp_path / "merges.txt").write_text("zz yy\n")
    with pytest.raises(InputError, match="no BPE tokenizer"):
        CodeGeeXTokenizer.load(tmp_path)
