"""Small packed corpora, as a user has them."""

from pathlib import Path

import numpy as np

from passatk.corpus.packed import Counts, PackedCorpus, Tokens, Windows, write_packed
from passatk.problems import load
from passatk.tokenizer.training import train

CONTEXT = 48


def make_corpus(folder: Path, documents: int = 28, context: int = CONTEXT) -> PackedCorpus:
    """Problems of `basics` in Python, prompts uncounted; every sixth window is for validation."""
    texts = [(p.prompt, p.solution) for p in load("basics/python").problems.values()][:documents]
    tokenizer = train([prompt + reference for prompt, reference in texts], 400)
    stream: list[int] = []
    counts: list[bool] = []
    for prompt, reference in texts:
        asked, answer = tokenizer.encode(prompt), [*tokenizer.encode(reference), tokenizer.eos]
        stream += asked + answer
        counts += [False] * len(asked) + [True] * len(answer)
    rows = -(-len(stream) // context)
    missing = rows * context + 1 - len(stream)
    tokens = np.array(stream + [tokenizer.eos] * missing, dtype=np.uint16)
    counted = np.array(counts + [False] * missing)
    windows = np.stack([tokens[at * context : (at + 1) * context + 1] for at in range(rows)])
    targets = np.stack([counted[at * context : (at + 1) * context + 1] for at in range(rows)])
    targets[:, 0] = False
    held = np.arange(rows) % 6 == 5
    return write_packed(
        folder,
        tokenizer,
        Windows(tokens=windows[~held], counts=targets[~held]),
        Windows(tokens=windows[held], counts=targets[held]),
        {"documents": len(texts)},
    )


def some_windows(rows: int, context: int, vocabulary: int, seed: int = 0) -> tuple[Tokens, Counts]:
    """Random tokens, about two thirds of which count."""
    rng = np.random.default_rng(seed)
    counts = rng.random((rows, context + 1)) < 0.66
    counts[:, 0] = False
    return rng.integers(vocabulary, size=(rows, context + 1)).astype(np.uint16), counts
