"""Whether a whole file looks like answers to the problems it is given with.

Task ids of different benchmarks look alike: `Python/0` is a problem of HumanEval-X and one of `basics`. A file whose
records say nothing else still shows what it answers: a solution has the function's name, a completion the names of its
parameters.
"""

import re
from collections.abc import Iterator

from passatk.errors import FieldError, InputError
from passatk.languages import LANGUAGES, Language, by_name
from passatk.languages.heads import heads, last_head
from passatk.problems import NAMES, ProblemSet, load
from passatk.records import Problem, Sample
from passatk.samples.matching import called
from passatk.wording import counted

_ENOUGH = 5
"""Tasks of whole solutions, from which on none that has the function's name says that all are of other problems."""
_OTHERS = 3
"""Tasks that must fit another benchmark and not this one; in a smaller file, all of them."""
_STRONG = 2
"""Names of another benchmark's problem that a completion must have, where a file has few tasks: one may be chance."""
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
        self._placed = False

    def see(self, sample: Sample, told: str, placed: bool = False) -> None:
        """Remember what the verdict may need of a sample.

        `told` is its task id as the file spells it; `placed`: the file has none, only an order.
        """
        self._placed = self._placed or placed
        self._told[sample.task_id] = told
        kept = self._texts.setdefault(sample.task_id, [])
        if len(kept) < _TEXTS and sample.text.strip():
            kept.append(sample.text[:_TEXT])
        self._whole[sample.task_id] = self._whole.get(sample.task_id, True) and sample.whole

    def check(self) -> None:
        """Refuse a file of answers to other problems.

        Raises:
            FieldError: it is one; names the benchmark it fits, where passatk knows it.
        """
        texts = {task: kept for task, kept in self._texts.items() if kept and _names(self._set.problems[task])}
        self._check_language(texts)
        here = self._fitting(texts, self._set.problems)
        if not texts or 2 * len(here) > len(texts):
            return
        for other in self._others():
            if not all(self._told[task] in other.problems for task in texts):
                continue
            theirs = {task: other.problems[self._told[task]] for task in texts}
            if all(self._set.problems[task].entry_point == problem.entry_point for task, problem in theirs.items()):
                continue
            least = 1 if len(texts) >= _OTHERS or other.name == _EMBEDDED else _STRONG
            there = self._fitting(texts, theirs, least)
            better, worse = len(there - here), len(here - there)
            if better >= min(_OTHERS, len(texts)) and better >= 4 * worse and better > 0:
                raise FieldError(
                    None,
                    f"these look like answers to the problems of {other.name}, not of {self._set.name}: of"
                    f" {counted(len(texts), 'task')}, {counted(len(here), 'uses', 'use')} a name from the problem in"
                    f" {self._set.name}, and {len(there)} one from the problem in {other.name}",
                    f"generations for {self._set.name}, or the problems of {other.name}",
                )
        whole = [task for task in texts if self._whole[task]]
        if self._placed and len(whole) < _ENOUGH:  # an order is no task id: another function is enough
            whole = [task for task in whole if self._declares(task)]
        enough = 1 if self._placed else _ENOUGH
        if len(whole) >= enough and 20 * len(here.intersection(whole)) <= len(whole):
            first = self._set.problems[whole[0]]
            raise FieldError(
                None,
                f"these look like answers to other problems: of {counted(len(whole), 'task')},"
                f" {counted(len(here.intersection(whole)), 'has', 'have')} a solution that mentions the function"
                f" asked for ({first.task_id} asks for {first.entry_point!r})",
                f"generations for {self._set.name}, or the problems that they were generated from",
            )

    def _declares(self, task: str) -> bool:
        """Whether a text of a task declares any function."""
        language = by_name(self._set.problems[task].language)
        return any(True for text in self._texts[task] for _ in heads(text, language))

    def _check_language(self, texts: dict[str, list[str]]) -> None:
        """Refuse whole solutions in another language than the problems, whose ids may be the same (MultiPL-E).

        Raises:
            FieldError: no solution declares its function in the problem's language, and most do in another one.
        """
        whole = [task for task in texts if self._whole[task] and self._set.problems[task].entry_point]
        if len(whole) < _OTHERS:
            return

        def declaring(language: Language | None) -> int:
            """Tasks whose function is declared as `language` does; None: as the problem's own."""
            return sum(
                any(
                    head.name == problem.entry_point
                    for text in texts[problem.task_id]
                    for head in heads(text, language or by_name(problem.language))
                )
                for problem in (self._set.problems[task] for task in whole)
            )

        if declaring(None):
            return
        for language in LANGUAGES.values():
            count = declaring(language)
            if 2 * count > len(whole):
                raise FieldError(
                    None,
                    f"these look like programs in {language.title}: of {len(whole)} tasks, {count} declare their"
                    f" function as {language.title} does, and none as {' or '.join(self._set.languages)} does",
                    f"generations for {self._set.name}, or the problems in {language.title}",
                )

    def _fitting(self, texts: dict[str, list[str]], problems: dict[str, Problem], least: int = 1) -> set[str]:
        """Tasks with a text that has a name of its problem in `problems`; a completion needs `least` of them."""
        found = set()
        for task, kept in texts.items():
            problem = problems[task]
            asked = called(problem.entry_point)
            names = [asked] if self._whole[task] and asked else _names(problem)
            pattern = re.compile(r"(?<![\w$])(?:" + "|".join(map(re.escape, names)) + r")(?![\w$])")
            needed = min(least, len(names)) if self._whole[task] else least
            if names and any(len(set(pattern.findall(text))) >= needed for text in kept):
                found.add(task)
        return found

    def _others(self) -> Iterator[ProblemSet]:
        """Benchmarks on this machine."""
        for name in NAMES:
            try:
                yield load(name)
            except InputError:  # not on this machine, or to be named in parts
                continue


def _names(problem: Problem) -> list[str]:
    """What a completion of a problem is likely to mention: its function's parameters, and the function itself."""
    head = last_head(problem.declaration or problem.prompt, by_name(problem.language))
    parameters = head.parameters if head is not None else ()
    return [name for name in (called(problem.entry_point), *parameters) if name]
