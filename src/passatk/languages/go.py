"""Go: compiled and linked with the bare tools against prebuilt packages; the tests run under `testing` in `main`."""

import contextlib
import hashlib
import json
import os
import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

from passatk.languages import go_wall
from passatk.languages.base import Language, Missing, Toolchain, harness, mark_of, output_of, prepared
from passatk.languages.dialect import LIST, patterns
from passatk.languages.go_source import HELPERS, LEXICON
from passatk.languages.go_wall import HTTP, TOOLS_ENV
from passatk.languages.syntax import Grammar, Part
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Status, Step, StepFacts, Workshop

_IMPORT = re.compile(r'^import\s*(?:\((?P<block>[^()]*)\)|(?P<one>(?:[\w.]+\s+)?"[^"]+"))[ \t]*;?[ \t]*$', re.MULTILINE)
_PROMPT_IMPORT = re.compile(_IMPORT.pattern + r"\n?", re.MULTILINE)
_PACKAGE = re.compile(r"^package\s+\w+\s*$", re.MULTILINE)
_TEST = re.compile(r"^func\s+(Test\w+)\s*\(", re.MULTILINE)
_NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_DIRECTIVE = re.compile(r"^//go:", re.MULTILINE)
"""`//go:linkname` reaches into other packages, the harness among them; no directive changes what a program computes."""
_BRACES = re.compile(r"\{[^{}]*\}")
_DECLARATION = re.compile(r"^[ \t]*(?:func|var|const|type)\s+(\w+|\([^()]*\)|[\w, \t]+)", re.MULTILINE)
_PREDECLARED = frozenset(
    {
        "true",
        "false",
        "nil",
        "iota",
        "append",
        "cap",
        "copy",
        "delete",
        "len",
        "make",
        "new",
        "panic",
        "print",
        "recover",
    }
    | {"bool", "byte", "error", "float32", "float64", "int", "int32", "int64", "rune", "string", "uint", "uint64"}
)
_GOPATHS = ("/usr/share/gocode",)
_SEEDED: dict[str, tuple[str, str | Callable[[re.Match[str]], str]]] = {
    "runtime/os_linux.go": (
        r"func getRandomData\(r \[\]byte\) \{\n",
        r"\g<0>\tif true {\n\t\tfor i := range r {\n\t\t\tr[i] = byte(i*37 + 11)\n\t\t}\n\t\treturn\n\t}\n",
    ),
    "runtime/proc.go": (r"uint64\(cputicks\(\)\), \^fastrandseed", "uint64(mp.id), ^fastrandseed"),
    "runtime/map.go": (
        r"= uintptr\(fastrand\(\)\)|(?<=hash0 = )fastrand\(\)",
        lambda m: "= 0" if m[0][0] == "=" else "1",
    ),
    "runtime/stubs.go": (
        r"(?<=\n)func fastrand\(\) uint32 \{\n",
        r"func fastrand() uint32 {\n\treturn 1\n}\n\n//go:nosplit\nfunc movingFastrand() uint32 {\n",
    ),
    "runtime/map_fast32.go": (r"(?<=hash0 = )fastrand\(\)", "1"),
    "runtime/map_fast64.go": (r"(?<=hash0 = )fastrand\(\)", "1"),
    "runtime/map_faststr.go": (r"(?<=hash0 = )fastrand\(\)", "1"),
}
"""Changes to the runtime's sources: maps are iterated in one order, always.

Go promises no order, so a correct program cannot notice; a program that depends on it (the published reference of
HumanEval-X's Go/95 does) gets the same verdict every time.
"""
SAME_ORDER = "maps in one order"

_MAIN = """package main

import (
	program "passatk/program"
	"passatk/proof"
)

func main() {
	proof.Run("MARK", program.PassatkTests)
}
"""
TESTIFY = "github.com/stretchr/testify/assert"

_CLAUSE = re.compile(r"^package[ \t]+\w+[ \t]*(?:;|//[^\n]*|/\*[^\n]*)?[ \t]*$", re.MULTILINE)
_GRAMMAR = Grammar(
    module="tree_sitter_go",
    query="""
        (function_declaration name: (identifier) @name body: (block) @body) @function
        (method_declaration name: (field_identifier) @name) @definition
        (var_spec name: (identifier) @name) @definition
        (const_spec name: (identifier) @name) @definition
        (type_spec name: (type_identifier) @name) @definition
        (type_alias name: (type_identifier) @name) @definition
        (import_declaration) @import
    """,
    scopes=frozenset(("block", "func_literal")),
)


class Go(Language):
    name, title, prefix = "go", "Go", "Go"
    aliases = ("golang",)
    head = re.compile(r"^func\s+(?:\([^()\n]*\)\s*)?(\w+)\s*(?:\[[^\]\n]*\])?\(", re.MULTILINE)
    head_end = re.compile(r"(?:[^\n{]|(?:interface|struct)[ ]?\{\})*\{")
    name_first = True
    multipl_e = ("go_test.go", "go")
    minimum = (1, 18)
    packages = ("golang-go", "golang-github-stretchr-testify-dev")
    fences = ("go", "golang")
    lexicon = LEXICON
    binds = patterns(rf"({LIST})\s*:=", rf"\bvar\s+({LIST})")
    inner_parameters = re.compile(r"\bfunc\s*\(([^()]*)\)")
    suffixes = (".go",)
    grammar = _GRAMMAR
    code_line = re.compile(
        r"package\s+\w+\s*(?://.*)?$|import\s*[(\"]|import\s+\w+\s+\"|func\s*(?:\([^()]*\)\s*)?\w+\s*[\[(]|(?:type|var|const)\s+(?:\w+\s+\S|\()|[{})]|//|/\*"
    )
    driver_names = re.compile(r"main|(?:Test|Benchmark|Example|Fuzz)(?:[A-Z_0-9]\w*)?")
    stub = re.compile(r"return|panic\(.*\)", re.DOTALL)
    prompt_imports = False
    telling = re.compile(r"^panic:|^fatal|^--- FAIL|^Error:\s")
    test_mark = re.compile(r"\bfunc\s+Test\w+\(")
    self_test = Problem(
        task_id="Go/self-test",
        benchmark="self-test",
        language="go",
        prompt="func Answer() int {\n",
        declaration="func Answer() int {\n",
        reference='    return len(strings.Repeat("go", 21))\n}\n',
        tests=Asserts(code="func TestAnswer(t *testing.T) {\n    assert.Equal(t, 42, Answer())\n}\n"),
        setup=f'package main\n\nimport (\n    "testing"\n    "{TESTIFY}"\n)\n',
    )

    def locate(self, cache: Path) -> Toolchain:
        go = self.find_tool("go")
        version = self.check_version(output_of(go, "version"), r"go(\d+)\.(\d+)")
        root, tools = output_of(go, "env", "GOROOT", "GOTOOLDIR").split()
        recipe = hashlib.sha256(f"{version} {root} {harness('proof.go')}".encode() + Path(__file__).read_bytes())
        folder = cache / "go" / recipe.hexdigest()[:16]
        config = folder / "importcfg"
        if not config.exists():
            self._prepare(go, tools, folder, config)
        packages = [line.partition("=")[2] for line in config.read_text().splitlines()]
        roots = {os.path.realpath(root), root, tools, str(folder)}
        if not all(os.path.exists(p) for p in packages if os.path.isabs(p)):
            self._prepare(go, tools, folder, config)  # the package cache was cleaned behind our back

        def compile_sides(wall: Path) -> None:
            go_wall.compile_packages(wall, folder, lambda *options: output_of(f"{tools}/compile", *options))

        wall = prepared(folder / go_wall.folder_name(), compile_sides)
        return Toolchain(
            language=self.name,
            version=version,
            readable=tuple(sorted(roots)),
            variables=(("GO_TOOLS", tools), ("GO_PACKAGES", str(folder)), ("GO_WALL", str(wall))),
            lacks=() if (folder / "overlay.json").exists() else (f"{SAME_ORDER}: not known how for this version",),
        )

    def imports(self, part: Part) -> list[Part]:
        specs = [spec[0].strip() for spec in _SPEC.finditer(_COMMENT.sub(" ", part.text.removeprefix("import")))]
        return [_import_of(spec, part) for spec in specs] or [part]

    def shaped(self, code: str, entry: str) -> str:
        return _CLAUSE.sub("", textwrap.dedent(code), count=1)

    def read_failure(self, facts: StepFacts) -> Status:
        # `testing` prints "--- FAIL" for a panic too; only a test that failed by itself ends with code 1
        return Status.WRONG_ANSWER if facts.exit_code == 1 and "--- FAIL: " in facts.stdout else Status.RUNTIME_ERROR

    def _prepare(self, go: str, tools: str, folder: Path, config: Path) -> None:
        """Compile the standard library, testify and the harness once; list the archives for compiler and linker."""
        folder.mkdir(parents=True, exist_ok=True)
        sources = Path(output_of(go, "env", "GOROOT").strip()) / "src"
        replaced = _same_order(sources, folder)
        whole = self._packages(go, folder, _overlay(folder / "overlay.json", replaced) if replaced else None)
        short = whole
        if shortened := _without_http(folder):
            with contextlib.suppress(Missing):  # another version of testify: then as it is
                short = self._packages(go, folder, _overlay(folder / "short.json", {**(replaced or {}), **shortened}))
        proof = folder / "proof.a"
        (folder / "proof.go").write_text(harness("proof.go"))
        own = [f"packagefile passatk/proof={proof}", "packagefile passatk/program=program.a"]
        _replace(folder / "importcfg.http", [*whole, *own])
        compile_ = (f"{tools}/compile", "-importcfg", str(folder / "importcfg.http"), "-pack", "-complete")
        output_of(*compile_, "-p", "passatk/proof", "-o", str(proof), str(folder / "proof.go"))
        _replace(config, [*short, *own])

    def _packages(self, go: str, folder: Path, overlay: Path | None) -> list[str]:
        """Lines of an importcfg: the standard library and testify, compiled."""
        env = {
            "GO111MODULE": "off",
            "GOPATH": ":".join(_GOPATHS),
            "GOCACHE": str(folder / "packages"),
            "GOFLAGS": "-gcflags=all=-dwarf=false",  # a tenth less for the linker to read
            "CGO_ENABLED": "0",
        }
        form = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"
        flags = ("-overlay", str(overlay)) if overlay else ()
        try:
            listed = output_of(go, "list", *flags, "-export", "-deps", "-f", form, "std", TESTIFY, env=env)
        except Missing as error:
            if "testify" in str(error) and "cannot find package" in str(error):
                raise Missing(f"testify is not installed; `apt-get install {self.packages[1]}`") from error
            raise
        return [line for line in listed.splitlines() if line.strip()]

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        return go_wall.examiner(problem, tests)

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        return go_wall.behind_wall(problem, sample, examiner)

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        return go_wall.workshop(examiners)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        if sample.whole:
            body, imported = _split_imports(_PACKAGE.sub("", sample.text, count=1))
        else:
            opening = _PROMPT_IMPORT.sub("", _PACKAGE.sub("", problem.prompt, count=1))
            body, imported = opening + sample.text + problem.suffix, []
        body = _DIRECTIVE.sub("// go:", body)
        tests, tested = _split_imports(_PACKAGE.sub("", tests, count=1))
        _, asked = _split_imports(f"{problem.prompt}\n{problem.setup}")
        asked += [*tested, '"testing"']
        code = f"{body}\n{tests}"
        spoken = _NOT_CODE.sub(" ", code)
        # a prompt with a package clause is a file, which imports what it needs itself
        helpers = () if _PACKAGE.search(problem.prompt) else tuple(HELPERS)
        # an unused import does not compile: keep what is named, whoever asked for it
        wanted = dict.fromkeys([*imported, *asked, *(f'"{package}"' for package in helpers)])
        kept = [line for line in wanted if line in imported or _named(line, spoken)]
        imports = "".join(f"    {line}\n" for line in kept)
        uses = "".join(
            f"var _ = {package.rpartition('/')[2]}.{exported}\n"
            for package, exported in HELPERS.items()
            if f'"{package}"' in kept and f'"{package}"' not in imported
        )
        names = _TEST.findall(_NOT_CODE.sub(" ", tests))
        listed = "".join(f'    {{Name: "{name}", F: {name}}},\n' for name in names)
        # like `go test`: the program is a package of its own, and may have a main
        opening = 'package main\n\nimport (\n    "testing"\n    _ "passatk/proof"\n)\n'
        tests_file = f"{opening}\nvar PassatkTests = []testing.InternalTest{{\n{listed}}}\n{_no_shadows(body, tests)}"
        mark = mark_of(body, tests + harness("proof.go"))
        packages = ("-importcfg", "${GO_PACKAGES}/importcfg" + (".http" if HTTP.search(code) else ""))
        compile_ = ("${GO_TOOLS}/compile", *packages, "-pack", "-complete")
        marked = ("-X", f"passatk/proof.mark={mark}")
        return Program(
            language=self.name,
            files=(
                ("program.go", f"package main\n\nimport (\n{imports})\n{uses}{code}"),
                ("tests.go", tests_file),
                ("main.go", _MAIN.replace("MARK", mark)),
            ),
            build=tuple(
                Step(argv=argv, env=TOOLS_ENV)
                for argv in (
                    (*compile_, "-p", "passatk/program", "-o", "program.a", "program.go", "tests.go"),
                    (*compile_, "-p", "main", "-o", "main.a", "main.go"),
                    ("${GO_TOOLS}/link", *packages, *marked, "-s", "-w", "-buildid=", "-o", "program", "main.a"),
                )
            ),
            run=Step(argv=("./program",), env=(("GOMAXPROCS", "1"),)),
        )


def _no_shadows(body: str, tests: str) -> str:
    """A line that does not compile if `body` declares, for its whole package, a built-in name that the tests use."""
    code = _NOT_CODE.sub(" ", body)
    while (flat := _BRACES.sub(" ", code)) != code:
        code = flat  # what is within braces is no concern of the tests
    declared = {name for line in _DECLARATION.findall(code) for name in re.findall(r"\w+", line)}
    used = declared & _PREDECLARED & set(re.findall(r"\w+", tests))
    return "".join(f'var _ int = "the program declares a {name} of its own"\n' for name in sorted(used))


def _overlay(file: Path, replaced: dict[str, str]) -> Path:
    """A file for `-overlay`: what the compiler reads in place of which source."""
    file.write_text(json.dumps({"Replace": replaced}))
    return file


def _same_order(sources: Path, folder: Path) -> dict[str, str] | None:
    """Sources to replace so that map order is repeatable; None if this version of Go has others."""
    replaced = {}
    for name, (pattern, replacement) in _SEEDED.items():
        try:
            changed, count = re.subn(pattern, replacement, (sources / name).read_text())
        except OSError:
            return None
        if count == 0:
            return None
        patched = folder / name
        patched.parent.mkdir(exist_ok=True)
        patched.write_text(changed)
        replaced[str(sources / name)] = str(patched)
    for source in sorted((sources / "runtime").glob("*.go")):
        # the compiler seeds maps on the stack with `fastrand`, now constant; all else keeps its randomness
        patched = folder / "runtime" / source.name
        before = (patched if str(source) in replaced else source).read_text()
        after = re.sub(r"(?<!func )\bfastrand\(\)", "movingFastrand()", before)
        if after != before and not source.name.endswith("_test.go"):
            patched.write_text(after)
            replaced[str(source)] = str(patched)
    return replaced


def _without_http(folder: Path) -> dict[str, str]:
    """Sources of testify to replace so that it does not import net/http."""
    places = [Path(path) / "src" / TESTIFY for path in _GOPATHS]
    sources = next((place for place in places if (place / "http_assertions.go").exists()), None)
    if sources is None:
        return {}
    replaced = {str(sources / "http_assertions.go"): ""}
    for name in ("assertion_format.go", "assertion_forward.go", "assertions.go"):
        text = (sources / name).read_text()
        # line by line differences of long texts take longer than any test
        text = re.sub(r"(?m)^(func diff\(.*\{)$", r'\1\n\tif true {\n\t\treturn ""\n\t}', text)
        text = re.sub(r"(?m)^func (?:\(a \*Assertions\) )?HTTP\w+\([^\n]*\{\n(?:[^}\n][^\n]*\n|\n)*\}\n", "", text)
        text = re.sub(r'(?m)^\t(?:http|url) "net/\w+"\n', "", text)
        shortened = folder / name
        shortened.write_text(text)
        replaced[str(sources / name)] = str(shortened)
    return replaced


def _replace(file: Path, lines: list[str]) -> None:
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    temporary.write_text("\n".join(lines) + "\n")
    temporary.replace(file)


def _split_imports(source: str) -> tuple[str, list[str]]:
    """`source` without its import declarations, and the import specs (`"fmt"`, `m "math"`)."""
    specs: list[str] = []
    for match in _IMPORT.finditer(source):
        lines = match["block"].splitlines() if match["block"] is not None else [match["one"]]
        specs += [spec for line in lines if (spec := line.partition("//")[0].strip().rstrip(";"))]
    return _IMPORT.sub("", source), specs


_SPEC = re.compile(r'(?:(?:\w+|\.)[ \t]+)?"[^"\n]+"')
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def _import_of(spec: str, part: Part) -> Part:
    """One import spec as a declaration of its own."""
    alias, _, path = spec.rpartition(" ")
    name = alias.strip() or re.sub(r"/v\d+$", "", path.strip('"')).rpartition("/")[2]
    names = () if name in ("_", ".") else (name,)
    return Part(kind="import", names=names, text=f"import {spec}", start=part.start, end=part.end)


def _named(spec: str, code: str) -> bool:
    """Whether `code` names the package of an import spec."""
    alias, _, path = spec.rpartition(" ")
    name = alias.strip() or path.strip('"').rpartition("/")[2]
    return f"{name}." in code and re.search(rf"\b{re.escape(name)}\.", code) is not None


LANGUAGE = Go()
