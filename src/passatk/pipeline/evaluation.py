"""A file of generations in, a scored run folder out. Plain functions, in the order things happen."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, nullcontext
from itertools import groupby
from pathlib import Path

import msgspec

import passatk
from passatk.errors import EnvironmentFault, InputError
from passatk.judging import Environment, Job, Pool, pool_on
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.calibration import Calibration, calibrate
from passatk.judging.tried import keep, remembered, with_tried
from passatk.pipeline.languages import check_languages
from passatk.pipeline.programs import Programs, reference_of, refuse_without_tests, with_options
from passatk.pipeline.progress import Progress, no_progress
from passatk.pipeline.samples import Samples
from passatk.pipeline.scores import check_k, left_out_words, scores_of, unfit_tasks, unjudged_reasons
from passatk.pipeline.settings import Judging, Languages, TargetLanguage
from passatk.problems import ProblemSet, load
from passatk.records import Isolation, Limits, Record, Sample, Score, Status, Verdict
from passatk.runs import Manifest, RunFolder
from passatk.runs.folder import Entry
from passatk.runs.manifest import this_machine
from passatk.samples import origin_of, samples_hash
from passatk.settings import checks_its_request
from passatk.wording import counted


class Evaluation(Judging, frozen=True, kw_only=True):
    """What to score and how."""

    samples: Path | None
    """A file of generations, or the folder of a finished run; None scores the reference solutions."""
    problems: ProblemSet
    out: Path
    languages: Languages = None
    """Of the problems that samples are judged by; None takes all."""
    target_language: TargetLanguage = None
    fixed_limits: Mapping[str, Limits] | None = None
    """Limits by task id, known from an earlier run, instead of calibrating."""

    def check(self) -> None:
        """Refuse languages that do not exist.

        Raises:
            UnknownNameError: names the setting.
        """
        target = None if self.target_language is None else (self.target_language,)
        check_languages(languages=self.languages, target_language=target)
        if self.vary and self.repeat == 1:
            raise InputError("repeats can vary only where there are some; set repeat to 2 or more", setting="vary")


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
    """Samples whose CPU or idle time is within a factor 1.5 of the limit."""
    unstable: dict[str, str]
    """Samples whose repeats came out differently: `task sample` -> how."""
    not_walled: int
    """Samples that shared a process with their tests, since these use more of a program than values."""
    problems_without_samples: int
    programs: int
    judged_now: int
    """Programs executed by this call; the rest stood in the journal or in the cache."""
    from_cache: int
    """Programs whose verdict was known from an earlier run."""
    raised_limits: int
    """Tasks whose reference solution needs so much that their CPU limit is above the floor."""
    seconds: float
    isolation: Isolation
    read_as: dict[str, int] = {}
    """How samples were read from answers -> how many; empty where texts were taken as they are."""
    warnings: tuple[str, ...] = ()
    """What may make the score another one than was meant, each with what to do."""

    @property
    def refused(self) -> bool:
        """Unjudged samples kept this run from being scored."""
        return bool(self.unjudged) and not self.scores


@checks_its_request
def evaluate(
    request: Evaluation,
    progress: Progress = no_progress,
    environment: Environment | None = None,
    warn: Callable[[str], None] | None = None,
) -> Report:
    """Judge every sample, score them, leave a run folder. Called again after a crash, it goes on where it stopped.

    `environment`: of the languages the samples are in, where the caller has it already. `warn` hears of what looks
    wrong with the input before anything is judged; the report has it too.

    Raises:
        InputError: the samples cannot be used; nothing was written.
        RunFolderError: `out` belongs to another run.
        EnvironmentFault: no sandbox, or the disk is full; what is judged is kept.
    """
    started = time.monotonic()
    problems = with_options(request.problems, request.toolchain_options)
    request = msgspec.structs.replace(request, problems=problems)
    given = Samples(request.samples, problems, request.languages, request.target_language, request.extract)
    tasks = given.tasks
    doubts = (*filter(None, [problems.left_out_words]), *given.warnings)
    if warn is not None:
        for warning in doubts:
            warn(warning)
    used = msgspec.structs.replace(problems, problems={t: p for t, p in problems.problems.items() if t in tasks})
    if request.samples is None and not tasks and request.languages is None:
        raise InputError(f"{problems.name} has no reference solutions to score; give a file of generations")
    refuse_without_tests(used)
    check_k(request.k, tasks, request.languages)
    programs = Programs(used, request.tests)
    if request.require_wall:
        _refuse_without_wall(programs)
    environment = environment or Environment(used.toolchains, request.sandboxed)
    with RunFolder(request.out, _manifest(request, environment, given.extraction)) as folder, _cache(request) as cache:
        if not folder.filled:
            folder.fill(_entries(given, request, programs), used.problems.values())
        folder.forget_not_judged()
        try:
            with pool_on(request.executor, environment, request.address, request.workers) as pool:
                judging = _Judging(folder, programs, request, pool, cache, progress)
                judging.judge()
        finally:
            environment.sweep()  # a killed run's last processes may have outlived the first look
        left_out = left_out_words(folder, used.problems)
        if left_out and warn is not None:
            warn(left_out)
        warnings = (*doubts, *filter(None, [left_out]))
        return _report(request, used, folder, judging, warnings, time.monotonic() - started)


def own_problems(samples: Path | None) -> ProblemSet | None:
    """The problems that a folder of generations, or of a finished run, was made from; None for anything else.

    Raises:
        InputError: its problems are not where they were, or no longer what they were.
    """
    origin = None if samples is None else origin_of(samples)
    if origin is None:
        return None
    problems = load(origin.source)
    if with_options(problems, origin.toolchain_options).hash != origin.sha256:
        raise InputError(
            f"the problems of {origin.source} are no longer those that {origin.folder} was made from (their hashes"
            " differ); name the problems to judge against"
        )
    return problems


def refusal(*reports: Report) -> EnvironmentFault:
    """Why reports have no score, as the error to raise."""
    unjudged = sum(sum(report.unjudged.values()) for report in reports)
    return EnvironmentFault(
        f"no score: {counted(unjudged, 'sample')} could not be judged. Make what is needed available and run the same"
        " command again (nothing else is judged), or allow unjudged samples to score without them",
        setting="allow_unjudged",
    )


# --- the steps of `evaluate` -------------------------------------------------------------------------------------


def _report(
    request: Evaluation,
    used: ProblemSet,
    folder: RunFolder,
    judging: "_Judging",
    warnings: tuple[str, ...],
    seconds: float,
) -> Report:
    """Score what is judged, and finish the folder unless samples are left that could not be."""
    environment = judging.environment
    unfit = {}
    if request.samples is not None:
        unfit = unfit_tasks(folder, used.problems, judging.programs.reference, environment)
    unjudged = unjudged_reasons(folder, unfit)
    scores: list[Score] = []
    if unjudged and not request.allow_unjudged:
        digest = folder.digest()
        folder.write_results(used.problems)
    else:
        scores = scores_of(folder, used.problems, unfit, request.k)
        digest = folder.finish(scores, unfit, used.problems)
    same_languages = request.problems.only(used.languages).problems
    return Report(
        out=request.out,
        digest=digest,
        scores=scores,
        unfit=unfit,
        unjudged=unjudged,
        borderline=folder.borderline_samples(),
        unstable=folder.unstable_samples(),
        not_walled=folder.not_walled_samples(),
        problems_without_samples=sum(task not in used.problems for task in same_languages),
        programs=folder.counts()[1],
        judged_now=judging.executed,
        from_cache=judging.known,
        raised_limits=sum(limits != request.limits.floor for limits in folder.limits.values()),
        seconds=seconds,
        isolation=environment.isolation,
        read_as=folder.read_as(),
        warnings=warnings,
    )


def _refuse_without_wall(programs: Programs) -> None:
    """Raises InputError where tests would share a process with programs."""
    reasons = {task: reason for task in programs.used.problems if (reason := programs.reference(task).not_walled)}
    if reasons:
        some = "; ".join(f"{task}: {reason}" for task, reason in list(reasons.items())[:3])
        raise InputError(
            f"{len(reasons)} of {len(programs.used.problems)} problems cannot be judged with their tests in a process"
            f" of their own ({some}); leave them out, or do not require it",
            setting="require_wall",
        )


def _manifest(request: Evaluation, environment: Environment, extraction: int | None) -> Manifest:
    reference = request.samples is None
    return Manifest(
        passatk=passatk.__version__,
        samples="reference solutions" if request.samples is None else str(request.samples),
        samples_sha256="" if request.samples is None else samples_hash(request.samples),
        problems=request.problems.name,
        problems_source=request.problems.source,
        problems_sha256=request.problems.hash,
        languages=request.languages,
        target_language=None if reference else request.target_language,
        tests=request.tests,
        toolchain_options=request.toolchain_options,
        extraction=extraction,
        limits=request.limits,
        repeat=request.repeat,
        vary=request.vary,
        toolchains=environment.versions,
        fingerprints=environment.fingerprints,
        isolation=environment.isolation,
        machine=this_machine(),
    )


def _entries(samples: Iterable[Sample], request: Evaluation, programs: Programs) -> Iterator[Entry]:
    """All samples, and the reference solutions of their tasks: a task that fails its own is nobody's fault."""
    used = programs.used
    for sample in samples:
        problem = used.get(sample.task_id)
        program = programs.reference(problem.task_id) if request.samples is None else programs.of(sample)
        yield Entry(sample=sample, program=program.key, language=problem.language, assembled=program)
    for problem in used.problems.values() if request.samples is not None else ():
        if problem.reference is None:
            continue
        program = programs.reference(problem.task_id)
        yield Entry(
            sample=reference_of(problem),
            program=program.key,
            language=problem.language,
            reference=True,
            assembled=program,
        )


class _Judging:
    """From a filled folder to a verdict for every program in it."""

    def __init__(
        self,
        folder: RunFolder,
        programs: Programs,
        request: Evaluation,
        pool: Pool,
        cache: VerdictCache | None,
        progress: Progress,
    ):
        self._folder, self._used, self._request, self._cache = folder, programs.used, request, cache
        self.programs, self._pool, self.environment = programs, pool, pool.environment
        self._progress = progress
        self._keys = Keys(pool.environment)
        _, self._total, left = folder.counts()
        self._done = self._total - left
        self.executed = self.known = 0

    def judge(self) -> None:
        """Calibrate, take what is known, execute the rest; each verdict is journaled at once."""
        self._progress(self._done, self._total)
        self._calibrate()
        if self._done < self._total:
            self._take_known()
        if self._done < self._total:
            self._execute()
        lost = self._folder.counts()[2]
        if lost:
            raise EnvironmentFault(f"{counted(lost, 'program')} got no verdict; run the same command again")

    def _record(self, program: str, verdict: Verdict) -> None:
        self._folder.record(program, verdict)
        self._done += 1
        self._progress(self._done, self._total)

    def _calibrate(self) -> None:
        """Fix the limits of every task that has none yet; its reference solution is judged by the way."""
        known, request = self._folder.limits, self._request
        if request.fixed_limits is not None:
            self._folder.set_limits({t: own for t, own in request.fixed_limits.items() if t not in known})
            return
        new = {task: problem for task, problem in self._used.problems.items() if task not in known}
        self._folder.set_limits({task: request.limits.floor for task, p in new.items() if p.reference is None})
        references = {task: self.programs.reference(task) for task, p in new.items() if p.reference is not None}
        missing = self._folder.without_verdict(program.key for program in references.values())
        calibrations = calibrate(self._pool, request.limits, references, self._cache, self._keys)
        with closing(calibrations):
            for from_cache, several in groupby(calibrations, lambda calibration: calibration.from_cache):
                with self._folder.together() if from_cache else nullcontext():
                    for calibration in several:
                        self._take_calibration(calibration, missing)

    def _take_calibration(self, calibration: Calibration, missing: set[str]) -> None:
        key = calibration.program.key
        if calibration.verdict.status is not Status.NOT_JUDGED:
            self._folder.set_limits({calibration.task_id: calibration.limits})
        if key in missing and self._request.repeat == 1:
            missing.discard(key)
            self.known += calibration.from_cache
            self.executed += bool(calibration.verdict.attempts) and not calibration.from_cache
            self._record(key, calibration.verdict)

    def _take_known(self) -> None:
        """Verdicts of earlier runs."""
        if self._cache is None or self._request.repeat > 1:
            return
        limits = self._folder.limits
        with self._folder.together():
            for entry in self._folder.unjudged():
                own = limits.get(entry.sample.task_id)
                key = own and self._keys.verdict(entry.program, entry.language, own)
                verdict = self._cache.verdict(key) if key else None
                if verdict is not None:
                    self.known += 1
                    self._record(entry.program, verdict)

    def _execute(self) -> None:
        with closing(self._pool.judge(self._jobs())) as judged:
            for job, verdict in judged:
                self.executed += bool(verdict.attempts)
                self._record(job.program.key, verdict)
                if self._cache is not None:
                    keep(job, verdict, self._cache, self._keys)

    def _jobs(self) -> Iterator[Job]:
        """What is to be executed; of what tests said before in other company, the verdict is taken by the way."""
        limits, request = self._folder.limits, self._request
        for entry in self._folder.unjudged():
            job = Job(
                program=self.programs.taken(entry.program, entry.sample),
                limits=limits.get(self._used.get(entry.sample.task_id).task_id, request.limits.floor),
                repeat=request.repeat,
                vary=request.vary,
            )
            if self._cache is not None and request.repeat == 1:
                job = with_tried(job, self._cache, self._keys)
            if (verdict := remembered(job)) is None:
                yield job
            else:
                self.known += 1
                self._record(entry.program, verdict)


def _cache(request: Evaluation) -> VerdictCache | nullcontext[None]:
    return VerdictCache() if request.cached else nullcontext()
