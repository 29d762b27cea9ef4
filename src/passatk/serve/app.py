"""The application: the native interface, what operators ask, and the interfaces of others that were asked for."""

import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

import passatk
from passatk.errors import InputError, UnknownNameError
from passatk.records import Problem
from passatk.serve import wire
from passatk.serve.bodies import Refusal, Vanished, decoded, replied, while_there
from passatk.serve.compat import INTERFACES
from passatk.serve.desk import Answer, Batch, completion_task
from passatk.serve.gate import Gate
from passatk.serve.library import Brought
from passatk.serve.openapi import Document
from passatk.serve.service import CODES, RETRY_S, Service

LINES = "application/x-ndjson"
_GONE = 499
"""What nobody will read."""


def application(service: Service) -> ASGIApp:
    """All that is served."""
    app = FastAPI(
        title="passatk",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # errors' words may be those of a program
    )
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Vanished, _vanished)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(Exception, _broken)
    document = Document(app, "passatk", passatk.__version__, wire.FaultReply)
    _Native(service).attach(document)
    for name in dict.fromkeys(service.serving.compat):
        INTERFACES[name](service).attach(document)
    paths = frozenset(str(getattr(route, "path", "")) for route in app.routes)
    return Gate(app, service.serving.tokens, service.desk.metrics, lambda: paths)


class _Native:
    def __init__(self, service: Service):
        self._service = service

    def attach(self, document: Document) -> None:
        lines = {LINES: {"schema": {"type": "string"}}}
        document.add(
            "POST", wire.JUDGE, self.judge, takes=wire.JudgeRequest, gives=wire.JudgeReply, codes=CODES, also=lines
        )
        document.add("GET", wire.PROBLEMS, self.problems, gives=wire.ProblemsReply, codes=(401, 500))
        document.add("GET", "/health", self.health, gives=wire.Health, codes=(500,))
        document.add("GET", "/ready", self.ready, gives=wire.Health, codes=(503,))
        document.add("GET", "/metrics", self.metrics, gives="text/plain; version=0.0.4; charset=utf-8", codes=(401,))

    async def judge(self, request: Request) -> Response:
        """Judge programs: all results at once, or one a line as they come."""
        body = await self._service.body(request)
        asked = decoded(body, wire.JudgeRequest)
        problems = await self._found(asked)
        each = len(body) // len(asked.programs)
        tasks = [
            completion_task(problem, program.completion, asked.extract, each)
            for problem, program in zip(problems, asked.programs, strict=True)
        ]
        batch = self._service.enter(request, tasks, self._deadline_s(asked))
        if asked.stream:
            return _Lines(asked, problems, batch)
        with batch:
            answers = await while_there(request, batch.all())
        results = tuple(_result(asked, problems, number, answer) for number, answer in enumerate(answers))
        return replied(wire.JudgeReply(results=results))

    def _deadline_s(self, asked: wire.JudgeRequest) -> float:
        serving = self._service.serving
        if asked.deadline_s is None:
            return serving.deadline_s
        if asked.deadline_s > serving.longest_deadline_s:
            words = f"deadline_s = {asked.deadline_s:g}: at most {serving.longest_deadline_s:g} s are allowed here"
            raise Refusal(422, "request", words)
        return asked.deadline_s

    async def _found(self, asked: wire.JudgeRequest) -> list[Problem]:
        if any(program.problem is not None for program in asked.programs):  # which takes long to read
            return await self._service.in_thread(lambda: self._problems(asked))
        return self._problems(asked)

    def _problems(self, asked: wire.JudgeRequest) -> list[Problem]:
        """The problem of each program.

        Raises:
            Refusal: one is unknown, or is none.
        """
        _refuse_doubles(asked)
        brought = Brought(self._service.serving.problem_tests)
        found = []
        for number, program in enumerate(asked.programs):
            place = f"programs[{number}]"
            try:
                problem = self._problem(program, place, brought)
            except UnknownNameError as error:
                raise Refusal(422, "unknown", f"{place}: {error}") from error
            except InputError as error:
                raise Refusal(422, "request", str(error)) from error
            self._service.known_language(problem, place)
            found.append(problem)
        return found

    def _problem(self, program: wire.ProgramRequest, place: str, brought: Brought) -> Problem:
        if (program.problem is None) == (not program.task_id):
            raise InputError(f"{place}: one of task_id and problem is needed, and not both")
        if program.problem is not None:
            return brought.problem(program.problem, f"{place}.problem")
        return self._service.library.get(program.task_id, program.problems)

    async def problems(self, _: Request) -> Response:
        """Problems that requests may name."""
        sets = self._service.library.sets
        return replied(wire.ProblemsReply(problems={name: list(found.problems) for name, found in sets.items()}))

    async def health(self, _: Request) -> Response:
        """Whether the server answers."""
        return replied(wire.Health(status="ok"))

    async def ready(self, _: Request) -> Response:
        """Whether it judges."""
        service = self._service
        if service.desk.closing:
            return replied(wire.Health(status="closing"), 503, {"Retry-After": str(RETRY_S)})
        if service.trouble:
            return replied(wire.Health(status="broken", reason=service.trouble), 503, {"Retry-After": str(RETRY_S)})
        if not service.ready:
            return replied(wire.Health(status="starting"), 503, {"Retry-After": "1"})
        return replied(wire.Health(status="ready"))

    async def metrics(self, _: Request) -> Response:
        """Figures for Prometheus."""
        return Response(self._service.desk.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


class _Lines(Response):
    """Results as they come, one a line."""

    media_type = LINES

    def __init__(self, asked: wire.JudgeRequest, problems: Sequence[Problem], batch: Batch):
        super().__init__()
        del self.headers["content-length"]
        self._asked, self._problems, self._batch = asked, problems, batch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._batch, contextlib.suppress(Vanished):
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await while_there(Request(scope, receive), self._send(send))

    async def _send(self, send: Any) -> None:
        async for number, answer in self._batch:
            line = msgspec.json.encode(_result(self._asked, self._problems, number, answer)) + b"\n"
            await send({"type": "http.response.body", "body": line, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _refuse_doubles(asked: wire.JudgeRequest) -> None:
    seen: set[str] = set()
    for number, program in enumerate(asked.programs):
        if program.id and program.id in seen:
            raise Refusal(422, "request", f"programs[{number}].id: another one is called {program.id!r} too")
        seen.add(program.id)


def _result(asked: wire.JudgeRequest, problems: Sequence[Problem], number: int, answer: Answer) -> wire.Result:
    verdict, given, problem = answer.verdict, answer.given, problems[number]
    return wire.Result(
        index=number,
        id=asked.programs[number].id,
        task_id=problem.task_id,
        language=problem.language,
        program="" if given is None else given.program.key,
        read_as="" if given is None else given.read_as,
        status=str(verdict.status),
        reason=verdict.reason,
        borderline=verdict.borderline,
        unstable=verdict.unstable,
        walled=verdict.walled,
        retry=answer.retry,
        cases=verdict.cases,
        attempts=verdict.attempts if asked.attempts else msgspec.UNSET,
    )


def _fault(kind: str, message: str) -> wire.FaultReply:
    return wire.FaultReply(error=wire.Fault(kind=kind, message=message))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return replied(_fault(error.kind, error.message), error.code, error.headers)


async def _vanished(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_GONE)


async def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = f"{request.method} {request.url.path}: {error.detail}; /openapi.json says what there is"
    return replied(_fault("unknown", words), error.status_code, dict(error.headers or {}))


async def _broken(_: Request, error: Exception) -> Response:
    return replied(_fault("internal", f"a mistake of the server's: {type(error).__name__}; its log says where"), 500)
