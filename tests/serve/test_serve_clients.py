"""The client, blocking and asynchronous, against a real server; tokens, and a server that is busy."""

import asyncio
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from served import ADDS, LOOPS, Served, adding, asked, metric, served

from passatk import EnvironmentFault, InputError
from passatk.serve.client import AsyncClient, Client, ProgramRequest, Row

LINE_ENDS = "print(input() and 'a\\u2028b\\x85c\\x0bd')\n"
TOKENS = ("first-token", "second-token")


def program(number: int = 0, completion: str = ADDS) -> ProgramRequest:
    return ProgramRequest(problem=msgspec.convert(adding(number), Row), completion=completion)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One worker, room for 60 programs, two clients."""
    tokens = [part for token in TOKENS for part in ("--token", token)]
    options = ("--language", "python", "--workers", "1", "--queue-programs", "60", "--cpu-seconds", "0.2", *tokens)
    with served(tmp_path_factory.mktemp("small"), *options) as found:
        yield found


def test_in_order_and_as_they_come(server: Served) -> None:
    programs = [program(n) if n % 2 else program(n, "print(0)") for n in range(6)]
    expected = ["wrong_answer", "passed"] * 3
    with Client(server.url) as client:
        assert [result.status for result in client.judge(programs)] == expected
        streamed = sorted(client.stream(programs), key=lambda result: result.index)
        assert [result.status for result in streamed] == expected
        assert client.judge([]) == list(client.stream([])) == []
        assert set(client.problems()) == {"basics/written/python"}
        (result,) = client.judge([program(7)], attempts=True)
        assert isinstance(result.attempts, tuple)
        assert result.attempts[0].cases


def test_asynchronous(server: Served) -> None:
    async def work() -> None:
        async with AsyncClient(server.url) as client:
            found = await asyncio.gather(*(client.judge([program(n)]) for n in range(20)))
            assert [results[0].passed for results in found] == [True] * 20
            assert [result.index async for result in client.stream([program(1), program(1)])] in ([0, 1], [1, 0])
            assert await client.problems()

    asyncio.run(work())


def test_what_is_awaited_no_more_is_dropped(server: Served) -> None:
    async def work() -> None:
        before = metric(server.url, "passatk_dropped_total")
        async with AsyncClient(server.url) as client:
            asked = asyncio.ensure_future(client.judge([program(40, f"import time; time.sleep(2)\n{ADDS}")]))
            while not metric(server.url, "passatk_running_programs"):
                await asyncio.sleep(0.01)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            while metric(server.url, "passatk_running_programs"):
                await asyncio.sleep(0.01)
        assert metric(server.url, "passatk_dropped_total") == before + 1

    asyncio.run(work())


def test_signs_that_end_lines_elsewhere(server: Served) -> None:
    with Client(server.url) as client:
        (streamed,) = client.stream([program(3, LINE_ENDS)])
        (whole,) = client.judge([program(3, LINE_ENDS)])
    assert streamed.cases[0].output == whole.cases[0].output == "a\u2028b\x85c\x0bd\n"


def test_a_refused_request_is_an_error_in_the_servers_words(server: Served) -> None:
    with Client(server.url) as client, pytest.raises(InputError, match="unknown task id 'x'"):
        client.judge([ProgramRequest(task_id="x", completion="")])


def test_no_server_is_an_error_when_patience_ends() -> None:
    with Client("http://127.0.0.1:9", patience_s=0.6) as client, pytest.raises(EnvironmentFault, match="no answer"):
        client.judge([program()])


@pytest.mark.parametrize("url", ["", "judge:8780", "ftp://judge", "http://", "http://judge:87800", "http://judge:port"])
def test_what_is_no_address_is_said_at_once(url: str) -> None:
    with pytest.raises(InputError, match="where the judge is"):
        Client(url)


@pytest.mark.parametrize("token", [None, "", "wrong", "first-toke", "first-token "])
def test_without_a_right_token_nothing_is_told(small: Served, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}x"}
    for path in ("/v1/problems", "/metrics", "/openapi.json", "/nowhere"):
        assert httpx.get(f"{small.url}{path}", headers=headers).status_code == 401
    answer = httpx.post(f"{small.url}/v1/judge", headers=headers, content=asked())
    assert (answer.status_code, answer.json()["error"]["kind"]) == (401, "token")
    assert httpx.get(f"{small.url}/health").status_code == 200


def test_a_token_as_a_header_or_in_the_address(small: Served) -> None:
    for token in TOKENS:
        with Client(small.url, token) as client:
            assert client.judge([program()])[0].passed
        address = small.url.replace("//", f"//anybody:{token}@")
        assert httpx.get(f"{address}/v1/problems").json() == {"problems": {}}
        with Client(address) as client:
            assert client.problems() == {}
    assert not any(token in small.log for token in TOKENS)


def test_where_it_is_full_all_of_a_request_waits_and_what_never_fits_is_refused(small: Served) -> None:
    headers = {"Authorization": f"Bearer {TOKENS[0]}"}
    endless = asked(*({"problem": adding(n), "completion": f"{LOOPS}# {n}"} for n in range(60)), stream=True)
    with httpx.stream("POST", f"{small.url}/v1/judge", content=endless, headers=headers, timeout=60) as answer:
        assert answer.status_code == 200
        full = httpx.post(
            f"{small.url}/v1/judge", content=asked({"problem": adding(), "completion": ADDS}), headers=headers
        )
        assert (full.status_code, full.json()["error"]["kind"]) == (429, "busy")
        assert int(full.headers["retry-after"]) >= 1
    never = httpx.post(
        f"{small.url}/v1/judge", content=asked(*[{"problem": adding(), "completion": ADDS}] * 61), headers=headers
    )
    assert never.status_code == 413
    with Client(small.url, TOKENS[1]) as client:  # it waits until there is room: the other client has gone
        assert client.judge([program(30)])[0].passed
    assert metric(small.url, "passatk_dropped_total", TOKENS[0]) > 0


def test_a_client_with_much_keeps_no_other_waiting(small: Served) -> None:
    """Of the many programs of one, some still wait when the one program of another has its verdict."""
    many = [program(n, f"import time; time.sleep(0.1)\n{ADDS}") for n in range(50)]
    with Client(small.url, TOKENS[0]) as first, Client(small.url, TOKENS[1]) as second:
        stream = first.stream(many)
        next(stream)
        assert second.judge([program(99)])[0].passed
        left = metric(small.url, "passatk_waiting_programs", TOKENS[0])
        stream.close()
    assert left > 20
