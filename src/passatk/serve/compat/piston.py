"""Piston's interface: its runtimes, and programs to run."""

import re
import signal
from typing import Annotated, Literal

import msgspec
from fastapi import Request
from fastapi.responses import Response
from msgspec import Meta

from passatk.languages import LANGUAGES
from passatk.records import StepFacts, Stop
from passatk.serve.bodies import Refusal, decoded, replied
from passatk.serve.compat.running import (
    MARGIN_S,
    Bare,
    Ran,
    decoded_files,
    in_their_words,
    limits_from,
    ran,
    refuse_name,
)
from passatk.serve.openapi import Document
from passatk.serve.service import CODES, Service

_Milliseconds = Annotated[float, Meta(ge=0)]
_COMPILE_MS, _RUN_MS = 10_000.0, 3_000.0
_Ended = Literal["TO", "OL", "SG", "RE"]
_STATUS: dict[Stop | None, _Ended] = {Stop.CPU: "TO", Stop.IDLE: "TO", Stop.OUTPUT: "OL"}
_MIB = 1 << 20


class PistonFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file; the first one is the program."""

    content: str
    name: str = ""
    encoding: Literal["utf8", "base64"] = "utf8"


class PistonRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A program to run."""

    language: Annotated[str, Meta(min_length=1)]
    version: Annotated[str, Meta(min_length=1)]
    files: Annotated[list[PistonFile], Meta(min_length=1)]
    stdin: str = ""
    args: list[str] = []
    compile_timeout: _Milliseconds = _COMPILE_MS
    run_timeout: _Milliseconds = _RUN_MS
    compile_cpu_time: _Milliseconds = 0.0
    run_cpu_time: _Milliseconds = 0.0
    compile_memory_limit: int = -1
    run_memory_limit: int = -1


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A build or a run: milliseconds and bytes."""

    stdout: str
    stderr: str
    output: str
    code: int | None
    signal: str | None
    message: str | None
    status: _Ended | None
    cpu_time: float
    wall_time: float
    memory: int


class PistonResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a program."""

    language: str
    version: str
    run: Stage
    compile: Stage | None = None


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """A language that programs may be in."""

    language: str
    version: str
    aliases: list[str]


class MessageReply(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was not answered."""

    message: str


class Piston:
    """Its endpoints."""

    def __init__(self, service: Service):
        self._service = service

    def attach(self, document: Document) -> None:
        """Add them."""
        document.add("GET", "/api/v2/runtimes", self.runtimes, gives=list[Runtime], codes=(401,))
        document.add(
            "POST",
            "/api/v2/execute",
            in_their_words(self.execute, _say),
            takes=PistonRequest,
            gives=PistonResult,
            codes=(*CODES, 504),
            fault=MessageReply,
        )

    async def runtimes(self, _: Request) -> Response:
        """Languages that programs may be in."""
        return replied(self._runtimes())

    async def execute(self, request: Request) -> Response:
        """Run a program, and give what it printed."""
        body = await self._service.body(request)
        asked = decoded(body, PistonRequest)
        if asked.args:
            raise Refusal(400, "request", "args are not supported here; leave them out")
        runtime = self._runtime(asked.language, asked.version)
        source, *others = _texts(asked.files)
        compile_s, run_s = ((ms or usual) / 1000 for ms, usual in _timeouts(asked))
        memory = -(-asked.run_memory_limit // _MIB) if asked.run_memory_limit > 0 else None
        compile_cpu_s = asked.compile_cpu_time / 1000 or compile_s
        bare = Bare(
            language=runtime.language,
            source=source[1],
            stdin=asked.stdin,
            files=tuple(others),
            limits=limits_from(compile_cpu_s, asked.run_cpu_time / 1000 or run_s, memory, run_s),
        )
        found = await ran(self._service, request, bare, len(body), compile_s + run_s + MARGIN_S)
        return replied(_result(runtime, found))

    def _runtimes(self) -> list[Runtime]:
        toolchains = self._service.desk.judge.environment.toolchains
        return [
            Runtime(language=name, version=_version(found.version), aliases=list(LANGUAGES[name].aliases))
            for name, found in toolchains.items()
            if found.usable
        ]

    def _runtime(self, language: str, version: str) -> Runtime:
        for runtime in self._runtimes():
            if language == runtime.language or language in runtime.aliases:
                if _fits(runtime.version, version):
                    return runtime
                break
        raise Refusal(400, "unknown", f"{language}-{version} runtime is unknown")


def _timeouts(asked: PistonRequest) -> tuple[tuple[float, float], tuple[float, float]]:
    return (asked.compile_timeout, _COMPILE_MS), (asked.run_timeout, _RUN_MS)


def _version(printed: str) -> str:
    found = re.search(r"\d+(?:\.\d+)*", printed)
    return found[0] if found else "0"


def _fits(version: str, wanted: str) -> bool:
    """Whether a version is what was asked for: itself, the first parts of it, or `*`."""
    parts = [part for part in wanted.split(".") if part not in ("x", "X", "*")]
    return version.split(".")[: len(parts)] == parts


def _texts(files: list[PistonFile]) -> list[tuple[str, str]]:
    """Names and contents; the first is the program, whatever it is called.

    Raises:
        Refusal: one cannot lie beside a program.
    """
    first, *others = files
    if first.encoding != "utf8":
        raise Refusal(400, "request", "the first file is the program, and must be utf8 encoded")
    found = [("", first.content)]
    for number, file in enumerate(others, 1):
        name = file.name or f"file{number}.code"
        if file.encoding == "base64":
            found += decoded_files({name: file.content})
        else:
            refuse_name(name)
            found.append((name, file.content))
    names = [name for name, _ in found]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise Refusal(400, "request", f"two files are called {double!r}")
    return found


def _result(runtime: Runtime, found: Ran) -> PistonResult:
    build = None
    if found.build is not None:
        build = _stage(found.build, found.build_stop, found.build.stdout, found.build.stderr, "")
    if found.run is None:  # as theirs: what was not built has an empty run
        run = Stage(
            stdout="", stderr="", output="", code=None, signal=None, message=found.words, status=None, cpu_time=0.0,
            wall_time=0.0, memory=0,
        )  # fmt: skip
    else:
        run = _stage(found.run, found.run_stop, found.stdout, found.stderr, found.words)
    return PistonResult(language=runtime.language, version=runtime.version, run=run, compile=build)


def _stage(facts: StepFacts, stop: Stop | None, stdout: str, stderr: str, words: str) -> Stage:
    number = facts.signal if facts.signal is not None else signal.SIGKILL if stop is not None else None
    ended: _Ended | None = "SG" if number is not None else "RE" if facts.exit_code else None
    return Stage(
        stdout=stdout,
        stderr=stderr,
        output=stdout + stderr,
        code=None if number is not None else facts.exit_code,
        signal=None if number is None else _signal_name(number),
        message=words or None,
        status=_STATUS.get(stop, ended),
        cpu_time=round(1000 * facts.cpu_s, 3),
        wall_time=round(1000 * facts.wall_s, 3),
        memory=facts.peak_memory_bytes,
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def _say(error: Refusal) -> Response:
    code = 400 if error.code == 422 else error.code
    return replied(MessageReply(message=error.message), code, error.headers)
