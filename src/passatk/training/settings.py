"""Every knob of a training run, and what follows from them alone: steps, learning rates."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_type_hints

from passatk.errors import InputError
from passatk.models import Dtype
from passatk.records import Record
from passatk.settings import build, checked_value, setting

Precision = Literal["bfloat16", "float32"]
Optimizer = Literal["muon", "adamw"]
Schedule = Literal["linear", "cosine", "wsd"]
PRECISIONS, OPTIMIZERS, SCHEDULES = (get_args(kind) for kind in (Precision, Optimizer, Schedule))
_WSD_DECAY = 0.2
"""The part of the steps in which `wsd` decays."""
_MICRO_TOKENS = 4096
_WANTED_STEPS, _LEAST_BATCH, _MOST_BATCH = 1000, 4, 64
_BELOW_1 = 0.9999999


class TrainingSettings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each of them can change the model that comes out."""

    tokens: Annotated[int, setting("Budget: tokens to read, like 50M or 3e7.", quantity=True, gt=0)]
    """Every position of a window counted. Rounded up to whole steps."""
    batch_size: Annotated[int, setting("Windows in a step.", ge=1, unset="for 1000 steps, 4 to 64")]
    micro_batch: Annotated[
        int, setting("Windows computed together; fewer need less memory.", ge=1, unset="4096 tokens")
    ]
    """The sum over a step adds these in order."""
    learning_rate: Annotated[
        float, setting("Peak learning rate.", gt=0, unset="0.005 at 1M parameters, less for larger models")
    ]
    schedule: Annotated[
        Schedule, setting("How the learning rate falls after the warm-up; wsd is constant, then linear.")
    ] = "linear"
    """`wsd` falls over the last fifth of the steps."""
    warmup: Annotated[
        float, setting("Part of the steps in which the learning rate rises from 0.", ge=0, le=_BELOW_1)
    ] = 0.05
    final_learning_rate: Annotated[
        float, setting("Part of the peak learning rate that is left at the end.", ge=0, le=1)
    ] = 0.0
    weight_decay: Annotated[float, setting("Weight decay applied to matrices.", ge=0)] = 0.1
    """Decoupled and times the learning rate. LayerNorms, biases and embeddings have none."""
    optimizer: Annotated[Optimizer, setting("Optimizer of matrices; everything else is trained with AdamW.")] = "muon"
    momentum: Annotated[float, setting("Momentum of Muon.", ge=0, le=_BELOW_1)] = 0.95
    beta1: Annotated[float, setting("First beta of AdamW.", ge=0, le=_BELOW_1)] = 0.9
    beta2: Annotated[float, setting("Second beta of AdamW.", ge=0, le=_BELOW_1)] = 0.98
    epsilon: Annotated[float, setting("Epsilon of AdamW.", gt=0)] = 1e-8
    clip: Annotated[float, setting("Largest L2 norm of a step's gradient.", gt=0)] = 1.0
    seed: Annotated[int, setting("Seed for the first weights and the order of windows.", ge=0, le=2**63 - 1)] = 0
    precision: Annotated[
        Precision, setting("Number format of the arithmetic; weights and optimizer are always float32.")
    ] = "bfloat16"
    """Of matrix products, attention and the residual stream."""

    def check(self) -> None:
        """Raise InputError where no run can have these settings."""
        for name, hint in _HINTS.items():
            checked_value(name, getattr(self, name), hint)
        if self.batch_size % self.micro_batch:
            raise InputError(
                f"batch_size = {self.batch_size} is not a multiple of micro_batch = {self.micro_batch};"
                " choose one that is",
                setting="micro_batch",
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


_HINTS = get_type_hints(TrainingSettings, include_extras=True)


class TrainingOptions(Record, frozen=True, kw_only=True):
    """How a training is carried out; what else is the same for one model and a ladder of them."""

    device: Annotated[str, setting("Device to train on: cpu, cuda or cuda:1.")] = "cpu"
    threads: Annotated[int | None, setting("Threads on a CPU.", ge=1, unset="all, or $OMP_NUM_THREADS")] = None
    model_dtype: Annotated[Dtype, setting("Number format in which the finished model is written.", option="dtype")] = (
        "bfloat16"
    )
    checkpoint_every: Annotated[int, setting("Steps between checkpoints; changes no bit.", ge=1)] = 100
    validation_every: Annotated[
        int | None,
        setting(
            "Steps between measurements of the validation loss.", option="validate-every", ge=1, unset="a tenth of them"
        ),
    ] = None
    validation_windows: Annotated[
        int, setting("Windows for the validation loss during training, at most; the last one takes all.", ge=1)
    ] = 256


class ShapeChoice(Record, frozen=True, kw_only=True):
    """How large a model is: by its parameters, or by layers and width."""

    parameters: Annotated[int | None, setting("Size, like 3M: the usual shape nearest to it.", quantity=True, gt=0)] = (
        None
    )
    layers: Annotated[int | None, setting("Blocks below the top-query layer; needs the width too.", ge=1)] = None
    hidden: Annotated[int | None, setting("Width of the model; needs the number of blocks too.", ge=1)] = None
    heads: Annotated[int | None, setting("Attention heads.", ge=1, unset="width / 64")] = None


def usual_settings(parameters: int, context: int, tokens: int, given: Mapping[str, object]) -> TrainingSettings:
    """Settings for a model and a budget: what is given, and for the rest what is usual.

    Raises:
        InputError: they make no sense.
    """
    chosen: dict[str, Any] = {"tokens": tokens, **given}
    chosen.setdefault("batch_size", usual_batch(tokens, context))
    if isinstance(chosen["batch_size"], int):
        chosen.setdefault("micro_batch", usual_micro_batch(chosen["batch_size"], context))
    chosen.setdefault("learning_rate", usual_learning_rate(parameters))
    settings = build(TrainingSettings, chosen, "training settings")
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
