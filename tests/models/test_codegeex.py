import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from passatk.errors import InputError
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig, parameters_of
from passatk.models.codegeex_files import (
    load_checkpoint,
    load_folder,
    released_tensors,
    save_checkpoint,
    save_folder,
)

SHAPE = CodeGeeXConfig(layers=3, hidden=48, heads=4, feed_forward=96, positions=64, vocabulary=100, eos=99)


@pytest.fixture(scope="module")
def model() -> CodeGeeX:
    return make()


def make(seed: int = 0) -> CodeGeeX:
    torch.manual_seed(seed)
    made = CodeGeeX(SHAPE)
    for parameter in made.parameters():  # PyTorch's own are too tame: zeros and ones would hide a mistake
        torch.nn.init.normal_(parameter, std=0.3)
    return made.eval().requires_grad_(False)


def described(model: CodeGeeX, tokens: list[int]) -> Tensor:
    """Logits of every position, written from the published description with nothing of ours but the weights."""
    w = {name: tensor.double() for name, tensor in released_tensors(model)}
    hidden, heads = w["embedding.word_embeddings.weight"].shape[1], SHAPE.heads
    width, length = hidden // heads, len(tokens)

    def norm(x: Tensor, name: str) -> Tensor:
        scaled = (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
        return scaled * w[f"transformer.{name}.weight"] + w[f"transformer.{name}.bias"]

    def linear(x: Tensor, name: str) -> Tensor:
        return x @ w[f"transformer.{name}.weight"].T + w[f"transformer.{name}.bias"]

    def block(x: Tensor, place: str, asked: Tensor | None = None) -> Tensor:
        seen = norm(x, f"{place}.input_layernorm")
        q = linear(seen if asked is None else asked, f"{place}.attention.query")
        k, v = linear(seen, f"{place}.attention.key"), linear(seen, f"{place}.attention.value")
        out = torch.zeros_like(x)
        for head in range(heads):
            part = slice(head * width, (head + 1) * width)
            for at in range(length):
                scores = torch.tensor(
                    [q[at, part] @ k[other, part] / math.sqrt(width) for other in range(at + 1)], dtype=torch.float64
                )
                out[at, part] = scores.softmax(0) @ v[: at + 1, part]
        x = x + linear(out, f"{place}.attention.dense")
        inner = linear(norm(x, f"{place}.post_attention_layernorm"), f"{place}.mlp.dense_h_to_4h")
        return x + linear(inner * torch.sigmoid(1.702 * inner), f"{place}.mlp.dense_4h_to_h")

    table = w["embedding.word_embeddings.weight"]
    x = table[tokens] + w["embedding.position_embeddings.weight"][:length]
    for layer in range(SHAPE.layers):
        x = block(x, f"layers.{layer}")
    asked = w["topQueryEmbedding.top_query_embeddings.weight"][:length]
    return block(norm(x, "final_layernorm"), "topQueryLayer", asked) @ table.T


def cached_logits(model: CodeGeeX, tokens: list[int], prompt: int) -> Tensor:
    """Logits from the prompt's last position on, each token put after the others."""
    prefix = model.read(tokens[:prompt])
    continuation = model.start(prefix, 1)
    logits = [prefix.logits[0]]
    for token in tokens[prompt:]:
        logits.append(model.step([(continuation, torch.tensor([[token]]))])[0].logits[0, 0])
        continuation.accept(None)
    return torch.stack(logits)


def test_the_13b_shape_has_its_parameters() -> None:
    assert parameters_of(CodeGeeXConfig()) == 12_873_943_040


def test_logits_are_those_of_the_description(model: CodeGeeX) -> None:
    tokens = torch.randint(100, (12,), generator=torch.Generator().manual_seed(1)).tolist()
    expected = described(model, tokens)
    for prompt in (1, 5, 12):
        found = cached_logits(model, tokens, prompt).double()
        torch.testing.assert_close(found, expected[prompt - 1 :], rtol=1e-5, atol=1e-5)


def test_more_tokens_than_the_first_room_holds(model: CodeGeeX) -> None:
    tokens = torch.randint(100, (64,), generator=torch.Generator().manual_seed(2)).tolist()
    small = described(model, tokens)
    torch.testing.assert_close(cached_logits(model, tokens, 2).double(), small[1:], rtol=1e-5, atol=1e-5)


def test_candidates_do_not_see_each_other(model: CodeGeeX) -> None:
    prompt, candidates = [1, 2, 3], [4, 5, 6]
    continuation = model.start(model.read(prompt), 2)
    first = model.step([(continuation, torch.tensor([candidates, candidates[::-1]]))])[0]
    for number, token in enumerate(candidates):
        expected = described(model, [*prompt, token])[-1]
        torch.testing.assert_close(first.logits[0, number].double(), expected, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(first.logits[1, 2 - number].double(), expected, rtol=1e-5, atol=1e-5)
    continuation.accept(torch.tensor([1, 0]))
    second = model.step([(continuation, torch.tensor([[7], [8]]))])[0]
    for row, tokens in enumerate(([1, 2, 3, 5, 7], [1, 2, 3, 6, 8])):
        expected = described(model, tokens)[-1]
        torch.testing.assert_close(second.logits[row, 0].double(), expected, rtol=1e-5, atol=1e-5)


def test_rows_that_are_kept_go_on_as_before(model: CodeGeeX) -> None:
    continuation = model.start(model.read([1, 2]), 3)
    model.step([(continuation, torch.tensor([[3], [4], [5]]))])
    continuation.accept(None)
    continuation.keep(torch.tensor([2, 0]))
    logits = model.step([(continuation, torch.tensor([[6], [7]]))])[0].logits[:, 0]
    for row, tokens in enumerate(([1, 2, 5, 6], [1, 2, 3, 7])):
        torch.testing.assert_close(logits[row].double(), described(model, tokens)[-1], rtol=1e-5, atol=1e-5)


def test_the_released_layout_comes_back(model: CodeGeeX, tmp_path: Path) -> None:
    save_checkpoint(model, tmp_path / "codegeex.pt")
    stored = torch.load(tmp_path / "codegeex.pt", weights_only=True)["module"]["language_model"]
    assert stored["embedding"]["word_embeddings"]["weight"].shape == (100, 48)
    assert stored["topQueryEmbedding"]["top_query_embeddings"]["weight"].shape == (64, 48)
    assert stored["transformer"]["layers.2.attention.query.weight"].shape == (48, 48)
    assert stored["transformer"]["topQueryLayer.mlp.dense_h_to_4h.bias"].shape == (96,)
    assert "final_layernorm.weight" in stored["transformer"]
    again = load_checkpoint(tmp_path / "codegeex.pt", heads=4, dtype=torch.float32)
    assert again.config == SHAPE
    same(model, again)


def test_a_folder_comes_back(model: CodeGeeX, tmp_path: Path) -> None:
    save_folder(model, tmp_path)
    same(model, load_folder(tmp_path))


def test_opening_a_folder_does_not_import_pytorchs_compiler(model: CodeGeeX, tmp_path: Path) -> None:
    save_folder(model, tmp_path)
    program = (
        "import sys, pathlib; from passatk.models.codegeex_files import load_folder;"
        f" load_folder(pathlib.Path({str(tmp_path)!r}));"
        " print([name for name in ('sympy', 'torch._dynamo') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision(model: CodeGeeX, tmp_path: Path, dtype: torch.dtype) -> None:
    save_folder(model, tmp_path)
    half = load_folder(tmp_path, dtype=dtype)
    assert {parameter.dtype for parameter in half.parameters()} == {dtype}
    tokens = [1, 2, 3, 4, 5]
    found, expected = cached_logits(half, tokens, 3), described(half, tokens)[2:]
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), expected, rtol=0.1, atol=0.15 * float(expected.abs().max()))


def same(one: CodeGeeX, other: CodeGeeX) -> None:
    named = dict(other.named_parameters())
    for name, parameter in one.named_parameters():
        assert torch.equal(parameter, named[name]), name


def test_damaged_files_are_named(model: CodeGeeX, tmp_path: Path) -> None:
    path = tmp_path / "codegeex.pt"
    path.write_bytes(b"no checkpoint")
    with pytest.raises(InputError, match=r"codegeex\.pt"):
        load_checkpoint(path)
    torch.save({"weights": torch.ones(1)}, path)
    with pytest.raises(InputError, match="module"):
        load_checkpoint(path)
    save_checkpoint(model, path)
    stored = torch.load(path, weights_only=True)
    del stored["module"]["language_model"]["transformer"]["layers.1.attention.key.bias"]
    torch.save(stored, path)
    with pytest.raises(InputError, match=r"lacks transformer\.layers\.1\.attention\.key\.bias"):
        load_checkpoint(path)
    with pytest.raises(InputError, match=r"config\.json"):
        load_folder(tmp_path)


def test_shapes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="hidden = 50 cannot be shared among heads = 4"):
        CodeGeeX(CodeGeeXConfig(hidden=50, heads=4))
    with pytest.raises(InputError, match="eos = 100"):
        CodeGeeX(CodeGeeXConfig(hidden=48, heads=4, vocabulary=100, eos=100))
    with pytest.raises(InputError, match="layers = 0"):
        CodeGeeX(CodeGeeXConfig(layers=0))


def test_prompts_that_do_not_fit_are_refused(model: CodeGeeX) -> None:
    with pytest.raises(InputError, match="0 tokens"):
        model.read([])
    with pytest.raises(InputError, match="65 tokens; this model reads 1 to 64"):
        model.read([1] * 65)
