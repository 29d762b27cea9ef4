"""The model that a run goes on from, in place of first weights that are drawn."""

from pathlib import Path

import msgspec
import torch

from passatk.corpus.packed import TOKENIZER_FILES, PackedCorpus
from passatk.errors import InputError
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.models.codegeex_files import CONFIG, WEIGHTS, load_folder, read_shape
from passatk.models.embedded import EMBEDDED, TRAINING, folder_named
from passatk.models.local import fingerprint_of
from passatk.runs.locked import MANIFEST
from passatk.tokenizer import CodeGeeXTokenizer
from passatk.training.folder import MODEL, Start, TrainingManifest
from passatk.training.shapes import flops_per_token


def start_of(model: str, corpus: PackedCorpus) -> Start:
    """What is recorded of a model that a run goes on from.

    Raises:
        InputError: there is no such model, or its tokenizer is not the corpus's.
    """
    folder = folder_of(model)
    shape = shape_of_start(model)
    if CodeGeeXTokenizer.load(folder).files() != corpus.tokenizer().files():
        raise InputError(
            f"the tokenizer of {model} is not that of {corpus.folder}, whose tokens would mean something else to it;"
            f" pack the corpus with the tokenizer in {folder}",
            setting="start",
        )
    tokens, flops = _read_before(folder, shape)
    files = [folder / name for name in (WEIGHTS, CONFIG, *TOKENIZER_FILES)]
    return Start(model=model, fingerprint=fingerprint_of(files), tokens=tokens, flops=flops)


def shape_of_start(model: str) -> CodeGeeXConfig:
    """The shape of the model, which the run takes over.

    Raises:
        InputError: there is no such model.
    """
    return read_shape(folder_of(model))


def first_weights(model: str) -> CodeGeeX:
    """The model itself.

    Raises:
        InputError: its weights are missing or damaged.
    """
    return load_folder(folder_of(model), dtype=torch.float32)


def folder_of(model: str) -> Path:
    """Where it is: `embedded` is the model that passatk ships, anything else a folder.

    Raises:
        InputError: there is no such model.
    """
    folder = folder_named(model).resolve()
    missing = next((name for name in (WEIGHTS, CONFIG) if not (folder / name).is_file()), None)
    if missing:
        raise InputError(
            f"{model!r} is no model to go on from: it has no {missing}; name the folder `model` of a finished training"
            f" run, or {EMBEDDED}",
            setting="start",
        )
    return folder


def _read_before(folder: Path, shape: CodeGeeXConfig) -> tuple[int | None, float | None]:
    """Tokens and floating-point operations of all its trainings, where the manifest of its run lies beside it."""
    place = folder.parent / MANIFEST if folder.name == MODEL else folder / TRAINING
    try:
        run = msgspec.json.decode(place.read_bytes(), type=TrainingManifest)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None, None
    if run.shape != shape:
        return None, None
    flops = float(flops_per_token(run.shape, run.context)) * run.tokens
    if run.start is None:
        return run.tokens, flops
    if run.start.tokens is None or run.start.flops is None:
        return None, None
    return run.start.tokens + run.tokens, run.start.flops + flops
