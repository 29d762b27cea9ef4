"""Clients that vanish, are slow or say half of it; a server that ends; places where it must not listen."""

import asyncio
import contextlib
import json
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request
from running import NAME, NAMES_ITSELF, Command, named, until_there
from served import ADDS, LOOPS, Served, adding, asked, metric, served, until, until_it_is

from passatk import EnvironmentFault, InputError
from passatk.pipeline.settings import Judging
from passatk.serve.bodies import Refusal, body_of
from passatk.serve.server import serve
from passatk.serve.settings import Serving

PAUSES = "import time\ntime.sleep(1.5)\n"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One worker; requests must arrive within half a second."""
    options = ("--language", "python", "--workers", "1", "--body-seconds", "0.5", "--cpu-seconds", "0.2")
    with served(tmp_path_factory.mktemp("slow"), *options) as found:
        yield found


def connection(server: Served, body: bytes, length: int | None = None) -> socket.socket:
    """A connection on which a request was sent."""
    sock = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    head = f"POST /v1/judge HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n"
    sock.sendall(head.encode() + body)
    return sock


def passes(server: Served, number: int) -> bool:
    answer = httpx.post(
        f"{server.url}/v1/judge", content=asked({"problem": adding(number), "completion": ADDS}), timeout=60
    )
    return bool(answer.json()["results"][0]["status"] == "passed")


@pytest.mark.parametrize("stream", [False, True])
def test_who_vanishes_frees_what_waited_and_what_runs(slow: Served, stream: bool) -> None:
    before = metric(slow.url, "passatk_dropped_total")
    loops = [{"problem": adding(n), "completion": f"{LOOPS}# {n} {stream}"} for n in range(40)]
    gone = connection(slow, asked(*loops, stream=stream))
    until(slow, "passatk_running_programs", 8)
    gone.close()
    until(slow, "passatk_running_programs", 0)
    assert metric(slow.url, "passatk_waiting_programs") == 0
    assert metric(slow.url, "passatk_queued_bytes") == 0
    assert metric(slow.url, "passatk_dropped_total") == before + 40
    assert passes(slow, 50 + stream)


def test_who_vanishes_frees_the_slot_of_a_program_that_runs(tmp_path: Path) -> None:
    """It would run for the rest of the hour; and no verdict of it is kept."""
    options = ("--language", "python", "--workers", "1", "--idle-seconds", "3600", "--cpu-seconds", "3600")
    with served(tmp_path, *options) as server:
        for number, waits in enumerate(("time.sleep(3600)", "while True: pass")):
            one = {"problem": adding(), "completion": NAMES_ITSELF + waits}
            first, second = connection(server, asked(one)), connection(server, asked(one))
            until(server, "passatk_running_programs", 2)
            until_there(NAME)
            first.close()
            until(server, "passatk_running_programs", 1)
            assert named(NAME) == 1  # somebody waits for the same
            second.close()
            assert passes(server, number)
            assert named(NAME) == 0
        server.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "verdicts.sqlite")) as kept:
        assert kept.execute("SELECT COUNT(*) FROM kept WHERE kind = 'verdict'").fetchone() == (1 + 1,)


def test_half_closed_is_gone(slow: Served) -> None:
    before = metric(slow.url, "passatk_dropped_total")
    half = connection(slow, asked({"problem": adding(60), "completion": PAUSES + ADDS}))
    until(slow, "passatk_running_programs", 1)
    half.shutdown(socket.SHUT_WR)
    until(slow, "passatk_running_programs", 0)
    assert metric(slow.url, "passatk_dropped_total") == before + 1
    half.close()


def test_one_byte_at_a_time_is_too_slow(slow: Served) -> None:
    body = asked({"problem": adding(), "completion": ADDS})
    with connection(slow, body[:1], len(body)) as sock:
        sock.settimeout(0.05)
        answer = b""
        for number in range(1, len(body)):
            try:
                sock.sendall(body[number : number + 1])
                answer = sock.recv(65536)
                break
            except TimeoutError:
                continue
        sock.settimeout(60)
        with contextlib.suppress(ConnectionResetError):  # not all that was sent was read
            while part := sock.recv(65536):
                answer += part
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["kind"] == "too_slow"


@pytest.mark.parametrize(
    "begins",
    [
        b"POST /v1/judge HTTP/1.1\r\nHost: here\r\nX-Long: ",
        b"POST /v1/judge HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nX-Trailer: ",
    ],
)
def test_headers_that_do_not_end_are_refused(slow: Served, begins: bytes) -> None:
    with socket.create_connection(("127.0.0.1", slow.port)) as connection:
        connection.settimeout(30)
        connection.sendall(begins)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                connection.sendall(b"a" * (1 << 16))
            pytest.fail("it read them all")
    assert httpx.get(f"{slow.url}/health").status_code == 200


def test_a_request_that_breaks_off_leaves_nothing(slow: Served) -> None:
    connection(slow, b'{"programs": [', 1000).close()
    with socket.create_connection(("127.0.0.1", slow.port)) as sock:
        sock.sendall(b"\x00\xff rubbish\r\n\r\n")
        assert b" 400 " in sock.recv(65536).partition(b"\r\n")[0]
    assert passes(slow, 61)
    assert metric(slow.url, "passatk_queued_bytes") == 0


def test_sigterm_finishes_what_was_accepted_and_refuses_the_rest(tmp_path: Path) -> None:
    with served(tmp_path, "--language", "python", "--workers", "1") as server:
        runs = connection(server, asked({"problem": adding(), "completion": PAUSES + ADDS}))
        until(server, "passatk_running_programs", 1)
        server.process.send_signal(signal.SIGTERM)
        until_it_is(server, "closing")
        refused = httpx.post(f"{server.url}/v1/judge", content=asked({"problem": adding(), "completion": ADDS}))
        assert (refused.status_code, refused.json()["error"]["kind"]) == (503, "closing")
        assert "retry-after" in refused.headers
        assert httpx.post(f"{server.url}/v1/judge", content=b"{").status_code == 503
        answer = b""
        while part := runs.recv(65536):
            answer += part
        runs.close()
        assert b" 200 " in answer.partition(b"\r\n")[0]
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["results"][0]["status"] == "passed"
        assert server.process.wait(timeout=60) == 0


def test_a_second_signal_ends_it_at_once_and_is_nobodys_failure(tmp_path: Path) -> None:
    with served(tmp_path, "--language", "python", "--workers", "1", "--idle-seconds", "60") as server:
        runs = connection(server, asked({"problem": adding(), "completion": "import time; time.sleep(50)"}))
        until(server, "passatk_running_programs", 1)
        server.process.send_signal(signal.SIGTERM)
        until_it_is(server, "closing")
        server.process.send_signal(signal.SIGINT)
        answer = b""
        while part := runs.recv(65536):
            answer += part
        runs.close()
        assert server.process.wait(timeout=30) == 0
        assert b" 504 " in answer.partition(b"\r\n")[0]
        assert "Traceback" not in server.log


def test_what_is_not_finished_in_time_has_no_verdict(tmp_path: Path) -> None:
    options = ("--language", "python", "--workers", "1", "--grace-seconds", "0.2", "--idle-seconds", "60")
    with served(tmp_path, *options) as server:
        runs = connection(server, asked({"problem": adding(), "completion": "import time; time.sleep(50)"}))
        until(server, "passatk_running_programs", 1)
        server.process.send_signal(signal.SIGTERM)
        answer = b""
        while part := runs.recv(65536):
            answer += part
        runs.close()
        (result,) = json.loads(answer.partition(b"\r\n\r\n")[2])["results"]
        assert (result["status"], result["retry"]) == ("not_judged", True)
        assert "shut down" in result["reason"]
        assert server.process.wait(timeout=60) == 0


def refused(serving: Serving, judging: Judging = Judging()) -> str:
    """Why it is not served."""
    with pytest.raises((InputError, EnvironmentFault)) as error:
        serve(serving, judging, print)
    return str(error.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host": "0.0.0.0"}, "reached from other machines"),
        ({"host": "::"}, "reached from other machines"),
        ({"host": "no.such.host.invalid", "tokens": ("a",)}, "cannot listen"),
        ({"tokens": (" ",)}, "a token is empty"),
        ({"tokens": ("a\n",)}, "signs that no header can carry"),
        ({"compat": ("sandboxfusion", "docker")}, "unknown interface 'docker'"),
        ({"port": 65536}, "port = 65536"),
        ({"queue_programs": 0}, "queue_programs = 0"),
        ({"problems": ("none",)}, "unknown problems"),
        ({"problems": ("basics/written/python",) * 2}, "two problem sets are called"),
        ({"languages": ("klingon",)}, "unknown language"),
    ],
)
def test_what_must_not_or_cannot_be_served(settings: dict[str, Any], words: str) -> None:
    assert words in refused(Serving(**settings))


def test_without_a_sandbox_only_this_machine_is_served() -> None:
    open_to_all = Serving(host="0.0.0.0", tokens=("a",))
    assert "without a sandbox" in refused(open_to_all, Judging(sandboxed=False))


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert "cannot listen on 127.0.0.1 port" in refused(Serving(port=other.getsockname()[1]))


def test_the_command_names_its_option_and_takes_tokens_from_the_environment(passatk: Command) -> None:
    done = passatk("serve", "--host", "0.0.0.0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "(option --host)" in done.stderr
    done = passatk("serve", "--host", "0.0.0.0", "--no-sandbox", PASSATK_SERVE_TOKEN="one two")
    assert "without a sandbox" in done.stderr


def test_a_page_of_another_site_runs_nothing_here(slow: Served) -> None:
    answer = httpx.post(f"{slow.url}/v1/judge", content=asked(), headers={"Origin": "https://example.org"})
    assert (answer.status_code, answer.json()["error"]["kind"]) == (403, "token")


def test_what_arrives_at_once_is_bounded_too() -> None:
    parts = [{"type": "http.request", "body": b"x" * 60, "more_body": True} for _ in range(9)]

    async def receive() -> Any:
        return parts.pop(0)

    arriving = 0

    def take(size: int) -> None:
        nonlocal arriving
        arriving += size
        if arriving > 100:
            raise Refusal(429, "busy", "")

    async def read() -> None:
        await body_of(Request({"type": "http"}, receive), 1000, 60, take)

    with pytest.raises(Refusal) as refused_at:
        asyncio.run(read())
    assert (refused_at.value.code, len(parts)) == (429, 7)
