"""CodeGeeX weights on disk: the released checkpoint's layout, and a folder of passatk's own.

A folder holds `config.json`, `model.safetensors` and the tokenizer's files. Whatever is read goes parameter by
parameter into the model's own memory, converted on the way: there is never a second copy of the whole.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from passatk.errors import InputError
from passatk.models import ModelSpec
from passatk.models.base import Origin
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig, unfilled
from passatk.models.embedded import EMBEDDED, embedded_folder
from passatk.models.local import EngineBackend, dtype_of, fingerprint_of, usable_device
from passatk.records import Record
from passatk.tokenizer import CodeGeeXTokenizer
from passatk.tokenizer.codegeex import ADDED, MERGES, VOCABULARY

CONFIG, WEIGHTS = "config.json", "model.safetensors"
MODEL_TYPE = "codegeex"
_HEAD_WIDTH = 128
"""Of CodeGeeX-13B: a checkpoint does not say how many heads share its matrices."""


class _ConfigFile(Record, frozen=True, kw_only=True):
    model_type: str
    shape: CodeGeeXConfig


def load_folder(folder: Path, device: str = "cpu", dtype: torch.dtype = torch.float32) -> CodeGeeX:
    """The model in a folder that `save_folder` wrote.

    Raises:
        InputError: a file is missing, damaged or of another model.
    """
    model = unfilled(read_shape(folder), device, dtype)
    try:
        with safe_open(str(folder / WEIGHTS), framework="pt") as file:
            names = set(file.keys())
            for name, parameter in model.named_parameters():
                if name not in names:
                    raise InputError(f"{folder / WEIGHTS} lacks {name}")
                _fill(parameter.data, file.get_tensor(name), name, folder / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise InputError(f"cannot read {folder / WEIGHTS}: {error}") from error
    return model


def read_shape(folder: Path) -> CodeGeeXConfig:
    """The shape of the model in a folder.

    Raises:
        InputError: the file is missing, damaged or of another model.
    """
    try:
        config = msgspec.json.decode((folder / CONFIG).read_bytes(), type=_ConfigFile)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"cannot read {folder / CONFIG}: {error}") from error
    if config.model_type != MODEL_TYPE:
        raise InputError(f"{folder / CONFIG} is of a {config.model_type!r} model; expected {MODEL_TYPE!r}")
    return config.shape


def save_folder(model: CodeGeeX, folder: Path) -> None:
    """Write what `load_folder` reads, in the model's own precision."""
    folder.mkdir(parents=True, exist_ok=True)
    config = _ConfigFile(model_type=MODEL_TYPE, shape=model.config)
    (folder / CONFIG).write_bytes(msgspec.json.format(msgspec.json.encode(config)) + b"\n")
    save_file({name: parameter.data for name, parameter in model.named_parameters()}, folder / WEIGHTS)


def load_checkpoint(
    path: Path, heads: int | None = None, device: str = "cpu", dtype: torch.dtype = torch.float16
) -> CodeGeeX:
    """A checkpoint in the layout in which CodeGeeX-13B was released; the shape is read off its tensors.

    Args:
        path: a file of `torch.save`. It is mapped, not read at once, and nothing in it is executed.
        heads: None takes heads of 128, as in CodeGeeX-13B.
        device: where the model is to be.
        dtype: of its parameters.

    Raises:
        InputError: the file cannot be read, or a tensor is missing or has another shape.
    """
    try:
        loaded = torch.load(path, mmap=True, map_location="cpu", weights_only=True)
        tensors = dict(_flat(loaded["module"]["language_model"]))
    except (OSError, RuntimeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"cannot read {path} as a CodeGeeX checkpoint: {error!r}") from error
    except Exception as error:  # pickle's own, for what is no pickle or holds more than tensors
        raise InputError(f"cannot read {path}: it is no file of tensors ({error})") from error
    model = unfilled(_shape_of(tensors, heads, path), device, dtype)
    for name, part in released_tensors(model):
        if name not in tensors:
            raise InputError(f"{path} lacks {name}")
        _fill(part, tensors[name], name, path)
    return model


def save_checkpoint(model: CodeGeeX, path: Path) -> None:
    """Write `model` in the released layout."""
    top: dict[str, Any] = {"embedding": {}, "topQueryEmbedding": {}, "transformer": {}}
    for name, tensor in released_tensors(model):
        room, _, rest = name.partition(".")
        if room == "transformer":
            top[room][rest] = tensor
        else:
            table, _, leaf = rest.partition(".")
            top[room][table] = {leaf: tensor}
    torch.save({"module": {"language_model": top}}, path)


def released_tensors(model: CodeGeeX) -> Iterator[tuple[str, Tensor]]:
    """(name in the released layout, the part of a parameter it is), for all of them. Parts share the model's memory."""
    yield "embedding.word_embeddings.weight", model.word_embeddings.weight.data
    yield "embedding.position_embeddings.weight", model.position_embeddings.weight.data
    yield "topQueryEmbedding.top_query_embeddings.weight", model.top_query_embeddings.weight.data
    places: list[tuple[str, nn.Module]] = [(f"layers.{number}", layer) for number, layer in enumerate(model.layers)]
    for place, layer in [*places, ("topQueryLayer", model.top_query_layer)]:
        fused = ("key", "value") if layer.query is not None else ("query", "key", "value")
        for kind in ("weight", "bias"):
            for name, module in (
                ("input_layernorm", layer.input_layernorm),
                ("post_attention_layernorm", layer.post_attention_layernorm),
                ("attention.query", layer.query),
                ("attention.dense", layer.dense),
                ("mlp.dense_h_to_4h", layer.dense_h_to_4h),
                ("mlp.dense_4h_to_h", layer.dense_4h_to_h),
            ):
                if module is not None:
                    yield f"transformer.{place}.{name}.{kind}", getattr(module, kind).data
            parts = getattr(layer.projection, kind).data.chunk(len(fused))
            for name, part in zip(fused, parts, strict=True):
                yield f"transformer.{place}.attention.{name}.{kind}", part
    for kind in ("weight", "bias"):
        yield f"transformer.final_layernorm.{kind}", getattr(model.final_layernorm, kind).data


def _fill(place: Tensor, tensor: Tensor, name: str, path: Path) -> None:
    if place.shape != tensor.shape:
        raise InputError(f"{path}: {name} has shape {list(tensor.shape)}; expected {list(place.shape)}")
    place.copy_(tensor)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Tensor]]:
    for name, value in tree.items():
        if isinstance(value, Tensor):
            yield f"{prefix}{name}", value
        else:
            yield from _flat(value, f"{prefix}{name}.")


def _shape_of(tensors: Mapping[str, Tensor], heads: int | None, path: Path) -> CodeGeeXConfig:
    try:
        vocabulary, hidden = tensors["embedding.word_embeddings.weight"].shape
        positions = len(tensors["embedding.position_embeddings.weight"])
        feed_forward = len(tensors["transformer.layers.0.mlp.dense_h_to_4h.bias"])
    except KeyError as error:
        raise InputError(f"{path} lacks {error.args[0]}") from error
    numbers = (name.split(".")[2] for name in tensors if name.startswith("transformer.layers."))
    return CodeGeeXConfig(
        layers=1 + max(map(int, numbers)),
        hidden=hidden,
        heads=heads or max(1, hidden // _HEAD_WIDTH),
        feed_forward=feed_forward,
        positions=positions,
        vocabulary=vocabulary,
        eos=min(CodeGeeXConfig().eos, vocabulary - 1),
    )


def _places(spec: ModelSpec) -> tuple[Path, Path]:
    """Where the model is, and where its tokenizer."""
    path = Path(spec.model) if spec.model else embedded_folder()
    if not path.exists():
        raise InputError(
            f"there is no CodeGeeX model at {spec.model!r}; name a folder or a checkpoint's file, or name no model to"
            " take the embedded one",
            setting="model",
        )
    return path, Path(spec.tokenizer) if spec.tokenizer else path if path.is_dir() else path.parent


def open_tokenizer(spec: ModelSpec) -> tuple[CodeGeeXTokenizer, int] | None:
    """The tokenizer, and how many positions the model has; None where only the whole checkpoint says so.

    Raises:
        InputError: a file is missing or damaged.
    """
    path, home = _places(spec)
    return (CodeGeeXTokenizer.load(home), read_shape(path).positions) if path.is_dir() else None


def open_backend(spec: ModelSpec) -> EngineBackend:
    """The model in a folder or a released checkpoint, with its tokenizer; or the embedded one.

    Raises:
        InputError: a file is missing, or model and tokenizer do not belong together.
        EnvironmentFault: there is no such device.
    """
    path, home = _places(spec)
    tokenizer = CodeGeeXTokenizer.load(home)
    dtype, device = dtype_of(spec.dtype), usable_device(spec.device)
    model = load_folder(path, device, dtype) if path.is_dir() else load_checkpoint(path, spec.heads, device, dtype)
    if tokenizer.size > model.vocabulary:
        raise InputError(
            f"the tokenizer in {home} has ids up to {tokenizer.size - 1}, but the model only {model.vocabulary} logits"
        )
    if (tokenizer.eos,) != model.eos:
        raise InputError(f"the tokenizer in {home} ends texts with {tokenizer.eos}, but the model with {model.eos[0]}")
    files = [path / WEIGHTS, path / CONFIG] if path.is_dir() else [path]
    origin = Origin(
        backend="codegeex",
        model=spec.model or EMBEDDED,
        fingerprint=fingerprint_of([*files, *(home / name for name in (VOCABULARY, MERGES, ADDED))]),
        versions={},
        dtype=spec.dtype,
    )
    return EngineBackend(model, tokenizer, tokenizer.meaningless(model.vocabulary), origin)
