"""A process that serves: it listens, says when it is ready, and ends in order."""

import asyncio
import contextlib
import logging
import resource
import signal
import socket
from collections.abc import Callable, Generator
from typing import Any

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from passatk.errors import EnvironmentFault, InputError, PassatkError
from passatk.languages import LANGUAGES
from passatk.pipeline import Judge
from passatk.pipeline.languages import canonical
from passatk.pipeline.settings import Judging
from passatk.problems import load
from passatk.records import Status
from passatk.serve.app import application
from passatk.serve.desk import Desk
from passatk.serve.gate import log
from passatk.serve.library import Library
from passatk.serve.service import Service
from passatk.serve.settings import Serving
from passatk.settings import checked

_HEAD_S = 30.0
"""Seconds in which the head of a request must have arrived."""
_HEAD_BYTES = 1 << 16
"""It may have so many, and so may what stands between two parts of a body, or behind the last."""
_KEEP_ALIVE_S = 60
_MOST_OPEN = 65_536
_GOODBYE_S = 5
"""Seconds that connections have to take their last answer."""


def serve(serving: Serving, judging: Judging, started: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends it at once.

    Args:
        serving: where, to whom, how much.
        judging: how programs are judged.
        started: told the address, when connections are taken.

    Raises:
        InputError: something is open that must not be, or a name is wrong.
        EnvironmentFault: the address cannot be used, or nothing can be judged here.
    """
    serving = checked(serving)
    if not judging.sandboxed and not serving.is_local:
        raise InputError("without a sandbox only this machine itself is served", setting="sandboxed")
    library = Library(map(load, serving.problems))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    log.setLevel(logging.INFO)
    languages = canonical(serving.languages, "languages")
    _take_connections()
    with (
        contextlib.closing(_listening(serving)) as listener,
        _judge(judging, languages) as judge,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(serving, library, judge, listener, started))


def _judge(judging: Judging, languages: tuple[str, ...] | None) -> Judge:
    return Judge(
        languages,
        judging.workers,
        limits=judging.limits,
        tests=judging.tests,
        cached=judging.cached,
        sandboxed=judging.sandboxed,
        require_wall=judging.require_wall,
        executor=judging.executor,
        address=judging.address,
    )


def _take_connections() -> None:
    """Allow as many connections as this account may have; programs have a limit of their own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, _MOST_OPEN)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _listening(serving: Serving) -> socket.socket:
    with contextlib.ExitStack() as stack:
        try:
            found = socket.getaddrinfo(serving.host, serving.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, kind, protocol, _, address = found[0]
            listener = stack.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise EnvironmentFault(f"cannot listen on {serving.host} port {serving.port}: {error.strerror}") from error
        stack.pop_all()
        return listener


async def _serve(
    serving: Serving, library: Library, judge: Judge, listener: socket.socket, started: Callable[[str], None]
) -> None:
    desk = Desk(judge, serving.queue_programs, serving.queue_bytes)
    service = Service(serving, library, desk)
    config = uvicorn.Config(
        application(service),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # whoever is asked for a turn is whom the connection says
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    ending: list[asyncio.Task[None]] = []

    async def end() -> None:
        await desk.finish(serving.grace_s)
        server.should_exit = True

    def stop() -> None:
        if ending:
            server.force_exit = server.should_exit = True
        else:
            log.warning("shutting down: what was accepted is finished, in at most %g s", serving.grace_s)
            ending.append(asyncio.ensure_future(end()))

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    serving_task = asyncio.ensure_future(server.serve([listener]))
    trying = asyncio.ensure_future(_try_out(service))
    while not server.started and not serving_task.done():
        await asyncio.sleep(0.01)
    host, port = listener.getsockname()[:2]
    started(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    await serving_task
    trying.cancel()
    desk.close()


async def _try_out(service: Service) -> None:
    """Judge what must pass, so that readiness is seen and not supposed."""
    judge = service.desk.judge
    usable = [name for name, toolchain in judge.environment.toolchains.items() if toolchain.usable]
    if not usable:
        service.trouble = "no toolchain is usable here; `passatk doctor` says what is missing"
        return
    problem = LANGUAGES["python" if "python" in usable else usable[0]].self_test
    try:
        verdict = await judge.ajudge(problem, problem.reference or "")
    except PassatkError as error:
        service.trouble = str(error)
        return
    service.ready = verdict.status is Status.PASSED
    service.trouble = (
        "" if service.ready else f"the self-test of {problem.language}: {verdict.status}: {verdict.reason}"
    )


class _Server(uvicorn.Server):
    """Signals are not its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Protocol(HttpToolsProtocol):
    """A connection on which a request's head takes too long, or too much memory, is closed."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._late: asyncio.TimerHandle | None = None
        self._aside: int | None = None
        """Bytes of what is no body, until more of one comes."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._aside is not None:
            self._aside += len(data)
            if self._aside > _HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response(f"More than {_HEAD_BYTES} bytes of headers.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._aside = 0
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_is_there()
        self._aside = None
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._aside = 0

    def on_body(self, body: bytes) -> None:
        self._aside = None
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._aside = None
        super().on_message_complete()

    def _await_head(self) -> None:
        self._head_is_there()
        self._late = self.loop.call_later(_HEAD_S, self.transport.abort)

    def _head_is_there(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
