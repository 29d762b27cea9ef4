"""Reading and writing without file objects: every fork that makes one copies the pages of all that it is made with."""

import os

_PART_BYTES = 1 << 16


def write_all(fd: int, data: bytes) -> None:
    """Write every byte."""
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left) :]


def read_all(fd: int) -> bytes:
    """Read to the end."""
    parts = []
    while part := os.read(fd, _PART_BYTES):
        parts.append(part)
    return b"".join(parts)


def read_file(path: str) -> bytes:
    """The whole of it."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return read_all(fd)
    finally:
        os.close(fd)


def write_file(path: str, data: bytes) -> None:
    """Write to a file that is there."""
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        write_all(fd, data)
    finally:
        os.close(fd)
