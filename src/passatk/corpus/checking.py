"""Every rendering of a corpus, executed: what the six languages compute beside what the interpreter says."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from passatk.corpus.bundles import bundle
from passatk.corpus.documents import Mix, Task
from passatk.corpus.files import CorpusManifest, Synthesized, as_line, reading
from passatk.corpus.synthetic import SyntheticCorpus, synthetic_corpus
from passatk.errors import InputError
from passatk.judging import Environment, LocalPool, default_limits
from passatk.judging.quiet import Job
from passatk.languages import LANGUAGES
from passatk.problems.rendering import RENDERERS, Specification
from passatk.records import Program, Record, Sample, Status, Verdict

WRITTEN = tuple(renderer.language for renderer in RENDERERS)
"""Languages that functions are rendered in."""
BUNDLE = 20
"""Functions in one program."""


class Disagreement(Record, frozen=True, kw_only=True):
    """A rendering that does not compute what the interpreter says."""

    language: str
    specification: Specification
    verdict: Verdict


class RenderingCheck(Record, frozen=True, kw_only=True):
    """What came of it."""

    renderings: dict[str, int]
    """Language -> how many were executed."""
    programs: int
    """How many programs they were bundled in, repetitions of single ones included."""
    disagreements: list[Disagreement]
    not_judged: dict[str, int]
    """Why -> how many could not be executed: a toolchain is missing, the sandbox failed."""


def made_anew(manifest: CorpusManifest, path: Path) -> tuple[SyntheticCorpus, Synthesized]:
    """The functions that a file's documents are about, from its manifest.

    Raises:
        InputError: the file was gathered, not synthesized.
    """
    if not isinstance(manifest.made, Synthesized):
        raise InputError(f"{path} holds real code, of which nobody says what it must do: only functions can be checked")
    return synthetic_corpus(manifest.made.seed, manifest.made.functions), manifest.made


def first_difference(
    path: Path, corpus: SyntheticCorpus, made: Synthesized, count: int, workers: int = 1
) -> int | None:
    """The first line (1-based) of a file that is not what a corpus has there, or None.

    `count` documents are made anew; a file that goes on after them differs only if they are all there should be.

    Raises:
        InputError: the file cannot be read.
    """
    number = 0
    with reading(path), path.open("rb") as file:
        for chunk in corpus.documents(count, made.mix, workers):
            for document in chunk:
                number += 1
                if file.readline() != as_line(document):
                    return number
        return number + 1 if count >= made.documents and file.read(1) else None


def check_documents(
    corpus: SyntheticCorpus,
    count: int,
    mix: Mix | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RenderingCheck:
    """Execute all that stands in a corpus' first `count` documents: each solution, and each source of a translation.

    A bundle that does not pass is taken apart, and its functions are judged one by one.
    """
    environment = Environment(WRITTEN, sandboxed=True)
    pool = LocalPool(environment, workers)
    tally = _Tally()
    failed: list[tuple[str, Sequence[Specification]]] = []
    waiting: dict[str, tuple[str, Sequence[Specification]]] = {}
    done = 0

    def jobs() -> Iterator[Job]:
        for number, (language, listed) in enumerate(_bundles(corpus, count, mix or Mix())):
            program = _program(language, listed, number)
            waiting[program.key] = (language, listed)
            yield Job(program=program, limits=default_limits())

    for job, verdict in pool.judge(jobs()):
        language, listed = waiting.pop(job.program.key)
        done += len(listed)
        if verdict.status is Status.PASSED or environment.cannot_judge(job.program) is not None:
            tally.add(language, listed, verdict)
        else:
            tally.programs += 1
            failed.append((language, listed))
        if progress is not None:
            progress(done, max(done, int(count * (1 + (mix or Mix()).translation))))
    for language, listed in failed:
        alone = {_program(language, [s], n).key: s for n, s in enumerate(listed)}
        singles = [Job(program=_program(language, [s], n), limits=default_limits()) for n, s in enumerate(listed)]
        for job, verdict in pool.judge(singles):
            tally.add(language, [alone[job.program.key]], verdict)
    return tally.check()


class _Tally:
    """What is known so far."""

    def __init__(self) -> None:
        self._renderings: Counter[str] = Counter(dict.fromkeys(WRITTEN, 0))
        self._not_judged: Counter[str] = Counter()
        self._disagreements: list[Disagreement] = []
        self.programs = 0

    def add(self, language: str, listed: Sequence[Specification], verdict: Verdict) -> None:
        """The verdict on a program of some functions; one that failed has one function."""
        if verdict.status is Status.NOT_JUDGED:
            self._not_judged[f"{language}: {verdict.reason}"] += len(listed)
            return
        self.programs += 1
        self._renderings[language] += len(listed)
        if verdict.status is not Status.PASSED:
            self._disagreements += [Disagreement(language=language, specification=s, verdict=verdict) for s in listed]

    def check(self) -> RenderingCheck:
        return RenderingCheck(
            renderings=dict(self._renderings),
            programs=self.programs,
            disagreements=self._disagreements,
            not_judged=dict(self._not_judged),
        )


def _bundles(corpus: SyntheticCorpus, count: int, mix: Mix) -> Iterator[tuple[str, list[Specification]]]:
    open_: dict[str, list[Specification]] = {language: [] for language in WRITTEN}
    for task in corpus.tasks(range(count), mix):
        for language in _languages(task):
            open_[language].append(task.specification)
            if len(open_[language]) == BUNDLE:
                yield language, open_[language]
                open_[language] = []
    yield from ((language, listed) for language, listed in open_.items() if listed)


def _languages(task: Task) -> list[str]:
    return [task.language, *([task.source_language] if task.source_language else [])]


def _program(language: str, specifications: Sequence[Specification], number: int) -> Program:
    problem = bundle(language, specifications, number)
    sample = Sample(task_id=problem.task_id, index=0, text=problem.solution, whole=True)
    return LANGUAGES[language].program(problem, sample, problem.tests.code)
