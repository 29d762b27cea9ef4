"""A folder that belongs to one experiment and to one process at a time."""

import contextlib
import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol, Self

import msgspec

from passatk.errors import PassatkError, RunFolderError, StorageError

MANIFEST, COMPLETE = "manifest.json", "complete"
LOCK = "lock"
_PART = ".part"


class AnyManifest(Protocol):
    """What a folder was made for."""

    def check_same_run(self, other: Any) -> None:
        """Raise RunFolderError if `other` is another experiment."""


class LockedFolder:
    """An open folder with a manifest, locked against other processes. Use as a context manager.

    Raises:
        RunFolderError: the folder is in use, or belongs to an experiment with another manifest.
        StorageError: it cannot be written.
    """

    expected: tuple[str, ...] = ()
    """What may lie in the folder before it is one."""

    def __init__(self, path: Path, manifest: AnyManifest):
        self.path = path
        with storage(path):
            path.mkdir(parents=True, exist_ok=True)
            self._lock = self._take_lock()
            try:
                self._take_possession(manifest)
                self._open()
            except BaseException:
                self._lock.close()
                raise

    def _take_lock(self) -> IO[str]:
        lock = (self.path / LOCK).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise RunFolderError(
                f"{self.path} is in use by another passatk; wait for it, or choose another folder", setting="out"
            ) from None
        return lock

    def _take_possession(self, manifest: AnyManifest) -> None:
        file = self.path / MANIFEST
        earlier = None
        if file.exists():
            try:
                earlier = msgspec.json.decode(file.read_bytes(), type=type(manifest))
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                raise RunFolderError(
                    f"{file} is not a manifest ({error}); choose another folder", setting="out"
                ) from error
            earlier.check_same_run(manifest)
        else:
            own = {LOCK, f"{file.name}{_PART}", *self.expected}
            strangers = [entry.name for entry in self.path.iterdir() if entry.name not in own]
            if strangers:
                raise RunFolderError(
                    f"{self.path} is not a run folder (it holds {strangers[0]!r}); choose another", setting="out"
                )
        if earlier != manifest:
            write_atomically(file, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")

    def _open(self) -> None:
        """Open what the folder's kind keeps in it."""

    @property
    def complete(self) -> bool:
        """Everything is done and written."""
        return (self.path / COMPLETE).exists()

    def close(self) -> None:
        """Let go of the lock."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_locked(path: Path) -> bool:
    """Whether a process that this one can see holds the lock on a file. The lock is not touched: it may be wanted."""
    try:
        found = path.stat()
        locks = Path("/proc/locks").read_text()
    except OSError:
        return False
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    return any(" FLOCK " in line and place in line.split() for line in locks.splitlines())


@contextlib.contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turn what the disk says into a StorageError that says what to do."""
    try:
        yield
    except PassatkError:
        raise
    except sqlite3.Error as error:
        advice = _ADVICE if "full" in str(error) else "Choose another folder"
        raise StorageError(f"cannot write the journal in {path}: {error}. {advice}", setting="out") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageError(f"cannot write {path}: the disk is full. {_ADVICE}") from error
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}. Choose another folder", setting="out"
        ) from error


_ADVICE = "What is judged is kept: make room and run the same command again to go on"


def write_atomically(path: Path, body: bytes) -> None:
    """The whole file or none of it."""
    temporary = path.with_name(f"{path.name}{_PART}")
    with temporary.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A file of these lines, there when it is whole."""
    temporary = path.with_name(f"{path.name}{_PART}")
    with temporary.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
