"""JavaScript's two sides of the wall: values through both, broken messages, cheats, and honest programs."""

import contextlib
import os
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pairs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passatk.languages import LANGUAGES, wall
from passatk.languages.base import CannotCross
from passatk.languages.wall import Bare, Many, Map, Reader, Typed, Value, double, encode, text
from passatk.records import Asserts, Problem, Program, Sample

JAVASCRIPT = LANGUAGES["javascript"]
ANY = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def node() -> None:
    toolchain = pairs.toolchain_of(JAVASCRIPT)
    if not toolchain.usable:
        pytest.skip(toolchain.missing[0])


def problem(tests: str, prompt: str = "", entry_point: str = "f") -> Problem:
    return Problem(
        task_id="JavaScript/wall",
        benchmark="own",
        language="javascript",
        prompt=prompt,
        entry_point=entry_point,
        tests=Asserts(code=tests),
    )


def program_of(code: str, asked: Problem) -> Program:
    return JAVASCRIPT.program(asked, Sample(task_id=asked.task_id, index=0, text=code, whole=True), asked.tests.code)


def met(code: str, tests: str, prompt: str = "") -> pairs.Met:
    program = program_of(code, problem(tests, prompt))
    assert program.examiner is not None, program.not_walled
    with tempfile.TemporaryDirectory() as folder:
        pairs.build_examiners(JAVASCRIPT, [program.examiner], Path(folder))
        return pairs.meet(JAVASCRIPT, program, Path(folder), timeout_s=20)


class Side(NamedTuple):
    """One side of a conversation that a test has with the other one."""

    process: "subprocess.Popen[str]"
    reads: int
    writes: int
    said: int = -1

    def send(self, raw: bytes) -> None:
        os.write(self.writes, struct.pack("<I", len(raw)) + raw)

    def receive(self) -> bytes:
        (size,) = struct.unpack("<I", self._take(4))
        return self._take(size)

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            more = os.read(self.reads, size - len(taken))
            if not more:
                raise EOFError
            taken += more
        return taken


@contextlib.contextmanager
def started(program: Program, role: str, folder: Path) -> Iterator[Side]:
    """The program or its examiner, to talk with."""
    assert program.examiner is not None
    toolchain = pairs.toolchain_of(JAVASCRIPT)
    in_r, in_w = os.pipe()
    out_r, out_w = os.pipe()
    said_r, said_w = os.pipe()
    if role == "program":
        pairs.build(toolchain, program.files, program.build, folder)
        argv, environment = pairs.filled(toolchain, program.run)
        first = os.open("/dev/null", os.O_RDONLY)
        process = pairs._start(argv, environment, folder, (first, in_r, out_w))
    else:
        pairs.build_examiners(JAVASCRIPT, [program.examiner], folder)
        first, token_w = os.pipe()
        os.write(token_w, pairs.TOKEN)
        os.close(token_w)
        process = pairs.start_examiner(toolchain, program.examiner, folder, (first, said_w, in_r, out_w))
    for fd in (in_r, out_w, said_w, first):
        os.close(fd)
    try:
        yield Side(process, out_r, in_w, said_r)
    finally:
        for fd in (in_w, out_r, said_r):
            with contextlib.suppress(OSError):
                os.close(fd)
        process.kill()
        process.communicate()


# --- values

TEXTS = st.text(st.characters(), max_size=8).map(text) | st.sampled_from(["\ud800", "\udc00\ud800", "🦀", "\0"]).map(
    text
)
KEYS = st.from_regex(r"[a-z_$é]{1,6}", fullmatch=True) | st.sampled_from(
    ["__proto__", "length", "constructor", "-1", ""]
)
NUMBERS = st.floats(allow_nan=False).map(double) | st.sampled_from([float("nan"), -0.0, 0.0, 3.0, -1.0]).map(double)
BIG = st.integers(-(2**200), 2**200) | st.integers(-(2**64), 2**64)
BASIC = st.sampled_from([Bare("u"), Bare("n"), True, False]) | NUMBERS | TEXTS | BIG.map(lambda n: Typed(b"bigint", n))
HOLE = Bare("h")


def fields(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Map]:
    pairs_of = st.dictionaries(KEYS, values, max_size=4)
    return pairs_of.map(lambda found: Map(tuple((text(key), value) for key, value in found.items())))


def typed(name: str, values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return values.map(lambda value: Typed(name.encode(), value))


def array(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.lists(values | st.just(HOLE), max_size=5).map(lambda found: Many("l", tuple(found)))


def tuple_of(*values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.tuples(*values).map(lambda found: Many("p", found))


def raw(size: int) -> st.SearchStrategy[Value]:
    return st.binary(max_size=3).map(lambda found: wall.Text("b", found * size))


def nested(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    errors = fields(values).map(
        lambda found: Map(
            (
                (text("message"), text("m")),
                (text("name"), text("Odd")),
                *((k, v) for k, v in found.pairs if k not in OWN),
            )
        )
    )
    unique = st.lists(TEXTS, unique=True, max_size=4)
    return (
        array(values)
        | fields(values)
        | typed(
            "Array", tuple_of(array(values), fields(values).filter(lambda found: bool(found.pairs)).map(without_length))
        )
        | typed("Map", st.dictionaries(TEXTS, values, max_size=3).map(lambda found: Map(tuple(found.items()))))
        | typed("Set", unique.map(lambda found: Many("q", tuple(found))))
        | typed("TypeError", errors)
    )


OWN = {text(name) for name in ("message", "name", "stack", "cause")}


def without_length(found: Map) -> Map:
    """What an array may have beside its elements."""
    return Map((*((k, v) for k, v in found.pairs if k != text("length")), (text("also"), True)))


DATES = st.integers(-8640000000000000, 8640000000000000).map(lambda n: double(float(n)))
PATTERNS = tuple_of(
    st.sampled_from(["a+", "(?:)", "[x]"]).map(text), st.sampled_from(["", "g", "im"]).map(text), st.just(double(0))
)
LEAVES = (
    BASIC
    | typed("Date", DATES)
    | typed("RegExp", PATTERNS)
    | typed("Uint8Array", raw(1))
    | typed("Float64Array", raw(8))
    | typed("BigInt64Array", raw(8))
    | typed("Buffer", raw(1))
    | typed("ArrayBuffer", raw(1))
    | typed("Number", NUMBERS)
    | typed("String", TEXTS)
    | typed("Boolean", st.booleans())
)
VALUES = st.recursive(LEAVES, nested, max_leaves=12)


DROPPED_OTHER = 3
"""The number of `other`, called by a statement of its own, where `f` and `other` have 0 and 1."""


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    tests = "console.assert(f(1) === 1); let g = other; g([1])"
    code = "const f = (x) => x\nfunction other(a) { return a.push(7) }\n"
    with started(program_of(code, problem(tests)), "program", tmp_path_factory.mktemp("echo")) as side:
        yield side


@ANY
@given(value=VALUES)
def test_a_value_comes_back_from_the_program_as_it_was(echo: Side, value: Value) -> None:
    echo.send(b"C" + struct.pack("<QHB", 77, 0, 1) + encode(value))
    answer = echo.receive()
    assert answer[:9] == b"R" + struct.pack("<Q", 77)
    reader = Reader(answer[9:])
    assert encode(reader.value()) == encode(value)
    assert reader.take(1) == b"\0"
    assert reader.at_end


def test_an_argument_is_sent_back_where_the_result_is_dropped(echo: Side) -> None:
    given = encode(Many("l", (double(3),)))
    changed = encode(Many("l", (double(3), double(7))))
    number = struct.pack("<Q", 2**64 - 1)
    echo.send(b"C" + number + struct.pack("<HB", DROPPED_OTHER, 1) + given)
    assert echo.receive() == b"R" + number + b"u\1\0" + changed
    echo.send(b"C" + number + struct.pack("<HB", 1, 1) + given)
    assert echo.receive() == b"R" + number + encode(double(2)) + b"\0"


ASKING = "for (;;) { const v = f(); if (v === 'stop') break; g(v) }\nconsole.assert(true)\n"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    with started(program_of("", problem(ASKING)), "examiner", tmp_path_factory.mktemp("asking")) as side:
        yield side


@ANY
@given(value=VALUES)
def test_a_value_comes_back_from_the_examiner_as_it_was(asking: Side, value: Value) -> None:
    call = asking.receive()
    assert (call[:1], call[9:]) == (b"C", b"\0\0\0")
    asking.send(b"R" + call[1:9] + encode(value) + b"\0")
    call = asking.receive()
    assert (call[:1], call[9:12]) == (b"C", b"\3\0\1")
    assert encode(Reader(call[12:]).value()) == encode(value)
    asking.send(b"R" + call[1:9] + b"u\0")


# --- broken messages

ONE = "console.assert(f([1]) === 2)\n"
TWO = encode(double(2))


def deep(depth: int) -> bytes:
    return encode(Bare("n")) if depth == 0 else b"l\1\0\0\0" * depth + b"n"


def result(number: int) -> bytes:
    return b"R" + struct.pack("<Q", number)


BROKEN: dict[str, Callable[[int], bytes]] = {
    "the wrong number": lambda number: result((number + 1) % 2**64) + TWO + b"\0",
    "a call": lambda number: b"C" + struct.pack("<Q", number) + TWO + b"\0",
    "nothing": lambda _: b"",
    "garbage": lambda _: bytes(range(256)),
    "half a value": lambda number: result(number) + TWO[:5],
    "more behind it": lambda number: result(number) + TWO + b"\0x",
    "another language's integer": lambda number: result(number) + encode(2) + b"\0",
    "a float32": lambda number: result(number) + b"e\0\0\0\0\0",
    "a bare hole": lambda number: result(number) + b"h\0",
    "a tuple": lambda number: result(number) + encode(Many("p", (double(2),))) + b"\0",
    "an unknown type": lambda number: result(number) + encode(Typed(b"Proxy", double(2))) + b"\0",
    "no RegExp": lambda number: result(number) + encode(Typed(b"RegExp", Many("p", (text("("), text(""), double(0))))) + b"\0",
    "half an element": lambda number: result(number) + encode(Typed(b"Float64Array", wall.Text("b", b"123"))) + b"\0",
    "no UTF-8": lambda number: result(number) + encode(wall.Text("s", b"\xff")) + b"\0",
    "overlong UTF-8": lambda number: result(number) + encode(wall.Text("s", b"\xc0\x80\xef\xbf\xbd")) + b"\0",
    "a list of 4 billion": lambda number: result(number) + b"l\xff\xff\xff\xff",
    "too deep": lambda number: result(number) + deep(1500) + b"\0",
    "a result and a changed argument": lambda number: result(number) + TWO + b"\1\0" + encode(Many("l", ())),
    "an argument that was not given": lambda number: result(number) + b"u\1\5" + encode(Many("l", ())),
    "an argument twice": lambda number: result(number) + b"u\2" + 2 * (b"\0" + encode(Many("l", ()))),
    "half an exception": lambda number: b"X" + struct.pack("<Q", number) + b"\5\0\0\0Error",
}  # fmt: skip
CUT = {
    "no answer": b"",
    "half a message": struct.pack("<I", 100) + b"R",
    "2 GB": struct.pack("<I", 2 << 30) + b"R",
    "half a length": b"\1",
}


def said(side: Side) -> str:
    with open(side.said, closefd=False) as line:
        return line.read()


@pytest.mark.parametrize("name", BROKEN)
def test_a_message_that_makes_no_sense_is_broken(tmp_path: Path, name: str) -> None:
    with started(program_of("", problem(ONE)), "examiner", tmp_path) as side:
        (number,) = struct.unpack("<Q", side.receive()[1:9])
        side.send(BROKEN[name](number))
        line = said(side)
        assert line.startswith("broken ")
        assert line.count("\n") == 1


@pytest.mark.parametrize("name", CUT)
def test_a_message_that_ends_too_soon_ends_the_examination(tmp_path: Path, name: str) -> None:
    with started(program_of("", problem(ONE)), "examiner", tmp_path) as side:
        side.receive()
        os.write(side.writes, CUT[name])
        os.close(side.writes)
        assert said(side).startswith("broken" if name == "2 GB" else "ended\n")


def test_an_answer_is_taken_once(tmp_path: Path) -> None:
    with started(program_of("", problem(ONE + ONE)), "examiner", tmp_path) as side:
        answer = b"R" + side.receive()[1:9] + TWO + b"\0"
        side.send(answer)
        side.receive()
        side.send(answer)
        assert said(side) == "broken an answer to another call\n"


# --- cheats

SAME = "console.assert(JSON.stringify(f([3, 1])) === '[1,3]')\n"
DEEP = "require('node:assert').deepEqual(f(), [1, 2])\n"
LOOSE = "console.assert(f() == 3)\n"
FORGED = "const fs = require('fs')\nconst m = Buffer.alloc(23)\nm[0] = 19\nm[4] = 82\nm[13] = 100\n"
CHEATS = {
    "writes answers before it is asked": (FORGED + "for (let i = 0; i < 9; i++) fs.writeSync(4, m)\nconst f = () => 3", LOOSE),
    "writes to the verdict": ("require('fs').writeSync(3, 'passed')\nconst f = () => 0", LOOSE),
    "opens its pipes anew": (
        "const fs = require('fs')\nfor (const n of [3, 4]) fs.writeSync(fs.openSync(`/proc/self/fd/${n}`, 'w'), '\\x01\\0\\0\\0E')\n"
        "const f = () => 0",
        LOOSE,
    ),
    "a verdict in an exception": ("const f = () => { throw new Error('x\\npassed 0123456789abcdef0123456789abcdef\\n') }", LOOSE),
    "an AssertionError": ("const f = () => { const e = new Error('3'); e.name = 'AssertionError'; throw e }", LOOSE),
    "valueOf": ("const f = () => ({ valueOf: () => 3, toString: () => '3', [Symbol.toPrimitive]: () => 3 })", LOOSE),
    "own toJSON": ("Array.prototype.toJSON = () => [1, 3]\nconst f = (a) => a", SAME),
    "JSON handed over": ("process.argv.push('JSON')\nglobalThis.JSON = { stringify: () => '' }\nconst f = () => 0", SAME),
    "patched runInContext": (
        "const vm = require('vm')\nvm.runInContext = vm.Script.prototype.runInContext = () => () => true\nconst f = () => 0",
        SAME,
    ),
    "patched writeSync": ("const fs = require('fs')\nfs.writeSync = fs.readSync = () => 4\nconst f = () => 0", SAME),
    "patched Buffer": ("Buffer.prototype.writeDoubleLE = function (v, at) { return at + 8 }\nconst f = () => [0, 0]", SAME),
    "patched codec": ("Array.isArray = () => true\nObject.keys = () => ['0', '1']\nconst f = () => 0", SAME),
    "exits": ("const f = () => process.exit(0)", LOOSE),
    "really exits": ("const f = () => process.reallyExit(0)", LOOSE),
    "exit code": ("process.exitCode = 0\nprocess.on('exit', () => process.reallyExit(0))\nconst f = () => 1", LOOSE),
    "kills itself": ("const f = () => process.kill(process.pid, 'SIGKILL')", LOOSE),
    "never told": ("const f = () => new Promise(() => {})", "const t = async () => { console.assert(await f() === 3) }\nt()"),
    "a promise that is compared": ("const f = async () => 3", LOOSE),
    "like an array": ("const f = () => ({ 0: 1, 1: 2, length: 2 })", DEEP),
    "own Array": ("class Array extends Object { constructor () { super(); this[0] = 1; this[1] = 2 } }\nconst f = () => new Array()", DEEP),
    "a prototype in a key": ("const f = () => JSON.parse('{\"__proto__\": [1, 2]}')", DEEP),
    "different each time": ("let n = 0\nconst f = () => new Proxy([0, 0], { get: (a, k) => k === 'length' ? 2 : n++ })", DEEP),
    "a getter": ("let n = 0\nconst f = () => ({ get a () { return n++ } })",
                 "const r = f(); console.assert(r.a === 0 && r.a === 1)\n"),
    "changes what it is given": ("const f = (a) => { a.length = 0; return a }",
                                 "const a = [1]; console.assert(f(a).length === a.length)\n"),
    "equal to everything": ("const f = () => () => 3", LOOSE),
    "a symbol": ("const f = () => Symbol.for('x')", "console.assert(f() === f())\n"),
    "too much": ("const f = () => 'x'.repeat(1 << 25)", "console.assert(f().length > 3)\n"),
    "no function": ("const g = 1", LOOSE),
    "returns before its end": ("const f = () => 3\nreturn\n", LOOSE),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_does_not_pass(name: str) -> None:
    found = met(*CHEATS[name])
    assert not found.passed
    assert found.said.split(" ")[0] in ("failed", "raised", "error", "broken", "ended"), found
    assert "\n" not in found.said


# --- honest programs

VOWELS = "console.assert(f('hello') === 2)\nconsole.assert(f('') === 0)\n"
COUNT = "(t) => (t.match(/[aeiou]/g) || []).length"
ORDER = 'console.assert(JSON.stringify(f()) === \'{"b":1,"a":{"c":[null]}}\')\n'
HONEST = {
    "const": (f"const f = {COUNT}", VOWELS),
    "var": (f"var f = {COUNT}", VOWELS),
    "a function with CRLF": (f"'use strict'\r\nfunction f(t) {{\r\n  return ({COUNT})(t)\r\n}}\r\n", VOWELS),
    "a BOM and a hash bang": (f"\ufeff#!/usr/bin/env node\nlet f = {COUNT} // last", VOWELS),
    "an implicit global": (f"f = {COUNT}", VOWELS),
    "globalThis": (f"globalThis.f = {COUNT}", VOWELS),
    "module.exports": (f"const g = {COUNT}\nmodule.exports = {{ f: g }}", VOWELS),
    "only exported": (f"module.exports = {COUNT}", VOWELS),
    "an ES module": (f"import fs, {{ readFileSync }} from 'fs'\nexport const f = {COUNT}\n", VOWELS),
    "a default export": (f"export default {COUNT}\n", VOWELS),
    "top-level await": (f"const f = await Promise.resolve({COUNT})\n", VOWELS),
    "prints": (f"console.log('x')\nconst f = (t) => {{ console.log(t); process.stdout.write('y'); return ({COUNT})(t) }}", VOWELS),
    "own console": (f"const console = {{ assert () {{ throw 1 }} }}\nvar assert = 1\nconst f = {COUNT}", VOWELS),
    "enumerable methods on prototypes": (f"Object.prototype.x = function () {{}}\nArray.prototype.last = 1\nconst f = {COUNT}", VOWELS),
    "reads its input": (f"require('fs').readFileSync(0)\nconst f = {COUNT}", VOWELS),
    "a timer": (f"setInterval(() => {{}}, 1000)\nconst f = {COUNT}", VOWELS),
    "an exit handler that never ends": (f"process.on('exit', () => {{ for (;;); }})\nconst f = {COUNT}", VOWELS),
    "a child process": (f"require('child_process').execSync('true')\nconst f = {COUNT}", VOWELS),
    "order of keys": ("const f = () => ({ b: 1, a: { c: [undefined] } })", ORDER),
    "undefined, null, a hole": (
        "const f = () => [undefined, null, , -0, NaN]",
        "const r = f(); console.assert(r[0] === undefined && r[1] === null && !(2 in r) && Object.is(r[3], -0) && r[4] !== r[4])\n",
    ),
    "an array of its own class": (
        "class L extends Array {}\nconst f = () => L.from([1, 2])",
        "require('assert').deepStrictEqual(f(), [1, 2])\n",
    ),
    "collections": (
        "class M extends Map {}\nconst f = () => [new M([[1, new Set(['x'])]]), new Date(5), /x/g, new Uint8Array([7]), 10n]",
        "require('assert').deepStrictEqual(f(), [new Map([[1, new Set(['x'])]]), new Date(5), /x/g, new Uint8Array([7]), 10n])\n",
    ),
    "what match returns": ("const f = (t) => t.match(/b/)", "require('assert').deepStrictEqual(f('abc'), 'abc'.match(/b/))\n"),
    "objects of a class": (
        "class P { constructor (x) { this.x = x } get y () { return 1 } }\nconst f = (x) => new P(x)",
        "const a = require('assert'); a.deepEqual(f(1), { x: 1 }); a.notDeepStrictEqual(f(1), { x: 1 }); a.deepStrictEqual(f(1), f(1))\n",
    ),
    "another realm": (
        "const f = () => require('vm').runInNewContext('({ a: [1, new Map([[1, 2]])] })')",
        "require('assert').deepStrictEqual(f(), { a: [1, new Map([[1, 2]])] })\n",
    ),
    "a shared part": ("const f = () => { const a = [1]; return [a, a] }", "require('assert').deepEqual(f(), [[1], [1]])\n"),
    "throws": (
        "class Odd extends RangeError {}\nconst f = (n) => { if (n > 1) throw 'text'; if (n) throw new Odd('odd'); null.x }",
        "const a = require('assert'); a.throws(() => f(0), TypeError); a.throws(() => f(1), RangeError); a.throws(() => f(1), /odd/)\n"
        "let seen; try { f(2) } catch (e) { seen = e }\na.equal(seen, 'text')\n",
    ),
    "sorts in place": ("const f = (a) => { a.sort() }", "const a = [3, 1]; f(a); console.assert(a.join() === '1,3')\n"),
    "changes an object": ("const f = (o) => { o.n++; delete o.x }",
                          "const o = { n: 1, x: 2 }; f(o); require('assert').deepEqual(o, { n: 2 })\n"),
    "promises": (
        "const f = async (n) => { await new Promise((r) => setTimeout(r, 2)); if (n < 0) throw new TypeError('low'); return [n] }",
        "const a = require('assert')\nconst t = async () => {\n  a.deepEqual(await f(3), [3])\n"
        "  await a.rejects(() => f(-1), TypeError)\n}\nt()\n",
    ),
    "promises in an array": (
        "const f = () => [1, 2].map(async (n) => n)",
        "const t = async () => { console.assert((await Promise.all(f())).join() === '1,2') }\nt()\n",
    ),
    "several functions": ("const f = (n) => n + 1\nconst g = (n) => n * 2", "console.assert(g(f(1)) === 4)\n"),
    "a long text": ("const f = (t) => t + '\\ud800'", "const t = '€'.repeat(300000); console.assert(f(t) === t + '\\ud800')\n"),
    "random tests": ("const f = (n) => n", "for (let i = 0; i < 20; i++) { const n = Math.random(); console.assert(f(n) === n && n < 1) }\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_program_passes(name: str) -> None:
    found = met(*HONEST[name])
    assert found.passed, found


def test_tests_call_the_prompts_helpers_and_not_the_programs() -> None:
    prompt = "const K = 10\nconst double = (n) => n * 2 + K\n\n/* Halve. */\nconst f = (n) => {\n"
    tests = "console.assert(double(f(4)) === 14)\n"
    assert met("const double = () => 0\nconst f = (n) => n / 2\n", tests, prompt).passed
    assert met("const double = () => 14\nconst f = (n) => 0\n", tests, prompt).said.startswith("failed")


def test_tests_that_use_what_nobody_reads_are_refused() -> None:
    tests = "const { test } = require('node:test')\ntest('a', () => { require('assert').equal(f(), 1) })\n"
    assert met("const f = () => 1", tests).said == "error the tests use node:test, whose results nobody reads"
    assert "node:test" in JAVASCRIPT.fault_in_tests(tests)


def test_a_failure_counts_however_the_tests_go_on() -> None:
    tests = "try { console.assert(f() === 3, 'first') } catch {}\nconsole.assert(true)\n"
    assert met("const f = () => 1", tests).said.startswith("failed Assertion failed first at")


def test_draws_of_the_tests_are_the_same_every_time() -> None:
    tests = "console.assert(false, Math.random(), f())\n"
    assert met("const f = () => Math.random = 1", tests).said == met("const f = () => 1", tests).said


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        ("console.assert(f((x) => x) === 1)", "a function that is passed"),
        ("const g = (x) => x\nlet candidate = f\nconsole.assert(candidate([g]) === 1)", "a function that is passed"),
        ("console.assert(f([1], Math.max) === 1)", "a function that is passed"),
        ("const s = new f()\nconsole.assert(s.x)", "a class of the program"),
        ("console.assert(f(1)(2) === 3)", "a function that was returned"),
        ("const g = f(1)\nconsole.assert(g(2) === 3)", "a function that was returned"),
        ("console.assert(f(1).draw() === 3)", "a method draw"),
        ("console.assert(LIMIT === 3)", "LIMIT, which is not a function"),
        ("console.assert(f.cache)", "a member of f"),
        ("console.assert((f() === 3)", "cannot be parsed"),
        ("console.assert(eval(f()) === 2)", "text that is executed"),
        ("console.assert(f() === 2); setTimeout(() => console.assert(f() === 3), 1)", "time that passes"),
        ("const t = async () => { await Promise.all([f(1), f(2)]); console.assert(true) }", "waited for together"),
        ("Math.random = () => 0\nconsole.assert(f() === 2)", "Math.random, which they replace"),
        ("console.assert(f(Object.freeze([1])) === 2)", "Object.freeze"),
        ("console.assert(f(structuredClone([1])) === 2)", "structuredClone, which an examiner does not have"),
        ("const vm = require('vm')\nconsole.assert(f() === 2)", "a module that an examiner does not have"),
        ("console.assert(String(f).length < 9 && f() === 2)", "f as a value"),
        ("console.assert(f.call([1]) === 2)", "the `this` of f"),
        ("console.assert([1].length === 1)", "no function that they call"),
        ("const a = [1]\nconsole.assert(f(a) === 2 && JSON.stringify(a) === '[1]')", "which a call was given"),
        ("const a = [1]\nconsole.assert(f(a) === a)", "whether a is what was returned"),
        ("const s = f()\ns.push(1)\nconsole.assert(s.pop() === 1)", "a method push of a result"),
        ("const a = [1], b = [...a]\nconsole.assert(f(a) === 2 && a.join() === b.join())", "which a call was given"),
        ("const a = [1]\nconst r = f(a)\nconsole.assert(r !== a)", "whether a is what was returned"),
        ("const a = [1]\nconst r = f(a)\nconsole.assert(r === a)", "whether a is what was returned"),
        ("const r = f(1), s = f(1)\nconsole.assert(r !== s)", "whether r is s"),
        ("const a = [[1]]\nconst r = f(a)\na[0].pop()\nconsole.assert(r[0].length === 1)", "change behind a call"),
        ("const r = f()\ndelete r.x\nconsole.assert(f().x === 1)", "a part of a result that they change"),
        ("const s = [1]\nf(s)\nconsole.assert(g(s) === 1 && h(s) === 0)", "which calls were given"),
        ("const fs = require('fs')\nconsole.assert(f() === 2)", "a module that an examiner does not have"),
        ("const a = [1]\nconsole.assert(Object.is(f(a), a))", "whether a is what was returned"),
        ("const m = f(2)\nconsole.assert(m[0] !== m[1])", "whether m.0. is m.1."),
        ("const t = Date.now()\nconsole.assert(f() === 2 && Date.now() - t < 9)", "time that is measured"),
        ("const t = (g) => { console.assert(g((x) => x) === 1) }\nt(f)", "a function that is passed to g"),
        ("function t (g) { console.assert(g(1)(2) === 1) }\nt(f)", "a function that was returned"),
        ("const a = [1]\nconsole.assert(a.map(f).length === 1 && a[0] === 1)", "which a call was given"),
        ("delete Math.max\nconsole.assert(f() === 2)", "Math.max, which they replace"),
        ("Reflect.set(Math, 'random', () => 0)\nconsole.assert(f() === 2)", "Math, which they replace"),
        ("const a = [{}, {}]\nconsole.assert(f(a) === a[1])", "whether a.1. is f.a."),
        ("const k = {}\nconst r = f([k])\nconsole.assert(r.has(k))", "whether k is in r"),
        ("const M = Math\nM.random = () => 0\nconsole.assert(f() === 2)", "M.random, which they replace"),
    ],
)
def test_what_is_more_than_values_cannot_cross(tests: str, why: str) -> None:
    with pytest.raises(CannotCross, match=why):
        JAVASCRIPT.examiner(problem(tests), tests)


@pytest.mark.parametrize(
    "tests",
    [
        "console.assert(f([1, 2].map((x) => x)).filter((x) => x).length === 1)",
        "const check = (f) => { console.assert(f(1) === 1) }\ncheck(f)",
        "const { a, b: [c] } = f(1)\nfor (const k of [1]) console.assert(a === k && c)",
        "const run = function (n) { try { return { n, f } } catch (e) { return e } }\nrun(1).f(2)\nconsole.assert(true)",
        "console.assert(typeof f === 'function' && f.apply(null, [1]))",
        "const a = [1, 2]\nconst m = f(a)\nconsole.assert(a.every((x) => x <= m) && a.includes(m) && m === a[1])",
        "const a = [1]\na.push(2)\nconst r = f(a)\nconsole.assert(r.length !== a.length && r[0] !== 3 && f(1) !== f(2))",
        "const a = [{}, {}]\nconsole.assert(f(a) === a.length && f(a[0]).x === a[0].x)",
        "const n = f('ab').reduce((all, x) => { all[x] = 1; return all }, {})\nconsole.assert(n.a === 1)",
        "const r = f(1)\nconst seen = {}\nfor (const x of r) { seen[x] = 1 }\nconsole.assert(seen[1] === 1)",
        "const a = [3, 1]\nconsole.assert(f(a) === a[1] && a.includes(f(a)))",
        "const p = Math.PI\nconsole.assert(f(p, Number.MAX_VALUE, Object.keys({}).length, { log: 1 }) === 1)",
        "for (let i = 0; i < 3; i++) console.assert(f(i) === (i % 2 === 0))",
        "const seen = []\nfor (const x of [1, 2]) { if (f(x)) seen.push(x) }\nconsole.assert(seen.length === 2)",
        "const check = (g, a, want) => { console.assert(g(a) === want) }\ncheck(f, [1], 1)\ncheck(f, [2], 2)",
        "const turn = (a) => { a.reverse() }\nconst a = [1, 2]\nturn(a)\nconsole.assert(f(a) === 1)",
        "const all = [{ x: 1 }]\nlet n = 0\nfor (const one of all) { if (f(one.x) === 2) n++ }\nconsole.assert(n === all.length)",
        "const a = [2, 7]\nconst [i, j] = f(a, 9)\nconsole.assert(a[i] + a[j] === 9 && Object.is(f(1), -0))",
    ],
)
def test_what_only_looks_like_more_can_cross(tests: str) -> None:
    assert JAVASCRIPT.examiner(problem(tests), tests).source


MXEVAL = """
const _ = require("lodash")

function compare(object1, object2){
    return _.isEqual(object1, object2)
}

var arg00 = [3, 4];
var x0 = f(arg00);
var v0 = [4, 5];
if(!compare(x0, v0)){
    throw 'Error at 1th assert statement. Value = ' + JSON.stringify(x)
}
"""
"""The form of MBXP and Multilingual HumanEval."""


def package(folder: Path, name: str, code: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "package.json").write_text(f'{{"name": "{name}", "main": "index.js"}}')
    (folder / name / "index.js").write_text(code)


def test_tests_in_mxevals_form_cross_and_need_lodash(tmp_path: Path) -> None:
    asked = problem(MXEVAL)
    assert JAVASCRIPT.examiner(asked, MXEVAL).requires == ("node package lodash",)
    assert "node package lodash" not in JAVASCRIPT.locate(tmp_path).provides
    package(tmp_path / "node" / "node_modules", "lodash", "")
    found = JAVASCRIPT.locate(tmp_path)
    assert "node package lodash" in found.provides
    assert all(lack.startswith("js-md5: ") for lack in found.lacks)


def test_a_program_that_wants_lodash_where_its_tests_do_not_is_judged() -> None:
    assert program_of("const _ = require('lodash')\nconst f = (x) => x", problem(ONE)).requires == ()


REFERENCES = [
    ("class S { has (x) { return x === 1 } }\nconst f = () => new S()", "const s = f()\nconsole.assert(s.has(1))"),
    ("const f = () => ({ has: (x) => x === 1 })", "console.assert(f().has(1))"),
    ("const f = () => { const has = (x) => x === 1; return { has } }", "console.assert(f().has(1))"),
    ("function S () {}\nS.prototype.has = function () {}\nconst f = () => new S()", "console.assert(!f().has(1))"),
    ("class S { get size () { return 1 } }\nconst f = () => new S()", "const s = f()\nconsole.assert(s.size === 1)"),
    ("class S { has = () => true }\nconst f = () => { const s = new S(); return [s] }", "console.assert(f()[0].has())"),
    ("class S { toString () { return 's' } }\nconst f = () => new S()", "console.assert(`${f()}` === 's')"),
    ("const f = () => ({ * [Symbol.iterator] () { yield 1 } })", "console.assert([...f()].length === 1)"),
    ("class S { #n = 1 }\nconst f = () => new S()\nconst g = (s) => 1", "const s = f()\nconsole.assert(g(s) === 1)"),
]
"""(a reference, tests that need more of its objects than their fields)."""


@pytest.mark.parametrize(("reference", "tests"), REFERENCES)
def test_methods_that_a_reference_shows_cannot_cross(reference: str, tests: str) -> None:
    assert JAVASCRIPT.examiner(problem(tests), tests).source
    with pytest.raises(CannotCross):
        JAVASCRIPT.examiner(msgspec.structs.replace(problem(tests), reference=reference), tests)


def test_methods_that_stay_within_a_reference_change_nothing() -> None:
    reference = "class Heap { push (x) {} get size () { return 1 } }\nconst f = (x) => new Heap().size + x"
    tests = "const seen = []\nseen.push(f(1))\nconsole.assert(seen[0] === 2 && f(f(1)) === 3 && f([1]).length === 1)"
    assert JAVASCRIPT.examiner(msgspec.structs.replace(problem(tests), reference=reference), tests).source


STATES = [
    ("let n = 0", "f()\nconsole.assert(n === 1)"),
    ("const all = []", "f(1)\nconsole.assert(all.length === 1)"),
    ("const all = new Map()\nconst get = (k) => all.get(k)", "f(1)\nconsole.assert(get(1) === 1)"),
    ("const o = { a: 1 }", "o.a = 2\nconsole.assert(f() === 2)"),
    ("let n = 0\nconst reset = () => { n = 0 }", "f()\nreset()\nconsole.assert(f() === 1)"),
    ("const KIND = Symbol('kind')", "console.assert(f({ [KIND]: 1 }) === 1)"),
    ("const Color = { RED: Symbol('r') }", "console.assert(f(Color.RED))"),
    ("function Node (v) { this.v = v }", "console.assert(f(1).v === new Node(1).v)"),
    ("class Node { v = 1 }\nconst node = () => new Node()", "console.assert(f(node()) === 1)"),
]
"""(what a prompt defines beside f, tests that know whether there is one of it or two)."""


@pytest.mark.parametrize(("defined", "tests"), STATES)
def test_what_program_and_tests_share_cannot_cross(defined: str, tests: str) -> None:
    with pytest.raises(CannotCross, match="of the prompt"):
        JAVASCRIPT.examiner(problem(tests, f"{defined}\nconst f = (x) => {{\n"), tests)


@pytest.mark.parametrize(
    "defined",
    [
        "const DATA = [3, 1]",
        "const o = Object.freeze({ a: 1 })\nlet unused = 0\nconst DATA = [o.a]",
        "const DATA = /x/g",
    ],
)
def test_constants_of_the_prompt_can_cross(defined: str) -> None:
    tests = "console.assert(f(DATA) === 1)"
    assert JAVASCRIPT.examiner(problem(tests, f"{defined}\nconst f = (x) => {{\n"), tests).source


def test_an_examiner_is_part_of_a_programs_key() -> None:
    first, second = (program_of("const f = 1", problem(tests)) for tests in (ONE, LOOSE))
    assert first.key != second.key
    assert first.files == second.files
    assert "assert" not in str(msgspec.structs.asdict(first)["files"])
