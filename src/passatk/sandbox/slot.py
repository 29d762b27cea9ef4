"""A slot: one worker's long-lived container, in which programs are executed one after another."""

import binascii
import contextlib
import json
import os
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, TypeVar

import msgspec

from passatk.cases import Case
from passatk.errors import SandboxError
from passatk.records import (
    Examiner,
    ExaminerFacts,
    Isolation,
    Limits,
    Outcome,
    Program,
    Record,
    Step,
    StepFacts,
    StepLimits,
    Workshop,
    case_limits,
)
from passatk.sandbox.cgroups import NO_GROUP, SlotGroup
from passatk.sandbox.container import (
    COVERED,
    EXAMINERS,
    SERVER,
    SERVER_ENVIRONMENT,
    UID,
    View,
    bubblewrap,
    is_below,
)
from passatk.sandbox.isolation import HINTS, Level
from passatk.sandbox.server.frames import MOST_BYTES
from passatk.sandbox.server.removal import remove_tree
from passatk.sandbox.world import World, filled, fixed_environment, own_interpreter

_START = "import sys; sys.path.insert(0, sys.argv[1]); from server.start import start; start(namespaced={})"
EXAMINER_UID = UID + 1
"""The same for the processes that hold their tests."""
BARE_PREFIX = "passatk-bare-"
_GROUPS = ("program", "tools")
_MOST_REPLY_BYTES = 1 << 30
"""Output is kept to a few KiB; what a workshop built comes back whole."""


class SlotDied(Exception):
    """The slot's server ended while it had, or was given, a program."""


class _Ready(Record, frozen=True, kw_only=True):
    """The server's first message: its process id, as it sees it."""

    ready: int


class _Reply(Record, frozen=True, kw_only=True):
    """The server's message on a program: facts, or a fault."""

    build: StepFacts | None
    run: StepFacts | None
    proof: bool
    examiner: ExaminerFacts | None
    made: list[tuple[str, str]]
    fault: str | None
    case: StepFacts | None = None
    """Of one test; then this is not the last message on the program."""
    output: str = ""
    errors: str = ""


_Message = TypeVar("_Message", _Ready, _Reply)


class Slot:
    """Start with `Slot(world)`, execute programs, `close`. Not for use by two threads at once.

    Raises:
        SandboxError: the container cannot be started; names the reason and what usually helps.
    """

    def __init__(self, world: World, cpu: int | None = None):
        self._world = world
        self._cpu = cpu
        self._values = dict(world.variables)
        self._groups: dict[str, SlotGroup] = {}
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: str | None = None
        try:
            self._start()
        except (SlotDied, OSError) as error:
            self.close()
            raise SandboxError(f"cannot start a sandbox ({world.level}): {error}. {' '.join(HINTS)}") from error

    def _start(self) -> None:
        world = self._world
        bare = world.level is Level.NONE
        for name in _GROUPS:
            self._groups[name] = world.cgroups.make() if world.cgroups.version else NO_GROUP
        if bare:
            self._folder = tempfile.mkdtemp(prefix=f"{BARE_PREFIX}{os.getpid()}-")
        config = {
            "namespaced": not bare,
            "switch_user": world.level is Level.ACCOUNT,
            "own_user": world.level is Level.USER_NAMESPACE,
            "uid": UID,
            "examiner_uid": EXAMINER_UID,
            "examiners": "" if bare or not world.examiners else EXAMINERS,
            "work": f"{self._folder}/box" if bare else "/box",
            "keep": [] if bare else [path for path in self._shown() if is_below(path, COVERED)],
            "cgroups": {name: self._group_config(name, bare) for name in _GROUPS},
            "system_call_filter": world.isolation.syscall_filter == "seccomp",
            "warm": msgspec.to_builtins(world.warm),
            "resident": [] if bare else self._residents(),
            "parents": [] if bare else self._parents(),
            "cpu": self._cpu,
            "env": fixed_environment("/box" if self._folder is None else self._folder),
            "patience_s": world.patience_s,
        }
        home = str(SERVER.parent) if bare else "/passatk"
        python = world.interpreter or own_interpreter()
        command = [python, "-P", "-s", "-S", "-B", "-c", _START.format(not bare), home, json.dumps(config)]
        with contextlib.ExitStack() as stack:
            pass_fds: list[int] = []
            if not bare:
                view = View(
                    own_user=world.level is Level.USER_NAMESPACE,
                    shown=self._shown(),
                    groups={name: group.folders for name, group in self._groups.items()},
                    examiners=world.examiners,
                )
                command = [*bubblewrap(view, python, pass_fds, stack), *command]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                pass_fds=pass_fds,
                start_new_session=True,  # Ctrl-C is for the driver
                env=SERVER_ENVIRONMENT,
            )
        self._receive(_Ready)

    @property
    def isolation(self) -> Isolation:
        """As Outcomes are stamped."""
        return self._world.isolation

    def _group_config(self, name: str, bare: bool) -> dict[str, Any]:
        group = self._groups[name]
        inside = {controller: f"/passatk/cgroup/{name}/{controller}" for controller in group.folders}
        return {
            "version": group.version,
            "folders": group.folders if bare else inside,
            "hide": "/passatk/cgroup" if group.folders and not bare else None,
        }

    def execute(self, program: Program, limits: Limits, variation: int = 0) -> Outcome:
        """Build and run `program` in a fresh world. Its examiner, if it has one, has been built.

        `variation`: which chance it meets (hash seeds, random bytes, map orders); the same number, the same chance.

        Returns:
            The facts, `fault` set when the sandbox could not execute it.

        Raises:
            SlotDied: the slot ended; start a new one and try again.
        """
        reply = self._asked(self._request(program, limits, variation))
        return Outcome(
            build=reply.build,
            run=reply.run,
            proof=reply.proof,
            examiner=reply.examiner,
            isolation=self.isolation,
            fault=reply.fault,
        )

    def execute_cases(
        self,
        program: Program,
        limits: Limits,
        cases: Iterable[Case],
        take: Callable[[Case, StepFacts, bytes, bytes], bool],
        variation: int = 0,
        files: Callable[[Case], Mapping[str, bytes]] = lambda _: {},
        made: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Outcome:
        """Build `program` once and run it for each of `cases`, which are sent one by one: none is kept here.

        `files` gives what a case's run finds besides what was built; `made`, what an earlier build left.

        `take` gets a case, the facts of its run and all that it printed, or what a function returned, and says whether
        to go on. What it wrote to its error comes too where the checker is `any`.

        Returns:
            The facts of the build; what `take` heard is the caller's. `fault` and SlotDied as for `execute`.
        """
        left = iter(cases)
        case: Case | None = next(left)

        whole = program.cases is not None and program.cases.checker.kind == "any"

        def asked(case: Case) -> dict[str, Any]:
            return _case(case, limits.run, files(case), program.calls, whole)

        request = self._request(program, limits, variation) | {"made": _in_base64(made)}
        reply = self._asked(request | {"case": None if case is None else asked(case)})
        while reply.case is not None and case is not None:
            go_on = take(case, reply.case, binascii.a2b_base64(reply.output), binascii.a2b_base64(reply.errors))
            case = next(left, None) if go_on else None
            reply = self._asked({"stdin": None} if case is None else asked(case))
        return Outcome(build=reply.build, run=None, isolation=self.isolation, fault=reply.fault)

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """Build what examiners are started from: facts of the last step, and the files to keep, none if it failed.

        Raises:
            SandboxError: the sandbox could not execute it.
            SlotDied: as for `execute`.
        """
        idle = Step(argv=("true",))
        program = Program(language="", files=workshop.files, build=workshop.build, run=idle)
        reply = self._asked(self._request(program, limits) | {"keeps": workshop.keeps})
        if reply.fault is not None:
            raise SandboxError(f"tests cannot be built: {reply.fault}")
        return reply.build, {name: binascii.a2b_base64(content) for name, content in reply.made}

    def _request(self, program: Program, limits: Limits, variation: int = 0) -> dict[str, Any]:
        self._values["VARIED"] = str(1 + variation)
        return {
            "files": program.files,
            "build": [self._step(step) for step in program.build],
            "run": self._step(program.run),
            "limits": {"build": msgspec.to_builtins(limits.build), "run": msgspec.to_builtins(limits.run)},
            "disk_bytes": max(limits.build.disk_bytes, limits.run.disk_bytes),
            "examiner": None if program.examiner is None else self._examiner(program.examiner),
            "keeps": (),
            "made": (),
            "variation": variation,
            "case": None,
        }

    def _asked(self, request: dict[str, Any]) -> _Reply:
        body = json.dumps(request).encode()
        if len(body) > MOST_BYTES:
            reason = f"the program is too long: {len(body)} bytes with all its files, at most {MOST_BYTES} can be sent"
            return _Reply(build=None, run=None, proof=False, examiner=None, made=[], fault=reason)
        self._send(body)
        return self._receive(_Reply)

    def _examiner(self, examiner: Examiner) -> dict[str, Any]:
        folder = self._values[f"EXAMINERS_{examiner.language.upper()}"]
        own = {"EXAMINER": f"{folder}/{examiner.key}", "EXAMINER_NAME": examiner.name}
        return {
            "argv": [self._filled(arg, own) for arg in examiner.run.argv],
            "env": [(name, self._filled(value, own)) for name, value in examiner.run.env],
            "asks": self._filled(examiner.asks, own),
        }

    def _step(self, step: Step) -> dict[str, Any]:
        return {
            "argv": [self._filled(arg) for arg in step.argv],
            "env": [(name, self._filled(value)) for name, value in step.env],
            "warm": step.warm,
            "resident": step.resident,
            "parent": step.parent,
        }

    def _residents(self) -> list[dict[str, Any]]:
        tools = self._world.resident
        return [{"name": tool.name, "argv": [self._filled(arg) for arg in tool.argv]} for tool in tools]

    def _parents(self) -> list[dict[str, Any]]:
        return [
            {
                "name": tool.name,
                "argv": [self._filled(arg) for arg in tool.argv],
                "env": [(name, self._filled(value)) for name, value in tool.env],
            }
            for tool in self._world.parents
        ]

    def _filled(self, text: str, more: Mapping[str, str] = MappingProxyType({})) -> str:
        return filled(text, {**self._values, **more} if more else self._values)

    def _shown(self) -> tuple[str, ...]:
        """Folders and files of this machine that programs may read, each once."""
        return tuple(dict.fromkeys((*self._world.readable, *(tool.folder for tool in self._world.warm))))

    def kill(self) -> None:
        """End it at once, from any thread; the one that waits for it sees SlotDied."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the slot and everything in it."""
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            try:
                self._process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()
        for group in self._groups.values():
            group.close()
        if self._folder is not None:
            _remove(self._folder)

    def __enter__(self) -> "Slot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, body: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(struct.pack(">I", len(body)) + body)
            self._process.stdin.flush()
        except OSError as error:
            raise SlotDied(self._last_words()) from error

    def _receive(self, kind: type[_Message]) -> _Message:
        """The server's next message.

        Raises:
            SlotDied: the server ended, or what it sends is no such message.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        header = self._process.stdout.read(4)
        if len(header) < 4:
            raise SlotDied(self._last_words())
        size: int = struct.unpack(">I", header)[0]
        if size > _MOST_REPLY_BYTES:
            self.kill()
            raise SlotDied(f"its server sent a message of {size} bytes")
        body = self._process.stdout.read(size)
        if len(body) < size:
            raise SlotDied(self._last_words())
        try:
            return msgspec.convert(json.loads(body), kind)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            self.kill()
            raise SlotDied(f"its server sent what is no message: {error}") from error

    def _last_words(self) -> str:
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._log.seek(0)
        words = self._log.read().decode(errors="replace").strip().splitlines()
        return words[-1] if words else f"its server ended with code {self._process.returncode}"


def _case(case: Case, limits: StepLimits, files: Mapping[str, bytes], returns: bool, whole: bool) -> dict[str, Any]:
    return {
        "stdin": case.stdin,
        "limits": msgspec.to_builtins(case_limits(case, limits)),
        "files": _in_base64(files),
        "returns": returns,
        "whole": whole,
    }


def _in_base64(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    return [(path, binascii.b2a_base64(content, newline=False).decode()) for path, content in files.items()]


def sweep_bare() -> None:
    """Remove folders of slots without a sandbox whose driver is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{BARE_PREFIX}*"):
        owner = folder.name.removeprefix(BARE_PREFIX).partition("-")[0]
        if not Path(f"/proc/{owner}").exists():
            _remove(str(folder))


def _remove(folder: str) -> None:
    with contextlib.suppress(OSError):  # of another user, or somebody is still writing there: the next sweep has it
        remove_tree(folder)
