import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it

from passatk.models.codegeex import _gelu
from passatk.training.attention import attention
from passatk.training.loss import _CrossEntropy


def drawn(*size: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    values = torch.randn(size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return values.to(dtype).requires_grad_()


@pytest.mark.parametrize("context", [1, 5, 127, 128, 129, 300])
def test_attention_is_pytorchs(context: int) -> None:
    parts = [drawn(2, 3, context, 8, seed=seed) for seed in range(3)]
    wanted = drawn(2, 3, context, 8, seed=9).detach()
    queries, keys, values = parts
    found, expected = attention(*parts), F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    torch.testing.assert_close(found, expected)
    for one, other in zip(
        torch.autograd.grad(found, parts, wanted), torch.autograd.grad(expected, parts, wanted), strict=True
    ):
        torch.testing.assert_close(one, other)


def test_attention_in_bfloat16_is_near_it() -> None:
    parts = [drawn(2, 4, 256, 64, seed=seed, dtype=torch.bfloat16) for seed in range(3)]
    found = attention(*parts).detach().float()
    queries, keys, values = (part.detach().float() for part in parts)
    expected = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    assert float((found - expected).norm() / expected.norm()) < 0.01


@pytest.mark.parametrize("counted", [1300, 700, 512, 0])
def test_the_loss_is_pytorchs(counted: int) -> None:
    hidden, table = drawn(1300, 16), drawn(40, 16, seed=1)
    targets = torch.arange(1300) % 40
    found = 3 * _CrossEntropy.apply(hidden, table, targets, counted)  # type: ignore[no-untyped-call]
    expected = 3 * F.cross_entropy((hidden @ table.T)[:counted], targets[:counted], reduction="sum")
    torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=0.0)
    for one, other in zip(
        torch.autograd.grad(found, [hidden, table]), torch.autograd.grad(expected, [hidden, table]), strict=True
    ):
        torch.testing.assert_close(one.double(), other, rtol=1e-4, atol=1e-4)


def test_the_activation_has_its_gradient() -> None:
    x = drawn(50)
    assert torch.autograd.gradcheck(_gelu, x)
    torch.testing.assert_close(_gelu(x), x * torch.sigmoid(1.702 * x))
    with torch.no_grad():
        torch.testing.assert_close(_gelu(x), x * torch.sigmoid(1.702 * x))
