"""Takes programs from clients, gives each its turn at the judge, and answers in time."""

import asyncio
import contextlib
import time
from collections import deque
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
_LEAST_AHEAD = 8
"""So many programs are with the judge, or its capacity: enough that no worker is idle, few enough to stay fair."""
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


Outcome = Answer | Exception
"""An exception is a mistake of ours, carried to who waits."""


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
    """One judge and the line before it, in a running event loop."""

    def __init__(self, judge: Judge, most: int, most_bytes: int):
        """`most`, `most_bytes`: programs that may wait, and what their requests may have."""
        self.judge = judge
        self.line = Line(most, most_bytes, max(_LEAST_AHEAD, judge.capacity))
        self.metrics = Metrics(self.line)
        self.closing = self.ended = False
        self.readers = ThreadPoolExecutor(_READERS, "passatk-serve-reader")
        self._batches: set[Batch] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._loop = asyncio.get_running_loop()
        self._judged: deque[tuple[_Program, Outcome]] = deque()
        self._woken = False

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

    def take(self, program: "_Program", outcome: Outcome) -> None:
        """What became of a program, from any thread: the event loop wakes once for all that came by then."""
        self._judged.append((program, outcome))
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._woken = False  # first: what comes from here on may find nobody who looks
        while self._judged:
            program, outcome = self._judged.popleft()
            program.take(outcome)

    async def finish(self, grace_s: float) -> None:
        """Take nothing new, and wait until all that was accepted is answered; after `grace_s`, with what there is."""
        self.closing = True
        try:
            await asyncio.wait_for(self._idle.wait(), grace_s)
        except TimeoutError:
            self.ended = True
            for batch in [*self._batches]:
                batch.end(_CLOSED)
            with contextlib.suppress(TimeoutError):  # somebody does not read what is sent
                await asyncio.wait_for(self._idle.wait(), _GOODBYE_S)

    def close(self) -> None:
        """End its threads; the judge is its maker's."""
        self.readers.shutdown(wait=False, cancel_futures=True)


class Batch:
    """Programs of one request: (place in the request, answer) as they come."""

    def __init__(self, desk: Desk, places: Sequence[Place], tasks: Sequence[Task], deadline_s: float):
        self._desk, self._left = desk, len(tasks)
        self._outcomes: asyncio.Queue[tuple[int, Outcome]] = asyncio.Queue()
        both = enumerate(zip(places, tasks, strict=True))
        self._programs = {number: _Program(desk, *one, partial(self._add, number)) for number, one in both}
        self._deadline = asyncio.get_running_loop().call_later(deadline_s, self.end, _LATE)

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> "Batch":
        return self

    async def __anext__(self) -> tuple[int, Answer]:
        if not self._left:
            raise StopAsyncIteration
        number, outcome = await self._outcomes.get()
        if isinstance(outcome, Exception):
            raise outcome
        self._left -= 1
        return number, outcome

    async def all(self) -> list[Answer]:
        """All answers, in the order of the programs."""
        found = {number: answer async for number, answer in self}
        return [found[number] for number in sorted(found)]

    def end(self, reason: str) -> None:
        """Answer now for what has no answer yet: it is not judged, for that reason."""
        for program in [*self._programs.values()]:
            program.settle(Answer(verdict=Verdict(status=Status.NOT_JUDGED, reason=reason), retry=True))

    def close(self) -> None:
        """Drop what has no answer yet."""
        self._deadline.cancel()
        self._desk.metrics.dropped.inc(self._left)
        self._left = 0
        for program in self._programs.values():
            program.drop()
        self._desk.left(self)

    def _add(self, number: int, outcome: Outcome) -> None:
        del self._programs[number]  # what it holds is no longer needed
        self._outcomes.put_nowait((number, outcome))


class _Program:
    """One of a batch: when its turn has come it is judged, and again where the sandbox failed, until it is settled."""

    def __init__(self, desk: Desk, place: Place, task: Task, settled: Callable[[Outcome], None]):
        self._desk, self._place, self._task, self._settled = desk, place, task, settled
        self._pauses = iter(_PAUSES_S)
        self._judging: Future[Verdict] | None = None
        self._done = False
        if place.turn.done():
            self._turn(place.turn)
        else:
            place.turn.add_done_callback(self._turn)

    def _turn(self, turn: "asyncio.Future[None]") -> None:
        if not turn.cancelled():
            queued_s = time.monotonic() - self._place.since
            self._begin()
            self._desk.metrics.queued_s.observe(queued_s)

    def _begin(self) -> None:
        if not self._done:
            self._desk.readers.submit(self._judge)

    def _judge(self) -> None:
        """In a reader's thread."""
        try:
            given, judging = self._task.begin(self._desk.judge)
        except Exception as error:  # noqa: BLE001 - carried to who waits
            self._desk.take(self, _outcome(error))
            return
        self._judging = judging
        if self._done:
            judging.cancel()
        judging.add_done_callback(partial(self._judged, given))

    def _judged(self, given: Given, judging: "Future[Verdict]") -> None:
        """In a thread of the judge's."""
        if not judging.cancelled():
            self._desk.take(self, _outcome(judging.exception() or judging.result(), given))

    def take(self, outcome: Outcome) -> None:
        """It has been judged."""
        if isinstance(outcome, Answer) and outcome.retry and not self._done:
            pause_s = next(self._pauses, None)
            if pause_s is not None:
                self._desk.metrics.retries.inc()
                asyncio.get_running_loop().call_later(pause_s, self._begin)
                return
        self.settle(outcome)

    def settle(self, outcome: Outcome) -> None:
        """Answer, unless there is an answer."""
        if self._done:
            return
        if isinstance(outcome, Answer):
            metrics = self._desk.metrics
            metrics.programs.labels(self._task.language, str(outcome.verdict.status)).inc()
            metrics.judged_s.observe(time.monotonic() - self._place.since)
        self._settled(outcome)
        self.drop()

    def drop(self) -> None:
        """Nobody waits for it any more."""
        self._done = True
        if self._judging is not None:
            self._judging.cancel()
        self._place.leave()


def _outcome(judged: Verdict | BaseException, given: Given | None = None) -> Outcome:
    if isinstance(judged, Verdict):
        return Answer(verdict=judged, given=given, retry=is_trouble(judged))
    if isinstance(judged, PassatkError):
        verdict = Verdict(status=Status.NOT_JUDGED, reason=str(judged))
        return Answer(verdict=verdict, given=given, retry=isinstance(judged, SandboxError))
    return judged if isinstance(judged, Exception) else RuntimeError(type(judged).__name__)
