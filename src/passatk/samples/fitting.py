"""Whether a whole file looks like answers to the problems it is given with.

Task ids of different benchmarks look alike: `Python/0` is a problem of HumanEval-X and one of `basics`. A file whose
records say nothing else still shows what it answers: a solution has the function's name, a completion the names of its
parameters.
"""

import re
from collections.abc import Iterator

from passatk.errors import InputError
from passatk.languages import by_name
from passatk.languages.heads import last_head
from passatk.problems import NAMES, ProblemSet, load
from passatk.records import Problem, Sample
from passatk.samples.formats import FormatError
from passatk.samples.matching import called

_ENOUGH = 5
"""Tasks of whole solutions, from which on none that has the function's name says that all are of other problems."""
_OTHERS = 3
"""Tasks that must fit another benchmark and not this one; in a smaller file, all of them."""
_TEXTS = 8
_TEXT = 4096
_EMBEDDED = "basics"


class Fitting:
    """Looks at every sample of a file, and judges at its end."""

    def __init__(self, problems: ProblemSet):
        self._set = problems
        self._texts: dict[str, list[str]] = {}
        self._whole: dict[str, bool] = {}
        self._told: dict[str, str] = {}

    def see(self, sample: Sample, told: str) -> None:
        """Remember what the verdict may need of a sample; `told` is its task id as the file spells it."""
        self._told[sample.task_id] = told
        kept = self._texts.setdefault(sample.task_id, [])
        if len(kept) < _TEXTS and sample.text.strip():
            kept.append(sample.text[:_TEXT])
        self._whole[sample.task_id] = self._whole.get(sample.task_id, True) and sample.whole

    def check(self) -> None:
        """Refuse a file of answers to other problems.

        Raises:
            FormatError: it is one; names the benchmark it fits, where passatk knows it.
        """
        texts = {task: kept for task, kept in self._texts.items() if kept and _names(self._set.problems[task])}
        here = self._fitting(texts, self._set.problems)
        if 2 * len(here) > len(texts):
            return
        for other in self._others(len(texts)):
            if not all(self._told[task] in other.problems for task in texts):
                continue
            theirs = {task: other.problems[self._told[task]] for task in texts}
            if all(self._set.problems[task].entry_point == problem.entry_point for task, problem in theirs.items()):
                continue
            there = self._fitting(texts, theirs)
            better, worse = len(there - here), len(here - there)
            if better >= min(_OTHERS, len(texts)) and better >= 4 * worse and better > 0:
                raise FormatError(
                    None,
                    f"these look like answers to the problems of {other.name}, not of {self._set.name}: of"
                    f" {len(texts)} tasks, {len(here)} use a name from the problem in {self._set.name}, and"
                    f" {len(there)} one from the problem in {other.name}",
                    f"generations for {self._set.name}, or the problems of {other.name}",
                )
        whole = [task for task in texts if self._whole[task]]
        if len(whole) >= _ENOUGH and 20 * len(here.intersection(whole)) <= len(whole):
            first = self._set.problems[whole[0]]
            raise FormatError(
                None,
                f"these look like answers to other problems: of {len(whole)} tasks,"
                f" {len(here.intersection(whole))} have a solution that mentions the function asked for"
                f" ({first.task_id} asks for {first.entry_point!r})",
                f"generations for {self._set.name}, or the problems that they were generated from",
            )

    def _fitting(self, texts: dict[str, list[str]], problems: dict[str, Problem]) -> set[str]:
        """Tasks with a text that has a name of its problem in `problems`."""
        found = set()
        for task, kept in texts.items():
            problem = problems[task]
            asked = called(problem.entry_point)
            names = [asked] if self._whole[task] and asked else _names(problem)
            pattern = re.compile(r"(?<![\w$])(?:" + "|".join(map(re.escape, names)) + r")(?![\w$])")
            if names and any(pattern.search(text) for text in kept):
                found.add(task)
        return found

    def _others(self, tasks: int) -> Iterator[ProblemSet]:
        """Benchmarks on this machine. For a few tasks the embedded suite alone, which is the same everywhere."""
        for name in NAMES if tasks >= _OTHERS else (_EMBEDDED,):
            try:
                yield load(name)
            except InputError:  # not on this machine, or to be named in parts
                continue


def _names(problem: Problem) -> list[str]:
    """What a completion of a problem is likely to mention: its function's parameters, and the function itself."""
    head = last_head(problem.declaration or problem.prompt, by_name(problem.language))
    parameters = head.parameters if head is not None else ()
    return [name for name in (called(problem.entry_point), *parameters) if name]
