"""From problems and samples to programs: what is put together before anything is judged."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import UNSET

from passatk.errors import InputError, UnknownNameError
from passatk.languages import LANGUAGES, by_name
from passatk.problems import BENCHMARKS, ProblemSet, load
from passatk.prompts import completion
from passatk.records import Problem, Program, Sample
from passatk.runs import Manifest

Tests = Literal["hidden", "example"]


def reference_of(problem: Problem) -> Sample:
    """A problem's own solution; of a problem without one, nothing at all, which shows what its tests need.

    Outside of a function it is whole: strings that end a model's completion may stand in it.
    """
    text = problem.reference or ""
    if problem.in_function or not problem.stop:
        return Sample(task_id=problem.task_id, index=0, text=text)
    return Sample(task_id=problem.task_id, index=0, text=problem.prompt + text + problem.suffix, whole=True)


def with_options(problems: ProblemSet, options: Sequence[str]) -> ProblemSet:
    """`problems` with `LANGUAGE=OPTION` in place of their own options of that language's toolchain.

    Raises:
        InputError: an option is not of that form, or names no language.
    """
    given: dict[str, tuple[str, ...]] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not (equals and value):
            raise InputError(
                f"toolchain option {option!r}: expected LANGUAGE=OPTION, like cpp=-std=c++17",
                setting="toolchain_options",
            )
        try:
            language = by_name(name).name
        except UnknownNameError as error:
            error.setting = "toolchain_options"
            raise
        given[language] = (*given.get(language, ()), value)
    changed = {
        task: msgspec.structs.replace(problem, options=given[problem.language])
        for task, problem in problems.problems.items()
        if problem.language in given
    }
    return msgspec.structs.replace(problems, problems=problems.problems | changed)


def problems_of(manifest: Manifest, problems: ProblemSet | None, why: str = "") -> ProblemSet:
    """The problems that a run was judged against: those given, or from where they were.

    Raises:
        InputError: they are others; `why` they are needed stands before it.
    """
    problems = with_options(problems or load(manifest.problems_source), manifest.toolchain_options)
    if problems.hash != manifest.problems_sha256:
        raise InputError(
            f"{why}the problems in {problems.source or problems.name} are not those that the run was judged against"
            " (their hashes differ); name the right ones",
            setting="problems",
        )
    return problems


def refuse_without_tests(problems: ProblemSet) -> None:
    """Raises InputError where no problem has tests: of what is asked, nothing could be judged."""
    if not problems.problems or any(problem.has_tests for problem in problems.problems.values()):
        return
    name = next(iter(problems.problems.values())).benchmark
    advice = BENCHMARKS[name].without_tests if name in BENCHMARKS else "Give them tests"
    raise InputError(f"the problems of {problems.name} have no tests, so nothing can be judged by them. {advice}")


_KEPT_CHARACTERS = 32 << 20


def _code(problem: Problem, tests: Tests) -> str:
    return problem.tests.code if tests == "hidden" else problem.tests.examples


def program_of(problem: Problem, sample: Sample, tests: Tests) -> Program:
    """The program a sample becomes, cut where its completion ends, with the hidden or the example tests."""
    if tests == "example" and problem.cases is not UNSET:
        problem = msgspec.structs.replace(problem, cases=problem.cases.shown())
    if not sample.whole:
        alone = not (problem.prompt or problem.suffix)  # it continues nothing
        sample = Sample(task_id=sample.task_id, index=sample.index, text=completion(problem, sample.text), whole=alone)
    return LANGUAGES[problem.language].program(problem, sample, _code(problem, tests))


class Programs:
    """The programs of a run, with the tests that it judges by; each is assembled once, where memory allows."""

    def __init__(self, used: ProblemSet, tests: Tests):
        self.used, self._tests = used, tests
        self._references: dict[str, Program] = {}
        self._kept: dict[str, Program] = {}
        self._room = _KEPT_CHARACTERS

    def reference(self, task: str) -> Program:
        """Of a task's reference solution."""
        if task not in self._references:
            self._references[task] = self._assembled(reference_of(self.used.problems[task]))
        return self._references[task]

    def of(self, sample: Sample) -> Program:
        """A sample's program, which is kept for `taken` as long as there is room."""
        program = self._assembled(sample)
        size = sum(len(text) for _, text in program.files)
        if program.key not in self._kept and size <= self._room:
            self._kept[program.key] = program
            self._room -= size
        return program

    def taken(self, key: str, sample: Sample) -> Program:
        """The program of that key, which `sample` becomes: once."""
        return self._kept.pop(key, None) or self._assembled(sample)

    def _assembled(self, sample: Sample) -> Program:
        return program_of(self.used.get(sample.task_id), sample, self._tests)
