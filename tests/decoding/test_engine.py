"""The engine with a small CodeGeeX: the same tokens whatever stands beside them, and by definition."""

import itertools
import random
from collections.abc import Sequence

import pytest
import torch
from msgspec.structs import replace
from torch.nn.functional import cosine_similarity

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion
from passatk.decoding.engine import Engine, Request
from passatk.decoding.rows import probe
from passatk.decoding.seeding import set_seed
from passatk.decoding.text import TextSoFar
from passatk.errors import InputError
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig

VOCABULARY, EOS = 300, 299
SETTINGS = {
    "greedy": DecodingSettings(method="greedy", max_new_tokens=24),
    "sample": DecodingSettings(method="sample", temperature=0.8, top_p=0.95, max_new_tokens=24, seed=42),
    "contrastive": DecodingSettings(method="contrastive", penalty_alpha=0.6, top_k=4, max_new_tokens=12),
}


class Letters:
    """Every token is one character."""

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        return "".join(chr(0x4E00 + token) for token in ids if not (skip_special_tokens and token == EOS))


DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(scope="module", params=DEVICES)
def model(request: pytest.FixtureRequest) -> CodeGeeX:
    torch.manual_seed(0)
    shape = CodeGeeXConfig(layers=2, hidden=64, heads=4, feed_forward=128, positions=96, vocabulary=VOCABULARY, eos=EOS)
    made = CodeGeeX(shape).eval().requires_grad_(False)
    for name, parameter in made.named_parameters():
        if "embeddings" in name:
            torch.nn.init.normal_(parameter, std=0.25)
    made.to(request.param)
    made.row_unit = probe(made).unit
    return made


def prompts(number: int) -> list[list[int]]:
    rng = random.Random(1)
    return [[rng.randrange(EOS) for _ in range(rng.randrange(1, 40))] for _ in range(number)]


def requests(samples: Sequence[int], tasks: int = 5) -> list[Request]:
    return [Request(f"T/{n}", prompt, samples) for n, prompt in enumerate(prompts(tasks))]


def generate(model: CodeGeeX, settings: DecodingSettings, wanted: list[Request], batch: int = 64) -> list[Completion]:
    made = Engine(model, Letters(), settings, batch_size=batch).generate(wanted)
    return sorted(made, key=lambda completion: (completion.task_id, completion.index))


@pytest.mark.parametrize("method", SETTINGS)
def test_tokens_depend_on_nothing_that_stands_beside_them(model: CodeGeeX, method: str) -> None:
    settings, samples = SETTINGS[method], range(1 if method != "sample" else 4)
    expected = generate(model, settings, requests(samples, tasks=20))
    assert len({completion.tokens for completion in expected}) >= 15
    for batch in (1, 3, 8):
        assert generate(model, settings, requests(samples, tasks=20), batch) == expected
    shuffled = requests(samples, tasks=20)
    random.Random(2).shuffle(shuffled)
    assert generate(model, settings, shuffled, 7) == expected
    one_by_one = [
        completion
        for request in requests(samples, tasks=20)[::4]
        for index in reversed(request.samples)
        for completion in generate(model, settings, [Request(request.task_id, request.prompt, [index])])
    ]
    assert set(one_by_one) < set(expected)


@pytest.mark.parametrize("method", SETTINGS)
def test_deterministic_algorithms_suffice(model: CodeGeeX, method: str) -> None:
    expected = generate(model, SETTINGS[method], requests(range(2)))
    with set_seed(1):
        assert generate(model, SETTINGS[method], requests(range(2))) == expected


def reference_logits(model: CodeGeeX, tokens: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits after `tokens`, and the hidden states of all positions: no cache, no batch."""
    prefix = model.read(tokens)
    return prefix.logits[0].double(), prefix.hidden.double()


def brute_force(model: CodeGeeX, settings: DecodingSettings, prompt: list[int]) -> list[int]:
    """Contrastive search by its definition: every candidate is put after everything so far, all computed anew."""
    assert settings.top_k is not None
    assert settings.penalty_alpha is not None
    made: list[int] = []
    while len(made) < settings.max_new_tokens and EOS not in made:
        logits, states = reference_logits(model, [*prompt, *made])
        probabilities = logits.softmax(0)
        order = sorted(range(VOCABULARY), key=lambda token: (-float(logits[token]), token))[: settings.top_k]
        scores = []
        for token in order:
            own = reference_logits(model, [*prompt, *made, token])[1][-1]
            likeness = max(float(cosine_similarity(own, state, dim=0)) for state in states)
            alpha = settings.penalty_alpha
            scores.append((1 - alpha) * float(probabilities[token]) - alpha * likeness)
        made.append(order[scores.index(max(scores))])
    return made


def test_contrastive_search_is_by_definition(model: CodeGeeX) -> None:
    settings = SETTINGS["contrastive"]
    for completion, prompt in zip(generate(model, settings, requests([0])), prompts(5), strict=True):
        assert list(completion.tokens) == brute_force(model, settings, prompt)


def test_contrastive_without_penalty_is_greedy(model: CodeGeeX) -> None:
    settings = DecodingSettings(method="contrastive", penalty_alpha=0.0, top_k=4, max_new_tokens=24)
    assert generate(model, settings, requests([0])) == generate(model, SETTINGS["greedy"], requests([0]))


def test_greedy_takes_the_likeliest(model: CodeGeeX) -> None:
    for completion, prompt in zip(generate(model, SETTINGS["greedy"], requests([0])), prompts(5), strict=True):
        for at, token in enumerate(completion.tokens):
            assert token == int(reference_logits(model, [*prompt, *completion.tokens[:at]])[0].argmax())


def test_samples_differ_and_seeds_matter(model: CodeGeeX) -> None:
    settings = SETTINGS["sample"]
    first = generate(model, settings, requests(range(10), tasks=1))
    other = generate(model, replace(settings, seed=43), requests(range(10), tasks=1))
    assert len({completion.tokens for completion in first}) == 10
    assert not {completion.tokens for completion in first} & {completion.tokens for completion in other}


def test_samples_end_where_they_should(model: CodeGeeX) -> None:
    prompt = prompts(1)[0]
    long = generate(model, SETTINGS["greedy"], [Request("T", prompt, [0])])[0]
    assert (long.finish_reason, len(long.tokens)) == ("length", 24)
    letter = long.text[5]
    at = long.text.index(letter)
    cut = generate(model, SETTINGS["greedy"], [Request("T", prompt, [0], lambda text, _: found(text, letter))])[0]
    assert (cut.finish_reason, cut.text, cut.tokens) == ("stop", long.text[:at], long.tokens[: at + 1])
    forced = DecodingSettings(max_new_tokens=24, forced_decoder_ids=((0, 7), (3, EOS)))
    ended = generate(model, forced, [Request("T", prompt, [0])])[0]
    assert (ended.finish_reason, ended.tokens[0], ended.tokens[3], len(ended.tokens)) == ("eos", 7, EOS, 4)
    assert len(ended.text) == 3
    shown = replace(forced, skip_special_tokens=False)
    assert len(generate(model, shown, [Request("T", prompt, [0])])[0].text) == 4


def found(text: str, wanted: str) -> int | None:
    at = text.find(wanted)
    return None if at < 0 else at


def test_a_full_model_ends_a_sample(model: CodeGeeX) -> None:
    settings = DecodingSettings(max_new_tokens=24, suppress_tokens=(EOS,))
    completion = generate(model, settings, [Request("T", [1] * 90, [0])])[0]
    assert (completion.finish_reason, len(completion.tokens)) == ("length", 6)


@pytest.mark.parametrize("length", [0, 96, 200])
def test_prompts_without_room_are_refused(model: CodeGeeX, length: int) -> None:
    with pytest.raises(InputError, match=f"the prompt of T has {length} tokens"):
        generate(model, SETTINGS["greedy"], [Request("T", [1] * length, [0])])


def test_log_probabilities_come_on_request(model: CodeGeeX) -> None:
    settings = replace(SETTINGS["sample"], logprobs=True)
    prompt = prompts(1)[0]
    completion = generate(model, settings, [Request("T", prompt, [0])])[0]
    assert completion.logprobs is not None
    for at, (token, logprob) in enumerate(zip(completion.tokens, completion.logprobs, strict=True)):
        logits = reference_logits(model, [*prompt, *completion.tokens[:at]])[0]
        assert logprob == pytest.approx(float(logits.log_softmax(0)[token]), abs=1e-4)


def test_meaningless_tokens_are_never_generated(model: CodeGeeX) -> None:
    settings = DecodingSettings(method="sample", max_new_tokens=40)
    engine = Engine(model, Letters(), settings, meaningless=range(20, EOS))
    tokens = itertools.chain.from_iterable(c.tokens for c in engine.generate(requests(range(8), tasks=2)))
    assert set(tokens) <= {*range(20), EOS}


@pytest.mark.parametrize(("method", "batch"), [("greedy", 0), ("greedy", 257), ("contrastive", 65)])
def test_batches_of_unknown_size_are_refused(model: CodeGeeX, method: str, batch: int) -> None:
    with pytest.raises(InputError, match=f"batch size {batch}"):
        Engine(model, Letters(), SETTINGS[method], batch_size=batch)


def test_a_listener_hears_every_token(model: CodeGeeX) -> None:
    heard: list[tuple[str, int, str]] = []
    engine = Engine(model, Letters(), SETTINGS["greedy"], listener=lambda *what: heard.append(what))
    completion = next(iter(engine.generate([Request("T", [1, 2], [3])])))
    assert heard == [("T", 3, completion.text[: n + 1]) for n in range(24)]


def test_logits_that_are_no_numbers_are_an_error() -> None:
    torch.manual_seed(0)
    shape = CodeGeeXConfig(layers=1, hidden=16, heads=2, feed_forward=16, positions=32, vocabulary=20, eos=19)
    broken = CodeGeeX(shape).eval().requires_grad_(False)
    broken.final_layernorm.bias[0] = float("nan")
    for settings in (DecodingSettings(), DecodingSettings(method="sample")):
        with pytest.raises(InputError, match="logits are not finite"):
            generate(broken, settings, [Request("T", [1, 2], [0])])


class Stripping:
    """Like SentencePiece's: a text loses the space it begins with. Token 0 ends; 1 is special, and shown as <s>."""

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        known = {0: "<end>", 1: "" if skip_special_tokens else "<s>", 2: "    ", 3: "x", 4: " y"}
        return "".join(known[token] for token in ids).removeprefix(" ")


@pytest.mark.parametrize("skip", [True, False])
def test_text_is_decoded_as_what_follows_the_prompt(skip: bool) -> None:
    text = TextSoFar(Stripping(), [3, 3], skip, watched=True)
    said = [text.add(token) for token in (2, 3, 1, 4)]
    special = "" if skip else "<s>"
    assert said == ["    ", "    x", f"    x{special}", f"    x{special} y"]
    assert text.whole([2, 3, 1, 4]) == f"    x{special} y"
