"""The examiner's side of a run."""

import os
import select
import time

from .descriptors import read_pipe
from .examiner import Room, runnable, used_s
from .kept import Kept
from .request import ExaminerFacts, ExaminerRequest

_READ_BYTES = 65536
_DECIDED = frozenset(("passed", "failed", "raised", "error"))
"""First words of an examiner that was done with its program, which was there and waited for another question."""
_LOOK_S = 0.05


class Meeting:
    """One with an examiner, whose words are drained as they come, so that it never waits for us."""

    def __init__(
        self, room: Room, request: ExaminerRequest, token: bytes, answers: int, calls: int, decides: bool = False
    ):
        """`answers`, `calls`: ends of the program's pipes, to read and to write.

        `decides`: it leaves its program waiting, so that the run ends with the examiner's line.
        """
        token_r, token_w = os.pipe()
        self.said, said_w = os.pipe()
        self.words, words_w = os.pipe()
        os.write(token_w, token)
        os.close(token_w)
        self._room, self._decides = room, decides
        self.kept = {self.said: Kept(), self.words: Kept()}
        try:
            self._tasks = room.begin(request, [token_r, said_w, answers, calls, words_w])
        finally:
            for fd in (token_r, said_w, words_w):
                os.close(fd)
        self._before_s = used_s(self._tasks)
        self._open = len(self.kept)
        self.closed: set[int] = set()

    def decided(self) -> bool:
        """Whether it has said its line, by which the run ends, and closed its pipes."""
        if not self._decides or len(self.closed) < len(self.kept):
            return False
        return self.kept[self.said].text().partition(" ")[0] in _DECIDED

    def used_s(self) -> float:
        """Seconds that it ran, or waited for a CPU."""
        return used_s(self._tasks) - self._before_s

    def runnable(self) -> bool:
        """It has work to do: it runs, or waits for a CPU."""
        return runnable(self._tasks)

    def end(self) -> ExaminerFacts:
        """The program has ended: what the examiner made of it, if it comes to an end by itself."""
        stopped = not self._wait()
        said = self.kept[self.said].text().partition("\n")[0]
        status, cpu_s = self._room.end(done=said != "" and not stopped)
        for fd, kept in self.kept.items():
            kept.add(read_pipe(fd))
            os.close(fd)
        os.close(self._tasks)
        return ExaminerFacts(
            said=said,
            exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            stopped=stopped,
            cpu_s=cpu_s,
            words=self.kept[self.words].text(),
        )

    def _wait(self) -> bool:
        """Until it has closed its pipes, which it does at its end; False if it takes too long."""
        poll = select.poll()
        for fd in self.kept:
            poll.register(fd, select.POLLIN)
        if self._closed(poll):
            return True
        patience_s = self._room.patience_s
        idle_s, used, looked = 0.0, self.used_s(), time.monotonic()
        first = used
        while not self._closed(poll):
            now, before = time.monotonic(), used
            used = self.used_s()
            idle_s += max(0.0, now - looked - max(0.0, used - before))
            looked = now
            if used - first > patience_s or (idle_s > patience_s and not self.runnable()):
                return False
        return True

    def _closed(self, poll: select.poll) -> bool:
        """Read what it says for a moment; whether it has closed all its pipes."""
        for fd, _ in poll.poll(_LOOK_S * 1000):
            part = os.read(fd, _READ_BYTES)
            if not part:
                poll.unregister(fd)
                self._open -= 1
            self.kept[fd].add(part)
        return self._open == 0
