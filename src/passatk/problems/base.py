"""What a benchmark is: the form of its records, how one becomes a Problem, and where its files come from."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from passatk.errors import FieldError, UnknownNameError
from passatk.languages import LANGUAGES, Language, by_name
from passatk.languages.heads import last_head
from passatk.records import Problem

_Row = TypeVar("_Row", bound=msgspec.Struct)


class UnknownLanguageError(FieldError):
    """A record is of a language that is not here: no fault of the record's."""


class Benchmark(ABC, Generic[_Row]):
    """One benchmark. An instance is stateless; `problems.BENCHMARKS` has them all."""

    name: ClassVar[str]
    """As `load` knows it, and the name of the folder with its files."""
    row: ClassVar[type[msgspec.Struct]]
    """The form of a record: names and types of the fields that are read; what is optional has a default."""
    variants: ClassVar[tuple[str, ...]] = ()
    """Kinds of problems that each record makes, the usual one first, as parts of a name: `humanevalpack/fix`."""
    by_place: ClassVar[bool] = False
    """Its records have no ids: a field `place`, which they do not have either, gets their place among all, from 0."""
    url: ClassVar[str] = ""
    """Public home: an address below which `files` are; empty where there is none to fetch from."""
    files: ClassVar[Mapping[str, str]] = {}
    """Path below `url` -> SHA-256 of the decompressed contents."""
    home: ClassVar[str] = ""
    """Where people get its files, if `url` has none."""
    patterns: ClassVar[tuple[str, ...]] = ("*",)
    """Which files of its folder are its own."""
    folders: ClassVar[tuple[str, ...]] = ()
    """Folders of others that may have them, where it has none of its own."""

    without_tests: ClassVar[str] = "Choose others"
    """What to do about problems that have none, in a sentence."""

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Fields that every record has."""
        return tuple(field.encode_name for field in msgspec.structs.fields(self.row) if field.required)

    @abstractmethod
    def problem(self, row: _Row, variant: str) -> Problem:
        """A checked record as a Problem; `variant` is one of `variants`, or empty where there are none.

        Raises:
            FieldError: a field has the right type and a wrong value.
        """

    def task(self, task_id: str, language: str) -> str:
        """What `task_id` has in common with the same task in another language.

        By default, itself without the language that it begins with.
        """
        return without_language(task_id, language)


def without_language(task_id: str, language: str) -> str:
    """`12` of `Python/12` in Python; an id that does not begin with its language as it is."""
    first, slash, rest = task_id.partition("/")
    known = LANGUAGES.get(language)
    names = () if known is None else (known.name, known.prefix.lower(), *known.aliases)
    return rest if slash and rest and first.lower() in names else task_id


def language_of(field: str, name: str) -> Language:
    """The language that a record names in `field`.

    Raises:
        UnknownLanguageError: there is none of that name; lists what exists.
    """
    try:
        return by_name(name)
    except UnknownNameError as error:
        close = get_close_matches(name.lower(), LANGUAGES, n=1, cutoff=0.75)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise UnknownLanguageError(
            field, f"unknown language {name!r}", f"one of {', '.join(LANGUAGES)}{meant}"
        ) from error


def language_of_prefix(task_id: str) -> Language:
    """The language that a task id like `Java/12` begins with.

    Raises:
        FieldError: it begins with none.
    """
    prefix = task_id.partition("/")[0]
    for language in LANGUAGES.values():
        if language.prefix == prefix:
            return language
    known = ", ".join(f"{language.prefix}/N" for language in LANGUAGES.values())
    raise FieldError("task_id", f"no language is called {prefix!r} in {task_id!r}", f"one of {known}")


def last_name(language: Language, code: str) -> str:
    """The name of the function that `code` ends with, as declarations do; empty if there is none."""
    head = last_head(code, language)
    return head.name if head else ""


def rows_of(value: Any) -> Iterator[Any]:
    """The records in a JSON value: those of a list, or the value itself."""
    yield from value if isinstance(value, list) else [value]
