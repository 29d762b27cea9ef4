"""Workers of this machine: threads that each drive one slot."""

import os
import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from functools import partial

from passatk.judging.environment import Environment, usable_cpus
from passatk.judging.quiet import is_provisional, repeat_alone, with_headroom
from passatk.judging.verdict import decide
from passatk.languages import LANGUAGES
from passatk.records import Limits, Outcome, Program, Verdict
from passatk.sandbox import Slot, SlotDied

_Done = queue.Queue[tuple[Program, Outcome | Verdict] | BaseException | None]

_TRIES = 3
_POLL_S = 0.1


class LocalPool:
    """Judges programs on `workers` slots. A slot that dies is replaced and its program tried again.

    What rests on a CPU time is repeated in the quiet lane, after all else.
    """

    def __init__(self, environment: Environment, limits: Limits, workers: int | None = None):
        self._environment = environment
        self._limits = limits
        self.workers = workers or len(usable_cpus())
        cpus = usable_cpus()
        first = os.getpid()  # so that two runs on one machine do not begin with the same CPU
        self._cpus = [cpus[(first + i) % len(cpus)] for i in range(self.workers)]

    def judge(self, programs: Iterator[Program]) -> Generator[tuple[Program, Verdict], None, None]:
        """Verdicts as they come, in no particular order; `programs` is read only as fast as they are judged.

        Raises:
            PassatkError: whatever `programs` raises, or a SandboxError when slots cannot be started.
        """
        waiting: queue.Queue[Program | None] = queue.Queue(maxsize=2 * self.workers)
        done: _Done = queue.Queue()
        provisional: list[tuple[Program, Outcome]] = []
        stopping = threading.Event()
        workers = [_Worker(self._environment, self._limits, cpu) for cpu in self._cpus]
        threads = [
            threading.Thread(target=_work, args=(worker, waiting, done, stopping), daemon=True) for worker in workers
        ]
        threads.append(threading.Thread(target=self._feed, args=(programs, waiting, done, stopping), daemon=True))
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
                elif isinstance(result[1], Verdict):
                    yield result[0], result[1]
                elif is_provisional(result[1], self._limits):
                    provisional.append((result[0], result[1]))
                else:
                    yield result[0], self._decide(result[0], [result[1]])
        finally:
            stopping.set()
            for worker in workers:
                worker.kill()
            for thread in threads:
                thread.join()
        yield from self._quiet_lane(provisional)

    def _quiet_lane(self, provisional: list[tuple[Program, Outcome]]) -> Iterator[tuple[Program, Verdict]]:
        """Repeat what is in doubt, one at a time, when all else is done."""
        if not provisional:
            return
        worker = _Worker(self._environment, self._limits, self._cpus[0])
        try:
            for program, first in provisional:
                attempts = repeat_alone(first, self._limits, partial(worker.execute, program))
                yield program, self._decide(program, attempts)
        finally:
            worker.close()

    def _decide(self, program: Program, attempts: Sequence[Outcome]) -> Verdict:
        return decide(attempts, self._limits, LANGUAGES[program.language].read_failure)

    def _feed(
        self,
        programs: Iterator[Program],
        waiting: "queue.Queue[Program | None]",
        done: "_Done",
        stopping: threading.Event,
    ) -> None:
        try:
            for program in programs:
                impossible = self._environment.cannot_judge(program)
                if impossible is not None:
                    done.put((program, impossible))
                elif not _offer(waiting, program, stopping):
                    break
        except Exception as error:  # noqa: BLE001 - carried to the caller's thread
            done.put(error)
        for _ in range(self.workers):
            _offer(waiting, None, stopping)
        done.put(None)


def _offer(waiting: "queue.Queue[Program | None]", program: Program | None, stopping: threading.Event) -> bool:
    while not stopping.is_set():
        try:
            waiting.put(program, timeout=_POLL_S)
            return True
        except queue.Full:
            continue
    return False


def _work(worker: "_Worker", waiting: "queue.Queue[Program | None]", done: "_Done", stopping: threading.Event) -> None:
    try:
        while not stopping.is_set():
            try:
                program = waiting.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if program is None:
                break
            done.put((program, worker.execute(program)))
    except Exception as error:  # noqa: BLE001 - carried to the caller's thread: no program may get lost in silence
        if not stopping.is_set():
            done.put(error)
    finally:
        worker.close()
        done.put(None)


class _Worker:
    """One slot, started when first needed and replaced when it dies."""

    def __init__(self, environment: Environment, limits: Limits, cpu: int):
        self._environment, self._cpu = environment, cpu
        self._limits = with_headroom(limits)
        self._slot: Slot | None = None
        self._killed = False

    def kill(self) -> None:
        """From another thread: end whatever is being executed."""
        self._killed = True
        if (slot := self._slot) is not None:
            slot.kill()

    def execute(self, program: Program) -> Outcome:
        words = ""
        for _ in range(_TRIES):
            if self._slot is None:
                self._slot = Slot(self._environment.world, self._cpu)
            try:
                outcome = self._slot.execute(program, self._limits)
            except SlotDied as error:
                self.close()
                if self._killed:
                    raise
                words = f"its slot died {_TRIES} times: {error}"
                continue
            if outcome.fault is None:
                return outcome
            words = outcome.fault
        return Outcome(build=None, run=None, isolation=self._environment.isolation, fault=words)

    def close(self) -> None:
        if self._slot is not None:
            self._slot.close()
            self._slot = None
