"""Which slot is next: one that stands ready."""

import threading
from concurrent.futures import Future

import pytest

from passatk.judging import Environment
from passatk.judging import executor as executors
from passatk.judging.cancellation import Cancellation
from passatk.records import Limits, Outcome, Program, Step

PROGRAM = Program(language="python", files=(), run=Step(argv=("true",)))


def test_one_at_a_time_programs_go_to_started_slots_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one prepares for its next program, another one executes. None is started only for that."""
    used: list[int] = []
    together = threading.Barrier(1)

    class Recorded:
        def __init__(self, *_: object) -> None:
            self.number = len(started)
            started.append(self)

        def execute(self, *_: object) -> Outcome:
            together.wait(10)
            used.append(self.number)
            return Outcome(build=None, run=None, isolation=environment.isolation)

        def close(self) -> None:
            """Nothing is held."""

        kill = close

    started: list[Recorded] = []
    environment = Environment(["python"])
    monkeypatch.setattr(executors, "Slot", Recorded)
    executor = executors.LocalExecutor(environment, 3)

    def begun() -> Future[Outcome]:
        future: Future[Outcome] = Future()
        executor.begin(PROGRAM, Limits(), 0, Cancellation(), future)
        return future

    for _ in range(3):
        begun().result(10)
    assert used == [0, 0, 0]
    together = threading.Barrier(2)
    for future in [begun(), begun()]:
        future.result(10)
    together = threading.Barrier(1)
    used.clear()
    for _ in range(4):
        begun().result(10)
    executor.close()
    assert used in ([0, 1, 0, 1], [1, 0, 1, 0])
    assert len(started) == 2
