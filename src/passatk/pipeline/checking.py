"""Whether problems can be judged here: their reference solutions, executed and measured."""

from contextlib import closing

from passatk.errors import InputError
from passatk.judging import Environment, LocalPool, Pool
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.calibration import calibrate
from passatk.pipeline.programs import program_of, reference_of, refuse_without_tests
from passatk.pipeline.progress import Progress, no_progress
from passatk.pipeline.settings import Workers
from passatk.problems import ProblemSet
from passatk.records import LimitPolicy, Limits, Record, Status, Verdict
from passatk.settings import checks_its_request


class Check(Record, frozen=True, kw_only=True):
    """Whether one task's reference solution passes here."""

    task_id: str
    language: str
    verdict: Verdict | None
    """Of the reference solution; None where the problem has none and its tests can run here."""
    limits: Limits
    """Of the task's programs on this machine, as measured now."""

    @property
    def fit(self) -> bool:
        """Nothing speaks against it: its reference solution passes, or it has none."""
        return self.verdict is None or self.verdict.status is Status.PASSED


@checks_its_request
def check_problems(
    problems: ProblemSet,
    workers: Workers = None,
    policy: LimitPolicy | None = None,
    sandboxed: bool = True,
    progress: Progress = no_progress,
) -> list[Check]:
    """Run every reference solution against its hidden tests; one Check per problem, in their order.

    Of a problem without one, it is only seen whether its tests compile and have what they need. What references need
    is measured, and kept for the limits of later runs.
    """
    if not problems.problems:
        raise InputError(f"there are no problems to check in {problems.name}")
    refuse_without_tests(problems)
    with LocalPool(Environment(problems.languages, sandboxed), workers) as pool, VerdictCache() as cache:
        return checks_of(problems, pool, policy or LimitPolicy(), cache, progress)


def checks_of(
    problems: ProblemSet, pool: Pool, policy: LimitPolicy, cache: VerdictCache, progress: Progress
) -> list[Check]:
    """As `check_problems`, by a pool that is there already."""
    environment, keys = pool.environment, Keys(pool.environment)
    programs = {task: program_of(p, reference_of(p), p.tests.code) for task, p in problems.problems.items()}
    pool.examine(program for task, program in programs.items() if problems.problems[task].reference is None)
    checks = {
        task: Check(
            task_id=task,
            language=problem.language,
            verdict=environment.cannot_judge(programs[task]),
            limits=policy.floor,
        )
        for task, problem in problems.problems.items()
        if problem.reference is None
    }
    references = {task: program for task, program in programs.items() if task not in checks}
    with closing(calibrate(pool, policy, references, cache, keys, fresh=True)) as found:
        for calibration in found:
            problem = problems.problems[calibration.task_id]
            checks[problem.task_id] = Check(
                task_id=problem.task_id,
                language=problem.language,
                verdict=calibration.verdict,
                limits=calibration.limits,
            )
            progress(len(checks), len(programs))
    return [checks[task] for task in programs]
