"""Whether problems can be judged here: their reference solutions, executed and measured."""

from contextlib import closing

from passatk.errors import InputError
from passatk.judging import Environment, LocalPool
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.calibration import calibrate
from passatk.pipeline.evaluation import program_of, reference_of
from passatk.pipeline.progress import Progress, no_progress
from passatk.pipeline.settings import Workers
from passatk.problems import ProblemSet
from passatk.records import LimitPolicy, Limits, Record, Status, Verdict
from passatk.settings import checks_its_request


class Check(Record, frozen=True, kw_only=True):
    """Whether one task's reference solution passes here."""

    task_id: str
    language: str
    verdict: Verdict
    limits: Limits
    """Of the task's programs on this machine, as measured now."""

    @property
    def fit(self) -> bool:
        """Its reference solution passes."""
        return self.verdict.status is Status.PASSED


@checks_its_request
def check_problems(
    problems: ProblemSet,
    workers: Workers = None,
    policy: LimitPolicy | None = None,
    sandboxed: bool = True,
    progress: Progress = no_progress,
) -> list[Check]:
    """Run every reference solution against its hidden tests; one Check per problem, in their order.

    What they need is measured, and kept for the limits of later runs.
    """
    if not problems.problems:
        raise InputError(f"there are no problems to check in {problems.name}")
    environment = Environment(problems.languages, sandboxed)
    programs = {task: program_of(p, reference_of(p), p.tests) for task, p in problems.problems.items()}
    pool, keys = LocalPool(environment, workers), Keys(environment)
    checks: dict[str, Check] = {}
    with VerdictCache() as cache:
        found = calibrate(pool, policy or LimitPolicy(), programs, cache, keys, fresh=True)
        with closing(found):
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
