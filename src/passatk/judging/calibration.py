"""Limits from ground truth: every task's reference solution is measured here before anything is judged by it.

A reference solution that needs little even among others needs no quiet lane: its task gets the floor. Only one whose
CPU time would raise the limit is measured alone, see `quiet.unsettled`. So calibration costs little more than judging
the references once, and next to nothing when they were measured before.
"""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing

from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.limits import limits_for, reference_limits
from passatk.judging.pool import LocalPool
from passatk.judging.quiet import Job, quietest, unsettled
from passatk.judging.verdict import decide
from passatk.languages import LANGUAGES
from passatk.records import LimitPolicy, Limits, Outcome, Program, Record, Status, Verdict


class Calibration(Record, frozen=True, kw_only=True):
    """What a task's reference solution says: the limits of the task, and its own verdict under them.

    A reference that does not pass leaves its task with the floor; so does one that could not be judged.
    """

    task_id: str
    program: Program
    limits: Limits
    verdict: Verdict
    from_cache: bool = False
    """It was measured by an earlier run."""


def calibrate(
    pool: LocalPool,
    policy: LimitPolicy,
    references: Mapping[str, Program],
    cache: VerdictCache | None,
    keys: Keys,
    fresh: bool = False,
) -> Generator[Calibration, None, None]:
    """One Calibration for every task of `references` (task id -> its reference solution with its tests), as they come.

    Args:
        pool: where references are executed.
        policy: floor and factor.
        references: what to measure.
        cache: measurements of earlier runs, and where new ones are kept.
        keys: of the environment `pool` judges in.
        fresh: measure again what `cache` has.
    """
    limits = reference_limits(policy)
    tasks: dict[str, list[str]] = {}
    for task, program in references.items():
        tasks.setdefault(program.key, []).append(task)
    jobs = []
    for key, (task, *_) in tasks.items():
        job = Job(program=references[task], limits=limits, calibrates=policy)
        measured = None
        if cache is not None and not fresh:
            measured = cache.measurement(keys.measurement(key, job.program.language, limits))
        if measured is None or unsettled(measured, job):
            jobs.append(job)
        else:
            yield from _calibrations(tasks[key], job, policy, measured, from_cache=True)
    with closing(pool.judge(jobs)) as judged:
        for job, verdict in judged:
            key, language = job.program.key, job.program.language
            if not verdict.attempts or verdict.status is Status.NOT_JUDGED:
                for task in tasks[key]:
                    yield Calibration(task_id=task, program=job.program, limits=policy.floor, verdict=verdict)
                continue
            if cache is not None:
                cache.keep_measurement(keys.measurement(key, language, limits), language, verdict.attempts)
            yield from _calibrations(tasks[key], job, policy, verdict.attempts)


def _calibrations(
    tasks: list[str], job: Job, policy: LimitPolicy, attempts: tuple[Outcome, ...], from_cache: bool = False
) -> Iterator[Calibration]:
    failure, walled = LANGUAGES[job.program.language].failure, not job.program.not_walled
    verdict = decide(attempts, job.limits, failure, walled, job.program.cases)
    limits = policy.floor
    if verdict.status is Status.PASSED:
        limits = limits_for(policy, quietest(attempts))
    verdict = decide(attempts, limits, failure, walled, job.program.cases)
    for task in tasks:
        yield Calibration(task_id=task, program=job.program, limits=limits, verdict=verdict, from_cache=from_cache)
