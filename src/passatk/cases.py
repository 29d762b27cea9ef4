"""Tests as inputs and expected outputs: what a program is given, and how what it prints or returns is compared."""

import hashlib
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

Stopping = Literal["all", "first_failure"]


class CheckerProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A program that says whether an output is right. It reads three files, contained as any program is."""

    language: str
    source: str
    protocol: Literal["testlib", "cms", "function"] = "testlib"
    """`testlib`: arguments input, output, answer; an exit code. `cms`: arguments input, answer, output; it prints
    a score, of which 1 is right. `function`: in Python, `check(input, output, answer)` returns whether it is."""
    files: tuple[tuple[str, str], ...] = ()
    """More files that it needs to be built, such as `testlib.h`: name and text."""
    points: float | None = None
    """How many points testlib's exit code 7 gives to what is right; None: not known, so that it says nothing."""


class Checker(msgspec.Struct, frozen=True, kw_only=True):
    """How an output is compared with the expected one, see `passatk.judging.checkers`, or a value, see `returned`."""

    kind: Literal[
        "exact", "tokens", "lines", "numbers", "unordered_lines", "equal", "boxed", "close", "program", "any"
    ] = "lines"
    """`equal`, `boxed` and `close` are for values alone, `numbers` for both, the others for outputs. `any`: nothing is
    expected; what is printed is kept whole, see `CaseFacts.printed`. `close`: as EvalPlus compares."""
    absolute: float = 0.0
    """For `numbers` and `close`: a number may differ by so much, or by `relative`; of `close`, by both together."""
    relative: float = 0.0
    reading: Literal["members", "presence", "anything", "root"] | UnsetType = UNSET
    """For `close`: only the members of a list count, as a set; only whether there is a value; nothing at all; or the
    value has to be a root of the polynomial whose coefficients are the only argument. Unset, it is no part of a key."""
    program: CheckerProgram | UnsetType = UNSET
    """For `program`. Unset, it is no part of a key."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A function that is called with the input of each test, a list of arguments, and returns its expected value."""

    name: str
    """A function, or a method as `Solution().name`. Where a program has only the other, that is called."""
    written: Literal["json", "python"] = "json"
    """How arguments and values are written: as JSON, which cannot say whether a list is a tuple, or as Python's
    literals."""
    together: bool | UnsetType = UNSET
    """One process makes all calls, one after another. Unset, each has its own, and this is no part of a key."""

    @property
    def defines(self) -> str:
        """What a program is to define: the function, or the method's class."""
        return self.name.partition("(")[0]


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """A program that knows what is expected, in Python: it is executed once, contained as any program is."""

    source: str
    """Defines `answer`, which takes the arguments of a test and returns a list: the values that are right, the first
    of which is shown; or none, where these arguments break the contract of the function."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One test: what the program reads, and what it is to print; or, as texts, arguments and the value to return."""

    id: str
    stdin: str
    expected: str
    public: bool = False
    """The problem shows it to its solver."""
    weight: float = 1.0
    cpu_s: float | None = None
    """The benchmark's own limit for this test; None: the limit of the problem's programs."""
    memory_bytes: int | None = None

    @property
    def size(self) -> int:
        return len(self.stdin) + len(self.expected)

    @property
    def key(self) -> str:
        """SHA-256 over all that a program's result depends on: not the test's name, nor what it counts for."""
        parts = self.stdin, self.expected, self.cpu_s, self.memory_bytes
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


class Cases(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Tests of a program that reads stdin and writes stdout, or of a function.

    Each meets a process of its own, unless `Call.together` says otherwise.
    """

    cases: tuple[Case, ...]
    checker: Checker = Checker()
    stop: Stopping = "all"
    cpu_s: float | None = None
    """CPU seconds that all tests together may take; None: no more than their own limits allow."""
    call: Call | UnsetType = UNSET
    """The function that they call. Unset, they are of whole programs."""
    answers: Answers | UnsetType = UNSET
    """Says what is expected, where `Case.expected` is empty. Unset, it is no part of a key."""

    @property
    def together(self) -> bool:
        """One process makes all calls."""
        return self.call is not UNSET and self.call.together is True

    @cached_property
    def in_order(self) -> tuple[Case, ...]:
        """As they are run: the smallest first. However they are listed, the first that fails is the same."""
        return tuple(sorted(self.cases, key=lambda case: (case.size, case.stdin, case.id)))

    @cached_property
    def keys(self) -> dict[str, str]:
        """Id -> `Case.key` of each."""
        return {case.id: case.key for case in self.cases}

    @cached_property
    def key(self) -> str:
        """SHA-256 over all of them. The order in which they are listed is no part of it."""
        called = [part for part in (self.call, self.answers) if part is not UNSET]
        digest = hashlib.sha256(msgspec.json.encode([self.checker, self.stop, self.cpu_s, *called]))
        for case in self.in_order:
            digest.update(hashlib.sha256(msgspec.json.encode(case)).digest())
        return digest.hexdigest()

    def shown(self) -> "Cases":
        """Only those that the problem shows."""
        return msgspec.structs.replace(self, cases=tuple(case for case in self.cases if case.public))


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a checker says of one output."""

    outcome: Literal["accepted", "wrong", "failed", "left_out"]
    """`failed`: the checker itself did, so nothing is known of the output. `left_out`: nothing is expected of it, since
    the input is none that a solution has to take."""
    words: str = ""


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one test."""

    id: str
    status: str
    """As `Status`, `not_run` behind the first failure where the tests stop there, or `left_out`."""
    public: bool
    weight: float
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_memory_bytes: int = 0
    output: str = ""
    """Its beginning and its end."""
    words: str = ""
    """Why it is not passed."""
    in_code: bool = False
    """The problem shows it, and its input and what is expected stand in the program's text."""


NOT_RUN = "not_run"
LEFT_OUT = "left_out"
"""Its input is none that a solution has to take: it counts nowhere."""


def counting(results: tuple[CaseResult, ...]) -> tuple[CaseResult, ...]:
    """Those that say something of a program."""
    return tuple(result for result in results if result.status != LEFT_OUT)


def fraction(results: tuple[CaseResult, ...], public: bool | None = None) -> float | None:
    """Which part of the tests passed; `public` asks for one kind. None: there are none."""
    asked = [result for result in counting(results) if public is None or result.public is public]
    return sum(result.status == "passed" for result in asked) / len(asked) if asked else None


def weighted(results: tuple[CaseResult, ...]) -> float | None:
    """The same by weight. None: nothing weighs anything."""
    whole = sum(result.weight for result in counting(results))
    return sum(result.weight for result in results if result.status == "passed") / whole if whole else None


def knows_answers(results: tuple[CaseResult, ...]) -> bool:
    """It may be a table: it passed all tests that are shown, has answers to them in its text, and fails hidden ones."""
    hidden = fraction(results, public=False)
    known = any(result.in_code for result in results)
    return known and fraction(results, public=True) == 1 and hidden is not None and hidden < 1


def summary(results: tuple[CaseResult, ...]) -> dict[str, float | int | None]:
    """How many there are, and which part of them passed: all, by weight, those shown and those hidden.

    `answers_in_code`: of how many input and output stand in the program's text.
    """
    return {
        "tests": len(counting(results)),
        "passed": sum(result.status == "passed" for result in results),
        "fraction": fraction(results),
        "weighted": weighted(results),
        "public_fraction": fraction(results, public=True),
        "hidden_fraction": fraction(results, public=False),
        "answers_in_code": sum(result.in_code for result in results),
    }
