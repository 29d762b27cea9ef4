"""How large everything in `gpu.py` is, and its models: CodeGeeX and Llama with random weights."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import transformers

from passatk.decoding import DecodingSettings
from passatk.decoding.model import CausalModel
from passatk.models.codegeex import CodeGeeX
from passatk.models.transformers import TransformersModel
from passatk.training.shapes import shape_for

METHODS = ("greedy", "sample", "contrastive")
CANDIDATES, ALPHA = 4, 0.6
_WILD = 2.0
"""Standard deviation of a matrix's products: with a library's own first weights a model repeats one token for ever."""
_TABLES = {"word_embeddings.weight": 0.75, "model.embed_tokens.weight": 3.0}
"""The same of the tables that make the logits: theirs is about 3 in both models, so that several tokens are likely."""


class Size(NamedTuple):
    """One size of model, built twice: as CodeGeeX and as Llama."""

    parameters: int
    llama: tuple[int, int, int, int, int]
    """Width, layers, heads, heads of keys, width of the feed-forward."""
    new_tokens: int


@dataclass(frozen=True)
class Plan:
    """How large everything is."""

    sizes: Mapping[str, Size]
    vocabulary: int
    prompts: tuple[int, ...]
    """Tokens of each task's prompt."""
    samples: int
    """Of a task, at most; a batch of fewer draws as many as its size."""
    defined: tuple[int, int]
    """Texts, and tokens of each, that are compared with the definition of contrastive search."""
    rates: tuple[tuple[int, ...], int, int]
    """Batch sizes, new tokens, repeats."""
    kernels: tuple[int, int, int]
    """Heads, width of a head, keys."""
    trained: Mapping[str, int]
    """Precision -> parameters."""
    steps: tuple[int, int]
    """Of a training run; those before it is stopped."""
    windows: tuple[int, int, int]
    """Of a step, of a micro-batch; tokens of each."""


FULL = Plan(
    sizes={
        "100M": Size(100_000_000, (768, 12, 12, 4, 2048), 48),
        "1B": Size(1_000_000_000, (2048, 16, 32, 8, 8192), 40),
    },
    vocabulary=32_000,
    prompts=(9, 70, 180, 330),
    samples=64,
    defined=(2, 12),
    rates=((16, 64, 256), 48, 2),
    kernels=(12, 64, 400),
    trained={"bfloat16": 100_000_000, "float32": 20_000_000},
    steps=(60, 25),
    windows=(32, 16, 256),
)
SMALL = Plan(
    sizes={"tiny": Size(100_000, (48, 2, 4, 2, 96), 6)},
    vocabulary=512,
    prompts=(3, 9, 20, 40),
    samples=64,
    defined=(2, 5),
    rates=((4, 16), 4, 1),
    kernels=(4, 16, 48),
    trained={"bfloat16": 100_000, "float32": 100_000},
    steps=(30, 11),
    windows=(4, 2, 48),
)


def settings_of(method: str, new_tokens: int, eos: int) -> DecodingSettings:
    """Texts that do not end before `new_tokens`."""
    own: dict[str, Any] = {
        "greedy": {},
        "sample": {"temperature": 0.8, "top_p": 0.95},
        "contrastive": {"penalty_alpha": ALPHA, "top_k": CANDIDATES},
    }
    settings = DecodingSettings(method=method, max_new_tokens=new_tokens, suppress_tokens=(eos,), **own[method])  # type: ignore[arg-type]
    settings.check()
    return settings


def prompts(plan: Plan) -> list[list[int]]:
    """One for each task."""
    rng = random.Random(1)
    return [[rng.randrange(plan.vocabulary - 1) for _ in range(length)] for length in plan.prompts]


def codegeex(plan: Plan, size: Size, dtype: torch.dtype, device: str) -> CodeGeeX:
    """The usual shape of this size."""
    torch.manual_seed(0)
    with torch.device(device):
        model = CodeGeeX(shape_for(size.parameters, plan.vocabulary, 512, plan.vocabulary - 1))
    return _wild(model, dtype, device)  # type: ignore[no-any-return]


def llama(plan: Plan, size: Size, dtype: torch.dtype, device: str) -> Any:
    """As the transformers library builds it."""
    width, layers, heads, key_heads, feed_forward = size.llama
    shape = transformers.LlamaConfig(
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        intermediate_size=feed_forward,
        vocab_size=plan.vocabulary,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=plan.vocabulary - 1,
        eos_token_id=None,
    )
    make: Any = transformers.AutoModelForCausalLM.from_config
    torch.manual_seed(0)
    with torch.device(device):
        model = make(shape)
    return _wild(model, dtype, device)


def _wild(model: Any, dtype: torch.dtype, device: str) -> Any:
    """Parameters alone change their type: tables of angles stay as precise as in a model that was loaded."""
    generator = torch.Generator(device).manual_seed(0)
    for name, parameter in model.eval().requires_grad_(False).named_parameters():
        if parameter.dim() == 2:
            spread = _TABLES.get(name, _WILD)
            parameter.normal_(0.0, spread / math.sqrt(parameter.shape[1]), generator=generator)
        parameter.data = parameter.data.to(dtype)
    return model


def causal(model: Any) -> CausalModel:
    """As the engine wants it."""
    return model if isinstance(model, CodeGeeX) else TransformersModel(model)


def parameters_of(model: Any) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
