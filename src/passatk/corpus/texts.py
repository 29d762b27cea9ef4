"""What problems are compared with: documents of a corpus, the solutions of other problems, texts in JSON lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from passatk.corpus.documents import Document
from passatk.corpus.files import read_documents
from passatk.errors import InputError, SourceError, UnknownNameError
from passatk.languages import by_name
from passatk.problems import NAMES, ProblemSet, holds_problems, load
from passatk.records import Record
from passatk.textfiles import read_json

FIELDS = ("content", "text", "code", "completion", "solution", "generation")
"""Where the text of a record is looked for, the first that is there."""
_LANGUAGE_FIELDS = ("language", "lang", "programming_language")
_TOLD_EVERY = 200


class Text(Record, frozen=True, kw_only=True):
    """Some code to look for solutions in."""

    code: str
    language: str = ""
    """Empty where it is not known: it is read as each language of the problems."""
    declaration: str | None = None
    """Of a function whose body `code` is; None for a file, in which every function is looked at."""
    place: str = ""
    """Where it stands, for a reader."""


def texts_of(documents: Iterable[Document], place: str = "") -> Iterator[Text]:
    """What a model learns from documents: those for validation are left out."""
    for number, document in enumerate(documents, 1):
        if document.split == "train":
            yield Text(
                code=document.completion,
                language=document.language,
                declaration=None if document.kind == "code" else document.prompt,
                place=f"{place}:{number}",
            )


def solutions_of(problems: ProblemSet) -> Iterator[Text]:
    """The reference solutions of problems, of those that have one."""
    for problem in problems.problems.values():
        if problem.reference is not None:
            yield Text(
                code=problem.reference,
                language=problem.language,
                declaration=problem.declaration if problem.in_function else None,
                place=problem.task_id,
            )


def read_texts(
    source: str, field: str | None = None, progress: Callable[[int, int], None] | None = None
) -> Iterator[Text]:
    """The texts of a source: problems by name, file or folder; documents; or records of JSON lines with a text.

    Args:
        source: a path, or the name of a set of problems. A path is never a name.
        field: of records, where the text stands; by default the first of `FIELDS`.
        progress: called with (records read, records in all) where that is known.

    Raises:
        InputError: it cannot be read, or has nothing of the kind.
    """
    path = Path(source)
    if source.partition("/")[0] in NAMES and not path.exists():
        yield from solutions_of(load(source))
        return
    if path.is_dir():
        yield from solutions_of(load(path))
        return
    first = _first_record(path)
    if field is None and {"kind", "prompt", "completion"} <= first.keys():
        yield from texts_of(read_documents([path], progress), source)
    elif field is None and holds_problems(first):
        yield from solutions_of(load(path))
    else:
        yield from _records(path, field or _field_of(path, first), progress)


def read_all(
    sources: Sequence[str], field: str | None = None, progress: Callable[[int, int], None] | None = None
) -> Iterator[Text]:
    """The texts of several sources, one after another."""
    for source in sources:
        yield from read_texts(source, field, progress)


def _first_record(path: Path) -> Mapping[str, Any]:
    for line, value in read_json(path):
        first = value[0] if isinstance(value, list) and value else value
        if not isinstance(first, dict):
            raise SourceError(path, line, "is not an object", "an object per line: a document, a problem or a text")
        return first
    raise InputError(f"there is nothing in {path} to compare with")


def _field_of(path: Path, first: Mapping[str, Any]) -> str:
    field = next((field for field in FIELDS if isinstance(first.get(field), str)), None)
    if field is None:
        raise SourceError(
            path, 1, f"fields {', '.join(first)} have no text", f"one of {', '.join(FIELDS)}; or name the field"
        )
    return field


def _records(path: Path, field: str, progress: Callable[[int, int], None] | None) -> Iterator[Text]:
    number = 0
    for line, value in read_json(path):
        for record in value if isinstance(value, list) else [value]:
            text = record.get(field) if isinstance(record, dict) else None
            if not isinstance(text, str):
                raise SourceError(path, line, "is missing, or not a string", "a text in every record", field)
            number += 1
            named = next((str(record[name]) for name in _LANGUAGE_FIELDS if record.get(name)), "")
            yield Text(code=text, language=_language(named), place=f"{path}:{line or number}")
            if progress is not None and number % _TOLD_EVERY == 0:
                progress(number, number)


def _language(named: str) -> str:
    """A language by our name; as it is where we do not have it, so that it is none of the problems'."""
    try:
        return by_name(named.lower()).name if named else ""
    except UnknownNameError:
        return named
