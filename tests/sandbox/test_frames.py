"""Neither side of a slot's connection believes the other."""

import io
import json
import os
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slot_programs import STEP, python, stdout

from passatk.judging import Environment
from passatk.records import Limits
from passatk.sandbox import Slot, SlotDied
from passatk.sandbox.server.frames import MOST_BYTES, BadFrame, read_frame, write_frame
from passatk.sandbox.slot import _Ready, _Reply

SOME = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=9
)
LONG = (MOST_BYTES + 1).to_bytes(4, "big")


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def read_back(sent: bytes) -> Any:
    """What `read_frame` makes of these bytes, and then the end."""
    reader, writer = os.pipe()
    try:
        os.write(writer, sent)
        os.close(writer)
        return read_frame(reader)
    finally:
        os.close(reader)


@SOME
@given(st.binary(max_size=2000) | st.binary(max_size=100).map(framed))
def test_any_bytes_are_a_message_or_none_or_a_bad_frame(sent: bytes) -> None:
    try:
        read = read_back(sent)
    except BadFrame:
        return
    if read is not None:
        size = int.from_bytes(sent[:4], "big")
        assert read == json.loads(sent[4 : 4 + size])


@SOME
@given(VALUES.filter(lambda value: value is not None))
def test_what_is_written_is_read(value: Any) -> None:
    reader, writer = os.pipe()
    try:
        write_frame(writer, value)
        assert json.dumps(read_frame(reader)) == json.dumps(value)
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("body", [b"", b"null", b"{", b"\xff\xfe", b"[" * 60_000, b"1" * 5000, b"nan"])
def test_a_frame_without_a_message_is_bad_and_the_next_is_read(body: bytes) -> None:
    reader, writer = os.pipe()
    try:
        os.write(writer, framed(body))
        with pytest.raises(BadFrame):
            read_frame(reader)
        write_frame(writer, {"next": 1})
        assert read_frame(reader) == {"next": 1}
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("sent", [b"\xff" * 40_000, LONG, b"\x03\xff\xff\xff" + b"x" * 10_000, framed(b"{}")[:-1]])
def test_a_long_frame_that_ends_early_takes_no_memory(sent: bytes) -> None:
    tracemalloc.start()
    try:
        assert read_back(sent) is None
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def asked(python_only: Environment) -> Iterator[Slot]:
    """One slot for all examples: it must survive them."""
    with Slot(python_only.world) as made:
        yield made


def ask(slot: Slot, body: bytes) -> _Reply:
    slot._send(body)
    return slot._receive(_Reply)


def a_request(source: str = "print('ran')") -> dict[str, Any]:
    program = python(source)
    return {
        "files": program.files,
        "build": [],
        "run": {"argv": ["true"], "env": [], "warm": "", "resident": "", "parent": ""},
        "limits": {"build": limits(), "run": limits()},
        "disk_bytes": STEP.disk_bytes,
        "examiner": None,
        "keeps": [],
        "made": [],
        "variation": 0,
        "case": None,
    }


def limits() -> dict[str, Any]:
    return {name: getattr(STEP, name) for name in STEP.__struct_fields__}


@SOME
@given(st.binary(max_size=300) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_asked_the_server_answers_with_a_fault(asked: Slot, body: bytes) -> None:
    assert ask(asked, body).fault


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


PLACES = list(places(json.loads(json.dumps(a_request()))))


@SOME
@given(st.sampled_from(PLACES), VALUES)
def test_a_request_with_one_thing_wrong_is_answered_and_does_no_harm(
    asked: Slot, path: tuple[Any, ...], value: Any
) -> None:
    request = json.loads(json.dumps(a_request()))
    holder = request
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    reply = ask(asked, json.dumps(request).encode())
    assert (reply.fault is None) == (reply.run is not None)
    assert ask(asked, json.dumps(a_request()).encode()).run


@pytest.mark.parametrize(
    "path", [path for path in PLACES if isinstance(path[-1], str)], ids=lambda p: ".".join(map(str, p))
)
def test_a_request_that_lacks_something_is_a_fault(asked: Slot, path: tuple[Any, ...]) -> None:
    request = json.loads(json.dumps(a_request()))
    holder = request
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    reply = ask(asked, json.dumps(request).encode())
    assert (reply.fault is None) == (path == ("env", "PATH") and reply.run is not None)


def test_a_frame_over_the_limit_is_a_fault_and_the_next_is_served(asked: Slot) -> None:
    assert "at most" in (ask(asked, b"x" * (MOST_BYTES + 1)).fault or "")
    assert stdout(asked, "print('alive')") == "alive\n"


@pytest.mark.parametrize("sent", [b"", b"\x00", b"\x00\x00\x00\x09{", LONG, b"\xff\xff\xff\xff" + b"x" * 5000])
def test_a_connection_that_ends_ends_the_server(python_only: Environment, sent: bytes) -> None:
    with Slot(python_only.world) as slot:
        process = slot._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.write(sent)
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def answering(sent: bytes, then: str = "/dev/null") -> Slot:
    """A slot whose server says just that."""
    slot = object.__new__(Slot)
    slot._log, slot._groups, slot._folder = io.BytesIO(), {}, None
    slot._process = subprocess.Popen(["cat", "-", then], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert slot._process.stdin is not None
    slot._process.stdin.write(sent)
    slot._process.stdin.close()
    return slot


@SOME
@given(
    st.binary(max_size=500) | st.binary(max_size=300).map(framed) | VALUES.map(lambda v: framed(json.dumps(v).encode()))
)
def test_whatever_a_server_says_is_a_reply_or_a_dead_slot(sent: bytes) -> None:
    started = time.monotonic()
    with answering(sent) as slot, pytest.raises(SlotDied):
        slot._receive(_Reply)
    with answering(sent) as slot, pytest.raises(SlotDied):
        slot._receive(_Ready)
    assert time.monotonic() - started < 30


def test_a_reply_over_the_limit_is_not_waited_for() -> None:
    with answering(b"\xff" * 4, then="/dev/zero") as slot, pytest.raises(SlotDied, match="4294967295 bytes"):
        slot._receive(_Reply)


def test_limits_of_a_reply_leave_room_for_the_longest_there_is(asked: Slot) -> None:
    loud = "import os\nos.write(1, bytes(range(256)) * 100)\nos.write(2, b'\\xff' * 30000)"
    outcome = asked.execute(python(loud), Limits(run=STEP, build=STEP))
    assert outcome.run is not None
    assert outcome.run.output_bytes == 25600 + 30000
