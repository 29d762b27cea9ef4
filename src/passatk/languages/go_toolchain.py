"""Go's toolchain: the library and the harness, compiled once, with what is left to chance fixed."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from passatk.languages.base import Missing, harness, output_of, prepared
from passatk.regex import regex

TESTIFY = "github.com/stretchr/testify/assert"
MOST_EXAMINERS = 1000
"""That are linked together."""
SAME_ORDER = "maps in one order"
_GOPATH = "/usr/share/gocode"
_PACKAGES = ("wall", "proof", "open", "examine")
"""Packages of the harness in the order in which they are compiled."""
_FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "runtime/os_linux.go": (
        (
            r"func getRandomData\(r \[\]byte\) \{\n",
            r"\g<0>\tfor i := range r {\n\t\tr[i] = byte(i*37 + 10 + int(fastrand()))\n\t}\n}\n\n"
            r"func movingRandomData(r []byte) {\n",
        ),
    ),
    "runtime/proc.go": ((r"uint64\(cputicks\(\)\), \^fastrandseed", "uint64(mp.id), ^fastrandseed"),),
    "runtime/map.go": ((r"uintptr\(fastrand\(\)\)", "uintptr(fastrand() - 1)"),),
    "runtime/stubs.go": (
        (
            r"//go:nosplit\nfunc fastrand\(\) uint32 \{\n",
            'var variation = "1"\n\n'
            r"func fastrand() uint32 {\n\tnumber, _ := atoi32(variation)\n\treturn uint32(number)\n}\n\n"
            r"//go:nosplit\nfunc movingFastrand() uint32 {\n",
        ),
    ),
    "math/rand/rand.go": (
        (r"\nimport ", '\nimport _ "unsafe"\n\nimport '),
        (r"(NewSource|\br\.Seed)\(1\)", r"\1(int64(variation()))"),
        (r"\Z", "\n//go:linkname variation runtime.fastrand\nfunc variation() uint32\n"),
    ),
}
"""Changes to sources of the standard library: maps are iterated in one order, always, and numbers drawn without a seed
are the same; another one for each `variation`, which the linker may set.

Go promises no order, so a correct program cannot notice; a program that depends on it (the published reference of
HumanEval-X's Go/95 does) gets the same verdict every time.
"""
_MOVING = regex(r"(?<!func )(?<!hash0 = )(?<!= uintptr\()\bfastrand\(\)")
"""Calls in the runtime that are not about maps, and stay as random as they were."""


@cache
def harness_hash() -> str:
    """A hash of what both sides rely on."""
    return hashlib.sha256("".join(harness(f"go/{name}.go") for name in _PACKAGES).encode()).hexdigest()[:16]


def compiled_packages(go: str, version: str, root: str, tools: str, cache_folder: Path) -> Path:
    """The folder of the compiled harness, within that of the standard library and testify.

    Its `importcfg` has all of them, and places for examiners.

    Raises:
        Missing: testify is not here, or something does not compile.
    """
    recipe = hashlib.sha256(f"{version} {root}".encode() + Path(__file__).read_bytes()).hexdigest()[:16]
    library = cache_folder / "go" / recipe
    # compiled in one folder, to be found in another
    prepared(library, lambda made: _list(_library(go, Path(root) / "src", made), made, library))
    known = (library / "importcfg").read_text().splitlines()
    wall = library / f"wall-{harness_hash()}"
    return prepared(wall, lambda made: _list(_harness(tools, known, made), made, wall))


def _list(lines: list[str], made: Path, place: Path) -> None:
    _written(made / "importcfg", "\n".join(lines).replace(str(made), str(place)) + "\n")


def _harness(tools: str, lines: list[str], folder: Path) -> list[str]:
    """`lines` of an importcfg with more for the harness, compiled in `folder`, and for examiners."""
    for package in _PACKAGES:
        source = _written(folder / f"{package}.go", harness(f"go/{package}.go"))
        known = _written(folder / "known", "\n".join(lines))
        options = ("-importcfg", known, "-pack", "-complete", "-dwarf=false", "-trimpath", f"{folder}=>passatk")
        output_of(f"{tools}/compile", *options, "-p", f"passatk/{package}", "-o", f"{folder}/{package}.a", source)
        lines = [*lines, f"packagefile passatk/{package}={folder}/{package}.a"]
    return [*lines, *(f"packagefile passatk/examiner{i}=examiner{i}.a" for i in range(MOST_EXAMINERS))]


def _library(go: str, sources: Path, folder: Path) -> list[str]:
    """Lines of an importcfg for the standard library and testify, compiled in `folder`.

    `fixed` is written there where map orders could be fixed.
    """
    fixed, shortened = _fixed(sources, folder), _without_http(folder)
    if fixed:
        (folder / "fixed").touch()
    try:
        return _compiled(go, fixed | shortened, folder)
    except Missing as error:
        if "testify" in str(error) and "cannot find package" in str(error):
            raise Missing("testify is not installed; `apt-get install golang-github-stretchr-testify-dev`") from error
        if not shortened:
            raise
    return _compiled(go, fixed, folder)  # another version of testify, as it is


def _compiled(go: str, replaced: dict[str, str], folder: Path) -> list[str]:
    overlay = _written(folder / "overlay.json", json.dumps({"Replace": replaced}))
    env = {
        "GO111MODULE": "off",
        "GOPATH": _GOPATH,
        "GOCACHE": str(folder / "packages"),
        "GOFLAGS": "-gcflags=all=-dwarf=false",  # a tenth less for the linker to read
        "CGO_ENABLED": "0",
    }
    form = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"
    listed = output_of(go, "list", "-overlay", overlay, "-export", "-deps", "-f", form, "std", TESTIFY, env=env)
    return [line for line in listed.splitlines() if line.strip()]


def _fixed(sources: Path, folder: Path) -> dict[str, str]:
    """Source -> what to read in its place; empty if this version of Go has other sources."""
    changed: dict[str, str] = {}
    for name, patterns in _FIXED.items():
        try:
            text = (sources / name).read_text()
        except OSError:
            return {}
        for pattern, replacement in patterns:
            text, count = re.subn(pattern, replacement, text, count=1)
            if count == 0:
                return {}
        changed[name] = text
    for source in sorted((sources / "runtime").glob("*.go")):
        name = f"runtime/{source.name}"
        before = source.read_text()
        after = _MOVING.sub("movingFastrand()", changed.get(name, before))
        if after != before and not name.endswith("_test.go"):
            changed[name] = after
    return {str(sources / name): _written(folder / name, text) for name, text in changed.items()}


def _without_http(folder: Path) -> dict[str, str]:
    """As `_fixed`, for testify without its assertions about web pages, which take twice as long to link."""
    sources = Path(_GOPATH) / "src" / TESTIFY
    if not (sources / "http_assertions.go").exists():
        return {}
    replaced = {str(sources / "http_assertions.go"): ""}
    for name in ("assertion_format.go", "assertion_forward.go", "assertions.go"):
        text = (sources / name).read_text()
        # line by line differences of long texts take longer than any test
        text = re.sub(r"(?m)^(func diff\(.*\{)$", r'\1\n\tif true {\n\t\treturn ""\n\t}', text)
        text = re.sub(r"(?m)^func (?:\(a \*Assertions\) )?HTTP\w+\([^\n]*\{\n(?:[^}\n][^\n]*\n|\n)*\}\n", "", text)
        text = re.sub(r'(?m)^\t(?:http|url) "net/\w+"\n', "", text)
        replaced[str(sources / name)] = _written(folder / name, text)
    return replaced


def _written(file: Path, text: str) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return str(file)
