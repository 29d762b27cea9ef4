"""What servers say: parts of answers and errors, as tables of their dialects."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passatk.models.wire import Part, description, is_context_length, part_of


def delta(**fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


def message(reason: Any = "stop", **fields: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", **fields}, "finish_reason": reason}]}


PARTS = {
    "a completion's text": ({"choices": [{"text": "a"}]}, Part(text="a")),
    "a delta": (delta(content="a"), Part(text="a")),
    "a whole message": (message(content="a"), Part(text="a", finish_reason="eos")),
    "null content": (delta(content=None), Part()),
    "null text": ({"choices": [{"text": None, "finish_reason": "length"}]}, Part(finish_reason="length")),
    "DeepSeek's reasoning": (delta(reasoning_content="why", content=None), Part(thinking="why")),
    "vLLM's reasoning": (delta(reasoning="why"), Part(thinking="why")),
    "both names at once": (delta(reasoning="why", reasoning_content="why"), Part(thinking="why")),
    "an empty one before the other": (delta(reasoning_content="", reasoning="why"), Part(thinking="why")),
    "reasoning in a whole message": (
        message(content="a", reasoning_content="why"),
        Part(text="a", thinking="why", finish_reason="eos"),
    ),
    "a list of parts": (
        message(content=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
        Part(text="ab", finish_reason="eos"),
    ),
    "parts that are strings": (delta(content=["a", "b"]), Part(text="ab")),
    "an empty list": (delta(content=[]), Part()),
    "Mistral's thinking": (
        delta(
            content=[{"type": "thinking", "thinking": [{"type": "text", "text": "why"}]}, {"type": "text", "text": "a"}]
        ),
        Part(text="a", thinking="why"),
    ),
    "a part that is no text": (delta(content=[{"type": "image_url", "image_url": {"url": "x"}}]), Part()),
    "a part without a text": (delta(content=[{"type": "text", "text": None}, None]), Part()),
    "usage alone": ({"choices": [], "usage": {"completion_tokens": 7}}, Part(tokens=7)),
    "usage that is null": ({"choices": [{"text": "a"}], "usage": None}, Part(text="a")),
    "no choices": ({}, Part()),
    "choices that are null": ({"choices": None}, Part()),
    "a choice that is null": ({"choices": [None]}, Part()),
    "a delta that is null": ({"choices": [{"delta": None, "finish_reason": "stop"}]}, Part(finish_reason="eos")),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_read(name: str) -> None:
    event, expected = PARTS[name]
    assert part_of(event) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("stop", "eos"),
        ("eos_token", "eos"),
        ("length", "length"),
        ("abort", "abort"),
        ("content_filter", "content_filter"),
        ("insufficient_system_resource", "insufficient_system_resource"),
        ({"type": "abort", "message": "gone"}, "abort"),
        (None, None),
        ("", None),
        (3, None),
    ],
)
def test_an_end_keeps_its_name(said: Any, expected: str | None) -> None:
    assert part_of(message(said, content="a")).finish_reason == expected


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "delta", "message", "content", "text", "type", "usage", "finish_reason"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["choices", "usage", "error", "object"]), json), json)
def test_no_json_is_too_odd_to_be_read(event: dict[str, Any], content: Any) -> None:
    assert isinstance(part_of(event), Part)
    assert isinstance(part_of(delta(content=content, reasoning=content)), Part)
    assert isinstance(description(event), str)


TOO_LONG = {
    "OpenAI": {
        "error": {
            "message": "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000"
            " tokens. Please reduce the length of the messages.",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        }
    },
    "OpenAI, code alone": {"error": {"message": "Your input is refused.", "code": "context_length_exceeded"}},
    "vLLM": {
        "object": "error",
        "message": "This model's maximum context length is 4096 tokens. However, you requested 6379 tokens (6029 in the"
        " messages, 350 in the completion). Please reduce the length of the messages or completion.",
        "type": "BadRequestError",
        "param": None,
        "code": 400,
    },
    "vLLM, max_tokens": {
        "error": {
            "message": "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum context length"
            " is 4096 tokens and your request has 10 input tokens (5000 > 4096 - 10).",
            "type": "BadRequestError",
            "code": 400,
        }
    },
    "vLLM, nothing left": {"message": "max_tokens must be at least 1, got -186.", "code": 400},
    "vLLM's engine": {
        "error": {
            "message": "The decoder prompt (length 21535) is longer than the maximum model length of 16384. Make sure"
            " that `max_model_len` is no smaller than the number of text tokens."
        }
    },
    "vLLM, older engine": {
        "message": "The prompt (total length 25938) is too long to fit into the model (context length 4096)."
    },
    "SGLang": {
        "object": "error",
        "message": "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
        "type": "BadRequestError",
        "code": 400,
    },
    "SGLang, both": {
        "message": "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a"
        " total of 5000 tokens: 1000 tokens from the input messages and 4000 tokens for the completion."
    },
    "SGLang, memory": {"message": "Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens)."},
    "llama.cpp": {
        "error": {
            "code": 400,
            "message": "the request exceeds the available context size, try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 1407,
            "n_ctx": 256,
        }
    },
    "llama.cpp, tokens": {
        "error": {
            "code": 400,
            "message": "request (1407 tokens) exceeds the available context size (256 tokens), try increasing it",
        }
    },
    "llama.cpp, older": {"error": {"code": 500, "message": "the request exceeds the available context size."}},
    "llama.cpp, slot": {"error": {"message": "input is too large to process. increase the physical batch size"}},
    "llama-cpp-python": {"error": {"message": "Requested tokens (516) exceed context window of 512"}},
    "text-generation-inference": {
        "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs`",
        "error_type": "validation",
    },
    "text-generation-inference, prompt": {
        "error": "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000"
    },
    "OpenRouter": {
        "error": {
            "message": "This endpoint's maximum context length is 16384 tokens. However, you requested about 94307"
            " tokens.",
            "code": 400,
        }
    },
    "Anthropic's gateway": {"error": {"message": "input length and `max_tokens` exceed context limit: 199759 + 8192"}},
    "a plain detail": {"detail": "Prompt is too long: 9000 tokens, the maximum is 4096"},
    "a list of details": {"detail": [{"loc": ["body"], "msg": "prompt exceeds the context window", "type": "value"}]},
}

OTHER = {
    "a model": {"error": {"message": "The model `huge` does not exist.", "code": "model_not_found"}},
    "a field": {"error": {"message": "Unrecognized request argument supplied: seed", "type": "invalid_request_error"}},
    "an answer": {
        "error": {"message": "max_tokens is too large: 90000. This model supports at most 16384 completion tokens."}
    },
    "a temperature": {"message": "temperature must be non-negative, got -1.0.", "code": 400},
    "a template": {"error": {"message": "As of transformers v4.44, a chat template must be provided."}},
    "a rate": {"error": {"message": "Rate limit reached: 10000 tokens per minute. Please try again in 6 s."}},
    "a body": {"detail": [{"loc": ["body", "messages"], "msg": "Field required", "type": "missing"}]},
    "what it repeats of the request": {
        "detail": [{"loc": ["body", "n"], "msg": "not known", "input": "the prompt exceeds the context length"}]
    },
    "a list": [1, 2],
    "nothing": None,
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_request_that_does_not_fit_is_recognised(name: str) -> None:
    assert is_context_length(description(TOO_LONG[name]))


@pytest.mark.parametrize("name", OTHER)
def test_other_errors_are_not_about_length(name: str) -> None:
    assert not is_context_length(description(OTHER[name]))
