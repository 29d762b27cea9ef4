"""Go: compiled and linked with the bare tools against prebuilt packages; the tests run under `testing` in `main`."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from passatk.languages.base import Language, Missing, Toolchain, harness, mark_of, output_of
from passatk.records import Problem, Program, Sample, Status, Step, StepFacts

HELPERS = {
    "math": "Pi",
    "strings": "ToUpper",
    "fmt": "Sprint",
    "strconv": "Itoa",
    "time": "Now",
    "bytes": "Equal",
    "regexp": "Compile",
    "sort": "Ints",
    "math/rand": "Int",
    "crypto/md5": "New",
}
"""Imported where the code names them. Each with something it exports: an import must be used to compile, and a local
variable called like the package looks like a use and is none."""

_IMPORT = re.compile(r'^import\s*(?:\((?P<block>[^()]*)\)|(?P<one>(?:[\w.]+\s+)?"[^"]+"))[ \t]*;?[ \t]*$', re.MULTILINE)
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
_OWN_PACKAGES = ("packagefile passatk/proof=proof.a", "packagefile passatk/program=program.a")

TESTIFY = "github.com/stretchr/testify/assert"


class Go(Language):
    name, title, prefix = "go", "Go", "Go"
    aliases = ("golang",)
    minimum = (1, 18)
    packages = ("golang-go", "golang-github-stretchr-testify-dev")
    test_mark = re.compile(r"\bfunc\s+Test\w+\(")
    self_test = Problem(
        task_id="Go/self-test",
        benchmark="self-test",
        language="go",
        prompt="func Answer() int {\n",
        declaration="func Answer() int {\n",
        reference='    return len(strings.Repeat("go", 21))\n}\n',
        tests="func TestAnswer(t *testing.T) {\n    assert.Equal(t, 42, Answer())\n}\n",
        test_setup=f'package main\n\nimport (\n    "testing"\n    "{TESTIFY}"\n)\n',
    )

    def locate(self, cache: Path) -> Toolchain:
        go = self.find_tool("go")
        version = self.check_version(output_of(go, "version"), r"go(\d+)\.(\d+)")
        root, tools = output_of(go, "env", "GOROOT", "GOTOOLDIR").split()
        recipe = hashlib.sha256(f"{version} {root}".encode() + Path(__file__).read_bytes())
        folder = cache / "go" / recipe.hexdigest()[:16]
        config = folder / "importcfg"
        if not config.exists():
            self._prepare(go, folder, config)
        packages = [line.partition("=")[2] for line in config.read_text().splitlines()]
        roots = {os.path.realpath(root), root, tools, str(folder)}
        if not all(os.path.exists(p) for p in packages if os.path.isabs(p)):
            self._prepare(go, folder, config)  # the package cache was cleaned behind our back
        return Toolchain(
            language=self.name,
            version=version,
            readable=tuple(sorted(roots)),
            variables=(("GO_TOOLS", tools), ("GO_IMPORTCFG", str(config))),
            lacks=() if (folder / "overlay.json").exists() else (f"{SAME_ORDER}: not known how for this version",),
        )

    def read_failure(self, facts: StepFacts) -> Status:
        # `testing` prints "--- FAIL" for a panic too; only a test that failed by itself ends with code 1
        return Status.WRONG_ANSWER if facts.exit_code == 1 and "--- FAIL: " in facts.stdout else Status.RUNTIME_ERROR

    def _prepare(self, go: str, folder: Path, config: Path) -> None:
        """Compile the standard library and testify once; list the package archives for compiler and linker."""
        folder.mkdir(parents=True, exist_ok=True)
        env = {
            "GO111MODULE": "off",
            "GOPATH": ":".join(_GOPATHS),
            "GOCACHE": str(folder / "packages"),
            "GOFLAGS": "",
            "CGO_ENABLED": "0",
        }
        form = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"
        overlay = _overlay(Path(output_of(go, "env", "GOROOT").strip()) / "src", folder)
        flags = ("-overlay", str(overlay)) if overlay else ()
        try:
            listed = output_of(go, "list", *flags, "-export", "-deps", "-f", form, "std", TESTIFY, env=env)
        except Missing as error:
            if "testify" in str(error):
                raise Missing(f"testify is not installed; `apt-get install {self.packages[1]}`") from error
            raise
        lines = [line for line in listed.splitlines() if line.strip()]
        temporary = config.with_suffix(f".{os.getpid()}")
        temporary.write_text("\n".join([*lines, *_OWN_PACKAGES]) + "\n")
        temporary.replace(config)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        if sample.whole:
            body, imported = _split_imports(_PACKAGE.sub("", sample.text, count=1))
        else:
            body, imported = problem.prompt.replace(problem.imports, "", 1) + sample.text, []
        body = _DIRECTIVE.sub("// go:", body)
        _, asked = _split_imports(f"{problem.imports}\n{problem.test_setup}")
        code = f"{body}\n{tests}"
        spoken = _NOT_CODE.sub(" ", code)
        # an unused import does not compile: keep what is named, whoever asked for it
        wanted = dict.fromkeys([*imported, *asked, *(f'"{package}"' for package in HELPERS)])
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
        mark = mark_of(body, tests)
        compile_ = ("${GO_TOOLS}/compile", "-importcfg", "${GO_IMPORTCFG}", "-pack", "-complete")
        return Program(
            language=self.name,
            files=(
                ("program.go", f"package main\n\nimport (\n{imports})\n{uses}{code}"),
                ("tests.go", tests_file),
                ("proof.go", harness("proof.go").replace("MARK", mark)),
                ("main.go", _MAIN.replace("MARK", mark)),
            ),
            build=(
                Step(argv=(*compile_, "-p", "passatk/proof", "-o", "proof.a", "proof.go")),
                Step(argv=(*compile_, "-p", "passatk/program", "-o", "program.a", "program.go", "tests.go")),
                Step(argv=(*compile_, "-p", "main", "-o", "main.a", "main.go")),
                Step(argv=("${GO_TOOLS}/link", "-importcfg", "${GO_IMPORTCFG}", "-s", "-w", "-o", "program", "main.a")),
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


def _overlay(sources: Path, folder: Path) -> Path | None:
    """A file for `-overlay` that makes map order repeatable; None if this version of Go has other sources."""
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
    overlay = folder / "overlay.json"
    overlay.write_text(json.dumps({"Replace": replaced}))
    return overlay


def _split_imports(source: str) -> tuple[str, list[str]]:
    """`source` without its import declarations, and the import specs (`"fmt"`, `m "math"`)."""
    specs: list[str] = []
    for match in _IMPORT.finditer(source):
        lines = match["block"].splitlines() if match["block"] is not None else [match["one"]]
        specs += [spec for line in lines if (spec := line.partition("//")[0].strip().rstrip(";"))]
    return _IMPORT.sub("", source), specs


def _named(spec: str, code: str) -> bool:
    """Whether `code` names the package of an import spec."""
    alias, _, path = spec.rpartition(" ")
    name = alias.strip() or path.strip('"').rpartition("/")[2]
    return re.search(rf"\b{re.escape(name)}\.", code) is not None


LANGUAGE = Go()
