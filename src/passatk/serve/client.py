"""A client of `passatk serve`, blocking and asynchronous.

    with Client("http://judge:8780", token="...") as client:
        results = client.judge([ProgramRequest(task_id="Python/0", completion=text)])

Where the server is busy or restarts, it waits and asks again: a program judged twice has the same verdict. What cannot
be had is an error, never a result; a program without a verdict has the status `not_judged`.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from typing import Any, NoReturn, TypeVar

import httpx
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


class _Waiting:
    """How long to wait before asking again, until patience ends."""

    def __init__(self, patience_s: float):
        self._ends = time.monotonic() + patience_s
        self._pause_s = _PAUSE_S

    def after(self, answer: httpx.Response | httpx.TransportError) -> float:
        """Seconds to wait after an answer that may be another one next time.

        Raises:
            EnvironmentFault: there is no more patience.
            InputError: it will not be another one.
        """
        if isinstance(answer, httpx.Response) and answer.status_code not in _AGAIN:
            _refuse(answer)
        said = answer.headers.get("Retry-After", "") if isinstance(answer, httpx.Response) else ""
        pause_s = min(float(said), _MOST_PAUSE_S) if said.isdigit() else self._pause_s
        self._pause_s = min(2 * self._pause_s, _MOST_PAUSE_S)
        if time.monotonic() + pause_s > self._ends:
            if isinstance(answer, httpx.Response):
                _refuse(answer)
            raise EnvironmentFault(f"no answer from the judge: {answer or type(answer).__name__}") from answer
        return pause_s


def _refuse(answer: httpx.Response) -> NoReturn:
    try:
        words = msgspec.json.decode(answer.content, type=wire.FaultReply).error.message
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = answer.text[:200]
    kind = InputError if 400 <= answer.status_code < 500 and answer.status_code not in _AGAIN else EnvironmentFault
    raise kind(f"the judge answered {answer.status_code}: {words}")


def _read(body: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnvironmentFault(f"the judge's answer is not of this version's form: {error}") from error


class _Lines:
    """Parts of a stream as lines: those of text may also end where JSON goes on."""

    def __init__(self) -> None:
        self._rest = b""

    def of(self, part: bytes) -> list[bytes]:
        """The lines that end in this part."""
        *lines, self._rest = (self._rest + part).split(b"\n")
        return lines


def _request(
    programs: Sequence[ProgramRequest], deadline_s: float, extract: bool, attempts: bool, stream: bool
) -> dict[str, Any]:
    """Arguments of httpx for a request."""
    asked = wire.JudgeRequest(
        programs=tuple(programs), deadline_s=deadline_s, stream=stream, extract=extract, attempts=attempts
    )
    return {
        "method": "POST",
        "url": wire.JUDGE,
        "content": msgspec.json.encode(asked),
        "headers": {"Content-Type": "application/json"},
        "timeout": httpx.Timeout(_CONNECT_S, read=deadline_s + _MARGIN_S),
    }


def _settings(url: str, token: str | None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # certificates take 30 ms to read, and nobody is asked for one without TLS
    verify = not url.startswith("http://")
    return {"base_url": url, "headers": headers, "timeout": httpx.Timeout(_CONNECT_S), "verify": verify}


class Client:
    """Asks one server. A context manager, safe from threads.

    Args:
        url: of the server.
        token: that it knows, where it asks for one.
        patience_s: so long at most it asks again where the server is busy, restarting, or not there.
    """

    def __init__(self, url: str, token: str | None = None, patience_s: float = 600.0):
        self._patience_s = patience_s
        self._http = httpx.Client(**_settings(url, token))

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
        answer = self._asked(_request(programs, deadline_s, extract, attempts, stream=False))
        return list(_read(answer.content, wire.JudgeReply).results)

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
        request = self._http.build_request(**_request(programs, deadline_s, extract, attempts, stream=True))
        answer = self._sent(request, stream=True)
        lines, left = _Lines(), len(programs)
        try:
            for part in answer.iter_bytes():
                for line in lines.of(part):
                    yield _read(line, Result)
                    left -= 1
        except httpx.TransportError as error:
            raise EnvironmentFault(f"the judge's answer broke off: {error}") from error
        finally:
            answer.close()
        if left:
            raise EnvironmentFault(f"the judge's answer broke off: {left} results are missing")

    def problems(self) -> dict[str, list[str]]:
        """Set -> task ids of the problems that programs may name."""
        return _read(self._asked({"method": "GET", "url": wire.PROBLEMS}).content, wire.ProblemsReply).problems

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(self, request: dict[str, Any]) -> httpx.Response:
        return self._sent(self._http.build_request(**request))

    def _sent(self, request: httpx.Request, stream: bool = False) -> httpx.Response:
        waiting = _Waiting(self._patience_s)
        while True:
            answer: httpx.Response | httpx.TransportError
            try:
                answer = self._http.send(request, stream=stream)
                if answer.is_success:
                    return answer
                answer.read()
            except httpx.TransportError as error:
                answer = error
            time.sleep(waiting.after(answer))


class AsyncClient:
    """As `Client`, for an event loop."""

    def __init__(self, url: str, token: str | None = None, patience_s: float = 600.0):
        self._patience_s = patience_s
        self._http = httpx.AsyncClient(**_settings(url, token), limits=httpx.Limits(max_connections=None))

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
        answer = await self._asked(_request(programs, deadline_s, extract, attempts, stream=False))
        return list(_read(answer.content, wire.JudgeReply).results)

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
        request = self._http.build_request(**_request(programs, deadline_s, extract, attempts, stream=True))
        answer = await self._sent(request, stream=True)
        lines, left = _Lines(), len(programs)
        try:
            async for part in answer.aiter_bytes():
                for line in lines.of(part):
                    yield _read(line, Result)
                    left -= 1
        except httpx.TransportError as error:
            raise EnvironmentFault(f"the judge's answer broke off: {error}") from error
        finally:
            await answer.aclose()
        if left:
            raise EnvironmentFault(f"the judge's answer broke off: {left} results are missing")

    async def problems(self) -> dict[str, list[str]]:
        """As `Client.problems`."""
        answer = await self._asked({"method": "GET", "url": wire.PROBLEMS})
        return _read(answer.content, wire.ProblemsReply).problems

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _asked(self, request: dict[str, Any]) -> httpx.Response:
        return await self._sent(self._http.build_request(**request))

    async def _sent(self, request: httpx.Request, stream: bool = False) -> httpx.Response:
        waiting = _Waiting(self._patience_s)
        while True:
            answer: httpx.Response | httpx.TransportError
            try:
                answer = await self._http.send(request, stream=stream)
                if answer.is_success:
                    return answer
                await answer.aread()
            except httpx.TransportError as error:
                answer = error
            await asyncio.sleep(waiting.after(answer))
