"""Every rendering of a corpus, executed: what the six languages compute beside what the interpreter says."""

from collections.abc import Callable, Iterator, Sequence

from passatk.corpus.bundles import bundle
from passatk.corpus.documents import Mix, Task
from passatk.corpus.synthetic import SyntheticCorpus
from passatk.judging import Environment, LocalPool, default_limits
from passatk.judging.quiet import Job
from passatk.languages import LANGUAGES
from passatk.problems.rendering import Specification
from passatk.records import Program, Record, Sample, Status, Verdict

BUNDLE = 20
"""Functions in one program."""


class Disagreement(Record, frozen=True, kw_only=True):
    """A rendering that does not compute what the interpreter says, or could not be judged."""

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
    environment = Environment(list(LANGUAGES), sandboxed=True)
    pool = LocalPool(environment, workers)
    renderings: dict[str, int] = dict.fromkeys(LANGUAGES, 0)
    failed: list[tuple[str, Sequence[Specification]]] = []
    waiting: dict[str, tuple[str, Sequence[Specification]]] = {}
    done = programs = 0

    def jobs() -> Iterator[Job]:
        for number, (language, listed) in enumerate(_bundles(corpus, count, mix or Mix())):
            program = _program(language, listed, number)
            waiting[program.key] = (language, listed)
            yield Job(program=program, limits=default_limits())

    for job, verdict in pool.judge(jobs()):
        language, listed = waiting.pop(job.program.key)
        renderings[language] += len(listed)
        programs += 1
        done += len(listed)
        if verdict.status is not Status.PASSED:
            failed.append((language, listed))
        if progress is not None:
            progress(done, max(done, int(count * (1 + (mix or Mix()).translation))))
    found = []
    for language, listed in failed:
        alone = {_program(language, [s], n).key: s for n, s in enumerate(listed)}
        singles = [Job(program=_program(language, [s], n), limits=default_limits()) for n, s in enumerate(listed)]
        for job, verdict in pool.judge(singles):
            programs += 1
            if verdict.status is not Status.PASSED:
                wrong = alone[job.program.key]
                found.append(Disagreement(language=language, specification=wrong, verdict=verdict))
    return RenderingCheck(renderings=renderings, programs=programs, disagreements=found)


def _bundles(corpus: SyntheticCorpus, count: int, mix: Mix) -> Iterator[tuple[str, list[Specification]]]:
    open_: dict[str, list[Specification]] = {language: [] for language in LANGUAGES}
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
    sample = Sample(task_id=problem.task_id, index=0, text=problem.reference, whole=True)
    return LANGUAGES[language].program(problem, sample, problem.tests)
