"""What messages of OpenAI's protocol say, in the dialects of vLLM, SGLang, llama.cpp and others: functions of JSON.

No server is trusted to keep to the protocol: a field may be null, missing, or of another type.
"""

import re
from collections.abc import Iterator
from typing import Any

from passatk.records import Record
from passatk.regex import regex

ENDS = {
    **dict.fromkeys(("stop", "eos", "eos_token", "stop_sequence", "end_turn", "completed"), "eos"),
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens", "model_length"), "length"),
}
"""What servers call the two ordinary ends. Every other word is kept as it is."""
UNKNOWN_END = "unknown"
"""The server finished the answer and did not say why it ended."""
_THINKING = ("reasoning_content", "reasoning", "thinking")
"""Where servers put what a model thinks, apart from what it answers. Some send it twice."""
_DESCRIBING = ("message", "msg", "error", "detail", "errors", "loc", "param", "type", "error_type", "code")
"""Fields that describe an error. Other fields may repeat the request, so they are not searched."""
_CONTEXT_LENGTH = regex(
    r"context_length_exceeded|exceed_context_size|max_model_len|max_seq_len|n_ctx"
    r"|(context|model|sequence|prompt|input|sequences?'?s?) ?(length|size|window|limit).{0,80}"
    r"(exceed|longer|larger|greater|maximum|too (long|large)|at most|limit|\bmax\b|is \d)"
    r"|(exceed|longer|larger|greater|beyond|too (long|large)|does(n't| not) fit|maximum|max).{0,80}"
    r"(context|model|sequence|input|prompt|allowed)('s)? ?(context )?(length|size|window|limit)"
    r"|(prompt|input|messages?|request|conversation)s?( \([^)]*\))? (is|are|was) too (long|large)"
    r"|max_tokens must be at least 1, got -\d"
    r"|tokens \+ `?max_new_tokens`? must be <=|`inputs` must have less than",
    re.IGNORECASE | re.DOTALL,
)
"""The words in which servers say that a prompt, or prompt and answer together, do not fit their context."""


class Part(Record, frozen=True, kw_only=True):
    """What one event of a stream, or one whole answer, adds to a sample."""

    text: str = ""
    thinking: str = ""
    finish_reason: str | None = None
    tokens: int | None = None
    """Tokens generated so far for this sample, thinking included, where the server counts them."""


def part_of(event: dict[str, Any]) -> Part:
    """Read an event of a stream (`delta` or `text`) or a whole answer (`message` or `text`)."""
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    choice = choice if isinstance(choice, dict) else {}
    told: dict[str, Any] = next(
        (choice[name] for name in ("delta", "message") if isinstance(choice.get(name), dict)), {}
    )
    text, beside = _texts(told.get("content"))
    plain, _ = _texts(choice.get("text"))
    thinking = next((found for name in _THINKING if (found := "".join(_texts(told.get(name) or choice.get(name))))), "")
    return Part(
        text=text or plain,
        thinking=thinking or beside,
        finish_reason=_end_of(choice.get("finish_reason")),
        tokens=_tokens_of(event.get("usage")),
    )


def _texts(content: Any) -> tuple[str, str]:
    """(text, thinking) of a `content`: a string, null, or a list of typed parts."""
    if isinstance(content, str):
        return content, ""
    if isinstance(content, list):
        pairs = [_texts(part) for part in content]
        return "".join(text for text, _ in pairs), "".join(thinking for _, thinking in pairs)
    if isinstance(content, dict):
        kind = str(content.get("type", "text"))
        inside = "".join(_texts(content.get("text") or content.get("content") or content.get("thinking")))
        if kind in ("text", "output_text"):
            return inside, ""
        if "think" in kind or "reason" in kind:
            return "", inside
    return "", ""


def _end_of(reason: Any) -> str | None:
    """Why a sample ended: `eos`, `length`, or the server's own word, like `abort` or `content_filter`."""
    if isinstance(reason, dict):  # SGLang's own form
        reason = reason.get("type")
    if not isinstance(reason, str) or not reason:
        return None
    return ENDS.get(reason.lower(), reason)


def _tokens_of(usage: Any) -> int | None:
    count = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def description(error: Any) -> str:
    """All that an error says of itself, in one line: messages, types and codes, not what it repeats of the request."""
    return " ".join(" ".join(_descriptions(error)).split())


def _descriptions(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name in _DESCRIBING:
            if found.get(name) is not None:
                yield from _descriptions(found[name])
    elif isinstance(found, list):
        for part in found:
            yield from _descriptions(part)
    else:
        yield str(found)


def is_context_length(told: str) -> bool:
    """Whether an error's description says that the request does not fit the server's context."""
    return _CONTEXT_LENGTH.search(told) is not None
