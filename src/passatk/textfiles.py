"""JSON and JSON lines from disk, plain or gzip, told apart by content. Every error names the file and the line."""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from passatk.errors import InputError, SourceError

_GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """`path` for reading, decompressed if it is gzip.

    Raises:
        InputError: it cannot be opened.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(f"cannot read {path}: it is no regular file, and it is read more than once; save it to a file")
    try:
        file = path.open("rb")
        magic = file.peek(2)[:2]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    with file:
        if magic == _GZIP_MAGIC:
            with gzip.open(file) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield file


def content_hash(path: Path) -> str:
    """SHA-256 of the decompressed contents, so that re-compressing a file does not make it another one."""
    digest = hashlib.sha256()
    with open_bytes(path) as file:
        for part in _guarded(path, iter(lambda: file.read(1 << 20), b"")):
            digest.update(part)
    return digest.hexdigest()


def looks_like_json(path: Path) -> bool:
    """Whether the contents begin as JSON."""
    with open_bytes(path) as file:
        try:
            return file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        except (EOFError, OSError, zlib.error):
            return True  # broken JSON is for the reader to complain about


def read_json(path: Path) -> Iterator[tuple[int | None, Any]]:
    """(line, value) for every JSON line; or (None, value) once, for a file that is one JSON document.

    Raises:
        SourceError: empty, truncated, not UTF-8, not JSON.
    """
    with open_bytes(path) as file:
        lines = _guarded(path, file)
        number, first = _first_line(path, lines)
        if first.lstrip()[:1] == b"{" and (first.rstrip()[-1:] == b"}" or _try_parse(first) is not None):
            yield number, _parse(path, number, first)
            for line in lines:
                number += 1
                if line.strip():
                    yield number, _parse(path, number, line)
        else:  # a list, or a document of several lines
            yield None, _parse(path, None, first + b"".join(lines))


def _first_line(path: Path, lines: Iterator[bytes]) -> tuple[int, bytes]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            return number, line.removeprefix(b"\xef\xbb\xbf")
    raise SourceError(path, None, "the file is empty", "JSON or JSON lines")


def _guarded(path: Path, parts: Iterator[bytes]) -> Iterator[bytes]:
    """`parts`, with decompression errors named."""
    count = 0
    try:
        for part in parts:
            count += 1
            yield part
    except EOFError as error:
        raise SourceError(
            path, count + 1, "the gzip stream ends early", "a whole file: fetch or copy it again"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(path, count + 1, f"the gzip stream is damaged ({error})", "a whole file") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _try_parse(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            return json.loads(text)  # accepts lone surrogates, which models do produce
        except (ValueError, RecursionError):
            return None


def _parse(path: Path, line: int | None, text: bytes) -> Any:
    value = _try_parse(text)
    if value is not None or text.strip() == b"null":
        return value
    try:
        text.decode()
    except UnicodeDecodeError as error:
        at = line if line is not None else text.count(b"\n", 0, error.start) + 1
        bad = text[error.start]
        raise SourceError(path, at, f"byte 0x{bad:02x} at {error.start} is not UTF-8", "UTF-8 text") from error
    try:
        json.loads(text)
    except RecursionError as error:
        raise SourceError(path, line, "nested too deeply", "one JSON value") from error
    except ValueError as error:
        at = line if line is not None else getattr(error, "lineno", 1)
        where = f" (column {getattr(error, 'colno', 1)})"
        raise SourceError(path, at, f"not JSON: {getattr(error, 'msg', error)}{where}", "one JSON value") from error
    raise AssertionError("unreachable: both parsers failed and succeeded")


def data_home() -> Path:
    """Where passatk keeps what it fetches and prepares: `$PASSATK_HOME`, else `~/.local/share/passatk`."""
    return Path(os.environ.get("PASSATK_HOME") or Path.home() / ".local" / "share" / "passatk")


def find_data(name: str) -> Path | None:
    """The folder `name` of benchmark data on this machine: under `$PASSATK_DATA`, or fetched."""
    places = [Path(os.environ["PASSATK_DATA"])] if os.environ.get("PASSATK_DATA") else []
    for place in (*places, data_home() / "problems"):
        if (place / name).is_dir():
            return place / name
    return None
