"""What is kept of a program's output, and what it is given to read."""

import os

_HEAD_BYTES = 2048
_TAIL_BYTES = 4096
_CASE_BYTES = 256


class Kept:
    """Of one output stream: its beginning, its end, and how long it was."""

    def __init__(self, head: int = _HEAD_BYTES, tail: int = _TAIL_BYTES) -> None:
        self._most_head, self._most_tail = head, tail
        self._head = self._tail = b""
        self.total = 0

    def add(self, part: bytes) -> None:
        room = self._most_head - len(self._head)
        self._head += part[:room]
        self._tail = (self._tail + part[room:])[-self._most_tail :]
        self.total += len(part)

    def text(self) -> str:
        left_out = self.total - len(self._head) - len(self._tail)
        gap = f"\n[... {left_out} bytes ...]\n" if left_out else ""
        return self._head.decode("utf-8", "backslashreplace") + gap + self._tail.decode("utf-8", "backslashreplace")


class Whole(Kept):
    """All of a stream as well, for a checker. The output limit bounds it."""

    def __init__(self) -> None:
        super().__init__(_CASE_BYTES, _CASE_BYTES)
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        super().add(part)
        self._parts.append(part)

    def whole(self) -> bytes:
        return b"".join(self._parts)


def of_case() -> Kept:
    """For a test's other stream: there may be thousands of them."""
    return Kept(_CASE_BYTES, _CASE_BYTES)


class Feeding:
    """Gives a program its input as it reads it; a program that closes its end early gets no more."""

    def __init__(self, fd: int, text: bytes):
        self.fd, self._left = fd, memoryview(text)
        self._open = True
        os.set_blocking(fd, False)

    def feed(self) -> bool:
        """As much as fits; False when that was all."""
        try:
            while self._left:
                self._left = self._left[os.write(self.fd, self._left) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            pass  # it reads no more
        return False

    def close(self) -> None:
        if self._open:
            self._open = False
            os.close(self.fd)
