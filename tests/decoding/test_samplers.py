"""Samplers and processors, against definitions written out token by token."""

import math
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from passatk.decoding import DecodingSettings, samplers
from passatk.decoding.processors import Processors
from passatk.decoding.randomness import Stream

NEVER = float("-inf")


def exact_sample(
    logits: list[float], uniform: float, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> tuple[int, float]:
    """By definition; and how far the number was from the nearest border between tokens."""
    order = sorted(range(len(logits)), key=lambda token: (-logits[token], token))
    order = [token for token in order[: top_k or len(order)] if logits[token] > NEVER]
    weights = [math.exp((logits[token] - logits[order[0]]) / temperature) for token in order]
    total = math.fsum(weights)
    kept: list[float] = []
    for weight in weights:
        if kept and top_p is not None and math.fsum(kept) / total >= top_p:
            break
        kept.append(weight)
    target, reached, nearest = uniform * math.fsum(kept), 0.0, 1.0
    chosen = len(kept) - 1
    for number, weight in enumerate(kept):
        reached += weight
        nearest = min(nearest, abs(reached - target) / total)
        if reached > target and chosen == len(kept) - 1:
            chosen = min(chosen, number)
    return order[chosen], nearest


def rows(vocabulary: int, number: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(number, vocabulary, generator=generator)


@pytest.mark.parametrize("vocabulary", [2, 50, 1000])
@pytest.mark.parametrize("top_k", [None, 1, 7, 400])
@pytest.mark.parametrize("top_p", [None, 0.01, 0.5, 0.95, 0.99999, 1.0])
@pytest.mark.parametrize("temperature", [None, 0.2, 3.0])
def test_sampling_is_by_definition(
    vocabulary: int, top_k: int | None, top_p: float | None, temperature: float | None
) -> None:
    logits = rows(vocabulary, 24, seed=vocabulary)
    rng = random.Random(f"{vocabulary} {top_k} {top_p} {temperature}")
    uniforms = [rng.random() for _ in range(24)]
    found = samplers.sample(logits, uniforms, temperature, top_k, top_p).tolist()
    for row, uniform, token in zip(logits.tolist(), uniforms, found, strict=True):
        expected, nearest = exact_sample(row, uniform, temperature or 1.0, top_k, top_p)
        assert token == expected or nearest < 1e-5


def test_equal_logits_are_taken_in_order_of_id() -> None:
    logits = torch.zeros(1, 500)
    uniforms = [0.0, 0.2501, 0.5001, 0.9981]
    assert samplers.sample(logits.expand(4, -1), uniforms, None, None, None).tolist() == [0, 125, 250, 499]
    assert samplers.sample(logits.expand(4, -1), uniforms, None, 8, None).tolist() == [0, 2, 4, 7]
    assert samplers.sample(logits.expand(4, -1), uniforms, None, None, 0.499).tolist() == [0, 62, 125, 249]
    assert samplers.likeliest(logits, 3)[1].tolist() == [[0, 1, 2]]
    assert samplers.greedy(logits).tolist() == [0]


def test_a_row_does_not_see_the_others() -> None:
    logits = torch.cat([rows(1000, 40, seed=1), torch.zeros(1, 1000), rows(1000, 9, seed=2) / 50])
    uniforms = [Stream(0, "t", n).uniform(0) for n in range(50)]
    together = samplers.sample(logits, uniforms, 0.8, None, 0.95).tolist()
    alone = [samplers.sample(logits[n : n + 1], uniforms[n : n + 1], 0.8, None, 0.95).item() for n in range(50)]
    assert together == alone


def test_nucleus_frequencies_are_the_exact_distribution() -> None:
    draws = 100_000
    logits = torch.tensor([[1.5, -0.3, 0.9, -4.0, 0.2, 0.9, -1.1, 0.0]])
    probabilities = (logits[0] / 0.8).double().softmax(0)
    order = sorted(range(8), key=lambda token: (-float(logits[0, token]), token))
    kept: list[int] = []
    while sum(float(probabilities[token]) for token in kept) < 0.95:
        kept.append(order[len(kept)])
    uniforms = [Stream(42, "Python/0", sample).uniform(0) for sample in range(draws)]
    counts = samplers.sample(logits.expand(draws, -1), uniforms, 0.8, None, 0.95).bincount(minlength=8).tolist()
    assert [token for token in range(8) if counts[token]] == sorted(kept)
    mass = sum(float(probabilities[token]) for token in kept)
    expected = {token: draws * float(probabilities[token]) / mass for token in kept}
    chi_square = sum((counts[token] - expected[token]) ** 2 / expected[token] for token in kept)
    assert len(kept) == 6
    assert chi_square < 20.5  # 5 degrees of freedom, one in a thousand


@given(st.integers(0, 2**32), st.integers(1, 6))
def test_contrastive_choice_is_by_definition(seed: int, k: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(5, k, generator=generator, dtype=torch.float64)
    similarities = torch.rand(5, k, generator=generator, dtype=torch.float64)
    found = samplers.contrastive(probabilities, similarities, 0.6).tolist()
    for p, s, chosen in zip(probabilities.tolist(), similarities.tolist(), found, strict=True):
        scores = [0.4 * one - 0.6 * other for one, other in zip(p, s, strict=True)]
        assert chosen == max(range(k), key=lambda number: (scores[number], -number))


def test_contrastive_never_takes_what_is_impossible() -> None:
    chosen = samplers.contrastive(torch.tensor([[0.1, 0.0]]), torch.tensor([[1.0, -1.0]]), 0.9)
    assert chosen.tolist() == [0]


def process(settings: DecodingSettings, logits: Tensor, step: int, eos: tuple[int, ...] = (4,)) -> Tensor:
    return Processors(settings, eos, settings.suppress_tokens, torch.device("cpu"))(logits, step)


def test_processors_do_nothing_unless_asked() -> None:
    logits = rows(5, 3, seed=3)
    assert torch.equal(process(DecodingSettings(), logits, 7), logits)


def test_decay_makes_the_end_likelier_after_its_start() -> None:
    settings = DecodingSettings(exponential_decay_length_penalty=(2, 1.5))
    logits = torch.tensor([[0.0, 1.0, 2.0, 3.0, -4.0], [0.0, 1.0, 2.0, 3.0, 2.0], [0.0, 1.0, 2.0, 3.0, NEVER]])
    assert torch.equal(process(settings, logits, 2), logits)
    grown = process(settings, logits, 5)
    assert torch.equal(grown[:, :4], logits[:, :4])
    factor = 1.5**3 - 1
    assert grown[:, 4].tolist() == pytest.approx([-4 + 4 * factor, 2 + 2 * factor, NEVER])
    both = process(settings, logits, 5, eos=(0, 4))
    assert both[:, 0].tolist() == [0.0, 0.0, 0.0]
    assert process(settings, logits, 10**6)[:, 4].isnan().sum() == 0


def test_forced_tokens_are_the_only_ones_at_their_step() -> None:
    settings = DecodingSettings(forced_decoder_ids=((0, 3), (2, 1)))
    logits = rows(5, 2, seed=4)
    assert samplers.greedy(process(settings, logits, 0)).tolist() == [3, 3]
    assert torch.equal(process(settings, logits, 1), logits)
    assert process(settings, logits, 2).isfinite().sum(dim=1).tolist() == [1, 1]


def test_suppressed_tokens_are_never_chosen() -> None:
    settings = DecodingSettings(suppress_tokens=(0, 2), exponential_decay_length_penalty=(0, 2.0))
    processed = process(settings, rows(5, 2, seed=5), 3, eos=(2,))
    assert processed[:, [0, 2]].tolist() == [[NEVER, NEVER]] * 2
    uniforms = [n / 200 for n in range(200)]
    assert not {0, 2} & set(samplers.sample(processed[:1].expand(200, -1), uniforms, 5.0, None, None).tolist())


def test_log_probabilities_are_the_model_s_own() -> None:
    logits = rows(50, 2, seed=6)
    found = samplers.log_probability(logits, torch.tensor([3, 40]))
    assert torch.equal(found, logits.log_softmax(-1)[[0, 1], [3, 40]])
