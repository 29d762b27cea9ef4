"""Reading and writing without file objects: every fork that makes one copies the pages of all that it is made with."""

import _socket
import os
import struct
from collections.abc import Sequence

_PART_BYTES = 1 << 16
_FD = struct.Struct("i")
_MOST_FDS = 16


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


def read_pipe(fd: int) -> bytes:
    """What is in it now, without waiting for more."""
    parts = []
    os.set_blocking(fd, False)
    try:
        while part := os.read(fd, _PART_BYTES):
            parts.append(part)
    except BlockingIOError:
        pass  # empty, and somebody outside our tree still holds its other end
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


def send(socket: "_socket.socket", message: bytes, given: Sequence[int] = ()) -> None:
    """A message, and descriptors with it."""
    fds = b"".join(_FD.pack(fd) for fd in given)
    socket.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, fds)] if fds else [])


def receive(socket: "_socket.socket") -> tuple[bytes, list[int]]:
    """A message, empty at the end, and the descriptors that came with it."""
    space = _socket.CMSG_SPACE(_MOST_FDS * _FD.size)
    message, ancillary, _, _ = socket.recvmsg(_PART_BYTES, space, _socket.MSG_CMSG_CLOEXEC)
    given = [fd for _, _, data in ancillary for (fd,) in _FD.iter_unpack(data[: len(data) // _FD.size * _FD.size])]
    return message, given
