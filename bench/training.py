"""Tokens per second of training: ours beside the usual loop, and where our time goes.

Usage: python bench/training.py [--repeats 3] [--seconds 4] [--threads 2] [--profile]

Models of 1, 3 and 5 million parameters, vocabulary 2048, contexts of 256 and 384 tokens, random tokens that all count,
or of which every third does. A step is forward, backward, clipping and optimizer, over four micro-batches. The usual
loop is the same model under bfloat16 autocast with PyTorch's fused attention and AdamW and its cross entropy; also in
fp32. Ours has Muon. All in turns, median of the repeats. Then our rate by micro-batch, and with --profile the operators
that take the time.
"""

import argparse
import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as `passatk train` does

import msgspec
import numpy as np
import torch
from commands import in_turns
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it

from passatk.corpus.packed import PackedCorpus, Windows, write_packed
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.problems import load
from passatk.runs.manifest import this_machine
from passatk.tokenizer.training import train as train_tokenizer
from passatk.training.settings import TrainingSettings, usual_micro_batch
from passatk.training.shapes import flops_per_token, parameters, shape_for
from passatk.training.trainer import Trainer

HERE = Path(__file__).parent
SIZES, CONTEXTS, MICRO_BATCHES = (1_000_000, 3_000_000, 5_000_000), (256, 384), (4, 8, 16, 32)
VOCABULARY = 2048
PARTS = 4
"""Micro-batches of a step."""


def corpus_of(folder: Path, context: int, every: int = 1) -> PackedCorpus:
    rng = np.random.default_rng(0)
    tokens = rng.integers(VOCABULARY - 16, size=(256, context + 1)).astype(np.uint16)
    counts = np.arange(context + 1) % every == 0
    counts[0] = False
    counts = np.tile(counts, (len(tokens), 1))
    windows = Windows(tokens=tokens, counts=counts)
    tokenizer = train_tokenizer([p.prompt + p.solution for p in load("basics").problems.values()], 600)
    return write_packed(folder, tokenizer, windows, windows, vocabulary=VOCABULARY)


def ours(corpus: PackedCorpus, shape: CodeGeeXConfig, micro_batch: int) -> Callable[[int], object]:
    settings = TrainingSettings(
        tokens=10**9, batch_size=PARTS * micro_batch, micro_batch=micro_batch, learning_rate=1e-3, seed=0
    )
    return Trainer(corpus, shape, settings, "cpu").step


def usual(corpus: PackedCorpus, shape: CodeGeeXConfig, micro_batch: int, half: bool) -> Callable[[int], object]:
    """What one would write first."""
    torch.manual_seed(0)
    model, context = CodeGeeX(shape), corpus.context
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def attend(_layer: int, *parts: Tensor) -> Tensor:
        q, k, v = (part.view(-1, context, *part.shape[1:]).transpose(1, 2) for part in parts)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(parts[0].shape)

    def step(number: int) -> None:
        for part in range(PARTS):
            at = (PARTS * number + part) * micro_batch % 128
            tokens = torch.from_numpy(corpus.train.tokens[at : at + micro_batch].astype(np.int64))
            positions = torch.arange(context).repeat(micro_batch)
            with torch.autocast("cpu", torch.bfloat16) if half else contextlib.nullcontext():
                hidden = model(tokens[:, :-1].reshape(-1), positions, attend)
                logits = F.linear(hidden, model.word_embeddings.weight)
            loss = F.cross_entropy(logits.float(), tokens[:, 1:].reshape(-1))
            (loss / PARTS).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


def rate(step: Callable[[int], object], tokens: int, seconds: float) -> float:
    step(0)
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        count += 1
        step(count)
    return tokens * count / (time.perf_counter() - started)


def compared(corpus: PackedCorpus, sparse: PackedCorpus, size: int, options: argparse.Namespace) -> dict[str, Any]:
    shape = shape_for(size, VOCABULARY, corpus.context, corpus.eos)
    micro = usual_micro_batch(64, corpus.context)
    tokens = PARTS * micro * corpus.context
    steps = {
        "fp32": usual(corpus, shape, micro, False),
        "usual": usual(corpus, shape, micro, True),
        "ours": ours(corpus, shape, micro),
        "third": ours(sparse, shape, micro),
    }
    found = in_turns({n: partial(rate, step, tokens, options.seconds) for n, step in steps.items()}, options.repeats)
    gflops = flops_per_token(shape, corpus.context) * found["ours"][1] / 1e9
    print(
        f"{parameters(shape):11,}{f'{shape.layers}+1 x {shape.hidden}':>10}{corpus.context:9}"
        f"{found['fp32'][1]:9.0f}{found['usual'][1]:9.0f}{found['ours'][1]:9.0f}{found['third'][1]:9.0f}"
        f"{found['ours'][1] / found['usual'][1]:8.2f}{gflops:9.0f}",
        flush=True,
    )
    return {"parameters": parameters(shape), "shape": msgspec.to_builtins(shape), "rates": found, "gflops": gflops}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    machine = this_machine()
    print(f"{machine.processor}, {options.threads} threads, PyTorch {torch.__version__}; tokens/s")
    print(
        f"{'parameters':>11}{'shape':>10}{'context':>9}{'fp32':>9}{'usual':>9}{'ours':>9}{'a third':>9}"
        f"{'ratio':>8}{'GFLOP/s':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        corpora = {context: corpus_of(Path(folder) / str(context), context) for context in CONTEXTS}
        sparse = {context: corpus_of(Path(folder) / f"{context}-third", context, 3) for context in CONTEXTS}
        table = [compared(corpora[c], sparse[c], size, options) for c in CONTEXTS for size in SIZES]
        shape = shape_for(SIZES[1], VOCABULARY, CONTEXTS[0], corpora[CONTEXTS[0]].eos)
        rates = in_turns(
            {
                micro: partial(
                    rate, ours(corpora[CONTEXTS[0]], shape, micro), PARTS * micro * CONTEXTS[0], options.seconds
                )
                for micro in MICRO_BATCHES
            },
            options.repeats,
        )
        print(f"\n{'micro-batch':>11}{'tokens/s':>10}  ({parameters(shape):,} parameters, context {CONTEXTS[0]})")
        for micro, (_, median, _) in rates.items():
            print(f"{micro:11}{median:10.0f}")
        if options.profile:
            profiled(ours(corpora[CONTEXTS[0]], shape, 16))
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {
        "machine": msgspec.to_builtins(machine),
        "threads": options.threads,
        "torch": str(torch.__version__),
        "models": table,
        "micro_batches": rates,
    }
    (results / "training.json").write_text(json.dumps(written, indent=1))


def profiled(step: Callable[[int], object]) -> None:
    from torch.profiler import ProfilerActivity, profile

    step(0)
    with profile(activities=[ProfilerActivity.CPU]) as found:
        step(1)
    print(found.key_averages().table(sort_by="self_cpu_time_total", row_limit=20, max_name_column_width=40))


if __name__ == "__main__":
    main()
