"""Judge a finished run again and say what came out differently."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec

import passatk
from passatk.comparing import changes_between
from passatk.errors import InputError
from passatk.judging import Environment
from passatk.pipeline.evaluation import Evaluation, Report, evaluate
from passatk.pipeline.programs import problems_of
from passatk.pipeline.progress import Progress, no_progress
from passatk.pipeline.settings import Address, Executor, Workers
from passatk.problems import ProblemSet
from passatk.records import Limits, Record
from passatk.runs import Judged, Manifest, RunView
from passatk.runs.manifest import this_machine
from passatk.settings import checks_its_request


class Flip(Record, frozen=True, kw_only=True):
    """A sample whose verdict differs, with both outcomes."""

    task_id: str
    sample: int
    status_before: str
    reason_before: str
    status_now: str
    reason_now: str
    borderline: bool
    """Either judging called it borderline: within a factor 1.5 of its limit."""
    unstable: bool
    """Either judging saw its repeats differ."""


class Verification(Record, frozen=True, kw_only=True):
    """What judging a run again says."""

    run: Path
    samples: int
    digest_before: str
    digest_now: str
    flips: list[Flip]
    reassembled: int
    """Samples that this version of passatk assembles to another program than the run did."""
    changes: list[str]
    """What is different now: toolchains, machine, isolation, passatk itself."""
    recalibrated: bool
    """Limits were measured again, because machine or toolchains changed; else the run's own were used."""
    report: Report
    """Of the second judging."""

    @property
    def holds(self) -> bool:
        """Every verdict is the same, and so is the digest."""
        return not self.flips and self.digest_before == self.digest_now


@checks_its_request
def verify(
    run: Path,
    problems: ProblemSet | None = None,
    workers: Workers = None,
    out: Path | None = None,
    progress: Progress = no_progress,
    executor: Executor = "local",
    address: Address = "auto",
) -> Verification:
    """Judge every sample of the finished run in `run` again, all of them executed, and compare.

    Args:
        run: a complete run folder; it is only read.
        problems: what it was judged against, when they are no longer where they were.
        workers: slots; any number must give the same verdicts.
        out: keeps the second judging as a run folder, and resumes it; a temporary one by default.
        progress: called as it goes on.
        executor: where programs are executed, which changes no verdict either.
        address: of a cluster.

    Raises:
        InputError: there is no complete run, or the problems are not the ones it was judged against.
        EnvironmentFault: this machine cannot judge it.
    """
    with ExitStack() as stack:
        past = stack.enter_context(RunView.finished(run))
        problems = problems_of(past.manifest, problems)
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="passatk-verify-"))) / "run"
        if folder.resolve() == run.resolve():
            raise InputError(f"{folder} is the run itself; choose another folder, or none", setting="out")
        environment = Environment(_languages(past, problems), past.manifest.isolation.sandbox != "none")
        changes = changes_since(past.manifest, environment)
        same_place = _same_place(past.manifest, environment)
        request = msgspec.structs.replace(
            _again(past, problems, folder, workers, past.limits if same_place else None),
            executor=executor,
            address=address,
        )
        report = evaluate(request, progress, environment)
        again = stack.enter_context(RunView.finished(folder))
        flips, samples, reassembled = _compare(past.judged(), again.judged())
        return Verification(
            run=run,
            samples=samples,
            digest_before=past.digest,
            digest_now=report.digest,
            flips=flips,
            reassembled=reassembled,
            changes=changes,
            recalibrated=not same_place,
            report=report,
        )


def _again(
    past: RunView, problems: ProblemSet, out: Path, workers: int | None, limits: dict[str, Limits] | None
) -> Evaluation:
    """The run's own request, with nothing taken from the cache."""
    before = past.manifest
    return Evaluation(
        samples=past.path,
        problems=problems,
        out=out,
        tests=before.tests,
        toolchain_options=before.toolchain_options,
        languages=before.languages,
        limits=before.limits,
        fixed_limits=limits,
        repeat=before.repeat,
        vary=before.vary,
        workers=workers,
        cached=False,
        sandboxed=before.isolation.sandbox != "none",
        allow_unjudged=True,
    )


def _languages(past: RunView, problems: ProblemSet) -> list[str]:
    used = dict.fromkeys(past.tasks())
    return msgspec.structs.replace(
        problems, problems={t: p for t, p in problems.problems.items() if t in used}
    ).toolchains


def _same_place(before: Manifest, environment: Environment) -> bool:
    """Limits measured then are right now, too."""
    return before.machine == this_machine() and before.fingerprints == environment.fingerprints


def changes_since(before: Manifest, environment: Environment) -> list[str]:
    """What is different in `environment` and could explain another verdict, in words."""
    now = msgspec.structs.replace(
        before,
        passatk=passatk.__version__,
        toolchains=environment.versions,
        fingerprints=environment.fingerprints,
        isolation=environment.isolation,
        machine=this_machine(),
    )
    return [change.words for change in changes_between(before, now)]


def _compare(before: Iterator[Judged], now: Iterator[Judged]) -> tuple[list[Flip], int, int]:
    """(flips, samples, samples assembled to another program). Both in order of task id and number."""
    flips, samples, reassembled = [], 0, 0
    for then, again in zip(before, now, strict=True):
        samples += 1
        reassembled += then.program != again.program
        if then.status != again.status:
            flips.append(
                Flip(
                    task_id=then.task_id,
                    sample=then.sample,
                    status_before=then.status,
                    reason_before=then.reason,
                    status_now=again.status,
                    reason_now=again.reason,
                    borderline=then.borderline or again.borderline,
                    unstable=then.unstable or again.unstable,
                )
            )
    return flips, samples, reassembled
