"""What the engine needs of a model: read a prompt once, continue it in several rows, step by step."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class Step(NamedTuple):
    """What a model says after each of some tokens: `rows` continuations with `k` candidates each."""

    logits: Tensor
    """[rows, k, vocabulary], fp32."""
    hidden: Tensor
    """[rows, k, width]: the last hidden states, from which the logits are made."""


class Prefix(Protocol):
    """A prompt that was read, shared by all its continuations."""

    length: int
    logits: Tensor
    """[1, vocabulary], fp32: of the first token after the prompt."""
    hidden: Tensor
    """[length, width]: last hidden states of the prompt's positions."""


class Continuation(Protocol):
    """Rows that continue one prompt, all of the same length. Each stays as it is, whatever becomes of the others."""

    rows: int

    def accept(self, candidates: Tensor | None) -> None:
        """Make the tokens of the last step part of the rows: of k candidates, number `candidates[row]`."""

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only, in this order."""


class CausalModel(Protocol):
    """A language model on one device."""

    vocabulary: int
    """Number of logits."""
    positions: int
    """Most tokens of a prompt and its completion together."""
    eos: tuple[int, ...]
    row_unit: int
    """The rows of its matrix products are a multiple of it: see `rows`. 1 until somebody sets it."""

    @property
    def device(self) -> torch.device:
        """Where it is."""

    def read(self, prompt: Sequence[int]) -> Prefix:
        """Read a prompt of one token or more. Nothing but the prompt decides the result."""

    def start(self, prefix: Prefix, rows: int) -> Continuation:
        """`rows` continuations of a prompt."""

    def step(self, blocks: Sequence[tuple[Continuation, Tensor]]) -> list[Step]:
        """Put tokens after continuations, [rows, k] for each; `accept` then says which of the k stay."""
