"""What servers answer, in all their dialects, and what is kept of it."""

import json
import sqlite3
from http.server import BaseHTTPRequestHandler
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console
from serving import Answer, Server, backend, delta, events, only, said, wanted, whole

from passatk.decoding import DecodingSettings
from passatk.errors import InputError
from passatk.models import ModelSpec
from passatk.pipeline import Generation, GenerationReport, generate
from passatk.problems import load
from passatk.prompts.stopping import first_string
from passatk.report.outcomes import print_generation
from passatk.runs.generations import past_generations


@pytest.fixture
def pauses() -> list[float]:
    return []


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
    assert "1 of 9 samples has no text because the request does not fit the server's context" in told
    assert "1 of 9 samples was broken off by the server" in told


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
