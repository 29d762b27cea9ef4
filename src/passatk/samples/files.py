"""Files, archives and folders of generations -> generations with their place, whatever the format."""

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from passatk.errors import FieldError, InputError, SourceError
from passatk.languages import LANGUAGES
from passatk.records import Record
from passatk.regex import regex
from passatk.samples.formats import FOLDERS, Generation, detect
from passatk.textfiles import PARQUET_MAGIC, beginning, parquet_rows, read_json

_ZIP_MAGIC = b"PK\x03\x04"
_LANGUAGES = {suffix: language.name for language in LANGUAGES.values() for suffix in language.suffixes}
_NUMBERED = regex(r"\d+\.\w+")
_RESULTS = regex(r"(.+)\.results(\.json(?:\.\w+)?)")
_EVALPLUS_BESIDE = regex(r"(.+?)(?:[-_.]eval_results\.json|\.raw\.jsonl)")
_LM_EVAL_RESULTS = regex(r"results(?:_.*)?\.json")
_LM_EVAL_SAMPLES = regex(r"samples_.+\.jsonl")


class Place(Record, frozen=True, kw_only=True):
    """Where something was read: `line` counts from 1; None for a file that is one JSON value."""

    file: Path
    line: int | None = None


def generations_of(path: Path) -> Iterator[tuple[Place, Generation]]:
    """Every generation in a file or folder, in order.

    Raises:
        SourceError: a value is malformed; with file, line, field.
        InputError: a file cannot be read, or a folder holds nothing to read.
    """
    if path.is_dir():
        yield from _folder(path)
        return
    for place, value in _values(path):
        try:
            for generation in detect(value).generations(value):
                yield place, generation
        except FieldError as error:
            raise error.at(place.file, place.line) from error


def _values(path: Path) -> Iterator[tuple[Place, Any]]:
    """The JSON values in a file."""
    magic = beginning(path, 4)
    if magic == PARQUET_MAGIC:
        for number, row in parquet_rows(path):
            yield Place(file=path, line=number), row
    elif magic == _ZIP_MAGIC:
        yield from _inspect_archive(path)
    else:
        for line, value in read_json(path):
            yield Place(file=path, line=line), value


# --- folders -------------------------------------------------------------------------------------------------------


def _folder(folder: Path) -> Iterator[tuple[Place, Generation]]:
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror}") from error
    tasks = [entry for entry in entries if entry.is_dir() and _numbered(entry)]
    files = [entry for entry in entries if entry.is_file()]
    kept = [file for file in files if ".json" in file.name.lower() or file.suffix in (".eval", ".parquet")]
    chosen = [file for file in kept if not _is_beside(file, {other.name for other in kept})]
    folders = [entry for entry in entries if entry.is_dir()]
    if not tasks and not chosen and len(folders) == 1:  # as archives unpack
        yield from _folder(folders[0])
    elif tasks:
        for task in tasks:
            yield from _solutions(task)
    elif chosen:
        for file in chosen:
            yield from generations_of(file)
    else:
        inside = ", ".join(map(str, folders[:4])) if len(folders) > 1 else ""
        advice = "; name one of the folders inside" if inside else ""
        raise InputError(
            f"{folder} holds no generations{f', but the folders {inside}' if inside else ''}; expected a folder of"
            f" files in a format that passatk reads, one of {FOLDERS}{advice}"
        )


def _is_beside(file: Path, names: set[str]) -> bool:
    """Whether a file was made from another one of the folder, so that it has no generations or has them again.

    MultiPL-E puts results beside completions, lm-eval beside samples; EvalPlus puts results, and texts as they were
    before it cut them, beside its samples.
    """
    if found := _RESULTS.fullmatch(file.name):
        return any(name.startswith(f"{found[1]}.json") for name in names)
    if found := _EVALPLUS_BESIDE.fullmatch(file.name):
        return f"{found[1]}.jsonl" in names or f"{found[1]}-sanitized.jsonl" in names
    return _LM_EVAL_RESULTS.fullmatch(file.name) is not None and any(_LM_EVAL_SAMPLES.fullmatch(name) for name in names)


def _numbered(folder: Path) -> list[Path]:
    """EvalPlus's files of one task, in order: `0.py`, `1.py`."""
    found = [file for file in folder.iterdir() if file.is_file() and _NUMBERED.fullmatch(file.name)]
    return sorted(found, key=lambda file: int(file.name.partition(".")[0]))


def _solutions(folder: Path) -> Iterator[tuple[Place, Generation]]:
    """The whole programs of one task; the folder's name is the task id with an underscore for its slash."""
    for file in _numbered(folder):
        try:
            text = file.read_bytes().decode("utf-8-sig", "surrogateescape")
        except OSError as error:
            raise InputError(f"cannot read {file}: {error.strerror}") from error
        index = int(file.name.partition(".")[0])
        yield (
            Place(file=file),
            Generation(
                task=folder.name,
                as_path=True,
                text=text,
                whole=True,
                index=index,
                written_in=_LANGUAGES.get(file.suffix, ""),
            ),
        )


# --- archives and tables -------------------------------------------------------------------------------------------


def _inspect_archive(path: Path) -> Iterator[tuple[Place, Any]]:
    """The samples in an `.eval` file, in the order of their names."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(n for n in archive.namelist() if n.startswith("samples/") and n.endswith(".json"))
            if not names:
                raise SourceError(
                    path, None, "a zip archive without samples", "an .eval file of Inspect; unpack other archives"
                )
            for name in names:
                member = Place(file=path / name)
                yield member, _member(archive, member, name)
    except zipfile.BadZipFile as error:
        raise SourceError(path, None, f"the zip archive is damaged ({error})", "a whole file") from error
    except (NotImplementedError, RuntimeError) as error:  # zstd, or encrypted
        raise SourceError(
            path, None, f"{error}", "an .eval file that zip can unpack; `inspect log convert --to json` makes one"
        ) from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def _member(archive: zipfile.ZipFile, place: Place, name: str) -> Any:
    try:
        return json.loads(archive.read(name))
    except (ValueError, RecursionError) as error:
        raise SourceError(place.file, None, f"not JSON: {error}", "a sample of an Inspect log") from error
    except (EOFError, zlib.error) as error:
        raise SourceError(place.file, None, f"the zip archive is damaged ({error})", "a whole file") from error
