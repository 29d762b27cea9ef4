"""The HTTP backend against real servers on loopback: one that misbehaves on purpose, and `transformers serve`."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import Server, backend, busy, said, wanted

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion
from passatk.errors import EnvironmentFault, InputError
from passatk.models.openai import TRIES, OpenAIBackend
from passatk.problems import load
from passatk.prompts.stopping import first_string


@pytest.fixture
def pauses() -> list[float]:
    return []


def test_every_sample_is_asked_for_with_its_own_seed(pauses: list[float]) -> None:
    with Server(said("a", "b")) as server:
        settings = DecodingSettings(method="sample", temperature=0.8, top_p=0.95, max_new_tokens=9, seed=3)
        made = list(backend(server, pauses).generate(wanted(20), settings, 4))
    assert sorted(completion.index for completion in made) == list(range(20))
    assert {(completion.text, completion.finish_reason) for completion in made} == {("ab", "eos")}
    assert len({body["seed"] for body in server.requests}) == 20
    first = server.requests[0]
    assert (first["temperature"], first["top_p"], first["max_tokens"], first["prompt"]) == (0.8, 0.95, 9, "prompt")
    assert not pauses


def test_greedy_is_temperature_zero_and_chat_is_a_message(pauses: list[float]) -> None:
    with Server(said("a")) as server:
        list(backend(server, pauses).generate(wanted(chat=True), DecodingSettings(), 1))
    assert server.requests[0]["temperature"] == 0.0
    assert server.requests[0]["messages"] == [{"role": "user", "content": "prompt"}]


def test_a_stop_rule_ends_a_stream(pauses: list[float]) -> None:
    with Server(said("one", " tw", "o th", "ree")) as server:
        made = next(iter(backend(server, pauses).generate(wanted(ends=first_string(["two"])), DecodingSettings(), 1)))
    assert (made.text, made.finish_reason) == ("one ", "stop")


def test_a_busy_server_is_asked_again_when_it_says(pauses: list[float]) -> None:
    with Server(busy(Retry_After="7"), busy(503), said("done")) as server:
        made = next(iter(backend(server, pauses).generate(wanted(), DecodingSettings(), 1)))
    assert made.text == "done"
    assert pauses[0] == 7.0
    assert len(pauses) == 2


def test_half_an_answer_is_asked_for_again(pauses: list[float]) -> None:
    with Server(said("hal", end=None), said("whole")) as server:
        made = next(iter(backend(server, pauses).generate(wanted(), DecodingSettings(), 1)))
    assert made.text == "whole"


def test_a_server_that_stays_busy_is_a_fault_and_nothing_is_lost(pauses: list[float]) -> None:
    with Server(said("good"), busy()) as server:
        made = backend(server, pauses).generate(wanted(2), DecodingSettings(), 1)
        assert next(made).text == "good"
        with pytest.raises(EnvironmentFault, match="failed 6 times, last: 429 too many requests"):
            next(made)
    assert len(server.requests) == 1 + TRIES


def test_what_others_finish_after_a_failure_is_kept(pauses: list[float]) -> None:
    def slowly(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        time.sleep(0.5)
        said("late")(handler, body)

    with Server(slowly, slowly, slowly, busy(400)) as server:
        made = backend(server, pauses).generate(wanted(12), DecodingSettings(), 4)
        kept: list[Completion] = []
        with pytest.raises(InputError, match="400"):
            kept.extend(made)
    assert [completion.text for completion in kept] == ["late"] * 3


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "é"])
def test_any_character_crosses_a_stream(pauses: list[float], character: str) -> None:
    def raw(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        event = {"choices": [{"text": f"a{character}b", "finish_reason": "stop"}]}
        handler.wfile.write(f"data: {json.dumps(event, ensure_ascii=False)}\r\n\r\n".encode())

    with Server(raw) as server:
        made = next(iter(backend(server, pauses).generate(wanted(), DecodingSettings(), 1)))
    assert made.text == f"a{character}b"


def test_wrong_requests_are_errors_at_once(pauses: list[float]) -> None:
    with Server(busy(404)) as server:
        with pytest.raises(InputError, match="404 too many requests"):
            list(backend(server, pauses).generate(wanted(), DecodingSettings(), 1))
        with pytest.raises(InputError, match="has no model 'huge'; it has tiny"):
            OpenAIBackend(server.url, "huge")
    with pytest.raises(EnvironmentFault, match="no server answers at"):
        OpenAIBackend(server.url, "tiny")
    with pytest.raises(InputError, match="set its url"):
        OpenAIBackend("", "tiny")


def test_a_command_goes_on_where_a_server_left_it(passatk: Any, tmp_path: Path) -> None:
    wrong = [busy(404)]
    out, good = tmp_path / "samples", [said(f"    return {n}\n") for n in range(40)]
    command = [
        "generate",
        "--problems",
        "basics/written",
        "--language",
        "python",
        "--backend",
        "openai",
        "--model",
        "tiny",
    ]
    command += ["--out", str(out), "--batch-size", "2", "--json"]
    with Server(*good[:9], *wrong) as server:
        done = passatk(*command, "--url", server.url)
    assert done.returncode == 2
    assert "refuses a request to completions for model 'tiny': 404" in " ".join(done.stderr.split())
    with Server(*good) as server:  # where a server listens changes from start to start
        done = passatk(*command, "--url", server.url)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["samples"], report["generated_now"]) == (28, len(server.requests))
    assert 19 <= report["generated_now"] < 28


@pytest.mark.parametrize(
    "settings",
    [
        DecodingSettings(method="contrastive", penalty_alpha=0.6, top_k=4),
        DecodingSettings(method="sample", top_k=4),
        DecodingSettings(exponential_decay_length_penalty=(1, 1.1)),
        DecodingSettings(forced_decoder_ids=((0, 1),)),
        DecodingSettings(suppress_tokens=(1,)),
        DecodingSettings(logprobs=True),
        DecodingSettings(skip_special_tokens=False),
    ],
)
def test_what_the_protocol_cannot_carry_is_refused_by_name(settings: DecodingSettings, pauses: list[float]) -> None:
    with Server(said("a")) as server, pytest.raises(InputError, match="cannot honour"):
        backend(server, pauses).check(settings, 1, [])


# --- a real server ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny_gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT-2 with random weights and a tokenizer, as the transformers library saves them."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    folder = tmp_path_factory.mktemp("gpt2")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=alphabet, special_tokens=["<|endoftext|>"], show_progress=False
    )
    bpe.train_from_iterator([p.prompt + p.solution for p in load("basics/written").problems.values()], trainer)
    end = dict.fromkeys(("eos_token", "bos_token", "unk_token", "pad_token"), "<|endoftext|>")
    transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, **end).save_pretrained(folder)
    torch.manual_seed(0)
    shape = transformers.GPT2Config(
        n_layer=2, n_embd=48, n_head=4, n_positions=1024, vocab_size=400, bos_token_id=0, eos_token_id=0
    )
    transformers.GPT2LMHeadModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def serving(tiny_gpt2: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve` with that model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("serve") / "log").open("w+")
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(tiny_gpt2)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None:
                log.seek(0)
                raise AssertionError(f"transformers serve ended: {log.read()[-2000:]}")
            time.sleep(0.2)
        yield f"{url}/v1"
    finally:
        process.kill()
        process.wait()
        log.close()


def test_a_real_server_is_generated_from(passatk: Any, serving: str, tiny_gpt2: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples"
    command = [
        *("generate", "--problems", "basics/written", "--language", "python", "--backend", "openai", "--url", serving),
        *("--model", str(tiny_gpt2), "--out", str(out), "--max-new-tokens", "8", "--batch-size", "4", "--json"),
    ]
    done = passatk(*command)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["samples"] == 28
    assert report["tokens"] > 28
    assert not json.loads((out / "manifest.json").read_text())["origin"]["reproducible"]
    assert json.loads(passatk(*command).stdout)["generated_now"] == 0
