"""What languages have in common whose file says little more than which commands run a program and its tests.

Program and tests share a process, under a harness that gives the token after the last test.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import msgspec

from passatk.languages.base import Language, Toolchain, body_of, harness, mark_of, output_of
from passatk.languages.lexing import Lexicon, spans
from passatk.languages.lines import Lines, outline_by_lines
from passatk.languages.syntax import Outline
from passatk.records import Asserts, Problem, Program, Sample, Step
from passatk.regex import regex

MARK = "PASSATK_MARK"
"""In all three files: replaced by letters and digits that the program cannot know."""


_SHEBANG = regex(r"\A#![^\n]*")


class Simple(Language):
    """A language that is judged by a harness, from a file for the program and one for its tests."""

    optional = True
    parsed = False
    lines: ClassVar[Lines]
    tools: ClassVar[dict[str, str]]
    """Variable of the toolchain -> command. The first is asked for its version."""
    version_flags: ClassVar[tuple[str, ...]] = ("--version",)
    version_pattern: ClassVar[str] = r"(\d+)\.(\d+)"
    reads: ClassVar[tuple[str, ...]] = ()
    """Folders outside of /usr that its tools read."""
    program_file: ClassVar[str]
    tests_file: ClassVar[str]
    harness_file: ClassVar[str]
    """A file of that name is in `harness/`, unless `harness_text` says something else."""
    beside_harness: ClassVar[tuple[str, ...]] = ()
    """Further files of `harness/`."""
    build: ClassVar[tuple[Step, ...]] = ()
    run: ClassVar[Step]
    build_alone: ClassVar[tuple[Step, ...]]
    """Builds `program_file`, which reads stdin, or says what is wrong with its syntax. `run` runs it."""
    seed: ClassVar[str] = ""
    """Before such a program: code that sets the seed of the language's random numbers."""

    def outline(self, code: str) -> Outline:
        return outline_by_lines(self.lexicon, self.lines, code)

    def without_comments(self, source: str) -> str:
        pieces, at = [], 0
        for kind, start, end in spans(self.lexicon, source, brackets=False):
            if kind == "comment":
                pieces.append(source[at:start])
                at = end
        return "".join(pieces) + source[at:]

    def locate(self, cache: Path) -> Toolchain:
        found = {variable: self.find_tool(command) for variable, command in self.tools.items()}
        first = next(iter(found.values()))
        version = self.check_version(self.printed_version(first), self.version_pattern)
        found |= self.prepare(found, cache)
        folders = [folder for folder in self.reads if os.path.exists(folder)]
        return Toolchain(
            language=self.name,
            version=version,
            readable=tuple(dict.fromkeys((*(os.path.realpath(path) for path in found.values()), *folders))),
            variables=tuple(found.items()),
        )

    def printed_version(self, tool: str) -> str:
        """What `tool` says of itself."""
        return output_of(tool, *self.version_flags)

    def prepare(self, found: dict[str, str], cache: Path) -> dict[str, str]:
        """Further variables: paths of what the tools need beside themselves, made below `cache` where it is not here.

        Raises:
            Missing: it is not to be had.
        """
        return {}

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        """The program's file."""
        return body

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        """The tests' file."""
        return tests

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        """The harness's file, which runs the others."""
        return harness(self.harness_file)

    def required(self, problem: Problem, body: str, tests: str) -> tuple[str, ...]:
        """What program and tests need beyond the toolchain."""
        return ()

    def alone_text(self, body: str) -> str:
        """The file of a program that reads stdin."""
        return f"{self.seed}{_SHEBANG.sub('', body)}"

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        argv = tuple(self.program_file if word == self.harness_file else word for word in self.run.argv)
        return Program(
            language=self.name,
            files=((self.program_file, self.alone_text(_body(problem, sample))),),
            build=self.build_alone,
            run=msgspec.structs.replace(self.run, argv=argv),
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = _body(problem, sample)
        mark = mark_of(body, tests)
        texts = (
            (self.program_file, self.program_text(problem, body, tests)),
            (self.tests_file, self.tests_text(problem, body, tests)),
            (self.harness_file, self.harness_text(problem, body, tests)),
            *((name, harness(name)) for name in self.beside_harness),
        )
        return Program(
            language=self.name,
            files=tuple((name, text.replace(MARK, mark)) for name, text in texts),
            build=self.build,
            run=self.run,
            requires=self.required(problem, body, tests),
        )


def _body(problem: Problem, sample: Sample) -> str:
    setup = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
    return f"{setup}{body_of(problem, sample)}".replace("\r\n", "\n").removeprefix("\ufeff")


def outside_text(lexicon: Lexicon, source: str, change: Callable[[str], str]) -> str:
    """`source` with `change` made to what stands between comments and strings."""
    pieces, at = [], 0
    for kind, start, end in spans(lexicon, source, brackets=False):
        if kind in ("comment", "string"):
            pieces += [change(source[at:start]), source[start:end]]
            at = end
    return "".join(pieces) + change(source[at:])


def names_in(text: str, pattern: str) -> set[str]:
    """What the first group of `pattern` matches in lines of `text`."""
    return set(re.findall(pattern, text, re.MULTILINE))


def simple_self_test(language: str, prefix: str, prompt: str, reference: str, tests: str) -> Problem:
    """A problem whose reference must pass."""
    return Problem(
        task_id=f"{prefix}/self-test",
        benchmark="self-test",
        language=language,
        prompt=prompt,
        declaration=prompt,
        reference=reference,
        tests=Asserts(code=tests),
    )
