"""A client of `passatk serve`, blocking and asynchronous.

    with Client("http://judge:8780", token="...") as client:
        results = client.judge([ProgramRequest(task_id="Python/0", completion=text)])

Where the server is busy or restarts, it waits and asks again: a program judged twice has the same verdict. What cannot
be had is an error, never a result; a program without a verdict has the status `not_judged`.
"""

import asyncio
import contextlib
import time
import urllib.parse
import urllib.request
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

import httpcore
import msgspec

from passatk.errors import EnvironmentFault, InputError
from passatk.problems.own import Row
from passatk.serve import wire
from passatk.serve.wire import ProgramRequest, Result

__all__ = ["AsyncClient", "Client", "ProgramRequest", "Result", "Row"]

_T = TypeVar("_T")
_AGAIN = frozenset({429, 502, 503, 504})
_CONNECT_S = 10.0
_MARGIN_S = 30.0
"""So long after its deadline an answer may still be on its way."""
_PAUSE_S, _MOST_PAUSE_S = 0.5, 30.0
_KEEP_S = 30.0
"""A connection that was not used for so long is closed: half as long as the server has patience."""
_OK = 200

_NO_ANSWER = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError)


class _Waiting:
    """How long to wait before asking again, until patience ends."""

    def __init__(self, patience_s: float):
        self._ends = time.monotonic() + patience_s
        self._pause_s = _PAUSE_S

    def after(self, answer: httpcore.Response | Exception) -> float:
        """Seconds to wait after an answer, read to its end, that may be another one next time.

        Raises:
            EnvironmentFault: there is no more patience.
            InputError: it will not be another one.
        """
        if isinstance(answer, httpcore.Response) and answer.status not in _AGAIN:
            _refuse(answer)
        said = _retry_after(answer) if isinstance(answer, httpcore.Response) else b""
        pause_s = min(float(said), _MOST_PAUSE_S) if said.isdigit() else self._pause_s
        self._pause_s = min(2 * self._pause_s, _MOST_PAUSE_S)
        if time.monotonic() + pause_s > self._ends:
            if isinstance(answer, httpcore.Response):
                _refuse(answer)
            raise EnvironmentFault(f"no answer from the judge: {answer or type(answer).__name__}") from answer
        return pause_s


def _retry_after(answer: httpcore.Response) -> bytes:
    return next((value for name, value in answer.headers if name.lower() == b"retry-after"), b"")


def _refuse(answer: httpcore.Response) -> NoReturn:
    try:
        words = msgspec.json.decode(answer.content, type=wire.FaultReply).error.message
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = answer.content[:200].decode(errors="replace")
    kind = InputError if 400 <= answer.status < 500 and answer.status not in _AGAIN else EnvironmentFault
    raise kind(f"the judge answered {answer.status}: {words}")


def _read(body: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnvironmentFault(f"the judge's answer is not of this version's form: {error}") from error


class _Results:
    """Of a stream, one a line. Its parts are bytes: lines of text may also end where JSON goes on."""

    def __init__(self, number: int) -> None:
        self._left, self._rest = number, b""

    def of(self, part: bytes) -> Iterator[Result]:
        """Those whose lines end in this part."""
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            self._left -= 1
            yield _read(line, Result)

    def end(self) -> None:
        """Raises EnvironmentFault where some have not come."""
        if self._left:
            raise EnvironmentFault(f"the judge's answer broke off: {self._left} results are missing")


def _request(
    programs: Sequence[ProgramRequest], deadline_s: float, extract: bool, attempts: bool, stream: bool
) -> tuple[bytes, float]:
    """The body of a request, and how many seconds it may take."""
    asked = wire.JudgeRequest(
        programs=tuple(programs), deadline_s=deadline_s, stream=stream, extract=extract, attempts=attempts
    )
    return msgspec.json.encode(asked), deadline_s + _MARGIN_S


def _address(url: str) -> urllib.parse.SplitResult:
    with contextlib.suppress(ValueError):  # a port that is none
        parts = urllib.parse.urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    raise InputError(f"url = {url!r}: where the judge is, as http://HOST:PORT")


class _Server:
    """Where it is, and how it is spoken to."""

    def __init__(self, url: str, token: str | None):
        """Raises InputError where `url` is no address of a server."""
        parts = _address(url)
        place = parts.netloc.rpartition("@")[2]
        self._url = f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
        self._urls: dict[str, httpcore.URL] = {}
        """Those that were asked, which take long to read."""
        self._headers = [(b"Content-Type", b"application/json")]
        if secret := token or urllib.parse.unquote(parts.password or ""):
            self._headers.append((b"Authorization", f"Bearer {secret}".encode()))
        proxy = "" if urllib.request.proxy_bypass(place) else urllib.request.getproxies().get(parts.scheme, "")
        self.pool: dict[str, Any] = {"max_connections": None, "keepalive_expiry": _KEEP_S}
        """Arguments of a pool of connections."""
        if proxy:
            self.pool["proxy"] = httpcore.Proxy(proxy)

    def asked(self, path: str, body: bytes | None = None, seconds: float = _CONNECT_S) -> dict[str, Any]:
        """Arguments of a pool for a request."""
        timeout = {"connect": _CONNECT_S, "write": _CONNECT_S, "pool": _CONNECT_S, "read": seconds}
        if (url := self._urls.get(path)) is None:
            url = self._urls[path] = httpcore.URL(self._url + path)
        return {
            "method": "GET" if body is None else "POST",
            "url": url,
            "headers": self._headers,
            "content": body,
            "extensions": {"timeout": timeout},
        }


class Client:
    """Asks one server. A context manager, safe from threads.

    Args:
        url: of the server.
        token: that it knows, where it asks for one; or as password in the address.
        patience_s: so long at most it asks again where the server is busy, restarting, or not there.
    """

    def __init__(self, url: str, token: str | None = None, patience_s: float = 600.0):
        self._server, self._patience_s = _Server(url, token), patience_s
        self._pool = httpcore.ConnectionPool(**self._server.pool)

    def judge(
        self,
        programs: Sequence[ProgramRequest],
        *,
        deadline_s: float = 600.0,
        extract: bool = False,
        attempts: bool = False,
    ) -> list[Result]:
        """Results in the order of `programs`.

        Raises:
            InputError: the server refused the request, in its words.
            EnvironmentFault: there is no server, or it stayed busy.
        """
        if not programs:
            return []
        body, seconds = _request(programs, deadline_s, extract, attempts, stream=False)
        return list(_read(self._said(wire.JUDGE, body, seconds), wire.JudgeReply).results)

    def stream(
        self,
        programs: Sequence[ProgramRequest],
        *,
        deadline_s: float = 600.0,
        extract: bool = False,
        attempts: bool = False,
    ) -> Generator[Result, None, None]:
        """Results as they come; `index` says of which program. Closed early, the server drops what is left.

        Raises:
            InputError, EnvironmentFault: as `judge`; also where the stream breaks off.
        """
        if not programs:
            return
        asked = self._server.asked(wire.JUDGE, *_request(programs, deadline_s, extract, attempts, stream=True))
        results = _Results(len(programs))
        with self._answer(asked, whole=False) as answer:
            try:
                for part in answer.iter_stream():
                    yield from results.of(part)
            except _NO_ANSWER as error:
                raise EnvironmentFault(f"the judge's answer broke off: {error}") from error
        results.end()

    def problems(self) -> dict[str, list[str]]:
        """Set -> task ids of the problems that programs may name."""
        return _read(self._said(wire.PROBLEMS), wire.ProblemsReply).problems

    def close(self) -> None:
        """Close its connections."""
        self._pool.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _said(self, path: str, body: bytes | None = None, seconds: float = _CONNECT_S) -> bytes:
        with self._answer(self._server.asked(path, body, seconds), whole=True) as answer:
            return answer.content

    @contextlib.contextmanager
    def _answer(self, asked: dict[str, Any], whole: bool) -> Iterator[httpcore.Response]:
        """A good one; `whole`: it has been read."""
        waiting = _Waiting(self._patience_s)
        while True:
            with contextlib.ExitStack() as stack:
                answer: httpcore.Response | Exception
                try:
                    answer = stack.enter_context(self._pool.stream(**asked))
                    good = answer.status == _OK
                    if whole or not good:
                        answer.read()
                except _NO_ANSWER as error:
                    answer, good = error, False
                if good:
                    assert isinstance(answer, httpcore.Response)
                    yield answer
                    return
            time.sleep(waiting.after(answer))


class AsyncClient:
    """As `Client`, for an event loop."""

    def __init__(self, url: str, token: str | None = None, patience_s: float = 600.0):
        self._server, self._patience_s = _Server(url, token), patience_s
        self._pool = httpcore.AsyncConnectionPool(**self._server.pool)

    async def judge(
        self,
        programs: Sequence[ProgramRequest],
        *,
        deadline_s: float = 600.0,
        extract: bool = False,
        attempts: bool = False,
    ) -> list[Result]:
        """As `Client.judge`; cancelled, the server drops what is left."""
        if not programs:
            return []
        body, seconds = _request(programs, deadline_s, extract, attempts, stream=False)
        return list(_read(await self._said(wire.JUDGE, body, seconds), wire.JudgeReply).results)

    async def stream(
        self,
        programs: Sequence[ProgramRequest],
        *,
        deadline_s: float = 600.0,
        extract: bool = False,
        attempts: bool = False,
    ) -> AsyncGenerator[Result, None]:
        """As `Client.stream`."""
        if not programs:
            return
        asked = self._server.asked(wire.JUDGE, *_request(programs, deadline_s, extract, attempts, stream=True))
        results = _Results(len(programs))
        async with self._answer(asked, whole=False) as answer:
            try:
                async for part in answer.aiter_stream():
                    for result in results.of(part):
                        yield result
            except _NO_ANSWER as error:
                raise EnvironmentFault(f"the judge's answer broke off: {error}") from error
        results.end()

    async def problems(self) -> dict[str, list[str]]:
        """As `Client.problems`."""
        return _read(await self._said(wire.PROBLEMS), wire.ProblemsReply).problems

    async def close(self) -> None:
        """Close its connections."""
        await self._pool.aclose()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _said(self, path: str, body: bytes | None = None, seconds: float = _CONNECT_S) -> bytes:
        async with self._answer(self._server.asked(path, body, seconds), whole=True) as answer:
            return answer.content

    @contextlib.asynccontextmanager
    async def _answer(self, asked: dict[str, Any], whole: bool) -> AsyncIterator[httpcore.Response]:
        waiting = _Waiting(self._patience_s)
        while True:
            async with contextlib.AsyncExitStack() as stack:
                answer: httpcore.Response | Exception
                try:
                    answer = await stack.enter_async_context(self._pool.stream(**asked))
                    good = answer.status == _OK
                    if whole or not good:
                        await answer.aread()
                except _NO_ANSWER as error:
                    answer, good = error, False
                if good:
                    assert isinstance(answer, httpcore.Response)
                    yield answer
                    return
            await asyncio.sleep(waiting.after(answer))
