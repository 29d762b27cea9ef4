"""What a pool is given, on the way to verdicts."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from passatk.judging.cancellation import Cancellation
from passatk.judging.executor import Execute, Executor
from passatk.judging.futures import fail, give
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
            give(self.future, agree(self._verdicts))  # unless nobody wants it any more, or another repeat has failed

    def fail(self, error: BaseException) -> None:
        fail(self.future, error)


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

    def begin(self, executor: Executor, future: "Future[Outcome]") -> None:
        """Among others; what comes of it is for `take`."""
        job = self.order.job
        known = job.tried is not None and not self.attempts
        program = left(job) if known else job.program
        executor.begin(program, with_headroom(job.limits), self.variation, self.cancellation, future)

    def take(self, outcome: Outcome) -> None:
        """One attempt more."""
        job = self.order.job
        self.attempts.append(outcome if job.tried is None or self.attempts else joined(job, outcome))

    def attempt(self, execute: Execute) -> None:
        """Once more, alone."""
        job = self.order.job
        self.take(execute(job.program, with_headroom(job.limits), self.variation, self.cancellation))

    def verdict(self) -> Verdict:
        """Of its attempts, which leave no doubt."""
        return verdict_of(self.program, self.attempts, self.order.job.limits)
