"""AdamW for all weights, or Muon for the matrices and AdamW for the rest. Over one vector: see `weights`."""

import torch
from torch import Tensor

from passatk.training.settings import TrainingSettings
from passatk.training.weights import Weights

_QUINTIC = (3.4445, -4.7750, 2.0315)
_ITERATIONS = 5
_LEAST = 1e-30
"""A norm below it is nought: the first gradients of queries and keys are tiny."""
_AS_ADAM = 0.2
"""Root mean square of an AdamW step, in learning rates."""


class Optimizer:
    """Changes weights by their gradient. Its state are the two moments; of the second, Muon's matrices use nothing."""

    def __init__(self, weights: Weights, settings: TrainingSettings):
        self._weights, self._settings = weights, settings
        self.moments = (torch.zeros_like(weights.values), torch.zeros_like(weights.values))
        self._room = torch.empty_like(weights.values)
        self._matrices = [
            tuple(part.chunk(parts) for part in triple)
            for parts, triple in weights.matrices(weights.values, weights.gradient, self.moments[0])
        ]

    @torch.no_grad()
    def change(self, count: int, rate: float) -> None:
        """Step `count`, from 1, at learning rate `rate`."""
        border = self._weights.decayed
        self._weights.values[:border].mul_(1 - rate * self._settings.weight_decay)
        if self._settings.optimizer == "muon":
            self._muon(rate)
            self._adam(slice(border, None), count, rate)
        else:
            self._adam(slice(None), count, rate)

    def _adam(self, part: slice, count: int, rate: float) -> None:
        """Loshchilov and Hutter 2019, algorithm 2. PyTorch's would take a second of imports."""
        settings = self._settings
        values, gradient, room = self._weights.values[part], self._weights.gradient[part], self._room[part]
        first, second = (moment[part] for moment in self.moments)
        first.lerp_(gradient, 1 - settings.beta1)
        second.mul_(settings.beta2).addcmul_(gradient, gradient, value=1 - settings.beta2)
        torch.sqrt(second, out=room).mul_((1 - settings.beta2**count) ** -0.5).add_(settings.epsilon)
        values.addcdiv_(first, room, value=-rate / (1 - settings.beta1**count))

    def _muon(self, rate: float) -> None:
        """Jordan et al. 2024, with Nesterov's momentum; scaled as Liu et al. 2025, so that AdamW's rates fit it."""
        momentum, precision = self._settings.momentum, getattr(torch, self._settings.precision)
        for triples in self._matrices:
            for values, gradient, first in zip(*triples, strict=True):
                first.lerp_(gradient, 1 - momentum)
                step = orthogonal(gradient.lerp(first, momentum).to(precision))
                values.add_(step, alpha=-rate * _AS_ADAM * max(values.shape) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """Nearly the orthogonal matrix nearest to `matrix`: singular values come out between 0.7 and 1.2.

    Newton-Schulz iterations with Jordan et al.'s quintic.
    """
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    x: Tensor = wide / torch.linalg.vector_norm(wide).clamp_min(_LEAST)
    a, b, c = _QUINTIC
    for _ in range(_ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if matrix.shape[0] > matrix.shape[1] else x
