"""Lists: BigCode's programs per problem, and a JSON list of other formats' objects."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import Format, Generation, texts


class BigCode(Format):
    """A list of whole programs per problem, problems in the order of the benchmark."""

    name = "BigCode"
    form = "a list with a list of whole programs per problem, in the benchmark's order"

    def recognises(self, value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(isinstance(entry, list) for entry in value)

    def generations(self, value: list[Any]) -> Iterator[Generation]:
        for position, programs in enumerate(value):
            for program in texts(programs, f"[{position}]"):
                yield Generation(position=position, text=program, whole=True)


class Objects(Format):
    """A JSON list of what elsewhere stands one a line."""

    name = "a list"
    form = ""  # no format of its own
    detect: Callable[[Any], Format]
    """Of each object; set by the package, which knows the formats."""

    def recognises(self, value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)

    def generations(self, value: list[Any]) -> Iterator[Generation]:
        for position, entry in enumerate(value):
            try:
                yield from self.detect(entry).generations(entry)
            except FieldError as error:
                place = f"[{position}]" + (f".{error.field}" if error.field else "")
                raise FieldError(place, error.problem, error.expected) from error


BIGCODE = BigCode()
OBJECTS = Objects()
