"""Models of the transformers library under our engine, beside the library's own `.generate` and processors."""

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import tokenizers
import tokenizers.models
import torch
import transformers

from passatk.decoding import DecodingSettings, samplers
from passatk.decoding.completions import Completion
from passatk.decoding.engine import Engine, Request
from passatk.decoding.model import Continuation, Step
from passatk.decoding.processors import Processors
from passatk.decoding.rows import probe
from passatk.errors import InputError
from passatk.models import ModelSpec
from passatk.models.transformers import TransformersModel, TransformersTokenizer, open_backend

VOCABULARY, EOS = 160, 159
_SIZES: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "bos_token_id": EOS,
    "eos_token_id": EOS,
    "pad_token_id": EOS,
    "tie_word_embeddings": False,
    "initializer_range": 0.3,
}
_LLAMA_SIZES: dict[str, Any] = {
    **_SIZES,
    "hidden_size": 48,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}
CONFIGS = {
    "gpt2": lambda: transformers.GPT2Config(n_layer=2, n_embd=48, n_head=4, n_positions=128, **_SIZES),
    "llama": lambda: transformers.LlamaConfig(**_LLAMA_SIZES),
    "qwen": lambda: transformers.Qwen2Config(**_LLAMA_SIZES),
    "mistral": lambda: transformers.MistralConfig(**_LLAMA_SIZES, sliding_window=12),
}


class Ids:
    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        return " ".join(map(str, ids))


def made(name: str) -> Any:
    make: Any = transformers.AutoModelForCausalLM.from_config
    config: Any = CONFIGS[name]
    return make(config())


@pytest.fixture(scope="module", params=CONFIGS)
def theirs(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return made(request.param).eval()


@pytest.fixture(scope="module")
def ours(theirs: Any) -> TransformersModel:
    model = TransformersModel(theirs)
    model.row_unit = probe(model).unit
    return model


def prompts(number: int) -> list[list[int]]:
    rng = random.Random(3)
    return [[rng.randrange(EOS) for _ in range(rng.randrange(2, 40))] for _ in range(number)]


def generate(
    model: TransformersModel, settings: DecodingSettings, samples: Sequence[int] = (0,), batch: int = 64
) -> list[Completion]:
    wanted = [Request(f"T/{n}", prompt, samples) for n, prompt in enumerate(prompts(6))]
    made = Engine(model, Ids(), settings, batch_size=batch).generate(wanted)
    return sorted(made, key=lambda completion: (completion.task_id, completion.index))


def test_greedy_tokens_are_those_of_generate(theirs: Any, ours: TransformersModel) -> None:
    for completion, prompt in zip(generate(ours, DecodingSettings(max_new_tokens=24)), prompts(6), strict=True):
        ids = torch.tensor([prompt])
        expected = theirs.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=24, do_sample=False)
        assert list(completion.tokens) == expected[0, len(prompt) :].tolist()


def test_decay_and_suppression_are_those_of_generate(theirs: Any, ours: TransformersModel) -> None:
    settings = DecodingSettings(
        max_new_tokens=40, exponential_decay_length_penalty=(4, 1.3), suppress_tokens=(1, 2, 3, 50)
    )
    ended = set()
    for completion, prompt in zip(generate(ours, settings), prompts(6), strict=True):
        ids = torch.tensor([prompt])
        expected = theirs.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=40,
            do_sample=False,
            exponential_decay_length_penalty=(4, 1.3),
            suppress_tokens=[1, 2, 3, 50],
        )
        assert list(completion.tokens) == expected[0, len(prompt) :].tolist()
        ended.add(completion.finish_reason)
    assert "eos" in ended


@pytest.mark.parametrize("step", [0, 3, 4, 11])
def test_processors_are_those_of_the_library(step: int) -> None:
    logits = 3 * torch.randn(4, VOCABULARY, generator=torch.Generator().manual_seed(step))
    settings = DecodingSettings(exponential_decay_length_penalty=(3, 1.2), suppress_tokens=(5, 6))
    ids = torch.zeros(4, 10 + step, dtype=torch.long)
    expected = transformers.ExponentialDecayLengthPenalty((3, 1.2), [EOS], 10)(ids, logits.clone())
    expected = transformers.SuppressTokensLogitsProcessor([5, 6])(ids, expected)
    found = Processors(settings, (EOS,), (5, 6), torch.device("cpu"))(logits, step)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    "settings",
    [
        DecodingSettings(method="sample", temperature=0.8, top_p=0.95, max_new_tokens=12, seed=1),
        DecodingSettings(method="contrastive", penalty_alpha=0.6, top_k=3, max_new_tokens=8),
    ],
    ids=lambda settings: settings.method,
)
def test_batches_change_no_token(ours: TransformersModel, settings: DecodingSettings) -> None:
    expected = generate(ours, settings, range(5))
    for batch in (1, 3, 8):
        assert generate(ours, settings, range(5), batch) == expected


def test_contrastive_search_is_by_definition(ours: TransformersModel) -> None:
    settings = DecodingSettings(method="contrastive", penalty_alpha=0.6, top_k=3, max_new_tokens=8)
    for completion, prompt in zip(generate(ours, settings), prompts(6), strict=True):
        made: list[int] = []
        while len(made) < 8 and EOS not in made:
            probabilities = ours.read([*prompt, *made]).logits[0].double().softmax(0)
            order = sorted(range(VOCABULARY), key=lambda token: (-float(probabilities[token]), token))[:3]
            scores = []
            for token in order:
                states = ours.read([*prompt, *made, token]).hidden.double()
                likeness = torch.nn.functional.cosine_similarity(states[-1:], states[:-1]).max()
                scores.append(0.4 * float(probabilities[token]) - 0.6 * float(likeness))
            made.append(order[scores.index(max(scores))])
        assert list(completion.tokens) == made


@pytest.mark.parametrize(("temperature", "top_k", "top_p"), [(0.7, None, 0.9), (1.5, 20, None), (1.0, 30, 0.6)])
def test_the_kept_tokens_are_those_of_the_library(temperature: float, top_k: int | None, top_p: float | None) -> None:
    logits = 2 * torch.randn(1, VOCABULARY, generator=torch.Generator().manual_seed(9))
    kept = transformers.TemperatureLogitsWarper(temperature)(None, logits.clone())
    if top_k is not None:
        kept = transformers.TopKLogitsWarper(top_k)(None, kept)
    if top_p is not None:
        kept = transformers.TopPLogitsWarper(top_p)(None, kept)
    probabilities = kept.softmax(-1)[0]
    number = 20_000
    drawn = samplers.sample(
        logits.expand(number, -1), [n / number for n in range(number)], temperature, top_k, top_p
    ).bincount(minlength=VOCABULARY)
    assert drawn.nonzero().tolist() == probabilities.nonzero().tolist()
    torch.testing.assert_close(drawn / number, probabilities, rtol=0, atol=2 / number)


def test_an_instruct_model_is_asked_through_its_chat_template() -> None:
    bpe = tokenizers.Tokenizer(tokenizers.models.BPE({chr(n): n - 32 for n in range(32, 127)}, []))
    tokenizer: Any = transformers.PreTrainedTokenizerFast
    plain = tokenizer(tokenizer_object=bpe)
    with pytest.raises(InputError, match="no chat template"):
        TransformersTokenizer(plain).encode_chat("hi")
    plain.chat_template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<model>"
    ids = TransformersTokenizer(plain).encode_chat("hi")
    assert "".join(chr(n + 32) for n in ids) == "<user>hi<model>"


def test_shared_experts_are_noticed() -> None:
    """How many rows an expert has is the neighbours' doing, and changes a row's bits."""
    torch.manual_seed(0)
    shape = transformers.MixtralConfig(**_LLAMA_SIZES, num_local_experts=8, num_experts_per_tok=2)
    make: Any = transformers.MixtralForCausalLM
    assert not probe(TransformersModel(make(shape))).independent


def test_plain_models_are_independent_of_their_neighbours(ours: TransformersModel) -> None:
    assert probe(ours).independent


def test_a_row_has_the_same_bits_whichever_thread_it_falls_to() -> None:
    shape = transformers.LlamaConfig(**{**_LLAMA_SIZES, "hidden_size": 192, "max_position_embeddings": 256})
    torch.manual_seed(0)
    make: Any = transformers.LlamaForCausalLM
    model, threads = TransformersModel(make(shape)), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        continuation = model.start(model.read([n % 50 for n in range(200)]), 64)
        logits = model.step([(continuation, torch.full((64, 1), 5))])[0].logits
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(logits, logits[:1].expand_as(logits))


def test_rows_that_depend_on_their_place_are_noticed() -> None:
    class Placed(TransformersModel):
        def step(self, blocks: Sequence[tuple[Continuation, torch.Tensor]]) -> list[Step]:
            return [Step(s.logits + torch.arange(len(s.logits))[:, None, None], s.hidden) for s in super().step(blocks)]

    found = probe(Placed(made("gpt2")))
    assert not found.independent
    assert found.unit == probe(TransformersModel(made("gpt2"))).unit


def test_models_with_states_are_refused_by_name() -> None:
    shape = transformers.MambaConfig(vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=1)
    make: Any = transformers.MambaForCausalLM
    with pytest.raises(InputError, match="MambaForCausalLM keeps states"):
        TransformersModel(make(shape)).read([1, 2, 3])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder as the library saves it."""
    folder = tmp_path_factory.mktemp("saved")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({str(n): n for n in range(VOCABULARY)}, unk_token="0"))
    transformers.PreTrainedTokenizerFast(tokenizer_object=words, eos_token=str(EOS)).save_pretrained(folder)
    torch.manual_seed(0)
    save_random(folder)
    return folder


def save_random(folder: Path) -> None:
    make: Any = transformers.AutoModelForCausalLM.from_config
    config: Any = CONFIGS["gpt2"]
    make(config()).save_pretrained(folder)


def fingerprint(folder: Path) -> str:
    return open_backend(ModelSpec(backend="transformers", model=str(folder))).origin.fingerprint


def changed_config(saved: Path, folder: Path, **changes: object) -> Path:
    copy = shutil.copytree(saved, folder)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | changes))
    return copy


def test_a_fingerprint_is_of_the_model_not_of_the_library(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(saved)
    older = changed_config(saved, tmp_path / "older", transformers_version="4.51.3", _name_or_path="elsewhere")
    assert fingerprint(older) == before
    monkeypatch.setattr(transformers.configuration_utils, "__version__", "99.0")
    assert fingerprint(saved) == before


def test_a_fingerprint_tells_configurations_and_weights_apart(saved: Path, tmp_path: Path) -> None:
    before = fingerprint(saved)
    assert fingerprint(changed_config(saved, tmp_path / "config", layer_norm_epsilon=1e-3)) != before
    other = shutil.copytree(saved, tmp_path / "weights")
    save_random(other)
    assert fingerprint(other) != before
