"""Models in this process, driven by our own engine."""

import hashlib
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
from passatk.errors import EnvironmentFault, InputError
from passatk.models.base import Origin, Wanted
from passatk.runs.manifest import this_machine

DECODING = "1"
"""Changes whenever our own decoding gives other tokens than before."""
_NAMED = 5


class Tokenizer(Detokenizer, Protocol):
    """Text to tokens and back."""

    def encode(self, text: str) -> list[int]:
        """The ids of `text`, with what the model wants at its beginning."""

    def encode_chat(self, text: str) -> list[int]:
        """The ids of a conversation in which a user says `text` and the model is about to answer.

        Raises:
            InputError: the model has no chat template.
        """


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
        lengths = {one.task_id: len(self._request(one).prompt) for one in wanted}
        most = self.model.positions - 1
        if unfit := [f"{task}: {length}" for task, length in lengths.items() if not 1 <= length <= most]:
            raise InputError(
                f"{len(unfit)} prompts do not leave this model room for an answer: it takes 1 to {most} tokens, they"
                f" have {', '.join(unfit[:_NAMED])}{', ...' if len(unfit) > _NAMED else ''}. Leave these problems out,"
                " or ask with the declaration alone",
                setting="form",
            )

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
        encode = self.tokenizer.encode_chat if one.chat else self.tokenizer.encode
        return Request(one.task_id, encode(one.prompt), one.samples, one.ends)

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
