"""Samples that several copies of a model share: each gets some, and what one of them loses another gets."""

import dataclasses
import threading
from collections import deque
from collections.abc import Iterable

from passatk.models.base import Wanted

_LEAST = 8
"""Samples of a share, where there are as many: fewer cost a step of the model as much."""
_BATCHES = 16
"""A share has at most so many batches: what is on its way to a copy stays small."""

Sample = tuple[Wanted, int]
"""One sample of a problem, by its index."""


class Shares:
    """Hands out samples in order, half of what each copy would have of those that are left. Safe from threads."""

    def __init__(self, wanted: Iterable[Wanted], batch_size: int):
        self._changed = threading.Condition()
        self._waiting = deque((one, index) for one in wanted for index in one.samples)
        self._most = _BATCHES * batch_size
        self._closed = False
        self.unfinished = len(self._waiting)
        """Samples, those that are under way included."""

    def take(self, copies: int) -> list[Sample]:
        """The next share for one of so many copies; waits for what others may give back, and is empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed or not self.unfinished)
            if self._closed:
                return []
            even = -(-len(self._waiting) // (2 * copies))
            size = min(max(even, _LEAST), self._most, len(self._waiting))
            return [self._waiting.popleft() for _ in range(size)]

    def finish(self) -> None:
        """One more is finished."""
        with self._changed:
            self.unfinished -= 1
            self._changed.notify_all()

    def give_back(self, samples: Iterable[Sample]) -> None:
        """These are not generated where they were."""
        with self._changed:
            self._waiting.extendleft(reversed(list(samples)))
            self._changed.notify_all()

    def close(self) -> None:
        """Hand out no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def grouped(samples: Iterable[Sample]) -> list[Wanted]:
    """Samples of one problem together, in order."""
    found: dict[str, tuple[Wanted, list[int]]] = {}
    for one, index in samples:
        found.setdefault(one.task_id, (one, []))[1].append(index)
    return [dataclasses.replace(one, samples=indices) for one, indices in found.values()]
