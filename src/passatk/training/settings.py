"""Every knob of a training run, and what follows from them alone: steps, learning rates."""

import math
from collections.abc import Mapping
from typing import Any

from passatk.errors import InputError, UnknownNameError
from passatk.records import Record

PRECISIONS = ("bfloat16", "float32")
OPTIMIZERS = ("adamw", "muon")
SCHEDULES = ("cosine", "linear", "wsd")
_WSD_DECAY = 0.2
"""The part of the steps in which `wsd` decays."""
_MICRO_TOKENS = 4096
_WANTED_STEPS, _LEAST_BATCH, _MOST_BATCH = 1000, 4, 64


class TrainingSettings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each of them can change the model that comes out."""

    tokens: int
    """Budget: tokens that the model reads, every position of a window counted. Rounded up to whole steps."""
    batch_size: int
    """Windows in a step."""
    micro_batch: int
    """Windows that are computed together. The sum over a step adds these in order."""
    learning_rate: float
    """At its highest."""
    schedule: str = "linear"
    """After the warm-up: `linear` or `cosine` to the end, or `wsd` (constant, then linear over the last fifth)."""
    warmup: float = 0.05
    """Part of the steps in which the learning rate rises from 0."""
    final_learning_rate: float = 0.0
    """Part of `learning_rate` that is left at the end."""
    weight_decay: float = 0.1
    """Of matrices, decoupled and times the learning rate. LayerNorms, biases and embeddings have none."""
    optimizer: str = "muon"
    """`adamw`; or `muon` for matrices, and AdamW for all else."""
    momentum: float = 0.95
    """Of Muon."""
    beta1: float = 0.9
    """Of AdamW, as are the next two."""
    beta2: float = 0.98
    epsilon: float = 1e-8
    clip: float = 1.0
    """Largest L2 norm of a step's gradient."""
    seed: int = 0
    """Of the first weights and of the order of windows."""
    precision: str = "bfloat16"
    """Of matrix products, attention and the residual stream. Weights, gradients' sums and the optimizer are float32."""

    def check(self) -> None:
        """Raise InputError or UnknownNameError where no run can have these settings."""
        for name in ("tokens", "batch_size", "micro_batch", "learning_rate", "epsilon", "clip"):
            if not (0 < getattr(self, name) < math.inf):
                raise InputError(f"{name} = {getattr(self, name)}: it must be positive")
        for name in ("warmup", "final_learning_rate", "momentum", "beta1", "beta2"):
            most = 1.0 if name == "final_learning_rate" else 0.9999999
            if not 0 <= getattr(self, name) <= most:
                raise InputError(f"{name} = {getattr(self, name)}: it is a part, 0 to 1")
        if not 0 <= self.weight_decay < math.inf:
            raise InputError(f"weight_decay = {self.weight_decay}: it must not be negative")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed = {self.seed}: it must be 0 to {2**63 - 1}")
        for kind, name, known in (
            ("precision", self.precision, PRECISIONS),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("schedule", self.schedule, SCHEDULES),
        ):
            if name not in known:
                raise UnknownNameError(kind, name, known)
        if self.batch_size % self.micro_batch:
            raise InputError(
                f"batch_size = {self.batch_size} is no multiple of micro_batch = {self.micro_batch}: give one that is"
            )

    def steps(self, context: int) -> int:
        """How many steps the budget has, at least one."""
        return max(1, math.ceil(self.tokens / (self.batch_size * context)))

    def learning_rate_at(self, step: int, steps: int) -> float:
        """Of step `step`, counted from 0, of `steps`.

        Warm-up: linear, (step + 1) / warm steps. Then, for the part p of the other steps that is done: cosine
        f + (1 - f) (1 + cos(pi p)) / 2 (Loshchilov and Hutter 2017), linear 1 - (1 - f) p; wsd is 1 until its last
        fifth (Hu et al. 2024).
        """
        warm = math.ceil(self.warmup * steps)
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        done, final = (step - warm + 1) / max(1, steps - warm), self.final_learning_rate
        if self.schedule == "cosine":
            return self.learning_rate * (final + (1 - final) * (1 + math.cos(math.pi * done)) / 2)
        if self.schedule == "wsd":
            done = max(0.0, (done - 1 + _WSD_DECAY) / _WSD_DECAY)
        return self.learning_rate * (1 - (1 - final) * done)


def usual_settings(parameters: int, context: int, tokens: int, given: Mapping[str, object]) -> TrainingSettings:
    """Settings for a model and a budget: what is given, and for the rest what is usual.

    Raises:
        InputError: they make no sense.
    """
    told: dict[str, Any] = {"tokens": tokens, **given}
    told.setdefault("batch_size", usual_batch(tokens, context))
    told.setdefault("micro_batch", usual_micro_batch(told["batch_size"], context))
    told.setdefault("learning_rate", usual_learning_rate(parameters))
    settings = TrainingSettings(**told)
    settings.check()
    return settings


def usual_batch(tokens: int, context: int) -> int:
    """Windows in a step: the largest power of two, 4 to 64, that leaves a thousand steps; 4 where none does."""
    wanted = tokens / context / _WANTED_STEPS
    return min(_MOST_BATCH, max(_LEAST_BATCH, 1 << max(0, math.floor(math.log2(max(1.0, wanted))))))


def usual_micro_batch(batch_size: int, context: int) -> int:
    """The largest divisor of the batch with at most 4096 tokens, at least one window."""
    fitting = [n for n in range(1, batch_size + 1) if batch_size % n == 0 and n * context <= _MICRO_TOKENS]
    return fitting[-1] if fitting else 1


def usual_learning_rate(parameters: int) -> float:
    """The highest learning rate for a model of that size: 0.005 at a million parameters, less for larger ones."""
    return min(0.01, float(f"{0.005 * (max(parameters, 1) / 1e6) ** -0.3:.2g}"))
