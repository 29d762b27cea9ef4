"""Programs that others send to be run: limits from their timeouts, and facts of what happened."""

import asyncio
import base64
import binascii
import traceback
from collections.abc import Callable, Coroutine, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from fastapi.responses import Response

from passatk.judging.quiet import quietest
from passatk.judging.verdict import passed_limit
from passatk.pipeline.bare import bare_program
from passatk.pipeline.judge import Given
from passatk.records import Limits, Record, Status, StepFacts, StepLimits, Stop
from passatk.serve.bodies import Refusal, Vanished, while_there
from passatk.serve.desk import Answer, Batch, Task, program_task
from passatk.serve.gate import log
from passatk.serve.service import Service

MARGIN_S = 8.0
"""So long after compile and run timeout an answer comes at the latest: clients wait 10 s."""
LONGEST_S = 3600.0
_PAUSE_S = 0.2
_MIB = 1 << 20
_LEAST_MIB = 16
_MOST_NAME = 200
_MOST_FILES = 100

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_T = TypeVar("_T")


class Bare(Record, frozen=True, kw_only=True):
    """A program to be run, not judged."""

    language: str
    source: str
    stdin: str
    files: tuple[tuple[str, str], ...]
    limits: Limits


class Ran(Record, frozen=True, kw_only=True):
    """What happened to it."""

    build: StepFacts | None
    build_stop: Stop | None
    """The limit that ended it, or that it passed."""
    run: StepFacts | None
    run_stop: Stop | None
    stdout: str
    stderr: str
    words: str
    """Why it is not passed."""


def limits_from(
    compile_s: float, run_s: float, memory_mib: int | None = None, run_idle_s: float | None = None
) -> Limits:
    """Timeouts of others as limits: each is CPU time, and as long a program may do nothing.

    Raises:
        Refusal: one is longer than any program may run here, or the memory is less than any program needs.
    """
    for name, seconds in (("compile", compile_s), ("run", run_s)):
        if not 0 < seconds <= LONGEST_S:
            words = f"a {name} timeout of {seconds:g} s: expected more than 0 and at most {LONGEST_S:g} s"
            raise Refusal(422, "request", words)
    run = StepLimits(cpu_s=run_s, idle_s=run_idle_s or run_s)
    build = StepLimits(cpu_s=compile_s, idle_s=compile_s, memory_bytes=Limits().build.memory_bytes)
    if memory_mib is not None:
        if not _LEAST_MIB <= memory_mib <= 1 << 20:
            raise Refusal(422, "request", f"a memory limit of {memory_mib} MiB: expected {_LEAST_MIB} MiB at least")
        run = StepLimits(cpu_s=run_s, idle_s=run_idle_s or run_s, memory_bytes=memory_mib * _MIB)
    return Limits(run=run, build=build)


def decoded_files(files: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Names and contents of files that are given in base64; those without content are left out.

    Raises:
        Refusal: a name lies outside of the program's folder, or a content is not base64, or not text.
    """
    found = []
    for name, content in files.items():
        refuse_name(name)
        if content is None:
            continue
        try:
            found.append((name, base64.b64decode(content, validate=True).decode()))
        except (binascii.Error, ValueError) as error:
            fault = "text in UTF-8" if isinstance(error, UnicodeDecodeError) else "base64"
            raise Refusal(
                422, "request", f"file {name!r} is not {fault}; only texts can lie beside a program"
            ) from None
    if len(found) > _MOST_FILES:
        raise Refusal(422, "request", f"there are {len(found)} files; at most {_MOST_FILES} can lie beside a program")
    return tuple(found)


def refuse_name(name: str) -> None:
    """Raises Refusal where a file of that name would not lie in the program's folder."""
    path = PurePosixPath(name)
    odd = not name or len(name.encode("utf-8", "replace")) > _MOST_NAME or not name.isprintable() or "\\" in name
    if odd or path.is_absolute() or ".." in path.parts or name.endswith("/") or str(path) != name:
        words = (
            f"a file called {name[:60]!r}: expected a path below the program's folder, of {_MOST_NAME} bytes at most"
        )
        raise Refusal(422, "request", words)


async def ran(service: Service, request: Request, bare: Bare, size: int, deadline_s: float) -> Ran:
    """Run it, and say what happened.

    Raises:
        Refusal: nothing is known of it: 504 where that may be otherwise another time.
    """
    service.refuse_missing(bare.language)

    def assemble(_: object) -> Given:
        return Given(program=bare_program(bare.language, bare.source, bare.stdin, bare.files))

    (answer,) = await answered(service, request, [program_task(assemble, bare.language, bare.limits, size)], deadline_s)
    return _facts(answer, bare.limits)


async def answered(service: Service, request: Request, tasks: list[Task], deadline_s: float) -> list[Answer]:
    """Answers to programs, all of which are judged.

    Raises:
        Refusal: one is not: 504 where it may be another time.
    """

    async def judged() -> list[Answer]:
        with await _entered(service, request, tasks, deadline_s) as batch:
            return await batch.all()

    answers = await while_there(request, judged())
    for answer in answers:
        if answer.retry:
            raise Refusal(504, "trouble", f"not judged: {answer.verdict.reason}; ask again")
        if answer.verdict.status is Status.NOT_JUDGED:
            raise Refusal(400, "request", f"cannot be judged here: {answer.verdict.reason}")
    return answers


async def _entered(service: Service, request: Request, tasks: list[Task], deadline_s: float) -> Batch:
    """Places in the line, as soon as there is room: many clients take "busy" for a failure of the program."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + deadline_s
    while True:
        try:
            return service.enter(request, tasks, max(0.0, ends - loop.time()))
        except Refusal as error:
            if error.code != 429 or loop.time() + _PAUSE_S > ends:
                raise
        await asyncio.sleep(_PAUSE_S)


def _facts(answer: Answer, limits: Limits) -> Ran:
    verdict = answer.verdict
    outcome = quietest(verdict.attempts)
    polled = outcome.isolation.cgroup == "none"
    printed = ("", "")
    for case in outcome.cases or ():
        printed = case.printed or ("", "")
    run = outcome.run
    if run is not None and verdict.status is Status.COMPILE_ERROR:  # an interpreter's, which says 1 elsewhere
        run = msgspec.structs.replace(run, exit_code=1)
    return Ran(
        build=outcome.build,
        build_stop=None if outcome.build is None else passed_limit(outcome.build, limits.build, polled),
        run=run,
        run_stop=None if run is None else passed_limit(run, limits.run, polled),
        stdout=printed[0],
        stderr=printed[1],
        words="" if verdict.status is Status.PASSED else f"{verdict.status}: {verdict.reason.removeprefix('test 1: ')}",
    )


def in_their_words(endpoint: Endpoint, say: Callable[[Refusal], Response]) -> Endpoint:
    """An endpoint whose refusals are said as its peer says them."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as error:
            return say(error)
        except Vanished:
            raise
        except Exception as error:  # noqa: BLE001 - nothing is known of the program, whatever it is
            log.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            return say(Refusal(504, "trouble", f"not judged: a mistake of the server's, {type(error).__name__}"))

    answer.__name__, answer.__doc__ = endpoint.__name__, endpoint.__doc__
    return answer
