"""What a slot is, what it is asked and what it replies."""

import binascii
import math
from typing import Any, TypedDict

from .accounts import GroupConfig, StepLimits

_FAULT_CHARACTERS = 2000
MOST_VARIATIONS = 1 << 16


class StepRequest(TypedDict):
    """A command with what it adds to the environment."""

    argv: list[str]
    env: list[tuple[str, str]]
    warm: str
    """The warm tool that takes `argv[1:]`; empty: execute `argv`."""
    resident: str
    """The resident tool that may do it instead; empty: none."""
    parent: str
    """The parent that forks for it, where there is one; empty: none."""


class Facts(TypedDict):
    """As `passatk.records.StepFacts`."""

    exit_code: int | None
    signal: int | None
    stopped_by: str | None
    cpu_s: float
    wall_s: float
    idle_s: float
    peak_memory_bytes: int
    output_bytes: int
    stdout: str
    stderr: str


class WarmConfig(TypedDict):
    """As `passatk.records.WarmTool`."""

    name: str
    folder: str
    module: str
    prelude: str
    imports: list[str]
    env: list[tuple[str, str]]


class ResidentConfig(TypedDict):
    """As `passatk.records.ResidentTool`."""

    name: str
    argv: list[str]


class ParentConfig(TypedDict):
    """As `passatk.records.ParentTool`."""

    name: str
    argv: list[str]
    env: list[tuple[str, str]]


class Config(TypedDict):
    """What a slot is: the same for all its programs."""

    namespaced: bool
    switch_user: bool
    """Programs run as `uid`; else as this process's own user, without privileges."""
    own_user: bool
    """The slot has a user namespace of its own."""
    uid: int
    examiner_uid: int
    examiners: str
    """The folder of what examiners are started from, to be hidden from programs; empty: there is none to hide."""
    work: str
    keep: list[str]
    """Toolchains that lie where a program has its own files (under /tmp, say) and must stay readable there."""
    cgroups: dict[str, GroupConfig]
    """For the `program`, its build included, and for the resident `tools`."""
    system_call_filter: bool
    warm: list[WarmConfig]
    resident: list[ResidentConfig]
    parents: list[ParentConfig]
    cpu: int | None
    """The one that programs run on; any, if None."""
    env: dict[str, str]
    """What every command has in its environment."""
    patience_s: float
    """How long an examiner may compute, and how long it may sleep, when its program has ended."""


class ExaminerRequest(TypedDict):
    """The command of a process that holds a program's tests."""

    argv: list[str]
    env: list[tuple[str, str]]
    asks: str
    """Of a command that stays: which tests it is to run. Empty: it runs its own, and ends."""


class ExaminerFacts(TypedDict):
    """As `passatk.records.ExaminerFacts`."""

    said: str
    exit_code: int | None
    signal: int | None
    stopped: bool
    cpu_s: float
    words: str


class CaseRequest(TypedDict):
    """A test: what the program is to read, and the limits of this run."""

    stdin: str
    limits: StepLimits
    whole: bool
    """All that it writes to its error is wanted too."""
    files: list[tuple[str, str]]
    """That this run finds besides: path, and content in base64."""
    returns: bool
    """What counts is written to descriptor 3, the value of a function; else it is the program's output."""


class Request(TypedDict):
    """A program to build and run; where `keeps` names files, to build only, and these come back."""

    files: list[tuple[str, str]]
    build: list[StepRequest]
    run: StepRequest
    limits: dict[str, StepLimits]
    disk_bytes: int
    examiner: ExaminerRequest | None
    keeps: list[str]
    made: list[tuple[str, str]]
    """What an earlier build left, in place of one: path, and content in base64."""
    variation: int
    """Which chance the program meets: 0 is the usual one."""
    case: CaseRequest | None
    """The first of several tests: after the reply to each comes the next, or that there is none."""


class Reply(TypedDict):
    """Facts of the last build step and of the run, or of one test where `case` is set; then more replies come."""

    build: Facts | None
    run: Facts | None
    proof: bool
    examiner: ExaminerFacts | None
    made: list[tuple[str, str]]
    """Files that were to be kept: name, and content in base64."""
    fault: str | None
    case: Facts | None
    output: str
    """All that a test's run printed, or returned, in base64."""
    errors: str
    """The same of its error, where that is wanted."""


def reply(
    build: Facts | None = None,
    run: Facts | None = None,
    proof: bool = False,
    examiner: ExaminerFacts | None = None,
    made: list[tuple[str, str]] | None = None,
    fault: str | None = None,
) -> Reply:
    """What is not given did not happen."""
    return Reply(
        build=build,
        run=run,
        proof=proof,
        examiner=examiner,
        made=made or [],
        fault=fault,
        case=None,
        output="",
        errors="",
    )


def case_reply(build: Facts | None, run: Facts, output: bytes, errors: bytes) -> Reply:
    """The reply on one test."""
    found = reply(build)
    found["case"], found["output"], found["errors"] = run, _base64(output), _base64(errors)
    return found


def _base64(text: bytes) -> str:
    return binascii.b2a_base64(text, newline=False).decode()


def fault(reason: str) -> Reply:
    """The reply when nothing can be said of the program."""
    readable = reason[:_FAULT_CHARACTERS].encode("utf-8", "backslashreplace").decode()
    return reply(fault=readable)


def check_request(message: Any) -> Request:
    """The message, if it is a request that can be tried.

    Raises:
        ValueError: it is not; says what is wrong with it.
    """
    try:
        _check(message)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"a request that makes no sense: {type(error).__name__}: {error}") from error
    request: Request = message
    return request


def check_case(message: Any) -> CaseRequest | None:
    """The message, if it is a test, or says that there are no more.

    Raises:
        ValueError: it is neither.
    """
    try:
        if message["stdin"] is None:
            return None
        _expect(isinstance(message["stdin"], str), "what a program reads is a text")
        _expect(isinstance(message["whole"], bool), "all of its error is wanted, or not")
        _expect(isinstance(message["returns"], bool), "whether a program returns a value is true or false")
        _check_contents(message["files"])
        _check_limits(message["limits"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"a test that makes no sense: {type(error).__name__}: {error}") from error
    case: CaseRequest = message
    return case


def _check_contents(files: Any) -> None:
    for path, content in files:
        _check_path(path)
        _expect(isinstance(content, str), "a file has a content in base64")


def _check_limits(limits: Any) -> None:
    for name in StepLimits.__annotations__:
        _expect(_is_amount(limits[name]), f"{name} is {limits[name]!r}, not an amount")


def _check(message: Any) -> None:
    if message["case"] is not None:
        _expect(check_case(message["case"]) is not None, "the first test is one")
    for path, text in message["files"]:
        _expect(isinstance(text, str), "a file is a path and a text")
        _check_path(path)
    _check_contents(message["made"])
    examiner = message["examiner"]
    _expect(examiner is None or isinstance(examiner, dict), "an examiner is a command, or None")
    _expect(examiner is None or isinstance(examiner["asks"], str), "what an examiner is asked is a text")
    _expect(isinstance(message["keeps"], list), "what is to be kept is a list of paths")
    variation = message["variation"]
    _expect(isinstance(variation, int) and variation in range(MOST_VARIATIONS), "a variation is a small number")
    for step in (*message["build"], message["run"], *([examiner] if examiner is not None else [])):
        _expect(isinstance(step["argv"], list) and bool(step["argv"]), "a step has a command")
        _expect(all(isinstance(text, str) for text in step["argv"]), "a command is made of texts")
        _expect(all(isinstance(text, str) for pair in step["env"] for text in pair), "an environment is made of texts")
        dict(step["env"])
    for path in message["keeps"]:
        _expect(isinstance(path, str) and not path.startswith("/") and ".." not in path.split("/"), "a path to keep")
    for step in (*message["build"], message["run"]):
        tools = (step["warm"], step["resident"], step["parent"])
        _expect(all(isinstance(name, str) for name in tools), "a tool has a name")
    for phase in ("build", "run"):
        _check_limits(message["limits"][phase])
    _expect(_is_amount(message["disk_bytes"]), "disk_bytes is an amount")


def _check_path(path: Any) -> None:
    _expect(isinstance(path, str), "a file has a path")
    _expect(not path.startswith("/") and ".." not in path.split("/"), f"{path!r} is outside the program's folder")


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
