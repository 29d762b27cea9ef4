import math
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
import torch
from packing import CONTEXT, make_corpus, some_windows
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it

from passatk.corpus.packed import PackedCorpus, Windows
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.training.loss import summed_loss
from passatk.training.optimizer import orthogonal
from passatk.training.settings import TrainingSettings
from passatk.training.shapes import shape_of
from passatk.training.trainer import Trainer
from passatk.training.weights import Weights

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here"))]
SHAPE = CodeGeeXConfig(layers=2, hidden=32, heads=2, feed_forward=64, positions=24, vocabulary=80, eos=79)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> PackedCorpus:
    return make_corpus(tmp_path_factory.mktemp("corpus"), documents=4)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def settings(**changes: object) -> TrainingSettings:
    usual = {
        "tokens": 20_000,
        "batch_size": 4,
        "micro_batch": 4,
        "learning_rate": 5e-3,
        "precision": "float32",
        "optimizer": "adamw",
    }
    return TrainingSettings(**{**usual, **changes})  # type: ignore[arg-type]


def trainer(corpus: PackedCorpus, device: str = "cpu", **changes: object) -> Trainer:
    shape = shape_of(2, 48, 2, 400, CONTEXT, corpus.eos)
    return Trainer(corpus, shape, settings(**changes), device)


def plain_loss(model: CodeGeeX, tokens: Tensor, counts: Tensor) -> Tensor:
    """One window after the other, every attention weight and every logit written out."""
    total = torch.zeros(())
    for window, counted in zip(tokens, counts, strict=True):
        length = len(window) - 1

        def attend(_layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
            scores = torch.einsum("qhw,khw->hqk", queries, keys) / math.sqrt(queries.shape[2])
            later = torch.ones(scores.shape[1:], dtype=torch.bool, device=scores.device).triu(1)
            return torch.einsum("hqk,khw->qhw", scores.masked_fill(later, -torch.inf).softmax(-1), values)

        hidden = model(window[:-1], torch.arange(length, device=tokens.device), attend)
        logs = F.linear(hidden, model.word_embeddings.weight).log_softmax(-1)
        own = -logs[torch.arange(length), window[1:]]
        total = total + (own * counted[1:]).sum()
    return total


@pytest.mark.parametrize("device", DEVICES)
def test_the_gradient_is_that_of_a_plain_computation(device: str) -> None:
    weights = Weights(SHAPE, torch.float32, device)
    weights.initialise(3)
    weights.values.mul_(8)  # wilder than first weights are
    tokens, counts = (torch.from_numpy(part).to(device) for part in some_windows(5, 24, 80))
    tokens = tokens.long()
    found = torch.autograd.grad(summed_loss(weights.model, tokens, counts), weights.parameters)
    loss = plain_loss(weights.model, tokens, counts)
    torch.testing.assert_close(summed_loss(weights.model, tokens, counts), loss, rtol=1e-5, atol=1e-4)
    for one, other in zip(found, torch.autograd.grad(loss, weights.parameters), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5 * float(other.abs().max()) + 1e-6)


@pytest.mark.parametrize("device", DEVICES)
def test_bfloat16_gradients_point_the_same_way(device: str) -> None:
    tokens, counts = (torch.from_numpy(part).to(device) for part in some_windows(5, 24, 80))
    found = {}
    for precision in (torch.float32, torch.bfloat16):
        weights = Weights(SHAPE, precision, device)
        weights.initialise(3)
        weights.add_gradients(
            torch.autograd.grad(summed_loss(weights.model, tokens.long(), counts), weights.parameters)
        )
        assert weights.gradient.dtype == torch.float32
        found[precision] = weights.gradient
    assert F.cosine_similarity(found[torch.float32], found[torch.bfloat16], dim=0) > 0.999


def test_targets_that_do_not_count_change_nothing() -> None:
    weights = Weights(SHAPE, torch.float32, "cpu")
    weights.initialise(0)
    tokens, counts = (torch.from_numpy(part) for part in some_windows(3, 24, 80))
    tokens = tokens.long()
    counts[:, 15:] = False  # what comes after the last target that counts is seen by none of those that do
    other = tokens.clone()
    other[:, 15:] = (other[:, 15:] + 1) % 80
    assert torch.equal(summed_loss(weights.model, tokens, counts), summed_loss(weights.model, other, counts))
    other = tokens.clone()
    other[:, 3] = (other[:, 3] + 1) % 80
    assert not torch.equal(summed_loss(weights.model, tokens, counts), summed_loss(weights.model, other, counts))


def test_micro_batches_add_up_to_the_batch(corpus: PackedCorpus) -> None:
    whole, parts = trainer(corpus), trainer(corpus, micro_batch=1)
    assert whole.step(0).loss == pytest.approx(parts.step(0).loss, rel=1e-5)
    torch.testing.assert_close(whole.weights.gradient, parts.weights.gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_small_corpus_is_learned_by_heart(corpus: PackedCorpus, precision: str, optimizer: str, device: str) -> None:
    few = Windows(tokens=corpus.train.tokens[:4], counts=corpus.train.counts[:4])
    learned = trainer(
        msgspec.structs.replace(corpus, train=few, valid=few), device, precision=precision, optimizer=optimizer
    )
    first = learned.validation_loss(range(4))
    assert first == pytest.approx(math.log(400), rel=0.05)
    for number in range(learned.steps):
        learned.step(number)
    assert learned.validation_loss(range(4)) < 0.05


def test_adamw_is_the_published_one_and_spares_what_is_no_matrix(corpus: PackedCorpus) -> None:
    ours = trainer(corpus, weight_decay=0.3, clip=1e9)
    before = {name: part.clone() for name, part in ours.weights.named().items()}
    told = ours.step(0)
    after, border = ours.weights.named(), ours.weights.decayed
    for name, part in before.items():
        gradient = _named_part(ours, name)
        decay = 0.3 if part.dim() == 2 and "embeddings" not in name else 0.0
        expected = part * (1 - told.learning_rate * decay)
        expected -= told.learning_rate * gradient / (gradient.abs() + 1e-8)  # first step: both moments are the gradient
        torch.testing.assert_close(after[name], expected, rtol=1e-4, atol=1e-6)
    assert border == sum(p.numel() for n, p in before.items() if p.dim() == 2 and "embeddings" not in n)


def test_adamw_is_pytorchs(corpus: PackedCorpus) -> None:
    ours = trainer(corpus, weight_decay=0.3, epsilon=1e-6)
    theirs = ours.weights.values.clone()
    parts = [theirs[: ours.weights.decayed], theirs[ours.weights.decayed :]]
    groups = [{"params": [part], "weight_decay": decay} for part, decay in zip(parts, (0.3, 0.0), strict=True)]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)
    for number in range(10):
        told = ours.step(number)
        for group, part, gradient in zip(
            optimizer.param_groups, parts, ours.weights.gradient.tensor_split([ours.weights.decayed]), strict=True
        ):
            part.grad, group["lr"] = gradient.clone(), told.learning_rate
        optimizer.step()
    torch.testing.assert_close(ours.weights.values, theirs, rtol=1e-4, atol=1e-6)


def _named_part(ours: Trainer, name: str) -> Tensor:
    at = ours.weights.named()[name]
    start = (at.data_ptr() - ours.weights.values.data_ptr()) // 4
    return ours.weights.gradient[start : start + at.numel()].view(at.shape)


def test_muon_takes_the_singular_values_away() -> None:
    for size in ((24, 24), (8, 40), (40, 8)):
        matrix = torch.randn(size, generator=torch.Generator().manual_seed(0))
        left, _, right = torch.linalg.svd(matrix, full_matrices=False)
        found = torch.linalg.svdvals(orthogonal(matrix))
        assert 0.5 < float(found.min()) <= float(found.max()) < 1.3
        assert F.cosine_similarity(orthogonal(matrix).flatten(), (left @ right).flatten(), dim=0) > 0.95


def test_muon_changes_each_of_the_stacked_matrices_by_itself(corpus: PackedCorpus) -> None:
    ours = trainer(corpus, optimizer="muon", weight_decay=0.0, clip=1e9)
    before = {name: part.clone() for name, part in ours.weights.named().items()}
    told = ours.step(0)
    for name, part in ours.weights.named().items():
        change, gradient = part - before[name], _named_part(ours, name)
        if part.dim() == 1 or "embeddings" in name:
            expected = -told.learning_rate * gradient / (gradient.abs() + 1e-8)
            torch.testing.assert_close(change, expected, rtol=1e-3, atol=1e-6)
            continue
        for one, own in zip(change.split(part.shape[1]), gradient.split(part.shape[1]), strict=True):
            if "projection" not in name:
                one, own = change, gradient
            step = -0.2 * told.learning_rate * max(one.shape) ** 0.5 * orthogonal(own)
            torch.testing.assert_close(one, step, rtol=1e-2, atol=1e-5)


def test_gradients_are_clipped(corpus: PackedCorpus) -> None:
    clipped = trainer(corpus, clip=0.01)
    told = clipped.step(0)
    assert told.gradient_norm > 0.01
    assert float(clipped.weights.gradient.norm()) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_going_on_from_a_state_changes_no_bit(
    corpus: PackedCorpus, precision: str, optimizer: str, device: str
) -> None:
    told: dict[str, object] = {"precision": precision, "optimizer": optimizer}
    whole = trainer(corpus, device, **told)
    losses = [whole.step(number).loss for number in range(8)]
    begun = trainer(corpus, device, **told)
    for number in range(3):
        begun.step(number)
    kept = {name: tensor.clone() for name, tensor in begun.state().items()}
    resumed = trainer(corpus, device, **told)
    resumed.restore(kept)
    assert [resumed.step(number).loss for number in range(3, 8)] == losses[3:]
    assert resumed.weights.digest() == whole.weights.digest()


def test_nothing_draws_from_a_global_generator(corpus: PackedCorpus) -> None:
    before, numpy_before = torch.random.get_rng_state(), np.random.get_state(legacy=False)["state"]["key"]
    torch.manual_seed(5)
    one = trainer(corpus).step(0)
    torch.manual_seed(6)
    assert trainer(corpus).step(0) == one
    torch.random.set_rng_state(before)
    trainer(corpus).step(0)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert np.array_equal(np.random.get_state(legacy=False)["state"]["key"], numpy_before)


def test_other_seeds_make_other_models(corpus: PackedCorpus) -> None:
    assert len({trainer(corpus, seed=seed).weights.digest() for seed in range(3)}) == 3


def test_an_exported_model_has_the_weights(corpus: PackedCorpus) -> None:
    ours = trainer(corpus, precision="bfloat16")
    ours.step(0)
    exported = dict(ours.weights.export(torch.float32).named_parameters())
    assert exported.keys() == ours.weights.named().keys()
    for name, part in ours.weights.named().items():
        assert torch.equal(exported[name], part), name
    assert {p.dtype for p in ours.weights.export(torch.bfloat16).parameters()} == {torch.bfloat16}
