"""lm-evaluation-harness, `--log_samples`: one object per problem and filter, with the problem and what was said."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.answers import looks_like_chat
from passatk.errors import FieldError
from passatk.languages import by_name
from passatk.samples.formats.base import Format, Generation, has, kind, optional_text, task_name


class LmEval(Format):
    """What the harness judged (`filtered_resps`) where it is a program with the function, else what was said.

    A chat's answer that no filter read, alone or behind the prompt, is no program: what was said is read.
    """

    name = "lm-eval"
    form = 'an object with "doc" and "resps" or "filtered_resps", as --log_samples writes'

    def recognises(self, value: Any) -> bool:
        return has(value, "doc", "resps") or has(value, "doc", "filtered_resps")

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        doc = value["doc"]
        if not has(doc, "task_id"):
            raise FieldError("doc.task_id", "is missing", "samples of a benchmark of programs, like humaneval or mbpp")
        task = task_name(doc["task_id"], "doc.task_id")
        said, filtered = (_flat(value.get(field), field) for field in ("resps", "filtered_resps"))
        prompt, entry_point = optional_text(doc, "prompt"), optional_text(doc, "entry_point")
        judged = filtered and all(_program(one, prompt, entry_point) for one in filtered)
        if not (judged or said or filtered):
            raise FieldError("resps", "is empty", "at least one text")
        if not said:
            said = [text.removeprefix(prompt or "") for text in filtered]
        for one in filtered if judged else said:
            yield Generation(
                task=task,
                text=one,
                whole=bool(judged),
                raw=not judged,
                prompt=prompt,
                entry_point=entry_point,
                filter=optional_text(value, "filter") or "",
            )


def _program(text: str, prompt: str | None, entry_point: str | None) -> bool:
    """Whether the harness made a program of an answer: the prompt with what was said, or a function of that name."""
    if looks_like_chat(text) and not by_name("python").valid(text):
        return False
    return bool(prompt and text.startswith(prompt)) or bool(entry_point and f"def {entry_point}(" in text)


def _flat(value: Any, field: str) -> list[str]:
    """The texts in lists of lists: a request has several answers where the task repeats."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise FieldError(field, f"is {kind(value)}", "a list of texts")
    return [text for entry in value for text in _flat(entry, field)]


LM_EVAL = LmEval()
