"""What the runs of one program leave to each other, which is nothing: its files are put back as the build left them."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .descriptors import read_all, write_all
from .removal import remove_tree

_MOST_BYTES = 512 << 20


class _Entry(NamedTuple):
    mode: int
    uid: int
    gid: int
    mark: tuple[int, ...]
    """Changes with every change to it; a program cannot set the time of the last one."""
    content: bytes | str
    """Of a file; where a link points."""


class Snapshot:
    """Everything in `folders`, which are writable by a program that has not run yet."""

    def __init__(self, folders: Iterable[str]):
        """Raises OSError where they hold what cannot be put back."""
        self._folders = list(folders)
        self._entries: dict[str, _Entry] = {}
        size = 0
        for folder in self._folders:
            for path, status in _below(folder):
                content: bytes | str = b""
                if stat.S_ISREG(status.st_mode):
                    size += status.st_size
                    if size > _MOST_BYTES:
                        raise OSError(f"the build left more than {_MOST_BYTES >> 20} MiB, too much to keep")
                    content = _read(path)
                elif stat.S_ISLNK(status.st_mode):
                    content = os.readlink(path)
                self._entries[path] = _Entry(status.st_mode, status.st_uid, status.st_gid, _mark(status), content)

    def restore(self) -> None:
        """Undo what a program did that has ended."""
        seen: set[str] = set()
        for folder in self._folders:
            own = os.lstat(folder)
            left = [folder]
            while left:
                at = left.pop()
                seen.add(at)
                self._put_back_folder(at, os.lstat(at))
                for name in os.listdir(at):
                    path = f"{at}/{name}"
                    status = os.lstat(path)
                    if status.st_dev != own.st_dev:
                        continue
                    entry = self._entries.get(path)
                    if entry is None or stat.S_IFMT(entry.mode) != stat.S_IFMT(status.st_mode):
                        _remove(path, status)  # a folder as a whole: it may be deeper than a path can say
                    elif stat.S_ISDIR(status.st_mode):
                        left.append(path)
                    elif entry.mark == _mark(status):
                        seen.add(path)
                    else:
                        os.unlink(path)
        for path, entry in self._entries.items():
            if path not in seen:
                self._make(path, entry)

    def _put_back_folder(self, path: str, status: os.stat_result) -> None:
        entry = self._entries.get(path)
        for name in os.listxattr(path):
            with contextlib.suppress(OSError):
                os.removexattr(path, name)
        if entry is not None and (status.st_mode, status.st_uid, status.st_gid) != entry[:3]:
            _own(path, entry)

    def _make(self, path: str, entry: _Entry) -> None:
        if isinstance(entry.content, str):
            os.symlink(entry.content, path)
        elif stat.S_ISDIR(entry.mode):
            os.mkdir(path)
            _own(path, entry)
        elif stat.S_ISREG(entry.mode):
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            try:
                write_all(fd, entry.content)
            finally:
                os.close(fd)
            _own(path, entry)
        else:
            os.mkfifo(path)
            _own(path, entry)
        status = os.lstat(path)
        self._entries[path] = entry._replace(mark=_mark(status))


def _own(path: str, entry: _Entry) -> None:
    status = os.lstat(path)
    if (status.st_uid, status.st_gid) != (entry.uid, entry.gid):
        os.chown(path, entry.uid, entry.gid)
    os.chmod(path, stat.S_IMODE(entry.mode))


def _below(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """The folder and all that is in it, folders before what is in them. Other file systems are not ours."""
    own = os.lstat(folder)
    yield folder, own
    left = [folder]
    while left:
        at = left.pop()
        for name in sorted(os.listdir(at)):
            path = f"{at}/{name}"
            status = os.lstat(path)
            if status.st_dev != own.st_dev:
                continue
            yield path, status
            if stat.S_ISDIR(status.st_mode):
                left.append(path)


def _mark(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_mode, status.st_uid)


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return read_all(fd)
    finally:
        os.close(fd)


def _remove(path: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        remove_tree(path)
    else:
        os.unlink(path)
