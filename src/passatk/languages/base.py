"""What a language is: data, a rule for assembling programs, and a few overrides.

Everything a language's harness promises to the judge:

- it reads the one-time token (32 bytes) from stdin before any code of the program runs,
- it writes the token to descriptor 3 after the last test, and only if every test held,
- it exits with `EXIT_NOT_COMPILED` or `EXIT_ASSERTION` where the language has no better sign of its own.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import msgspec
from msgspec import UNSET

from passatk.cases import Call
from passatk.errors import InputError
from passatk.languages.derived import Derived, Kept
from passatk.languages.dialect import Dialect
from passatk.records import (
    Examiner,
    ParentTool,
    Problem,
    Program,
    Record,
    ResidentTool,
    Sample,
    Status,
    StepFacts,
    WarmTool,
    Workshop,
)
from passatk.regex import regex
from passatk.textfiles import data_home, in_turn, made_whole

EXIT_NOT_COMPILED = 64
EXIT_ASSERTION = 65

NO_TESTS = "a test to run (the problem's tests are empty or commented out)"

_LONG_TESTS = 1 << 18
"""Longer tests are not kept in memory: a process that lives long meets many."""
_PROBE_TIMEOUT_S = 600  # Go and Rust compile their libraries once


class Toolchain(Record, frozen=True, kw_only=True):
    """One language's tools as found on this machine."""

    language: str
    version: str
    """As the tool prints it; empty when missing."""
    path: tuple[str, ...] = ()
    """Folders to put on the sandbox's PATH."""
    readable: tuple[str, ...] = ()
    """Folders and files that programs must be able to read."""
    variables: tuple[tuple[str, str], ...] = ()
    """Values for `${NAME}` in a program's commands and environments: what differs between machines."""
    interpreter: str = ""
    """Python only: the interpreter for programs, where it is not passatk's own."""
    warm: tuple[WarmTool, ...] = ()
    """Harnesses that the slots' server keeps imported."""
    resident: tuple[ResidentTool, ...] = ()
    """Compilers that slots keep running."""
    parents: tuple[ParentTool, ...] = ()
    """Interpreters that slots keep, to fork for programs."""
    provides: tuple[str, ...] = ()
    """Dependencies beyond the language itself that are there, see `Program.requires`."""
    lacks: tuple[str, ...] = ()
    """Optional dependencies that are not there, each with how to get it."""
    missing: tuple[str, ...] = ()
    """Why nothing can be judged in this language, each with what to do; empty when it can."""

    @property
    def usable(self) -> bool:
        return not self.missing

    @property
    def fingerprint(self) -> str:
        """A hash of version, dependencies, and place, size and date of the tools; empty when missing.

        Equal fingerprints: the same tools, as far as one can tell without reading them.
        """
        if self.missing:
            return ""
        parts = [self.version, *self.provides, *(f"{name}={value}" for name, value in self.variables)]
        for path in sorted({value for _, value in self.variables if os.path.isabs(value)} | set(self.readable)):
            with contextlib.suppress(OSError):
                found = os.stat(path)
                changed = found.st_mtime_ns if os.path.isfile(path) else 0
                parts.append(f"{path} {found.st_size if changed else 0} {changed}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @property
    def identity(self) -> str:
        """Version, and a hash of what the tools' files hold: the same wherever the same tools lie; empty when missing.

        Left out is what passatk built for itself, which says on no other machine what it was built from.
        """
        if self.missing:
            return ""
        own = str(data_home())
        paths = sorted(value for _, value in self.variables if os.path.isfile(value) and not value.startswith(own))
        held = [_content_hash(path, os.stat(path).st_mtime_ns) for path in paths]
        return f"{self.version} ({hashlib.sha256(repr([self.provides, held]).encode()).hexdigest()[:12]})"


@lru_cache(maxsize=256)
def _content_hash(path: str, _: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


TYPED_HEAD = regex(
    r"^[ \t]*(?!(?:return|else|new|throw|using|case|delete)\b)[A-Za-z_][\w:<>,&*\[\]. \t]*[ \t&*>]([A-Za-z_]\w*)\s*\(",
    re.MULTILINE,
)
"""`Language.head` where a type stands before the function's name."""


class CannotCross(Exception):
    """What the tests use of a program is more than values. Its text says what."""


class Missing(Exception):
    """A tool is not here, too old, or does not work. Its text says what to do."""


class Language(Dialect, ABC):
    """One programming language. An instance is stateless; `languages.by_name` has them all."""

    name: str
    title: str
    prefix: str
    """Task ids of this language are `<prefix>/<number>`."""
    aliases: tuple[str, ...] = ()
    comment: str = "//"
    """Begins a comment that ends with the line."""
    head: re.Pattern[str]
    """Begins a function, up to the parenthesis before its parameters; its one group that matches is the name."""
    head_end: re.Pattern[str]
    """What stands between the parameters and the body, what opens the body included."""
    name_first: bool = False
    """A parameter's name stands before its type."""
    typed_by_colon: bool = False
    """A colon parts a parameter's name from its type."""
    usual_setup: str = ""
    """What most programs begin with: imports or includes that benchmarks add, and that are prepared for."""
    multipl_e: tuple[str, ...] = ()
    """What MultiPL-E calls the language in its files."""
    compared: re.Pattern[str] = regex(r"(?!)")
    """Two values within the words of a failed test; its groups are named as the words name them."""
    option: re.Pattern[str] = regex(r"(?!)")
    """Toolchain options that a problem may ask for, each on its own."""
    minimum: tuple[int, ...]
    """Oldest toolchain version that can judge."""
    packages: tuple[str, ...]
    """Debian packages that bring the toolchain."""
    modules: tuple[str, ...] = ()
    """Packages of npm's that it needs besides, as npm is asked for them."""
    optional: bool = False
    """Its toolchain is installed where somebody asks for it: one that is missing is nothing to complain about."""
    assertion: re.Pattern[str] | None = None
    """In stderr or stdout of a failed run: a test's assertion did not hold."""
    telling: re.Pattern[str] = regex(r"(?!)")
    """In a line of stderr or stdout of a failed run: it says why."""
    out_of_memory: re.Pattern[str] | None = None
    """In stderr of a failed run: the runtime's own memory limit was reached."""
    keeps_apart: bool = False
    """What `assemble` makes runs tests and program in two processes."""
    test_mark: re.Pattern[str]
    """In the text of every problem's tests: there is something to run."""
    self_test: Problem
    """A problem whose reference must pass for the toolchain to be believed."""

    @abstractmethod
    def locate(self, cache: Path) -> Toolchain:
        """Find the toolchain, preparing under `cache` what programs need beyond it.

        Raises:
            Missing: it is absent, too old or broken.
        """

    @abstractmethod
    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        """`problem` + `sample` + `tests` (the hidden or the example tests) as files to build and run."""

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        """`tests` as a process of their own, see docs/wall.md. The same for all samples: it is asked once a task.

        Raises:
            CannotCross: the tests need more of a program than values.
        """
        raise CannotCross(f"tests in {self.title} share a process with the program")

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        """`problem` + `sample` as a program that answers the calls of `examiner`, and knows nothing of its tests."""
        raise NotImplementedError

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        """`problem` + `sample` as a program that reads stdin and writes stdout.

        Raises:
            InputError: it is not known how in this language.
        """
        raise InputError(
            f"{problem.task_id}: tests with inputs cannot be judged in {self.title} yet; choose another language, or"
            " write its tests as code"
        )

    def script(self, problem: Problem, sample: Sample, arguments: tuple[str, ...]) -> Program:
        """As `standalone`, started with these arguments.

        Raises:
            InputError: it is not known how in this language.
        """
        raise InputError(f"a checker cannot be written in {self.title} yet; choose Python or C++")

    def called(self, problem: Problem, sample: Sample, call: Call) -> Program:
        """`problem` + `sample` as a program that reads arguments, calls a function and writes what that returned.

        Raises:
            InputError: it is not known how in this language.
        """
        raise InputError(
            f"{problem.task_id}: tests that call a function with arguments cannot be judged in {self.title} yet; choose"
            " Python, or write its tests as code"
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        """How to build these, which have equal options, together."""
        raise NotImplementedError

    def program(self, problem: Problem, sample: Sample, tests: str) -> Program:
        """Behind the wall where that can be, else as `assemble` has it.

        Tests that would run nothing become a requirement that no machine can meet.
        """
        for option in problem.options:
            if not self.option.fullmatch(option):
                raise InputError(
                    f"{problem.task_id}: {option!r} is not an option of {self.title} that a problem may ask for;"
                    f" expected {self.option.pattern}"
                )
        if problem.cases is not UNSET:
            call = problem.cases.call
            program = self.standalone(problem, sample) if call is UNSET else self.called(problem, sample, call)
            program = msgspec.structs.replace(program, cases=problem.cases)
            if problem.cases.cases:
                return program
            return msgspec.structs.replace(program, requires=(*program.requires, NO_TESTS))
        derive = _examiner_of if len(tests) <= _LONG_TESTS else _examiner_of.__wrapped__
        examiner, reason = derive(self, problem, tests)
        if examiner is not None:
            program = self.behind_wall(problem, sample, examiner)
        else:
            program = self.assemble(problem, sample, tests)
            if not self.keeps_apart:
                program = msgspec.structs.replace(program, not_walled=reason)
        if self.test_mark.search(self.without_comments(tests)):
            return program
        return msgspec.structs.replace(program, requires=(*program.requires, NO_TESTS))

    def fault_in_tests(self, tests: str) -> str:
        """Why tests that somebody wrote by hand would say nothing of a program; empty if they do."""
        return ""

    def beside(self, declaration: str, tests: str) -> str:
        """Tests written to stand in the class that `declaration` opens, as tests that stand behind the program."""
        return tests

    def options_for(self, tests: str) -> tuple[str, ...]:
        """Options of the toolchain without which tests would say nothing of a program."""
        return ()

    def without_comments(self, source: str) -> str:
        """`source` for looking at: what is commented out is gone."""
        return re.sub(r"//[^\n]*|/\*.*?\*/", " ", source, flags=re.DOTALL)

    def toolchain(self, cache: Path) -> Toolchain:
        """Like `locate`, but a missing toolchain is a record that says so."""
        try:
            return self.locate(cache)
        except Missing as error:
            return Toolchain(language=self.name, version="", missing=(str(error),))

    def read_failure(self, facts: StepFacts) -> Status:
        """What a run that ended by itself, and not with exit code 0, says about itself."""
        if facts.exit_code == EXIT_NOT_COMPILED:
            return Status.COMPILE_ERROR
        if facts.exit_code == EXIT_ASSERTION:
            return Status.WRONG_ANSWER
        if self.out_of_memory and self.out_of_memory.search(facts.stderr):
            return Status.MEMORY_LIMIT
        if self.assertion and self.assertion.search(facts.stderr + facts.stdout):
            return Status.WRONG_ANSWER
        return Status.RUNTIME_ERROR

    def failure(self, facts: StepFacts) -> tuple[Status, str]:
        """Status of a run that failed by itself, and the line that says why: a message, else stderr's last line."""
        spoken = [[line.strip() for line in text.splitlines() if line.strip()] for text in (facts.stderr, facts.stdout)]
        named = [line for lines in spoken for line in reversed(lines) if self.telling.search(line)]
        return self.read_failure(facts), named[0] if named else spoken[0][-1] if spoken[0] else ""

    def comparison(self, words: str) -> dict[str, str]:
        """What words of a failed test say of the values they compared, in the language's own terms; empty if nothing.

        `expected` and `actual` where its words tell one from the other.
        """
        found = self.compared.search(" ".join(words.split()))
        return {} if found is None else {name: value.strip() for name, value in found.groupdict().items()}

    # --- for subclasses --------------------------------------------------------------------------------------

    def find_tool(self, command: str) -> str:
        """Absolute path of `command`: from `PASSATK_<COMMAND>`, else from PATH.

        Raises:
            Missing: it is neither.
        """
        variable = "PASSATK_" + re.sub(r"\W", lambda m: "X" if m[0] == "+" else "_", command).upper()
        wanted = os.environ.get(variable)
        found = shutil.which(wanted or command)
        if found is None:
            told = f"{variable}={wanted} is not an executable" if wanted else f"{command} is not installed"
            raise Missing(f"{told}; `apt-get install {' '.join(self.packages)}`, or set {variable} to its path")
        return found

    def check_version(self, printed: str, pattern: str = r"(\d+)(?:\.(\d+))?") -> str:
        """The first line of what a tool printed, if its version is at least `minimum`.

        Raises:
            Missing: it is older, or prints no version.
        """
        line = printed.strip().splitlines()[0] if printed.strip() else ""
        match = re.search(pattern, line)
        if match is None:
            raise Missing(f"cannot read the version of {self.title} from {line!r}")
        if tuple(int(part) for part in match.groups(default="0")) < self.minimum:
            needed = ".".join(map(str, self.minimum))
            raise Missing(f"{self.title} is too old: {line!r}, need {needed}; `apt-get install {self.packages[0]}`")
        return line


_kept = cache(Kept)


@lru_cache(maxsize=4096)
def _examiner_of(language: Language, problem: Problem, tests: str) -> Derived:
    ours = type(language).__module__.startswith(f"{__package__}.")  # else its source is not known
    key = _kept().key(language.name, problem, tests) if ours else ""
    if key and (known := _kept().get(key)):
        return known
    derived: Derived
    try:
        derived = language.examiner(problem, tests), ""
    except CannotCross as error:
        derived = None, str(error)
    if key:
        _kept().put(key, derived)
    return derived


def body_of(problem: Problem, sample: Sample) -> str:
    """The sample with what it continues, and what stands behind it."""
    return sample.text if sample.whole else problem.prompt + sample.text + problem.suffix


def mark_of(body: str, tests: str) -> str:
    """A name made from a program itself, which it therefore cannot have known when it was written."""
    return hashlib.sha256(f"{body}\n{tests}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def harness(name: str) -> str:
    """Text of a harness file."""
    return resources.files("passatk.languages").joinpath("harness", name).read_text()


def prepared(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, which `make` has filled, now or before: whole, or not there. Who wants it meanwhile waits for it."""
    if folder.exists():
        return folder
    with in_turn(folder.parent):
        if not folder.exists():
            with made_whole(folder) as made:
                made.mkdir()
                make(made)
    return folder


def output_of(*command: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """What a trusted tool prints on stdout, else on stderr.

    Raises:
        Missing: it cannot be started, fails, or hangs.
    """
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PROBE_TIMEOUT_S,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]} does not work: {error}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        told = next((line for line in words if "error" in line.lower()), words[-1])
        raise Missing(f"`{' '.join(command)}` failed: {told}")
    return done.stdout or done.stderr
