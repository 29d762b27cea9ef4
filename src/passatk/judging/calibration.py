"""Limits from ground truth: every task's reference solution is measured here before anything is judged by it.

A reference solution that needs little even among others needs no quiet lane: its task gets the floor. Only one whose
CPU time would raise the limit is measured alone, see `quiet.unsettled`. So calibration costs little more than judging
the references once, and next to nothing when they were measured before.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing

import msgspec

from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.limits import limits_for, reference_limits
from passatk.judging.pool import Pool
from passatk.judging.quiet import Job, quietest, unsettled
from passatk.judging.verdict import verdict_of
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
    pool: Pool,
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
    tasks: dict[str, list[str]] = {}
    for task, program in references.items():
        tasks.setdefault(program.key, []).append(task)
    jobs = []
    for key, (task, *_) in tasks.items():
        job = reference_job(references[task], policy)
        attempts = None if fresh else known_measurement(job, cache, keys)
        if attempts is None:
            jobs.append(job)
        else:
            yield from _of_each(tasks[key], calibration_of(job, policy, attempts))
    with closing(pool.judge(jobs)) as judged:
        for job, verdict in judged:
            yield from _of_each(tasks[job.program.key], measured(job, policy, verdict, cache, keys))


def reference_job(program: Program, policy: LimitPolicy) -> Job:
    """By which a reference solution is measured."""
    return Job(program=program, limits=reference_limits(policy), calibrates=policy)


def known_measurement(job: Job, cache: VerdictCache | None, keys: Keys) -> tuple[Outcome, ...] | None:
    """How a reference solution was executed in an earlier run; None where that is not known, or leaves a doubt."""
    program = job.program
    attempts = cache.measurement(keys.measurement(program.key, program.language, job.limits)) if cache else None
    return None if attempts is None or unsettled(attempts, job) else attempts


def measured(job: Job, policy: LimitPolicy, verdict: Verdict, cache: VerdictCache | None, keys: Keys) -> Calibration:
    """What a reference solution says that was executed now; `cache` keeps it."""
    program = job.program
    if not verdict.attempts or verdict.status is Status.NOT_JUDGED:
        return Calibration(task_id="", program=program, limits=policy.floor, verdict=verdict)
    if cache is not None:
        key = keys.measurement(program.key, program.language, job.limits)
        cache.keep_measurement(key, program.language, verdict.attempts)
    return _calibration(job, policy, verdict)


def calibration_of(job: Job, policy: LimitPolicy, attempts: tuple[Outcome, ...]) -> Calibration:
    """What executions of a reference solution by an earlier run say, of a task without a name."""
    return _calibration(job, policy, verdict_of(job.program, attempts, job.limits), from_cache=True)


def _calibration(job: Job, policy: LimitPolicy, verdict: Verdict, from_cache: bool = False) -> Calibration:
    """`verdict`: under the limits of `job`."""
    limits = policy.floor
    if verdict.status is Status.PASSED:
        limits = limits_for(policy, quietest(verdict.attempts))
    verdict = verdict_of(job.program, verdict.attempts, limits)
    return Calibration(task_id="", program=job.program, limits=limits, verdict=verdict, from_cache=from_cache)


def _of_each(tasks: Iterable[str], calibration: Calibration) -> Iterator[Calibration]:
    return (msgspec.structs.replace(calibration, task_id=task) for task in tasks)
