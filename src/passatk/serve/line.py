"""Who is next: a bounded line of programs, fair between clients. For one event loop; nothing here knows of programs."""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence

_MOST_RATE_S = 30.0
"""A rate is that of the last so many seconds."""
_LEAST_RETRY_S, _MOST_RETRY_S = 1, 60


class Full(Exception):
    """There is no room. `retry_s` whole seconds from now there may be; None: there never is for so much at once."""

    def __init__(self, message: str, retry_s: int | None):
        super().__init__(message)
        self.retry_s = retry_s


class Place:
    """One program's place in the line. Whoever has it awaits `turn`, and leaves whatever happens."""

    def __init__(self, line: "Line", client: Hashable, size: int):
        self.client, self.size, self.since = client, size, time.monotonic()
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line, self._left = line, False

    def leave(self) -> None:
        """It is done, or wanted no more."""
        if not self._left:
            self._left = True
            self._line.left(self)


class Line:
    """Gives turns to `at_once` programs at a time, one of each client in turn.

    Args:
        most: programs that may have a place.
        most_bytes: what their requests may have together.
        at_once: how many may have their turn.
    """

    def __init__(self, most: int, most_bytes: int, at_once: int):
        self.most, self.most_bytes, self._free = most, most_bytes, at_once
        self.programs = self.bytes = self.running = 0
        self._waiting: OrderedDict[Hashable, deque[Place]] = OrderedDict()
        self._ended: deque[float] = deque(maxlen=1000)

    @property
    def waiting(self) -> int:
        """Programs whose turn has not come."""
        return self.programs - self.running

    @property
    def clients(self) -> int:
        """Those who wait."""
        return len(self._waiting)

    def enter(self, client: Hashable, sizes: Sequence[int]) -> list[Place]:
        """A place for each of several programs, of these sizes in bytes; for all of them or none.

        Raises:
            Full: there is no room.
        """
        count, size = len(sizes), sum(sizes)
        if count > self.most or size > self.most_bytes:
            raise Full(
                f"{count} programs of {size} bytes are more than ever may wait: {self.most} of {self.most_bytes} bytes",
                None,
            )
        if self.programs + count > self.most or self.bytes + size > self.most_bytes:
            raise Full(
                f"{self.programs} programs of {self.bytes} bytes wait, and {self.most} of {self.most_bytes} bytes may",
                self._retry_s(count),
            )
        places = [Place(self, client, size) for size in sizes]
        self.programs += count
        self.bytes += size
        self._waiting.setdefault(client, deque()).extend(places)
        self._go_on()
        return places

    def left(self, place: Place) -> None:
        """Called by a place, once."""
        self.programs -= 1
        self.bytes -= place.size
        if place.turn.done() and not place.turn.cancelled():
            self.running -= 1
            self._free += 1
            self._ended.append(time.monotonic())
        else:
            place.turn.cancel()
        self._go_on()

    def _go_on(self) -> None:
        """Give turns; who has had one goes behind the other clients."""
        while self._waiting and self._free:
            client, places = next(iter(self._waiting.items()))
            place = places.popleft()
            if not places:
                del self._waiting[client]
            if place.turn.cancelled():
                continue
            if places:
                self._waiting.move_to_end(client)
            self._free -= 1
            self.running += 1
            place.turn.set_result(None)

    def _retry_s(self, count: int) -> int:
        """When `count` programs may have found room, as fast as it went of late."""
        now = time.monotonic()
        recent = [then for then in self._ended if now - then < _MOST_RATE_S]
        if len(recent) < 2:
            return _LEAST_RETRY_S
        rate = len(recent) / max(now - recent[0], 0.001)
        return min(_MOST_RETRY_S, max(_LEAST_RETRY_S, math.ceil(count / rate)))
