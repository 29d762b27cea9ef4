"""Futures that others may end: they cancel them, or settle them in another thread."""

import contextlib
from concurrent.futures import Future, InvalidStateError
from typing import Any, TypeVar

_T = TypeVar("_T")


def promised() -> "Future[Any]":
    """One that somebody else waits for, and may cancel.

    Then `concurrent.futures.wait` and `as_completed` see its end too: `cancel` alone leaves that to who has begun it.
    """
    future: Future[Any] = Future()
    future.add_done_callback(_tell)
    return future


def _tell(future: "Future[Any]") -> None:
    if future.cancelled():
        future.set_running_or_notify_cancel()


def give(future: "Future[_T]", result: _T) -> None:
    """Its result, unless it is done."""
    with contextlib.suppress(InvalidStateError):
        future.set_result(result)


def fail(future: "Future[Any]", error: BaseException) -> None:
    """Its error, unless it is done."""
    with contextlib.suppress(InvalidStateError):
        future.set_exception(error)
