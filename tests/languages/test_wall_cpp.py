"""The two sides of the wall in C++: what crosses, what is refused, what a program cannot do, what it may do."""

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pairs import TOKEN, BuildFailed, Met, _start, build, build_examiners, filled, meet, toolchain_of

from passatk.languages import LANGUAGES
from passatk.languages.base import CannotCross
from passatk.languages.cpp_declared import declared_by
from passatk.languages.cpp_prepared import wall
from passatk.languages.wall import NULL, Bare, Many, Map, Number, Some, Text, Typed, Value, encode
from passatk.records import Asserts, Examiner, Problem, Program, Sample

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
CPP = LANGUAGES["cpp"]
UNHURRIED = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


def integers(low: int, high: int) -> SearchStrategy[Value]:
    return st.integers(low, high)


def letters(most: int = 8) -> SearchStrategy[Text]:
    return st.binary(max_size=most).map(lambda raw: Text("s", raw))


def listed(of: SearchStrategy[Value], least: int = 0, most: int = 5) -> SearchStrategy[Value]:
    return st.lists(of, min_size=least, max_size=most).map(lambda values: Many("l", tuple(values)))


def tupled(*of: SearchStrategy[Value]) -> SearchStrategy[Value]:
    return st.tuples(*of).map(lambda values: Many("p", values))


def optional(of: SearchStrategy[Value]) -> SearchStrategy[Value]:
    return st.one_of(st.just(NULL), of.map(Some))


def in_order(value: Value) -> bytes | int:
    assert isinstance(value, Text | int)
    return value.raw if isinstance(value, Text) else value


def mapped(key: SearchStrategy[Value], of: SearchStrategy[Value]) -> SearchStrategy[Value]:
    pairs = st.lists(st.tuples(key, of), max_size=4, unique_by=lambda pair: in_order(pair[0]))
    return pairs.map(lambda found: Map(tuple(sorted(found, key=lambda pair: in_order(pair[0])))))


def collected(of: SearchStrategy[Value]) -> SearchStrategy[Value]:
    return st.lists(of, max_size=4, unique_by=in_order).map(lambda v: Many("q", tuple(sorted(v, key=in_order))))


INT, LONG = integers(-(1 << 31), (1 << 31) - 1), integers(-(1 << 63), (1 << 63) - 1)
DOUBLE: SearchStrategy[Value] = st.binary(min_size=8, max_size=8).map(lambda bits: Number("d", bits))
FLOAT: SearchStrategy[Value] = st.floats(width=32).map(lambda value: Number("e", struct.pack("<f", value)))
BOOL: SearchStrategy[Value] = st.booleans()
TEXT = letters()
TYPES: dict[str, SearchStrategy[Value]] = {
    "bool": BOOL,
    "char": integers(-128, 127),
    "unsigned char": integers(0, 255),
    "short": integers(-(1 << 15), (1 << 15) - 1),
    "int": INT,
    "unsigned int": integers(0, (1 << 32) - 1),
    "long": LONG,
    "long long": LONG,
    "unsigned long long": integers(0, (1 << 64) - 1),
    "__int128": integers(-(1 << 127), (1 << 127) - 1),
    "unsigned __int128": integers(0, (1 << 128) - 1),
    "size_t": integers(0, (1 << 64) - 1),
    "int64_t": LONG,
    "float": FLOAT,
    "double": DOUBLE,
    "string": letters(40),
    "vector<bool>": listed(BOOL),
    "vector<char>": listed(integers(-128, 127)),
    "vector<int>": listed(INT),
    "vector<long long>": listed(LONG),
    "vector<float>": listed(FLOAT),
    "vector<double>": listed(DOUBLE),
    "vector<string>": listed(TEXT),
    "vector<vector<int>>": listed(listed(INT)),
    "vector<vector<string>>": listed(listed(TEXT)),
    "vector<unsigned>": listed(integers(0, (1 << 32) - 1)),
    "vector<vector<vector<int>>>": listed(listed(listed(INT))),
    "map<string, int>": mapped(TEXT, INT),
    "map<int, vector<string>>": mapped(INT, listed(TEXT)),
    "multimap<int, int>": mapped(INT, INT),
    "set<int>": collected(INT),
    "set<string>": collected(TEXT),
    "pair<int, string>": tupled(INT, TEXT),
    "vector<pair<int, int>>": listed(tupled(INT, INT)),
    "tuple<int, double, string>": tupled(INT, DOUBLE, TEXT),
    "tuple<>": tupled(),
    "list<int>": listed(INT),
    "deque<string>": listed(TEXT),
    "array<int, 3>": listed(INT, 3, 3),
    "optional<long>": optional(LONG),
    "optional<vector<int>>": optional(listed(INT)),
    "tuple<optional<long>, optional<long>>": tupled(optional(LONG), optional(LONG)),
    "variant<monostate, int, string>": st.one_of(
        st.just(Typed(b"A", NULL)), INT.map(lambda it: Typed(b"B", it)), TEXT.map(lambda it: Typed(b"C", it))
    ),
    "any": st.one_of(
        st.just(NULL),
        INT.map(lambda it: Typed(b"int", it)),
        DOUBLE.map(lambda it: Typed(b"double", it)),
        TEXT.map(lambda it: Typed(b"std::string", it)),
        listed(LONG).map(lambda it: Typed(b"std::vector<long>", it)),
        mapped(TEXT, TEXT).map(lambda it: Typed(b"std::map<std::string,std::string>", it)),
        st.just(Typed(b"const char*", Text("s", b"letters"))),
    ),
    "vector<any>": listed(INT.map(lambda it: Typed(b"int", it))),
}
KINDS = list(TYPES)
HEADERS = "#include<assert.h>\n#include<bits/stdc++.h>\n"
ECHOES = "".join(f"{kind} echo_{at}({kind} value) {{\n    return value;\n}}\n" for at, kind in enumerate(KINDS))
SOURCES = "".join(
    f"{kind} give_{at}() {{\n    throw 0;\n}}\nvoid take_{at}({kind} value) {{\n}}\n" for at, kind in enumerate(KINDS)
)


def problem(prompt: str, tests: str, reference: str | None = None, options: tuple[str, ...] = ()) -> Problem:
    return Problem(
        task_id="CPP/0",
        benchmark="test",
        language="cpp",
        prompt=prompt,
        declaration=prompt,
        tests=Asserts(code=tests),
        reference=reference,
        setup=HEADERS if options else CPP.usual_setup,
        options=options,
    )


ECHO = problem(
    "using namespace std;\nint first(int value) {\n",
    "int main() {\n" + "".join(f"    {{ {k} v; echo_{at}(v); }}\n" for at, k in enumerate(KINDS)) + "}\n",
    f"    return value;\n}}\n{ECHOES}",
    ("-std=c++17",),
)
MIRROR = problem(
    "using namespace std;\nint which() {\n",
    "int main() {\n    for (;;) switch (which()) {\n"
    + "".join(f"    case {at}: take_{at}(give_{at}()); break;\n" for at in range(len(KINDS)))
    + "    default: return 0;\n    }\n}\n",
    f"    return 0;\n}}\n{SOURCES}",
    ("-std=c++17",),
)
HEAD = "#include<vector>\n#include<string>\nusing namespace std;\n"
SUM = problem(
    HEAD + "int total(vector<int> numbers) {\n",
    "#undef NDEBUG\n#include<assert.h>\nint main() {\n    assert(total({1, 2}) == 3);\n    assert(total({}) == 0);\n"
    "    assert(total({5, -7}) == -2);\n}\n",
    "    int sum = 0;\n    for (int number : numbers) sum += number;\n    return sum;\n}\n",
)
WORDS = problem(
    HEAD + "vector<string> words(string text) {\n",
    "#undef NDEBUG\n#include<assert.h>\nbool issame(vector<string> a, vector<string> b) {\n"
    "    if (a.size() != b.size()) return false;\n    for (int i = 0; i < a.size(); i++) if (a[i] != b[i]) return false;\n"
    '    return true;\n}\nint main() {\n    assert(issame(words("a bc"), {"a", "bc"}));\n    assert(words("x")[0] == "x");\n}\n',
    "    vector<string> found(1);\n    for (char c : text) {\n        if (c == ' ') found.push_back(\"\");\n"
    "        else found.back() += c;\n    }\n    return found;\n}\n",
)
DOUBLED = problem(
    HEAD + "void twice(vector<int> &numbers, int times, string &text) {\n",
    '#include<assert.h>\nint main(int argc, char **argv) {\n    vector<int> a = {1, 2};\n    string s = "ab";\n'
    '    twice(a, 3, s);\n    assert((a == vector<int>{3, 6}));\n    assert(s == "ab!");\n    return 0;\n}\n',
    '    for (int &number : numbers) number *= times;\n    text += "!";\n}\n',
)
RAISING = problem(
    "#include<stdexcept>\n#include<string>\nusing namespace std;\nint checked(int value) {\n",
    "#include<assert.h>\nint main() {\n    assert(checked(1) == 1);\n    bool caught = false;\n"
    '    try { checked(-1); } catch (const invalid_argument &e) { caught = e.what() == string("below"); }\n'
    "    assert(caught);\n    assert(checked(2) == 2);\n}\n",
    '    if (value < 0) throw invalid_argument("below");\n    return value;\n}\n',
)
HELPED = problem(
    HEAD + "string encode(string s) {\n    return s + s;\n}\nstring decode(string s) {\n",
    '#include<assert.h>\nint main() {\n    assert(decode(encode("ab")) == "ab");\n    assert(decode(encode("")) == "");\n}\n',
    "    return s.substr(0, s.size() / 2);\n}\n",
)
LENGTH = problem(
    "#include<string>\nusing namespace std;\nint strlen(string str) {\n",
    '#include<assert.h>\nint main() {\n    assert(strlen("abc") == 3);\n    assert(strlen("") == 0);\n}\n',
    "    return str.length();\n}\n",
)
UNION = (
    "union Union_std_string_long{\n    std::string f0;\n    long f1;    Union_std_string_long(std::string _f0) : f0(_f0) {}\n"
    "    Union_std_string_long(long _f1) : f1(_f1) {}\n    ~Union_std_string_long() {}\n"
    "    bool operator==(std::string f) {\n        return f0 == f ;\n    }    bool operator==(long f) {\n"
    "        return f1 == f ;\n    }\n};\n"
)
EITHER = problem(
    HEADERS + UNION + "Union_std_string_long either(long n) {\n",
    "int main() {\n    auto candidate = either;\n    assert(candidate((3)) == 3);\n    assert(candidate((-1)) == -1);\n"
    '    assert(candidate((-2)) == "short");\n    assert(candidate((-3)) == "a text that is longer than 15 letters");\n'
    '    assert(candidate((-4)) == "");\n    assert(candidate((0)) == 0);\n}\n',
    '    if (n >= -1) return n;\n    if (n == -2) return std::string("short");\n    if (n == -4) return std::string();\n'
    '    return std::string("a text that is longer than 15 letters");\n}\n',
    ("-std=c++17",),
)
LISTS = problem(
    HEADERS
    + UNION.replace("std_string_", "").replace("std::string", "std::vector<std::string>")
    + "Union_long lists(long n) {\n",
    "int main() {\n    auto candidate = lists;\n    assert(candidate((3)) == 3);\n"
    '    assert(candidate((-2)) == std::vector<std::string>({(std::string)"a", (std::string)"b"}));\n'
    "    assert(candidate((-4)) == std::vector<std::string>());\n}\n",
    "    if (n >= -1) return n;\n    if (n == -4) return std::vector<std::string>();\n"
    '    return std::vector<std::string>{"a", "b"};\n}\n',
    ("-std=c++17",),
)
VIEWED = problem(
    HEADERS + "std::string_view rest(std::string_view text, const char *mark, int from = 1) {\n",
    'int main() {\n    assert(rest("abc", "?") == "bc?");\n    assert(rest("abc", "", 3).empty());\n'
    '    std::string zero("a\\0b", 3);\n    assert(rest(zero, "").size() == 2);\n}\n',
    "    static std::string kept;\n    kept = std::string(text.substr(from)) + mark;\n    return kept;\n}\n",
    ("-std=c++17",),
)
DRAWN = problem(
    "int same(long drawn) {\n",
    "#include <chrono>\n#include <random>\n#include <time.h>\n#include <sys/time.h>\nusing namespace std;\nint main() {\n"
    "    srand(time(NULL));\n    same(rand());\n    srand(clock());\n    same(rand());\n    same(random_device()());\n"
    "    same(mt19937(chrono::system_clock::now().time_since_epoch().count())());\n"
    "    same(mt19937_64(chrono::steady_clock::now().time_since_epoch().count())() / 2);\n"
    "    same(default_random_engine(chrono::high_resolution_clock::now().time_since_epoch().count())());\n"
    "    timeval now;\n    gettimeofday(&now, nullptr);\n    srand48(now.tv_usec);\n    same(lrand48());\n}\n",
)
NOT_PREPARED = problem(
    "#include<vector>\nint size(std::vector<int> numbers) {\n",
    "#include<assert.h>\nint main() {\n    assert(size({1, 2}) == 2);\n}\n",
    "    return numbers.size();\n}\n",
    ("-std=c++14",),
)
"""For a standard without precompiled headers."""
ALL = (NOT_PREPARED, ECHO, MIRROR, SUM, WORDS, DOUBLED, RAISING, HELPED, LENGTH, EITHER, LISTS, VIEWED, DRAWN)


class Built(NamedTuple):
    folders: dict[tuple[str, ...], Path]
    echo: Path

    def folder(self, examiner: Examiner) -> Path:
        return self.folders[examiner.options]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folders = {}
    for options in {made.options for made in ALL}:
        folders[options] = tmp_path_factory.mktemp("examiners")
        examiners = [CPP.examiner(made, made.tests.code) for made in ALL if made.options == options]
        build_examiners(CPP, examiners, folders[options])
    program, echo = sample_of(ECHO), tmp_path_factory.mktemp("echo")
    build(toolchain_of(CPP), program.files, program.build, echo)
    return Built(folders, echo)


def sample_of(made: Problem, text: str | None = None, whole: bool = False) -> Program:
    sample = Sample(task_id="CPP/0", index=0, text=made.solution if text is None else text, whole=whole)
    program = CPP.program(made, sample, made.tests.code)
    assert program.examiner is not None, program.not_walled
    return program


def met(built: Built, made: Problem, text: str | None = None, whole: bool = False) -> Met:
    program = sample_of(made, text, whole)
    assert program.examiner is not None
    return meet(CPP, program, built.folder(program.examiner))


# --- values, with Python on the other side


class Side(NamedTuple):
    """Python's ends of a process's pipes."""

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
        found = b""
        while len(found) < size:
            more = os.read(self.reads, size - len(found))
            assert more, "the pipe ended"
            found += more
        return found


@contextmanager
def side(argv: list[str], folder: Path, examiner: bool) -> Iterator[Side]:
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    zero, token = os.pipe()
    os.write(token, TOKEN)
    os.close(token)
    said_read, said_write = os.pipe()
    given = (zero, said_write, to_read, from_write) if examiner else (zero, to_read, from_write)
    process = _start(argv, {"PATH": "/usr/bin:/bin"}, folder, given)
    for end in (to_read, from_write, zero, said_write):
        os.close(end)
    try:
        yield Side(process, from_read, to_write, said_read)
    finally:
        process.kill()
        process.communicate()
        for end in (from_read, to_write, said_read):
            with suppress(OSError):
                os.close(end)


@contextmanager
def examining(built: Built, made: Problem) -> Iterator[Side]:
    examiner = CPP.examiner(made, made.tests.code)
    folder = built.folder(examiner)
    argv, _ = filled(toolchain_of(CPP), examiner.run, EXAMINER=str(folder), EXAMINER_NAME=examiner.name)
    with side(argv, folder, examiner=True) as found:
        yield found


def verdict(found: Side) -> str:
    with open(found.said, "rb", closefd=False) as line:
        return line.read().decode()


def answer(call: bytes, value: bytes, changes: bytes = b"\0") -> bytes:
    return b"R" + call[1:9] + value + changes


def test_every_value_survives_the_program(built: Built) -> None:
    with side(["./program"], built.echo, examiner=False) as program:

        @UNHURRIED
        @given(st.data())
        def echo(data: st.DataObject) -> None:
            for at, kind in enumerate(KINDS):
                value = encode(data.draw(TYPES[kind], label=kind))
                number = struct.pack("<Q", at + 7)
                program.send(b"C" + number + struct.pack("<HB", at + 1, 1) + value)
                assert program.receive() == b"R" + number + value + b"\0", kind

        echo()
        program.send(b"E")
        assert program.process.wait(10) == 0


def test_every_value_survives_the_examiner(built: Built) -> None:
    places = {f"{what}_{at}": 1 + 2 * at + (what == "take") for at in range(len(KINDS)) for what in ("give", "take")}
    with examining(built, MIRROR) as examiner:

        @UNHURRIED
        @given(st.data())
        def echo(data: st.DataObject) -> None:
            for at, kind in enumerate(KINDS):
                value = encode(data.draw(TYPES[kind], label=kind))
                examiner.send(answer(examiner.receive(), encode(at)))
                asked = examiner.receive()
                assert asked[9:12] in (struct.pack("<HB", place, 0) for place in places.values())
                examiner.send(answer(asked, value))
                given_back = examiner.receive()
                assert given_back[12:] == value, kind
                examiner.send(answer(given_back, b"n"))

        echo()
        examiner.send(answer(examiner.receive(), encode(-1)))
        assert examiner.receive() == b"E"
        assert verdict(examiner) == f"passed {TOKEN.decode()}\n"


def test_large_values_cross(built: Built) -> None:
    value = encode(Many("l", tuple(Text("s", b"x" * 1000) for _ in range(2000))))
    at = KINDS.index("vector<string>")
    with side(["./program"], built.echo, examiner=False) as program:
        raw = b"C" + bytes(8) + struct.pack("<HB", at + 1, 1) + value
        whole = struct.pack("<I", len(raw)) + raw
        while whole:
            whole = whole[os.write(program.writes, whole) :]
        assert program.receive() == b"R" + bytes(8) + value + b"\0"


def test_tests_draw_the_same_whatever_the_clocks_say(built: Built) -> None:
    def drawn() -> list[bytes]:
        values = []
        with examining(built, DRAWN) as examiner:
            while (call := examiner.receive()) != b"E":
                values.append(call[12:])
                examiner.send(answer(call, encode(0)))
        return values

    first = drawn()
    assert len(set(first)) == len(first) == 7
    assert drawn() == first


# --- messages that are none

ZEROS = bytes(8)
BROKEN = {
    "nothing": (b"", "broken"),
    "letters": (b"passed 0123456789abcdef0123456789abcdef", "broken"),
    "a call": (b"C" + ZEROS, "broken"),
    "the end": (b"E", "broken"),
    "the wrong number": (b"R" + ZEROS + encode(3) + b"\0", "broken"),
    "no value": (b"R#", "broken"),
    "half a value": (b"R#i\1\0", "broken"),
    "another type": (b"R#" + encode(Text("s", b"3")) + b"\0", "broken"),
    "a float": (b"R#" + encode(Number("d", struct.pack("<d", 3))) + b"\0", "broken"),
    "a bool": (b"R#t\0", "broken"),
    "null": (b"R#n\0", "broken"),
    "a number too large": (b"R#" + encode(3 + (1 << 32)) + b"\0", "broken"),
    "a number far too large": (b"R#" + encode(3 + (1 << 64)) + b"\0", "broken"),
    "a typed value": (b"R#" + encode(Typed(b"int", 3)) + b"\0", "broken"),
    "more behind": (b"R#" + encode(3) + b"\0more", "broken"),
    "a changed argument": (b"R#" + encode(3) + b"\1\0" + encode(Many("l", ())), "broken"),
    "no count of changes": (b"R#" + encode(3), "broken"),
    "a list that says it is long": (b"R#l\xff\xff\xff\xff\0", "broken"),
    "half an exception": (b"X#s\1\0\0\0", "broken"),
    "an exception": (b"X#" + encode(Text("s", b"std::runtime_error")) + encode(Text("s", b"why")), "raised why"),
    "an unknown exception": (b"X#" + encode(Text("s", b"\xff\n")) + encode(Text("s", b"\0")), "raised"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_message_is_named(built: Built, name: str) -> None:
    raw, expected = BROKEN[name]
    with examining(built, SUM) as examiner:
        call = examiner.receive()
        examiner.send(raw.replace(b"#", call[1:9], 1))
        assert verdict(examiner).startswith(expected)
        assert examiner.process.wait(10) == 0


@pytest.mark.parametrize("size", [(16 << 20) + 1, 2 << 30, 0xFFFFFFFF])
def test_a_message_is_not_longer_than_16_mib(built: Built, size: int) -> None:
    with examining(built, SUM) as examiner:
        os.write(examiner.writes, struct.pack("<I", size) + b"R")
        assert verdict(examiner).startswith("broken")


@pytest.mark.parametrize("raw", [b"", b"\5", b"\5\0\0\0R", b"\x12\0\0\0R\0\0"])
def test_a_pipe_that_ends_is_the_end(built: Built, raw: bytes) -> None:
    with examining(built, SUM) as examiner:
        examiner.receive()
        os.write(examiner.writes, raw)
        os.close(examiner.writes)
        assert verdict(examiner) == "ended\n"


def test_answers_are_not_given_in_advance_or_twice(built: Built) -> None:
    with examining(built, SUM) as examiner:
        call = examiner.receive()
        examiner.send(answer(call, encode(3)))
        examiner.send(answer(call, encode(0)))
        assert verdict(examiner).startswith("broken")
    with examining(built, SUM) as examiner:
        call = examiner.receive()
        examiner.send(answer(call, encode(3)))
        second = examiner.receive()
        assert int.from_bytes(second[1:9], "little") == (int.from_bytes(call[1:9], "little") + 1) % (1 << 64)


def test_calls_are_numbered_from_the_second_half_of_the_token(built: Built) -> None:
    with examining(built, SUM) as examiner:
        assert int.from_bytes(examiner.receive()[1:9], "little") == int(TOKEN[16:], 16) + 1


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("set<int>", encode(Many("q", (1, 1)))),
        ("map<string, int>", encode(Map(((Text("s", b"a"), 1), (Text("s", b"a"), 2))))),
        ("pair<int, string>", encode(Many("p", (1,)))),
        ("array<int, 3>", encode(Many("l", (1, 2)))),
        ("optional<long>", encode(1)),
        ("char", encode(128)),
        ("unsigned char", encode(-1)),
        ("unsigned long long", encode(1 << 64)),
        ("__int128", encode(1 << 127)),
        ("unsigned __int128", encode(-1)),
        ("unsigned __int128", encode(1 << 128)),
        ("variant<monostate, int, string>", encode(Typed(b"D", 1))),
        ("any", encode(Typed(b"Mine", 1))),
        ("vector<int>", encode(Many("F", (1,)))),
        ("float", encode(Number("d", bytes(8)))),
        ("string", encode(Bare("u"))),
    ],
)
def test_a_value_that_its_type_does_not_have_is_broken(built: Built, kind: str, raw: bytes) -> None:
    with examining(built, MIRROR) as examiner:
        examiner.send(answer(examiner.receive(), encode(KINDS.index(kind))))
        examiner.send(answer(examiner.receive(), raw))
        assert verdict(examiner).startswith("broken")


@settings(deadline=None, max_examples=60)
@given(raw=st.binary(max_size=60), at=st.integers(0, len(KINDS) - 1))
def test_garbage_never_passes(built: Built, raw: bytes, at: int) -> None:
    with examining(built, MIRROR) as examiner:
        examiner.send(answer(examiner.receive(), encode(at)))
        asked = examiner.receive()
        examiner.send(answer(asked, raw, b""))
        os.close(examiner.writes)
        assert verdict(examiner).startswith(("broken", "ended"))


# --- programs


@pytest.mark.parametrize(
    "made",
    [NOT_PREPARED, SUM, WORDS, DOUBLED, RAISING, HELPED, LENGTH, EITHER, LISTS, VIEWED],
    ids=lambda made: made.prompt[-40:],
)
def test_references_pass(built: Built, made: Problem) -> None:
    found = met(built, made)
    assert found.passed, found


RIGHT = SUM.solution
WRONG = "    return 3;\n}\n"
SYSCALL = (
    'static long ask(long n, long a, const void *b, long c) { long r; asm volatile("syscall" : "=a"(r) : "a"(n), "D"(a),'
    ' "S"(b), "d"(c) : "rcx", "r11", "memory"); return r; }\n'
)
CHEATS = {
    "leaves": "    exit(0);\n}\n",
    "leaves at once": "    _Exit(0);\n}\n",
    "leaves before main": WRONG + "static int early = (exit(0), 0);\n",
    "takes the token before main": WRONG
    + SYSCALL
    + "static void steal() { char t[40]; long n = ask(0, 0, t, 32); ask(1, 3, t, n); ask(231, 0, 0, 0); }\n"
    '__attribute__((section(".preinit_array"), used)) static void (*const early)() = steal;\n',
    "writes a verdict": WRONG + SYSCALL + 'static long early = ask(1, 4, "passed 0123456789abcdef", 20);\n',
    "answers in advance": WRONG
    + SYSCALL
    + r'static long early = ask(1, 4, "\x13\0\0\0R\0\0\0\0\0\0\0\0i\3\0\0\0\0\0\0\0\0", 23);'
    + "\n",
    "own main": WRONG + "int main() { return 0; }\n",
    "the wrapped main": WRONG + 'extern "C" int __wrap_main() { return 0; }\n',
    "own memcmp and strlen": WRONG
    + 'extern "C" int memcmp(const void *, const void *, size_t) { return 0; }\nextern "C" size_t strlen(const char *) { return 0; }\n',
    "own operators in std": WRONG
    + "namespace std { bool operator==(const string &, const char *) { return true; } }\n",
    "macro assert": WRONG + "#define assert(x) (void)0\n#define passatk_failed(...) (void)0\n",
    "macro int": WRONG + "#define int Any\nstruct Any { Any(...) {} operator bool() { return true; } };\n",
    "own codec": WRONG + "namespace passatk_wall { class Out; void give(Out &, int) {} }\n",
    "own serve": WRONG + 'extern "C" void passatk_serve(unsigned, unsigned, void *, void *) {}\n',
    "shell": '    system("for f in 3 4 5 6 7; do echo passed >&$f; done");\n    return 3;\n}\n',
    "closes the pipes": '    for (int i = 3; i < 20; i++) fclose(fdopen(i, "w"));\n    return 3;\n}\n',
    "catches all": "    try { throw 1; } catch (...) { exit(0); }\n}\n",
    "reads what is there": '    FILE *f = fopen("main.cpp", "r");\n    return f ? 3 : -1;\n}\n',
    "constant": "    return 0;\n}\n",
    "ends without a value": "}\n",
}


@pytest.mark.parametrize("name", CHEATS)
def test_cheats_do_not_pass(built: Built, name: str) -> None:
    try:
        found = met(built, SUM, CHEATS[name])
    except BuildFailed:
        return
    assert not found.said.startswith("passed"), found


@pytest.mark.parametrize(
    ("made", "text", "said"),
    [
        (HELPED, "    return s;\n}\nstring encode(string s) { return s; }\n", ""),
        (HELPED, HEAD + "string encode(string s) { return s; }\nstring decode(string s) { return s; }\n", "failed"),
        (WORDS, "    return vector<string>(2);\n}\nnamespace std { bool operator!=(const string &, const string &) { return false; } }\n", "failed"),
        (EITHER, '    if (n < -1) return std::string("short");\n    return n;\n}\n', "failed"),
        (EITHER, "    return n;\n}\n", "failed"),
        (DOUBLED, "}\n", "failed"),
        (RAISING, "    if (value < 0) throw runtime_error(\"below\");\n    return value;\n}\n", "raised below"),
        (RAISING, "    return value;\n}\n", "failed"),
    ],
)  # fmt: skip
def test_wrong_programs_fail(built: Built, made: Problem, text: str, said: str) -> None:
    try:
        found = met(built, made, text, whole=text.startswith("#"))
    except BuildFailed:
        assert not said
        return
    assert found.said.startswith(said), found


def test_tests_do_not_reach_beyond_what_was_returned(built: Built) -> None:
    text = '    return text == "x" ? vector<string>() : vector<string>{"a", "bc"};\n}\n'
    assert met(built, WORDS, text).said.startswith("error")


def test_a_crash_is_the_programs_own(built: Built) -> None:
    found = met(built, SUM, '    throw std::runtime_error("why");\n}\n')
    assert found.said == "ended"
    assert found.exit_code == -6
    assert "why" in found.stderr
    assert met(built, SUM, "    int *nowhere = nullptr;\n    return *nowhere;\n}\n").exit_code == -11


HONEST = {
    "own main": RIGHT + "int main() { return total({1}) != 1; }\n",
    "own main with arguments": RIGHT + "int main(int argc, char *argv[]) { return argc; }\n",
    "macros": RIGHT + "#define rep(i, n) for (int i = 0; i < n; i++)\n#define int long long\n#define string \\\n  str\n",
    "names of the kernel's": RIGHT + "int read;\nint write[3];\nint send, receive, end;\n",
    "names like std's": RIGHT + "struct list {};\nstruct pair {};\nint count, data, distance;\ntemplate <class T> T move(T t) { return t; }\n",
    "own take and give": RIGHT + "template <class A, class B> void take(A &, B &) {}\ntemplate <class A, class B> void give(A &, const B &) {}\n",
    "overloads": RIGHT + "int total(vector<double> numbers) { return 0; }\nint total(int number) { return 1; }\n",
    "prints": '    printf("3");\n    cout << "passed" << endl;\n' + RIGHT,
    "reads": "    string line;\n    getline(cin, line);\n" + RIGHT,
    "CRLF": RIGHT.replace("\n", "\r\n"),
    "no line at its end": RIGHT.rstrip() + " // done",
    "a comment that goes on": RIGHT + "// done \\",
    "static data": "    static vector<int> seen;\n    seen.push_back(1);\n" + RIGHT,
    "exceptions": "    try { throw 1; } catch (int) {}\n" + RIGHT,
}  # fmt: skip
WHOLE = {
    "const reference": "#include <vector>\nint total(const std::vector<int> &v) {\n    int s = 0;\n    for (int n : v) s += n;\n    return s;\n}\n",
    "reference": "#include <vector>\nint total(std::vector<int> &v) {\n    int s = 0;\n    for (int n : v) s += n;\n    v.clear();\n    return s;\n}\n",
    "static inline": "#include <vector>\nstatic inline int total(std::vector<int> v) {\n    int s = 0;\n    for (int n : v) s += n;\n    return s;\n}\n",
    "byte order mark": "\ufeff#include <vector>\nusing namespace std;\nint total(vector<int> v) {\n    int s = 0;\n    for (int n : v) s += n;\n    return s;\n}\n",
    "wider": "#include <numeric>\n#include <vector>\nlong long total(std::vector<int> v) { return std::accumulate(v.begin(), v.end(), 0LL); }\n",
    "optimized": '#pragma GCC optimize("O3,unroll-loops")\n#pragma GCC target("avx2")\n#include <bits/stdc++.h>\nusing namespace std;\nint total(vector<int> v) { return accumulate(v.begin(), v.end(), 0); }\n',
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST | WHOLE)
def test_honest_programs_pass(built: Built, name: str) -> None:
    found = met(built, SUM, (HONEST | WHOLE)[name], whole=name in WHOLE)
    assert found.passed, found


# --- what is made


def test_nothing_of_the_tests_is_in_a_program() -> None:
    program = sample_of(WORDS)
    text = "".join(content for _, content in program.files)
    assert "issame" not in text
    assert '"a bc"' not in text


def test_an_examiner_is_the_same_for_all_samples_and_knows_its_harness() -> None:
    examiner = CPP.examiner(SUM, SUM.tests.code)
    assert sample_of(SUM, RIGHT).examiner == sample_of(SUM, WRONG).examiner == examiner
    assert wall() in examiner.source


@pytest.mark.parametrize(
    ("prompt", "tests"),
    [
        ("int apply(std::function<int(int)> f) {\n", "int main() {}"),
        ("int deref(int *p) {\n", "int main() {}"),
        ("int sum(int numbers[], int n) {\n", "int main() {}"),
        ("template <typename T>\nT same(T value) {\n", "int main() {}"),
        ("struct Point { int x; };\nint norm(Point p) {\n", "int main() {}"),
        ("long double half(long double x) {\n", "int main() {}"),
        ("int one() {\n", "int main() { assert(other_of_the_program(1) == 2); }"),
        ("int one() {\n", "int main() { clock_t t = clock(); one(); assert(clock() - t < CLOCKS_PER_SEC); }"),
        ("int one() {\n", "// no main"),
        ("int one(int first, ...) {\n", "int main() {}"),
        ("int one(int &&n) {\n", "int main() {}"),
        ("typedef int *Pointer;\nint one(Pointer p) {\n", "int main() {}"),
        ("no declaration", "int main() {}"),
    ],
)
def test_what_is_more_than_values_does_not_cross(prompt: str, tests: str) -> None:
    with pytest.raises(CannotCross):
        CPP.examiner(problem(prompt, tests), tests)


@pytest.mark.parametrize(
    "tests", ["Two n = one();", "auto other = Two();", "check(MOST);", "(void)most;", "struct X : Two {};"]
)
def test_what_only_the_reference_has_does_not_cross_unless_it_is_a_function(tests: str) -> None:
    reference = "    return 1;\n}\nstruct Two { int n; };\nint most;\n#define MOST 3\nint check(int n) { return n; }\n"
    made = problem("int one() {\n", f"int main() {{ {tests} }}", reference)
    with pytest.raises(CannotCross, match=r"^(Two|MOST|most), which"):
        CPP.examiner(made, made.tests.code)


def test_functions_of_the_reference_are_asked_however_they_are_named() -> None:
    for tests in ("check(1);", "auto other = check; other(1);", "for (int n : {1}) check(n);"):
        made = problem(
            "int one() {\n", f"int main() {{ {tests} }}", "    return 1;\n}\nint check(int n) { return n; }\n"
        )
        assert "case 1:" in CPP.examiner(made, made.tests.code).source


def test_the_verdict_says_where_tests_share_the_process() -> None:
    made = problem("int first(int *p) {\n", "int main() { int n = 1; assert(first(&n) == 1); }", "    return *p;\n}\n")
    program = CPP.program(made, Sample(task_id="CPP/0", index=0, text=made.solution), made.tests.code)
    assert program.examiner is None
    assert program.not_walled == "the type of 'int *p'"


@pytest.mark.parametrize(
    ("written", "full", "changed"),
    [
        ("int", "int", False),
        ("const string&", "::std::string", False),
        ("std::vector< std::vector<int> > &", "::std::vector<::std::vector<int>>", True),
        ("unsigned long long", "unsigned long long", False),
        ("string const &", "::std::string", False),
        ("list_any", "::std::list<::boost::any>", False),
        ("map<string, pair<int,int>>", "::std::map<::std::string, ::std::pair<int, int>>", False),
        ("const char*", "const char *", False),
        ("const Rows &", "::std::vector<::std::vector<int>>", False),
    ],
)
def test_types_are_read(written: str, full: str, changed: bool) -> None:
    aliases = "typedef std::list<boost::any> list_any;\nusing Row = std::vector<int>;\nusing Rows = std::vector<Row>;\n"
    declaration = f"{aliases}void function({written} value) {{\n"
    ((found, _),) = declared_by(CPP, problem(declaration, "")).function.parameters
    assert (found.text, found.changed) == (full, changed)
