"""Files of documents: JSON lines, and beside them a manifest that says what made them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

import passatk
from passatk.corpus.documents import Document, Mix
from passatk.errors import InputError, SourceError
from passatk.records import Record
from passatk.runs.locked import storage, write_atomically

FORMAT, VERSION = "passatk corpus", 1
_LINES, _MANIFEST = ".jsonl", ".manifest.json"
_TOLD_EVERY = 200


class Synthesized(Record, frozen=True, kw_only=True, tag="synthesize", tag_field="command"):
    """All that decides what `passatk corpus synthesize` writes."""

    seed: int
    functions: int
    documents: int
    """Asked for; a few functions have none."""
    mix: Mix


class Gathered(Record, frozen=True, kw_only=True, tag="gather", tag_field="command"):
    """Where `passatk corpus gather` looked, and how many files it left out, by reason."""

    folder: str
    dropped: dict[str, int]


class CorpusManifest(Record, frozen=True, kw_only=True):
    """What stands beside a file of documents, written after it."""

    format: str = FORMAT
    version: int = VERSION
    passatk: str
    """The version that made it."""
    made: Synthesized | Gathered
    documents: int
    """Lines of the file."""
    sha256: str
    """Of the file."""


class SourceFile(Record, frozen=True, kw_only=True):
    """A file of documents as the manifest of a packed corpus has it."""

    file: str
    """Its name."""
    sha256: str
    manifest: CorpusManifest | None
    """None if it has none."""


def manifest_path(path: Path) -> Path:
    """Where the manifest of a file of documents is: `code.manifest.json` of `code.jsonl`."""
    return path.with_name(path.name.removesuffix(_LINES) + _MANIFEST)


def read_manifest(path: Path) -> CorpusManifest | None:
    """The manifest of a file of documents; None if it has none.

    Raises:
        InputError: it cannot be read.
        SourceError: it is no manifest.
    """
    beside = manifest_path(path)
    try:
        body = beside.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot read {beside}: {error.strerror}") from error
    try:
        found: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
        kind = (found.get("format"), found.get("version"))
        if kind != (FORMAT, VERSION):
            raise SourceError(
                beside, None, "{!r} version {!r}".format(*kind), f"{FORMAT!r} version {VERSION}", "format"
            )
        return msgspec.convert(found, CorpusManifest)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise SourceError(beside, None, str(error), "the manifest of a file of documents") from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        InputError: it cannot be read.
    """
    with reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_file(path: Path) -> SourceFile:
    """What a file of documents is, for the record.

    Raises:
        InputError: it cannot be read.
        SourceError: it is not what its manifest says.
    """
    found, manifest = sha256_of(path), read_manifest(path)
    if manifest is not None and manifest.sha256 != found:
        expected = f"{manifest.sha256}, as {manifest_path(path).name} says; make the file again, or delete its manifest"
        raise SourceError(path, None, f"its SHA-256 is {found}", expected)
    return SourceFile(file=path.name, sha256=found, manifest=manifest)


def read_documents(paths: Sequence[Path], progress: Callable[[int, int], None] | None = None) -> Iterator[Document]:
    """Every document of some files of JSON lines. `progress` is called with (documents read, documents in all).

    Raises:
        InputError: a file cannot be read.
        SourceError: a line is no document.
    """
    done, total = 0, sum(_lines_of(path) for path in paths) if progress is not None else 0
    for path in paths:
        with reading(path), path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    document = msgspec.json.decode(line, type=Document)
                except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
                    raise SourceError(path, number, str(error), "a document of `passatk corpus`") from error
                yield document
                done += 1
                if progress is not None and (done % _TOLD_EVERY == 0 or done == total):
                    progress(done, total)


def _lines_of(path: Path) -> int:
    with reading(path), path.open("rb") as file:
        return sum(1 for _ in file)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """An OSError inside becomes an InputError that names the file."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def as_line(document: Document) -> bytes:
    """A document as it stands in a file."""
    return msgspec.json.encode(document) + b"\n"


class DocumentWriter:
    """Writes a file of documents, then its manifest; neither is there before `finish`. Use as a context manager.

    Raises:
        InputError: the path is a folder.
        StorageError: the file cannot be written.
    """

    def __init__(self, path: Path):
        if path.is_dir():
            raise InputError(f"cannot write {path}: it is a folder; give a file, like {path / 'documents.jsonl'}")
        self._path, self._partial = path, path.with_name(path.name + ".partial")
        self._digest = hashlib.sha256()
        self.documents = 0
        """Written so far."""
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("wb")

    def write(self, documents: Iterable[Document]) -> None:
        """Append some documents."""
        lines = [as_line(document) for document in documents]
        body = b"".join(lines)
        with storage(self._path):
            self._file.write(body)
        self._digest.update(body)
        self.documents += len(lines)

    def finish(self, made: Synthesized | Gathered) -> CorpusManifest:
        """Put the file in its place, and the manifest beside it."""
        manifest = CorpusManifest(
            passatk=passatk.__version__, made=made, documents=self.documents, sha256=self._digest.hexdigest()
        )
        beside = manifest_path(self._path)
        with storage(self._path):
            self._file.close()
            beside.unlink(missing_ok=True)  # it is of an earlier file
            self._partial.replace(self._path)
            write_atomically(beside, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with storage(self._path):
            self._file.close()
            self._partial.unlink(missing_ok=True)
