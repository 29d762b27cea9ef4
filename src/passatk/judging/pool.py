"""Workers of this machine: threads that each drive one slot."""

import os
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

from passatk.errors import SandboxError
from passatk.judging.environment import Environment, usable_cpus
from passatk.judging.examiners import TOGETHER
from passatk.judging.execution import executed
from passatk.judging.quiet import Job, fell_asleep, unsettled, with_headroom
from passatk.judging.verdict import agree, decide
from passatk.languages import LANGUAGES
from passatk.records import Examiner, Limits, Outcome, Program, StepFacts, Verdict, Workshop
from passatk.sandbox import Slot, SlotDied

_TRIES = 2
_POLL_S = 0.1
_MOST_WAITING = 2000
"""So many programs at most wait until their examiners are built."""


@dataclass
class Case:
    """A job on its way to a verdict."""

    job: Job
    variation: int = 0
    attempts: list[Outcome] = field(default_factory=list)

    @property
    def unsettled(self) -> bool:
        """Another attempt, alone, could change the verdict."""
        return unsettled(self.attempts, self.job)

    def verdict(self) -> Verdict:
        """What the attempts so far say."""
        program = self.job.program
        failure, walled = LANGUAGES[program.language].failure, not program.not_walled
        return decide(self.attempts, self.job.limits, failure, walled, program.cases)


def _cases(job: Job) -> Iterator[Case]:
    for number in range(job.repeat):
        yield Case(job, number if job.vary else 0)


_Done = queue.Queue[Case | BaseException | None]
_Waiting = queue.Queue[Case | None]


class LocalPool:
    """Judges programs on `workers` slots. A slot that dies is replaced and its program tried again.

    As a context manager it keeps its slots from one `judge` to the next.
    """

    def __init__(self, environment: Environment, workers: int | None = None):
        self.environment = environment
        self.workers = workers or len(usable_cpus())
        cpus = usable_cpus()
        first = os.getpid()  # so that two runs on one machine do not begin with the same CPU
        self._cpus = [cpus[(first + i) % len(cpus)] for i in range(self.workers)]
        self._keeping = False
        self._kept: list[_Worker] = []

    def __enter__(self) -> "LocalPool":
        self._keeping = True
        return self

    def __exit__(self, *_: object) -> None:
        self._keeping = False
        self._put_away(self._kept)

    def _taken(self, cpus: list[int]) -> "list[_Worker]":
        """Workers, those that are kept first."""
        kept, self._kept = self._kept, []
        return [*kept, *(_Worker(self.environment, cpu) for cpu in cpus[len(kept) :])]

    def _put_away(self, workers: "list[_Worker]") -> None:
        if self._keeping:
            self._kept = workers
            return
        for worker in workers:
            worker.close()

    def judge(self, jobs: Iterable[Job]) -> Generator[tuple[Job, Verdict], None, None]:
        """Verdicts as they come, in no particular order; `jobs` is read only as fast as they are judged.

        What is in doubt is settled in the quiet lane, after all else.

        Raises:
            PassatkError: whatever `jobs` raises, or a SandboxError when slots cannot be started.
        """
        rounds: dict[str, list[Verdict]] = {}
        with closing(self._settled(case for job in jobs for case in _cases(job))) as settled:
            for case in settled:
                job = case.job
                verdict = case.verdict() if case.attempts else self.environment.cannot_judge(job.program)
                assert verdict is not None
                key = job.program.key
                verdicts = rounds.setdefault(key, [])
                verdicts.append(verdict)
                if len(verdicts) == job.repeat:
                    yield job, agree(rounds.pop(key))

    def _settled(self, cases: Iterable[Case]) -> Generator[Case, None, None]:
        """Cases with all the attempts they need; without any where this machine lacks what they need."""
        doubtful: list[Case] = []
        with closing(self._attempted(cases)) as attempted:
            for case in attempted:
                if case.attempts and case.unsettled:
                    doubtful.append(case)
                else:
                    yield case
        asleep = [case for case in doubtful if fell_asleep(case.attempts[-1])]
        alone = [case for case in doubtful if not fell_asleep(case.attempts[-1])]
        with closing(self._attempted(asleep)) as attempted:
            for case in attempted:
                if case.unsettled:
                    alone.append(case)
                else:
                    yield case
        yield from self._alone(alone)

    def _alone(self, cases: list[Case]) -> Iterator[Case]:
        """One at a time, nothing else running."""
        workers = self._taken(self._cpus[:1])
        try:
            for case in cases:
                while case.unsettled:
                    case.attempts.append(workers[0].execute(case))
                yield case
        finally:
            self._put_away(workers)

    def _attempted(self, cases: Iterable[Case]) -> Generator[Case, None, None]:
        """Each case with one more attempt, made among others, as they come."""
        waiting: _Waiting = queue.Queue(maxsize=2 * self.workers)
        done: _Done = queue.Queue()
        stopping = threading.Event()
        workers = self._taken(self._cpus)
        threads = [
            threading.Thread(target=_work, args=(worker, waiting, done, stopping), daemon=True) for worker in workers
        ]
        builders = [_Worker(self.environment, cpu) for cpu in self._cpus]
        ready = self._examined(cases, builders, stopping)
        threads.append(threading.Thread(target=self._feed, args=(ready, waiting, done, stopping), daemon=True))
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                result = done.get()
                if result is None:
                    running -= 1
                elif isinstance(result, BaseException):
                    raise result
                else:
                    yield result
        finally:
            stopping.set()
            stopped: list[_Worker] = workers if running else []
            for worker in (*stopped, *builders):
                worker.kill()
            for thread in threads:
                thread.join()
            for worker in (*stopped, *builders):
                worker.close()
            self._put_away([worker for worker in workers if worker not in stopped])

    def examine(self, programs: Iterable[Program]) -> None:
        """Build what their tests are run with; from then on `Environment.unfit` knows which do not compile.

        Raises:
            SandboxError: the sandbox cannot execute a build.
        """
        able = [program for program in programs if self.environment.cannot_judge(program) is None]
        builders = [_Worker(self.environment, cpu) for cpu in self._cpus]
        try:
            self._build([program.examiner for program in able if program.examiner], builders, threading.Event())
        finally:
            for builder in builders:
                builder.close()

    def _examined(
        self, cases: Iterable[Case], builders: "list[_Worker]", stopping: threading.Event
    ) -> Generator[Case, None, None]:
        """Cases as their examiners are built: many together, so that a compiler is not started for each."""
        waiting: list[Case] = []
        wanted: dict[str, Examiner] = {}
        for case in cases:
            examiner = case.job.program.examiner
            environment = self.environment
            if (
                examiner is None
                or environment.cannot_judge(case.job.program) is not None
                or environment.examiners.known(examiner)
            ):
                yield case
                continue
            waiting.append(case)
            wanted[examiner.key] = examiner
            if len(wanted) >= TOGETHER * self.workers or len(waiting) >= _MOST_WAITING:
                self._build(wanted.values(), builders, stopping)
                yield from waiting
                waiting, wanted = [], {}
        self._build(wanted.values(), builders, stopping)
        yield from waiting

    def _build(self, wanted: Iterable[Examiner], builders: "list[_Worker]", stopping: threading.Event) -> None:
        free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for builder in builders:
            free.put(builder)

        def build(group: list[Examiner]) -> None:
            builder = free.get()
            try:
                if not stopping.is_set():
                    self.environment.examiners.build(group, builder.make)
            finally:
                free.put(builder)

        groups = self.environment.examiners.groups(wanted, len(builders))
        with ThreadPoolExecutor(len(builders)) as threads:
            list(threads.map(build, groups))

    def _feed(self, cases: Iterable[Case], waiting: _Waiting, done: _Done, stopping: threading.Event) -> None:
        try:
            for case in cases:
                if self.environment.cannot_judge(case.job.program) is not None:
                    done.put(case)
                elif not _offer(waiting, case, stopping):
                    break
        except Exception as error:  # noqa: BLE001 - carried to the caller's thread
            done.put(error)
        for _ in range(self.workers):
            _offer(waiting, None, stopping)
        done.put(None)


def _offer(waiting: _Waiting, case: Case | None, stopping: threading.Event) -> bool:
    while not stopping.is_set():
        try:
            waiting.put(case, timeout=_POLL_S)
            return True
        except queue.Full:
            continue
    return False


def _work(worker: "_Worker", waiting: _Waiting, done: _Done, stopping: threading.Event) -> None:
    try:
        while not stopping.is_set():
            try:
                case = waiting.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if case is None:
                break
            case.attempts.append(worker.execute(case))
            done.put(case)
    except Exception as error:  # noqa: BLE001 - carried to the caller's thread: no program may get lost in silence
        if not stopping.is_set():
            done.put(error)
    finally:
        done.put(None)


class _Lost(SandboxError):
    """Slots died, again and again."""


_Answer = TypeVar("_Answer")


class _Worker:
    """One slot, started when first needed and replaced when it dies."""

    def __init__(self, environment: Environment, cpu: int):
        self._environment, self._cpu = environment, cpu
        self._slot: Slot | None = None
        self._killed = False

    def kill(self) -> None:
        """From another thread: end whatever is being executed."""
        self._killed = True
        if (slot := self._slot) is not None:
            slot.kill()

    def execute(self, case: Case) -> Outcome:
        program, limits = case.job.program, with_headroom(case.job.limits)
        try:
            outcome = self._tried(lambda slot: executed(slot, program, limits, case.variation))
        except _Lost as error:
            return Outcome(build=None, run=None, isolation=self._environment.isolation, fault=str(error))
        if outcome.fault is not None:
            self.close()  # what disturbed it may be the slot's own, such as a cgroup that somebody removed
        return outcome

    def make(self, workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
        """As `Slot.make`."""
        return self._tried(lambda slot: slot.make(workshop, limits))

    def _tried(self, ask: Callable[[Slot], _Answer]) -> _Answer:
        """What a slot answers: if it dies another one is asked.

        Raises:
            SandboxError: none can be started, or all died.
        """
        words = ""
        for _ in range(_TRIES):
            if self._slot is None:
                self._slot = Slot(self._environment.world, self._cpu)
            try:
                return ask(self._slot)
            except SlotDied as error:
                self.close()
                if self._killed:
                    raise
                words = f"its slot died {_TRIES} times: {error}"
        raise _Lost(words)

    def close(self) -> None:
        if self._slot is not None:
            self._slot.close()
            self._slot = None
