"""What a format of generations is, and what every format reads into: a `Generation`."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from passatk.errors import FieldError
from passatk.records import Record


class Generation(Record, frozen=True, kw_only=True):
    """One generated text as its file gives it.

    Its problem is named by `task`, else by `position`, else by `prompt`.
    """

    text: str
    task: str | None = None
    """Task id, as the file spells it."""
    as_path: bool = False
    """`task` is the name of a folder, in which a slash is an underscore."""
    counted: bool = False
    """`task` may go on with a sample number: `HumanEval/0-3`."""
    written_in: str = ""
    """The language of `text`, where the name of its file (`0.java`) or a record of passatk says so."""
    language: str | None = None
    """What the file calls the language of `text`, where it says so (MultiPL-E)."""
    position: int | None = None
    """Place of the problem in its benchmark, where the file has no task ids."""
    prompt: str | None = None
    """What the model was given, where the file says so. It has to agree with the problem's own prompt."""
    continued: bool = False
    """`text` continues `prompt` as it stands in the file, which may differ from the problem's own (MultiPL-E)."""
    entry_point: str | None = None
    """The function that was asked for, where the file says so."""
    benchmark: str | None = None
    """The benchmark that was asked, where the file says so."""
    whole: bool = False
    """`text` is a whole solution, not the continuation of a prompt."""
    raw: bool = False
    """`text` is what a model said, not code yet."""
    answer: str = ""
    """What a model said, where `text` was read from it already."""
    read_as: str = ""
    """How it was read."""
    finish_reason: str = ""
    """Why the model ended, where the file says so."""
    tokens: int | None = None
    """How many were generated, where the file says so."""
    index: int | None = None
    """The file's own sample number; None where the order in the file counts."""
    filter: str = ""
    """How the file's tool picked the text, where it may have picked several from one answer (lm-eval)."""


class Format(ABC):
    """One tool's way to store generations. An instance is stateless; `formats.FORMATS` has them all."""

    name: ClassVar[str]
    form: ClassVar[str]
    """What a value looks like, in one line."""

    @abstractmethod
    def recognises(self, value: Any) -> bool:
        """Whether a JSON value (a line, or a whole file) is of this format."""

    @abstractmethod
    def generations(self, value: Any) -> Iterator[Generation]:
        """The generations in a recognised value.

        Raises:
            FieldError: a field is missing or wrong.
        """


_KINDS = {int: "a number", float: "a number", str: "a string", bool: "true or false", list: "a list", dict: "an object"}


def kind(value: Any) -> str:
    """What a JSON value is, with its beginning, for an error message."""
    if value is None:
        return "null"
    return f"{_KINDS.get(type(value), type(value).__name__)} ({str(value)[:40]!r})"


def has(value: Any, *fields: str) -> bool:
    """Whether `value` is an object with all these fields."""
    return isinstance(value, Mapping) and all(field in value for field in fields)


def text(value: Mapping[str, Any], field: str) -> str:
    """A field that must hold a string.

    Raises:
        FieldError: it is missing, or holds something else.
    """
    if field not in value:
        raise FieldError(field, "is missing", "a string")
    if not isinstance(value[field], str):
        raise FieldError(field, f"is {kind(value[field])}", "a string")
    return str(value[field])


def optional_text(value: Mapping[str, Any], field: str) -> str | None:
    """A string that may be there; None where it is not, or is something else."""
    found = value.get(field)
    return found if isinstance(found, str) else None


def optional_count(value: Mapping[str, Any], field: str) -> int | None:
    """A whole number from 0 on that may be there; None where it is not, or is something else."""
    found = value.get(field)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 1 << 63 else None


def texts(value: Any, field: str) -> list[str]:
    """A list of strings.

    Raises:
        FieldError: it is none.
    """
    if not isinstance(value, list):
        raise FieldError(field, f"is {kind(value)}", "a list of strings")
    for position, one in enumerate(value):
        if not isinstance(one, str):
            raise FieldError(f"{field}[{position}]", f"is {kind(one)}", "a string")
    return value


def task_name(value: Any, field: str) -> str:
    """A task id: a string, or a number as MBPP has.

    Raises:
        FieldError: it is neither.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldError(field, f"is {kind(value)}", "a task id")
    return str(value)


def spoken(content: Any, field: str) -> str:
    """The text of a chat message's content: a string, or a list of parts of which the text parts count.

    Raises:
        FieldError: it is neither.
    """
    if content is None:  # a message of tool calls alone says nothing
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise FieldError(field, f"is {kind(content)}", "a string or a list of parts")
    return "".join(
        part if isinstance(part, str) else str(part.get("text") or "")
        for part in content
        if isinstance(part, str) or (isinstance(part, Mapping) and part.get("type") in ("text", "output_text"))
    )


def conversation(value: Any) -> str | None:
    """What a model was asked, from a string or a list of messages; None where there is nothing of the kind."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return None
    said = [message.get("content", message.get("prompt")) for message in value if isinstance(message, Mapping)]
    parts = [part for content in said for part in (content if isinstance(content, list) else [content])]
    words = [part if isinstance(part, str) else part.get("text") for part in parts if isinstance(part, str | Mapping)]
    return "\n".join(word for word in words if isinstance(word, str)) or None
