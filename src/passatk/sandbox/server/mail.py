"""Messages with descriptors, received and sent without a trace in memory, by those who fork programs' processes.

A fork's objects have the addresses that its parent's memory leaves free. So nothing that happened to earlier programs,
or when, may change what is free there, nor in which order it will be taken. In a loop around these functions and
`os.fork`, of two objects of one size the later is freed first, whatever comes, and what is read stays in buffers.
"""

import ctypes
import os
import struct

from . import kernel

_WORDS_BYTES = 8
"""A message is no longer."""
_MOST_DESCRIPTORS = 16
_HEAD = struct.Struct("Qii")
"""struct cmsghdr"""
_FD = struct.Struct("i")
_SOL_SOCKET, _SCM_RIGHTS = 1, 1
_MOST_USAGE_BYTES = 256


class _Part(ctypes.Structure):
    """`struct iovec`"""

    _fields_ = (("at", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _Message(ctypes.Structure):
    """`struct msghdr`, of one part"""

    _fields_ = (
        ("name", _Part),
        ("part", ctypes.POINTER(_Part)),
        ("parts", ctypes.c_size_t),
        ("control", _Part),
        ("flags", ctypes.c_int),
    )


class _Letter:
    """Room for a message and descriptors."""

    def __init__(self, descriptors: int) -> None:
        self.words = ctypes.create_string_buffer(_WORDS_BYTES)
        self.control = ctypes.create_string_buffer(_HEAD.size + (descriptors + 1) // 2 * 2 * _FD.size)
        words, room = (_Part(ctypes.addressof(part), len(part)) for part in (self.words, self.control))
        self.message = _Message(_Part(), ctypes.pointer(words), 1, room, 0)
        self.place = ctypes.byref(self.message)


class Mail:
    """The messages of a socket (SOCK_SEQPACKET), `fd`."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._came, self._goes = _Letter(_MOST_DESCRIPTORS), _Letter(1)
        self.words = self._came.words
        """The last message begins it."""
        _HEAD.pack_into(self._goes.control, 0, _HEAD.size + _FD.size, _SOL_SOCKET, _SCM_RIGHTS)

    def receive(self) -> bool:
        """Wait for a message; whether there is one, and not the end."""
        self._came.message.control.size = len(self._came.control)
        return kernel.receive_into(self.fd, self._came.place) > 0

    def given(self) -> list[int]:
        """The descriptors that came with the message."""
        return [_FD.unpack_from(self._came.control, at)[0] for at in range(_HEAD.size, self._end(), _FD.size)]

    def close_given(self) -> None:
        """Close them."""
        at, end = _HEAD.size, self._end()
        while at < end:
            os.close(_FD.unpack_from(self._came.control, at)[0])
            at += _FD.size

    def _end(self) -> int:
        return _HEAD.unpack_from(self._came.control)[0] if self._came.message.control.size else 0

    def send(self, fd: int) -> None:
        """A message of no meaning, with that descriptor."""
        _FD.pack_into(self._goes.control, _HEAD.size, fd)
        kernel.send_from(self.fd, self._goes.place)


class Ended:
    """How a child ended. `said`: its wait status and, 8 bytes behind that, its `struct rusage`."""

    def __init__(self) -> None:
        self.said = ctypes.create_string_buffer(8 + _MOST_USAGE_BYTES)
        self._places = ctypes.byref(self.said), ctypes.byref(self.said, 8)

    def wait_for(self, child: int) -> None:
        """Until it has."""
        kernel.wait_into(child, *self._places)

    def well(self) -> bool:
        """Whether it exited with 0."""
        return self.said.raw[:4] == bytes(4)
