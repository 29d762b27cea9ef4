"""Models in this process, driven by our own engine."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import torch

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion, Listener
from passatk.decoding.engine import Engine, Request
from passatk.decoding.model import CausalModel
from passatk.decoding.rows import probe
from passatk.decoding.text import Detokenizer
from passatk.errors import EnvironmentFault
from passatk.models.base import Encoder, Origin, Wanted, encoded, refuse_long_prompts
from passatk.runs.manifest import this_machine

DECODING = "1"
"""Changes whenever our own decoding gives other tokens than before."""


class Tokenizer(Encoder, Detokenizer, Protocol):
    """Text to tokens and back."""


class EngineBackend:
    """A model in this process."""

    def __init__(self, model: CausalModel, tokenizer: Tokenizer, meaningless: Iterable[int], origin: Origin):
        """`origin` without what only the model itself can tell: device and row classes are found here."""
        classes = probe(model)
        model.row_unit = classes.unit
        self.model, self.tokenizer, self._meaningless = model, tokenizer, tuple(meaningless)
        self.origin = Origin(
            **{field: getattr(origin, field) for field in ("backend", "model", "fingerprint", "dtype")},
            versions={**origin.versions, "torch": str(torch.__version__), "decoding": DECODING},
            device=_device_name(model.device),
            row_unit=classes.unit,
            row_classes=classes.classes,
            reproducible=classes.independent,
        )

    def check(self, settings: DecodingSettings, batch_size: int, wanted: Sequence[Wanted]) -> None:
        """Every setting is honoured; what makes no sense for this vocabulary, or prompts without room, are refused."""
        self._engine(settings, batch_size, None)
        refuse_long_prompts(self.tokenizer, self.model.positions, wanted)

    def _engine(self, settings: DecodingSettings, batch_size: int, listener: Listener | None) -> Engine:
        return Engine(
            self.model,
            self.tokenizer,
            settings,
            batch_size=batch_size,
            meaningless=self._meaningless,
            listener=listener,
        )

    def generate(
        self, wanted: Iterable[Wanted], settings: DecodingSettings, batch_size: int, listener: Listener | None = None
    ) -> Iterator[Completion]:
        """Every sample of every problem, as they are finished."""
        engine = self._engine(settings, batch_size, listener)
        yield from engine.generate(map(self._request, wanted))

    def _request(self, one: Wanted) -> Request:
        return Request(one.task_id, encoded(self.tokenizer, one), one.samples, one.ends)

    def close(self) -> None:
        """Nothing is held that the process does not let go."""


def fingerprint_of(files: Iterable[Path]) -> str:
    """SHA-256 of the contents of `files`, one after the other."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while part := opened.read(1 << 22):
                digest.update(part)
    return digest.hexdigest()


def dtype_of(name: str) -> torch.dtype:
    """PyTorch's dtype of one of `models.DTYPES`."""
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def usable_device(name: str) -> str:
    """`name`, if PyTorch can compute there.

    Raises:
        EnvironmentFault: it cannot.
    """
    if name.startswith("cuda"):  # read at the first product on a GPU; training later in this process needs it
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    try:
        torch.empty(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise EnvironmentFault(
            f"there is no device {name!r} for this PyTorch ({torch.__version__}): {error}"
        ) from error
    return name


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda: {torch.cuda.get_device_name(device)}"
    return f"cpu: {this_machine().processor}, {torch.backends.cpu.get_cpu_capability()} kernels"
