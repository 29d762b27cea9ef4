"""Causal attention for training: in blocks of queries on a CPU, PyTorch's own on a GPU.

On CPUs PyTorch 2.13's fused kernel, forward and backward, takes more than twice the time of the same in batched matrix
products, which use the processor's bfloat16 instructions. Blocks leave most of the future out.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it

_BLOCK = 128
"""Queries."""
_MASKED = -10000.0


def attention(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Every position sees itself and those before: [windows, heads, context, width], three times, to the same.

    Scores are divided by sqrt(width). Softmax sums in fp32; scores and weights are kept in the precision given.
    """
    if queries.device.type == "cuda":
        return F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    found: Tensor = _Blocks.apply(queries, keys, values)  # type: ignore[no-untyped-call]
    return found


class _Blocks(torch.autograd.Function):
    """Weights are kept for the way back: d(scores) = weights x (d(weights) - sum(d(weights) weights))."""

    @staticmethod
    def forward(ctx: Any, *parts: Tensor) -> Tensor:
        shape, factor = parts[0].shape, parts[0].shape[3] ** -0.5
        queries, keys, values = (part.reshape(-1, *shape[2:]) for part in (parts[0] * factor, *parts[1:]))
        later = torch.ones(_BLOCK, _BLOCK, dtype=torch.bool).triu(1)
        mixed, weights = [], []
        for start in range(0, shape[2], _BLOCK):
            end = min(start + _BLOCK, shape[2])
            scores = torch.bmm(queries[:, start:end], keys[:, :end].transpose(1, 2))
            scores[:, :, start:].masked_fill_(later[: end - start, : end - start], _MASKED)
            weights.append(scores.softmax(-1))
            mixed.append(torch.bmm(weights[-1], values[:, :end]))
        ctx.save_for_backward(queries, keys, values, *weights)
        ctx.shape = shape
        return torch.cat(mixed, dim=1).view(shape)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        queries, keys, values, *weights = ctx.saved_tensors
        wanted = gradients[0].reshape(queries.shape)
        of_keys, of_values = torch.empty_like(keys), torch.empty_like(values)
        of_queries = []
        for number, weight in reversed(list(enumerate(weights))):  # the last block sees all keys
            start, end = number * _BLOCK, weight.shape[2]
            own, asked = wanted[:, start:end], queries[:, start:end]
            of_weights = torch.bmm(own, values[:, :end].transpose(1, 2))
            of_scores = torch._softmax_backward_data(of_weights, weight, -1, weight.dtype)
            of_queries.append(torch.bmm(of_scores, keys[:, :end]))
            for place, left, right in ((of_keys, of_scores, asked), (of_values, weight, own)):
                part = torch.bmm(left.transpose(1, 2), right)
                if number == len(weights) - 1:
                    place.copy_(part)
                else:
                    place[:, :end] += part
        first = torch.cat(of_queries[::-1], dim=1).mul_(ctx.shape[3] ** -0.5)
        return first.view(ctx.shape), of_keys.view(ctx.shape), of_values.view(ctx.shape)
