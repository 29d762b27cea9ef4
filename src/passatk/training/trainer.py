"""One step after the other: gradient, clipping, optimizer. It depends on step number, data and state alone."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from passatk.corpus.packed import PackedCorpus, Windows
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.records import Record
from passatk.training.loss import summed_loss
from passatk.training.optimizer import Optimizer
from passatk.training.order import batch_at
from passatk.training.settings import TrainingSettings
from passatk.training.weights import Weights

STATE = ("weights", "first_moment", "second_moment")


class Step(Record, frozen=True, kw_only=True):
    """What a step says of itself."""

    loss: float
    """Mean over its targets that count, before the step's change."""
    gradient_norm: float
    """Before clipping."""
    learning_rate: float


class Trainer:
    """A model in training."""

    def __init__(
        self,
        corpus: PackedCorpus,
        shape: CodeGeeXConfig,
        settings: TrainingSettings,
        device: str,
        start: CodeGeeX | None = None,
    ):
        """`start`: the model whose weights are the first ones; None draws them."""
        self._corpus, self._settings, self._device = corpus, settings, device
        self.steps = settings.steps(corpus.context)
        precision: torch.dtype = getattr(torch, settings.precision)
        self.weights = Weights(shape, precision, device)
        if start is None:
            self.weights.initialise(settings.seed)
        else:
            self.weights.take(start)
        self._optimizer = Optimizer(self.weights, settings)

    def state(self) -> dict[str, Tensor]:
        """What has to be kept beside the number of steps done, named as in `STATE`. Shares the trainer's memory."""
        return dict(zip(STATE, (self.weights.values, *self._optimizer.moments), strict=True))

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self.weights.load(state["weights"])
        for moment, name in zip(self._optimizer.moments, STATE[1:], strict=True):
            moment.copy_(state[name])

    def step(self, number: int) -> Step:
        """Take step `number`, counted from 0; those before it are done."""
        settings, weights = self._settings, self.weights
        rows = batch_at(number, settings.batch_size, len(self._corpus.train), settings.seed)
        counted = int(self._corpus.train.counts[rows].sum())
        weights.gradient.zero_()
        losses = []
        for start in range(0, settings.batch_size, settings.micro_batch):
            tokens, counts = self._windows(self._corpus.train, rows[start : start + settings.micro_batch])
            loss = summed_loss(weights.model, tokens, counts) / max(1, counted)
            weights.add_gradients(torch.autograd.grad(loss, weights.parameters))
            losses.append(loss.detach())
        rate = settings.learning_rate_at(number, self.steps)
        norm = float(torch.linalg.vector_norm(weights.gradient))
        if norm > settings.clip:
            weights.gradient.mul_(settings.clip / norm)
        self._optimizer.change(number + 1, rate)
        weights.refresh()
        return Step(loss=sum(map(float, losses)), gradient_norm=norm, learning_rate=rate)

    @torch.no_grad()
    def validation_loss(self, rows: Sequence[int]) -> float:
        """Mean over the targets that count in these windows of the validation part, in nats a token."""
        size, total, counted = self._settings.micro_batch, 0.0, 0
        for start in range(0, len(rows), size):
            tokens, counts = self._windows(self._corpus.valid, np.asarray(rows[start : start + size]))
            total += float(summed_loss(self.weights.model, tokens, counts))
            counted += int(counts.sum())
        return total / max(1, counted)

    def _windows(self, windows: Windows, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> tuple[Tensor, Tensor]:
        tokens = torch.from_numpy(windows.tokens[rows].astype(np.int64))
        counts = torch.from_numpy(np.ascontiguousarray(windows.counts[rows]))
        return tokens.to(self._device), counts.to(self._device)
