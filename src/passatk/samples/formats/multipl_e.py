"""MultiPL-E: one object per problem and language; and Reflexion's records, which add a solution to its problems."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.samples.formats.base import Format, Generation, has, optional_text, text, texts


class MultiPLE(Format):
    """Completions that continue the record's own prompt. As a folder: one NAME.json.gz per problem."""

    name = "MultiPL-E"
    form = 'an object with "name", "language" and a list "completions"'

    def recognises(self, value: Any) -> bool:
        return has(value, "completions") and ("task_id" not in value or has(value, "name", "language", "prompt"))

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        name, language = text(value, "name"), text(value, "language")
        prompt = text(value, "prompt") if "prompt" in value else None
        for completion in texts(value["completions"], "completions"):
            yield Generation(
                task=name,
                language=language,
                text=completion,
                prompt=prompt,
                continued=prompt is not None,
            )


class SolvedMultiPLE(Format):
    """A problem of MultiPL-E with one solution in the same record."""

    name = "Reflexion"
    form = 'an object with "name", "language" and "solution"'

    def recognises(self, value: Any) -> bool:
        return has(value, "name", "language", "solution") and "task_id" not in value

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        yield Generation(
            task=text(value, "name"),
            language=text(value, "language"),
            text=text(value, "solution"),
            whole=True,
            prompt=optional_text(value, "prompt"),
            entry_point=optional_text(value, "entry_point"),
        )


MULTIPL_E = MultiPLE()
SOLVED_MULTIPL_E = SolvedMultiPLE()
