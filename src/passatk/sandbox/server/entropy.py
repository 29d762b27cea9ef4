"""One stream of random bytes, the same for every program: /dev/random and /dev/urandom of a program are a FIFO.

The filter refuses getrandom, so runtimes read the devices instead. What they find there is as random as ever to a
program that does not know the seed, and repeats from run to run. Every step begins at the beginning of the stream.
"""

import contextlib
import fcntl
import os
import sys
from _random import Random  # the module around it seeds itself anew in every fork
from collections.abc import Sequence

from . import kernel

DEVICES = ("/dev/random", "/dev/urandom")
SCRATCH = "/passatk/scratch"
"""An empty folder, where what is bound elsewhere is made."""
_BLOCK_BYTES = 1 << 16
_FILE_BLOCKS = 16
_INT_BYTES = 4
_NUMBER_BITS = 40
"""More blocks than these say nobody reads."""
FIONREAD = 0x541B
_PIPE_BYTES = 1 << 20  # for those who ask for more than a pipe's usual 64 KiB: fewer waits for us
_READ_ONLY = 0o444
_KEPT = 2
"""Blocks made once: runtimes read some bytes when they start, and the pipe is refilled then."""


def block(number: int, variation: int = 0) -> bytes:
    """The block of that number, of the stream of that variation: for ever the same, on every machine."""
    return Random(number + (variation << _NUMBER_BITS)).getrandbits(_BLOCK_BYTES * 8).to_bytes(_BLOCK_BYTES, "little")


def same_random_bytes() -> None:
    """In a mount namespace of one's own: the devices are one file, so whoever starts reads the same."""
    kernel.mount("tmpfs", SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC, "size=8m")
    with open(f"{SCRATCH}/random", "wb") as file:
        file.writelines(block(number) for number in range(_FILE_BLOCKS))
    for device in DEVICES:
        kernel.mount(f"{SCRATCH}/random", device, None, kernel.MS_BIND)
        kernel.make_read_only(device)
    kernel.unmount(SCRATCH)


class Entropy:
    """The slot's FIFO, made once."""

    def __init__(self) -> None:
        """Put it in place of the devices. The mount namespace is the slot's own."""
        self._made = [block(number) for number in range(_KEPT)]
        fifo = f"{SCRATCH}/entropy"
        kernel.mount("tmpfs", SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC, "nr_inodes=2")
        os.mkfifo(fifo)
        os.chmod(fifo, _READ_ONLY)
        for device in DEVICES:
            kernel.mount(fifo, device, None, kernel.MS_BIND)
            kernel.make_read_only(device)
        kernel.unmount(SCRATCH)
        # for reading and writing: no reader sees an end, and what nobody read is still there for the next
        self.fd = os.open(DEVICES[0], os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def feed(self, variation: int) -> "Feed":
        """Fill it from the beginning, for one step; 0 is the usual stream."""
        return Feed(self.fd, [block(0, variation)] if variation else self._made, variation)


class Feed:
    """Keeps the FIFO filled while a step runs."""

    def __init__(self, fd: int, made: Sequence[bytes], variation: int = 0):
        self.fd, self._made, self._number, self._variation = fd, made, 0, variation
        self._left = memoryview(made[0])
        waiting = bytearray(_INT_BYTES)
        fcntl.ioctl(fd, FIONREAD, waiting)
        if not variation and int.from_bytes(waiting, sys.byteorder) == len(made[0]):  # the last program read none of it
            self._left = self._left[:0]
            return
        self._empty()
        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _BLOCK_BYTES)
        self.refill()

    def _empty(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.fd, _BLOCK_BYTES):
                pass

    def refill(self) -> None:
        """Write what there is room for, one block at most: the caller has limits to watch while somebody reads."""
        if not self._left:
            self._number += 1
            known = self._number < len(self._made)
            self._left = memoryview(self._made[self._number] if known else block(self._number, self._variation))
            if self._number == len(self._made):
                with contextlib.suppress(OSError):  # more than this user's pipes may have
                    fcntl.fcntl(self.fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        with contextlib.suppress(BlockingIOError):
            self._left = self._left[os.write(self.fd, self._left) :]

    def end(self) -> None:
        """After the step's last process: what is left of a stream that went on is nothing to begin with."""
        if self._number or self._variation:
            self._empty()
