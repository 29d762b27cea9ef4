"""Requests and replies of SandboxFusion's interface: what is not here is not read."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

_Name = Annotated[str, Meta(min_length=1)]
_Seconds = Annotated[float, Meta(gt=0)]
USUAL_S = 10.0
"""Timeouts of a request that has none."""


class RunCode(msgspec.Struct, frozen=True, kw_only=True):
    """A program to run."""

    code: str
    language: _Name
    stdin: str | None = None
    compile_timeout: _Seconds = USUAL_S
    run_timeout: _Seconds = USUAL_S
    memory_limit_MB: int = -1  # noqa: N815 - theirs
    files: dict[str, str | None] = {}
    fetch_files: list[str] = []
    args: list[str] = []


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """A build or a run."""

    status: Literal["Finished", "Error", "TimeLimitExceeded"]
    execution_time: float | None = None
    cpu_time: float | None = None
    return_code: int | None = None
    stdout: str | None = None
    stderr: str | None = None


class RunCodeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a program."""

    status: Literal["Success", "Failed"]
    message: str = ""
    compile_result: CommandResult | None = None
    run_result: CommandResult | None = None
    executor_pod_name: str | None = None
    files: dict[str, str] = {}


class DatasetConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What their requests say besides; what is not here is not read."""

    language: str | None = None
    compile_timeout: _Seconds | None = None
    run_timeout: _Seconds | None = None
    custom_extract_logic: str | None = None
    provided_data: dict[str, Any] | list[dict[str, Any]] | None = None
    extra: dict[str, Any] = {}


class Prompts(msgspec.Struct, frozen=True, kw_only=True):
    """Which problems."""

    dataset: str
    config: DatasetConfig = DatasetConfig()
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=0)] = 1_000_000


class PromptById(msgspec.Struct, frozen=True, kw_only=True):
    """Which problem."""

    dataset: str
    id: int | str
    config: DatasetConfig = DatasetConfig()


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A problem as a model is asked it."""

    id: int | str
    prompt: str
    labels: dict[str, str]


class Submit(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a problem."""

    id: int | str
    completion: str
    dataset: str = ""
    config: DatasetConfig = DatasetConfig()


class EvalTest(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one test."""

    passed: bool
    exec_info: RunCodeResult
    test_info: dict[str, str] | None = None


class EvalResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an answer."""

    id: int | str
    accepted: bool
    extracted_code: str
    full_code: str | None = None
    test_code: str | None = None
    tests: list[EvalTest] = []
    extracted_type: Literal["fenced", "incomplete_fenced", "heuristic", "empty"] | None = None
    extra: dict[str, str] = {}


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a request."""

    type: str
    loc: list[str]
    msg: str


class DetailReply(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was not answered."""

    detail: str | list[Detail]
