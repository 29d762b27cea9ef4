"""CRUXEval: an object with a list of texts per task id; beside their scores, the same within `raw_generations`."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.samples.formats.base import Format, Generation, has, texts

_INSIDE = "raw_generations"


class ByTask(Format):
    """What follows a problem's prompt, as it stands; scores beside it are ignored."""

    name = "CRUXEval"
    form = "an object with a list of texts per task id, or one with such an object `raw_generations`"

    def recognises(self, value: Any) -> bool:
        if has(value, _INSIDE):
            return isinstance(value[_INSIDE], Mapping)
        return (
            isinstance(value, Mapping)
            and bool(value)
            and all(isinstance(one, list) and one and isinstance(one[0], str) for one in value.values())
        )

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        for task, several in (value[_INSIDE] if has(value, _INSIDE) else value).items():
            for text in texts(several, task):
                yield Generation(task=task, text=text)


BY_TASK = ByTask()
