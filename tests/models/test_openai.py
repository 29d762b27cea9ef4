"""The HTTP backend against real servers on loopback: one that misbehaves on purpose, and `transformers serve`."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from rich.console import Console

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion
from passatk.errors import EnvironmentFault, InputError
from passatk.models import ModelSpec
from passatk.models.base import Wanted
from passatk.models.openai import TRIES, OpenAIBackend
from passatk.pipeline import Generation, GenerationReport, generate
from passatk.problems import load
from passatk.prompts.stopping import first_string
from passatk.report.terminal import print_generation
from passatk.runs.generations import past_generations

Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class Server:
    """Says what it is told to, one answer after the other, and then the last for ever."""

    def __init__(self, *answers: Answer):
        self.requests: list[dict[str, Any]] = []
        self._answers = list(answers)
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                send(self, 200, {"data": [{"id": "tiny"}]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server._lock:
                    server.requests.append(body)
                    answer = server._answers.pop(0) if len(server._answers) > 1 else server._answers[0]
                answer(self, body)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: object, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(json.dumps(body).encode())


def said(*parts: str, end: str | None = "stop") -> Answer:
    """A stream of `parts`; without `end` it is closed in the middle."""

    def answer(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        for part in parts:
            event = {"choices": [{"text": part, "finish_reason": None}]}
            handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        if end is not None:
            event = {"choices": [{"text": "", "finish_reason": end}]}
            handler.wfile.write(f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode())

    return answer


def busy(status: int = 429, **headers: str) -> Answer:
    return lambda handler, _: send(handler, status, {"error": {"message": "too many requests"}}, **headers)


def wanted(samples: int = 1, **more: Any) -> list[Wanted]:
    problem = load("basics/written").get("Python/0")
    return [Wanted(problem, problem.task_id, "prompt", range(samples), more.pop("ends", None), **more)]


@pytest.fixture
def pauses() -> list[float]:
    return []


def backend(server: Server, pauses: list[float]) -> OpenAIBackend:
    return OpenAIBackend(server.url, "tiny", sleep=pauses.append)


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


def events(*bodies: object) -> Answer:
    """A stream of exactly these; strings as they are, anything else as JSON."""

    def answer(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        for body in bodies:
            handler.wfile.write(f"data: {body if isinstance(body, str) else json.dumps(body)}\n\n".encode())

    return answer


def whole(body: object, status: int = 200) -> Answer:
    """One JSON, whatever was asked for."""
    return lambda handler, _: send(handler, status, body)


def delta(end: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"choices": [{"delta": fields, "finish_reason": end}]}


def only(server: Server, pauses: list[float], **more: Any) -> Completion:
    [made] = backend(server, pauses).generate(wanted(**more), DecodingSettings(), 1)
    return made


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_thinking_is_kept_apart_and_no_stop_rule_sees_it(pauses: list[float], field: str) -> None:
    parts = [delta(**{field: "two "}), delta(**{field: "or one", "content": None}), delta(content="one", end="stop")]
    with Server(events(*parts, "[DONE]")) as server:
        made = only(server, pauses, chat=True, ends=first_string(["two"]))
    assert (made.text, made.thinking, made.finish_reason) == ("one", "two or one", "eos")


def test_tokens_are_what_the_server_counts_or_none(pauses: list[float]) -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 41}}
    with Server(events(delta(content="a"), delta(content="b", end="stop"), usage, "[DONE]"), said("a", "b")) as server:
        counted, uncounted = backend(server, pauses).generate(wanted(2), DecodingSettings(), 1)
    assert (counted.token_count, uncounted.token_count) == (41, None)
    assert server.requests[0]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    "refusal",
    [
        {"error": {"message": "Unrecognized request argument supplied: stream_options"}},
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "not permitted"}]},
    ],
)
def test_a_server_that_cannot_be_asked_to_count_is_asked_without(pauses: list[float], refusal: object) -> None:
    with Server(whole(refusal, 422), said("a")) as server:
        made = list(backend(server, pauses).generate(wanted(3), DecodingSettings(), 1))
    assert [one.text for one in made] == ["a"] * 3
    assert ["stream_options" in body for body in server.requests] == [True, False, False, False]
    assert not pauses


@pytest.mark.parametrize("reason", ["abort", "content_filter", "insufficient_system_resource"])
def test_what_ended_otherwise_is_not_called_an_end(pauses: list[float], reason: str) -> None:
    with Server(said("half", end=reason)) as server:
        made = only(server, pauses)
    assert (made.text, made.finish_reason) == ("half", reason)


def test_an_end_that_no_server_explains_is_unknown(pauses: list[float]) -> None:
    with Server(events(delta(content="a"), "[DONE]"), whole({"choices": [{"text": "a"}]})) as server:
        made = list(backend(server, pauses).generate(wanted(2), DecodingSettings(), 1))
    assert [(one.text, one.finish_reason) for one in made] == [("a", "unknown")] * 2


@pytest.mark.parametrize(
    "refusal",
    [
        whole({"error": {"message": "too long", "code": "context_length_exceeded"}}, 400),
        whole({"message": "The input (617 tokens) is longer than the model's context length (409 tokens)."}, 400),
        whole({"error": {"message": "exceeds the available context", "type": "exceed_context_size_error"}}, 500),
        events({"error": {"message": "This model's maximum context length is 16 tokens.", "code": 400}}),
        events({"object": "error", "message": "the request exceeds the available context size"}),
        whole({"error": {"message": "the request exceeds the available context size", "code": 400}}),
    ],
)
def test_a_request_that_does_not_fit_ends_its_sample_and_not_the_run(pauses: list[float], refusal: Answer) -> None:
    with Server(refusal, said("a")) as server:
        made = list(backend(server, pauses).generate(wanted(3), DecodingSettings(), 1))
    assert [(one.text, one.finish_reason) for one in made] == [("", "context_length"), ("a", "eos"), ("a", "eos")]
    assert not pauses


def test_a_server_that_does_not_stream_is_read(pauses: list[float]) -> None:
    message = {"role": "assistant", "content": "one two", "reasoning_content": "why"}
    body = {"choices": [{"message": message, "finish_reason": "length"}], "usage": {"completion_tokens": 3}}
    text = {"choices": [{"text": "one two", "finish_reason": "stop"}], "usage": None}
    with Server(whole(body), whole(text)) as server:
        first, second = backend(server, pauses).generate(wanted(2, ends=first_string([" two"])), DecodingSettings(), 1)
    assert (first.text, first.finish_reason, first.thinking, first.token_count) == ("one", "stop", "why", 3)
    assert (second.text, second.finish_reason, second.token_count) == ("one", "stop", None)


@pytest.mark.parametrize("body", ["<html><body>Welcome</body></html>", "[]", '"hello"', '{"status": "ok"}', "ok"])
def test_what_is_no_api_is_said_to_be_none(pauses: list[float], body: str) -> None:
    def page(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body.encode())

    with Server(page) as server, pytest.raises(InputError, match="answers neither with a stream of events nor"):
        only(server, pauses)


def test_a_whole_answer_that_breaks_off_is_asked_for_again(pauses: list[float]) -> None:
    def half(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'{"choices": [{"text": "ha')

    with Server(half, whole({"choices": [{"text": "whole", "finish_reason": "stop"}]})) as server:
        assert only(server, pauses).text == "whole"


@pytest.mark.parametrize("content", [[{"type": "text", "text": "a"}], ["a"], "a"])
def test_content_may_be_a_list(pauses: list[float], content: object) -> None:
    with Server(events(delta(content=content), delta(content=None), delta(content=[], end="stop"))) as server:
        assert only(server, pauses, chat=True).text == "a"


def test_an_error_that_is_null_is_none(pauses: list[float]) -> None:
    with Server(events({"error": None, **delta(content="a", end="stop")})) as server:
        assert only(server, pauses).text == "a"


def generated(server: Server, out: Path, samples: int = 3, **settings: Any) -> GenerationReport:
    problems = load("basics/written")
    three = dict(list(problems.only(["python"]).problems.items())[:3])
    return generate(
        Generation(
            problems=msgspec.structs.replace(problems, problems=three),
            model=ModelSpec(backend="openai", model="tiny", url=server.url),
            settings=DecodingSettings(method="sample", temperature=0.8, **settings),
            out=out,
            samples=samples,
            batch_size=1,
        )
    )


def test_equal_samples_everywhere_draw_a_warning(tmp_path: Path) -> None:
    with Server(said("    return 1\n")) as server:
        report = generated(server, tmp_path / "equal")
        assert "all samples of each task are the same text" in report.warnings[0]
        assert generated(server, tmp_path / "equal").warnings == report.warnings  # also of what is there already
        assert generated(server, tmp_path / "single", samples=1).warnings == ()
    with Server(said("    return 1\n"), said("    return 2\n"), said("    return 1\n")) as server:
        assert generated(server, tmp_path / "differing").warnings == ()


def test_a_report_says_what_no_server_counted(tmp_path: Path) -> None:
    usage = {"choices": [{"text": "", "finish_reason": "stop"}], "usage": {"completion_tokens": 5}}
    with Server(said("    return 1\n")) as server:
        none = generated(server, tmp_path / "none")
    with Server(said("a"), events(usage), said("b"), events(usage)) as server:
        some = generated(server, tmp_path / "some")
    assert (none.tokens, none.uncounted) == (None, 9)
    assert (some.tokens, some.uncounted) == (7 * 5, 2)
    console = Console(file=StringIO(), width=200)
    print_generation(console, none)
    print_generation(console, some)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "9 generated now, no token counts from the server in " in shown
    assert "35 tokens (without those of 2 samples, which the server did not count) in " in shown
    assert "Warning: all samples of each task are the same text" in shown


def test_thinking_and_ends_are_kept_in_the_folder(tmp_path: Path) -> None:
    long = whole({"error": {"message": "", "code": "context_length_exceeded"}}, 400)
    thought = events(delta(reasoning="why"), delta(content="    return 1\n", end="abort"))
    with Server(long, thought, said("    return 2\n")) as server:
        report = generated(server, tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out" / "generations.jsonl").read_text().splitlines()]
    assert [line.get("thinking") for line in lines[:3]] == [None, "why", None]
    assert [(line["generation"], line["finish_reason"]) for line in lines[:2]] == [
        ("", "context_length"),
        ("    return 1\n", "abort"),
    ]
    assert {line["tokens"] for line in lines} == {None}
    assert report.finish_reasons == {"eos": 7, "context_length": 1, "abort": 1}
    told = " ".join(report.warnings)
    assert "1 of 9 samples have no text because the request does not fit the server's context" in told
    assert "1 of 9 samples were broken off by the server" in told


def test_a_folder_of_an_older_version_is_read_and_continued(tmp_path: Path) -> None:
    with Server(said("    return 1\n")) as server:
        before = generated(server, tmp_path / "out", samples=1)
        journal = sqlite3.connect(tmp_path / "out" / "generations.sqlite")
        journal.execute("UPDATE samples SET token_count = 4")
        journal.execute("ALTER TABLE samples DROP COLUMN thinking")
        journal.commit()
        journal.close()
        assert [one.token_count for one in past_generations(tmp_path / "out")[2]] == [4, 4, 4]
        after = generated(server, tmp_path / "out", samples=2)
    assert (after.generated_now, before.samples, after.samples) == (3, 3, 6)
    assert [one.token_count for one in past_generations(tmp_path / "out")[2]] == [4, None] * 3


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
    bpe.train_from_iterator([p.prompt + p.reference for p in load("basics/written").problems.values()], trainer)
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
