"""Rust: plain rustc; `#[test]` functions are called one by one from `main`, which then gives the token."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from passatk.languages.base import (
    NO_TESTS,
    Language,
    Missing,
    Toolchain,
    body_of,
    harness,
    mark_of,
    output_of,
    prepared,
)
from passatk.languages.dialect import patterns
from passatk.languages.lexing import blanked
from passatk.languages.native import LACKING, built, native_hash
from passatk.languages.rust_linking import is_direct, link_arguments
from passatk.languages.rust_programs import with_own_types, without_module, without_shebang
from passatk.languages.rust_source import GRAMMAR, LEXICON, imports, replaced, with_methods
from passatk.languages.rust_wall import (
    ENTRY,
    UNLISTED,
    both_sides,
    lists_every_test,
    made_callable,
    without_closing,
    workshop_source,
)
from passatk.languages.syntax import Outline, Part
from passatk.records import Asserts, Examiner, ParentTool, Problem, Program, Sample, Step, Workshop
from passatk.regex import regex

CRATES = {
    "rand": '"0.8"',
    "md5": '"0.7"',
    "regex": '{ version = "1", default-features = false, features = ["std", "unicode"] }',
}
_REGISTRY = Path("/usr/share/cargo/registry")
"""Where Debian's librust-*-dev packages put crates."""

_NAMED = {
    "rand": regex(r"\b(rand|Rng)\b"),
    "md5": regex(r"\bmd5\b"),
    "regex": regex(r"\b(regex|Regex)\b"),
}
_USE = {
    crate: regex(rf"^use\s+{path};[ \t]*\n?", re.MULTILINE)
    for crate, path in {"rand": "rand::Rng", "md5": "md5", "regex": "regex::Regex"}.items()
}
"""What benchmarks import for every task, whether or not it is used: it brings no name but those of `_NAMED`."""
_OLD_RAND = regex(r"\bgen_range\(\s*[^(),]+(?:\([^()]*\)[^(),]*)?,")
OLD_RAND = "crate rand 0.4 (two-argument gen_range; Debian has 0.8)"

_FLAGS = (
    *("--crate-type=bin", "-A", "warnings", "--color=never"),
    *("-C", "debuginfo=0", "-C", "codegen-units=1", "-C", "strip=symbols"),
)
_SHARED = ("-C", "prefer-dynamic", "-C", "link-arg=${RUST_RPATH}${RUST_STD}")
"""std as it is: quicker to link than its parts. Only behind the wall, as a program can put functions in std's place."""
_SEPARATOR = "\n// behind this line is the examiner, before it what answers its calls\n"
_MOST_ARGUMENTS = 255
_WALL = ("values", "wall", "examiner")
"""Sources of the harness: the first is a module of the second, which the third is built with."""
_WALL_FLAGS = (  # not optimised: what is made of its generics is shared with programs then
    *("--edition=2021", "--crate-type=rlib", "-Awarnings", "-Ccodegen-units=1", "-Copt-level=0"),
)

_MAIN = regex(r"\bfn\s+main\s*\(\s*\)")
_OWN_MAIN = regex(r"\bmain\b")
_OWN_LINTS = regex(r"#!\s*\[(?:[^\]#]*\W)?(?:deny|forbid)\s*\([^\]#]*\]")
"""What a program forbids itself: it would also hold for what is added to it here."""


class Rust(Language):
    name, title, prefix = "rust", "Rust", "Rust"
    aliases = ("rs",)
    head = regex(
        r"^[ \t]*(?:#\[[^\]\n]*\][ \t]*)*(?:pub(?:\([^)\n]*\))?\s+)?"
        r"(?:(?:const|async|unsafe|extern(?:\s*\"[^\"\n]*\")?)\s+)*fn\s+(\w+)\s*(?:<[^(\n]*>)?\s*\(",
        re.MULTILINE,
    )
    head_end = regex(r"\s*(?:->[^;{}]*)?(?:where\b[^;{}]*)?\{")
    typed_by_colon = True
    multipl_e = ("rs",)
    option = regex(r"--edition=20(?:15|18|21)")
    minimum = (1, 63)
    packages = ("rustc", "cargo", "librust-rand-dev", "librust-regex-dev", "librust-md5-dev")
    assertion = regex(r"panicked at .*assertion|^assertion .*failed", re.MULTILINE)
    fences = ("rust", "rs")
    lexicon = LEXICON
    binds = patterns(r"\blet\s+([^=:;]+)", r"\bfor\s+([^{};]*?)\s+in\b", r"\|([^|\n]*)\|", r"\bfn\s+(\w+)")
    inner_parameters = regex(r"\bfn\s+\w+\s*\(([^()]*)\)")
    upper_is_no_variable = True
    members = (".", "::")
    suffixes = (".rs",)
    grammar = GRAMMAR
    code_line = regex(
        r"#!?\[|(?:pub(?:\([^()]*\))?\s+)?(?:use\s+[\w:]+.*[;{]\s*$|(?:async\s+|unsafe\s+|const\s+)*fn\s+\w+|(?:struct|enum|trait|mod|union)\s+\w+[^.]*$"
        r"|impl\b.*\{|(?:const|static)\s+(?:mut\s+)?\w+\s*:|type\s+\w+.*=|extern\s+crate)|[{})]|//|/\*|macro_rules!"
    )
    driver_names = regex(r"main|tests?")
    test_imports = regex(r"use\s+super\b")
    driver_code = regex(r"(?:#\[[^\]\n]*\]\s*)*#\[(?:cfg\(test\)|test|bench)\]")
    stub = regex(r"(?:todo|unimplemented|unreachable|panic)!\(.*\);?|return;?|\.\.\.?;?", re.DOTALL)
    returns = regex(r"")
    first_code = regex(r"#!\[|//!|/\*!")
    compared = regex(r"left: (?P<left>.*?) right: (?P<right>.*?)(?: note: run with|$)")
    telling = regex(r"panicked at|^fatal|^assertion")
    test_mark = regex(rf"#\[test\]|{_MAIN.pattern}")
    self_test = Problem(
        task_id="Rust/self-test",
        benchmark="self-test",
        language="rust",
        prompt="fn answer() -> i32 {\n",
        declaration="fn answer() -> i32 {\n",
        reference="    vec![20, 22].iter().sum()\n}\n",
        tests=Asserts(
            code=(
                "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n"
                "    fn test() {\n        assert_eq!(answer(), 42);\n    }\n}\n"
            )
        ),
    )

    def outline(self, code: str) -> Outline:
        outlined = super().outline(code)
        return msgspec.structs.replace(outlined, parts=with_methods(outlined.parts))

    def imports(self, part: Part) -> list[Part]:
        return imports(part)

    def shaped(self, code: str, entry: str) -> str:
        return without_module(without_shebang(code), entry, self)

    def without_comments(self, source: str) -> str:
        return blanked(LEXICON, source, strings=False)

    def locate(self, cache: Path) -> Toolchain:
        found = self.find_tool("rustc")
        version = self.check_version(output_of(found, "--version"), r"(\d+)\.(\d+)")
        root = output_of(found, "--print", "sysroot").strip()  # rustup's rustc is a launcher: use the real one
        rustc = os.path.join(root, "bin", "rustc")
        recipe = hashlib.sha256(f"{version} {root} {CRATES}".encode())
        folder = cache / "rust" / recipe.hexdigest()[:16]
        lacks = []
        for crate in CRATES:
            try:
                prepared(folder / crate, partial(_build_crate, crate, rustc))
            except (Missing, OSError) as error:
                lacks.append(f"crate {crate}: {error}; `apt-get install librust-{crate}-dev cargo`")
        parent = built("preload", cache / "rust")
        lacks += [] if parent else [LACKING]
        lacks.append(f"{OLD_RAND}: not packaged by Debian")
        prepared(folder / _wall(), lambda made: _build_wall(rustc, made))
        linking = link_arguments(folder)
        return Toolchain(
            language=self.name,
            version=version,
            readable=(root, str(folder), *([str(parent)] if parent else [])),
            parents=(_parent_tool(),) if parent else (),
            variables=(
                ("RUSTC", rustc if os.path.exists(rustc) else found),
                ("RUST_STD", output_of(found, "--print", "target-libdir").strip()),
                ("RUST_CRATES", str(folder)),
                ("RUST_LINK", str(linking)),
                ("RUST_PARENT", str(parent or "")),
                ("RUST_RPATH", "-rpath=" if is_direct(linking) else "-Wl,-rpath,"),
            ),
            provides=tuple(f"crate {c}" for c in CRATES if (folder / c / f"lib{c}.rlib").exists()),
            lacks=tuple(lacks),
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = body_of(problem, sample).removeprefix("\ufeff")
        mark = mark_of(body, tests)
        closing, tests = without_closing(tests)
        shown, calls = made_callable(tests, f"crate::passatk_{mark}")
        module = f"{closing}mod passatk_tests {{ use super::*;\n{shown}\n{calls}}}\n"
        crates, source = _crates(f"{body}\n{module}")
        proof = harness("proof.rs").replace("MARK", mark)
        entry = f"crate::passatk_tests::passatk_run(); crate::passatk_{mark}::give()"
        made = _program(problem, source + proof, entry, _FLAGS, _externs(crates))
        requires = self._requires(crates, (problem.reference or "") + tests) + (() if calls else (NO_TESTS,))
        requires += () if lists_every_test(tests) else (UNLISTED,)
        return msgspec.structs.replace(made, requires=requires)

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        crates, source = _crates(without_shebang(body_of(problem, sample).removeprefix("\ufeff")))
        return Program(
            language=self.name,
            files=(("main.rs", source),),
            build=(_compile(problem.options, _FLAGS, _externs(crates), "program"),),
            run=Step(argv=("./program",), env=_QUIET),
            requires=self._requires(crates, problem.reference or ""),
        )

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        serve, module = both_sides(problem, tests)
        crates, module = _crates(module)
        code = self.without_comments(module)
        names = {name for found in _RAND_NAMES.findall(code) for name in re.findall(r"\w+", "".join(found))}
        if "rand" in crates and names <= _OWN_RAND and (_OLD_RAND.search(code) or "gen_" not in code):
            crates.remove("rand")
            module = replaced(_RAND_PATH, "::passatk_examiner::rand::", module)
        return Examiner(
            language=self.name,
            source=f"{serve}{_SEPARATOR}// {_wall()}\n{module}",
            options=problem.options,
            run=Step(argv=("${EXAMINER}/examiners", "${EXAMINER_NAME}"), env=_QUIET),
            requires=self._requires(crates, code),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        serve = examiner.source.partition(_SEPARATOR)[0]
        crates, body = _crates(body_of(problem, sample).removeprefix("\ufeff"))
        if sample.whole:
            serve = with_own_types(serve, body, self)
        source = f"{body}\n{serve}"
        externs = (*_externs(crates), *_harness_externs("wall"))
        made = _program(problem, source, ENTRY, (*_FLAGS, *_SHARED), externs)
        requires = self._requires(crates, problem.reference or "")
        return msgspec.structs.replace(made, requires=requires, examiner=examiner)

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        modules = [(it.name, it.source.partition(_SEPARATOR)[2]) for it in examiners]
        crates = [crate for crate in CRATES if any(f"crate {crate}" in it.requires for it in examiners)]
        options = examiners[0].options if examiners else ()
        source = workshop_source(modules)
        externs = (*_externs(crates), *_harness_externs("wall", "examiner"))
        return Workshop(
            files=(("main.rs", source),),
            build=(_compile(options, _FLAGS, externs, "examiners"),),
            keeps=("examiners",),
        )

    def _requires(self, crates: Sequence[str], tests: str) -> tuple[str, ...]:
        """`tests`: what tells which version of rand is meant."""
        old = "rand" in crates and _OLD_RAND.search(self.without_comments(tests))
        return (*(f"crate {crate}" for crate in crates), *((OLD_RAND,) if old else ()))


_QUIET = (("RUST_BACKTRACE", "0"),)
_RAND_NAMES = regex(r"\brand\s*::\s*(?:(\w+)|\{([^}]*)\})")
_RAND_PATH = regex(r"(?<![\w:])(?:::\s*)?rand\s*::")
_OWN_RAND = frozenset({"random", "thread_rng", "Rng"})
"""What tests may use of crate rand and have from the harness, with a fixed seed."""


def _program(problem: Problem, source: str, entry: str, flags: Sequence[str], externs: Sequence[str]) -> Program:
    """A crate that begins with `entry`, even if it has a `main` of its own, which is not called then."""
    source = replaced(_OWN_LINTS, "#![allow()]", without_shebang(source))
    if _OWN_MAIN.search(blanked(LEXICON, source)):
        main = f'#[no_mangle] pub extern "C" fn main() -> i32 {{ {entry}; 0 }}'
        source = f"#![no_main] {source}\nmod passatk_main {{ {main} }}\n"
    else:
        source = f"{source}\nfn main() {{ {entry} }}\n"
    return Program(
        language="rust",
        files=(("main.rs", source),),
        build=(_compile(problem.options, flags, externs, "program"),),
        run=Step(argv=("./program",), env=_QUIET),
    )


def _crates(source: str) -> tuple[list[str], str]:
    """The crates that `source` uses, and `source` without imports of those that it only imports."""
    crates = []
    for crate in CRATES:
        without = replaced(_USE[crate], "", source)
        if _NAMED[crate].search(without) and _NAMED[crate].search(blanked(LEXICON, without, strings=False)):
            crates.append(crate)
        else:
            source = without  # the import is the only mention: leaving it out changes nothing
    return crates, source


def _externs(crates: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for crate in crates for part in _extern(crate, f"${{RUST_CRATES}}/{crate}"))


def _harness_externs(*crates: str) -> tuple[str, ...]:
    return tuple(part for crate in crates for part in _extern(f"passatk_{crate}", f"${{RUST_CRATES}}/{_wall()}"))


def _extern(crate: str, folder: str) -> tuple[str, ...]:
    return "--extern", f"{crate}={folder}/lib{crate}.rlib", "-L", f"dependency={folder}"


def _compile(options: Sequence[str], flags: Sequence[str], externs: Sequence[str], made: str) -> Step:
    edition = () if any(option.startswith("--edition") for option in options) else ("--edition", "2021")
    return Step(
        argv=(
            *("${RUSTC}", *edition, *flags, *options, "@${RUST_LINK}", "-C", "metadata=passatk", *externs),
            *("-o", made, "main.rs"),
        ),
        parent=_parent_tool().name,
    )


def _parent_tool() -> ParentTool:
    """A rustc that has loaded its libraries, which takes it a seventh of its time."""
    return ParentTool(
        name=f"rustc-{native_hash('preload')}",
        argv=("${RUSTC}", *[""] * _MOST_ARGUMENTS),
        env=(("LD_PRELOAD", "${RUST_PARENT}"), ("LD_BIND_NOW", "1")),
    )


@cache
def _wall() -> str:
    """The folder of the harness's crates: a hash of what they are made of."""
    parts = [harness(f"{name}.rs") for name in _WALL] + [*_WALL_FLAGS]
    return f"wall-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"


def _build_wall(rustc: str, folder: Path) -> None:
    """Build the harness's crates into `folder`."""
    for name in _WALL:
        (folder / f"{name}.rs").write_text(harness(f"{name}.rs"))
    for name in _WALL[1:]:
        crate, source = f"passatk_{name}", str(folder / f"{name}.rs")
        made = str(folder / f"lib{crate}.rlib")
        output_of(rustc, *_WALL_FLAGS, "-L", str(folder), "--crate-name", crate, "-o", made, source)


def _build_crate(crate: str, rustc: str, folder: Path) -> None:
    """Build `crate` and what it needs from Debian's sources into `folder`.

    Raises:
        Missing: the sources or cargo are not there, or the build fails.
    """
    if not _REGISTRY.exists() or not any(_REGISTRY.glob(f"{crate}-*")):
        raise Missing("its source is not installed")
    cargo = os.path.join(os.path.dirname(rustc), "cargo")
    cargo = cargo if os.path.exists(cargo) else shutil.which("cargo") or ""
    if not cargo:
        raise Missing("cargo is not installed")
    with TemporaryDirectory(dir=folder) as own:
        work = Path(own)
        (work / "src").mkdir()
        (work / ".cargo").mkdir()
        (work / "src" / "lib.rs").write_text("")
        (work / "Cargo.toml").write_text(
            '[package]\nname = "crates"\nversion = "0.0.0"\nedition = "2021"\n'
            f"[dependencies]\n{crate} = {CRATES[crate]}\n"
        )
        source = f'[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "{_REGISTRY}"\n'
        (work / ".cargo" / "config.toml").write_text(source)
        env = {"RUSTC": rustc, "CARGO_HOME": f"{own}/home", "CARGO_TARGET_DIR": f"{own}/target", "RUSTFLAGS": ""}
        printed = output_of(cargo, "build", "--offline", "--release", "--message-format=json", env=env, cwd=work)
        built = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
        files = [f for message in built for f in message.get("filenames", []) if f.endswith((".rlib", ".so"))]
        for file in files:
            shutil.copy(file, folder)
        shutil.copy(next(f for f in files if f"lib{crate}-" in os.path.basename(f)), folder / f"lib{crate}.rlib")


LANGUAGE = Rust()
