"""A model's weights while it is trained: one fp32 vector, the gradient beside it, and a working model that sees it.

The vector holds matrices first, which are decayed; then LayerNorms and biases; then the three embeddings. In bfloat16
the working model computes with a rounded copy of the first two, made once a step, and looks its embeddings up in the
vector itself, so that the gradients of frequent tokens are added in fp32.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig, unfilled, without_memory

_ALIGNED = 16
"""Numbers: parameters begin at multiples of 64 bytes."""
_STD = 0.02


class Weights:
    """Weights, gradient and working model of one shape."""

    def __init__(self, shape: CodeGeeXConfig, precision: torch.dtype, device: str):
        """Zeros; `initialise`, `take` or `load` comes next."""
        self.model = without_memory(shape)
        named = sorted(self.model.named_parameters(), key=lambda pair: _kind(*pair))
        starts = [0]
        for _, parameter in named:
            starts.append(starts[-1] + -(-parameter.numel() // _ALIGNED) * _ALIGNED)
        kinds = [_kind(*pair) for pair in named]
        self.decayed, rounded = (starts[kinds.index(kind)] for kind in (1, 2))
        """Numbers from the beginning that weight decay applies to."""
        self.values = torch.zeros(starts[-1], device=device)
        self.gradient = torch.zeros_like(self.values)
        self._rounded = self.values[:rounded]
        self._working = self._rounded.to(precision) if precision != torch.float32 else self._rounded
        self._places = [
            (start, parameter.shape) for (start, _), (_, parameter) in zip(pairwise(starts), named, strict=True)
        ]
        self._names = [name for name, _ in named]
        self.parameters: list[nn.Parameter] = []
        for name, kind, (start, size) in zip(self._names, kinds, self._places, strict=True):
            source = self.values if kind == 2 else self._working
            self._put(name, nn.Parameter(_part(source, start, size)))
        self.model.train()

    def _put(self, name: str, parameter: nn.Parameter) -> None:
        home, _, leaf = name.rpartition(".")
        setattr(self.model.get_submodule(home), leaf, parameter)
        self.parameters.append(parameter)

    def named(self) -> dict[str, Tensor]:
        """Parameter name -> its part of the fp32 vector."""
        pairs = zip(self._names, self._places, strict=True)
        return {name: _part(self.values, start, size) for name, (start, size) in pairs}

    def matrices(self, *vectors: Tensor) -> Iterator[tuple[int, tuple[Tensor, ...]]]:
        """Of each matrix parameter: how many matrices are in it, one below the other; its part of each vector."""
        for name, (start, size) in zip(self._names, self._places, strict=True):
            if start < self.decayed:
                stacked = size[0] // size[1] if "projection" in name else 1
                yield stacked, tuple(_part(vector, start, size) for vector in vectors)

    @torch.no_grad()
    def initialise(self, seed: int) -> None:
        """Draw first weights as GPT-2 does (Radford et al. 2019).

        Normal, standard deviation 0.02; that of the two projections into the residual stream is divided by
        sqrt(2 x layers); biases are 0, LayerNorms 1. Drawn on the CPU, from a generator of their own.
        """
        generator = torch.Generator().manual_seed(seed)
        into_stream = _STD / math.sqrt(2 * (self.model.config.layers + 1))
        parts = self.named()
        for name in sorted(parts):
            part = parts[name]
            if part.dim() == 1:
                part.fill_(1.0 if name.endswith("layernorm.weight") else 0.0)
            else:
                std = into_stream if ".dense.weight" in name or "4h_to_h" in name else _STD
                part.copy_(torch.empty(part.shape).normal_(0.0, std, generator=generator))
        self.refresh()

    @torch.no_grad()
    def take(self, model: CodeGeeX) -> None:
        """Begin with those of a model of this shape: what `export` gave."""
        theirs = dict(model.named_parameters())
        for name, part in self.named().items():
            part.copy_(theirs[name])
        self.refresh()

    @torch.no_grad()
    def load(self, values: Tensor) -> None:
        """Take these for the fp32 vector."""
        self.values.copy_(values)
        self.refresh()

    @torch.no_grad()
    def refresh(self) -> None:
        """Round the vector for the working model; after each change of it."""
        if self._working is not self._rounded:
            self._working.copy_(self._rounded)

    @torch.no_grad()
    def add_gradients(self, gradients: Sequence[Tensor]) -> None:
        """Add what `torch.autograd.grad` gave for `parameters` to `gradient`."""
        for (start, size), gradient in zip(self._places, gradients, strict=True):
            _part(self.gradient, start, size).add_(gradient)

    def export(self, dtype: torch.dtype) -> CodeGeeX:
        """A model of its own memory, on the CPU."""
        model = unfilled(self.model.config, "cpu", dtype)
        parts = self.named()
        for name, parameter in model.named_parameters():
            parameter.copy_(parts[name])
        return model

    def digest(self) -> str:
        """SHA-256 of the fp32 weights, by name."""
        digest = hashlib.sha256()
        parts = self.named()
        for name in sorted(parts):
            digest.update(name.encode() + b"\0" + parts[name].contiguous().cpu().numpy().tobytes())
        return digest.hexdigest()


def _kind(name: str, parameter: Tensor) -> int:
    """0: a matrix. 1: a LayerNorm or bias. 2: an embedding."""
    if "embeddings" in name:
        return 2
    return 0 if parameter.dim() == 2 else 1


def _part(flat: Tensor, start: int, size: torch.Size) -> Tensor:
    return flat[start : start + size.numel()].view(size)
