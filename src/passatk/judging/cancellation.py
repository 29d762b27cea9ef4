"""How an execution under way is ended from another thread."""

import contextlib
import threading
from collections.abc import Callable, Iterator


class Cancelled(Exception):
    """An execution was ended because nobody waits for it: there are no facts of it."""


class Cancellation:
    """Of one program: whoever executes it says how that is ended, and whoever no longer waits for it asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None
        self.asked = False

    def ask(self) -> None:
        """End the execution, now or when it would begin."""
        with self._lock:
            self.asked = True
            if self._end is not None:
                self._end()

    def begins(self, end: Callable[[], None]) -> None:
        """From now on, until `ended`, `end` is what a call of `ask` calls.

        Raises:
            Cancelled: it was asked already.
        """
        with self._lock:
            if self.asked:
                raise Cancelled
            self._end = end

    def ended(self) -> None:
        """The execution has ended. What `begins` was given is not called any more."""
        with self._lock:
            self._end = None

    @contextlib.contextmanager
    def ends(self, end: Callable[[], None]) -> Iterator[None]:
        """While the context lasts, and never later, `end` is what a call of `ask` calls. Raises as `begins`."""
        self.begins(end)
        try:
            yield
        finally:
            self.ended()
