"""The line: bounded, fair, and free again whatever becomes of those in it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from passatk.serve.line import Full, Line, Place


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def turns(places: list[Place]) -> list[bool]:
    return [place.turn.done() for place in places]


def test_one_of_each_client_in_turn() -> None:
    async def work() -> None:
        line = Line(100, 1000, at_once=1)
        many, few = line.enter("many", [1] * 5), line.enter("few", [1] * 2)
        order = []
        for _ in range(7):
            name, place = next(
                (n, p) for n, p in [*(("m", p) for p in many), *(("f", p) for p in few)] if p.turn.done()
            )
            order.append(name)
            (many if name == "m" else few).remove(place)
            place.leave()
        assert "".join(order) == "mmfmfmm"  # the first turn was given when nobody else was there
        assert (line.programs, line.bytes, line.running) == (0, 0, 0)

    run(work())


def test_all_of_a_request_or_none_and_when_to_come_again() -> None:
    async def work() -> None:
        line = Line(3, 100, at_once=1)
        line.enter("a", [10, 10])
        for sizes in ([10, 10], [81]):
            with pytest.raises(Full) as refused:
                line.enter("b", sizes)
            assert refused.value.retry_s is not None
            assert refused.value.retry_s >= 1
        assert len(line.enter("b", [80])) == 1
        for never in ([1] * 4, [101]):
            with pytest.raises(Full) as refused:
                line.enter("c", never)
            assert refused.value.retry_s is None

    run(work())


def test_who_leaves_the_queue_or_a_turn_makes_room_once() -> None:
    async def work() -> None:
        line = Line(10, 100, at_once=2)
        places = line.enter("a", [5] * 4)
        assert turns(places) == [True, True, False, False]
        places[2].leave()
        places[2].leave()
        places[0].leave()
        assert turns(places[3:]) == [True]
        assert (line.programs, line.running, line.waiting, line.bytes) == (2, 2, 0, 10)

    run(work())


def test_a_turn_given_to_a_task_that_is_cancelled_is_given_back() -> None:
    async def work() -> None:
        line = Line(10, 100, at_once=1)
        first, second = line.enter("a", [1, 1])

        async def wait(place: Place) -> None:
            try:
                await place.turn
            finally:
                place.leave()

        waiting = asyncio.ensure_future(wait(second))
        await asyncio.sleep(0)
        first.leave()  # the turn is the second's, which has not heard of it
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (line.programs, line.running) == (0, 0)
        assert turns(line.enter("b", [1])) == [True]

    run(work())
