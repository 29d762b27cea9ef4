"""Memory that most programs change: a fork shares it with its parent until then, and copies it page by page.

A process that waits for its program copies those pages when it has waited for a while, so that the program need not.
Which they are, a rehearsal in a fork says once. No program can tell whether there was time: bytes are only written over
themselves, and whatever else is done is done in any case, so that all that is made later has the same addresses.
"""

import ctypes
import os
import struct
from collections.abc import Callable, Iterable

from . import kernel
from .descriptors import read_file

_MOST = 1024
"""Of one system call (UIO_MAXIOV)."""
_PLACE = struct.Struct("PN")
"""struct iovec"""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ENTRY = struct.Struct("Q")
_PRESENT, _OWN = 1 << 63, 1 << 56
"""In an entry of /proc/PID/pagemap: it is in memory, and nobody else has it."""
_IDLE_MS = 5


class Pages:
    """Made and taught in the server; its forks use it."""

    def __init__(self) -> None:
        changed, none = (ctypes.create_string_buffer(_MOST * _PLACE.size) for _ in range(2))
        self._changed = changed
        self._polled = kernel.polled(-1)
        self._choice = changed, none
        """By how many of the polled descriptors are ready."""

    def learn(self, rehearse: Iterable[Callable[[], None]]) -> None:
        """Which they are: those that `rehearse` changes."""
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                shared = _pages(own=False)
                for one in rehearse:
                    one()
                places = sorted(shared & _pages(own=True))[:_MOST]
                os.write(tell, b"".join(_PLACE.pack(place, 1) for place in places))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(tell)
        os.readv(told, [self._changed])
        os.close(told)

    def copy_when_idle(self, fd: int) -> None:
        """Copy them, unless `fd` can be read soon. Best effort: some containers forbid the call."""
        kernel.poll_instead(self._polled, fd)
        kernel.write_over_itself(self._choice[kernel.ready(self._polled, _IDLE_MS)], _MOST)


def _pages(own: bool) -> set[int]:
    """Addresses of private pages that can be written: those that only this process has, or those of others too."""
    found = set()
    pagemap = os.open("/proc/self/pagemap", os.O_RDONLY)
    for line in read_file("/proc/self/maps").splitlines():
        span, kind, *_ = line.split()
        if kind.startswith(b"rw") and kind.endswith(b"p"):
            first, end = (int(address, 16) for address in span.split(b"-"))
            size = (end - first) // _PAGE * _ENTRY.size
            entries = os.pread(pagemap, size, first // _PAGE * _ENTRY.size)
            for number, (entry,) in enumerate(_ENTRY.iter_unpack(entries)):
                if entry & _PRESENT and bool(entry & _OWN) == own:
                    found.add(first + number * _PAGE)
    os.close(pagemap)
    return found
