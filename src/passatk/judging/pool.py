"""Workers of this machine: threads that each drive one slot."""

import queue
import threading
from collections.abc import Iterator

from passatk.errors import PassatkError
from passatk.judging.environment import Environment, usable_cpus
from passatk.judging.verdict import decide
from passatk.languages import LANGUAGES
from passatk.records import Limits, Outcome, Program, Verdict
from passatk.sandbox import Slot, SlotDied

_TRIES = 3
_POLL_S = 0.1


class LocalPool:
    """Judges programs on `workers` slots. A slot that dies is replaced and its program tried again elsewhere."""

    def __init__(self, environment: Environment, limits: Limits, workers: int | None = None):
        self._environment = environment
        self._limits = limits
        self.workers = workers or len(usable_cpus())
        self._stopping = threading.Event()

    def judge(self, programs: Iterator[Program]) -> Iterator[tuple[Program, Verdict]]:
        """Verdicts as they come, in no particular order; `programs` is read only as fast as they are judged.

        Raises:
            PassatkError: whatever `programs` raises, or a SandboxError when slots cannot be started.
        """
        waiting: queue.Queue[Program | None] = queue.Queue(maxsize=2 * self.workers)
        done: queue.Queue[tuple[Program, Verdict] | BaseException | None] = queue.Queue()
        cpus = usable_cpus()
        threads = [
            threading.Thread(target=self._work, args=(waiting, done, cpus[i % len(cpus)]), daemon=True)
            for i in range(self.workers)
        ]
        threads.append(threading.Thread(target=self._feed, args=(programs, waiting, done), daemon=True))
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
            self._stopping.set()
            for thread in threads:
                thread.join()

    def _feed(
        self,
        programs: Iterator[Program],
        waiting: "queue.Queue[Program | None]",
        done: "queue.Queue[tuple[Program, Verdict] | BaseException | None]",
    ) -> None:
        try:
            for program in programs:
                impossible = self._environment.cannot_judge(program)
                if impossible is not None:
                    done.put((program, impossible))
                elif not self._offer(waiting, program):
                    break
        except Exception as error:  # noqa: BLE001 - carried to the caller's thread
            done.put(error)
        for _ in range(self.workers):
            self._offer(waiting, None)
        done.put(None)

    def _offer(self, waiting: "queue.Queue[Program | None]", program: Program | None) -> bool:
        while not self._stopping.is_set():
            try:
                waiting.put(program, timeout=_POLL_S)
                return True
            except queue.Full:
                continue
        return False

    def _work(
        self,
        waiting: "queue.Queue[Program | None]",
        done: "queue.Queue[tuple[Program, Verdict] | BaseException | None]",
        cpu: int,
    ) -> None:
        worker = _Worker(self._environment, self._limits, cpu)
        try:
            while not self._stopping.is_set():
                try:
                    program = waiting.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                if program is None:
                    break
                done.put((program, worker.judge(program)))
        except (PassatkError, OSError) as error:
            done.put(error)
        finally:
            worker.close()
            done.put(None)


class _Worker:
    """One slot, started when first needed and replaced when it dies."""

    def __init__(self, environment: Environment, limits: Limits, cpu: int):
        self._environment, self._limits, self._cpu = environment, limits, cpu
        self._slot: Slot | None = None

    def judge(self, program: Program) -> Verdict:
        outcome = self._execute(program)
        return decide(outcome, self._limits, LANGUAGES[program.language].read_failure)

    def _execute(self, program: Program) -> Outcome:
        words = ""
        for _ in range(_TRIES):
            if self._slot is None:
                self._slot = Slot(self._environment.world, self._cpu)
            try:
                outcome = self._slot.execute(program, self._limits)
            except SlotDied as error:
                self.close()
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
