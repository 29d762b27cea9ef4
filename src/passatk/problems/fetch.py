"""Download a benchmark from its public home, checked against known checksums."""

import gzip
import hashlib
import urllib.request
import zlib
from http.client import HTTPException
from pathlib import Path

from passatk.errors import InputError, UnknownNameError
from passatk.problems.benchmarks import BENCHMARKS
from passatk.textfiles import data_home, made_whole

_TIMEOUT_S = 60


def fetch(name: str, mirror: str | None = None, to: Path | None = None) -> list[Path]:
    """Download the files of benchmark `name` into `to` (default: passatk's own folder); return them.

    `mirror` replaces the public home: an http(s) address under which the same relative paths exist. A file that is
    already there and whole is not fetched again; a damaged download leaves nothing behind.

    Raises:
        UnknownNameError: no benchmark of that name can be fetched.
        InputError: the server cannot be reached, answers an error, or sends something else than expected.
    """
    fetched = [known for known, benchmark in BENCHMARKS.items() if benchmark.files]
    if name not in fetched:
        home = BENCHMARKS[name].home if name in BENCHMARKS else ""
        hint = f"Get {name} from {home} and put its files into a folder {name} below $PASSATK_DATA." if home else ""
        raise UnknownNameError("benchmark to fetch", name, fetched, hint)
    benchmark = BENCHMARKS[name]
    base = (mirror or benchmark.url).rstrip("/") + "/"
    if not base.startswith(("http://", "https://")):
        raise InputError(f"cannot fetch from {mirror!r}: expected an http:// or https:// address")
    folder = to or data_home() / "problems" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot put files into {folder}: {error.strerror}") from error
    return [_fetch_file(base + path, folder / Path(path).name, checksum) for path, checksum in benchmark.files.items()]


def _fetch_file(url: str, target: Path, checksum: str) -> Path:
    if target.is_file() and _checksum(target.read_bytes()) == checksum:
        return target
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:  # noqa: S310 - only http(s), checked above
            body: bytes = response.read()
    except (OSError, HTTPException, ValueError) as error:
        raise InputError(
            f"cannot fetch {url}: {error}. Download it elsewhere, put it into {target.parent} and name that folder"
        ) from error
    found = _checksum(body)
    if found != checksum:
        raise InputError(
            f"{url} is not the file it should be: its contents have SHA-256 {found}, expected {checksum}."
            " Nothing was kept"
        )
    try:
        with made_whole(target) as made:
            made.write_bytes(body)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror}") from error
    return target


def _checksum(body: bytes) -> str:
    try:
        return hashlib.sha256(gzip.decompress(body)).hexdigest()
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return "unreadable"
