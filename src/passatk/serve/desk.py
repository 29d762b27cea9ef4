"""Takes programs from clients, gives each its turn at the judge, and answers in time."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from passatk.errors import PassatkError, SandboxError
from passatk.judging.verdict import is_trouble
from passatk.pipeline import Judge
from passatk.pipeline.judge import Given
from passatk.records import Limits, Problem, Record, Status, Verdict
from passatk.serve.line import Line, Place
from passatk.serve.metrics import Metrics

_PAUSES_S = (0.1, 0.5, 2.0)
"""Between tries of what the sandbox failed at."""
_READERS = 4
_AHEAD = 4
"""So many programs for each worker are with the judge: enough that none is idle, and few enough to stay fair."""
_LEAST_AHEAD = 8
_GOODBYE_S = 5.0
"""So long at the end clients have to take their answers."""
_LATE = "the request's deadline came first"
_CLOSED = "the server is being shut down"

Begun = tuple[Given, "Future[Verdict]"]


class Task(Record, frozen=True, kw_only=True):
    """One program to be judged, as it came."""

    language: str
    begin: Callable[[Judge], Begun]
    """Called in a thread, when its turn has come."""
    size: int
    """Its part of the request, in bytes."""


class Answer(Record, frozen=True, kw_only=True):
    """What became of one."""

    verdict: Verdict
    given: Given | None = None
    """None where it never came to that."""
    retry: bool = False
    """It may go better another time."""


def completion_task(problem: Problem, completion: str, extract: bool, size: int) -> Task:
    """A completion of a problem, judged by its tests under the limits that its reference gives."""

    def begin(judge: Judge) -> Begun:
        given = judge.read(problem, completion, extract)
        return given, judge.begin(problem, given)

    return Task(language=problem.language, begin=begin, size=size)


def program_task(assemble: Callable[[Judge], Given], language: str, limits: Limits, size: int) -> Task:
    """A program under limits that came with it."""

    def begin(judge: Judge) -> Begun:
        given = assemble(judge)
        return given, judge.run(given.program, limits)

    return Task(language=language, begin=begin, size=size)


def limited_task(problem: Problem, answer: str, limits: Limits, size: int) -> Task:
    """A chat model's answer to a problem, under limits that came with it."""
    return program_task(lambda judge: judge.read(problem, answer, True), problem.language, limits, size)


class Desk:
    """One judge and the line before it."""

    def __init__(self, judge: Judge, most: int, most_bytes: int):
        """`most`, `most_bytes`: programs that may wait, and what their requests may have."""
        self.judge = judge
        self.line = Line(most, most_bytes, max(_LEAST_AHEAD, _AHEAD * judge.workers))
        self.metrics = Metrics(self.line)
        self.closing = self.ended = False
        self.timeouts: set[asyncio.Timeout] = set()
        self.readers = ThreadPoolExecutor(_READERS, "passatk-serve-reader")
        self._batches: set[Batch] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def enter(self, client: Hashable, tasks: Sequence[Task], deadline_s: float) -> "Batch":
        """A place in the line for all of `tasks`. A context manager: what it leaves unanswered is dropped.

        Raises:
            Full: there is no room for them now, or ever.
        """
        batch = Batch(self, self.line.enter(client, [task.size for task in tasks]), tasks, deadline_s)
        self._batches.add(batch)
        self._idle.clear()
        return batch

    def left(self, batch: "Batch") -> None:
        """Called by a batch, when it has ended."""
        self._batches.discard(batch)
        if not self._batches:
            self._idle.set()

    async def finish(self, grace_s: float) -> None:
        """Take nothing new, and wait until all that was accepted is answered; after `grace_s`, with what there is."""
        self.closing = True
        try:
            await asyncio.wait_for(self._idle.wait(), grace_s)
        except TimeoutError:
            self.ended = True
            now = asyncio.get_running_loop().time()
            for timeout in self.timeouts:
                with contextlib.suppress(RuntimeError):  # it has come already
                    timeout.reschedule(now)
            with contextlib.suppress(TimeoutError):  # somebody does not read what is sent
                await asyncio.wait_for(self._idle.wait(), _GOODBYE_S)

    def close(self) -> None:
        """End its threads; the judge is its maker's."""
        self.readers.shutdown(wait=False, cancel_futures=True)


class Batch:
    """Programs of one request: (place in the request, answer) as they come."""

    def __init__(self, desk: Desk, places: Sequence[Place], tasks: Sequence[Task], deadline_s: float):
        self._desk, self._places, self._left = desk, places, len(tasks)
        self._ends = asyncio.get_running_loop().time() + deadline_s
        self._answers: asyncio.Queue[tuple[int, Answer | Exception]] = asyncio.Queue()
        both = enumerate(zip(places, tasks, strict=True))
        self._judging = [asyncio.ensure_future(self._answer(number, *one)) for number, one in both]

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> "Batch":
        return self

    async def __anext__(self) -> tuple[int, Answer]:
        if not self._left:
            raise StopAsyncIteration
        number, answer = await self._answers.get()
        if isinstance(answer, Exception):
            raise answer
        self._left -= 1
        return number, answer

    async def all(self) -> list[Answer]:
        """All answers, in the order of the programs."""
        found = {number: answer async for number, answer in self}
        return [found[number] for number in sorted(found)]

    def close(self) -> None:
        """Drop what has no answer yet."""
        self._desk.metrics.dropped.inc(self._left)
        self._left = 0
        for one in self._judging:
            one.cancel()
        for place in self._places:
            place.leave()
        self._desk.left(self)

    async def _answer(self, number: int, place: Place, task: Task) -> None:
        metrics = self._desk.metrics
        try:
            answer = await self._in_time(place, task)
            metrics.programs.labels(task.language, str(answer.verdict.status)).inc()
            metrics.judged_s.observe(time.monotonic() - place.since)
            self._answers.put_nowait((number, answer))
        except Exception as error:  # noqa: BLE001 - carried to who waits
            self._answers.put_nowait((number, error))
        finally:
            place.leave()

    async def _in_time(self, place: Place, task: Task) -> Answer:
        timeouts = self._desk.timeouts
        try:
            async with asyncio.timeout_at(0.0 if self._desk.ended else self._ends) as timeout:
                timeouts.add(timeout)
                try:
                    return await self._judged(place, task)
                finally:
                    timeouts.discard(timeout)
        except TimeoutError:
            reason = _CLOSED if self._desk.ended else _LATE
            return Answer(verdict=Verdict(status=Status.NOT_JUDGED, reason=reason), retry=True)

    async def _judged(self, place: Place, task: Task) -> Answer:
        await place.turn
        self._desk.metrics.queued_s.observe(time.monotonic() - place.since)
        for pause_s in _PAUSES_S:
            answer = await self._tried(task)
            if not answer.retry:
                return answer
            self._desk.metrics.retries.inc()
            await asyncio.sleep(pause_s)
        return await self._tried(task)

    async def _tried(self, task: Task) -> Answer:
        answered: Future[Answer] = Future()
        self._desk.readers.submit(_begin, task, self._desk.judge, answered)
        return await asyncio.wrap_future(answered)


def _begin(task: Task, judge: Judge, answered: "Future[Answer]") -> None:
    """In a reader's thread, and so is what comes of it: the event loop wakes once for a program."""
    if answered.cancelled():
        return
    given: Given | None = None
    try:
        given, judging = task.begin(judge)
    except Exception as error:  # noqa: BLE001 - carried to who waits
        judging = Future()
        judging.set_exception(error)
    answered.add_done_callback(lambda done: done.cancelled() and judging.cancel())
    judging.add_done_callback(partial(_settle, answered, given))


def _settle(answered: "Future[Answer]", given: Given | None, judged: "Future[Verdict]") -> None:
    if judged.cancelled():
        answered.cancel()
    elif answered.set_running_or_notify_cancel():
        try:
            verdict = judged.result()
            answered.set_result(Answer(verdict=verdict, given=given, retry=is_trouble(verdict)))
        except PassatkError as error:
            verdict = Verdict(status=Status.NOT_JUDGED, reason=str(error))
            answered.set_result(Answer(verdict=verdict, given=given, retry=isinstance(error, SandboxError)))
        except Exception as error:  # noqa: BLE001 - carried to who waits
            answered.set_exception(error)
