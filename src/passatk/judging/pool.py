"""From jobs to verdicts, over any executor: what is in doubt is settled alone, while more jobs may arrive.

Jobs wait until what their tests are run with is built (many together, so that a compiler is not started for each), are
executed among others, and have a verdict unless that leaves a doubt. Those that slept are executed once more when
others leave room, together; the rest of the doubtful alone, in phases: when nothing else waits, or when somebody has
waited for `patience_s`, and never more of the time than others had before.
"""

import atexit
import math
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType

from passatk.errors import InputError, SandboxError
from passatk.judging.cancellation import Cancellation
from passatk.judging.examiners import TOGETHER
from passatk.judging.executor import Execute, Executor
from passatk.judging.futures import fail
from passatk.judging.orders import Case, Order
from passatk.judging.quiet import Job, fell_asleep
from passatk.records import Examiner, Outcome, Program, Verdict

_AHEAD = 4
"""So many jobs for each slot are read before they are needed."""
_MOST_WAITING = 2000
"""So many at most wait until what their tests are run with is built."""
_CLOSED = "the judge was closed before it judged this program"
_PHASE_S = 2.0
"""After so long alone, others that wait have their turn."""
_LOOK_S = 0.05
_COLLECTING_S = 1.0
"""So long at most a builder waits for more to build together, while jobs are being read."""


class Pool:
    """Judges programs by an executor. Safe from threads; a context manager, which keeps what is warm until it ends."""

    def __init__(self, executor: Executor, patience_s: float = math.inf):
        """`patience_s`: how long one in doubt waits at most for others to leave it alone, as far as that is fair."""
        self.executor, self.environment = executor, executor.environment
        self._patience_s = patience_s
        self._lock = threading.RLock()
        self._build, self._settle = threading.Condition(self._lock), threading.Condition(self._lock)
        self._ready: deque[Case] = deque()
        self._asleep: deque[Case] = deque()
        self._doubtful: deque[Case] = deque()
        self._unexamined: list[Case] = []
        self._wanted: dict[str, Examiner] = {}
        self._building = self._executing = self._sleeping = self._reading = 0
        self._threads: list[threading.Thread] = []
        self._advancing = self._stopping = False
        self._users = 0
        self._pid = os.getpid()

    @property
    def workers(self) -> int:
        """Programs judged in parallel; more where an executor has grown."""
        return self.executor.slots

    @property
    def capacity(self) -> int:
        """Programs that it has use for at once."""
        return max(_AHEAD * self.executor.slots, self.executor.capacity)

    # --- what others call ----------------------------------------------------------------------------------------

    def __enter__(self) -> "Pool":
        with self._lock:
            self._users += 1
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            self.close()

    def submit(self, job: Job) -> Future[Verdict]:
        """Its verdict, when it has one. A cancelled one is not executed, or no longer, and its slot is free at once.

        Raises:
            InputError: this is a fork of the process that the pool was made in.
        """
        if os.getpid() != self._pid:
            raise InputError("a judge lives in the process that made it; make another one in this process")
        order = Order(job)
        if (verdict := self.environment.cannot_judge(job.program)) is not None:
            order.future.set_result(verdict)
            return order.future
        cases = [Case(order, number if job.vary else 0) for number in range(job.repeat)]
        order.future.add_done_callback(partial(_end, [case.cancellation for case in cases]))
        examiner = job.program.examiner
        with self._lock:
            if self._stopping:
                raise SandboxError(_CLOSED)
            self._start()
            if examiner is None or self.environment.examiners.known(examiner):
                self._ready.extend(cases)
            else:
                now = time.monotonic()
                for case in cases:
                    case.since = now
                self._unexamined += cases
                self._wanted[examiner.key] = examiner
                self._wake()
        self._advance()
        return order.future

    def judge(self, jobs: Iterable[Job]) -> Generator[tuple[Job, Verdict], None, None]:
        """Verdicts as they come, in no particular order; `jobs` is read only as fast as they are judged.

        Raises:
            PassatkError: whatever `jobs` raises, or a SandboxError when slots cannot be started.
        """
        given = iter(jobs)
        done: queue.SimpleQueue[tuple[Job, Future[Verdict]]] = queue.SimpleQueue()
        pending: set[Future[Verdict]] = set()
        more = True
        with self:
            try:
                while more or pending:
                    with self._lock:
                        self._reading += 1
                    try:
                        while more and self._has_room():
                            if (job := next(given, None)) is None:
                                more = False
                                break
                            future = self.submit(job)
                            pending.add(future)
                            future.add_done_callback(partial(_put, done, job))
                            if not done.empty():
                                break
                    finally:
                        with self._lock:
                            self._reading -= 1
                            self._wake()
                    if pending:
                        job, future = done.get()
                        pending.remove(future)
                        yield job, future.result()
            finally:
                for future in pending:
                    future.cancel()

    def examine(self, programs: Iterable[Program]) -> None:
        """Build what their tests are run with; from then on `Environment.unfit` knows which do not compile.

        Raises:
            SandboxError: the sandbox cannot execute a build.
        """
        able = [program for program in programs if self.environment.cannot_judge(program) is None]
        with self:
            self._make([program.examiner for program in able if program.examiner])

    def close(self) -> None:
        """End at once: what has no verdict yet fails with a SandboxError. Jobs may be given to it again."""
        with self._lock:
            threads, self._threads = self._threads, []
            self._stopping = True
            left = [*self._ready, *self._asleep, *self._doubtful, *self._unexamined]
            for waiting in (self._ready, self._asleep, self._doubtful, self._unexamined, self._wanted):
                waiting.clear()
            for condition in (self._build, self._settle):
                condition.notify_all()
        if self._pid == os.getpid():
            self.executor.close()
        for thread in threads:
            thread.join()
        for case in left:
            case.order.fail(SandboxError(_CLOSED))
        atexit.unregister(self.close)
        self._stopping = False

    # --- its threads ---------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._threads:
            return
        atexit.register(self.close)
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in (self._builds, self._settles)]
        for thread in self._threads:
            thread.start()

    def _wake(self) -> None:
        """Those that may have something to do now."""
        if self._wanted:
            self._build.notify()
        if self._doubtful:
            self._settle.notify()

    def _advance(self) -> None:
        """Give the executor as many as it has places for: one thread at a time, and none waits for another to do so."""
        with self._lock:
            if self._advancing:
                return  # that one looks once more
            self._advancing = True
        while (case := self._next()) is not None:
            future: Future[Outcome] = Future()
            future.add_done_callback(partial(self._take, case))
            try:
                case.begin(self.executor, future)
            except Exception as error:  # noqa: BLE001 - carried to who waits: no program may get lost in silence
                fail(future, error)

    def _next(self) -> Case | None:
        """What is executed next, those first that were never executed; None: there is no place, or nothing waits."""
        with self._lock:
            while not self._stopping and self._executing < self.executor.capacity and (self._ready or self._asleep):
                case = (self._asleep if self._may_sleep() else self._ready).popleft()
                if not case.order.future.done():
                    self._executing += 1
                    self._sleeping += bool(case.attempts)
                    return case
            self._advancing = False
            self._wake()
            return None

    def _may_sleep(self) -> bool:
        """Whether the next to be executed is one that slept: nobody else waits, or half of the slots sleep at most."""
        if not self._ready or not self._asleep:
            return bool(self._asleep)
        late = time.monotonic() - self._asleep[0].since > self._patience_s
        return late and self._sleeping < max(1, self.workers // 2)

    def _take(self, case: Case, future: "Future[Outcome]") -> None:
        """What came of an execution among others. Who waits for a verdict is told last: nothing is left to do then."""
        slept = bool(case.attempts)
        tell, waits = self._judged(case, future)
        with self._lock:
            self._executing -= 1
            self._sleeping -= slept
            if waits is not None and not self._stopping:
                waits.append(case)
                waits = None
            self._wake()
        if waits is not None:
            tell = partial(case.order.fail, SandboxError(_CLOSED))
        self._advance()
        tell()

    def _judged(self, case: Case, future: "Future[Outcome]") -> tuple[Callable[[], None], deque[Case] | None]:
        """What is told to who waits for a verdict, or where the case waits for another attempt."""
        if (error := future.exception()) is not None:  # raised here it would have this frame, which has the future
            return partial(case.order.fail, error), None
        try:
            case.take(future.result())
            if not case.unsettled:
                return partial(case.order.add, case.verdict()), None
        except Exception as mistake:  # noqa: BLE001 - carried to who waits: no program may get lost in silence
            return partial(case.order.fail, mistake), None
        case.since = time.monotonic()
        return _nothing, self._asleep if len(case.attempts) == 1 and fell_asleep(case.attempts[0]) else self._doubtful

    def _builds(self) -> None:
        """Build what tests are run with, for all that wait for it."""
        while True:
            with self._lock:
                while not self._stopping and not self._build_is_due():
                    self._build.wait(_LOOK_S if self._wanted else None)
                if self._stopping:
                    return
                cases, self._unexamined = self._unexamined, []
                wanted, self._wanted = list(self._wanted.values()), {}
                self._building = len(cases)
            self._make_for(cases, wanted)

    def _make_for(self, cases: list[Case], wanted: list[Examiner]) -> None:
        failed: Exception | None = None
        try:
            self._make(wanted)
        except Exception as error:  # noqa: BLE001 - carried to who waits
            failed = error
        for case in cases:
            if failed is not None:
                case.order.fail(failed)
            elif (verdict := self.environment.cannot_judge(case.program)) is not None:
                case.order.add(verdict)
        with self._lock:
            self._building = 0
            self._ready.extend(case for case in cases if not case.order.future.done())
            self._wake()
        self._advance()

    def _make(self, wanted: Iterable[Examiner]) -> None:
        examiners = self.environment.examiners
        with ThreadPoolExecutor(self.workers) as threads:
            list(
                threads.map(
                    lambda group: examiners.build(group, self.executor.make), examiners.groups(wanted, self.workers)
                )
            )

    def _build_is_due(self) -> bool:
        if not self._wanted:
            return False
        whole = len(self._wanted) >= TOGETHER * self.workers or len(self._unexamined) >= _MOST_WAITING
        return whole or not self._reading or time.monotonic() - self._unexamined[0].since > _COLLECTING_S

    def _has_room(self) -> bool:
        """Whether it makes sense to read another job."""
        with self._lock:
            if len(self._unexamined) >= _MOST_WAITING:
                return False
            collecting = bool(self._wanted) and not self._build_is_due()
            return collecting or len(self._ready) < self.capacity

    def _settles(self) -> None:
        """The quiet lane."""
        ended, lasted_s = 0.0, 0.0
        while True:
            with self._lock:
                while not self._stopping and not self._quiet_is_due(ended + lasted_s):
                    self._settle.wait(_LOOK_S if self._doubtful and self._patience_s < math.inf else None)
                if self._stopping:
                    return
            began = time.monotonic()
            try:
                with self.executor.alone() as execute:
                    self._quiet(execute, began)
            except Exception as error:  # noqa: BLE001 - carried to who waits
                with self._lock:
                    left = [*self._doubtful]
                    self._doubtful.clear()
                for case in left:
                    case.order.fail(error)
            ended = time.monotonic()
            lasted_s = ended - began

    def _quiet_is_due(self, from_then: float) -> bool:
        if not self._doubtful:
            return False
        if not (self._executing or self._reading or self._others_wait()):
            return True
        now = time.monotonic()
        return now >= from_then and now - self._doubtful[0].since > self._patience_s

    def _others_wait(self) -> bool:
        return bool(self._ready or self._asleep or self._unexamined or self._building)

    def _quiet(self, execute: Execute, began: float) -> None:
        while True:
            with self._lock:
                turn_is_over = (self._executing or self._others_wait()) and time.monotonic() - began > _PHASE_S
                if self._stopping or not self._doubtful or turn_is_over:
                    return
                case = self._doubtful.popleft()
            try:
                while case.unsettled and not case.order.future.done():
                    case.attempt(execute)
                if not case.unsettled:
                    case.order.add(case.verdict())
            except Exception as error:  # noqa: BLE001 - carried to who waits
                case.order.fail(error)


def _nothing() -> None:
    """Is told."""


def _end(executions: Iterable[Cancellation], _: Future[Verdict]) -> None:
    """Nobody waits for them: cancelled, failed, or done."""
    for one in executions:
        one.ask()


def _put(done: "queue.SimpleQueue[tuple[Job, Future[Verdict]]]", job: Job, future: Future[Verdict]) -> None:
    done.put((job, future))
