"""CodeT: `{prompt, samples}`; the prompt alone says which problem."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.samples.formats.base import Format, Generation, has, text, texts


class CodeT(Format):
    """Continuations of a prompt that must be, word for word, the prompt of one of the problems."""

    name = "CodeT"
    form = 'an object with "prompt" and a list "samples"'

    def recognises(self, value: Any) -> bool:
        return has(value, "prompt", "samples") and "task_id" not in value

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        prompt = text(value, "prompt")
        for sample in texts(value["samples"], "samples"):
            yield Generation(prompt=prompt, text=sample)


CODET = CodeT()
