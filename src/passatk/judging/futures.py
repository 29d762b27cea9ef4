"""Futures that may have ended otherwise meanwhile: cancelled, or settled by another thread."""

import contextlib
from concurrent.futures import Future, InvalidStateError
from typing import Any, TypeVar

_T = TypeVar("_T")


def give(future: "Future[_T]", result: _T) -> None:
    """Its result, unless it is done."""
    with contextlib.suppress(InvalidStateError):
        future.set_result(result)


def fail(future: "Future[Any]", error: BaseException) -> None:
    """Its error, unless it is done."""
    with contextlib.suppress(InvalidStateError):
        future.set_exception(error)
