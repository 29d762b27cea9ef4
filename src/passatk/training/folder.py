"""A training run's folder: manifest, losses, checkpoint, the model, completion marker."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from passatk.corpus.packed import PackedCorpus
from passatk.errors import InputError, RunFolderError
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.models.codegeex_files import CONFIG, save_folder
from passatk.records import Record
from passatk.runs.locked import COMPLETE, MANIFEST, LockedFolder, storage, write_atomically, write_lines
from passatk.runs.manifest import Machine, short
from passatk.training.arithmetic import Arithmetic
from passatk.training.settings import TrainingSettings
from passatk.training.trainer import STATE

LOSSES, CHECKPOINT, MODEL, REPORT = "losses.jsonl", "checkpoint.safetensors", "model", "report.json"
_MAY_DIFFER = ("passatk", "corpus", "checkpoint_every", "machine")
_OF_START = ("start.model", "start.tokens", "start.flops")
"""May differ too: the fingerprint says which it is."""


class Start(Record, frozen=True, kw_only=True):
    """The model that a run goes on from."""

    model: str
    """As it was named."""
    fingerprint: str
    """SHA-256 of its files, the tokenizer's among them."""
    tokens: int | None
    """Read by it before, in all its trainings; None: nothing of that lies beside it."""
    flops: float | None
    """Floating-point operations of these."""


class TrainingManifest(Record, frozen=True, kw_only=True):
    """Written before the first step: everything needed to repeat the run."""

    passatk: str
    corpus: str
    """Where it was."""
    corpus_sha256: str
    windows: int
    """To train on."""
    context: int
    shape: CodeGeeXConfig
    parameters: int
    non_embedding_parameters: int
    settings: TrainingSettings
    steps: int
    tokens: int
    """Read in all steps."""
    epochs: float
    validation_windows: int
    """Of the validation part, spread over it, for the loss during training; all of it for the last one."""
    validation_every: int
    """Steps."""
    checkpoint_every: int
    """Steps. Changes no bit."""
    model_dtype: str
    """In which the model is written at the end."""
    arithmetic: Arithmetic
    machine: Machine
    start: Start | None = None
    """None: first weights were drawn."""

    def check_same_run(self, other: "TrainingManifest") -> None:
        """Refuse to continue this run as another.

        Raises:
            RunFolderError: naming each difference that can change a bit of the model.
        """
        mine, theirs = _flat(msgspec.to_builtins(self)), _flat(msgspec.to_builtins(other))
        differing = [
            f"{name}: {short(mine.get(name))} here, {short(theirs.get(name))} now"
            for name in dict.fromkeys([*mine, *theirs])
            if name not in _OF_START and name.split(".")[0] not in _MAY_DIFFER and mine.get(name) != theirs.get(name)
        ]
        if differing:
            raise RunFolderError(
                "this folder belongs to another training run, so it is not resumed; choose another, or delete it. "
                + "; ".join(differing),
                setting="out",
            )


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in tree.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


class LossLine(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A line of `losses.jsonl`: after step `step`, counted from 1."""

    step: int
    tokens: int
    """Read so far."""
    loss: float
    """Of the step's batch, before its change of the weights; nats a token."""
    learning_rate: float
    gradient_norm: float
    tokens_per_second: float
    """Of this step."""
    valid_loss: float | None = None
    """Where it was measured, after the step."""


class Checkpoint(Record, frozen=True, kw_only=True):
    """Where a run stands."""

    step: int
    """Steps done."""
    seconds: float
    """Spent on them, over all processes."""
    state: dict[str, Tensor]


class TrainingFolder(LockedFolder):
    """An open folder of a training run, locked against other processes. Use as a context manager.

    Raises:
        RunFolderError: the folder is in use, or belongs to another run.
        StorageError: it cannot be written.
    """

    def __init__(self, path: Path, manifest: TrainingManifest):
        super().__init__(path, manifest)

    def _open(self) -> None:
        self._losses = (self.path / LOSSES).open("ab")

    def record(self, line: LossLine) -> None:
        """Append one line; it is safe from a power cut after the next checkpoint."""
        with storage(self.path):
            self._losses.write(msgspec.json.encode(line) + b"\n")
            self._losses.flush()

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the last one by this one: whole, or not at all."""
        state = {name: tensor.detach().cpu() for name, tensor in checkpoint.state.items()}
        told = {"step": str(checkpoint.step), "seconds": repr(checkpoint.seconds), "sha256": _digest(state)}
        with storage(self.path):
            os.fsync(self._losses.fileno())
            write_atomically(self.path / CHECKPOINT, save(state, metadata=told))

    def load_checkpoint(self) -> Checkpoint | None:
        """The last one, or None; lines of `losses.jsonl` that come after it are removed.

        Raises:
            RunFolderError: it is damaged.
        """
        file, found = self.path / CHECKPOINT, None
        if file.exists():
            try:
                with safe_open(str(file), framework="pt") as opened:
                    told = opened.metadata() or {}
                    state = {name: opened.get_tensor(name) for name in STATE}
                if told.get("sha256") != _digest(state):
                    raise ValueError("its contents are not what was written")
                found = Checkpoint(step=int(told["step"]), seconds=float(told["seconds"]), state=state)
            except (OSError, SafetensorError, KeyError, ValueError) as error:
                raise RunFolderError(
                    f"{file} is damaged ({error}); delete {self.path} to train from the beginning"
                ) from error
        done = found.step if found else 0
        kept = list(read_losses(self.path, done))
        if [line.step for line in kept] != list(range(1, done + 1)):
            raise RunFolderError(f"{self.path / LOSSES} does not fit {file}; delete {self.path} to train again")
        with storage(self.path):
            self._losses.close()
            write_lines(self.path / LOSSES, (msgspec.json.encode(line).decode() for line in kept))
            self._open()
        return found

    def finish(self, model: CodeGeeX, corpus: PackedCorpus, report: Record, digest: str) -> None:
        """Write the model with its tokenizer, the report, then the completion marker."""
        with storage(self.path):
            part = self.path / f"{MODEL}.part"
            for old in (part, self.path / MODEL):
                shutil.rmtree(old, ignore_errors=True)
            save_folder(model, part)
            corpus.tokenizer().save(part)
            for file in part.iterdir():
                file.chmod((part / CONFIG).stat().st_mode)  # safetensors makes files that only their owner may read
                with file.open("rb") as opened:
                    os.fsync(opened.fileno())
            part.rename(self.path / MODEL)
            write_atomically(self.path / REPORT, msgspec.json.format(msgspec.json.encode(report, enc_hook=str)) + b"\n")
            write_atomically(self.path / COMPLETE, f"{digest}\n".encode())

    def close(self) -> None:
        """Close losses and lock."""
        self._losses.close()
        super().close()


def _digest(state: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in STATE:
        digest.update(state[name].contiguous().numpy().tobytes())
    return digest.hexdigest()


def read_losses(folder: Path, most: int | None = None) -> Iterator[LossLine]:
    """The lines of a run's `losses.jsonl`, or the first `most`; one that was being written when the process died is not
    among them.

    Raises:
        InputError: there is no such file, or it is damaged.
    """
    path = folder / LOSSES
    try:
        lines = path.read_bytes().split(b"\n")[:-1][:most]
        return iter([msgspec.json.decode(line, type=LossLine) for line in lines])
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"cannot read {path}: {error}; expected a folder that `passatk train model` wrote") from error


def read_manifest(folder: Path) -> TrainingManifest:
    """The manifest of a run.

    Raises:
        InputError: there is none.
    """
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=TrainingManifest)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"{folder} is no training run: {error}") from error


def dtype_named(name: str) -> torch.dtype:
    """PyTorch's dtype of that name."""
    dtype: torch.dtype = getattr(torch, name)
    return dtype
