"""Go's two sides of the wall, see docs/wall.md, and the one process of tests that cannot cross it.

The examiner's functions of the program's names ask the program. What reads and writes values is compiled once.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from passatk.languages import go_demands
from passatk.languages.base import CannotCross, body_of
from passatk.languages.go_source import HELPERS, Source, file_of, local_name, source_of, within_main
from passatk.languages.go_toolchain import MOST_EXAMINERS, TESTIFY, harness_hash
from passatk.languages.go_types import BASIC, INTEGERS, Crossing, Function, function, head_place, types_in_head
from passatk.records import Examiner, Problem, Program, Sample, Step, Workshop
from passatk.regex import regex

_TESTING, _PROOF, _EXAMINE = 'passatk_testing "testing"', 'passatk_proof "passatk/proof"', 'passatk_ "passatk/examine"'
_TOOLS_ENV = (("GOGC", "off"), ("GOMAXPROCS", "1"))
"""Compiler and linker live too shortly to collect garbage."""
_RUN_ENV = (("GOMAXPROCS", "1"), ("GODEBUG", "randautoseed=0,randseednop=0"))
"""Since Go 1.20, numbers that are drawn without a seed would differ from run to run."""
_PACKAGES = ("-importcfg", "${GO_PACKAGES}/importcfg")
_VARIED = ("-X", "runtime.variation=${VARIED}")
_SEED = regex(r"(\brand\.(?:Seed|NewSource)\(\s*)(?:u?int64\(\s*)?time\.Now\(\)\.\w+\(\)\s*\)*?(?=\s*\))")
_TEST = regex(r"(?:^|[;}])[ \t]*func\s+(Test(?![a-z])\w*)\s*\(", re.MULTILINE)
_HEAD = regex(r"^func\s+(\w+)\s*\(", re.MULTILINE)
_METHOD = regex(r"^func\s*\([^()]*\)\s*(\w+)\s*\(", re.MULTILINE)
_CALLED = regex(r"(?<![\w.])([^\W\d]\w*)\s*\(")
_NO_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        "func if for switch return select go defer range case var const type struct interface map chan else"
        " append cap close complex copy delete imag len make new panic print println real recover min max clear"
        " bool byte error float32 float64 int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr rune"
        " string any complex64 complex128 true false nil iota",
    )
)
"""Words that no program has to define."""


@lru_cache(maxsize=4096)
def _context(problem: Problem) -> Source:
    """What stands around the function that is asked for, and its head."""
    return Source(text=problem.prompt if problem.prompt.strip() else problem.declaration)


@lru_cache(maxsize=4096)
def _solved(problem: Problem) -> Source:
    """All that is known of what a program defines."""
    return Source(text=f"{_context(problem).text}{problem.reference or '}'}\n{problem.declaration}")


@lru_cache(maxsize=4096)
def _offered(problem: Problem) -> tuple[str, ...]:
    """What the problem imports."""
    return (*_context(problem).imports, *Source(text=problem.setup).imports, '"testing"')


def _entry(problem: Problem) -> str:
    """The name of the function that is asked for: the last one's, where the problem does not say."""
    return problem.entry_point or (_HEAD.findall(_context(problem).bare) or [""])[-1]


def _helpers(problem: Problem) -> Source:
    """The context before the head of what is asked."""
    context = _context(problem)
    place = head_place(context, _entry(problem))
    return Source(text=context.text if place is None else context.text[:place])


def _function(problem: Problem, name: str) -> Function:
    context = _context(problem)
    return function(context if head_place(context, name) is not None else _solved(problem), name)


def _asked(problem: Problem, tests: Source, helpers: Source) -> list[str]:
    """Names of what the tests use and the program defines."""
    entry = _entry(problem)
    known = helpers.names | tests.names | _NO_FUNCTIONS | {entry, *map(local_name, _offered(problem))}
    known |= set(_METHOD.findall(tests.bare))
    names = {name for name in _solved(problem).names if tests.uses(name)} | set(_CALLED.findall(tests.bare))
    # a name that the tests give to a variable or parameter of theirs is none of the program's
    bound = r"(?<![\w.]){}[ \t]*(?::=|,|=(?!=)|\bfunc\b|[^\W\d(])"
    others = [name for name in sorted(names - known) if not re.search(bound.format(re.escape(name)), tests.bare)]
    return [*([entry] if entry and tests.uses(entry) else []), *others]


def examiner(problem: Problem, tests: str) -> Examiner:
    """See `Language.examiner`."""
    source = Source(text=_SEED.sub(r"\g<1>passatk_.Seed()", source_of(tests).text))
    if re.search(r"\bTestMain\b", source.bare):
        raise CannotCross("the tests have a TestMain")
    helpers = _helpers(problem)
    names = _asked(problem, source, helpers)
    if not names:
        raise CannotCross("the tests call nothing that the declaration names")
    functions = [_function(problem, name) for name in names]
    go_demands.refuse(source, helpers, functions)
    go_demands.refuse_methods(source, helpers, _solved(problem))
    imported = {local_name(spec) for spec in (*source.imports, *_offered(problem), *HELPERS)}
    if "." not in imported:
        go_demands.refuse_unknown(source, {"_", *names, *helpers.names, *imported, *_NO_FUNCTIONS})
    types = " ".join(crossing.name for found in functions for crossing in (*found.parameters, *found.results))
    needed = any(source.uses(name) or re.search(rf"\b{re.escape(name)}\b", types) for name in helpers.names)
    stubs = "".join(_stub(i, found) for i, found in enumerate(functions))
    own = helpers.declarations if needed else ""
    code = Source(text=f"\n\n{_listed_tests(source)}\n\n{stubs}{own}\n{source.declarations}")
    options: tuple[str, ...] = ()
    if go_demands.runs_at_start(code):  # in all examiners that are linked together
        options = ("alone", hashlib.sha256(code.text.encode("utf-8", "surrogatepass")).hexdigest()[:16])
    file = _test_file(problem, source, code, (_TESTING, _EXAMINE), "examiner")
    return Examiner(
        language="go",
        source=f"{_comment(names)}\n{file}",
        options=options,
        run=Step(argv=("${EXAMINER}/examiners", "${EXAMINER_NAME}"), env=_RUN_ENV),
    )


def _test_file(problem: Problem, tests: Source, code: Source, own: Sequence[str], package: str) -> str:
    offered = (*tests.imports, *_offered(problem))
    return file_of(package, code, own, offered, helpers=not _context(problem).is_file)


def _comment(names: Sequence[str]) -> str:
    return f"// wall {harness_hash()}: {' '.join(names)}"


def _listed_tests(source: Source) -> str:
    listed = ", ".join(f'{{Name: "{name}", F: {name}}}' for name in _TEST.findall(source.bare))
    return f"var PassatkTests = []passatk_testing.InternalTest{{{listed}}}"


def _stub(index: int, found: Function) -> str:
    """A function that asks the program for its results."""
    types = [crossing.name for crossing in found.parameters]
    if found.variadic:
        types[-1] = f"...{types[-1].removeprefix('[]')}"
    parameters = ", ".join(f"passatk_a{i} {name}" for i, name in enumerate(types))
    results = ", ".join(f"passatk_r{i} {crossing.name}" for i, crossing in enumerate(found.results))
    slots = [f", &passatk_r{i}" for i in range(len(found.results))] + [f", &passatk_a{i}" for i in range(len(types))]
    return (
        f"func {found.name}({parameters}) ({results}) {{\n"
        f"\tpassatk_.Call({index}, {len(found.results)}{''.join(slots)})\n\treturn\n}}\n\n"
    )


def workshop(examiners: Sequence[Examiner]) -> Workshop:
    """See `Language.workshop`."""
    if len(examiners) > MOST_EXAMINERS:
        raise ValueError(f"{len(examiners)} examiners together; at most {MOST_EXAMINERS} can be linked")
    imports = "".join(f'\t{one.name} "passatk/examiner{i}"\n' for i, one in enumerate(examiners))
    listed = "".join(f'\t\t{{Name: "{one.name}", Tests: {one.name}.PassatkTests}},\n' for one in examiners)
    main = (
        f'package main\n\nimport (\n\t"os"\n\n\t"passatk/examine"\n{imports})\n\n'
        f"func main() {{\n\texamine.Run(os.Args[1], []examine.Examiner{{\n{listed}\t}})\n}}\n"
    )
    return Workshop(
        files=(*((f"{one.name}.go", one.source) for one in examiners), ("main.go", main)),
        build=(
            *(
                _compile(f"passatk/examiner{i}", f"{one.name}.go", to=f"examiner{i}.a")
                for i, one in enumerate(examiners)
            ),
            _compile("main", "main.go"),
            _link("examiners"),
        ),
        keeps=("examiners",),
    )


def _compile(package: str, *files: str, to: str = "main.a") -> Step:
    options = (*_PACKAGES, "-pack", "-complete", "-dwarf=false", "-p", package, "-o", to)
    return Step(argv=("${GO_TOOLS}/compile", *options, *files), env=_TOOLS_ENV)


def _link(to: str, *options: str) -> Step:
    options = (*_PACKAGES, "-s", "-w", "-buildid=", *options, "-o", to)
    return Step(argv=("${GO_TOOLS}/link", *options, "main.a"), env=_TOOLS_ENV)


def _program(examiner: Examiner | None, *files: tuple[str, str]) -> Program:
    return Program(
        language="go",
        files=files,
        build=(_compile("main", *(name for name, _ in files)), _link("program", *_VARIED)),
        run=Step(argv=("./program",), env=_RUN_ENV),
        examiner=examiner,
    )


def alone(source: str) -> Program:
    """See `Language.standalone`."""
    return _program(None, ("program.go", source))


def together(problem: Problem, sample: Sample, tests: str) -> Program:
    """See `Language.assemble`."""
    source = source_of(tests)
    main = "func main() { passatk_proof.Main(PassatkTests) }"
    code = Source(text=f"\n\n{_listed_tests(source)}\n\n{main}\n\n{source.declarations}")
    file = _test_file(problem, source, code, (_TESTING, _PROOF), "main")
    return _program(None, ("program.go", _sample_file(problem, sample, source.names)[0]), ("tests.go", file))


def behind_wall(problem: Problem, sample: Sample, asking: Examiner) -> Program:
    """See `Language.behind_wall`."""
    comment = asking.source.partition("\n")[0]
    file, code = _sample_file(problem, sample)
    functions = [_function(problem, name) for name in comment.partition(": ")[2].split()]
    as_text = TESTIFY not in asking.source and '"%v"' in asking.source
    body = ""
    for i, found in enumerate(functions):
        parameters, results = types_in_head(code, found.name) if sample.whole else ((), ())
        takes = _conversions(found.parameters, parameters, _taken)
        gives = _conversions(found.results, results, _given) if as_text and sample.whole else [""] * len(found.results)
        body += _served(i, found, takes, gives)
    listed = ", ".join(f"passatk_{i}" for i in range(len(functions)))
    opened = '\tpassatk_open "passatk/open"\n' if "passatk_open." in body else ""
    serving = (
        f'{comment}\npackage main\n\nimport (\n{opened}\tpassatk_wall "passatk/wall"\n)\n\n'
        f"func main() {{ passatk_wall.Serve({listed}) }}\n{body}"
    )
    return _program(asking, ("program.go", file), ("serve.go", serving))


def _conversions(declared: Sequence[Crossing], own: Sequence[str], by: Callable[[str, str], str]) -> list[str]:
    """What values of the `declared` types are converted with, empty where they stay.

    The program's are its `own`, as far as they can be read.
    """
    names = own if len(own) == len(declared) else [""] * len(declared)
    return [by(crossing.name, name) for crossing, name in zip(declared, names, strict=True)]


def _taken(declared: str, own: str) -> str:
    """Tests that give a constant see no difference between the basic types, and names for them."""
    if declared not in BASIC or own in (declared, "string") or not own.isidentifier():
        return ""
    return f"passatk_wall.Fit[{own}]" if own in INTEGERS else own


def _given(declared: str, own: str) -> str:
    """Tests that compare a result's text see no difference between types whose values are written alike."""
    return "" if own == declared else f"passatk_open.As[{declared}]"


def _served(index: int, found: Function, takes: Sequence[str], gives: Sequence[str]) -> str:
    """A function that answers calls of `found`. It uses no name that a program may define for itself."""
    lines = [f"\nfunc passatk_{index}(passatk_m *passatk_wall.Message) {{"]
    lines += [f"\tpassatk_a{i} := {crossing.get}(passatk_m)" for i, crossing in enumerate(found.parameters)]
    arguments = ", ".join(f"{cast}(passatk_a{i})" for i, cast in enumerate(takes))
    call = f"{found.name}({arguments}{'...' if found.variadic else ''})"
    if not found.results:
        changed = [(i, crossing) for i, crossing in enumerate(found.parameters) if crossing.refers]
        lines += [f"\t{call}", "\tpassatk_m.PutByte('n')", f"\tpassatk_m.PutByte({len(changed)})"]
        for i, crossing in changed:
            lines += [f"\tpassatk_m.PutByte({i})", f"\t{crossing.put}(passatk_m, passatk_a{i})"]
        return "\n".join([*lines, "}\n"])
    lines.append(f"\t{', '.join(f'passatk_r{i}' for i in range(len(found.results)))} := {call}")
    if len(found.results) > 1:
        lines.append(f"\tpassatk_m.PutCount('p', {len(found.results)})")
    for i, (crossing, cast) in enumerate(zip(found.results, gives, strict=True)):
        lines.append(f"\t{crossing.put}(passatk_m, {cast}(passatk_r{i}))")
    return "\n".join([*lines, "\tpassatk_m.PutByte(0)", "}\n"])


def _sample_file(problem: Problem, sample: Sample, taken: Collection[str] = ()) -> tuple[str, Source]:
    """A sample with what it continues as a file of package main, and its declarations.

    `taken`: names of the same package, from which the sample's own step aside.
    """
    body = source_of(body_of(problem, sample))
    code = within_main(body, taken)
    # what the problem imports may be there for its tests; what a solution imports besides, it has to use
    own = [spec for spec in body.imports if spec not in _offered(problem)] if sample.whole else []
    file = file_of("main", code, own, (*body.imports, *_offered(problem)), helpers=not _context(problem).is_file)
    return file, code
