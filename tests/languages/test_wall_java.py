"""Java's examiner and program, each against the reference codec and against each other, without a sandbox."""

import contextlib
import os
import struct
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pairs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passatk.languages import LANGUAGES, java_types, java_wall, wall
from passatk.languages.base import CannotCross, Toolchain
from passatk.records import Asserts, Examiner, Problem, Program, Sample

JAVA = LANGUAGES["java"]


@cache
def tools() -> Toolchain:
    return pairs.toolchain_of(JAVA)


@pytest.fixture(autouse=True, scope="module")
def _there() -> None:
    if not tools().usable:
        pytest.skip(f"no Java toolchain: {tools().missing[0]}")


def whole(low: int, high: int) -> st.SearchStrategy[wall.Value]:
    return st.integers(low, high)


DOUBLE: st.SearchStrategy[wall.Value] = st.floats().map(wall.double)
FLOAT: st.SearchStrategy[wall.Value] = st.floats(width=32).map(lambda x: wall.Number("e", struct.pack("<f", x)))


LONG = whole(-(1 << 63), (1 << 63) - 1)
INT = whole(-(1 << 31), (1 << 31) - 1)
# two halves side by side are one character, which UTF-8 writes in four bytes
WORDS = st.text(st.characters(), max_size=8) | st.sampled_from(["\ud800", "a\udc00b", "\U0010ffff", "\0"])
MADE_TEXT = WORDS.map(wall.text)
TEXT = MADE_TEXT | MADE_TEXT.map(lambda text: wall.Text("S", text.raw))
BYTES = st.binary(max_size=8).map(lambda raw: wall.Text("b", raw))
NULL = st.just(wall.NULL)


def many(signs: str, values: st.SearchStrategy[Any], **more: Any) -> st.SearchStrategy[wall.Value]:
    return st.builds(wall.Many, st.sampled_from(signs), st.lists(values, max_size=5, **more).map(tuple))


def copies(value: st.SearchStrategy[Any]) -> st.SearchStrategy[wall.Value]:
    return st.builds(lambda one, count: wall.Many("W", (one,) * count), value, st.integers(0, 3))


def letters_of(value: wall.Value) -> object:
    """What two values of a set, or keys of a map, must not have in common."""
    return value.raw if isinstance(value, wall.Text) else value


def maps(keys: st.SearchStrategy[Any], values: st.SearchStrategy[Any], signs: str = "m") -> Any:
    pairs_of = st.lists(st.tuples(keys, values), max_size=5, unique_by=lambda pair: letters_of(pair[0]))
    return st.builds(wall.Map, pairs_of.map(tuple), st.sampled_from(signs))


def optional(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return NULL | value.map(wall.Some)


def typed(name: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[wall.Value]:
    return value.map(lambda held: wall.Typed(name.encode(), held))


PLAIN_OBJECTS = (
    NULL | typed("Integer", INT) | typed("Long", LONG) | typed("Double", DOUBLE) | typed("String", TEXT)
    | typed("Character", whole(0, 65535)) | typed("Boolean", st.booleans()) | typed("Float", FLOAT)
    | typed("int[]", many("l", INT)) | typed("Object[]", many("l", typed("Integer", INT)))
    | typed("Byte", whole(-128, 127)) | typed("Short", whole(-32768, 32767)) | typed("StringBuilder", MADE_TEXT)
)  # fmt: skip
OBJECT = st.recursive(
    PLAIN_OBJECTS,
    lambda inner: typed("List", many("lF", inner)) | typed("Map", maps(typed("String", MADE_TEXT), inner))
    | typed("LinkedList", many("l", inner)) | typed("Collection", many("l", inner))
    | typed("Deque", many("l", inner.filter(lambda it: it != wall.NULL)))
    | typed("Optional", optional(inner.filter(lambda it: it != wall.NULL))),
    max_leaves=6,
)  # fmt: skip

INT_OBJECT = typed("Integer", INT)
RISING = st.lists(INT, max_size=5).map(
    lambda found: wall.Many("l", tuple(wall.Typed(b"Integer", one) for one in sorted(found)))
)
TYPES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "byte": whole(-128, 127),
    "short": whole(-32768, 32767),
    "int": INT,
    "long": LONG,
    "char": whole(0, 65535),
    "float": FLOAT,
    "double": DOUBLE,
    "Boolean": NULL | st.booleans(),
    "Integer": NULL | INT,
    "Character": NULL | whole(0, 65535),
    "Double": NULL | DOUBLE,
    "String": NULL | TEXT,
    "BigInteger": NULL | st.integers() | whole(-(1 << 200), 1 << 200),
    "int[]": NULL | many("l", INT),
    "byte[]": NULL | BYTES,
    "boolean[][]": many("l", NULL | many("l", st.booleans())),
    "String[]": many("l", NULL | TEXT),
    "List<Integer>": NULL | many("lFUV", INT) | many("lFV", st.just(wall.NULL) | INT) | copies(NULL | INT),
    "List<List<String>>": many("lFUV", many("lFUV", TEXT)),
    "ArrayList<Long>": many("l", NULL | LONG),
    "LinkedList<Double>": many("l", DOUBLE),
    "Set<Integer>": many("qQ", NULL | INT, unique=True),
    "Map<String, Integer>": NULL | maps(NULL | TEXT, NULL | INT, "mM"),
    "HashMap<Integer, String>": maps(INT, TEXT),
    "TreeSet<Integer>": many("q", NULL | INT, unique=True),
    "TreeMap<Long, String>": maps(LONG, TEXT),
    "LinkedHashMap<Character, List<Integer>>": maps(whole(0, 65535), many("lF", INT)),
    "Map.Entry<String, Integer>": st.tuples(TEXT, INT).map(lambda two: wall.Many("p", two)),
    "Optional<Integer>": optional(INT),
    "OptionalDouble": optional(DOUBLE),
    "List<Optional<String>>": many("lF", optional(TEXT)),
    "Object": OBJECT,
    "List<Object>": many("lF", OBJECT),
    "Map<Object, Object>": maps(typed("String", MADE_TEXT), OBJECT),
    "Collection<Integer>": NULL
    | typed("List", many("lFUV", INT_OBJECT))
    | typed("Set", many("qQ", INT_OBJECT, unique=True)),
    "Queue<Integer>": typed("Deque", many("l", INT_OBJECT)) | typed("PriorityQueue", RISING),
    "CharSequence": typed("String", TEXT) | typed("StringBuilder", MADE_TEXT),
}
NAMES = list(TYPES)

_IMPORTS = "import java.util.*;\nimport java.math.*;\n"
_METHODS = "".join(
    f"    public {name} id{n}({name} x) {{ return x; }}\n    public {name} get{n}() {{ return null; }}\n".replace(
        "return null", "throw new RuntimeException()"
    )
    for n, name in enumerate(NAMES)
)
_CASES = "".join(f"                case {n}: s.id{n}(s.get{n}()); break;\n" for n in range(len(NAMES)))
ECHO = Problem(
    task_id="Java/echo",
    benchmark="echo",
    language="java",
    prompt=f"{_IMPORTS}class Solution {{\n    public int next() {{\n",
    declaration=f"{_IMPORTS}class Solution {{\n    public int next() {{\n",
    reference=f"        return -1;\n    }}\n{_METHODS}    public void fill(int[] a, List<String> l, int[][] g) "
    '{ a[0]++; l.add("new"); l.set(0, null); g[0][0] = 7; }\n}\n',
    tests=Asserts(
        code="public class Main {\n    public static void main(String[] args) {\n        Solution s = new Solution();\n"
        "        while (true) {\n            switch (s.next()) {\n" + _CASES + "                case -1: return;\n"
        '                case -2: throw new AssertionError("words\\nin two lines");\n'
        "                case -3: try { s.next(); } catch (NoSuchElementException expected) { } break;\n"
        "                case -4: int[] a = {1}; int[][] g = {{0}, {1}}; int[] row = g[0];\n"
        '                    List<String> l = new ArrayList<>(List.of("a")); s.fill(a, l, g);\n'
        "                    if (a[0] != 2 || row[0] != 7) throw new AssertionError();\n"
        "                    if (l.get(0) != null || l.size() != 2) throw new AssertionError();\n"
        "                    break;\n"
        "                case -5: if (Double.isNaN(0)) break;\n"  # so NaN may be a value
        "            }\n        }\n    }\n}\n"
    ),
)


def small(head: str, *conditions: str, imports: str = _IMPORTS, suffix: str = "") -> Problem:
    lines = "\n".join(f"        if (!({one})) throw new AssertionError();" for one in conditions)
    prompt = f"{imports}class Solution {{\n    {head} {{\n"
    return Problem(
        task_id="Java/small", benchmark="small", language="java", prompt=prompt, declaration=prompt,
        tests=Asserts(code="public class Main {\n    public static void main(String[] args) {\n"
                      f"        Solution s = new Solution();\n{lines}\n    }}\n{suffix}}}\n"),
    )  # fmt: skip


LISTS = small(
    "public List<Integer> up(List<Integer> l)",
    "s.up(new ArrayList<>(Arrays.asList(1, 2))).equals(Arrays.asList(2, 3))",
    "s.up(new ArrayList<>()).equals(List.of())",
    "s.up(new ArrayList<>(Arrays.asList(1000))).get(0) == 1001",
)
OPEN = small(
    "public Object pick(Object a)", '(String) s.pick("x") == "x"', "(int) s.pick(3) == 3", "s.pick(null) == null"
)
DRAWN = small(
    "public int add(int x, int y)",
    "same()",
    suffix="    static Random rand = new Random();\n    static boolean same() { Solution s = new Solution();"
    " for (int i = 0; i < 50; i++) { int x = rand.nextInt(99), y = (int) (Math.random() * 9);"
    " if (s.add(x, y) != x + y) return false; } return true; }\n",
)
PROBLEMS = {"lists": LISTS, "open": OPEN, "drawn": DRAWN, "echo": ECHO}
PROGRAMS = tomllib.loads((Path(__file__).parents[1] / "fixtures/wall/java.toml").read_text())
Meet = Callable[..., pairs.Met]


def _name(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.fixture(scope="module")
def examiners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examiners")
    pairs.build_examiners(JAVA, [examiner(problem) for problem in PROBLEMS.values()], folder)
    return folder


def examiner(problem: Problem) -> Examiner:
    return JAVA.examiner(problem, problem.tests.code)


def sent(raw: bytes) -> bytes:
    return struct.pack("<I", len(raw)) + raw


class Side:
    """One process, and the ends of its pipes that the test holds."""

    def __init__(self, start: "Callable[[tuple[int, ...]], subprocess.Popen[str]]", examining: bool):
        calls, answers, token, verdict = os.pipe(), os.pipe(), os.pipe(), os.pipe()
        os.write(token[1], pairs.TOKEN)
        given_to = (token[0], verdict[1], answers[0], calls[1]) if examining else (token[0], calls[0], answers[1])
        self.process = start(given_to)
        self.verdict, self.to, self.by = verdict[0], *((answers[1], calls[0]) if examining else (calls[1], answers[0]))
        for fd in {*calls, *answers, *token, *verdict} - {self.verdict, self.to, self.by}:
            os.close(fd)

    def read(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(4), "little"))

    def _exactly(self, size: int) -> bytes:
        raw = b""
        while len(raw) < size and (more := os.read(self.by, size - len(raw))):
            raw += more
        return raw

    def write(self, raw: bytes) -> None:
        os.write(self.to, sent(raw))

    def said(self) -> str:
        with open(self.verdict, "rb", closefd=False) as verdict:
            return verdict.read().decode().strip()

    def close(self) -> None:
        for fd in (self.verdict, self.to, self.by):
            os.close(fd)
        self.process.kill()
        self.process.communicate()


def examining(problem: Problem, folder: Path) -> Side:
    made = examiner(problem)
    return Side(lambda ends: pairs.start_examiner(tools(), made, folder, ends), examining=True)


class Compiler:
    """The resident one."""

    def __init__(self) -> None:
        argv = [pairs._VARIABLE.sub(lambda m: dict(tools().variables)[m[1]], part) for part in tools().resident[0].argv]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def build(self, program: Program, folder: Path) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        out = self.process.stdout

        def block() -> bytes:
            return out.read(int.from_bytes(out.read(4), "big"))

        parts = [part.encode("utf-8", "surrogatepass") for file in program.files for part in file]
        framed = b"".join(struct.pack(">I", len(part)) + part for part in parts)
        self.process.stdin.write(struct.pack(">I", len(program.files)) + framed)
        self.process.stdin.flush()
        code, words = int.from_bytes(out.read(4), "big"), block()
        for _ in range(int.from_bytes(out.read(4), "big")):
            (folder / block().decode()).write_bytes(block())
        if code:
            raise pairs.BuildFailed(words.decode())


@pytest.fixture(scope="module")
def compiler() -> Iterator[Compiler]:
    made = Compiler()
    yield made
    made.process.kill()
    made.process.communicate()


def program(problem: Problem, text: str, whole: bool = False) -> Program:
    sample = Sample(task_id=problem.task_id, index=0, text=text, whole=whole)
    return JAVA.behind_wall(problem, sample, examiner(problem))


@pytest.fixture
def meet(compiler: Compiler, examiners: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def build(_: object, files: object, steps: object, folder: Path) -> None:
        compiler.build(here[-1], folder)

    def met(problem: Problem, text: str, whole: bool = False) -> pairs.Met:
        here.append(program(problem, text, whole))
        return pairs.meet(JAVA, here[-1], examiners)

    here: list[Program] = []
    monkeypatch.setattr(pairs, "build", build)
    monkeypatch.setattr(pairs, "toolchain_of", lambda _: tools())
    return met


@pytest.fixture(scope="module")
def echo(compiler: Compiler, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """A program that gives back what it gets."""
    folder = tmp_path_factory.mktemp("echo")
    made = program(ECHO, ECHO.solution)
    compiler.build(made, folder)
    argv, environment = pairs.filled(tools(), made.run)
    side = Side(lambda ends: pairs._start(argv, environment, folder, ends), examining=False)
    yield side
    side.close()


@pytest.fixture(scope="module")
def asking(examiners: Path) -> Iterator[Side]:
    """An examiner that sends back what it is answered."""
    side = examining(ECHO, examiners)
    yield side
    side.close()


NUMBERS = {name: n for n, (name, _) in enumerate(java_wall.asked_of(examiner(ECHO).source).methods)}
ANY = st.sampled_from(range(len(NAMES))).flatmap(lambda n: st.tuples(st.just(n), TYPES[NAMES[n]]))


@settings(deadline=None, max_examples=400)
@given(ANY)
def test_a_program_gets_and_gives_every_value_as_it_is(echo: Side, case: tuple[int, wall.Value]) -> None:
    number, value = case
    raw = wall.encode(value)
    echo.write(b"C" + struct.pack("<QHB", 77, NUMBERS[f"id{number}"], 1) + raw)
    assert echo.read() == b"R" + struct.pack("<Q", 77) + raw + b"\0"


def answered(side: Side, value: wall.Value) -> bytes:
    """Answer the call that the examiner has sent; what it was."""
    call = side.read()
    side.write(b"R" + call[1:9] + wall.encode(value) + b"\0")
    return call


@settings(deadline=None, max_examples=400)
@given(ANY)
def test_an_examiner_gets_and_gives_every_value_as_it_is(asking: Side, case: tuple[int, wall.Value]) -> None:
    number, value = case
    while (call := asking.read())[9:11] == struct.pack("<H", len(NUMBERS)):  # a new Solution
        asking.write(b"R" + call[1:9] + b"n\0")
    assert call[9:11] == struct.pack("<H", NUMBERS["next"])
    asking.write(b"R" + call[1:9] + wall.encode(number) + b"\0")
    answered(asking, value)
    call = answered(asking, value)
    assert call[9:] == struct.pack("<HB", NUMBERS[f"id{number}"], 1) + wall.encode(value)


@pytest.fixture
def fresh(examiners: Path) -> Iterator[Side]:
    side = examining(ECHO, examiners)
    answered(side, wall.NULL)  # the new Solution
    yield side
    side.close()


def test_an_end_of_all_tests_gives_the_token_and_ends_the_program(fresh: Side) -> None:
    answered(fresh, -1)
    assert fresh.read() == b"E"
    assert fresh.said() == f"passed {pairs.TOKEN.decode()}"


def test_a_failed_assertion_is_one_line(fresh: Side) -> None:
    answered(fresh, -2)
    assert fresh.said() == "failed java.lang.AssertionError: words in two lines in main"


def _sized(raw: bytes) -> bytes:
    return struct.pack("<I", len(raw)) + raw


@pytest.mark.parametrize(
    ("first", "name", "said"),
    [
        (-3, "java.util.NoSuchElementException", "passed"),
        (-3, "java.lang.IllegalStateException", "raised java.lang.IllegalStateException: why"),
        (-3, "Own", "raised java.lang.RuntimeException: Own: why"),
        (-3, "java.lang.AssertionError", "raised java.lang.AssertionError: why"),
        (-3, "passatk.Broken", "raised java.lang.RuntimeException: passatk.Broken: why"),
        (-3, "java.lang.String", "raised java.lang.RuntimeException: java.lang.String: why"),
        (-3, "java.util.regex.PatternSyntaxException", "raised java.util.regex.PatternSyntaxException: why"),
        (-3, "java.io.UncheckedIOException", "raised java.lang.RuntimeException: why"),
    ],
)
def test_an_exception_of_the_program_is_thrown_in_the_tests(fresh: Side, first: int, name: str, said: str) -> None:
    answered(fresh, first)
    call = fresh.read()
    fresh.write(b"X" + call[1:9] + _sized(name.encode()) + _sized(b"why"))
    if said == "passed":
        answered(fresh, -1)
    assert fresh.said().startswith(said)


def test_an_exception_crosses_with_its_cause_and_without_words(fresh: Side) -> None:
    answered(fresh, -3)
    call = fresh.read()
    name, cause = b"java.io.UncheckedIOException", b"java.io.IOException"
    none = struct.pack("<i", -1)
    fresh.write(b"X" + call[1:9] + _sized(name) + _sized(b"why") + _sized(cause) + none)
    assert fresh.said().startswith("raised java.io.UncheckedIOException: why")


@pytest.mark.parametrize("rest", [b"", struct.pack("<i", -1) + b"!", _sized(b"a") + _sized(b"b") * 9])
def test_half_an_exception_is_broken(fresh: Side, rest: bytes) -> None:
    answered(fresh, -3)
    call = fresh.read()
    fresh.write(b"X" + call[1:9] + _sized(b"java.lang.Error") + rest)
    assert fresh.said().startswith("broken ")


def _answer(number: bytes, rest: bytes) -> bytes:
    return b"R" + number + rest


_ONE = b"i" + struct.pack("<q", -1)
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "another number": lambda n: sent(_answer(struct.pack("<Q", int.from_bytes(n, "little") ^ 1), _ONE + b"\0")),
    "another type": lambda n: sent(_answer(n, b"d" + bytes(8) + b"\0")),
    "null for int": lambda n: sent(_answer(n, b"n\0")),
    "out of range": lambda n: sent(_answer(n, b"i" + struct.pack("<q", 1 << 31) + b"\0")),
    "a sign that is none": lambda n: sent(_answer(n, b"\xff\0")),
    "undefined": lambda n: sent(_answer(n, b"u\0")),
    "something behind": lambda n: sent(_answer(n, _ONE + b"\0!")),
    "changed arguments beside a value": lambda n: sent(_answer(n, _ONE + b"\1\0" + _ONE)),
    "too short": lambda n: sent(_answer(n, b"i\0")),
    "nothing": lambda n: sent(b""),
    "a call": lambda n: sent(b"C" + n + bytes(3)),
    "an end": lambda n: sent(b"E"),
    "2 GB": lambda n: struct.pack("<I", 1 << 31) + b"R",
    "17 MiB": lambda n: struct.pack("<I", 17 << 20),
    "an exception with half a name": lambda n: sent(b"X" + n + struct.pack("<I", 900) + b"java"),
    "garbage": lambda n: b"\n\0\0\0passed me!",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_message_that_makes_no_sense_is_broken(fresh: Side, kind: str) -> None:
    call = fresh.read()
    os.write(fresh.to, BROKEN[kind](call[1:9]))
    assert fresh.said().startswith("broken ")


def test_an_answer_that_comes_twice_is_broken(fresh: Side) -> None:
    call = fresh.read()
    os.write(fresh.to, 2 * sent(_answer(call[1:9], b"i" + struct.pack("<q", -3) + b"\0")))
    assert fresh.said().startswith("broken an answer to another call")


@pytest.mark.parametrize("raw", [b"", b"\5", b"\5\0\0\0R"])
def test_a_pipe_that_ends_is_said(fresh: Side, raw: bytes) -> None:
    fresh.read()
    os.write(fresh.to, raw)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, fresh.to)
    os.close(null)
    assert fresh.said() == "ended"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("List<Integer>", b"l" + struct.pack("<I", 1 << 30)),
        ("List<Integer>", wall.encode(wall.Many("l", (wall.text("x"),)))),
        ("ArrayList<Long>", b"F" + bytes(4)),
        ("Set<Integer>", wall.encode(wall.Many("q", (1, 1)))),
        ("Map<String, Integer>", wall.encode(wall.Map(((wall.text("a"), 1), (wall.text("a"), 2))))),
        ("String", b"s\2\0\0\0\xc0\x80"),
        ("BigInteger", b"I\1\0\0\0\5"),
        ("Optional<Integer>", b"on"),
        ("Object", b"i" + bytes(8)),
        ("Object", wall.encode(wall.Typed(b"Own", 1))),
        ("Object", b"".join([(b"a\4\0\0\0List" + b"l\1\0\0\0") * 600, b"n"])),
        ("TreeMap<Long, String>", wall.encode(wall.Map(((1, wall.NULL), (1, wall.NULL))))),
        ("TreeMap<Long, String>", wall.encode(wall.Map((), "M"))),
        ("List<Integer>", wall.encode(wall.Many("U", (wall.NULL,)))),
        ("List<Integer>", wall.encode(wall.Many("W", (1, 2)))),
        ("Queue<Integer>", wall.encode(wall.Many("l", (1,)))),
        ("boolean", b"i" + bytes(8)),
        ("char", wall.encode(65536)),
        ("byte[]", wall.encode(wall.Many("l", (1,)))),
    ],
)
def test_a_value_of_another_type_is_broken(fresh: Side, kind: str, raw: bytes) -> None:
    answered(fresh, NAMES.index(kind))
    call = fresh.read()
    fresh.write(_answer(call[1:9], raw + b"\0"))
    assert fresh.said().startswith("broken ")


def test_what_a_function_without_result_changes_is_changed_in_the_tests(meet: Meet) -> None:
    text = ECHO.solution.replace("return -1;", "return left-- > 0 ? -4 : -1;").replace(
        "public int id3", "int left = 1;\npublic int id3"
    )
    assert meet(ECHO, text).passed
    assert not meet(ECHO, text.replace("a[0]++;", "a = new int[] {2};")).passed


@pytest.mark.parametrize("case", PROGRAMS["honest"], ids=_name)
def test_honest_programs_pass(meet: Meet, case: dict[str, Any]) -> None:
    met = meet(PROBLEMS[case["problem"]], case["text"], case.get("whole", False))
    assert met.passed, met


@pytest.mark.parametrize("case", PROGRAMS["cheats"], ids=_name)
def test_nothing_else_passes(meet: Meet, case: dict[str, Any]) -> None:
    met = meet(PROBLEMS[case["problem"]], case["text"])
    assert not met.said.startswith("passed"), met


@pytest.mark.parametrize(
    "text",
    [
        "class Other { }",
        "class Solution { }",
        "class Solution { String up(int l) { return null; } }",
        "class Solution { private List<Integer> up(List<Integer> l) { return l; } }",
        "class Solution { List<Integer> up(List<Integer> l) throws Exception { return l; } }",
        "class Solution { private Solution() { } List<Integer> up(List<Integer> l) { return l; } }",
        "class Solution { Solution(int n) { } List<Integer> up(List<Integer> l) { return l; } }",
        "abstract class Solution { List<Integer> up(List<Integer> l) { return l; } }",
    ],
)
def test_a_program_without_the_method_is_refused_as_by_a_compiler(meet: Meet, text: str) -> None:
    met = meet(LISTS, text, True)
    assert (met.said, met.exit_code) == ("ended", 64)


@pytest.mark.parametrize(
    "head",
    [
        "public Node up(int x)", "public int up(Node x)", "public int up(Function<Integer, Integer> f)",
        "public List<Node> up(int x)", "public int up(Map<String, Runnable> f)",
    ],
)  # fmt: skip
def test_values_of_other_classes_do_not_cross(head: str) -> None:
    with pytest.raises(CannotCross):
        examiner(small(head, "s.up(1) == 1"))


@pytest.mark.parametrize("condition", ["s.down(1) == 1", "s.field == 1", "new Solution(3).up(1) == 1"])
def test_what_is_not_declared_does_not_cross(condition: str) -> None:
    with pytest.raises(CannotCross):
        examiner(small("public int up(int x)", condition))


@pytest.mark.parametrize(
    ("members", "condition", "crosses"),
    [
        ("int n;\n    int size() { return n; }", "s.up(1) == 1", True),
        ("int n;\n    int size() { return n; }", "s.up(1) == s.size()", False),
        (
            "final List<Integer> l = new ArrayList<>();\n    int size() { return l.size(); }",
            "s.up(s.size()) == 1",
            False,
        ),
        ("static final int N = 1;\n    int one() { return N; }", "s.up(1) == s.one()", True),
        ("int one() { int n = 1; return n; }", "s.up(1) == s.one()", True),
        ("class In {", "s.up(1) == 1", False),
    ],
)
def test_state_that_the_prompt_shares_with_the_program_does_not_cross(
    members: str, condition: str, crosses: bool
) -> None:
    problem = small("public int up(int x)", condition)
    problem = msgspec.structs.replace(
        problem, declaration=problem.declaration.replace("class Solution {", f"class Solution {{\n    {members}\n")
    )
    with contextlib.nullcontext() if crosses else pytest.raises(CannotCross):
        examiner(problem)


@pytest.mark.parametrize(
    ("members", "crosses"),
    [
        ('public String toString() { return ""; }', False),
        ("public boolean equals(Object o) { return true; }", False),
        ("static class Node implements Comparable<Node> { public int compareTo(Node o) { return 0; } }", True),
    ],
)
def test_objects_of_a_class_that_compares_them_do_not_cross(members: str, crosses: bool) -> None:
    problem = small("public int up(int x)", '("" + s).isEmpty()')
    problem = msgspec.structs.replace(
        problem, prompt=problem.declaration, reference=f"        return x;\n    }}\n    {members}\n}}\n"
    )
    with contextlib.nullcontext() if crosses else pytest.raises(CannotCross):
        examiner(problem)


@pytest.mark.parametrize(
    ("declared", "letters"),
    [
        ("List<Integer>", "li"), ("java.util.List<int[]>", "l[I"), ("List<? extends Number>", "lo"),
        ("int [ ] []", "[[I"),
        ("Map<String, List<Integer>>", "mtli"), ("Pair<Long, Optional<String>>", "p1j?t"), ("List", "lo"), ("T", "o"),
        ("Queue<Integer>", "o"), ("List<Collection<String>>", "lo"),
    ],
)  # fmt: skip
def test_types_are_letters(declared: str, letters: str) -> None:
    assert java_types.letters(declared, frozenset("T")) == letters
