"""Requests as they arrive: bounded in bytes and in time, read into records, with errors that say where."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from fastapi.responses import Response

_T = TypeVar("_T")
_CLOSE = {"Connection": "close"}
_READ_OUT = 8
"""What is too long is read to its end up to so many times the limit: a client that still writes does not read why."""

_QUICK_S = 0.02
"""Whether a client has gone is not asked before: most answers are there by then."""


class Refusal(Exception):
    """A request that is not answered, and why."""

    def __init__(self, code: int, kind: str, message: str, headers: dict[str, str] | None = None):
        """`code`: of HTTP; `kind`: as `wire.Fault`."""
        super().__init__(message)
        self.code, self.kind, self.message, self.headers = code, kind, message, headers or {}


class Vanished(Exception):
    """The client is gone."""


async def body_of(request: Request, most: int, seconds: float, take: Callable[[int], None]) -> bytes:
    """The whole body. `take` is told the bytes of each part, and may refuse it.

    Raises:
        Refusal: it is longer than `most` bytes, or was not there after `seconds`.
        Vanished: it never came to its end.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            more = True
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise Vanished
                part = message.get("body", b"")
                more = message.get("more_body", False)
                size += len(part)
                if size <= most:
                    take(len(part))
                    parts.append(part)
                elif size > _READ_OUT * most:
                    break
    except TimeoutError:
        raise Refusal(408, "too_slow", f"the request had not arrived after {seconds:g} s", _CLOSE) from None
    if size > most:
        raise Refusal(413, "too_large", f"the request is longer than {most} bytes; send it in parts", _CLOSE)
    return b"".join(parts)


def decoded(body: bytes, kind: type[_T]) -> _T:
    """A body of JSON as a record.

    Raises:
        Refusal: it is no JSON, or not of that form; says where.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(422, "request", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, "request", f"the request is not JSON: {error}") from error
    except RecursionError as error:
        raise Refusal(400, "request", "the request is nested too deeply") from error


def replied(record: Any, code: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A record as JSON."""
    return Response(msgspec.json.encode(record, enc_hook=str), code, headers, "application/json")


async def while_there(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` gives, if the client stays until then; else it is cancelled.

    Raises:
        Vanished: the client is gone.
    """
    task, vanished, over = asyncio.current_task(), False, False
    assert task is not None

    def vanish(_: "asyncio.Task[None]") -> None:
        nonlocal vanished
        if not over:
            vanished = task.cancel()

    gone: list[asyncio.Task[None]] = []

    def look() -> None:
        gone.append(asyncio.ensure_future(_gone(request)))
        gone[0].add_done_callback(vanish)

    looking = asyncio.get_running_loop().call_later(_QUICK_S, look)
    try:
        return await work
    except asyncio.CancelledError:
        if vanished and not task.uncancel():
            raise Vanished from None
        raise
    finally:
        over = True
        looking.cancel()
        for one in gone:
            one.cancel()


async def _gone(request: Request) -> None:
    """Ends when the client does; its request has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
