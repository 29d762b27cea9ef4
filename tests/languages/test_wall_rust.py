"""Rust's two sides of the wall against the format's reference, against broken messages, cheats and unusual programs."""

import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pairs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passatk.languages import LANGUAGES
from passatk.languages.base import CannotCross
from passatk.languages.rust_wall import UNLISTED
from passatk.languages.wall import NULL, Many, Map, Number, Reader, Some, Typed, Value, double, encode, text
from passatk.records import Asserts, Examiner, Problem, Program, Sample

RUST = LANGUAGES["rust"]
pytestmark = pytest.mark.skipif(not pairs.toolchain_of(RUST).usable, reason="no Rust toolchain")


# --- values ----------------------------------------------------------------------------------------------------


def whole(bits: int, signed: bool = True) -> st.SearchStrategy[Value]:
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return st.one_of(st.integers(low, high), st.sampled_from([low, high, 0, max(low, -1)]))


def many(sign: str, of: st.SearchStrategy[Value], least: int = 0, most: int = 4) -> st.SearchStrategy[Value]:
    return st.lists(of, min_size=least, max_size=most).map(lambda values: Many(sign, tuple(values)))


def unlike(sign: str, of: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.lists(of, max_size=4, unique_by=encode).map(lambda values: Many(sign, tuple(values)))


def mapped(keys: st.SearchStrategy[Value], values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    pairs_of = st.lists(st.tuples(keys, values), max_size=4, unique_by=lambda pair: encode(pair[0]))
    return pairs_of.map(lambda found: Map(tuple(found)))


def tupled(*of: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.tuples(*of).map(lambda values: Many("p", values))


def optional(of: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(st.just(NULL), of.map(Some))


def typed(name: str, of: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return of.map(lambda value: Typed(name.encode(), value))


INT, TEXTS = whole(32), st.text(st.characters(exclude_categories=["Cs"])).map(text)
DOUBLES = st.binary(min_size=8, max_size=8).map(lambda bits: Number("d", bits))
LETTERS = st.characters(exclude_categories=["Cs"]).map(ord)
ANY: st.SearchStrategy[Value] = st.recursive(
    st.one_of(
        typed("i32", INT),
        typed("String", TEXTS),
        typed("&'static str", TEXTS),
        typed("f64", DOUBLES),
        typed("char", LETTERS),
        typed("()", st.just(NULL)),
        typed("Vec<i32>", many("l", INT)),
    ),
    lambda inner: typed("Vec<Box<dyn Any>>", many("l", inner)),
    max_leaves=6,
)
POINTS: st.SearchStrategy[Value] = st.recursive(
    INT.map(lambda x: Typed(b"Point", Many("p", (x, NULL)))),
    lambda inner: tupled(INT, inner.map(Some)).map(lambda fields: Typed(b"Point", fields)),
    max_leaves=3,
)
TYPES: dict[str, st.SearchStrategy[Value]] = {
    **{f"i{bits}": whole(bits) for bits in (8, 16, 32, 64, 128)},
    **{f"u{bits}": whole(bits, signed=False) for bits in (8, 16, 32, 64, 128)},
    "isize": whole(64),
    "usize": whole(64, signed=False),
    "f64": DOUBLES,
    "f32": st.binary(min_size=4, max_size=4).map(lambda bits: Number("e", bits)),
    "bool": st.booleans(),
    "char": LETTERS,
    "String": TEXTS,
    "()": st.just(NULL),
    "&'static str": TEXTS,
    "Vec<i32>": many("l", INT),
    "Vec<Vec<String>>": many("l", many("l", TEXTS)),
    "[u8; 3]": many("l", whole(8, signed=False), least=3, most=3),
    "(i32,)": tupled(INT),
    "(i32, String, bool, f64, char, ())": tupled(INT, TEXTS, st.booleans(), DOUBLES, LETTERS, st.just(NULL)),
    "Option<f64>": optional(DOUBLES),
    "Option<Option<i32>>": optional(optional(INT)),
    "Result<i32, String>": st.one_of(typed("Ok", INT), typed("Err", TEXTS)),
    "Box<[i64]>": many("l", whole(64)),
    "VecDeque<bool>": many("l", st.booleans()),
    "HashMap<String, Vec<i32>>": mapped(TEXTS, many("l", INT)),
    "BTreeMap<char, (i32, i32)>": mapped(LETTERS, tupled(INT, INT)),
    "HashSet<i128>": unlike("q", whole(128)),
    "BTreeSet<String>": unlike("q", TEXTS),
    "Vec<Box<dyn Any>>": many("l", ANY),
    "Shape": st.one_of(
        st.just(Typed(b"Dot", Many("p", ()))),
        tupled(DOUBLES).map(lambda fields: Typed(b"Circle", fields)),
        tupled(TEXTS, DOUBLES).map(lambda fields: Typed(b"Rect", fields)),
    ),
    "Point": POINTS,
}
PROMPT = """use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
pub enum Shape { Dot, Circle(f64), Rect { name: String, height: f64 } }
pub struct Point { x: i32, next: Option<Box<Point>> }
fn unasked() -> i32 {
"""
WHICH = "    0\n}\nfn which() -> i32 {\n    0\n}\n"


def canonical(value: Value) -> bytes:
    """A value's bytes, whatever the order in sets and maps."""
    match value:
        case Many("q", values):
            return b"q" + b"".join(sorted(map(canonical, values)))
        case Many(sign, values):
            return sign.encode() + struct.pack("<I", len(values)) + b"".join(map(canonical, values))
        case Map(found):
            return b"m" + b"".join(sorted(canonical(key) + canonical(it) for key, it in found))
        case Some(held):
            return b"o" + canonical(held)
        case Typed(name, held):
            return b"a" + name + canonical(held)
        case _:
            return encode(value)


# --- problems and their builds -----------------------------------------------------------------------------------


def problem(prompt: str, tests: str, reference: str = "", entry: str = "f") -> Problem:
    return Problem(
        task_id="Rust/0",
        benchmark="own",
        language="rust",
        prompt=prompt,
        declaration=prompt,
        reference=reference,
        entry_point=entry,
        tests=Asserts(code=tests),
    )


def module_of(body: str, attributes: str = "") -> str:
    return f"#[cfg(test)]\nmod tests {{\n    use super::*;\n    #[test]\n{attributes}    fn t() {{ {body} }}\n}}\n"


def _all_types() -> Problem:
    functions = "".join(
        f"fn give_{place}() -> {name} {{ todo!() }}\nfn same_{place}(x: {name}) -> {name} {{ x }}\n"
        for place, name in enumerate(TYPES)
    )
    arms = "".join(f"{place} => {{ same_{place}(give_{place}()); }}\n" for place, _ in enumerate(TYPES))
    tests = module_of(f"loop {{ match which() {{ {arms} _ => break }} }}")
    return problem(PROMPT, tests, WHICH + functions, "unasked")


EVERY = _all_types()
VOWELS = problem(
    "fn f(text: &str) -> i32 {\n",
    module_of('assert_eq!(f("banana"), 3); assert_eq!(f("xyz"), 0); assert_eq!(f("AE"), 2);'),
)
SORTS = problem(
    "fn f(v: &mut Vec<i32>, w: &mut [u8]) {\n",
    module_of("let mut v = vec![3, 1]; let mut w = [7u8]; f(&mut v, &mut w); assert_eq!((v, w), (vec![1, 3], [8]));"),
)
NEGATIVE = problem(
    "fn f(n: i32) -> i32 {\n",
    module_of("f(-1);", '#[should_panic(expected = "negative")]\n') + "#[test]\nfn u() { assert_eq!(f(2), 2); }\n",
)
SHAPES = problem(
    "#[derive(Debug, PartialEq)]\nenum Shape { Dot, Line { length: f64 } }\nfn f(n: i32) -> Option<Shape> {\n",
    module_of("assert_eq!(f(1), Some(Shape::Line { length: 1.0 })); assert_eq!(f(0), None);"),
)
NAMED_IN_REFERENCE = problem(
    "fn f(n: i32) -> Kind<i32> {\n",
    module_of("assert_eq!(f(1), Kind::One(1)); assert_eq!(g(&f(2)), 2);"),
    "    Kind::One(n)\n}\n#[derive(Debug, PartialEq)]\nenum Kind<T> { None, One(T) }\n"
    "fn g(kind: &Kind<i32>) -> i32 { if let Kind::One(n) = kind { *n } else { 0 } }\n",
)
DECODES = problem(
    "fn decode(s: &str) -> String {\n",
    module_of('for s in ["abc", "xyz", ""] { assert_eq!(decode(&encode(s)), s); }'),
    "    s.chars().rev().filter(|c| *c != MARK).collect()\n}\nconst MARK: char = '.';\n"
    "fn marked(s: String) -> String {\n    s + &MARK.to_string()\n}\n"
    "/// The tests' own, as the prompt does not show it.\n"
    "fn encode<T: AsRef<str>>(s: T) -> String {\n    marked(s.as_ref().chars().rev().collect())\n}\n",
    "decode",
)
PLAIN = problem(
    "fn f(n: i32) -> i32 {\n", "}\nfn main() {\n    let candidate = f;\n    assert_eq!(candidate(1), 2);\n}\n"
)
RANDOM = problem(
    "use rand::Rng;\nfn f(n: i32) -> i32 {\n",
    module_of(
        "let mut rng = rand::thread_rng(); for _ in 0..20 { let n: i32 = rng.gen_range(-9, 9);"
        " let m = rand::random::<u32>() % 7; assert_eq!(f(n + m as i32), n + m as i32); }"
    ),
)
ALL = (EVERY, VOWELS, SORTS, NEGATIVE, SHAPES, NAMED_IN_REFERENCE, DECODES, PLAIN, RANDOM)


def examiner_of(of: Problem) -> Examiner:
    return RUST.examiner(of, of.tests.code)


def program(of: Problem, completion: str, whole_text: bool = False) -> Program:
    sample = Sample(task_id=of.task_id, index=0, text=completion, whole=whole_text)
    return RUST.behind_wall(of, sample, examiner_of(of))


@pytest.fixture(scope="module")
def examiners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examiners")
    pairs.build_examiners(RUST, [examiner_of(each) for each in ALL], folder)
    return folder


class Peer(NamedTuple):
    """A side of the wall that Python talks with."""

    process: "subprocess.Popen[str]"
    into: int
    out: int
    said: int = -1

    def send(self, payload: bytes) -> None:
        os.write(self.into, struct.pack("<I", len(payload)) + payload)

    def receive(self) -> bytes:
        size = int.from_bytes(self._read(4), "little")
        return self._read(size)

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = os.read(self.out, size - len(found))
            assert piece, self.process.communicate()
            found += piece
        return found

    def line(self) -> str:
        """What an examiner says in the end."""
        found = b""
        while piece := os.read(self.said, 4096):
            found += piece
        return found.decode().strip()

    def close(self) -> None:
        for fd in (self.into, self.out, self.said):
            if fd >= 0:
                os.close(fd)
        self.process.communicate(timeout=20)


def examiner_process(folder: Path, of: Problem) -> Peer:
    answers_r, answers_w = os.pipe()
    calls_r, calls_w = os.pipe()
    token_r, token_w = os.pipe()
    said_r, said_w = os.pipe()
    os.write(token_w, pairs.TOKEN)
    examiner = examiner_of(of)
    names = {"EXAMINER": str(folder), "EXAMINER_NAME": examiner.name}
    argv, environment = pairs.filled(pairs.toolchain_of(RUST), examiner.run, **names)
    started = pairs._start(argv, environment, folder, (token_r, said_w, answers_r, calls_w))
    for fd in (answers_r, calls_w, token_r, token_w, said_w):
        os.close(fd)
    return Peer(started, answers_w, calls_r, said_r)


@pytest.fixture(scope="module")
def every_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    folder = tmp_path_factory.mktemp("program")
    made, toolchain = program(EVERY, EVERY.solution), pairs.toolchain_of(RUST)
    pairs.build(toolchain, made.files, made.build, folder)
    calls_r, calls_w = os.pipe()
    answers_r, answers_w = os.pipe()
    argv, environment = pairs.filled(toolchain, made.run)
    nothing = os.open(os.devnull, os.O_RDONLY)
    started = pairs._start(argv, environment, folder, (nothing, calls_r, answers_w))
    for fd in (nothing, calls_r, answers_w):
        os.close(fd)
    peer = Peer(started, calls_w, answers_r)
    yield peer
    peer.send(b"E")
    peer.close()
    assert peer.process.returncode == 0


@pytest.fixture(scope="module")
def every_examiner(examiners: Path) -> Iterator[Peer]:
    peer = examiner_process(examiners, EVERY)
    yield peer
    call = peer.receive()
    peer.send(b"R" + call[1:9] + encode(-1) + b"\0")
    assert peer.line() == f"passed {pairs.TOKEN.decode()}"
    assert peer.receive() == b"E"
    peer.close()


# --- values through both sides -----------------------------------------------------------------------------------

THOROUGH = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PLACED = list(enumerate(TYPES))


def call_of(number: int, function: int, *arguments: Value) -> bytes:
    given_values = b"".join(map(encode, arguments))
    return b"C" + struct.pack("<QHB", number, function, len(arguments)) + given_values


@pytest.mark.parametrize(("place", "name"), PLACED, ids=list(TYPES))
def test_a_program_gives_back_what_it_is_given(place: int, name: str, every_program: Peer) -> None:
    @THOROUGH
    @given(TYPES[name])
    def check(value: Value) -> None:
        every_program.send(call_of(77, 2 + 2 * place, value))
        answer = Reader(every_program.receive())
        assert answer.take(9) == b"R" + struct.pack("<Q", 77)
        assert canonical(answer.value()) == canonical(value)
        assert answer.take(1) == b"\0"
        assert answer.at_end

    check()


@pytest.mark.parametrize(("place", "name"), PLACED, ids=list(TYPES))
def test_an_examiner_reads_and_writes_every_value(place: int, name: str, every_examiner: Peer) -> None:
    def answer(value: Value) -> Reader:
        call = every_examiner.receive()
        every_examiner.send(b"R" + call[1:9] + encode(value) + b"\0")
        return Reader(call[9:])

    @THOROUGH
    @given(TYPES[name])
    def check(value: Value) -> None:
        assert answer(place).number(2) == 0
        assert answer(value).number(2) == 1 + 2 * place
        call = answer(value)
        assert (call.number(2), call.number(1)) == (2 + 2 * place, 1)
        assert canonical(call.value()) == canonical(value)
        assert call.at_end

    check()


# --- messages that make no sense -----------------------------------------------------------------------------------

_LIST = encode(Typed(b"Vec<Box<dyn Any>>", Many("l", (1,)))).removesuffix(encode(1))
DEEP = b"l\1\0\0\0" + _LIST * 1100 + encode(Typed(b"i32", 1))


def value_answer(value: bytes, behind: bytes = b"\0") -> bytes:
    return b"R" + b"NUMBER.." + value + behind


BROKEN = {
    "garbage": b"garbage that is longer than a number",
    "nothing": b"",
    "another number": b"R" + b"\1" * 8 + encode(3) + b"\0",
    "a call": b"C" + b"NUMBER.." + encode(3) + b"\0",
    "the end": b"E",
    "text for an integer": value_answer(encode(text("3"))),
    "a float": value_answer(encode(double(3.0))),
    "beyond i32": value_answer(encode(1 << 31)),
    "beyond i64": value_answer(encode(1 << 70)),
    "a list of 4 billion": value_answer(b"l\xff\xff\xff\xff"),
    "half an integer": value_answer(b"i\3\0\0", b""),
    "no changes": value_answer(encode(3), b""),
    "a changed argument": value_answer(encode(3), b"\1\0" + encode(text("x"))),
    "bytes behind": value_answer(encode(3), b"\0passed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_message_that_makes_no_sense_is_broken(name: str, examiners: Path) -> None:
    peer = examiner_process(examiners, VOWELS)
    number = peer.receive()[1:9]
    peer.send(BROKEN[name].replace(b"NUMBER..", number))
    assert peer.line().startswith("broken ")
    peer.close()


@pytest.mark.parametrize(
    ("of", "value"),
    [
        ("char", encode(0xD800)),
        ("char", encode(0x110000)),
        ("String", b"s" + struct.pack("<I", 2) + b"\xc3\x28"),
        ("[u8; 3]", encode(Many("l", (1, 2)))),
        ("u64", encode(-1)),
        ("u128", encode(1 << 128)),
        ("i128", b"I" + struct.pack("<I", 1) + b"\1"),
        ("HashSet<i128>", encode(Many("q", (1, 1)))),
        ("HashMap<String, Vec<i32>>", encode(Map(((text("a"), Many("l", ())),) * 2))),
        ("(i32,)", encode(Many("l", (1,)))),
        ("Option<f64>", encode(double(1.0))),
        ("Result<i32, String>", encode(Typed(b"Oh", 1))),
        ("Shape", encode(Typed(b"Square", Many("p", ())))),
        ("Shape", encode(Typed(b"Circle", Many("p", ())))),
        ("Vec<Box<dyn Any>>", encode(Many("l", (Typed(b"no such type", 1),)))),
        ("Vec<Box<dyn Any>>", DEEP),
        ("()", encode(1)),
        ("bool", encode(1)),
        ("f32", encode(double(1.0))),
    ],
)
def test_a_value_of_another_type_is_broken(of: str, value: bytes, examiners: Path) -> None:
    place = list(TYPES).index(of)
    peer = examiner_process(examiners, EVERY)
    peer.send(b"R" + peer.receive()[1:9] + encode(place) + b"\0")
    peer.send(b"R" + peer.receive()[1:9] + value + b"\0")
    assert peer.line().startswith("broken ")
    peer.close()


@pytest.mark.parametrize("changed", [b"\0", b"\1\0" + encode(Many("l", (1, 3))), b"\2\1l\0\0\0\0\0l\0\0\0\0"])
def test_changed_arguments_are_those_of_the_declaration(changed: bytes, examiners: Path) -> None:
    peer = examiner_process(examiners, SORTS)
    peer.send(b"R" + peer.receive()[1:9] + b"n" + changed)
    assert peer.line().startswith("broken ")
    peer.close()


def test_a_length_of_two_gigabytes_is_broken(examiners: Path) -> None:
    peer = examiner_process(examiners, VOWELS)
    os.write(peer.into, struct.pack("<I", 2 << 30))
    assert peer.line().startswith("broken ")
    peer.close()


def test_an_answer_given_twice_is_broken(examiners: Path) -> None:
    peer = examiner_process(examiners, VOWELS)
    answer = b"R" + peer.receive()[1:9] + encode(3) + b"\0"
    peer.send(answer)
    peer.send(answer)
    assert peer.line().startswith("broken ")
    peer.close()


@pytest.mark.parametrize("begun", [b"", b"\0\0", struct.pack("<I", 20) + b"R123"])
def test_a_pipe_that_ends_is_said(begun: bytes, examiners: Path) -> None:
    peer = examiner_process(examiners, VOWELS)
    os.write(peer.into, begun)
    os.close(peer.into)
    assert peer.line() == "ended"
    peer._replace(into=-1).close()


def test_an_exception_that_nobody_expected_is_raised(examiners: Path) -> None:
    peer = examiner_process(examiners, VOWELS)
    number = peer.receive()[1:9]
    words = b"panic", b"oh\nno"
    peer.send(b"X" + number + b"".join(struct.pack("<I", len(part)) + part for part in words))
    assert peer.line() == "raised panic: oh no"
    peer.close()


# --- programs ----------------------------------------------------------------------------------------------------

RIGHT = '    text.to_lowercase().chars().filter(|c| "aeiou".contains(*c)).count() as i32\n}\n'
WRITE = 'extern "C" { fn write(fd: i32, from: *const u8, size: usize) -> isize; fn _exit(code: i32) -> !; }\n'
WRONG = "    -1\n}\n"
CHEATS = {
    "exit": "    std::process::exit(0)\n}\n",
    "exit in a thread": "    std::thread::spawn(|| std::process::exit(0)).join().unwrap();\n    -1\n}\n",
    "hook": "    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    panic!()\n}\n",
    "initialiser": WRONG
    + 'extern "C" fn early() { std::process::exit(0) }\n'
    + '#[used]\n#[link_section = ".init_array"]\nstatic EARLY: extern "C" fn() = early;\n',
    "own memcmp": WRONG
    + '#[no_mangle] pub unsafe extern "C" fn bcmp(_: *const u8, _: *const u8, _: usize) -> i32 { 0 }\n',
    "own assert_eq": WRONG + "macro_rules! assert_eq { ($($t:tt)*) => {} }\n",
    "own main": WRONG + "fn main() {}\n",
    "own symbol main": WRONG + 'mod own { #[no_mangle] pub extern "C" fn main() -> i32 { 0 } }\n',
    "std of its own": WRONG + "extern crate self as std;\npub mod primitive { pub type i32 = (); }\n",
    "an i32 of its own": "    Liar\n}\n#[derive(Debug)] struct Liar;\n#[allow(non_camel_case_types)] type i32 = Liar;\n"
    "impl PartialEq<std::primitive::i32> for Liar { fn eq(&self, _: &std::primitive::i32) -> bool { true } }\n",
    "passed on every descriptor": f'    let words = "passed {pairs.TOKEN.decode()}\\n";\n'
    "    for fd in 0..20 { unsafe { write(fd, words.as_ptr(), 40); } }\n"
    f"    unsafe {{ _exit(0) }}\n}}\n{WRITE}",
    "passed on stdout": f'    println!("passed {pairs.TOKEN.decode()}");\n' + WRONG,
    "answers by itself": "    let m = [18u8, 0, 0, 0, b'R', 0, 0, 0, 0, 0, 0, 0, 0, b'i', 3, 0, 0, 0, 0, 0, 0, 0, 0];\n"
    "    unsafe { write(4, m.as_ptr(), m.len()); }\n    3\n}\n" + WRITE,
    "an end by itself": '    unsafe { write(4, b"\\x01\\0\\0\\0E".as_ptr(), 5); }\n    3\n}\n' + WRITE,
    "closes its pipe": '    unsafe { close(4); }\n    3\n}\nextern "C" { fn close(fd: i32) -> i32; }\n',
    "exit when dropped": "    struct L;\n    impl Drop for L { fn drop(&mut self) { std::process::exit(0) } }\n"
    "    let _l = L;\n" + WRONG,
    "its source": '    if include_str!("main.rs").contains("banana") { 3 } else { -1 }\n}\n',
    "the other's memory": '    for p in std::fs::read_dir("/proc").unwrap().flatten() {\n'
    '        let _ = std::fs::read(p.path().join("environ"));\n    }\n'
    "    std::env::args().count() as i32 - 2\n}\n",
    "ends the serve module": WRONG + "mod passatk_serve { pub fn all() {} }\n",
    "own wall": WRONG + "mod passatk_wall { pub fn serve() {} }\n",
    "leaves it out": WRONG + "#[cfg(any())]\n",
    "opens a comment": WRONG + "/*",
    "panics": "    panic!()\n}\n",
    "aborts": "    std::process::abort()\n}\n",
}
HONEST = {
    "debug prints": '    println!("debug"); eprintln!("more");\n' + RIGHT,
    "own main": RIGHT + 'fn main() { println!("{}", f("x")); }\n',
    "own tests": RIGHT + '#[cfg(test)]\nmod tests { use super::*; #[test] fn t() { assert_eq!(f("a"), 1) } }\n',
    "own Some and Vec": RIGHT + "struct Vec; struct String; enum Option<T> { Some(T), None }\nuse Option::*;\n",
    "own Result": RIGHT + "type Result<T> = std::result::Result<T, std::string::String>;\n",
    "own modules": RIGHT + "mod call { pub fn f() {} }\nmod answer {}\nmod serve {}\n",
    "own macros": RIGHT + "macro_rules! vec { ($($t:tt)*) => {} }\nmacro_rules! println { ($($t:tt)*) => {} }\n",
    "a comment last": RIGHT + "// done",
    "CRLF": RIGHT.replace("\n", "\r\n"),
    "threads": "    let n = std::thread::scope(|s| s.spawn(|| 1).join().unwrap());\n    let _ = n;\n" + RIGHT,
    "stdin": "    let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap();\n" + RIGHT,
    "catches a panic": '    let _ = std::panic::catch_unwind(|| panic!("x"));\n' + RIGHT,
    "static mut": "    static mut N: i32 = 0; unsafe { N += 1; }\n" + RIGHT,
}
WHOLE = {
    "inner attributes": "#![allow(dead_code)]\n#![allow(unused)]\n" + VOWELS.prompt + RIGHT,
    "inner attributes and a main": "#![allow(dead_code)]\n" + VOWELS.prompt + RIGHT + "fn main() {}\n",
    "a byte order mark and a main": "\ufeff" + VOWELS.prompt + RIGHT + "fn main() {}\n",
    "a generic parameter": "fn f(text: impl AsRef<str>) -> i32 { let text = text.as_ref();\n" + RIGHT,
    "in a module": "mod solution {\n    pub " + VOWELS.prompt + RIGHT + "}\nuse solution::f;\n",
    "imports": "use std::collections::*;\nuse std::fmt::Write as _;\nextern crate std as mystd;\n"
    + VOWELS.prompt
    + RIGHT,
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_never_passes(name: str, examiners: Path) -> None:
    try:
        met = pairs.meet(RUST, program(VOWELS, CHEATS[name]), examiners)
    except pairs.BuildFailed:
        return
    assert not met.passed
    assert met.said.partition(" ")[0] in {"failed", "ended", "broken"}, met


@pytest.mark.parametrize("name", [*HONEST, *WHOLE])
def test_a_right_program_passes_however_it_looks(name: str, examiners: Path) -> None:
    right = program(VOWELS, HONEST[name]) if name in HONEST and name not in WHOLE else None
    met = pairs.meet(RUST, right or program(VOWELS, WHOLE[name], whole_text=True), examiners)
    assert met.passed, met


@pytest.mark.parametrize(
    ("of", "completion", "said"),
    [
        (SORTS, "    v.sort(); w[0] += 1;\n}\n", "passed"),
        (SORTS, "    v.reverse();\n}\n", "failed"),
        (SORTS, "    v.clear(); panic!()\n}\n", "ended"),
        (NEGATIVE, '    if n < 0 { panic!("{} is negative", n) }\n    n\n}\nfn main() {}\n', "passed"),
        (NEGATIVE, "    n\n}\n", "failed"),
        (NEGATIVE, '    panic!("negative")\n}\n', "raised"),
        (SHAPES, "    if n == 1 { Some(Shape::Line { length: 1.0 }) } else { None }\n}\n", "passed"),
        (SHAPES, "    Some(Shape::Dot)\n}\n", "failed"),
        (NAMED_IN_REFERENCE, NAMED_IN_REFERENCE.solution, "passed"),
        (NAMED_IN_REFERENCE, NAMED_IN_REFERENCE.solution.replace("None", "Extra, None"), "passed"),
        (DECODES, DECODES.solution, "passed"),
        (DECODES, '    s.chars().rev().collect::<String>().replace(".", "")\n}\n', "passed"),
        (DECODES, "    s.to_string()\n}\nfn encode(s: &str) -> String {\n    s.to_string()\n}\n", "failed"),
        (PLAIN, "    n + 1\n", "passed"),
        (PLAIN, "    n\n", "failed"),
        (RANDOM, "    n\n}\n", "passed"),
        (RANDOM, "    n.abs()\n}\n", "failed"),
    ],
)
def test_what_crosses(of: Problem, completion: str, said: str, examiners: Path) -> None:
    met = pairs.meet(RUST, program(of, completion), examiners)
    assert met.said.partition(" ")[0] == said, met


@pytest.mark.parametrize(
    ("prompt", "tests", "words"),
    [
        ("fn f(n: i32, g: impl Fn(i32) -> i32) -> i32 {\n", "assert_eq!(f(1, |n| n), 1);", "function"),
        ("fn f<T: Ord>(v: Vec<T>) -> T {\n", "assert_eq!(f(vec![1]), 1);", "types"),
        ("fn f(v: &mut Vec<i32>) -> i32 {\n", "let mut v = vec![1]; f(&mut v); assert_eq!(v, []);", "changes"),
        ("fn f(v: &mut Vec<i32>) -> i32 {\n", "let mut v = vec![1]; while f(&mut v) > 0 {}", "changes"),
        ("fn f(v: &mut Vec<i32>) -> i32 {\n", "assert_eq!(f(&mut vec![1]), 1);", "changes"),
        ("fn f(v: &mut Vec<i32>) {\n", "assert!(std::panic::catch_unwind(|| f(&mut vec![1])).is_err());", "panics"),
        ("static mut N: i32 = 0;\nfn f(n: i32) -> i32 {\n", "assert_eq!(f(1), unsafe { N });", "state"),
        ("fn f(n: i32) -> i32 {\n", "std::thread::spawn(|| assert_eq!(f(1), 1));", "threads"),
        ("fn f(n: &str) -> &str {\n", 'let a = "x"; assert!(std::ptr::eq(f(a), a));', "memory"),
        ("fn f(n: i32) -> i32 {\n", 'std::env::set_var("N", "1"); assert_eq!(f(1), 1);', "environment"),
        ("fn f(v: &mut Vec<i32>) -> &mut i32 {\n", "assert_eq!(*f(&mut vec![1]), 1);", "mut"),
        ("struct S;\nimpl S {\n    fn f(&self) -> i32 {\n", "assert_eq!(S.f(), 1);", "declared"),
        ("struct S;\nfn h() {}\nimpl S {\n    fn f(&self) -> i32 {\n", "h(); assert_eq!(S.f(), 1);", "method"),
        ("fn f(n: i32) -> i32 {\n", "assert_eq!(Solver::new().f(1), f(1));", "Solver"),
        ("fn f(n: i32) -> i32 {\n", "assert_eq!(helper(1), f(1));", "helper"),
        ("fn f(n: i32) -> Unknown {\n", "f(1);", "Unknown"),
        ("const fn f(n: i32) -> i32 {\n", "const N: i32 = f(1); assert_eq!(N, f(1));", "compiler"),
        ("const fn f(n: usize) -> usize {\n", "assert_eq!([0; 1 + f(1)].len(), 2);", "compiler"),
        ("const fn f(n: usize) -> usize {\n", "assert_eq!(const { f(1) }, 1);", "compiler"),
        ("const fn f(n: u8) -> u8 {\n", "static T: [u8; 2] = [f(1), f(2)]; assert_eq!(T[1], f(2));", "compiler"),
    ],
)
def test_what_is_more_than_a_value_does_not_cross(prompt: str, tests: str, words: str) -> None:
    with pytest.raises(CannotCross, match=words):
        examiner_of(problem(prompt, module_of(tests)))


MADE_BY_A_MACRO = """macro_rules! case { ($name:ident, $n:expr) => { #[test] fn $name() { assert_eq!(f($n), $n) } } }
case!(two, 2);
#[test]
fn one() { assert_eq!(f(1), 1) }
"""


HIDDEN = {
    "a macro": MADE_BY_A_MACRO,
    "a condition": "#[cfg_attr(all(test), test)]\nfn two() { assert_eq!(f(2), 2) }\n#[test]\nfn one() { f(1); }\n",
    "another name": "use std::prelude::v1::test as check;\n#[check]\nfn two() { f(2); }\n#[test]\nfn one() { f(1); }\n",
    "a raw name": "#[r#test]\nfn two() { assert_eq!(f(2), 2) }\n#[test]\nfn one() { f(1); }\n",
}


@pytest.mark.parametrize("way", HIDDEN)
def test_tests_that_cannot_be_listed_are_refused(way: str) -> None:
    of = problem("fn f(n: i32) -> i32 {\n", HIDDEN[way])
    sample = Sample(task_id=of.task_id, index=0, text="    n\n}\n", whole=False)
    assert UNLISTED in RUST.program(of, sample, of.tests.code).requires


def test_a_program_knows_nothing_of_its_tests() -> None:
    made = program(VOWELS, RIGHT)
    assert "banana" not in "".join(content for _, content in made.files)
    assert made.examiner is not None
    assert "banana" in made.examiner.source
