"""Before every endpoint: who asks, whether they may, and a line in the log that says nothing of programs."""

import asyncio
import base64
import binascii
import hmac
import logging
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passatk.serve.metrics import Metrics
from passatk.serve.wire import Fault, FaultReply

log = logging.getLogger("passatk.serve")

OPEN = frozenset({"/health", "/ready", "/v1/ping"})
"""Paths that need no token."""
CLIENT = "passatk_client"
"""In a request's scope: whose it is, for the line."""
_OTHER = "other"
_NO_TOKEN = "this server needs a token; send `Authorization: Bearer TOKEN` with one that it knows"  # noqa: S105


class Gate:
    """The application with a gate before it.

    Args:
        app: what is behind.
        tokens: those that are let in; none: everybody is.
        metrics: where requests are counted.
        paths: that the application knows, as they are counted.
    """

    def __init__(self, app: ASGIApp, tokens: tuple[str, ...], metrics: Metrics, paths: Callable[[], frozenset[str]]):
        self._app, self._metrics, self._paths = app, metrics, paths
        self._tokens = [token.encode() for token in tokens]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, code = time.monotonic(), 0

        async def noting(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        path = scope["path"] if scope["path"] in self._paths() else _OTHER
        number = self._number(scope)
        try:
            if not self._tokens and _is_of_a_page(scope):
                await _refuse(noting, 403, "pages of other sites are not answered; start the server with a token")
            elif number is None and scope["path"] not in OPEN:
                await _refuse(noting, 401, _NO_TOKEN)
            else:
                address = (scope.get("client") or ("", 0))[0]
                scope[CLIENT] = number if number is not None and len(self._tokens) > 1 else address
                await self._app(scope, receive, noting)
        except asyncio.CancelledError:  # the server ends at once; other clients take a 500 for a program's failure
            if not code:
                await _refuse(noting, 504, "not judged: the server was ended; ask again", "closing")
        except Exception as error:  # noqa: BLE001 - whatever it is, its words may be those of a program
            places = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s %s: %s\n%s", scope["method"], path, type(error).__name__, places)
        client = "-" if number is None or not self._tokens else f"token {number + 1}"
        spent_ms = 1000 * (time.monotonic() - began)
        note = partial(self._note, client, scope["method"], path, code, spent_ms)
        asyncio.get_running_loop().call_soon(note)  # the answer goes out before it

    def _note(self, client: str, method: str, path: str, code: int, spent_ms: float) -> None:
        self._metrics.requests.labels(path, str(code)).inc()
        log.info("%s %s %s %s %.0f ms", client, method, path, code or "gone", spent_ms)

    def _number(self, scope: Scope) -> int | None:
        """Which token a request brings; 0 where none is needed, None where it is missing or wrong."""
        if not self._tokens:
            return 0
        given = _token_of(dict(scope["headers"]).get(b"authorization", b""))
        found = [hmac.compare_digest(given, token) for token in self._tokens]
        return found.index(True) if given and True in found else None


def _token_of(header: bytes) -> bytes:
    """Of `Bearer TOKEN`, or the password of `Basic`, which is how clients that know only an address send one."""
    scheme, _, value = header.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip()
    if scheme.lower() == b"basic":
        try:
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""


def _is_of_a_page(scope: Scope) -> bool:
    """A browser sends it for a page of another site, which may not run programs here."""
    return any(name == b"origin" for name, _ in scope["headers"])


async def _refuse(send: Send, code: int, words: str, kind: str = "token") -> None:
    headers: list[Any] = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    body = msgspec.json.encode(FaultReply(error=Fault(kind=kind, message=words)))
    await send({"type": "http.response.body", "body": body})
