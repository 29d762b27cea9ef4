"""Frames: 4 bytes big-endian length, then JSON. The driver's on stdin, and a supervisor's replies on stdout."""

import json
import os
import struct
from typing import Any

from .descriptors import write_all

MOST_BYTES = 64 << 20
"""Of a request; what is longer is not even read into memory."""
_PART_BYTES = 1 << 20


class BadFrame(ValueError):
    """A frame that is too long, or not JSON. The next one can be read all the same."""


def read_frame(fd: int) -> Any:
    """The next message, or None at the end, also an end amid a frame.

    Raises:
        BadFrame: there is no message in it.
    """
    header = _read_exactly(fd, 4)
    if header is None:
        return None
    size: int = struct.unpack(">I", header)[0]
    if size > MOST_BYTES:
        return _refuse(fd, size)
    body = _read_exactly(fd, size)
    if body is None:
        return None
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"a frame of {size} bytes that is not JSON: {error}") from error
    if message is None:
        raise BadFrame("a frame that says nothing")
    return message


def _read_exactly(fd: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(fd, min(size, _PART_BYTES))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _refuse(fd: int, size: int) -> None:
    """Skip the body, so that the next frame begins where it should."""
    left = size
    while left:
        part = os.read(fd, min(left, _PART_BYTES))
        if not part:
            return
        left -= len(part)
    raise BadFrame(f"a frame of {size} bytes, at most {MOST_BYTES} are allowed")


def write_frame(fd: int, message: object) -> None:
    """Send a message."""
    body = json.dumps(message).encode()
    write_all(fd, struct.pack(">I", len(body)) + body)
