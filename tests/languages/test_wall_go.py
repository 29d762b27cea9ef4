"""Go behind the wall: values through both sides, broken messages, cheats, and honest programs that look odd.

One file for all of it, which shares one build.
"""

import contextlib
import os
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pairs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passatk.languages import LANGUAGES
from passatk.languages.base import CannotCross
from passatk.languages.wall import NULL, Bare, Many, Map, Number, Reader, Some, Text, Typed, Value, encode
from passatk.records import Asserts, Examiner, Problem, Program, Sample

GO = LANGUAGES["go"]
SETUP = 'package main\n\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n'


def problem(declaration: str, tests: str, reference: str = "", setup: str = SETUP) -> Problem:
    return Problem(
        task_id="Go/wall", benchmark="wall", language="go", prompt=declaration, declaration=declaration,
        entry_point=declaration.rpartition("func ")[2].partition("(")[0], tests=Asserts(code=tests), setup=setup,
        reference=reference,
    )  # fmt: skip


def program(task: Problem, text: str, whole: bool = False) -> Program:
    made = GO.program(task, Sample(task_id=task.task_id, index=0, text=text, whole=whole), task.tests.code)
    assert made.not_walled == ""
    return made


def text(value: str | bytes) -> Text:
    return Text("s", value if isinstance(value, bytes) else value.encode())


def typed(name: str, value: Value) -> Typed:
    return Typed(name.encode(), value)


# --- values ----------------------------------------------------------------------------------------------------------


def ints(bits: int, signed: bool = True) -> st.SearchStrategy[Value]:
    low = -(1 << bits - 1) if signed else 0
    return st.integers(low, low + (1 << bits) - 1)


DOUBLES = st.floats().map(lambda value: Number("d", struct.pack("<d", value)))
FLOATS = st.floats(width=32).map(lambda value: Number("e", struct.pack("<f", value)))
TEXTS = st.binary(max_size=12).map(text)
BOOLS = st.booleans()


def many(values: st.SearchStrategy[Value], least: int = 0, most: int = 4) -> st.SearchStrategy[Value]:
    return st.lists(values, min_size=least, max_size=most).map(lambda held: Many("l", tuple(held)))


def lists(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.just(NULL) | many(values)


def maps(keys: st.SearchStrategy[Value], values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    pairs_of = st.lists(st.tuples(keys, values), max_size=4, unique_by=lambda pair: encode(pair[0]))
    return st.just(NULL) | pairs_of.map(lambda held: Map(tuple(held)))


def optional(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.just(NULL) | values.map(Some)


def fields(*values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.tuples(*values).map(lambda held: Many("p", held))


def named(name: str, values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return values.map(lambda value: typed(name, value))


KEYS = (
    named("int", ints(64)) | named("string", TEXTS) | named("bool", BOOLS) | named("int32", ints(32))
    | named("float64", st.integers(-9, 9).map(lambda value: Number("d", struct.pack("<d", value))))
)  # fmt: skip
FLAT = (
    st.just(NULL) | KEYS | named("float32", FLOATS) | named("uint64", ints(64, signed=False)) | named("[]int", lists(ints(64)))
    | named("[2]string", many(TEXTS, 2, 2)) | named("map[string]int", maps(TEXTS, ints(64))) | named("error", TEXTS)
    | named("*int", optional(ints(64))) | named("[][]string", lists(lists(TEXTS)))
    | named("[]uint8", st.binary(max_size=4).map(lambda raw: Text("b", raw)))
)  # fmt: skip
OPEN: st.SearchStrategy[Value] = st.recursive(
    FLAT,
    lambda inner: (
        named("[]interface {}", lists(inner))
        | named("map[interface {}]interface {}", maps(KEYS, inner))
        | named("map[string]interface {}", maps(TEXTS, inner))
    ),
    max_leaves=8,
)
POINT = fields(ints(64), ints(64), TEXTS)
TYPES: dict[str, st.SearchStrategy[Value]] = {
    "bool": BOOLS,
    **{f"int{bits or ''}": ints(bits or 64) for bits in (0, 8, 16, 32, 64)},
    **{f"uint{bits or ''}": ints(bits or 64, signed=False) for bits in (0, 8, 16, 32, 64)},
    "byte": ints(8, signed=False),
    "rune": ints(32),
    "float32": FLOATS,
    "float64": DOUBLES,
    "string": TEXTS,
    "error": st.just(NULL) | TEXTS,
    "interface{}": OPEN,
    "[]int": lists(ints(64)),
    "[]rune": lists(ints(32)),
    "[]byte": st.just(NULL) | st.binary(max_size=8).map(lambda raw: Text("b", raw)),
    "[]float64": lists(DOUBLES),
    "[]string": lists(TEXTS),
    "[]bool": lists(BOOLS),
    "[][]int": lists(lists(ints(64))),
    "[][]string": lists(lists(TEXTS)),
    "[][][]float64": lists(lists(lists(DOUBLES))),
    "[2]int": many(ints(64), 2, 2),
    "[2]float64": many(DOUBLES, 2, 2),
    "[3]byte": many(ints(8, signed=False), 3, 3),
    "[][2]int": lists(many(ints(64), 2, 2)),
    "[2]interface{}": many(OPEN, 2, 2),
    "[]interface{}": lists(OPEN),
    "map[string]int": maps(TEXTS, ints(64)),
    "map[rune]int": maps(ints(32), ints(64)),
    "map[string][]int": maps(TEXTS, lists(ints(64))),
    "map[interface{}]interface{}": maps(KEYS, OPEN),
    "map[[2]int]bool": maps(many(ints(64), 2, 2), BOOLS),
    "*int": optional(ints(64)),
    "[]*string": lists(optional(TEXTS)),
    "Point": POINT,
    "[]Point": lists(POINT),
    "Celsius": DOUBLES,
}
HELPERS = """type Point struct {
	X, Y int
	name string // its own
}

type Celsius float64

"""


def _values() -> Problem:
    """A function for every type that gives back what it takes, and tests that ask those that they are told to."""
    echoes = "".join(f"func Echo{i}(v {name}) {name} {{ return v }}\n" for i, name in enumerate(TYPES))
    cases = "".join(
        f"\t\tcase {i}:\n\t\t\tvar zero {name}\n\t\t\tEcho{i}(Echo{i}(zero))\n" for i, name in enumerate(TYPES)
    )
    tests = (
        "func TestValues(t *testing.T) {\n\tfor {\n\t\twhich := Which()\n\t\tif which < 0 {\n\t\t\tbreak\n\t\t}\n"
        f"\t\tswitch which {{\n{cases}\t\t}}\n\t}}\n"
        "\tnumber, word, fault := Several(1, 2, 3)\n\tassert.Equal(t, 6, number)\n\tassert.Equal(t, \"w\", word)\n"
        "\tassert.EqualError(t, fault, \"f\")\n"
        "\tlist, table, n := []int{3, 1, 2}, map[string]int{\"a\": 1}, 5\n\tview := list[1:]\n"
        "\tChange(list, table, &n)\n"
        "\tassert.Equal(t, []int{1, 3}, view)\n\tassert.Equal(t, map[string]int{\"b\": 2}, table)\n"
        "\tassert.Equal(t, 6, n)\n}\n"
    )  # fmt: skip
    more = """func Several(n ...int) (int, string, error) {
	sum := 0
	for _, x := range n {
		sum += x
	}
	return sum, "w", errors.New("f")
}

func Change(list []int, table map[string]int, n *int) {
	list[0], list[1], list[2] = 2, 1, 3
	delete(table, "a")
	table["b"] = 2
	*n++
}
"""
    setup = SETUP.replace("(\n", '(\n    "errors"\n', 1)
    return problem(f"{HELPERS}func Which() int {{\n", tests, f"\treturn -1\n}}\n{echoes}{more}", setup)


VALUES = _values()
NAMES = list(TYPES)


def ordered(value: Value) -> Value:
    """With maps by their keys, as Go iterates them otherwise than they were made."""
    match value:
        case Map(held):
            return Map(tuple(sorted(((ordered(key), ordered(it)) for key, it in held), key=lambda p: encode(p[0]))))
        case Many(sign, held):
            return Many(sign, tuple(map(ordered, held)))
        case Some(held):
            return Some(ordered(held))
        case Typed(name, held):
            return Typed(name, ordered(held))
    return value


class Side:
    """One side of the wall as a process, this test being the other."""

    def __init__(self, argv: Sequence[str], environment: dict[str, str], folder: Path, is_examiner: bool):
        to_it, self._to = os.pipe()
        self._from, from_it = os.pipe()
        said, said_in = os.pipe()
        token = os.memfd_create("token")
        os.write(token, pairs.TOKEN)
        os.lseek(token, 0, os.SEEK_SET)
        fds = (token, said_in, to_it, from_it) if is_examiner else (token, to_it, from_it)
        self.process = pairs._start(list(argv), environment, folder, fds)
        for fd in (to_it, from_it, said_in, token):
            os.close(fd)
        self._said = open(said, "rb")  # noqa: SIM115

    def send(self, raw: bytes) -> None:
        self.write(struct.pack("<I", len(raw)) + raw)

    def write(self, raw: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):
            while raw:
                raw = raw[os.write(self._to, raw) :]

    def read(self) -> bytes:
        """The next message, empty where the pipe has ended."""
        head = os.read(self._from, 4)
        size = struct.unpack("<I", head)[0] if len(head) == 4 else 0
        raw = b""
        while len(raw) < size:
            raw += os.read(self._from, size - len(raw))
        return raw

    def close_pipe(self) -> None:
        if self._to >= 0:
            os.close(self._to)
        self._to = -1

    def end(self) -> str:
        """What it said, after its end."""
        self.close_pipe()
        with self._said:
            said = self._said.read().decode()
        self.process.communicate(timeout=30)
        os.close(self._from)
        return said.strip()


class Built(NamedTuple):
    folder: Path
    examiners: tuple[Examiner, ...]

    def examiner(self, number: int = 0) -> Side:
        one = self.examiners[number]
        toolchain = pairs.toolchain_of(GO)
        argv, environment = pairs.filled(toolchain, one.run, EXAMINER=str(self.folder), EXAMINER_NAME=one.name)
        return Side(argv, environment, self.folder, is_examiner=True)

    def meet(self, made: Program) -> pairs.Met:
        return pairs.meet(GO, made, self.folder)


DOUBLE = problem(
    "func Double(n int) int {\n",
    "func TestDouble(t *testing.T) {\n    assert := assert.New(t)\n"
    "    assert.Equal(2, Double(1))\n    assert.Equal(8, Double(4))\n}\n",
    "    return 2 * n\n}\n",
)
OPENED = problem(
    "func Any(n int) interface{} {\n",
    "func TestAny(t *testing.T) {\n    assert.Equal(t, []int{1}, Any(1))\n    assert.Equal(t, nil, Any(2))\n}\n",
    "    if n == 2 {\n        return nil\n    }\n    return []int{n}\n}\n",
)
PRINTED = problem(
    "package printed_test\n\nimport (\n    \"testing\"\n    \"fmt\"\n)\n\nfunc printed(n int) []interface{} {\n",
    "func TestPrinted(t *testing.T) {\n    candidate := printed\n    type test struct {\n        actual   interface{}\n"
    "        expected interface{}\n    }\n    tests := []test{\n        {actual: candidate(1), expected: []interface{}{1, \"a\"}},\n"
    "        {actual: candidate(0), expected: []interface{}{}},\n    }\n    for i, tc := range tests {\n"
    "        t.Run(fmt.Sprintf(\"test num % d\", i), func(t *testing.T) {\n"
    "            if fmt.Sprintf(\"%v\", tc.actual) != fmt.Sprintf(\"%v\", tc.expected) {\n"
    "                t.Errorf(\"expected '%s', got '%s'\", tc.expected, tc.actual)\n            }\n        })\n    }\n}\n",
    "    if n == 0 {\n        return nil\n    }\n    return []interface{}{n, \"a\"}\n}\n",
    setup="",
)  # fmt: skip
SIZED = problem(
    'package sized_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\nfunc sized(n int) int {\n',
    'func TestSized(t *testing.T) {\n    if fmt.Sprintf("%v", sized(3)) != "6" {\n        t.Errorf("expected 6")\n    }\n}\n',
    "    return 2 * n\n}\n",
    setup="",
)
DRAWN = problem(
    'import (\n    "strings"\n)\n\n// Encode is a helper.\nfunc Encode(s string) string {\n    return strings.ToUpper(s)\n}\n\n'
    "func Decode(s string) string {\n",
    "func TestDecode(t *testing.T) {\n    rng := rand.New(rand.NewSource(time.Now().UnixNano()))\n"
    "    for i := 0; i < 9; i++ {\n        s := string(rune('a' + rng.Intn(26)))\n"
    "        assert.Equal(t, s, Decode(Encode(s)))\n    }\n}\n",
    "    return strings.ToLower(s)\n}\n",
    SETUP.replace("(\n", '(\n    "math/rand"\n    "time"\n    "strings"\n', 1),
)
SUBTESTS = problem(
    "func Slow(n int) (int, error) {\n",
    "func TestFirst(t *testing.T) {\n    for i := 0; i < 3; i++ {\n        i := i\n"
    '        t.Run("sub", func(t *testing.T) {\n            n, err := Slow(i)\n'
    "            assert.NoError(t, err)\n            assert.Equal(t, i, n)\n        })\n    }\n}\n"
    "func TestSecond(t *testing.T) {\n    _, err := Slow(-1)\n    assert.Error(t, err)\n}\n",
    '    if n < 0 {\n        return 0, fmt.Errorf("%d is negative", n)\n    }\n    return n, nil\n}\n',
)
WORN = problem(
    "func Worn(n int) interface{} {\n",
    "func TestWorn(t *testing.T) {\n    assert.Equal(t, 1, Worn(1).(int))\n}\n",
    "    return n\n}\n",
)
WORN_WITHIN = problem(
    "func Worn(n int) interface{} {\n",
    'func TestWorn(t *testing.T) {\n    t.Run("within", func(t *testing.T) {\n'
    "        assert.Equal(t, 1, Worn(1).(int))\n    })\n}\n",
    "    return n\n}\n",
)
TASKS = (VALUES, DOUBLE, OPENED, PRINTED, DRAWN, SUBTESTS, WORN, WORN_WITHIN, SIZED)


@pytest.fixture(scope="module")
def built() -> Iterator[Built]:
    toolchain = pairs.toolchain_of(GO)
    if toolchain.missing:
        pytest.skip(toolchain.missing[0])
    examiners = tuple(GO.examiner(task, task.tests.code) for task in TASKS)
    with tempfile.TemporaryDirectory() as name:
        pairs.build_examiners(GO, list(examiners), Path(name))
        yield Built(Path(name), examiners)


@pytest.fixture(scope="module")
def echo(built: Built) -> Iterator[Side]:
    made = program(VALUES, VALUES.solution)
    with tempfile.TemporaryDirectory() as name:
        folder, toolchain = Path(name), pairs.toolchain_of(GO)
        pairs.build(toolchain, made.files, made.build, folder)
        argv, environment = pairs.filled(toolchain, made.run)
        side = Side(argv, environment, folder, is_examiner=False)
        yield side
        side.send(b"E")
        side.end()
        assert side.process.returncode == 0


@pytest.fixture(scope="module")
def mirror(built: Built) -> Iterator[Side]:
    side = built.examiner(TASKS.index(VALUES))
    yield side
    side.read()
    side.end()


def numbers(name: str) -> int:
    """A function's number in calls."""
    names = GO.examiner(VALUES, VALUES.tests.code).source.partition("\n")[0].partition(": ")[2].split()
    return names.index(name)


ANY_VALUE = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), TYPES[name]))
MANY_EXAMPLES = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@MANY_EXAMPLES
@given(ANY_VALUE, st.integers(0, (1 << 64) - 1))
def test_values_pass_through_a_program_unchanged(echo: Side, case: tuple[str, Value], number: int) -> None:
    name, value = case
    echo.send(struct.pack("<cQHB", b"C", number, numbers(f"Echo{NAMES.index(name)}"), 1) + encode(value))
    reader = Reader(echo.read())
    assert (reader.take(1), reader.number(8)) == (b"R", number)
    assert ordered(reader.value()) == ordered(value)
    assert (reader.number(1), reader.at_end) == (0, True)


@MANY_EXAMPLES
@given(ANY_VALUE)
def test_values_pass_through_an_examiner_unchanged(mirror: Side, case: tuple[str, Value]) -> None:
    name, value = case
    index = NAMES.index(name)

    def answer(function: str, given: Value) -> Value:
        reader = Reader(mirror.read())
        assert reader.take(1) == b"C"
        number, which, count = reader.number(8), reader.number(2), reader.number(1)
        assert which == numbers(function)
        asked = reader.value() if count else NULL
        assert reader.at_end
        mirror.send(struct.pack("<cQ", b"R", number) + encode(given) + b"\0")
        return asked

    answer("Which", index)
    answer(f"Echo{index}", value)
    assert ordered(answer(f"Echo{index}", value)) == ordered(value)


def test_several_results_and_changed_arguments_cross(built: Built) -> None:
    met = built.meet(program(VALUES, VALUES.solution))
    assert met.passed, met


# --- broken messages -------------------------------------------------------------------------------------------------


def result(number: int, value: bytes, changed: bytes = b"\0") -> bytes:
    return struct.pack("<cQ", b"R", number) + value + changed


def framed(raw: bytes) -> bytes:
    return struct.pack("<I", len(raw)) + raw


BROKEN: dict[str, Callable[[int], bytes]] = {
    "garbage": lambda _: b"\xff" * 64,
    "another number": lambda n: framed(result(n + 1, encode(2))),
    "another type": lambda n: framed(result(n, encode(text("2")))),
    "a float": lambda n: framed(result(n, encode(Number("d", struct.pack("<d", 2))))),
    "a null": lambda n: framed(result(n, b"n")),
    "too much behind it": lambda n: framed(result(n, encode(2)) + b"\0"),
    "too little": lambda n: framed(result(n, encode(2), b"")),
    "a changed argument": lambda n: framed(result(n, encode(2), b"\1\0" + encode(2))),
    "half a message": lambda n: framed(result(n, encode(2)))[:9],
    "2 GB": lambda n: struct.pack("<I", 2 << 30) + result(n, encode(2)),
    "an empty message": lambda _: framed(b""),
    "a call": lambda n: framed(struct.pack("<cQHB", b"C", n, 0, 0)),
    "an end": lambda _: framed(b"E"),
    "an exception": lambda n: framed(struct.pack("<cQ", b"X", n) + b"\1\0\0\0a\1\0\0\0b"),
    "answers twice": lambda n: framed(result(n, encode(2))) * 2,
    "answers before it is asked": lambda n: framed(result(n, encode(2))) + framed(result(n + 2, encode(8))),
    "a big integer": lambda n: framed(result(n, encode(1 << 63))),
    "nothing": lambda _: b"",
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_message_never_passes(built: Built, name: str) -> None:
    side = built.examiner(TASKS.index(DOUBLE))
    number = Reader(side.read()[1:]).number(8)
    side.write(BROKEN[name](number))
    if name not in ("answers twice", "answers before it is asked"):
        side.close_pipe()
    said = side.end()
    assert said.startswith("broken ") or said == "ended", said


def _deep(count: int) -> bytes:
    return b"".join(b"a" + framed(b"[]interface {}") + b"l\1\0\0\0" for _ in range(count)) + b"n"


OPEN_BROKEN = {
    "too deep": _deep(1001),
    "very deep": _deep(100_000),
    "a huge array": b"a" + framed(b"[1000000000]int") + b"l\xff\xff\xff\xff",
    "a huge array of arrays": b"a" + framed(b"[99999999][99999999][99999999]string") + b"l\xff\xff\xff\xff",
    "a long list": b"a" + framed(b"[]int") + b"l\xff\xff\xff\xff",
    "a key that is a list": b"a"
    + framed(b"map[interface {}]int")
    + b"m\1\0\0\0a"
    + framed(b"[]int")
    + b"n"
    + encode(1),
    "a map of lists": b"a" + framed(b"map[[]int]int") + b"m\0\0\0\0",
    "a key twice": b"a" + framed(b"map[int]int") + b"m\2\0\0\0" + encode(1) * 4,
    "a nil with a type": b"a" + framed(b"interface {}") + b"n",
    "a value of a foreign type": b"a" + framed(b"main.T") + b"l\0\0\0\0",
    "a name without end": b"a\xff\xff\xff\x7f",
    "an open type of nothing": b"a" + framed(b"[") + b"l\0\0\0\0",
    "another list": b"a" + framed(b"[]int") + encode(Many("F", (1,))),
    "millions of nils": b"a" + framed(b"[]interface {}") + b"l" + struct.pack("<I", 5_000_000) + b"n" * 5_000_000,
    "undefined": encode(Bare("u")),
    "thousands of types": b"a"
    + framed(b"[]interface {}")
    + b"l\xd0\x07\0\0"
    + b"".join(b"a" + framed(b"*[%d]*int" % size) + b"n" for size in range(2000)),
}


@pytest.mark.parametrize("name", OPEN_BROKEN)
def test_a_broken_value_of_any_type_never_passes(built: Built, name: str) -> None:
    side = built.examiner(TASKS.index(OPENED))
    number = Reader(side.read()[1:]).number(8)
    side.send(result(number, OPEN_BROKEN[name]))
    assert side.end().startswith("broken ")


def test_random_bytes_never_pass(built: Built) -> None:
    for seed in range(12):
        side = built.examiner(TASKS.index(OPENED))
        number = Reader(side.read()[1:]).number(8)
        raw = bytes(b"natfidesblopm\0\1\2\3[]int"[(seed * 31 + i * i * 7) % 21] for i in range(200))
        side.send(result(number, raw[seed:]))
        assert side.end().startswith(("broken ", "failed "))


# --- programs --------------------------------------------------------------------------------------------------------

WHOLE = "package main\n\nfunc Double(n int) int {\n    return 2 * n\n}\n"
HONEST: dict[str, tuple[Problem, str, bool]] = {
    "reference": (DOUBLE, DOUBLE.solution, False),
    "open": (OPENED, OPENED.solution, False),
    "printed": (PRINTED, PRINTED.solution, False),
    "drawn, with the prompt's helper": (DRAWN, DRAWN.solution, False),
    "subtests": (SUBTESTS, SUBTESTS.solution, False),
    "an import of the prompt that it does not use": (
        DRAWN, "    return string(s[0] + 'a' - 'A')\n}\n", False,
    ),
    "CRLF": (DOUBLE, WHOLE.replace("\n", "\r\n"), True),
    "a byte order mark": (DOUBLE, "\ufeff" + WHOLE, True),
    "package solution": (DOUBLE, WHOLE.replace("main", "solution"), True),
    "no package": (DOUBLE, WHOLE.replace("package main", ""), True),
    "own main and init": (
        DOUBLE, WHOLE + 'func init() { fmt.Println("i") }\nfunc main() { fmt.Println(Double(1)) }\n', True,
    ),
    "debug prints": (DOUBLE, '    fmt.Println(n)\n    println(n)\n    return 2 * n\n}\n', False),
    "odd imports": (
        DOUBLE,
        'package main // odd\n\nimport ( "fmt"; . "strings" ) // two\n/* between */ import m "math"\n'
        '  import _ "embed"; import (\n\t"fmt" // again\n\t"sort" /* and */\n)\n\n'
        'var _ = fmt.Sprint(ToUpper("import \\"x\\""), m.Pi, sort.IsSorted)\n\n' + WHOLE.partition("\n\n")[2],
        True,
    ),
    "imports in the middle": (DOUBLE, "const Two = 2\n\nimport \"os\"\n\nvar _ = os.Args\n" + WHOLE.partition("\n\n")[2], True),
    "names of built-in functions": (
        DOUBLE,
        "    return append(n, len(n))\n}\n\nfunc append(a, b int) int { return a + b }\nfunc len(a int) int { return a }\n"
        "func panic(a int) {}\nfunc make() {}\nfunc copy() {}\nvar nil, iota = 1, 2\n",
        False,
    ),
    "a variable called like a package": (
        DOUBLE, "    strings := struct{ x int }{2}\n    return strings.x * n\n}\n", False,
    ),
    "a function called like a package": (
        DOUBLE, "    return sort(n)\n}\n\nfunc sort(n int) int { return n * 2 }\n", False,
    ),
    "a directive in a comment": (DOUBLE, "    // go:linkname a b\n    return 2 * n\n}\n\n//go:noinline\nfunc g() {}\n", False),
    "a wider parameter": (DOUBLE, "func Double(n int64) int { return int(2 * n) }\n", True),
    "a wider result, printed": (SIZED, "package sized\nfunc sized(n int64) int64 { return 2 * n }\n", True),
    "own tests": (
        DOUBLE,
        'package main\nimport "testing"\nimport "github.com/stretchr/testify/assert"\n'
        "func TestDouble(t *testing.T) { assert.Equal(t, 2, Double(1)) }\n" + WHOLE.partition("\n\n")[2],
        True,
    ),
    "goroutines": (
        DOUBLE,
        "    c := make(chan int)\n    for i := 0; i < n; i++ {\n        go func() { c <- 2 }()\n    }\n    sum := 0\n"
        "    for i := 0; i < n; i++ {\n        sum += <-c\n    }\n    return sum\n}\n",
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_program_passes_however_it_looks(built: Built, name: str) -> None:
    task, code, whole = HONEST[name]
    met = built.meet(program(task, code, whole))
    assert met.passed, met


def stolen(body: str, imports: str = "os", more: str = "") -> str:
    listed = "".join(f'import "{name}"\n' for name in imports.split())
    return f"package main\n{listed}\nfunc Double(n int) int {{\n    return 0\n}}\n\nfunc init() {{\n{body}\n}}\n{more}"


ANSWER = (
    "raw := make([]byte, 4096)\n    size, _ := syscall.Read(3, raw)\n    out := append([]byte{19, 0, 0, 0, 'R'}, raw[5:13]...)\n"
    "    out = append(out, 'i', 2, 0, 0, 0, 0, 0, 0, 0, 0)\n    _ = size\n"
)
CHEATS: dict[str, str] = {
    "says that it passed": stolen('    os.NewFile(4, "").WriteString("passed 0123456789abcdef0123456789abcdef\\n")\n    os.Exit(0)'),
    "says so where the examiner does": stolen('    os.NewFile(3, "").WriteString("passed\\n")\n    os.Exit(0)'),
    "hands over what it finds on its input": stolen(
        "    token := make([]byte, 32)\n    os.Stdin.Read(token)\n    os.NewFile(4, \"\").Write(token)\n    os.Exit(0)"
    ),
    "ends at once": stolen("    os.Exit(0)"),
    "ends at the first call": "package main\nimport \"os\"\nfunc Double(n int) int { os.Exit(0); return 0 }\n",
    "answers each call alike": stolen(f"    for {{\n    {ANSWER}    syscall.Write(4, out)\n    }}", "syscall"),
    "answers twice": stolen(f"    {ANSWER}    syscall.Write(4, append(out, out...))\n    os.Exit(0)", "os syscall"),
    "closes its pipes": stolen('    os.NewFile(4, "").Close()\n    os.NewFile(3, "").Close()'),
    "its own equality": (
        'package main\nimport _ "unsafe"\nfunc Double(n int) int { return 0 }\n'
        "   //go:linkname same github.com/stretchr/testify/assert.ObjectsAreEqual\n"
        "func same(a, b interface{}) bool { return true }\n"
    ),
    "its own exit": (
        'package main\nimport _ "unsafe"\nfunc Double(n int) int { return 0 }\n'
        "   //go:linkname conclude passatk/examine.conclude\nfunc conclude(kind, words string) {}\n"
    ),
    "runs the examiner's package": 'package main\nimport _ "passatk/examine"\nfunc Double(n int) int { return 0 }\n',
    "its own serve": "package main\nfunc Double(n int) int { return 0 }\nfunc passatk_0(m interface{}) {}\n",
    "looks for the tests": stolen(
        '    found, _ := filepath.Glob("*")\n    if len(found) != 1 || len(os.Args) != 1 {\n        panic(found)\n    }', "os path/filepath"
    ),
    "panics": "package main\nfunc Double(n int) int { panic(n) }\n",
    "waits for itself": 'package main\nimport "os"\nfunc Double(n int) int { go func() { os.Exit(0) }(); select {} }\n',
    "a wider result, compared": "package main\nfunc Double(n int) int64 { return int64(2 * n) }\n",
    "changes the question": "package main\nfunc Double(n int) int { n = 1; return n }\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_never_passes(built: Built, name: str) -> None:
    try:
        met = built.meet(program(DOUBLE, CHEATS[name], whole=True))
    except pairs.BuildFailed:
        return
    assert not met.said.startswith("passed"), met
    assert met.said, met


OPEN_CHEATS = {
    "equals all": "type T []int\n\nfunc (T) Equal(interface{}) bool { return true }\n\nfunc Any(n int) interface{} { return T{1} }\n",
    "compares alike": "type T [1]int\n\nfunc Any(n int) interface{} { return T{1} }\n",
    "is a pointer to it": "func Any(n int) interface{} { return &[]int{1} }\n",
    "is a cycle": "func Any(n int) interface{} {\n    a := []interface{}{nil}\n    a[0] = a\n    return a\n}\n",
    "a nil of its own": "type T struct{}\n\nfunc Any(n int) interface{} { return (*T)(nil) }\n",
    "panics as an error": "type T int\n\nfunc (T) Error() string { panic(1) }\n\nfunc Any(n int) interface{} { return T(1) }\n",
    "a function": "func Any(n int) interface{} { return Any }\n",
}


@pytest.mark.parametrize("name", OPEN_CHEATS)
def test_a_type_of_the_programs_own_equals_nothing(built: Built, name: str) -> None:
    met = built.meet(program(OPENED, OPEN_CHEATS[name], whole=True))
    assert met.said.startswith(("failed ", "ended")), met


PRINTED_CHEATS = {
    "writes itself": (
        'type T int\n\nfunc (T) String() string { return "1 a] [" }\n\nfunc printed(n int) []interface{} { return []interface{}{T(1)} }\n'
    ),
    "formats itself": (
        'import "fmt"\n\ntype T struct{}\n\nfunc (T) Format(f fmt.State, _ rune) { f.Write([]byte("1 a")) }\n\n'
        "func printed(n int) []interface{} { return []interface{}{T{}} }\n"
    ),
}


@pytest.mark.parametrize("name", PRINTED_CHEATS)
def test_a_value_is_not_written_by_the_program(built: Built, name: str) -> None:
    met = built.meet(program(PRINTED, PRINTED_CHEATS[name], whole=True))
    assert met.said.startswith("failed "), met


# --- what the examiner says ------------------------------------------------------------------------------------------


def test_a_failed_assertion_is_said_in_words(built: Built) -> None:
    met = built.meet(program(DOUBLE, "    return 3\n}\n"))
    assert met.said == "failed TestDouble: Not equal: expected: 2 actual : 3"
    met = built.meet(program(PRINTED, "    return []interface{}{n}\n}\n"))
    assert met.said.startswith("failed TestPrinted: expected '[%!s(int=1) a]', got '[%!s(int=1)]'")


def test_tests_that_cannot_go_on_say_so(built: Built) -> None:
    met = built.meet(program(WORN, '    return "1"\n}\n'))
    assert met.said == "error panic: interface conversion: interface {} is string, not int"


@pytest.mark.parametrize(
    ("task", "body", "words"),
    [
        (WORN_WITHIN, '    return "1"\n}\n', "panic: interface conversion: interface {} is string, not int"),
    ],
    ids=["in a subtest"],
)
def test_tests_that_panic_elsewhere_end_without_a_verdict(built: Built, task: Problem, body: str, words: str) -> None:
    met = built.meet(program(task, body))
    assert met.said == ""
    assert words in met.words
    assert built.meet(program(task, task.solution)).passed


def test_a_failure_of_a_subtest_counts(built: Built) -> None:
    met = built.meet(
        program(SUBTESTS, '    if n < 0 || n == 2 {\n        return 0, fmt.Errorf("x")\n    }\n    return n, nil\n}\n')
    )
    assert met.said.startswith("failed TestFirst")


def test_a_crash_ends_the_program_by_itself(built: Built) -> None:
    met = built.meet(program(DOUBLE, '    panic("no way")\n}\n'))
    assert (met.said, met.exit_code) == ("ended", 2)
    assert met.stderr.startswith("panic: no way")


def test_an_examiner_that_does_not_compile_is_named() -> None:
    broken = problem(
        "func Double(n int) int {\n", "func TestDouble(t *testing.T) {\n    assert.Equal(t, Double(1), strings.X)\n}\n"
    )
    examiner = GO.examiner(broken, broken.tests.code)
    with (
        tempfile.TemporaryDirectory() as name,
        pytest.raises(pairs.BuildFailed, match=f"{examiner.name}.go:.*undefined: strings.X"),
    ):
        pairs.build_examiners(GO, [GO.examiner(DOUBLE, DOUBLE.tests.code), examiner], Path(name))


def test_seeds_are_the_examiners_whatever_the_clock_says() -> None:
    assert "rand.NewSource(passatk_.Seed())" in GO.examiner(DRAWN, DRAWN.tests.code).source


CALLS = "func TestF(t *testing.T) {\n    F(1)\n}\n"
CANNOT = {
    "a callback": ("func F(f func(int) int) int {\n", CALLS),
    "a channel": ("func F() <-chan int {\n", CALLS),
    "a type of the program's own": ("func F() Stack {\n", CALLS),
    "type parameters": ("func F[T any](v T) T {\n", CALLS),
    "a struct that holds a function": ("type A struct {\n    f func()\n}\n\nfunc F(a A) int {\n", CALLS),
    "a package's type": ("func F() time.Duration {\n", CALLS),
    "a name that nobody has": ("func F(n int) int {\n", "func TestF(t *testing.T) {\n    F(Other(1))\n}\n"),
    "what an error is": (
        "func F(n int) error {\n",
        "func TestF(t *testing.T) {\n    assert.ErrorIs(t, F(1), nil)\n}\n",
    ),
    "a pointer to a struct": ("type A struct {\n    N int\n}\n\nfunc F() *A {\n", CALLS),
    "several calls at once": ("func F(n int) int {\n", CALLS.replace("    F(1)", "    go F(1)")),
    "a parallel test": ("func F(n int) int {\n", CALLS.replace("    F(1)", "    t.Parallel()\n    F(1)")),
    "a panic": ("func F(n int) int {\n", CALLS.replace("F(1)", "assert.Panics(t, func() { F(1) })")),
    "before the tests begin": (
        "func F(n int) []int {\n",
        CALLS + 'var table = map[string][]int{\n    "a": F(1),\n}\n',
    ),
    "before they begin, by a function of theirs": (
        "func F(n int) int {\n",
        CALLS + "var x = first()\n\nfunc first() int {\n    return F(1)\n}\n",
    ),
    "in init": ("func F(n int) int {\n", CALLS + "func init() {\n    F(1)\n}\n"),
    "a variable of the prompt": (
        "var Rate = 3\n\nfunc F(n int) int {\n",
        CALLS.replace("F(1)", "Rate = F(1)"),
    ),
    "an argument seen again": (
        "func F(v []int) int {\n",
        CALLS.replace("F(1)", "v := []int{1}\n    F(v)\n    _ = v[0]"),
    ),
    "an argument in a loop": (
        "func F(v []int) int {\n",
        CALLS.replace("F(1)", "v := []int{1}\n    for i := 0; i < 2; i++ {\n        F(v)\n    }"),
    ),
    "a changed result": ("func F(n int) []int {\n", CALLS.replace("F(1)", "F(1)[0] = 2")),
    "rows that change": ("func F(v [][]int) {\n", CALLS.replace("F(1)", "F([][]int{{1}})")),
    "nothing": ("func F(n int) error {\n", "func TestF(t *testing.T) {\n}\n"),
    "a variable that nobody has": ("func F(n int) int {\n", CALLS.replace("F(1)", "F(1)\n    _ = Rate")),
    "a type that nobody has": ("func F(n int) int {\n", CALLS.replace("F(1)", "F(1)\n    _ = Rate{}")),
    "a seed": ("func F(n int) int {\n", CALLS.replace("F(1)", "rand.Seed(1)\n    F(1)")),
    "a log": ("func F(n int) int {\n", CALLS.replace("F(1)", "log.SetFlags(0)\n    F(1)")),
    "a type as text": ("func F(n int) error {\n", CALLS.replace("F(1)", 'fmt.Sprintf("%T", F(1))')),
    "a method of the program's": (
        "type A struct{ N int }\n\nfunc F(n int) A {\n    return A{n}\n}\n\nfunc (a A) Sum() int {\n",
        CALLS.replace("F(1)", "assert.Equal(t, 1, F(1).Sum())"),
    ),
    "a type of the prompt's behind any": (
        "type A struct{ N int }\n\nfunc F(v any) int {\n",
        CALLS.replace("F(1)", "F(A{1})"),
    ),
    "a loop that hides its list": (
        "func F(v []int) int {\n",
        CALLS.replace("F(1)", "c := [][]int{{1}}\n    for _, c := range c {\n        F(c)\n    }"),
    ),
    "a pointer after another call": (
        "func F(n int) *int {\n",
        CALLS.replace("F(1)", "a := F(1)\n    F(2)\n    _ = *a"),
    ),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_is_more_than_values_cannot_cross(name: str) -> None:
    declaration, tests = CANNOT[name]
    with pytest.raises(CannotCross):
        GO.examiner(problem(declaration, tests), tests)


ROWS = "[]struct{ in, want []int }{{[]int{1}, []int{1}}}"
CAN = {
    "a table": f"for _, c := range {ROWS} {{\n        assert.Equal(t, c.want, F(c.in))\n    }}",
    "a table by its places": f"cs := {ROWS}\n    for i := range cs {{\n        c := cs[i]\n        _, _ = c.want, F(c.in)\n    }}",
    "a table of subtests": (
        f"for _, c := range {ROWS} {{\n        c := c\n"
        '        t.Run("", func(t *testing.T) { assert.Equal(t, c.want, F(c.in)) })\n    }'
    ),
    "parts of one list": "xs := [][]int{{1}, {1}}\n    assert.Equal(t, xs[0], F(xs[1]))",
    "two lists": "a, b := [][]int{{1}}, [][]int{{1}}\n    for i, x := range a {\n        assert.Equal(t, b[i], F(x))\n    }",
    "a function of the tests": "f := func(in, want []int) { assert.Equal(t, want, F(in)) }\n    f([]int{1}, []int{1})",
    "a copy": "xs := []int{1}\n    F(append([]int{}, xs...))\n    _ = xs",
    "a length": "xs := []int{1}\n    assert.Equal(t, F(xs)[0], len(xs))",
    "a length of a list of lists": "xs := [][]int{{1}}\n    assert.Equal(t, F(xs[0])[0], len(xs))",
    "a struct of variables": (
        "in, want := []int{1}, []int{1}\n    c := struct{ in, want []int }{in, want}\n    assert.Equal(t, c.want, F(c.in))"
    ),
    "a table of variables": (
        "n, in, want := 1, []int{1}, []int{1}\n    cs := []struct {\n        n int\n        in, want []int\n    }{{n, in, want}}\n"
        "    for _, c := range cs {\n        assert.Equal(t, c.want, F(c.in))\n    }\n    assert.Equal(t, n, len(cs))"
    ),
    "a copy by a function of theirs": (
        "copied := func(from []int) []int {\n        to := make([]int, 0)\n        for _, x := range from {\n"
        "            to = append(to, x)\n        }\n        return to\n    }\n"
        "    xs := []int{1}\n    F(copied(xs))\n    assert.Equal(t, 1, xs[0])"
    ),
    "a list that grows": (
        "n := 3\n    xs := []int{}\n    for i := 0; i < n; i++ {\n        xs = append(xs, i)\n    }\n    assert.Len(t, F(xs), n)"
    ),
    "a sorted result": "xs := F([]int{1})\n    sort.Ints(xs)\n    assert.Equal(t, 1, xs[0])",
    "results that are gathered": "var xs []int\n    xs = append(xs, F(nil)...)",
    "seeds of their own": "rand.Seed(1)\n    F([]int{rand.Intn(9)})",
}


@pytest.mark.parametrize("name", CAN)
def test_what_asks_for_values_alone_crosses(name: str) -> None:
    tests = f"func TestF(t *testing.T) {{\n    {CAN[name]}\n}}\n"
    assert GO.examiner(problem("func F(v []int) []int {\n", tests), tests)


@pytest.mark.parametrize(
    "tests",
    [
        "func ExampleF() {\n    fmt.Println(F(1))\n    // Output: 1\n}\n",
        "func FuzzF(f *testing.F) {\n    f.Fuzz(func(t *testing.T, n int) { F(n) })\n}\n",
    ],
)
def test_what_is_no_test_function_is_not_run_and_said_to_be_a_fault(tests: str) -> None:
    assert "not run" in GO.fault_in_tests(CALLS + tests)
    assert not GO.fault_in_tests(CALLS + tests.replace("Output", "Out").replace("Fuzz", "fuzz"))


def test_nothing_of_the_tests_is_in_the_program() -> None:
    made = program(DOUBLE, DOUBLE.solution)
    assert made.examiner == GO.examiner(DOUBLE, DOUBLE.tests.code)
    shown = "".join(content for _, content in made.files)
    assert "TestDouble" not in shown
    assert "assert" not in shown
