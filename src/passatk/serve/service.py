"""What all endpoints need: the desk, problems, limits, and refusals in one place."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import Request

from passatk.records import Problem
from passatk.serve.bodies import Refusal, body_of
from passatk.serve.desk import Batch, Desk, Task
from passatk.serve.gate import CLIENT
from passatk.serve.library import Library
from passatk.serve.line import Full
from passatk.serve.settings import Serving

_T = TypeVar("_T")

RETRY_S = 5
CODES = (400, 401, 408, 413, 422, 429, 500, 503)
"""Of endpoints that take programs."""


class Service:
    """What endpoints need."""

    def __init__(self, serving: Serving, library: Library, desk: Desk):
        self.serving, self.library, self.desk = serving, library, desk
        self._arriving = 0
        self.ready = False
        self.trouble = ""
        """Why nothing can be judged; empty if it can."""

    async def body(self, request: Request) -> bytes:
        """As `body_of`, within the limits that are set: all that arrive at once may have what may wait."""
        self._refuse_closing()
        own = 0

        def take(size: int) -> None:
            nonlocal own
            own += size
            self._arriving += size
            if self._arriving > self.serving.queue_bytes:
                words = f"requests of {self._arriving} bytes arrive at once, and {self.serving.queue_bytes} may"
                raise Refusal(429, "busy", words, {"Retry-After": "1", "Connection": "close"})

        try:
            return await body_of(request, self.serving.request_bytes, self.serving.body_s, take)
        finally:
            self._arriving -= own

    async def in_thread(self, work: Callable[[], _T]) -> _T:
        """What `work` gives; the event loop goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self.desk.readers, work)

    def enter(self, request: Request, tasks: Sequence[Task], deadline_s: float) -> Batch:
        """As `Desk.enter`.

        Raises:
            Refusal: it cannot.
        """
        if len(tasks) > self.serving.request_programs:
            raise Refusal(
                413,
                "too_large",
                f"{len(tasks)} programs in one request, and {self.serving.request_programs} may be; send it in parts",
            )
        self._refuse_closing()
        try:
            return self.desk.enter(request.scope[CLIENT], tasks, deadline_s)
        except Full as error:
            if error.retry_s is None:
                raise Refusal(413, "too_large", str(error)) from None
            raise Refusal(429, "busy", str(error), {"Retry-After": str(error.retry_s)}) from None

    def _refuse_closing(self) -> None:
        if self.desk.closing:
            headers = {"Retry-After": str(RETRY_S), "Connection": "close"}
            raise Refusal(503, "closing", "the server is being shut down", headers)

    def known_language(self, problem: Problem, place: str) -> None:
        """Raises Refusal where programs of a problem cannot be judged here at all."""
        known = self.desk.judge.environment.toolchains
        if problem.language not in known:
            words = f"{place}: {problem.language} is not served here; one of {', '.join(known)}"
            raise Refusal(422, "unknown", words)

    def refuse_missing(self, language: str) -> None:
        """Raises Refusal where no program of a language can be run here."""
        toolchain = self.desk.judge.environment.toolchains.get(language)
        if toolchain is None or not toolchain.usable:
            usable = [name for name, found in self.desk.judge.environment.toolchains.items() if found.usable]
            why = "" if toolchain is None else f" ({toolchain.missing[0]})"
            raise Refusal(422, "unknown", f"{language} is not served here{why}; one of {', '.join(usable)}")
