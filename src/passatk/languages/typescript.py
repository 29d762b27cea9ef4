"""TypeScript: the program is compiled, types checked, and then stands before JavaScript's tests as JavaScript does."""

import hashlib
import os
from pathlib import Path

import msgspec

from passatk.languages import javascript
from passatk.languages.base import CannotCross, Missing, Toolchain, harness, output_of, prepared
from passatk.languages.dialect import patterns
from passatk.languages.javascript_running import alone
from passatk.languages.syntax import Grammar
from passatk.languages.typescript_types import without_types
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Step
from passatk.regex import regex

_VERSION = "5.9.3"
_FLAGS = ("--single-threaded", "--v8-pool-size=0", "--max-old-space-size=1024")
"""Of node, in the snapshot and where it is used: they must be the same."""
_TORN = "tests that are JavaScript with types (without enums, namespaces and decorators)"

_GRAMMAR = Grammar(
    module="tree_sitter_typescript",
    variant="typescript",
    query=f"""
        {javascript.GRAMMAR.query.replace("(class_declaration name: (identifier)", "(class_declaration name: (_)")}
        (abstract_class_declaration name: (_) @name) @definition
        (interface_declaration name: (_) @name) @definition
        (type_alias_declaration name: (_) @name) @definition
        (enum_declaration name: (_) @name) @definition
        (internal_module name: (identifier) @name) @definition
        (function_signature name: (identifier) @name) @function
    """,
    scopes=javascript.GRAMMAR.scopes,
)


class TypeScript(javascript.JavaScript):
    name, title, prefix = "typescript", "TypeScript", "TypeScript"
    aliases = ("ts",)
    optional = True
    head = regex(
        r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:(?:const|let|var)\s+([\w$]+)\s*"
        r"(?::(?:[^=\n]|=>)*)?=\s*(?:async\s*)?(?:function\b(?:\s*\w+)?\s*)?|function\b(?:\s*\*)?\s*([\w$]+)\s*)"
        r"(?:<[^()\n]*>)?\(",
        javascript.JavaScript.head.flags,
    )
    head_end = regex(r"\s*(?::(?:[^{}\n]|\{[^{}\n]*\}(?=[^\n]*\{))*)?(?:=>\s*)?\{")
    typed_by_colon = True
    multipl_e = ("ts",)
    minimum = (18, 20)
    packages = ("nodejs", "npm")
    modules = (f"typescript@{_VERSION}",)
    fences = ("typescript", "ts", "tsx", "mts", "cts", "javascript", "js", "node", "nodejs", "es6", "ecmascript")
    supersets = ("javascript", "js", "node", "nodejs", "es6", "ecmascript")
    suffixes = (".ts", ".mts", ".cts")
    grammar = _GRAMMAR
    binds = (
        *javascript.JavaScript.binds,
        *patterns(r"\b(?:const|let|var)\s+([\w$]+)\s*:", r"[(,]\s*([A-Za-z_$][\w$]*)\??\s*:[^()]*\)\s*(?::[^=;]*)?=>"),
    )
    code_line = regex(
        r"(?:export\s+)?(?:interface|enum|namespace|abstract\s+class|declare)\s+\w|(?:export\s+)?type\s+\w+.*=|"
        + javascript.JavaScript.code_line.pattern
    )
    telling = regex(r"error TS\d+|" + javascript.JavaScript.telling.pattern)
    self_test = Problem(
        task_id="TypeScript/self-test",
        benchmark="self-test",
        language="typescript",
        prompt="function answer(): number {\n",
        declaration="function answer(): number {\n",
        reference="  const halves: number[] = [20, 22]\n  return halves.reduce((a, b) => a + b)\n}\n",
        tests=Asserts(
            code="declare var require: any;\nconst assert = require('node:assert')\nassert(answer() === 42)\n"
        ),
    )

    def locate(self, cache: Path) -> Toolchain:
        found = super().locate(cache)
        node = dict(found.variables)["NODE"]
        library = cache / "typescript" / "node_modules" / "typescript" / "lib"
        if not (library / "typescript.js").is_file():
            raise Missing(
                f"TypeScript is not installed; `npm install --prefix {cache / 'typescript'} {self.modules[0]}`, or"
                " `make setup LANGUAGES=typescript`"
            )
        asked = f"require('{library}/typescript.js').version"
        version = self.check_typescript(output_of(node, "-p", asked).strip())
        made_of = (found.version, str(os.stat(node).st_size), version, str(library), *_FLAGS, _compile())
        key = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]
        snapshot = prepared(cache / "typescript" / f"compiler-{key}", lambda folder: _make(node, library, folder))
        return msgspec.structs.replace(
            found,
            version=f"typescript {version}, {found.version}",
            readable=(*found.readable, str(snapshot), str(library)),
            variables=(*found.variables, ("TSC", str(snapshot / "compiler.blob"))),
        )

    def check_typescript(self, version: str) -> str:
        """`version`, if it checks types as the others do.

        Raises:
            Missing: it is another one.
        """
        if version.split(".")[:2] != _VERSION.split(".")[:2]:
            raise Missing(f"TypeScript {version} checks types otherwise; install {self.modules[0]}")
        return version

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        plain = msgspec.structs.replace(
            problem,
            prompt=self._without_types(problem.prompt),
            declaration=self._without_types(problem.declaration),
            reference=self._of_reference(problem),
        )
        made = super().examiner(plain, without_types(_GRAMMAR, javascript.GRAMMAR, tests))
        return msgspec.structs.replace(made, language=self.name)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        try:
            return super().assemble(problem, sample, without_types(_GRAMMAR, javascript.GRAMMAR, tests))
        except CannotCross:
            program = super().assemble(problem, sample, tests)
            return msgspec.structs.replace(program, requires=(*program.requires, _TORN))

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        program = super().standalone(problem, sample)
        files, build = self.written(dict(program.files)["program.js"], "")
        return msgspec.structs.replace(program, files=files, build=build, run=alone("program.js"))

    def written(self, body: str, behind: str) -> tuple[tuple[tuple[str, str], ...], tuple[Step, ...]]:
        compile_ = ("${NODE}", *_FLAGS, "--snapshot-blob", "${TSC}", "program.ts", "behind.js", "program.js")
        return (("program.ts", body), ("behind.js", behind)), (Step(argv=compile_),)

    def shaped(self, code: str, entry: str) -> str:
        return code  # it may import and export: the compiler makes CommonJS of it

    def _without_types(self, code: str) -> str:
        closed = f"{code}\n{'}' * max(0, self.open_blocks(code))}" if code.strip() else code
        return without_types(_GRAMMAR, javascript.GRAMMAR, closed)

    def _of_reference(self, problem: Problem) -> str | None:
        """The reference, which is only looked at for the methods that its objects have."""
        if problem.reference is None:
            return None
        return self._without_types(f"{problem.prompt}{problem.reference}")


def _compile() -> str:
    return harness("typescript/compile.js")


def _make(node: str, library: Path, folder: Path) -> None:
    """The compiler as a snapshot, its library read, in `folder`."""
    script = folder / "compiler.js"
    script.write_text(f"{(library / 'typescript.js').read_text()};\n{_compile()}")
    blob = folder / "compiler.blob"
    output_of(node, *_FLAGS, "--snapshot-blob", str(blob), "--build-snapshot", str(script), str(library), cwd=folder)
    script.unlink()


LANGUAGE = TypeScript()
