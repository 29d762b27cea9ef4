import json
from pathlib import Path

import numpy as np
import pytest
from packing import make_corpus, some_windows

from passatk.corpus.packed import PackedCorpus, Windows, load_packed, write_packed
from passatk.errors import InputError, SourceError


@pytest.fixture
def corpus(tmp_path: Path) -> PackedCorpus:
    return make_corpus(tmp_path / "corpus")


def test_a_corpus_comes_back(corpus: PackedCorpus) -> None:
    again = load_packed(corpus.folder)
    assert (again.context, again.vocabulary) == (48, 400)
    assert again.manifest["documents"] == 28
    assert again.manifest["windows"] == {"train": len(again.train), "valid": len(again.valid)}
    assert again.manifest["counted_tokens"]["train"] == again.train.counts.sum() > 0
    text = again.tokenizer().decode(again.train.tokens[0].tolist())
    assert "def " in text
    assert again.eos == again.tokenizer().eos


def test_the_hash_is_of_what_can_change_a_model(corpus: PackedCorpus, tmp_path: Path) -> None:
    path = corpus.folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "made": "elsewhere"}))
    assert load_packed(corpus.folder).sha256() == corpus.sha256()
    counts = np.array(corpus.train.counts)
    counts[0, -1] = ~counts[0, -1]
    other = write_packed(
        tmp_path / "other", corpus.tokenizer(), Windows(tokens=corpus.train.tokens, counts=counts), corpus.valid
    )
    assert other.sha256() != corpus.sha256()


def test_arrays_are_mapped(corpus: PackedCorpus) -> None:
    assert isinstance(corpus.train.tokens, np.memmap)


def test_what_is_missing_is_named(corpus: PackedCorpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing is no packed corpus: cannot read .*manifest\.json"):
        load_packed(tmp_path / "nothing")
    (corpus.folder / "valid_counts.npy").unlink()
    with pytest.raises(InputError, match=r"valid_counts\.npy"):
        load_packed(corpus.folder)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "other"}, "field 'format'"),
        ({"version": 2}, "version 2"),
        ({"context": 47}, r"uint16 \[\d+, 49\]; expected uint16 \[\d+, 48\]"),
        ({"context": 0}, "context 0"),
        ({"windows": {"train": 0, "valid": 1}}, "train has no windows"),
        ({"vocabulary": 300}, "at least 400"),
        ({"vocabulary": "many"}, "Expected `int`"),
    ],
)
def test_manifests_that_do_not_fit_are_refused(corpus: PackedCorpus, change: dict[str, object], told: str) -> None:
    path = corpus.folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(SourceError, match=told):
        load_packed(corpus.folder)


def test_arrays_that_break_a_rule_are_refused(corpus: PackedCorpus, tmp_path: Path) -> None:
    tokens, counts = some_windows(6, 48, 400)
    good, tokenizer = Windows(tokens=tokens, counts=counts), corpus.tokenizer()
    first = counts.copy()
    first[4, 0] = True
    with pytest.raises(SourceError, match="window 4 counts its first token"):
        write_packed(tmp_path / "a", tokenizer, Windows(tokens=tokens, counts=first), good)
    far = tokens.copy()
    far[3, 7] = 401
    with pytest.raises(SourceError, match=r"window 3 holds token 401; expected ids below 400"):
        write_packed(tmp_path / "b", tokenizer, good, Windows(tokens=far, counts=counts))
    with pytest.raises(SourceError, match="no token counts"):
        write_packed(tmp_path / "c", tokenizer, good, Windows(tokens=tokens, counts=np.zeros_like(counts)))
    np.save(corpus.folder / "train_tokens.npy", corpus.train.tokens.astype(np.int32))
    with pytest.raises(SourceError, match="int32"):
        load_packed(corpus.folder)
    (corpus.folder / "train_tokens.npy").write_bytes(b"no array")
    with pytest.raises(InputError, match=r"train_tokens\.npy as an array"):
        load_packed(corpus.folder)
