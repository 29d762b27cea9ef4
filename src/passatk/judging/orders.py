"""What a pool is given, on the way to verdicts."""

import contextlib
import threading
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

from passatk.judging.cancellation import Cancellation
from passatk.judging.executor import Execute
from passatk.judging.quiet import Job, unsettled, with_headroom
from passatk.judging.tried import joined, left
from passatk.judging.verdict import agree, verdict_of
from passatk.records import Outcome, Program, Verdict


class Order:
    """A job, until all its repeats are judged."""

    def __init__(self, job: Job):
        self.job = job
        self.future: Future[Verdict] = Future()
        self._verdicts: list[Verdict] = []
        self._lock = threading.Lock()

    def add(self, verdict: Verdict) -> None:
        with self._lock:
            self._verdicts.append(verdict)
            whole = len(self._verdicts) == self.job.repeat
        if whole:
            with contextlib.suppress(InvalidStateError):  # nobody wants it any more, or another repeat has failed
                self.future.set_result(agree(self._verdicts))

    def fail(self, error: BaseException) -> None:
        with contextlib.suppress(InvalidStateError):
            self.future.set_exception(error)


@dataclass
class Case:
    """One execution, or several, on the way to a verdict."""

    order: Order
    variation: int
    attempts: list[Outcome] = field(default_factory=list)
    since: float = 0.0
    """When it began to wait where it is."""
    cancellation: Cancellation = field(default_factory=Cancellation)

    @property
    def program(self) -> Program:
        return self.order.job.program

    @property
    def unsettled(self) -> bool:
        """Another attempt, alone, could change the verdict."""
        return unsettled(self.attempts, self.order.job)

    def attempt(self, execute: Execute) -> None:
        job = self.order.job
        limits = with_headroom(job.limits)
        if job.tried is None or self.attempts:
            outcome = execute(self.program, limits, self.variation, self.cancellation)
        else:
            outcome = joined(job, execute(left(job), limits, self.variation, self.cancellation))
        self.attempts.append(outcome)

    def settle(self) -> None:
        self.order.add(verdict_of(self.program, self.attempts, self.order.job.limits))
