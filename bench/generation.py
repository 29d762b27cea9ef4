"""Tokens per second: our engine beside transformers' `.generate`, and what the same tokens every time cost.

Usage: python bench/generation.py [--repeats 3] [--prompts 4]

A model of 3 million parameters, 64 samples a prompt, prompts of 100 tokens, 128 new tokens, temperature 0.8, top_p
0.95: a CodeGeeX model with our engine, and a GPT-2 of the same size with `.generate`, each at every batch size, in
turns. Both in fp32 with all cores. Then our engine with and without padding rows to a class of equal bits. Median of
the repeats.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import torch
import transformers
from commands import in_turns

from passatk.decoding import DecodingSettings
from passatk.decoding.engine import Engine, Request
from passatk.decoding.model import CausalModel
from passatk.decoding.rows import probe
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
SAMPLES, PROMPT, NEW, VOCABULARY = 64, 100, 128, 2048
BATCHES = (16, 64, 128, 256)
SMALL_BATCHES = (1, 3, 8, 64)
EOS = VOCABULARY - 1
METHODS = {
    "sample": DecodingSettings(
        method="sample", temperature=0.8, top_p=0.95, max_new_tokens=NEW, suppress_tokens=(EOS,)
    ),
    "greedy": DecodingSettings(max_new_tokens=NEW, suppress_tokens=(EOS,)),
    "contrastive": DecodingSettings(
        method="contrastive", penalty_alpha=0.6, top_k=4, max_new_tokens=NEW, suppress_tokens=(EOS,)
    ),
}


class Ids:
    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:  # noqa: ARG002 - of a protocol
        return " ".join(map(str, ids))


def ours() -> CodeGeeX:
    torch.manual_seed(0)
    shape = CodeGeeXConfig(
        layers=5, hidden=192, heads=6, feed_forward=768, positions=512, vocabulary=VOCABULARY, eos=EOS
    )
    return CodeGeeX(shape).eval().requires_grad_(False)


def theirs() -> Any:
    torch.manual_seed(0)
    shape = transformers.GPT2Config(
        n_layer=6, n_embd=192, n_head=6, n_positions=512, vocab_size=VOCABULARY, bos_token_id=EOS, eos_token_id=None
    )
    return transformers.GPT2LMHeadModel(shape).eval()


def prompts(number: int) -> list[list[int]]:
    rng = random.Random(0)
    return [[rng.randrange(EOS) for _ in range(PROMPT)] for _ in range(number)]


def with_engine(
    model: CausalModel, settings: DecodingSettings, batch: int, asked: list[list[int]], samples: int
) -> float:
    engine = Engine(model, Ids(), settings, batch_size=batch)
    requests = [Request(str(number), prompt, range(samples)) for number, prompt in enumerate(asked)]
    started = time.perf_counter()
    tokens = sum(len(completion.tokens) for completion in engine.generate(requests))
    return tokens / (time.perf_counter() - started)


def with_generate(model: Any, batch: int, asked: list[list[int]]) -> float:
    rows = torch.tensor([prompt for prompt in asked for _ in range(SAMPLES)])
    started, tokens = time.perf_counter(), 0
    for part in rows.split(batch):
        made = model.generate(
            part,
            attention_mask=torch.ones_like(part),
            max_new_tokens=NEW,
            do_sample=True,
            temperature=0.8,
            top_p=0.95,
            top_k=0,
            pad_token_id=0,
        )
        tokens += (made.shape[1] - PROMPT) * len(part)
    return tokens / (time.perf_counter() - started)


def beside(model: CodeGeeX, other: Any, asked: list[list[int]], repeats: int) -> dict[Any, list[float]]:
    """Tokens per second by (who, method, batch)."""
    timed: dict[Any, Callable[[], float]] = {}
    for batch in BATCHES:
        timed["engine", "sample", batch] = partial(with_engine, model, METHODS["sample"], batch, asked, SAMPLES)
        timed["generate", "sample", batch] = partial(with_generate, other, batch, asked)
    for method in ("greedy", "contrastive"):
        timed["engine", method, 64] = partial(with_engine, model, METHODS[method], 64, asked[:1], SAMPLES)
    rates = in_turns(timed, repeats, warm=True)
    print(f"\n{'':10}{'method':14}{'batch':>6}{'tokens/s':>10}   lowest to highest")
    for (who, method, batch), (low, rate, high) in rates.items():
        print(f"{who:10}{method:14}{batch:6}{rate:10.0f}   {low:.0f} to {high:.0f}")
    return rates


def ratios(rates: dict[Any, list[float]]) -> dict[str, float]:
    best = {who: max(rates[who, "sample", batch][1] for batch in BATCHES) for who in ("engine", "generate")}
    at_64 = rates["engine", "sample", 64][1] / best["generate"]
    ratio = best["engine"] / best["generate"]
    print(f"\nbest beside best: {ratio:.2f}; engine at batch 64 beside their best: {at_64:.2f}")
    return {"ratio": ratio, "ratio_at_64": at_64}


def costs_of_equal_bits(model: CodeGeeX, unit: int, prompt: list[int], repeats: int) -> dict[Any, list[float]]:
    """Tokens per second by (rows are padded to a multiple of it, batch)."""

    def with_unit(padded_to: int, batch: int) -> float:
        model.row_unit = padded_to
        rate = with_engine(model, METHODS["sample"], batch, [prompt], batch)
        model.row_unit = unit
        return rate

    units: dict[Any, Callable[[], float]] = {
        (padded_to, batch): partial(with_unit, padded_to, batch) for batch in SMALL_BATCHES for padded_to in (1, unit)
    }
    costs = in_turns(units, repeats, warm=True)
    print(
        f"\ncost of equal bits (rows padded to a multiple of {unit})\n"
        f"{'batch':>6}{'free':>10}{'padded':>10}{'ratio':>8}"
    )
    for batch in SMALL_BATCHES:
        free, padded = costs[1, batch][1], costs[unit, batch][1]
        print(f"{batch:6}{free:10.0f}{padded:10.0f}{padded / free:8.2f}")
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=4)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    machine = this_machine()
    print(f"{machine.processor}, {machine.cpus} CPUs, {machine.system}; PyTorch {torch.__version__}")
    model, other, asked = ours(), theirs(), prompts(options.prompts)
    sizes = [sum(parameter.numel() for parameter in one.parameters()) for one in (model, other)]
    print(
        f"parameters: ours {sizes[0]:,}, theirs {sizes[1]:,}; {options.prompts} prompts x {SAMPLES} samples"
        f" x {NEW} tokens"
    )
    classes = probe(model)
    model.row_unit = classes.unit
    rates = beside(model, other, asked, options.repeats)
    compared = ratios(rates)
    costs = costs_of_equal_bits(model, classes.unit, asked[0], options.repeats)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {
        "machine": msgspec.to_builtins(machine),
        "torch": str(torch.__version__),
        "transformers": transformers.__version__,
        "rates": [{"who": w, "method": m, "batch": b, "tokens_s": r} for (w, m, b), r in rates.items()],
        **compared,
        "row_classes": msgspec.to_builtins(classes),
        "costs": [{"unit": u, "batch": b, "tokens_s": r} for (u, b), r in costs.items()],
    }
    (results / "generation.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
