"""Go: compiled and linked with the bare tools against prebuilt packages; its tests run under `testing`."""

import os
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from passatk.languages import go_wall
from passatk.languages.base import Language, Toolchain, body_of, output_of
from passatk.languages.dialect import LIST, patterns
from passatk.languages.go_source import LEXICON, Source, local_name
from passatk.languages.go_toolchain import SAME_ORDER, TESTIFY, compiled_packages
from passatk.languages.go_types import GRAMMAR
from passatk.languages.syntax import Part
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Status, StepFacts, Workshop
from passatk.regex import regex

_CLAUSE = regex(r"^package[ \t]+\w+[ \t]*(?:;|//[^\n]*|/\*[^\n]*)?[ \t]*$", re.MULTILINE)

_FUZZ = regex(r"\bfunc\s+Fuzz(?![a-z])\w*\s*\(")
_EXAMPLE, _OUTPUT = regex(r"\bfunc\s+Example(?![a-z])\w*\s*\("), regex(r"(?i)//\s*(?:unordered\s+)?output:")


class Go(Language):
    name, title, prefix = "go", "Go", "Go"
    aliases = ("golang",)
    head = regex(r"^func\s+(?:\([^()\n]*\)\s*)?(\w+)\s*(?:\[[^\]\n]*\])?\(", re.MULTILINE)
    head_end = regex(r"(?:[^\n{]|(?:interface|struct)[ ]?\{\})*\{")
    name_first = True
    multipl_e = ("go_test.go", "go")
    minimum = (1, 18)
    packages = ("golang-go", "golang-github-stretchr-testify-dev")
    fences = ("go", "golang")
    lexicon = LEXICON
    binds = patterns(rf"({LIST})\s*:=", rf"\bvar\s+({LIST})")
    inner_parameters = regex(r"\bfunc\s*\(([^()]*)\)")
    suffixes = (".go",)
    grammar = GRAMMAR
    code_line = regex(
        r"package\s+\w+\s*(?://.*)?$|import\s*[(\"]|import\s+\w+\s+\"|func\s*(?:\([^()]*\)\s*)?\w+\s*[\[(]|(?:type|var|const)\s+(?:\w+\s+\S|\()|[{})]|//|/\*"
    )
    driver_names = regex(r"main|(?:Test|Benchmark|Example|Fuzz)(?:[A-Z_0-9]\w*)?")
    stub = regex(r"return|panic\(.*\)", re.DOTALL)
    prompt_imports = False
    compared = regex(r"expected\s*: (?P<expected>.*?) actual\s*: (?P<actual>.*)")
    telling = regex(r"^panic:|^fatal|^--- FAIL|^Error:\s")
    test_mark = regex(r"\bfunc\s+Test\w+\(")
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
        packages = compiled_packages(go, version, root, tools, cache)
        fixed = (packages.parent / "fixed").exists()
        return Toolchain(
            language=self.name,
            version=version,
            readable=tuple(sorted({os.path.realpath(root), root, tools, str(packages.parent)})),
            variables=(("GO_TOOLS", tools), ("GO_PACKAGES", str(packages))),
            lacks=() if fixed else (f"{SAME_ORDER}: not known how for this version",),
        )

    def imports(self, part: Part) -> list[Part]:
        specs = Source(text=part.text).imports
        return [_import_of(spec, part) for spec in specs] or [part]

    def shaped(self, code: str, entry: str) -> str:
        return _CLAUSE.sub("", textwrap.dedent(code), count=1)

    def fault_in_tests(self, tests: str) -> str:
        source = Source(text=tests)
        if _FUZZ.search(source.bare) or (_EXAMPLE.search(source.bare) and _OUTPUT.search(tests)):
            return "they have examples with an output, or fuzz tests, which are not run; write functions called Test..."
        return ""

    def read_failure(self, facts: StepFacts) -> Status:
        # `testing` prints "--- FAIL" for a panic too; only a test that failed by itself ends with code 1
        return Status.WRONG_ANSWER if facts.exit_code == 1 and "--- FAIL: " in facts.stdout else Status.RUNTIME_ERROR

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        return go_wall.examiner(problem, tests)

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        return go_wall.behind_wall(problem, sample, examiner)

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        return go_wall.workshop(examiners)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        return go_wall.together(problem, sample, tests)

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        body = body_of(problem, sample).removeprefix("\ufeff")
        clause = "" if _CLAUSE.search(body) else "package main\n\n"
        return go_wall.alone(f"{clause}{body}")


def _import_of(spec: str, part: Part) -> Part:
    """One import spec as a declaration of its own."""
    name = local_name(spec)
    names = () if name in ("_", ".") else (name,)
    return Part(kind="import", names=names, text=f"import {spec}", start=part.start, end=part.end)


LANGUAGE = Go()
