"""The CodeGeeX model (Zheng et al. 2023), any size: a GPT whose last layer asks with a query for the next position.

Blocks are pre-LayerNorm. The top-query layer takes its keys and values from the last block's output, and its queries
from an embedding of the position alone. Logits are the products with the token embedding.

Attention is written for many continuations of one prompt: the prompt's keys and values are read once for all of them.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it
from torch.overrides import TorchFunctionMode

from passatk.decoding.model import Continuation, Prefix, Step
from passatk.decoding.rows import padded
from passatk.errors import InputError
from passatk.records import Record
from passatk.wording import counted

_MASKED = -10000.0
_RECENT = 32

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, queries, keys, values), each [tokens, heads, width of a head] -> [tokens, heads, width of a head]."""


class CodeGeeXConfig(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of a model; by default that of CodeGeeX-13B."""

    layers: int = 39
    """Blocks below the top-query layer."""
    hidden: int = 5120
    heads: int = 40
    feed_forward: int = 20480
    positions: int = 2048
    vocabulary: int = 52224
    """Rows of the token embedding, padding included."""
    eos: int = 50256

    def check(self) -> None:
        """Raise InputError if no model can have this shape."""
        small = next((name for name in self.__struct_fields__ if getattr(self, name) < (name != "eos")), None)
        if small is not None:
            raise InputError(f"{small} = {getattr(self, small)}: it must be positive")
        if self.hidden % self.heads:
            raise InputError(f"hidden = {self.hidden} cannot be shared among heads = {self.heads}")
        if self.eos >= self.vocabulary:
            raise InputError(f"eos = {self.eos} is no token of a vocabulary of {self.vocabulary}")


class _Block(nn.Module):
    """LayerNorm, attention, residual, LayerNorm, feed-forward, residual. The first matrix makes q, k and v at once."""

    def __init__(self, config: CodeGeeXConfig, top: bool = False):
        super().__init__()
        hidden = config.hidden
        self.heads = config.heads
        self.input_layernorm = nn.LayerNorm(hidden, eps=1e-5)
        self.query = nn.Linear(hidden, hidden) if top else None
        self.projection = nn.Linear(hidden, (2 if top else 3) * hidden)
        self.dense = nn.Linear(hidden, hidden)
        self.post_attention_layernorm = nn.LayerNorm(hidden, eps=1e-5)
        self.dense_h_to_4h = nn.Linear(hidden, config.feed_forward)
        self.dense_4h_to_h = nn.Linear(config.feed_forward, hidden)

    def forward(
        self, number: int, x: Tensor, attend: Attend, asked: Tensor | None = None, wanted: Tensor | None = None
    ) -> Tensor:
        """[tokens, hidden] -> [tokens, hidden].

        In the top-query layer, `asked` is what the queries are made of; they may be of the `wanted` tokens alone.
        """
        parts = self.projection(self.input_layernorm(x)).view(len(x), -1, self.heads, x.shape[1] // self.heads)
        if self.query is None:
            queries, keys, values = parts.unbind(1)
        else:
            queries = self.query(asked).view(-1, *parts.shape[2:])
            keys, values = parts.unbind(1)
            x = x if wanted is None else x.index_select(0, wanted)
        x = x + self.dense(attend(number, queries, keys, values).reshape(x.shape))
        out: Tensor = x + self.dense_4h_to_h(_gelu(self.dense_h_to_4h(self.post_attention_layernorm(x))))
        return out


def _gelu(x: Tensor) -> Tensor:
    """CodeGeeX's: x sigmoid(1.702 x)."""
    if torch.is_grad_enabled():
        found: Tensor = _Gelu.apply(x)  # type: ignore[no-untyped-call]
        return found
    return (1.702 * x).sigmoid_().mul_(x)


class _Gelu(torch.autograd.Function):
    """The same for training, as silu(1.702 x) / 1.702, whose derivative is that of silu at 1.702 x."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        scaled = 1.702 * x
        ctx.save_for_backward(scaled)
        return F.silu(scaled).mul_(1 / 1.702)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (scaled,) = ctx.saved_tensors
        found: Tensor = torch.ops.aten.silu_backward(gradients[0], scaled)
        return found


class CodeGeeX(nn.Module):
    """A CausalModel. Parameters are fp32, bf16 or fp16; LayerNorms and softmax sum in fp32, logits are fp32."""

    def __init__(self, config: CodeGeeXConfig):
        """Weights are those of PyTorch's initialisation; `models.codegeex_files` loads others.

        Raises:
            InputError: no model can have this shape.
        """
        config.check()
        super().__init__()
        self.config = config
        self.word_embeddings = nn.Embedding(config.vocabulary, config.hidden)
        self.position_embeddings = nn.Embedding(config.positions, config.hidden)
        self.layers = nn.ModuleList(_Block(config) for _ in range(config.layers))
        self.final_layernorm = nn.LayerNorm(config.hidden, eps=1e-5)
        self.top_query_embeddings = nn.Embedding(config.positions, config.hidden)
        self.top_query_layer = _Block(config, top=True)
        self.vocabulary, self.positions = config.vocabulary, config.positions
        self.eos: tuple[int, ...] = (config.eos,)
        self.row_unit = 1
        """The rows of matrix products are a multiple of it: see `decoding.rows`."""

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.word_embeddings.weight.device

    def forward(self, tokens: Tensor, positions: Tensor, attend: Attend, wanted: Tensor | None = None) -> Tensor:
        """Last hidden states, [tokens, hidden], of tokens at positions (both [tokens]).

        With `wanted`, indices of tokens, [wanted, hidden]; the top-query layer then asks with their queries alone.
        """
        precision = self.top_query_layer.dense.weight.dtype  # training keeps its embeddings in fp32
        x = (self.word_embeddings(tokens) + self.position_embeddings(positions)).to(precision)
        for number, layer in enumerate(self.layers):
            x = layer(number, x, attend)
        asked = self.top_query_embeddings(positions if wanted is None else positions[wanted]).to(precision)
        hidden: Tensor = self.top_query_layer(len(self.layers), self.final_layernorm(x), attend, asked, wanted)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """[tokens, vocabulary], fp32."""
        return F.linear(hidden, self.word_embeddings.weight).float()

    # --- as the engine drives it ------------------------------------------------------------------------------

    @torch.inference_mode()
    def read(self, prompt: Sequence[int]) -> "CodeGeeXPrefix":
        """Read a prompt.

        Raises:
            InputError: it is empty, or longer than the model can see.
        """
        if not 0 < len(prompt) <= self.positions:
            raise InputError(f"the prompt has {counted(len(prompt), 'token')}; this model reads 1 to {self.positions}")
        prefix = CodeGeeXPrefix(len(prompt))
        tokens = torch.tensor(prompt, device=self.device)
        positions = torch.arange(len(prompt), device=self.device)
        # a prompt of few tokens gets more of them at its end, which it does not see
        hidden = self(padded(tokens, self.row_unit), padded(positions, self.row_unit), prefix.attend)
        prefix.hidden = hidden[: len(prompt)]
        prefix.logits = self.logits(padded(prefix.hidden[-1:], self.row_unit))[:1]
        return prefix

    def start(self, prefix: Prefix, rows: int) -> "CodeGeeXContinuation":
        """`rows` continuations of a prompt."""
        assert isinstance(prefix, CodeGeeXPrefix)
        return CodeGeeXContinuation(prefix, rows, self.row_unit)

    @torch.inference_mode()
    def step(self, blocks: Sequence[tuple[Continuation, Tensor]]) -> list[Step]:
        """All continuations at once: their tokens meet in every matrix product, and are apart in attention."""
        for continuation, _ in blocks:
            _own(continuation).begin()
        sizes = [tokens.numel() for _, tokens in blocks]
        lengths = [_own(continuation).length for continuation, _ in blocks]
        tokens = torch.cat([tokens.reshape(-1) for _, tokens in blocks])
        positions = torch.tensor(lengths, device=self.device).repeat_interleave(torch.tensor(sizes, device=self.device))
        real = len(tokens)

        def attend(layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
            places = zip(blocks, *(torch.split(part[:real], sizes) for part in (queries, keys, values)), strict=True)
            parts = [_own(block[0]).attend(layer, block[1].shape[1], q, k, v) for block, q, k, v in places]
            return padded(torch.cat(parts), self.row_unit)

        hidden = self(padded(tokens, self.row_unit), padded(positions, self.row_unit), attend)
        logits = self.logits(hidden)[:real]
        return [
            Step(own_logits.view(*tokens.shape, -1), own_hidden.view(*tokens.shape, -1))
            for (_, tokens), own_logits, own_hidden in zip(
                blocks, torch.split(logits, sizes), torch.split(hidden[:real], sizes), strict=True
            )
        ]


class CodeGeeXPrefix:
    """Keys and values of a prompt, for every layer [heads, length, width] and [heads, length, width]."""

    def __init__(self, length: int):
        self.length = length
        self.hidden = self.logits = torch.empty(0)
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []

    def attend(self, _layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Every position sees itself and those before."""
        queries, keys, values = (part.transpose(0, 1) for part in (queries, keys, values))
        self.keys.append(keys[:, : self.length].contiguous())
        self.values.append(values[:, : self.length].contiguous())
        scores = (queries / math.sqrt(queries.shape[2]) @ keys.transpose(1, 2)).float()
        later = torch.ones(scores.shape[1:], dtype=torch.bool, device=scores.device).triu(1)
        weights = scores.masked_fill(later, _MASKED).softmax(dim=-1).to(values.dtype)
        return (weights @ values).transpose(0, 1)


class CodeGeeXContinuation:
    """Keys and values of what was put after a prompt: for every layer [rows, heads, tokens, width], twice.

    The older ones fill their memory without gaps, which is read several times quicker than a part of each row of a
    larger one; the newest `_RECENT` at most stand apart and join them together.
    """

    def __init__(self, prefix: CodeGeeXPrefix, rows: int, row_unit: int):
        self._prefix, self.rows, self._row_unit = prefix, rows, row_unit
        heads, _, width = prefix.keys[0].shape
        self._done = self._new_done = 0
        self._old = [(keys.new_empty((rows, heads, 0, width)),) * 2 for keys in prefix.keys]
        self._new = [
            (keys.new_empty((rows, heads, _RECENT, width)), keys.new_empty((rows, heads, _RECENT, width)))
            for keys in prefix.keys
        ]
        self._rivals: list[tuple[Tensor, Tensor]] = []

    @property
    def length(self) -> int:
        """Tokens so far, the prompt's included."""
        return self._prefix.length + self._done

    def begin(self) -> None:
        """Before a step: nothing of the last one is pending, and there is room for another token."""
        self._rivals = []
        if self._new_done == _RECENT:
            pairs = zip(self._old, self._new, strict=True)
            self._old = [(torch.cat([k, nk], dim=2), torch.cat([v, nv], dim=2)) for (k, v), (nk, nv) in pairs]
            self._new_done = 0

    def attend(self, layer: int, candidates: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Each token sees the prompt, what was accepted in its row, and itself, but not its rivals."""
        tokens, heads, width = queries.shape
        alone = candidates == 1
        if alone:  # it will stay, so it is read where it will be
            self._place(layer, keys, values)
        else:
            self._rivals.append((keys, values))
        new = self._new_done + alone
        own = [part for part in (self._old[layer], tuple(c[:, :, :new] for c in self._new[layer])) if part[0].shape[2]]
        queries = queries / math.sqrt(width)
        of_prompt = padded(queries, self._row_unit).transpose(0, 1)  # [heads, tokens, width]
        by_row = queries.view(self.rows, candidates, heads, width).transpose(1, 2)  # [rows, heads, candidates, width]
        scores = [(of_prompt @ self._prefix.keys[layer].transpose(1, 2)).transpose(0, 1)[:tokens]]
        for own_keys, _ in own:
            found = by_row @ own_keys.transpose(2, 3)
            scores.append(found.transpose(1, 2).reshape(tokens, heads, -1))
        if not alone:
            scores.append((queries * keys).sum(dim=-1, keepdim=True))
        weights = torch.cat(scores, dim=-1).float().softmax(dim=-1).to(values.dtype)
        to_prompt, *to_own = torch.split(weights, [part.shape[2] for part in scores], dim=-1)
        mixed = padded(to_prompt, self._row_unit).transpose(0, 1) @ self._prefix.values[layer]
        out = mixed.transpose(0, 1)[:tokens]
        for (_, own_values), weight in zip(own, to_own, strict=False):
            by_row = weight.reshape(self.rows, candidates, heads, -1).transpose(1, 2)
            out = out + (by_row @ own_values).transpose(1, 2).reshape(tokens, heads, width)
        return out if alone else out + to_own[-1] * values

    def accept(self, candidates: Tensor | None) -> None:
        """Keep the last step's tokens, or one of each row's candidates."""
        if candidates is not None:
            everyone = torch.arange(self.rows, device=candidates.device)
            for layer, pair in enumerate(self._rivals):
                keys, values = (part.view(self.rows, -1, *part.shape[1:])[everyone, candidates] for part in pair)
                self._place(layer, keys, values)
        self._done += 1
        self._new_done += 1

    def _place(self, layer: int, keys: Tensor, values: Tensor) -> None:
        own_keys, own_values = self._new[layer]
        own_keys[:, :, self._new_done] = keys
        own_values[:, :, self._new_done] = values

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only."""
        self._old = [(keys[rows], values[rows]) for keys, values in self._old]
        self._new = [(keys[rows], values[rows]) for keys, values in self._new]
        self.rows = len(rows)


def _own(continuation: Continuation) -> CodeGeeXContinuation:
    assert isinstance(continuation, CodeGeeXContinuation)
    return continuation


def parameters_of(config: CodeGeeXConfig) -> int:
    """How many parameters a model of this shape has, without making one."""
    return sum(parameter.numel() for parameter in without_memory(config).parameters())


def without_memory(config: CodeGeeXConfig) -> CodeGeeX:
    """A model on the device `meta`, whose parameters have shapes only.

    Raises:
        InputError: no model can have this shape.
    """
    with torch.device("meta"), _NoInitialisation():
        return CodeGeeX(config)


def unfilled(config: CodeGeeXConfig, device: str, dtype: torch.dtype) -> CodeGeeX:
    """A model for inference whose parameters have memory and no values yet.

    Raises:
        InputError: no model can have this shape.
    """
    model = without_memory(config)
    for module in model.modules():  # `to_empty` would import PyTorch's symbolic shapes: a second for nothing
        for name, parameter in module.named_parameters(recurse=False):
            memory = torch.empty(parameter.shape, dtype=dtype, device=device)
            setattr(module, name, nn.Parameter(memory, requires_grad=False))
    return model.eval()


class _NoInitialisation(TorchFunctionMode):
    """Leaves `torch.nn.init` out, which on `meta` would import PyTorch's compiler: a second for nothing."""

    def __torch_function__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)
