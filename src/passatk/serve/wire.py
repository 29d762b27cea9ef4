"""What requests and replies of the native interface are. Server, client and OpenAPI document are made of these."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from passatk.cases import CaseResult
from passatk.problems.own import Row
from passatk.records import Outcome

PREFIX = "/v1"
JUDGE = f"{PREFIX}/judge"
PROBLEMS = f"{PREFIX}/problems"


class ProgramRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One completion, and the problem it is to solve: by name, or whole."""

    completion: Annotated[str, Meta(description="What a model wrote, as `evaluate` takes it.")]
    task_id: Annotated[str, Meta(description="Of a problem that the server was started with.")] = ""
    problems: Annotated[
        str, Meta(description="The set that `task_id` is of, as the server calls it; needed where several have it.")
    ] = ""
    problem: Annotated[
        Row | None, Meta(description="In place of `task_id`: the problem itself, see docs/problems.md.")
    ] = None
    id: Annotated[str, Meta(description="A name of its own, which its result repeats.", max_length=200)] = ""


class JudgeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Programs to judge."""

    programs: Annotated[tuple[ProgramRequest, ...], Meta(min_length=1)]
    deadline_s: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="Seconds from arrival in which an answer is wanted; what has no verdict then has none."),
    ] = None
    stream: Annotated[bool, Meta(description="One line of JSON for each result, as they come.")] = False
    extract: Annotated[bool, Meta(description="Completions are answers of chat models; read the code out of them.")] = (
        False
    )
    attempts: Annotated[bool, Meta(description="With the facts of every execution.")] = False


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one program."""

    index: int
    """Its place in the request, from 0."""
    task_id: str
    language: str
    status: str
    """As `passatk.Status`."""
    reason: str
    id: str = ""
    program: str = ""
    """Key of the program; empty where none was made."""
    read_as: str = ""
    """How the code was read from an answer."""
    borderline: bool = False
    unstable: bool = False
    walled: bool = True
    retry: bool = False
    """`not_judged` for a reason that may be gone another time: the deadline, a shutdown, the machine."""
    cases: tuple[CaseResult, ...] = ()
    attempts: tuple[Outcome, ...] | UnsetType = UNSET

    @property
    def passed(self) -> bool:
        return self.status == "passed"


class JudgeReply(msgspec.Struct, frozen=True, kw_only=True):
    """Results in the order of the programs."""

    results: tuple[Result, ...]


class ProblemsReply(msgspec.Struct, frozen=True, kw_only=True):
    """Problems that requests may name."""

    problems: dict[str, list[str]]
    """Set -> task ids."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was not answered."""

    kind: str
    """`request`, `unknown`, `token`, `too_large`, `too_slow`, `busy`, `closing`, `internal`."""
    message: str


class FaultReply(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer that is not 200."""

    error: Fault


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the server is."""

    status: str
    reason: str = ""
