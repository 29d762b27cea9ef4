"""The nouns that cross folders: frozen records, units in their names or docstrings."""

import enum
import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from passatk.cases import Case, CaseResult, Cases, Checked
from passatk.errors import InputError
from passatk.settings import inlined, setting

_MIB = 1 << 20


class Status(enum.StrEnum):
    """What became of one sample. Closed: nothing else is ever reported.

    `not_judged` is the judge's failure (toolchain missing, sandbox failed), never the program's.
    """

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    UNPROVEN = "unproven"
    NOT_JUDGED = "not_judged"


class Stop(enum.StrEnum):
    """Which limit the sandbox enforced on a step."""

    CPU = "cpu"
    IDLE = "idle"
    MEMORY = "memory"
    OUTPUT = "output"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: immutable, built by keyword."""


class Asserts(Record, frozen=True, kw_only=True):
    """Tests as code in the problem's language."""

    code: str
    """What decides."""
    examples: str = ""
    """What the problem shows its solver; empty where it shows none."""


class Problem(Record, frozen=True, kw_only=True):
    """One task of a benchmark in one language.

    A program is `prompt` + a completion + `suffix` + `tests`, or a whole solution + `tests`; `setup` goes first where
    it is not there already.
    """

    task_id: str
    """As its benchmark spells it: any text."""
    benchmark: str
    language: str
    prompt: str
    """Code that a completion continues; empty where a solution is written whole."""
    tests: Asserts
    instruction: str = ""
    """What a chat model is asked, where the problem has words of its own for it."""
    context: str = ""
    """What a model that continues text sees before `prompt`, and what is not part of the program: a broken function to
    mend, a description."""
    declaration: str = ""
    """The head of what is asked with what stands before it (imports, helpers), without its description."""
    entry_point: str = ""
    """The name that the tests call; empty where it is not known."""
    setup: str = ""
    """Imports or includes that every program gets: Python's helper imports, C++'s includes, Go's imports for tests."""
    suffix: str = ""
    """Code behind the completion (infilling)."""
    stop: tuple[str, ...] = ()
    """Strings before which a completion ends."""
    in_function: bool = True
    """The prompt ends inside the function, so that a completion ends where the function does."""
    cut: bool = False
    """A completion is judged only up to where it ends (HumanEval-X's Python; benchmarks with stop strings)."""
    closed: bool = False
    """What the prompt opened and a completion leaves open is closed behind it (MultiPL-E's tests do that)."""
    options: tuple[str, ...] = ()
    """Options of the toolchain, in its own words, like `-std=c++17` or `-ea`."""
    reference: str | None = None
    """A completion that passes; None where the benchmark has none."""
    tier: str = ""
    """A part of the benchmark that is scored apart as well."""
    cases: Cases | UnsetType = UNSET
    """Tests with inputs and outputs, which decide instead of `tests`. Unset, it is no part of what is hashed."""

    predicts: Literal["output", "input"] | UnsetType = UNSET
    """What is asked for is an expression: what a function returns, or a call of it. Unset, it is no part of what is
    hashed."""

    @property
    def has_tests(self) -> bool:
        return self.cases is not UNSET or bool(self.tests.code.strip())

    @property
    def solution(self) -> str:
        """The reference, where there has to be one.

        Raises:
            InputError: the problem has none.
        """
        if self.reference is None:
            raise InputError(f"{self.task_id} of {self.benchmark} has no reference solution, and this needs one")
        return self.reference


class Sample(Record, frozen=True, kw_only=True):
    """One generated completion. `index` counts the samples of a task from 0."""

    task_id: str
    index: int
    text: str
    whole: bool = False
    """The text is a whole solution, prompt included, not the continuation of one."""
    answer: str = ""
    """What a model said, where the text was read from it."""
    read_as: str = ""
    """How it was read, see `passatk.answers`; empty where the text is as it was given."""
    extraction: int | None = None
    """Version of the rules it was read by; None where it was not read, or that is not known."""
    finish_reason: str = ""
    """Why the model ended, in its server's words; empty where the generations do not say."""
    tokens: int | None = None
    """How many were generated; None where the generations do not say."""


class Step(Record, frozen=True, kw_only=True):
    """One command of a program: `argv[0]` is looked up on the sandbox's PATH; it runs in the program's folder."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    warm: str = ""
    """A `WarmTool` that takes `argv[1:]`, in a fork of the slot's own interpreter; else `argv` is executed."""
    resident: str = ""
    """A `ResidentTool` that may do it instead. What it does not do quickly and cleanly, `argv` does."""
    parent: str = ""
    """A `ParentTool` that forks, where there is one, for a child that does what `argv` would."""


class WarmTool(Record, frozen=True, kw_only=True):
    """A Python harness that the slot's server imports once, so that programs start with a fork of it."""

    name: str
    """As `Step.warm` names it. Contains a hash of what it does, so that it is part of a program's key."""
    folder: str
    """Where on this machine its modules are."""
    module: str
    """The one with `main(arguments)`, which ends the process, and `prepare(text)`, called once before."""
    prelude: str
    """What most programs begin with."""
    imports: tuple[str, ...]
    """Modules of the standard library that programs are likely to want, imported with it."""
    env: tuple[tuple[str, str], ...] = ()
    """What the environment of most programs holds."""


class ResidentTool(Record, frozen=True, kw_only=True):
    """A compiler that stays: it takes sources on stdin and gives back what it made of them, many times over."""

    name: str
    """As `Step.resident` names it."""
    argv: tuple[str, ...]


EXECUTOR = ""
"""Name of the `ParentTool` of steps that name none, which executes their commands."""


class ParentTool(Record, frozen=True, kw_only=True):
    """An interpreter that has started and stays: it forks for each program, whose start that saves."""

    name: str
    """As `Step.parent` names it. Contains a hash of what it does, so that it is part of a program's key."""
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    """What the environment of programs holds besides."""


class Examiner(Record, frozen=True, kw_only=True, dict=True):
    """A task's tests as a process of their own: built before any program of the task, shared by all of them."""

    language: str
    source: str
    """Made from tests, declaration and helpers; several are built together, see `Language.workshop`."""
    options: tuple[str, ...] = ()
    """Of the toolchain. Only examiners with equal options are built together."""
    run: Step
    """`${EXAMINER}` in it stands for the folder of what was built, `${EXAMINER_NAME}` for `name`."""
    asks: str = ""
    """Of one whose command stays from program to program: the tests to run. Empty: `run` is for one program."""
    requires: tuple[str, ...] = ()
    """As `Program.requires`."""

    @cached_property
    def key(self) -> str:
        """SHA-256 over all that it is made of."""
        parts = [self.language, self.source, self.options, _step(self.run), self.asks, self.requires]
        return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()

    @property
    def name(self) -> str:
        """What it is called among others that it is built with: letters, digits, begins with a letter."""
        return f"e{self.key[:24]}"


class Workshop(Record, frozen=True, kw_only=True):
    """How examiners are built: a program without a run, of which some files are kept."""

    files: tuple[tuple[str, str], ...]
    build: tuple[Step, ...] = ()
    keeps: tuple[str, ...]
    """What the examiners' `run` needs of the files, given or built; a folder stands for all that is in it."""


class Program(Record, frozen=True, kw_only=True, dict=True):
    """Files to build and run, for one language."""

    language: str
    files: tuple[tuple[str, str], ...]
    build: tuple[Step, ...] = ()
    run: Step
    requires: tuple[str, ...] = ()
    """Dependencies beyond the toolchain, by the names its `Toolchain.provides` uses."""
    examiner: Examiner | None = None
    """Holds its tests; None where the files do, or a harness keeps them apart by itself."""
    not_walled: str = ""
    """Why tests and program have to share a process; empty where they do not."""
    cases: Cases | None = None
    """What it reads and is to print. None of it is sent to the sandbox but each input, when its turn comes."""

    @property
    def checker_language(self) -> str:
        """Of the program that checks what it prints; empty where there is none."""
        checker = UNSET if self.cases is None else self.cases.checker.program
        return "" if checker is UNSET else checker.language

    @property
    def calls(self) -> bool:
        """Its tests call a function of it, and each takes what that returns."""
        return self.cases is not None and self.cases.call is not UNSET

    @cached_property
    def key(self) -> str:
        """SHA-256 over everything in the program: sources, harness, commands. Equal keys share one verdict.

        Toolchain and limits are not part of it: they belong to a run and stand in its manifest, so that the same
        samples judged on two machines have comparable digests.
        """
        parts = [self.language, self.files, [_step(s) for s in self.build], _step(self.run), self.requires]
        if self.examiner is not None:
            parts.append(self.examiner.key)
        if self.cases is not None:
            parts.append(["cases", self.cases.key])
        return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def _step(step: Step) -> list[object]:
    return [step.argv, step.env, step.warm, step.resident, *([step.parent] if step.parent else [])]


class StepLimits(Record, frozen=True, kw_only=True):
    """What one step (a build command, or the run) may use."""

    cpu_s: Annotated[
        float,
        setting("CPU seconds that all processes of a program together may use.", key="cpu_seconds", gt=0),
    ] = 3.0
    idle_s: Annotated[
        float,
        setting("Seconds in which no process of a program runs or wants to run.", key="idle_seconds", gt=0),
    ] = 5.0
    memory_bytes: Annotated[
        int, setting("MiB of memory that a program may use.", key="memory_mib", scale=_MIB, ge=16)
    ] = 1024 * _MIB
    output_bytes: Annotated[
        int,
        setting("KiB that a program may write to its output and error together.", key="output_kib", scale=1024, ge=1),
    ] = 16 * _MIB
    """Passes honest debug prints and stops a flood; beginning and end are kept."""
    processes: Annotated[int, setting("Processes and threads that a program may have at once.", ge=1)] = 128
    disk_bytes: Annotated[int, setting("MiB of files that a program may write.", key="disk_mib", scale=_MIB, ge=1)] = (
        256 * _MIB
    )
    """Size of the program's private file system."""


class Limits(Record, frozen=True, kw_only=True):
    """Limits of a program. Build and run are apart: a slow compiler never eats the program's time."""

    run: Annotated[StepLimits, inlined("Limits of a program")] = StepLimits()
    build: Annotated[StepLimits, inlined("Limits of its build", prefix="build_", about="Build: ")] = StepLimits(
        cpu_s=30.0, idle_s=30.0, memory_bytes=2048 * _MIB
    )


def case_limits(case: Case, limits: StepLimits) -> StepLimits:
    """What one test may use: what its benchmark says, else what its problem's programs may."""
    if case.cpu_s is None and case.memory_bytes is None:
        return limits
    return msgspec.structs.replace(
        limits,
        cpu_s=limits.cpu_s if case.cpu_s is None else case.cpu_s,
        memory_bytes=limits.memory_bytes if case.memory_bytes is None else case.memory_bytes,
    )


ExecutorName = Literal["local", "ray"]
"""Where programs are executed."""


class LimitPolicy(Record, frozen=True, kw_only=True):
    """How the limits of a task's programs follow from its reference solution."""

    factor: Annotated[
        float,
        setting(
            "Allow at least this multiple of the reference solution's CPU time, as measured on this machine.",
            key="cpu_factor",
            gt=1.5,  # judging.quiet.HEADROOM: below it, reference solutions could fail their own limit
        ),
    ] = 10.0
    floor: Annotated[Limits, inlined()] = Limits()
    """Limits of tasks whose reference solution needs next to nothing, or that have none."""


class Isolation(Record, frozen=True, kw_only=True):
    """What really contained a program, found by doing; stamped on every Outcome."""

    sandbox: str
    """`bubblewrap` or `none`."""
    uid: str
    """`unprivileged` (its own account), `user-namespace` (the caller's, without privileges), or `caller`."""
    cgroup: str
    """`v1`, `v2` or `none`."""
    namespaces: tuple[str, ...] = ()
    cpu_clock: str = "reaped-tree"
    """Where CPU time is read: `cgroup` or `reaped-tree` (wait4 over the whole PID namespace)."""
    syscall_filter: str = "none"
    """`seccomp` or `none`."""

    @property
    def words(self) -> str:
        """In one line."""
        return (
            f"{self.sandbox}, {self.uid}, cgroup {self.cgroup}, CPU clock {self.cpu_clock},"
            f" system call filter {self.syscall_filter}"
        )


class StepFacts(Record, frozen=True, kw_only=True):
    """Facts of one executed step. No opinions: `judging/verdict.py` has those."""

    exit_code: int | None
    """None when a signal ended it."""
    signal: int | None
    stopped_by: Stop | None
    cpu_s: float
    wall_s: float
    idle_s: float
    peak_memory_bytes: int
    output_bytes: int
    stdout: str
    """At most the first 2 KiB and the last 4 KiB, undecodable bytes as \\xNN."""
    stderr: str


class ExaminerFacts(Record, frozen=True, kw_only=True):
    """What the process with the tests made of a program, see docs/wall.md."""

    said: str
    """Its one line, the token left out; empty where it said nothing."""
    exit_code: int | None
    signal: int | None
    stopped: bool
    """It did not come to an end after its program had."""
    cpu_s: float
    words: str
    """Of its output, as of a program's."""


class CaseFacts(Record, frozen=True, kw_only=True):
    """Facts of one test with an input, and what its checker said of the whole output."""

    id: str
    run: StepFacts
    """At most the first and last 256 bytes of its output are kept."""
    checked: Checked
    printed: tuple[str, str] | UnsetType = UNSET
    """All of its output and of its error, where the checker is `any`; what is not UTF-8 became U+FFFD."""


class Outcome(Record, frozen=True, kw_only=True):
    """Everything known about one execution of a program."""

    build: StepFacts | None
    """The last build step that ran; None when the language has none."""
    run: StepFacts | None
    """None when the build failed. Where there are cases, of the one that needed most CPU time."""
    cases: tuple[CaseFacts, ...] | UnsetType = UNSET
    """Of those that were run, in the order they were run in."""
    proof: bool = False
    """The harness, or the examiner, handed over the one-time token after the last test."""
    examiner: ExaminerFacts | None = None
    """None where the tests are not in a process of this kind."""
    isolation: Isolation
    fault: str | None = None
    """Why the sandbox could not execute the program; then nothing else here counts."""
    stands_in: bool | UnsetType = UNSET
    """Of a reference solution, while it was asked what is right: only its CPU time counts, and it is executed again."""


class Tried(Record, frozen=True, kw_only=True):
    """What single tests with inputs said of a program under its limits, whatever tests it was judged by."""

    build: StepFacts | None
    """As of `Outcome`."""
    isolation: Isolation
    tests: dict[str, CaseFacts]
    """By `Case.key`."""


class Verdict(Record, frozen=True, kw_only=True):
    """A status, why, and every execution it rests on."""

    status: Status
    reason: str
    borderline: bool = False
    """Its CPU or idle time lies within a factor 1.5 of the limit: on another day it may fall on the other side."""
    unstable: bool = False
    """Repeats came out differently."""
    walled: bool = True
    """Tests and program shared no process."""
    cases: tuple[CaseResult, ...] = ()
    """Per test, as they are listed, where tests are cases; none if nothing was run."""
    attempts: tuple[Outcome, ...] = ()


class PassAtK(Record, frozen=True, kw_only=True):
    """pass@k, or pass^k, with its 95 % interval over tasks, see `scoring.rate_interval`."""

    k: int
    estimate: float
    low: float
    high: float


class Consistency(Record, frozen=True, kw_only=True):
    """Problems by how often their samples passed."""

    always: int
    sometimes: int
    never: int


class Score(Record, frozen=True, kw_only=True):
    """Scores of one group of samples: a language, a tier of it (`python/depth`), or all of them (`overall`)."""

    group: str
    problems: int
    """Scored."""
    tasks: int | None = None
    """Different ones among them: a problem in five languages is one. None in runs of earlier versions."""
    left_out: int = 0
    """Problems with samples that are not scored: unfit, or none of their samples could be judged."""
    samples: int
    statuses: dict[str, int]
    pass_at_k: tuple[PassAtK, ...]
    pass_hat_k: tuple[PassAtK, ...] = ()
    """pass^k for k > 1: all of k samples pass."""
    consistency: Consistency | None = None
    """None in runs of earlier versions."""
    refused: tuple[str, ...] = ()
    """Why some asked-for k has no value here."""
