"""Go's two sides of the wall, see docs/wall.md.

The examiner's functions of the program's names ask the program. Both sides read and write values by what is compiled
once: methods for common types, else `reflect`.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from passatk.languages.base import CannotCross, body_of, harness
from passatk.languages.go_source import (
    Function,
    Source,
    function,
    head_of_file,
    head_place,
    tamed,
    underlying,
    without_bom,
)
from passatk.records import Examiner, Problem, Program, Sample, Step, Workshop

PACKAGES = ("wall", "open", "examine")
"""Compiled once, in this order."""
MOST_EXAMINERS = 1000
"""That are linked together."""
TOOLS_ENV = (("GOGC", "off"), ("GOMAXPROCS", "1"))
"""Compiler and linker live too shortly to collect garbage."""
HTTP = re.compile(r"\bHTTP[A-Z]\w*")
"""Testify's assertions about web pages, which make it twice as long to link. Who names none gets it without them."""

_COMPILE = ("-pack", "-complete", "-dwarf=false")
_RUN_ENV = (("GOMAXPROCS", "1"),)
_SAME_RANDOMNESS = "randautoseed=0,randseednop=0"
"""For GODEBUG: since Go 1.20, numbers that tests draw without a seed would differ from run to run."""
_SEED = re.compile(r"(\brand\.(?:Seed|NewSource)\(\s*)(?:u?int64\(\s*)?time\.Now\(\)\.\w+\(\)\s*\)*?(?=\s*\))")
_TEST = re.compile(r"^func\s+(Test\w*)\s*\(", re.MULTILINE)
_HEAD = re.compile(r"^func\s+(\w+)\s*\(", re.MULTILINE)
_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\(")
_AT_START = re.compile(r"^[ \t]*(?:func\s+init\s*\(|var\b[^\n]*\()", re.MULTILINE)
"""Runs when a process starts, in all examiners that are linked together."""
_WORDS = frozenset(
    re.findall(
        r"\w+", "func if for switch return select go defer range case var const type struct interface map chan else"
    )
)
_PREDECLARED = frozenset(
    re.findall(
        r"\w+",
        "append cap close complex copy delete imag len make new panic print println real recover min max clear"
        " bool byte error float32 float64 int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr rune"
        " string any complex64 complex128",
    )
)
_FAST = {
    "[]int": "Ints",
    "[]int32": "Int32s",
    "[]float64": "Float64s",
    "[]string": "Strings",
    "[]bool": "Bools",
    "[]uint8": "Bytes",
    "[][]int": "IntRows",
    "[][]string": "TextRows",
    "[2]int": "IntPair",
    "[2]float64": "FloatPair",
    "[][2]int": "IntPairs",
    "map[string]int": "TextCounts",
    "map[int32]int": "RuneCounts",
    **{name: name.capitalize() for name in ("bool", "string", "error", "float32", "float64")},
    **{name: name.capitalize() for size in ("", "8", "16", "32", "64") for name in (f"int{size}", f"uint{size}")},
}
"""Types that package wall has methods for."""


@cache
def harness_hash() -> str:
    """A hash of what both sides rely on."""
    return hashlib.sha256("".join(harness(f"go/{name}.go") for name in PACKAGES).encode()).hexdigest()[:16]


def compile_packages(folder: Path, base: Path, compiler: Callable[..., object]) -> None:
    """Compile the packages of both sides to `folder`, for all whose own packages are listed in `base`."""
    for name in PACKAGES:
        (folder / f"{name}.go").write_text(harness(f"go/{name}.go"))
    for short in ("", ".http"):
        lines = (base / f"importcfg{short}").read_text().splitlines()
        own = [f"packagefile passatk/{name}={base}/{folder_name()}/{name}.a" for name in PACKAGES]
        slots = [f"packagefile passatk/examiner{i}=examiner{i}.a" for i in range(MOST_EXAMINERS)]
        standard = [line for line in lines if not line.startswith("packagefile passatk/")]
        (folder / f"importcfg.program{short}").write_text("\n".join([*standard, *own[:2], ""]))
        (folder / f"importcfg.examiner{short}").write_text("\n".join([*standard, *own, *slots, ""]))
    local = folder / "importcfg.local"
    made = [f"packagefile passatk/{name}={folder}/{name}.a" for name in PACKAGES]
    local.write_text("\n".join([*standard, *made, ""]))
    for name in PACKAGES:
        names = ("-trimpath", f"{folder}=>passatk", "-p", f"passatk/{name}", "-o", f"{folder}/{name}.a")
        compiler("-importcfg", str(local), *_COMPILE, *names, f"{folder}/{name}.go")


def folder_name() -> str:
    """Where the compiled packages lie, under those of the standard library."""
    return f"wall-{harness_hash()}"


@lru_cache(maxsize=4096)
def context_of(problem: Problem) -> Source:
    """What stands around the function that is asked for, and its head."""
    return Source(text=problem.prompt if problem.prompt.strip() else problem.declaration)


@lru_cache(maxsize=4096)
def _offered(problem: Problem) -> tuple[str, ...]:
    """What the problem imports."""
    return (*context_of(problem).imports, *Source(text=problem.setup).imports)


def _entry(problem: Problem) -> str:
    """The name of what is asked: the last head's, where the problem does not say."""
    return problem.entry_point or (_HEAD.findall(context_of(problem).bare) or [""])[-1]


def _helpers(problem: Problem) -> Source:
    """The context before the head of what is asked."""
    context = context_of(problem)
    place = head_place(context, _entry(problem))
    return Source(text=context.text if place is None else context.text[:place])


@lru_cache(maxsize=4096)
def crossing(problem: Problem, names: tuple[str, ...]) -> tuple[Function, ...]:
    """The functions called `names`, of which the values cross."""
    context = context_of(problem)
    solved = Source(text=context.text + (problem.reference or ""))
    functions = []
    for name in names:
        found = function(context if head_place(context, name) is not None else solved, name)
        for text in (*found.parameters, *found.results):
            underlying(context, text)
        functions.append(found)
    return tuple(functions)


def _asked(problem: Problem, tests: Source, helpers: Source) -> tuple[str, ...]:
    """Names of functions that the tests call and that are the program's."""
    context = context_of(problem)
    solved = Source(text=context.text + (problem.reference or ""))
    entry = _entry(problem)
    names = [entry] if entry and tests.uses(entry) else []
    own = solved.names - helpers.names - {entry}
    called = set(_CALLED.findall(tests.bare))
    for name in sorted(own - tests.names):
        if not tests.uses(name) or _bound(name, tests):
            continue
        if name not in called or head_place(solved, name) is None:
            raise CannotCross(f"the tests use {name}, which only a solution defines")
        names.append(name)
    for name in sorted(called - _WORDS - _PREDECLARED - set(names) - helpers.names - tests.names):
        if not _bound(name, tests):
            raise CannotCross(f"the tests call {name}, which neither they nor the declaration have")
    if not names:
        raise CannotCross("the tests call nothing that the declaration names")
    return tuple(names)


def _bound(name: str, tests: Source) -> bool:
    """Whether it may be a variable or parameter of the tests."""
    return re.search(rf"(?<![\w.]){re.escape(name)}\s*(?::=|,|=(?!=)|\bfunc\b|[^\W\d(])", tests.bare) is not None


def examiner(problem: Problem, tests: str) -> Examiner:
    """See `Language.examiner`."""
    source = Source(text=_SEED.sub(r"\g<1>1", without_bom(tests)))
    if re.search(r"\bTestMain\b", source.bare):
        raise CannotCross("the tests have a TestMain")
    helpers = _helpers(problem)
    names = _asked(problem, source, helpers)
    functions = crossing(problem, names)
    types = " ".join(text for found in functions for text in (*found.parameters, *found.results))
    inner = re.search(r"\b(?:errors\.|Error)(?:Is|As)\b", source.bare)
    if inner and re.search(r"\berror\b", types):
        raise CannotCross(f"the tests look into an error with {inner[0]}, and only its text crosses")
    needed = any(source.uses(name) or re.search(rf"\b{re.escape(name)}\b", types) for name in helpers.names)
    stubs = "".join(_stub(i, found) for i, found in enumerate(functions))
    code = Source(text=f"{stubs}{helpers.declarations if needed else ''}\n{source.declarations}\n")
    offered = (*source.imports, *_offered(problem), '"testing"')
    own = ('passatk_testing "testing"', 'passatk_ "passatk/examine"')
    head = head_of_file("examiner", code, own, offered, not context_of(problem).is_file)
    listed = ", ".join(f'{{Name: "{name}", F: {name}}}' for name in _TEST.findall(source.bare))
    return Examiner(
        language="go",
        source=(
            f"{_comment(names)}\n{head}\n\nvar PassatkTests = []passatk_testing.InternalTest{{{listed}}}\n\n{code.text}"
        ),
        options=_options(code),
        run=Step(argv=("${EXAMINER}/examiners", "${EXAMINER_NAME}"), env=(*_RUN_ENV, ("GODEBUG", _SAME_RANDOMNESS))),
    )


def _comment(names: Sequence[str]) -> str:
    return f"// wall {harness_hash()}: {' '.join(names)}"


def _options(code: Source) -> tuple[str, ...]:
    """Kinds of examiners that are not linked with others."""
    http = ("http",) if HTTP.search(code.bare) else ()
    if _AT_START.search(code.bare):
        return (*http, "alone", hashlib.sha256(code.text.encode("utf-8", "surrogatepass")).hexdigest()[:16])
    return http


def _stub(index: int, found: Function) -> str:
    """A function that asks the program for its results."""
    types = list(found.parameters)
    if found.variadic:
        types[-1] = f"...{types[-1].removeprefix('[]')}"
    parameters = ", ".join(f"passatk_a{i} {text}" for i, text in enumerate(types))
    results = ", ".join(f"passatk_r{i} {text}" for i, text in enumerate(found.results))
    slots = [f", &passatk_r{i}" for i in range(len(found.results))] + [f", &passatk_a{i}" for i in range(len(types))]
    return (
        f"func {found.name}({parameters}) ({results}) {{\n"
        f"\tpassatk_.Call({index}, {len(found.results)}{''.join(slots)})\n\treturn\n}}\n\n"
    )


def workshop(examiners: Sequence[Examiner]) -> Workshop:
    """See `Language.workshop`."""
    if len(examiners) > MOST_EXAMINERS:
        raise ValueError(f"{len(examiners)} examiners together; at most {MOST_EXAMINERS} can be linked")
    packages = ("-importcfg", _config("examiner", "http" in examiners[0].options))
    compile_ = ("${GO_TOOLS}/compile", *packages, *_COMPILE)
    files: list[tuple[str, str]] = []
    build: list[tuple[str, ...]] = []
    for i, one in enumerate(examiners):
        files.append((f"{one.name}.go", one.source))
        build.append((*compile_, "-p", f"passatk/examiner{i}", "-o", f"examiner{i}.a", f"{one.name}.go"))
    imports = "".join(f'\t{one.name} "passatk/examiner{i}"\n' for i, one in enumerate(examiners))
    listed = "".join(f'\t\t{{Name: "{one.name}", Tests: {one.name}.PassatkTests}},\n' for one in examiners)
    main = (
        f'package main\n\nimport (\n\t"os"\n\n\t"passatk/examine"\n{imports})\n\n'
        f"func main() {{\n\texamine.Run(os.Args[1], []examine.Examiner{{\n{listed}\t}})\n}}\n"
    )
    build += [
        (*compile_, "-p", "main", "-o", "main.a", "main.go"),
        ("${GO_TOOLS}/link", *packages, "-s", "-w", "-buildid=", "-o", "examiners", "main.a"),
    ]
    return Workshop(
        files=(*files, ("main.go", main)),
        build=tuple(Step(argv=argv, env=TOOLS_ENV) for argv in build),
        keeps=("examiners",),
    )


def _config(side: str, http: bool) -> str:
    return f"${{GO_WALL}}/importcfg.{side}{'.http' if http else ''}"


def behind_wall(problem: Problem, sample: Sample, asking: Examiner) -> Program:
    """See `Language.behind_wall`."""
    comment = asking.source.partition("\n")[0]
    functions = crossing(problem, tuple(comment.partition(": ")[2].split()))
    context = context_of(problem)
    body = Source(text=without_bom(body_of(problem, sample)))
    code = Source(text=tamed(body))
    # what the problem imports may be there for its tests; what a solution imports besides, it has to use
    given = (*_offered(problem), '"testing"')
    own = [spec for spec in body.imports if spec not in given] if sample.whole else ()
    offered = (*body.imports, *given)
    taken = [_taken(found, code) for found in functions] if sample.whole else [found.parameters for found in functions]
    program = head_of_file("main", code, own, offered, not context.is_file) + code.text
    packages = ("-importcfg", _config("program", HTTP.search(code.bare) is not None))
    return Program(
        language="go",
        files=(("program.go", f"{program}\n"), ("serve.go", f"{comment}\n{_serving(context, functions, taken)}")),
        build=tuple(
            Step(argv=argv, env=TOOLS_ENV)
            for argv in (
                ("${GO_TOOLS}/compile", *packages, *_COMPILE, "-p", "main", "-o", "main.a", "program.go", "serve.go"),
                ("${GO_TOOLS}/link", *packages, "-s", "-w", "-buildid=", "-o", "program", "main.a"),
            )
        ),
        run=Step(argv=("./program",), env=_RUN_ENV),
        examiner=asking,
    )


_WIDER = frozenset((("int", "int64"), ("int", "float64")))
"""Types of a parameter, the declaration's and a program's, between which tests with numbers see no difference."""


def _taken(found: Function, code: Source) -> tuple[str, ...]:
    """The types of parameters that the program's own function has."""
    try:
        own = function(code, found.name).parameters
    except CannotCross:
        return found.parameters
    alike = len(own) == len(found.parameters) and not found.variadic
    return own if alike else found.parameters


def _serving(context: Source, functions: Sequence[Function], taken: Sequence[tuple[str, ...]]) -> str:
    """A file that calls the program's functions. It uses no name that a program may define for itself."""
    served = "".join(
        _served(context, found, types, i) for i, (found, types) in enumerate(zip(functions, taken, strict=True))
    )
    listed = ", ".join(f"passatk_{i}" for i in range(len(functions)))
    more = '\tpassatk_open "passatk/open"\n' if "passatk_open." in served else ""
    return (
        f'package main\n\nimport (\n{more}\tpassatk_wall "passatk/wall"\n)\n\n'
        f"func main() {{ passatk_wall.Serve({listed}) }}\n{served}"
    )


def _served(context: Source, found: Function, taken: tuple[str, ...], index: int) -> str:
    lines = [f"\nfunc passatk_{index}(passatk_m *passatk_wall.Message) {{"]
    for i, text in enumerate(found.parameters):
        if fast := _FAST.get(text):
            lines.append(f"\tpassatk_a{i} := passatk_m.{fast}()")
        else:
            lines += [f"\tvar passatk_a{i} {text}", f"\tpassatk_open.Get(passatk_m, &passatk_a{i})"]
    pairs = enumerate(zip(found.parameters, taken, strict=True))
    arguments = ", ".join(f"{pair[1]}(passatk_a{i})" if pair in _WIDER else f"passatk_a{i}" for i, pair in pairs)
    call = f"{found.name}({arguments}{'...' if found.variadic else ''})"
    if found.results:
        lines.append(f"\tvar {', '.join(f'passatk_r{i}' for i in range(len(found.results)))} = {call}")
    if len(found.results) > 1:
        lines.append(f"\tpassatk_m.PutCount('p', {len(found.results)})")
    for i, text in enumerate(found.results):
        lines += _put(f"passatk_r{i}", text)
    if found.results:
        lines.append("\tpassatk_m.PutByte(0)")
    else:
        changed = [(i, text) for i, text in enumerate(found.parameters) if _mutable(underlying(context, text))]
        lines += [f"\t{call}", "\tpassatk_m.PutNull()", f"\tpassatk_m.PutByte({len(changed)})"]
        for i, text in changed:
            lines += [f"\tpassatk_m.PutByte({i})", *_put(f"passatk_a{i}", text)]
    return "\n".join([*lines, "}\n"])


def _put(name: str, text: str) -> list[str]:
    if fast := _FAST.get(text):
        return [f"\tpassatk_m.Put{fast}({name})"]
    # declared, so that a result of another type does not compile
    return [f"\tvar {name}x {text} = {name}", f"\tpassatk_open.Put(passatk_m, &{name}x)"]


def _mutable(text: str) -> bool:
    return text.startswith(("[]", "map[", "*"))
