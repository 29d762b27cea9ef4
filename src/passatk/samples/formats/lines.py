"""One object per sample: CodeGeeX, HumanEval, EvalPlus, passatk, and records that are problem and sample at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.languages import LANGUAGES
from passatk.samples.formats.base import (
    Format,
    Generation,
    conversation,
    optional_count,
    optional_text,
    task_name,
    text,
)

_INDEX_FIELDS = ("sample", "sample_id", "sample_index", "completion_id")
_TEXT_FIELDS = {"generation": False, "completion": False, "solution": True}
"""CodeGeeX, HumanEval, EvalPlus; True where the text is a whole program."""


class TaskLine(Format):
    """A task id and a text."""

    name = "CodeGeeX, HumanEval, EvalPlus"
    form = 'an object with "task_id" and "generation", "completion", "solution" or "answer"'

    def recognises(self, value: Any) -> bool:
        known = ("task_id", "answer", *_TEXT_FIELDS)
        return isinstance(value, Mapping) and any(field in value for field in known)

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        if "task_id" not in value:
            raise FieldError("task_id", "is missing", "a string")
        present = [field for field in _TEXT_FIELDS if field in value]
        raw = "answer" in value and not ("read_as" in value and present)
        if not (present or raw):
            raise FieldError(
                None,
                f"a record with {', '.join(map(repr, value))[:120]} has no text",
                "the generated text as `generation`, `completion` or `solution`, or what a model said as `answer`;"
                " rename the field that has it",
            )
        field = "answer" if raw else "solution" if "solution" in present else present[0]
        yield Generation(
            task=task_name(value["task_id"], "task_id"),
            text=text(value, field),
            whole=_TEXT_FIELDS.get(field, False),
            raw=raw,
            answer="" if raw else optional_text(value, "answer") or "",
            read_as="" if raw else optional_text(value, "read_as") or "",
            finish_reason=optional_text(value, "finish_reason") or "",
            tokens=optional_count(value, "tokens"),
            index=_index(value),
            prompt=conversation(value.get("prompt")) or optional_text(value, "declaration"),
            entry_point=optional_text(value, "entry_point"),
            benchmark=optional_text(value, "benchmark"),
            written_in=_language(value),
        )


def _language(value: Mapping[str, Any]) -> str:
    """What passatk says the language is; other tools may mean something else."""
    name = optional_text(value, "language") or ""
    return name if "benchmark" in value and name in LANGUAGES else ""


def _index(value: Mapping[str, Any]) -> int | None:
    field = next((f for f in _INDEX_FIELDS if f in value), None)
    if field is None or value[field] is None:
        return None
    if not isinstance(value[field], int) or isinstance(value[field], bool) or not 0 <= value[field] < 2**31:
        raise FieldError(field, f"is {value[field]!r}", "a sample number from 0 to 2147483647")
    return int(value[field])


TASK_LINE = TaskLine()
