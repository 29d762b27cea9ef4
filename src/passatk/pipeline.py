"""The whole story: a file of generations in, a scored run folder out. Plain functions, in the order things happen."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import passatk
from passatk import textfiles
from passatk.errors import EnvironmentFault, InputError, ScoreRefusedError
from passatk.judging import Environment, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import ProblemSet
from passatk.prompts import completion
from passatk.records import Isolation, Limits, Problem, Program, Record, Sample, Score, Status, Verdict
from passatk.runs import Manifest, RunFolder
from passatk.runs.folder import Entry
from passatk.runs.manifest import this_machine
from passatk.samples import read_samples
from passatk.scoring import Counts, score

DEFAULT_KS = (1, 10, 100)

Progress = Callable[[int, int], None]
"""Called with (programs judged, programs in all) as a run goes on."""


def no_progress(_done: int, _total: int) -> None:
    """Says nothing."""


class Evaluation(Record, frozen=True, kw_only=True):
    """What to score and how."""

    samples: Path | None
    """A file of generations; None scores the reference solutions."""
    problems: ProblemSet
    out: Path
    ks: tuple[int, ...] | None = None
    """The k of pass@k; None reports those of 1, 10, 100 that the samples allow."""
    tests: str = "hidden"
    """`hidden` or `example`."""
    languages: tuple[str, ...] | None = None
    """Only samples judged in these languages; None takes all."""
    target_language: str | None = None
    """Translations: judge a sample of `Python/12` as `Java/12` when this is `java`."""
    limits: Limits = default_limits()
    workers: int | None = None
    sandboxed: bool = True
    allow_unjudged: bool = False
    seed: int = 0
    """Of the bootstrap."""


class Report(Record, frozen=True, kw_only=True):
    """A finished evaluation."""

    out: Path
    digest: str
    scores: list[Score]
    """Per language, then `overall` where there are several. Empty when the score is refused."""
    unfit: dict[str, str]
    """Tasks left out because their own reference solution does not pass here: task id -> why."""
    unjudged: dict[str, int]
    """Why samples could not be judged -> how many."""
    borderline: int
    """Samples whose CPU time is within a factor 1.5 of the limit."""
    problems_without_samples: int
    programs: int
    judged_now: int
    """Programs judged by this call; the rest stood in the journal or were identical to others."""
    seconds: float
    isolation: Isolation

    @property
    def refused(self) -> bool:
        """Unjudged samples kept this run from being scored."""
        return bool(self.unjudged) and not self.scores


def evaluate(request: Evaluation, progress: Progress = no_progress) -> Report:
    """Judge every sample, score them, leave a run folder. Called again after a crash, it goes on where it stopped.

    Raises:
        InputError: the samples cannot be used; nothing was written.
        RunFolderError: `out` belongs to another run.
        EnvironmentFault: no sandbox, or the disk is full; what is judged is kept.
    """
    started = time.monotonic()
    problems = request.problems
    tasks = Counter(sample.task_id for sample in _samples(request))  # reads and checks the whole input first
    used = ProblemSet(name=problems.name, problems={t: p for t, p in problems.problems.items() if t in tasks})
    _check_ks(request.ks, tasks)
    environment = Environment(used.languages, request.sandboxed)
    with RunFolder(request.out, _manifest(request, environment)) as folder:
        if not folder.filled:
            folder.fill(_entries(request, used))
        folder.forget_not_judged()
        judged = _judge(folder, used, request, environment, progress)
        unfit = {} if request.samples is None else _unfit(folder, used, request, environment)
        unjudged = _unjudged(folder, unfit)
        if unjudged and not request.allow_unjudged:
            scores = []
            digest = folder.digest()
            folder.write_results()
        else:
            scores = _scores(folder, unfit, request)
            digest = folder.finish(scores, unfit, request.seed)
        return Report(
            out=request.out,
            digest=digest,
            scores=scores,
            unfit=unfit,
            unjudged=unjudged,
            borderline=folder.borderline_samples(),
            problems_without_samples=sum(
                1 for p in problems.only(used.languages).problems.values() if p.task_id not in tasks
            ),
            programs=folder.counts()[1],
            judged_now=judged,
            seconds=time.monotonic() - started,
            isolation=environment.isolation,
        )


class Check(Record, frozen=True, kw_only=True):
    """Whether one task's reference solution passes here."""

    task_id: str
    language: str
    verdict: Verdict

    @property
    def fit(self) -> bool:
        """Its reference solution passes."""
        return self.verdict.status is Status.PASSED


def check_problems(
    problems: ProblemSet,
    workers: int | None = None,
    limits: Limits | None = None,
    sandboxed: bool = True,
    progress: Progress = no_progress,
) -> list[Check]:
    """Run every reference solution against its hidden tests; one Check per problem, in their order."""
    if not problems.problems:
        raise InputError(f"there are no problems to check in {problems.name}")
    environment = Environment(problems.languages, sandboxed)
    programs = {task: _program(p, _reference(p), p.tests) for task, p in problems.problems.items()}
    verdicts: dict[str, Verdict] = {}
    unique = {program.key: program for program in programs.values()}
    pool = LocalPool(environment, limits or default_limits(), workers)
    with closing(pool.judge(iter(unique.values()))) as judged:
        for program, verdict in judged:
            verdicts[program.key] = verdict
            progress(len(verdicts), len(unique))
    return [
        Check(task_id=task, language=problems.problems[task].language, verdict=verdicts[program.key])
        for task, program in programs.items()
    ]


def refusal(report: Report) -> EnvironmentFault:
    """Why a report has no score, as the error to raise."""
    return EnvironmentFault(
        f"no score: {sum(report.unjudged.values())} samples could not be judged. Make what they need available and run"
        " the same command again (only they are judged), or score without them with --allow-unjudged"
    )


# --- the steps of `evaluate` -------------------------------------------------------------------------------------


def _samples(request: Evaluation) -> Iterator[Sample]:
    problems = request.problems
    samples: Iterator[Sample]
    if request.samples is None:
        samples = map(_reference, problems.problems.values())
    else:
        samples = read_samples(request.samples, problems, request.target_language)
    return (s for s in samples if request.languages is None or problems.get(s.task_id).language in request.languages)


def _reference(problem: Problem) -> Sample:
    return Sample(task_id=problem.task_id, index=0, text=problem.reference)


def _check_ks(ks: Sequence[int] | None, tasks: Counter[str]) -> None:
    if not tasks:
        raise InputError("there are no samples to score")
    for k in ks or ():
        task, n = min(tasks.items(), key=lambda entry: (entry[1], entry[0]))
        if k < 1:
            raise InputError(f"pass@{k} is undefined: k must be at least 1")
        if n < k:
            raise InputError(
                f"pass@{k} needs at least {k} samples of every task, but {task} has {n};"
                f" ask for k up to {n}, or generate more samples"
            )


def _manifest(request: Evaluation, environment: Environment) -> Manifest:
    reference = request.samples is None
    return Manifest(
        passatk=passatk.__version__,
        samples="reference solutions" if request.samples is None else str(request.samples),
        samples_sha256="" if request.samples is None else textfiles.content_hash(request.samples),
        problems=request.problems.name,
        problems_sha256=request.problems.hash,
        languages=request.languages,
        target_language=None if reference else request.target_language,
        tests=request.tests,
        limits=request.limits,
        toolchains=environment.versions,
        isolation=environment.isolation,
        machine=this_machine(),
    )


def _entries(request: Evaluation, used: ProblemSet) -> Iterator[Entry]:
    """All samples, and the reference solutions of their tasks: a task that fails its own is nobody's fault."""
    references: Iterable[Sample] = map(_reference, used.problems.values()) if request.samples is not None else ()
    for sample, reference in chain(((s, False) for s in _samples(request)), ((s, True) for s in references)):
        problem = used.get(sample.task_id)
        program = _program(problem, sample, _tests(problem, request))
        yield Entry(sample=sample, program=program.key, language=problem.language, reference=reference)


def _tests(problem: Problem, request: Evaluation) -> str:
    return problem.tests if request.tests == "hidden" else problem.example_tests


def _program(problem: Problem, sample: Sample, tests: str) -> Program:
    if not sample.whole:
        sample = Sample(task_id=sample.task_id, index=sample.index, text=completion(problem, sample.text))
    return LANGUAGES[problem.language].program(problem, sample, tests)


def _judge(
    folder: RunFolder, used: ProblemSet, request: Evaluation, environment: Environment, progress: Progress
) -> int:
    """Judge what has no verdict yet, journaling each at once; return how many."""
    _, total, left = folder.counts()
    progress(total - left, total)
    if left == 0:
        return 0
    programs = (_rebuild(entry, used, request) for entry in folder.unjudged())
    judged = 0
    with closing(LocalPool(environment, request.limits, request.workers).judge(programs)) as verdicts:
        for program, verdict in verdicts:
            folder.record(program.key, verdict)
            judged += 1
            progress(total - left + judged, total)
    lost = folder.counts()[2]
    if lost:
        raise EnvironmentFault(f"{lost} programs got no verdict; run the same command again to judge them")
    return judged


def _rebuild(entry: Entry, used: ProblemSet, request: Evaluation) -> Program:
    problem = used.get(entry.sample.task_id)
    return _program(problem, entry.sample, _tests(problem, request))


def _unfit(folder: RunFolder, used: ProblemSet, request: Evaluation, environment: Environment) -> dict[str, str]:
    """Tasks to leave out: their reference solution was judged and does not pass, or needs what is not here.

    A reference that could not be judged for another reason says nothing about its task.
    """
    unfit = {}
    for task, (status, reason) in folder.failed_references().items():
        problem = used.get(task)
        program = _program(problem, _reference(problem), _tests(problem, request))
        if status != Status.NOT_JUDGED:
            unfit[task] = f"its reference solution gets {status}: {reason}"
        elif environment.lacking(program):
            unfit[task] = reason
    return unfit


def _unjudged(folder: RunFolder, unfit: dict[str, str]) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for task, reason in folder.unjudged_samples():
        if task not in unfit:
            reasons[reason] += 1
    return dict(reasons.most_common())


def _scores(folder: RunFolder, unfit: dict[str, str], request: Evaluation) -> list[Score]:
    """Per language, and overall where there are several. Unjudged samples are left out of n."""
    statuses: dict[str, Counter[str]] = {}
    judged: dict[str, dict[str, Counter[str]]] = {}
    for language, task, status, number in folder.outcomes():
        if task in unfit:
            continue
        statuses.setdefault(language, Counter())[status] += number
        if status != Status.NOT_JUDGED:
            judged.setdefault(language, {}).setdefault(task, Counter())[status] += number
    counts = {
        language: [
            Counts(task_id=task, n=sum(c.values()), c=c[Status.PASSED]) for task, c in judged.get(language, {}).items()
        ]
        for language in statuses
    }
    if not statuses:
        some = "; ".join(f"{task}: {why}" for task, why in list(unfit.items())[:3])
        raise ScoreRefusedError(f"all {len(unfit)} tasks with samples are unfit, so there is nothing to score: {some}")
    groups = [(language, counts[language], statuses[language]) for language in statuses]
    if len(groups) > 1:
        everything = sum(statuses.values(), Counter())
        groups.append(("overall", [count for listed in counts.values() for count in listed], everything))
    scores = []
    for group, listed, tally in groups:
        least = min((count.n for count in listed), default=0)
        ks = request.ks if request.ks is not None else [k for k in DEFAULT_KS if k <= max(least, 1)]
        scores.append(score(group, listed, dict(tally), ks, request.seed))
    return scores
