"""JSON and JSON lines from disk: plain, gzip or zstd, in UTF-8, UTF-16 or UTF-32, detected from the content.

Every error names the file and the line.
"""

import codecs
import fcntl
import gzip
import hashlib
import io
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import msgspec

from passatk.errors import InputError, SourceError

_GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_LONGEST = 1 << 31
"""Bytes that zstd may look back: what `zstd --long=31` writes."""
_MARKS = (  # the longer ones first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = {  # where the first four bytes of JSON are zero says which encoding it is in (RFC 4627)
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
_OTHERS = (
    (b"\xfd7zXZ", "a file compressed with xz", "decompress it with `xz -d`"),
    (b"BZh", "a file compressed with bzip2", "decompress it with `bzip2 -d`"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it"),
    (b"PK", "a zip archive", "unpack it"),
    (PARQUET_MAGIC, "a Parquet file", "convert it"),
    (b"\x80", "a Python pickle", "convert it; pickles are not read, since they can run code"),
    (b"%PDF", "a PDF file", "give another file"),
    (b"SQLite format 3", "an SQLite database", "export it"),
    (b"\x89HDF", "an HDF5 file", "convert it"),
    (b"ARROW1", "an Arrow file", "convert it"),
    (b"version https://git-lfs", "a pointer of Git LFS", "get the file itself with `git lfs pull`"),
    (b"<", "a web page or XML", "fetch the file itself; an address that needs a login answers with a page"),
)
"""The beginnings of files that are not JSON, what they are, and what to do."""
_READABLE = "JSON or JSON lines, as they are or compressed with gzip or zstd"


def beginning(path: Path, size: int) -> bytes:
    """The first bytes of a file as it is on disk; fewer where it has fewer.

    Raises:
        InputError: it cannot be read.
    """
    if path.exists() and not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """`path` for reading, decompressed if it is gzip or zstd.

    Raises:
        InputError: it cannot be opened, or the library for zstd is not installed.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(f"cannot read {path}: not a regular file, and it is read more than once; save it to a file")
    try:
        file = path.open("rb")
        magic = file.peek(4)[:4]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    with file:
        if magic[:2] == _GZIP_MAGIC:
            with gzip.open(file) as unpacked:
                yield unpacked  # type: ignore[misc]
        elif magic == _ZSTD_MAGIC:
            yield io.BufferedReader(_Zstd(file, path))
        else:
            yield file


class _Zstd(io.RawIOBase):
    """What a zstd file decompresses to, frame by frame: libraries take a file that ends early for a shorter one."""

    def __init__(self, file: IO[bytes], path: Path):
        try:
            import zstandard
        except ImportError:
            raise InputError(
                f"{path} is compressed with zstd, and the library for it is not installed: `pip install zstandard`,"
                " or decompress the file with `zstd -d`"
            ) from None
        self._file, self._library = file, zstandard
        self._frame = zstandard.ZstdDecompressor(max_window_size=_LONGEST).decompressobj()
        self._ready, self._begun = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            packed = self._file.read(1 << 16)
            if not packed:
                if self._begun:
                    raise EOFError("zstd")
                return 0
            try:
                self._ready = self._unpack(packed)
            except self._library.ZstdError as error:
                raise zlib.error(str(error)) from error
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _unpack(self, packed: bytes) -> bytes:
        parts = []
        while packed:
            self._begun = True
            parts.append(self._frame.decompress(packed))
            if not self._frame.eof:
                break
            packed = self._frame.unused_data
            self._frame, self._begun = self._library.ZstdDecompressor(max_window_size=_LONGEST).decompressobj(), False
        return b"".join(parts)


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
            return file.read(256).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (b"{", b"[")
        except (EOFError, OSError, zlib.error):
            return True  # broken JSON is for the reader to complain about


def read_json(path: Path) -> Iterator[tuple[int | None, Any]]:
    """(line, value) for every JSON line; or (None, value) once, for a file that is one JSON document.

    Raises:
        SourceError: empty, truncated, not text, not JSON.
    """
    with open_bytes(path) as file:
        lines = _guarded(path, _utf8_lines(file))
        number, first = _first_line(path, lines)
        _refuse_others(path, first)
        if first.lstrip()[:1] == b"{" and (first.rstrip()[-1:] == b"}" or _try_parse(first) is not None):
            yield number, _parse(path, number, first)
            for line in lines:
                number += 1
                if line.strip():
                    yield number, _parse(path, number, line)
        else:  # a list, or a document of several lines
            yield None, _parse(path, None, first + b"".join(lines))


def read_rows(path: Path) -> Iterator[tuple[int | None, Any]]:
    """As `read_json`; of a Parquet file, (number, row) for every row."""
    return parquet_rows(path) if beginning(path, 4) == PARQUET_MAGIC else read_json(path)


def parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number from 1, row as an object) of a Parquet file; a column that is empty in a row is not there.

    Raises:
        InputError: the library for Parquet is not installed.
        SourceError: it cannot be read.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            f"{path} is a Parquet file, and the library for it is not installed: `pip install pyarrow`, or convert"
            " the file to JSON lines"
        ) from None
    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            number = 0
            for batch in table.iter_batches(batch_size=64):
                for row in batch.to_pylist():
                    number += 1
                    yield number, {column: value for column, value in row.items() if value is not None}
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            path, None, f"the Parquet file cannot be read ({' '.join(str(error).split())})", "a whole Parquet file"
        ) from error


def _utf8_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines as UTF-8, whichever encoding of Unicode the file has."""
    start = file.peek(4)[:4] if hasattr(file, "peek") else b""
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    encoding = marked or _ZEROS.get(tuple(byte == 0 for byte in start))  # type: ignore[arg-type]
    if encoding is None:
        yield from file
        return
    decoded = io.TextIOWrapper(file, encoding, errors="surrogatepass", newline="\n")
    try:
        for line in decoded:
            yield line.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    finally:
        if not file.closed:  # a reader that stopped early may have closed it
            decoded.detach()  # the file is its opener's to close


def _first_line(path: Path, lines: Iterator[bytes]) -> tuple[int, bytes]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            return number, line.removeprefix(b"\xef\xbb\xbf")
    raise SourceError(path, None, "the file is empty", "JSON or JSON lines")


def _refuse_others(path: Path, first: bytes) -> None:
    """Refuse a file whose first line that is not blank cannot begin JSON.

    Raises:
        SourceError: says what the file is, where its beginning tells.
    """
    start = first.lstrip()
    for mark, what, advice in _OTHERS:
        if start.startswith(mark):
            raise SourceError(path, None, what, f"{_READABLE}: {advice}")
    if start[:1] not in b"{[" and start.strip() != b"null" and _try_parse(start) is None:
        shown = start.decode("utf-8", "replace").rstrip()[:40]
        raise SourceError(path, None, f"not JSON: it begins with {shown!r}", _READABLE)


def _guarded(path: Path, parts: Iterator[bytes]) -> Iterator[bytes]:
    """`parts`, with decompression errors named."""
    count = 0
    try:
        for part in parts:
            count += 1
            yield part
    except EOFError as error:
        raise SourceError(
            path, count + 1, f"the {_packer(error)} stream ends early", "a whole file: fetch or copy it again"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(
            path, count + 1, f"the {_packer(error)} stream is damaged ({error})", "a whole file"
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(path, count + 1, f"not {error.encoding}: {error.reason}", "text in one encoding") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _packer(error: Exception) -> str:
    return "zstd" if "zstd" in str(error) else "gzip"


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


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """A name beside `path` for a file or a folder, which is `path` at the end: whole, or not there.

    Threads and processes may make the same one at once; of folders the quickest stays. Of a failure nothing is left.

    Raises:
        OSError: nothing was made, or it cannot be put there.
    """
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        yield made
        try:
            made.rename(path)
        except OSError:
            if not path.is_dir():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
        with suppress(OSError):
            made.unlink()


@contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """Hold `folder`, which is made if need be: threads and processes that want it too wait until it is let go.

    Where its file system has no locks nobody waits.

    Raises:
        OSError: it cannot be made or opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def find_data(name: str) -> Path | None:
    """The folder `name` of benchmark data on this machine: under `$PASSATK_DATA`, or fetched."""
    places = [Path(os.environ["PASSATK_DATA"])] if os.environ.get("PASSATK_DATA") else []
    for place in (*places, data_home() / "problems"):
        if (place / name).is_dir():
            return place / name
    return None
