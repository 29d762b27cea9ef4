"""One function per format: a JSON value -> generations. `reading` picks by content and checks the rest."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from passatk.records import Record


class Generation(Record, frozen=True, kw_only=True):
    """One generated text as its file gives it."""

    task: str | None
    """Task id; None for BigCode lists, which only have positions."""
    position: int = 0
    """Of the problem in its set, where there is no task id."""
    prompt: str | None = None
    """What `text` continues, where the file has a prompt of its own."""
    text: str
    whole: bool = False
    raw: bool = False
    """`text` is what a model said, not code yet."""
    answer: str = ""
    """What a model said, where `text` was read from it already."""
    read_as: str = ""
    index: int | None = None
    """The file's own sample number; None where the order in the file counts."""


class FormatError(Exception):
    """A value is not what its format says: field, what is wrong, what was expected."""

    def __init__(self, field: str | None, problem: str, expected: str):
        super().__init__(problem)
        self.field, self.problem, self.expected = field, problem, expected


_NAMES = {int: "a number", float: "a number", str: "text", bool: "a truth value", list: "a list", dict: "an object"}
_INDEX_FIELDS = ("sample", "sample_id", "sample_index", "completion_id")
_TEXT_FIELDS = {"generation": False, "completion": False, "solution": True}
"""CodeGeeX, HumanEval, EvalPlus; True where the text is a whole program."""

_MULTIPL_E_NAME = re.compile(r"^HumanEval_(\d+)(?:_|$)")
_MULTIPL_E_LANGUAGES = {
    "py": "Python",
    "cpp": "CPP",
    "java": "Java",
    "js": "JavaScript",
    "go": "Go",
    "go_test.go": "Go",
    "rs": "Rust",
}


def task_lines(value: Mapping[str, Any]) -> Iterator[Generation]:
    """CodeGeeX `generation`, HumanEval `completion`, EvalPlus `solution`: one object per sample."""
    task = _text(value, "task_id")
    present = [field for field in _TEXT_FIELDS if field in value]
    if "answer" in value and not ("read_as" in value and present):
        yield Generation(task=task, text=_text(value, "answer"), raw=True, index=_index(value))
        return
    if not present:
        raise FormatError(
            " or ".join(_TEXT_FIELDS),
            "is missing",
            "the generated text as `generation`, `completion` or `solution`, or what a model said as `answer`",
        )
    if len(present) > 1 and "solution" in present:
        present = ["solution"]
    field = present[0]
    yield Generation(
        task=task,
        text=_text(value, field),
        whole=_TEXT_FIELDS[field],
        answer=_text(value, "answer") if "answer" in value else "",
        read_as=_text(value, "read_as") if "answer" in value else "",
        index=_index(value),
    )


def multipl_e(value: Mapping[str, Any]) -> Iterator[Generation]:
    """MultiPL-E: one object per problem and language, with a list of completions."""
    name, language = _text(value, "name"), _text(value, "language")
    number = _MULTIPL_E_NAME.match(name)
    if number is None:
        raise FormatError(
            "name", f"{name!r} names no problem of HumanEval", "a name like 'HumanEval_0_has_close_elements'"
        )
    if language not in _MULTIPL_E_LANGUAGES:
        raise FormatError("language", f"{language!r} is not known", "one of " + ", ".join(_MULTIPL_E_LANGUAGES))
    for text in _texts(value.get("completions"), "completions"):
        task = f"{_MULTIPL_E_LANGUAGES[language]}/{number[1]}"
        yield Generation(task=task, text=text, prompt=_text(value, "prompt") if "prompt" in value else None)


def bigcode(value: list[Any]) -> Iterator[Generation]:
    """BigCode: a list of whole programs per problem, problems in the order of the benchmark."""
    for position, texts in enumerate(value):
        for text in _texts(texts, f"[{position}]"):
            yield Generation(task=None, position=position, text=text, whole=True)


def detect(value: Any) -> Callable[[Any], Iterator[Generation]]:
    """The format of a JSON value.

    Raises:
        FormatError: it is none of them.
    """
    if isinstance(value, dict):
        return multipl_e if "completions" in value and "task_id" not in value else task_lines
    if isinstance(value, list) and value and all(isinstance(entry, list) for entry in value):
        return bigcode
    if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        return _list_of_objects
    raise FormatError(
        None,
        f"{_NAMES.get(type(value), type(value).__name__)} that is no list of generations",
        'an object with "task_id" and "generation", "completion", "solution" or "answer"; a MultiPL-E object with'
        ' "name", "language" and "completions"; or a BigCode list of lists of programs',
    )


def _list_of_objects(value: list[Any]) -> Iterator[Generation]:
    for position, entry in enumerate(value):
        try:
            yield from detect(entry)(entry)
        except FormatError as error:
            place = f"[{position}]" + (f".{error.field}" if error.field else "")
            raise FormatError(place, error.problem, error.expected) from error


def _text(value: Mapping[str, Any], field: str) -> str:
    if field not in value:
        raise FormatError(field, "is missing", "text")
    if not isinstance(value[field], str):
        raise FormatError(field, f"is {_kind(value[field])}", "text")
    return str(value[field])


def _texts(value: Any, field: str) -> list[str]:
    if not isinstance(value, list):
        raise FormatError(field, f"is {_kind(value)}", "a list of texts")
    for position, text in enumerate(value):
        if not isinstance(text, str):
            raise FormatError(f"{field}[{position}]", f"is {_kind(text)}", "text")
    return value


def _index(value: Mapping[str, Any]) -> int | None:
    field = next((f for f in _INDEX_FIELDS if f in value), None)
    if field is None or value[field] is None:
        return None
    if not isinstance(value[field], int) or isinstance(value[field], bool) or not 0 <= value[field] < 2**31:
        raise FormatError(field, f"is {value[field]!r}", "a sample number from 0 to 2147483647")
    return int(value[field])


def _kind(value: Any) -> str:
    return "null" if value is None else f"{_NAMES.get(type(value), type(value).__name__)} ({str(value)[:40]!r})"
