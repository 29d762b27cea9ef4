"""Any causal language model of the transformers library, driven by our own engine and never by its `.generate`."""

import copy
import hashlib
import inspect
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from passatk.decoding.model import Continuation, Prefix, Step
from passatk.decoding.rows import padded
from passatk.errors import EnvironmentFault, InputError
from passatk.models import ModelSpec
from passatk.models.base import Origin
from passatk.models.local import EngineBackend, dtype_of, usable_device

_ATTENTION = "2"
"""Changes whenever the attention that we choose gives other last bits than before."""


class TransformersModel:
    """A CausalModel. Each wave is a forward pass of its own, its rows equally long, so nothing is ever padded."""

    def __init__(self, model: Any):
        """`model`: what `AutoModelForCausalLM` gives."""
        self._model = model.eval().requires_grad_(False)
        config = model.config.get_text_config()
        self.vocabulary: int = model.get_output_embeddings().weight.shape[0]
        self.positions: int = _positions(config)
        eos = model.generation_config.eos_token_id
        eos = config.eos_token_id if eos is None else eos
        self.eos: tuple[int, ...] = () if eos is None else tuple(eos) if isinstance(eos, list) else (eos,)
        self.row_unit = 1
        self._last_only = "logits_to_keep" in inspect.signature(model.forward).parameters

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        device: torch.device = self._model.device
        return device

    @torch.inference_mode()
    def read(self, prompt: Sequence[int]) -> "TransformersPrefix":
        """Read a prompt, alone."""
        found = self._forward(torch.tensor([list(prompt)], device=self.device), None)
        layers = getattr(getattr(found, "past_key_values", None), "layers", None)
        if not layers or not all(hasattr(layer, "batch_select_indices") for layer in layers):
            kind = type(self._model).__name__
            raise InputError(
                f"{kind} keeps states instead of keys and values, whose rows we cannot share or select yet"
            )
        return TransformersPrefix(len(prompt), found)

    def start(self, prefix: Prefix, rows: int) -> "TransformersContinuation":
        """`rows` continuations of a prompt."""
        assert isinstance(prefix, TransformersPrefix)
        return TransformersContinuation(prefix, rows, self.row_unit)

    @torch.inference_mode()
    def step(self, blocks: Sequence[tuple[Continuation, Tensor]]) -> list[Step]:
        """One forward pass for each wave."""
        return [self._step_one(continuation, tokens) for continuation, tokens in blocks]

    def _step_one(self, continuation: Continuation, tokens: Tensor) -> Step:
        assert isinstance(continuation, TransformersContinuation)
        rows, k = tokens.shape
        flat = padded(tokens.reshape(-1, 1), self.row_unit)
        with self._attention():
            found = self._forward(flat, continuation.cache_for(k))
        logits = found.logits[: rows * k, -1].float()
        hidden = found.hidden_states[-1][: rows * k, -1]
        return Step(logits.view(rows, k, -1), hidden.view(rows, k, -1))

    def _attention(self) -> AbstractContextManager[None]:
        """On CPUs in plain products: of PyTorch's fused kernel each thread has other last bits in float32 (MKL's choice
        by where its memory begins), so that a row's would depend on its place.
        """
        plain = self.device.type == "cpu" and self._model.dtype == torch.float32
        return sdpa_kernel(SDPBackend.MATH) if plain else nullcontext()

    def _forward(self, tokens: Tensor, cache: Any) -> Any:
        only = {"logits_to_keep": 1} if self._last_only else {}  # a prompt's other logits would be large, and unused
        return self._model(tokens, past_key_values=cache, use_cache=True, output_hidden_states=True, **only)


class TransformersPrefix:
    """A prompt that was read."""

    def __init__(self, length: int, found: Any):
        self.length = length
        self.logits: Tensor = found.logits[:, -1].float()
        self.hidden: Tensor = found.hidden_states[-1][0]
        self.cache = found.past_key_values


class TransformersContinuation:
    """Rows of one cache, their number a multiple of the model's unit: the last repeat the first."""

    def __init__(self, prefix: TransformersPrefix, rows: int, unit: int):
        self.rows, self._unit = rows, unit
        self._cache = copy.deepcopy(prefix.cache)  # whatever kinds of layers it has: windows, states
        self._shared = True
        """The cache has still one row, the prompt's."""
        self._candidates = 1

    def cache_for(self, candidates: int) -> Any:
        """A cache with each of our rows `candidates` times, and repetitions, for the model to add to."""
        if self._shared or candidates > 1 or self._candidates > 1:
            wanted = torch.arange(self.rows).repeat_interleave(candidates)
            self._select(torch.zeros_like(wanted) if self._shared else wanted)
        self._candidates, self._shared = candidates, False
        return self._cache

    def _select(self, rows: Tensor) -> None:
        self._cache.batch_select_indices(padded(rows, self._unit))

    def accept(self, candidates: Tensor | None) -> None:
        """Keep the last step's tokens, or one of each row's candidates."""
        if candidates is not None:
            self._select(torch.arange(self.rows) * self._candidates + candidates.cpu())

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only."""
        self.rows = len(rows)
        self._select(rows.cpu())


class TransformersTokenizer:
    """The model's own tokenizer."""

    def __init__(self, tokenizer: Any):
        """`tokenizer`: what `AutoTokenizer` gives."""
        self._tokenizer = tokenizer

    def encode(self, text: str) -> list[int]:
        """With what the model wants at the beginning of a text."""
        ids: list[int] = self._tokenizer(text)["input_ids"]
        return ids

    def encode_chat(self, text: str) -> list[int]:
        """By the tokenizer's own chat template.

        Raises:
            InputError: it has none.
        """
        if not self._tokenizer.chat_template:
            raise InputError(
                "this model has no chat template; leave chat out, or use an instruct model", setting="chat"
            )
        said = [{"role": "user", "content": text}]
        ids: list[int] = self._tokenizer.apply_chat_template(said, add_generation_prompt=True, return_dict=False)
        return ids

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        """The text of `ids`, spaces as they are."""
        text: str = self._tokenizer.decode(
            list(ids), skip_special_tokens=skip_special_tokens, clean_up_tokenization_spaces=False
        )
        return text


@contextmanager
def _loading(spec: ModelSpec) -> Iterator[None]:
    """The library's errors as ours."""
    try:
        yield
    except ValueError as error:
        raise InputError(f"cannot load {spec.model!r} as a causal language model: {error}") from error
    except OSError as error:
        if Path(spec.model).exists():
            raise InputError(f"cannot load a model from {spec.model}: {error}") from error
        raise EnvironmentFault(f"{spec.model!r} is not a folder here, and the hub does not have it: {error}") from error


def _positions(config: Any) -> int:
    """How many tokens a model reads at most; a great many where it does not say."""
    positions: int = getattr(config.get_text_config(), "max_position_embeddings", None) or 1 << 20
    return positions


def open_tokenizer(spec: ModelSpec) -> tuple[TransformersTokenizer, int]:
    """The tokenizer, and how many positions the model has, without its weights.

    Raises:
        InputError, EnvironmentFault: as `open_backend`.
    """
    with _loading(spec):
        config = transformers.AutoConfig.from_pretrained(spec.model)
        tokenizer = transformers.AutoTokenizer.from_pretrained(spec.tokenizer or spec.model)
    return TransformersTokenizer(tokenizer), _positions(config)


def open_backend(spec: ModelSpec) -> EngineBackend:
    """A model and its tokenizer: a local folder, or a name on the hub.

    Raises:
        InputError: there is none, or it is no causal language model.
        EnvironmentFault: no such device; or the hub cannot be reached, and the model is not in the library's cache.
    """
    device, dtype = usable_device(spec.device), dtype_of(spec.dtype)
    with _loading(spec):
        loaded: Any = transformers.AutoModelForCausalLM.from_pretrained(spec.model, dtype=dtype)
        tokenizer = transformers.AutoTokenizer.from_pretrained(spec.tokenizer or spec.model)
    model = TransformersModel(loaded.to(device))
    origin = Origin(
        backend="transformers",
        model=spec.model,
        fingerprint=_fingerprint(spec.model, loaded, tokenizer, model.eos),
        versions={"transformers": transformers.__version__, "attention": _ATTENTION},
        dtype=spec.dtype,
    )
    known = set(tokenizer.get_vocab().values())
    meaningless = [token for token in range(model.vocabulary) if token not in known]
    return EngineBackend(model, TransformersTokenizer(tokenizer), meaningless, origin)


def _fingerprint(name: str, model: Any, tokenizer: Any, eos: tuple[int, ...]) -> str:
    """SHA-256 of all weights, the configuration and the tokenizer, wherever they were loaded from.

    The configuration is hashed as its file has it: once loaded, it also holds the library's version and the defaults of
    that version. Which library computes stands in `Origin.versions`.
    """
    written, _ = transformers.PretrainedConfig.get_config_dict(name)
    digest = hashlib.sha256(json.dumps(_without_versions(written), sort_keys=True).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy())
    for token, number in sorted(tokenizer.get_vocab().items()):
        digest.update(f"{token}\t{number}\n".encode("utf-8", "surrogatepass"))
    rules = tokenizer.backend_tokenizer.to_str() if tokenizer.is_fast else ""
    digest.update(f"{eos}\n{tokenizer.chat_template}\n{rules}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _without_versions(value: Any) -> Any:
    """A configuration without the library version that wrote it, its place, and its commit; nested ones too."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key != "transformers_version" and not key.startswith("_")}
        return {key: _without_versions(part) for key, part in kept.items()}
    return [_without_versions(part) for part in value] if isinstance(value, list) else value
