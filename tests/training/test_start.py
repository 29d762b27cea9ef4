"""Going on from a trained model: its weights, its shape, its tokenizer, and what is recorded of it."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from packing import CONTEXT, make_corpus
from tiny import make_model

from passatk.corpus.packed import PackedCorpus, write_packed
from passatk.errors import InputError, Interrupted, RunFolderError
from passatk.models.codegeex_files import load_folder
from passatk.models.embedded import embedded_folder
from passatk.tokenizer import CodeGeeXTokenizer
from passatk.training import Training, train
from passatk.training.folder import Start, read_losses, read_manifest
from passatk.training.run import manifest_of
from passatk.training.settings import TrainingSettings
from passatk.training.shapes import flops_per_token, shape_of
from passatk.training.start import first_weights, shape_of_start, start_of


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> PackedCorpus:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


def request(corpus: PackedCorpus, out: Path, tokens: int, start: Path | None = None, **changes: Any) -> Training:
    settings = TrainingSettings(
        tokens=tokens, batch_size=4, micro_batch=2, learning_rate=5e-3, seed=changes.pop("seed", 0)
    )
    usual: dict[str, Any] = {"shape": shape_of(1, 32, 2, 400, CONTEXT, 390), "model_dtype": "float32"}
    named = None if start is None else str(start)
    return Training(corpus=corpus.folder, out=out, settings=settings, start=named, threads=1, **{**usual, **changes})


@pytest.fixture(scope="module")
def first(corpus: PackedCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(request(corpus, tmp_path_factory.mktemp("runs") / "first", 4_000)).model


def test_the_first_weights_are_the_models(corpus: PackedCorpus, first: Path, tmp_path: Path) -> None:
    train(request(corpus, tmp_path / "on", 192, first))
    train(request(corpus, tmp_path / "anew", 192))
    (on, anew), last = (
        (next(read_losses(tmp_path / name)) for name in ("on", "anew")),
        list(read_losses(first.parent))[-1],
    )
    assert on.loss < last.loss + 0.5 < anew.loss
    same = [
        p.equal(q) for p, q in zip(load_folder(first).parameters(), first_weights(str(first)).parameters(), strict=True)
    ]
    assert all(same)


def test_what_it_went_on_from_is_recorded(corpus: PackedCorpus, first: Path, tmp_path: Path) -> None:
    second = train(request(corpus, tmp_path / "second", 1_000, first))
    third = train(request(corpus, tmp_path / "third", 500, second.model))
    one, two, three = (read_manifest(path) for path in (first.parent, tmp_path / "second", tmp_path / "third"))
    assert one.start is None
    assert two.start is not None
    assert three.start is not None
    per_token = flops_per_token(one.shape, CONTEXT)
    assert (two.start.tokens, two.start.flops) == (one.tokens, per_token * one.tokens)
    assert three.start.tokens == one.tokens + two.tokens
    assert three.start.flops == pytest.approx(per_token * (one.tokens + two.tokens))
    assert third.start == three.start
    assert len({two.start.fingerprint, three.start.fingerprint}) == 2
    copied = shutil.copytree(first, tmp_path / "copied")
    assert start_of(str(copied), corpus) == msgspec.structs.replace(
        two.start, model=str(copied), tokens=None, flops=None
    )
    unknown = train(request(corpus, tmp_path / "unknown", 192, copied))
    assert start_of(str(unknown.model), corpus).tokens is None


def test_a_stopped_run_goes_on_bit_for_bit(corpus: PackedCorpus, first: Path, tmp_path: Path) -> None:
    whole = train(request(corpus, tmp_path / "whole", 2_000, first))
    moved = shutil.copytree(first, tmp_path / "elsewhere")
    left = iter((False, False, False, True))
    with pytest.raises(Interrupted, match="after step 4 of 11"):
        train(request(corpus, tmp_path / "stopped", 2_000, first), stop=lambda: next(left))
    resumed = train(request(corpus, tmp_path / "stopped", 2_000, moved))
    assert resumed.digest == whole.digest != train(request(corpus, tmp_path / "anew", 2_000)).digest


def test_another_start_is_another_run(corpus: PackedCorpus, first: Path, tmp_path: Path) -> None:
    other = train(request(corpus, tmp_path / "other", 192, seed=1)).model
    left = iter((False, True))
    with pytest.raises(Interrupted):
        train(request(corpus, tmp_path / "run", 2_000, first), stop=lambda: next(left))
    with pytest.raises(RunFolderError, match=r"start\.fingerprint: \w+"):
        train(request(corpus, tmp_path / "run", 2_000, other))
    with pytest.raises(RunFolderError, match=r"start\.fingerprint: \w+.* here, None now"):
        train(request(corpus, tmp_path / "run", 2_000))


def test_what_does_not_fit_is_refused(corpus: PackedCorpus, first: Path, tmp_path: Path) -> None:
    wide = shape_of(1, 48, 2, 400, CONTEXT, corpus.eos)
    refused: list[tuple[Training, str]] = [
        (
            request(corpus, tmp_path / "run", 500, tmp_path / "no"),
            "is no model to go on from: it has no model.safetensors",
        ),
        (request(corpus, tmp_path / "run", 500, first, shape=wide), "has the shape .*hidden=32.*leave it to the model"),
        (
            request(corpus, tmp_path / "run", 500, make_model(tmp_path / "tiny")),
            "is not that of .* pack the corpus with",
        ),
    ]
    for asked, told in refused:
        with pytest.raises(InputError, match=told):
            train(asked)
    assert not (tmp_path / "run").exists()


def test_the_embedded_model_goes_on(corpus: PackedCorpus, tmp_path: Path) -> None:
    theirs = CodeGeeXTokenizer.load(embedded_folder())
    packed = write_packed(tmp_path / "packed", theirs, corpus.train, corpus.valid)
    shape = shape_of_start("embedded")
    asked = msgspec.structs.replace(request(packed, tmp_path / "run", 192, shape=shape), start="embedded")
    start = manifest_of(asked, packed).start
    assert start is not None
    assert start.tokens is not None
    assert start.tokens >= 66_000_000
    assert isinstance(start, Start)
    assert start.flops == pytest.approx(start.tokens * flops_per_token(shape, 384))
    weights = first_weights("embedded")
    assert all(parameter.dtype == torch.float32 for parameter in weights.parameters())
