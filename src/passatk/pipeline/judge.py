"""A judge that lives: problems and completions in, verdicts out, at any time and from any thread."""

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import partial

import msgspec

from passatk.answers import read_answer
from passatk.errors import InputError, StorageError
from passatk.judging import Environment, Job, pool_on
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.calibration import Calibration, calibration_of, known_measurement, measured, reference_job
from passatk.judging.futures import fail, give, promised
from passatk.judging.tried import keep, may_be_kept, remembered, with_tried
from passatk.pipeline.calibrations import Calibrations
from passatk.pipeline.languages import check_languages
from passatk.pipeline.programs import Tests, program_of, reference_of
from passatk.records import ExecutorName, LimitPolicy, Limits, Problem, Program, Record, Sample, Status, Verdict

_PATIENCE_S = 1.0


class Given(Record, frozen=True, kw_only=True):
    """What a judge makes of a completion."""

    program: Program
    code: str = ""
    """The completion, or the code that was read from it."""
    read_as: str = ""
    """How the code was read from an answer; empty where the text was taken as it is."""


class Judge:
    """Judges completions of problems; its slots stay warm. A context manager, safe from threads.

    A problem's limits come from its reference solution, which is measured when the problem is first met. One whose
    reference does not pass here is `not_judged`. Equal programs under way are judged once.

    Args:
        languages: those to judge; None: all whose toolchain is here.
        workers: programs judged in parallel; None: the number of CPUs. It changes no verdict.
        limits: floor and factor.
        tests: `hidden`, or `example` for the public ones.
        extract: take the code out of a chat model's answer; else completions continue the prompt.
        cached: use verdicts and measurements of earlier runs, and keep new ones.
        sandboxed: False only when the user asked for no sandbox in so many words.
        require_wall: programs that would share a process with their tests are `not_judged`.
        executor: `local`, or `ray` for all nodes of a cluster, each with `workers`.
        address: of the cluster.
        patience_s: so long a program in doubt waits at most for others to leave it alone.

    Raises:
        UnknownNameError: there is no such language.
        SandboxError: no sandbox can be built here.
        StorageError: the cache cannot be used.
    """

    def __init__(
        self,
        languages: Sequence[str] | None = None,
        workers: int | None = None,
        *,
        limits: LimitPolicy | None = None,
        tests: Tests = "hidden",
        extract: bool = False,
        cached: bool = True,
        sandboxed: bool = True,
        require_wall: bool = False,
        executor: ExecutorName = "local",
        address: str = "auto",
        patience_s: float = _PATIENCE_S,
    ):
        check_languages(languages=tuple(languages) if languages is not None else None)
        if workers is not None and workers < 1:
            raise InputError(f"{workers} workers; at least 1 is needed", setting="workers")
        self.environment = Environment(languages, sandboxed)
        self._policy, self._tests = limits or LimitPolicy(), tests
        self._extract, self._require_wall = extract, require_wall
        self._pool = pool_on(executor, self.environment, address, workers, patience_s)
        self._keys = Keys(self.environment)
        self._cache = VerdictCache() if cached else None
        self._lock = threading.RLock()
        self._calibrations = Calibrations()
        self._under_way: dict[str, _Shared] = {}

    @property
    def workers(self) -> int:
        """Programs judged in parallel."""
        return self._pool.workers

    @property
    def capacity(self) -> int:
        """Programs that it has use for at once: enough that no worker waits for the next."""
        return self._pool.capacity

    def judge(self, given: Iterable[tuple[Problem, str]]) -> list[Verdict]:
        """Verdicts of (problem, completion), in their order.

        Raises:
            SandboxError: slots cannot be started.
        """
        futures: list[Future[Verdict]] = []
        try:
            futures += (self.submit(problem, completion) for problem, completion in given)
            return [future.result() for future in futures]
        finally:
            for future in futures:
                future.cancel()

    async def ajudge(self, problem: Problem, completion: str) -> Verdict:
        """As `judge`, of one; cancelling it ends it."""
        return await asyncio.wrap_future(self.submit(problem, completion))

    def submit(self, problem: Problem, completion: str) -> Future[Verdict]:
        """A verdict to come. Cancelled, the program is not executed, or no longer, unless others wait for the same.

        Raises:
            InputError: the problem's language is none of this judge's.
        """
        return self.begin(problem, self.read(problem, completion))

    def begin(self, problem: Problem, given: Given) -> Future[Verdict]:
        """As `submit`, of a completion that was read."""
        program = given.program
        verdict = self._refusal(program)
        future: Future[Verdict] = promised()
        if verdict is not None:
            future.set_result(verdict)
            return future
        self._calibrated(problem).add_done_callback(partial(self._go_on, program, future))
        return future

    def run(self, program: Program, limits: Limits) -> Future[Verdict]:
        """As `submit`, of a program that has limits of its own: no reference solution is asked for them."""
        future: Future[Verdict] = promised()
        if (verdict := self._refusal(program)) is not None:
            future.set_result(verdict)
        else:
            self._begin(program, limits, future)
        return future

    def read(self, problem: Problem, completion: str, extract: bool | None = None) -> Given:
        """The program that a completion becomes, and how it was read; `extract` in place of the judge's own.

        Raises:
            InputError: the problem's language is none of this judge's.
        """
        if problem.language not in self.environment.toolchains:
            known = ", ".join(self.environment.toolchains)
            raise InputError(
                f"{problem.task_id} is in {problem.language}; this judge knows {known}", setting="languages"
            )
        sample, read_as = Sample(task_id=problem.task_id, index=0, text=completion), ""
        if self._extract if extract is None else extract:
            answer = read_answer(completion, problem)
            sample, read_as = msgspec.structs.replace(sample, text=answer.code, whole=answer.whole), answer.read_as
        return Given(program=program_of(problem, sample, self._tests), code=sample.text, read_as=read_as)

    def close(self) -> None:
        """End at once; what has no verdict yet fails with a SandboxError."""
        self._pool.close()
        with self._lock:
            if self._cache is not None:
                self._cache.close()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- on the way to a verdict, in whichever thread knows more ---------------------------------------------------

    def _refusal(self, program: Program) -> Verdict | None:
        if self._require_wall and program.not_walled:
            return Verdict(status=Status.NOT_JUDGED, reason=f"its tests share its process: {program.not_walled}")
        return self.environment.cannot_judge(program)

    def _calibrated(self, problem: Problem) -> Future[Calibration]:
        """What the problem's reference solution says, or will say."""
        with self._lock:
            return self._calibrations.of(problem, self._measured)

    def _measured(self, problem: Problem) -> Future[Calibration]:
        future: Future[Calibration] = Future()
        reference = program_of(problem, reference_of(problem), self._tests)
        if problem.reference is None:
            passed = Verdict(status=Status.PASSED, reason="")
            future.set_result(Calibration(task_id="", program=reference, limits=self._policy.floor, verdict=passed))
            return future
        job = reference_job(reference, self._policy)
        if (attempts := known_measurement(job, self._cache, self._keys)) is not None:
            future.set_result(calibration_of(job, self._policy, attempts))
        else:
            self._pool.submit(job).add_done_callback(partial(self._take_measurement, job, future))
        return future

    def _take_measurement(self, job: Job, future: Future[Calibration], judged: Future[Verdict]) -> None:
        try:
            with self._lock:
                found = measured(job, self._policy, judged.result(), self._cache, self._keys)
        except Exception as error:  # noqa: BLE001 - carried to who waits
            future.set_exception(error)
        else:
            future.set_result(found)

    def _go_on(self, program: Program, future: Future[Verdict], calibrated: Future[Calibration]) -> None:
        """The limits are known: so is the verdict, or it is under way, or it begins."""
        try:
            calibration = calibrated.result()
            if calibration.verdict.status is not Status.PASSED:
                why = f"{calibration.verdict.status}: {calibration.verdict.reason}"
                reason = f"the problem's own reference solution does not pass here: {why}"
                give(future, Verdict(status=Status.NOT_JUDGED, reason=reason))
                return
            if not future.done():
                self._begin(program, calibration.limits, future)
        except Exception as error:  # noqa: BLE001 - carried to who waits
            fail(future, error)

    def _begin(self, program: Program, limits: Limits, future: Future[Verdict]) -> None:
        key, job = self._keys.verdict(program.key, program.language, limits), Job(program=program, limits=limits)
        with self._lock:
            verdict = None
            if self._cache is not None and may_be_kept(program) and (verdict := self._cache.verdict(key)) is None:
                job = with_tried(job, self._cache, self._keys)
                verdict = remembered(job)
            under_way = self._under_way.get(key)
            if verdict is None and not (under_way is not None and under_way.add(future)):
                judged = self._pool.submit(job)
                shared = self._under_way[key] = _Shared(judged)
                shared.add(future)
                judged.add_done_callback(partial(self._take_verdict, key, job, shared))
        if verdict is not None:
            give(future, verdict)

    def _take_verdict(self, key: str, job: Job, shared: "_Shared", judged: Future[Verdict]) -> None:
        with self._lock:
            if self._under_way.get(key) is shared:
                del self._under_way[key]
            waiting = shared.end()
        if judged.cancelled():
            return
        error = judged.exception()
        if error is None and self._cache is not None:
            with self._lock, contextlib.suppress(StorageError):  # it costs time later, and no verdict
                keep(job, judged.result(), self._cache, self._keys)
        for future in waiting:
            if error is None:
                give(future, judged.result())
            else:
                fail(future, error)


class _Shared:
    """Equal programs under way: those who wait for their one verdict."""

    def __init__(self, judged: Future[Verdict]):
        """`judged`: of the program that is executed for all."""
        self._judged: Future[Verdict] | None = judged
        self._waiting: list[Future[Verdict]] = []
        self._lock = threading.Lock()

    def add(self, future: Future[Verdict]) -> bool:
        """Whether it waits with the others now: too late where nobody wanted it any more."""
        with self._lock:
            if self._judged is None or self._judged.cancelled():
                return False
            self._waiting.append(future)
        future.add_done_callback(self._look)
        return True

    def end(self) -> list[Future[Verdict]]:
        """All that waited; no more can."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            self._judged = None  # all have callbacks that have this: nothing is left to the garbage collector
            return waiting

    def _look(self, _: Future[Verdict]) -> None:
        with self._lock:
            unwanted = self._judged if all(future.cancelled() for future in self._waiting) else None
        if unwanted is not None:
            unwanted.cancel()
