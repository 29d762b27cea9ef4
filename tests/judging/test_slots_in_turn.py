"""Which slot is next: one that stands ready."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from passatk.judging import Environment
from passatk.judging import executor as executors
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
    for _ in range(3):
        executor.execute(PROGRAM, Limits())
    assert used == [0, 0, 0]
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(executor.execute, PROGRAM, Limits()) for _ in range(2)]:
            future.result(10)
    together = threading.Barrier(1)
    used.clear()
    for _ in range(4):
        executor.execute(PROGRAM, Limits())
    executor.close()
    assert used in ([0, 1, 0, 1], [1, 0, 1, 0])
    assert len(started) == 2
