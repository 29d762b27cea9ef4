"""The loss of a model on windows of tokens: batched attention; its top and the logits only where they count."""

from typing import Any

import torch
from torch import Tensor

from passatk.models.codegeex import CodeGeeX
from passatk.training.attention import attention

_ROWS = 512
"""Targets whose logits are there at once: they stay in the processor's cache."""


def summed_loss(model: CodeGeeX, tokens: Tensor, counts: Tensor) -> Tensor:
    """Sum of -ln p over the targets that count, fp32.

    Args:
        model: whose matrices decide the precision.
        tokens: int64 [windows, context + 1].
        counts: bool of the same shape.
    """
    windows, context = tokens.shape[0], tokens.shape[1] - 1

    wanted = counts[:, 1:].reshape(-1).nonzero().squeeze(1)

    def attend(layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Every position sees itself and those before, in its own window."""
        top = layer == model.config.layers
        if top:
            queries = torch.zeros_like(keys).index_copy(0, wanted, queries)
        apart = (part.view(windows, context, *part.shape[1:]).transpose(1, 2) for part in (queries, keys, values))
        mixed = attention(*apart).transpose(1, 2).reshape(keys.shape)
        return mixed.index_select(0, wanted) if top else mixed

    positions = torch.arange(context, device=tokens.device).repeat(windows)
    hidden = model(tokens[:, :-1].reshape(-1), positions, attend, wanted)
    targets = tokens[:, 1:].reshape(-1).index_select(0, wanted)
    table = model.word_embeddings.weight.to(hidden.dtype)
    summed: Tensor = _CrossEntropy.apply(hidden, table, targets)  # type: ignore[no-untyped-call]
    return summed


class _CrossEntropy(torch.autograd.Function):
    """Sum of -ln softmax(hidden x table)[target]. Its gradient, softmax - 1 at the target, is made on the way there, so
    that logits of few rows are there at once. Products in the precision given, all else in fp32.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, table: Tensor, targets: Tensor) -> Tensor:
        wanted = any(ctx.needs_input_grad)
        total = torch.zeros((), device=hidden.device)
        of_hidden = torch.empty_like(hidden) if wanted else hidden
        of_table = torch.zeros(table.shape, device=table.device) if wanted else table
        for start in range(0, len(hidden), _ROWS):
            rows, own = hidden[start : start + _ROWS], targets[start : start + _ROWS, None]
            logits = (rows @ table.T).float()
            scale = logits.logsumexp(1, keepdim=True)
            total += (scale - logits.gather(1, own)).sum()
            if wanted:
                slope = logits.sub_(scale).exp_()
                slope.scatter_add_(1, own, -torch.ones_like(scale))
                rounded = slope.to(table.dtype)
                torch.mm(rounded, table, out=of_hidden[start : start + _ROWS])
                of_table += rounded.T @ rows
        ctx.save_for_backward(of_hidden, of_table)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        of_hidden, of_table = ctx.saved_tensors
        return of_hidden * gradients[0].to(of_hidden.dtype), of_table * gradients[0], None
