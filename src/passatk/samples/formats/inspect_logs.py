"""Inspect: a log as JSON, and the samples in an `.eval` file, which is a zip archive of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import (
    Format,
    Generation,
    conversation,
    has,
    kind,
    optional_text,
    spoken,
    task_name,
)

_ATTACHMENT = "attachment://"


class InspectLog(Format):
    """A whole log."""

    name = "Inspect log"
    form = 'an object with "eval" and "samples", or an .eval file'

    def recognises(self, value: Any) -> bool:
        return has(value, "eval") and (has(value, "samples") or (has(value, "status") and has(value, "version")))

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        samples = value.get("samples")
        if not samples or not isinstance(samples, list):
            raise FieldError("samples", "is missing or empty", "a log with its samples, as Inspect writes by default")
        for place, sample in enumerate(samples):
            try:
                yield from INSPECT_SAMPLE.generations(sample)
            except FieldError as error:
                raise FieldError(f"samples[{place}].{error.field}", error.problem, error.expected) from error


class InspectSample(Format):
    """One sample of a log. `epoch` counts the samples of a task from 1."""

    name = "Inspect sample"
    form = ""  # within a log

    def recognises(self, value: Any) -> bool:
        return has(value, "id", "epoch", "output") or has(value, "id", "epoch", "input", "messages")

    def generations(self, value: Any) -> Iterator[Generation]:
        if not has(value, "id"):
            raise FieldError("id", "is missing", "a sample of an Inspect log")
        output = value.get("output")
        choices = output.get("choices") if isinstance(output, Mapping) else None
        if not choices or not isinstance(choices, list):
            error = value.get("error")
            told = error.get("message") if isinstance(error, Mapping) else "no choices"
            raise FieldError(
                "output",
                f"sample {value['id']!r} has no answer ({told})",
                "an answer to every sample: let Inspect retry the log, or leave the sample out",
            )
        metadata = value["metadata"] if isinstance(value.get("metadata"), Mapping) else {}
        epoch = value.get("epoch", 1)
        if not isinstance(epoch, int) or isinstance(epoch, bool) or not 1 <= epoch < 2**31:
            raise FieldError("epoch", f"is {kind(epoch)}", "a number from 1")
        for choice in choices:
            message = choice.get("message") if isinstance(choice, Mapping) else None
            if not isinstance(message, Mapping):
                raise FieldError("output.choices", "has no message", "an object with a message")
            yield Generation(
                task=task_name(value["id"], "id"),
                text=_attached(spoken(message.get("content"), "output.choices.message.content"), value),
                raw=True,
                prompt=optional_text(metadata, "prompt") or conversation(value.get("input")),
                entry_point=optional_text(metadata, "entry_point"),
                index=epoch - 1 if len(choices) == 1 else None,
            )


def _attached(text: str, sample: Mapping[str, Any]) -> str:
    """`text`, or what it refers to: Inspect moves long texts out of messages."""
    if not text.startswith(_ATTACHMENT):
        return text
    attachments = sample.get("attachments")
    found = attachments.get(text.removeprefix(_ATTACHMENT)) if isinstance(attachments, Mapping) else None
    if not isinstance(found, str):
        raise FieldError("attachments", f"does not have {text!r}", "the texts that messages refer to")
    return found


INSPECT_LOG = InspectLog()
INSPECT_SAMPLE = InspectSample()
