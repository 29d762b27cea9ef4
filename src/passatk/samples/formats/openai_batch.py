"""Output files of batch requests: OpenAI's (three endpoints) and Anthropic's. `custom_id` names the task."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import (
    Format,
    Generation,
    has,
    kind,
    optional_count,
    optional_text,
    spoken,
    text,
)


class OpenAiBatch(Format):
    """`custom_id` may go on with a sample number: `HumanEval/0-3`."""

    name = "OpenAI batch output"
    form = 'an object with "custom_id" and "response"'

    def recognises(self, value: Any) -> bool:
        return has(value, "custom_id") and (has(value, "response") or has(value, "error"))

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        task, response = text(value, "custom_id"), value.get("response")
        body = response.get("body") if isinstance(response, Mapping) else None
        wrong = value.get("error") or (body.get("error") if isinstance(body, Mapping) else None)
        status = response.get("status_code", 200) if isinstance(response, Mapping) else None
        if wrong or status != 200 or not isinstance(body, Mapping):
            told = wrong.get("message") if isinstance(wrong, Mapping) else wrong
            raise FieldError(
                "response",
                f"the request {task!r} failed ({told or f'status {status}'})",
                "an answer: send the request again, or take its line out of the file",
            )
        answers = list(_answers(body))
        for said, finish_reason in answers:
            tokens = _tokens(body) if len(answers) == 1 else None  # counted for all answers together
            yield Generation(task=task, counted=True, text=said, raw=True, finish_reason=finish_reason, tokens=tokens)


class AnthropicBatch(Format):
    """The same for Anthropic's message batches."""

    name = "Anthropic batch results"
    form = 'an object with "custom_id" and "result"'

    def recognises(self, value: Any) -> bool:
        return has(value, "custom_id", "result")

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        task, result = text(value, "custom_id"), value["result"]
        message = result.get("message") if isinstance(result, Mapping) else None
        if not isinstance(message, Mapping):
            kind_of = result.get("type") if isinstance(result, Mapping) else kind(result)
            raise FieldError(
                "result",
                f"the request {task!r} has no message ({kind_of})",
                "an answer: send the request again, or take its line out of the file",
            )
        yield Generation(
            task=task,
            counted=True,
            text=spoken(message.get("content"), "result.message.content"),
            raw=True,
            finish_reason=optional_text(message, "stop_reason") or "",
            tokens=_tokens(message),
        )


def _tokens(body: Mapping[str, Any]) -> int | None:
    """How many tokens a response says were generated."""
    usage = body.get("usage")
    if not isinstance(usage, Mapping):
        return None
    found = optional_count(usage, "completion_tokens")
    return optional_count(usage, "output_tokens") if found is None else found


def _answers(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Texts of a response and why each ended: of chat completions, completions, or the responses endpoint."""
    choices, output = body.get("choices"), body.get("output")
    if isinstance(choices, list) and choices:
        for place, choice in enumerate(choices):
            field = f"response.body.choices[{place}]"
            if has(choice, "message") and isinstance(choice["message"], Mapping):
                said = spoken(choice["message"].get("content"), f"{field}.message.content")
                yield said, optional_text(choice, "finish_reason") or ""
            elif has(choice, "text"):
                yield text(choice, "text"), optional_text(choice, "finish_reason") or ""
            else:
                raise FieldError(field, "has no message", "an object with a message")
    elif isinstance(output, list):
        messages = [part for part in output if isinstance(part, Mapping) and part.get("type") == "message"]
        yield "".join(spoken(part.get("content"), "response.body.output") for part in messages), ""
    else:
        raise FieldError("response.body.choices", "is missing or empty", "a list of choices")


OPENAI_BATCH = OpenAiBatch()
ANTHROPIC_BATCH = AnthropicBatch()
