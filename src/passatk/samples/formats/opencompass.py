"""OpenCompass: the files in its `predictions` folder."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import Format, Generation, conversation, has, optional_text, texts


class OpenCompass(Format):
    """`gold` is the task id in its code benchmarks; where it is not, the place in the benchmark counts."""

    name = "OpenCompass"
    form = 'an object with an object {"origin_prompt", "prediction", "gold"} per number'

    def recognises(self, value: Any) -> bool:
        return (
            isinstance(value, Mapping)
            and bool(value)
            and all(isinstance(key, str) and key.isdecimal() for key in value)
            and all(has(entry, "prediction") for entry in value.values())
        )

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        for number, entry in value.items():
            prediction = entry["prediction"]
            listed = prediction if isinstance(prediction, list) else [prediction]
            prompt = conversation(entry.get("origin_prompt"))
            if not optional_text(entry, "gold") and prompt is None:
                raise FieldError(f"{number}.gold", "is missing", "the task id")
            for text in texts(listed, f"{number}.prediction"):
                yield Generation(
                    task=optional_text(entry, "gold"),
                    position=int(number),
                    text=text,
                    raw=True,
                    prompt=prompt,
                )


OPENCOMPASS = OpenCompass()
