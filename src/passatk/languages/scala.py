"""Scala 2: the program, its tests in a package beside it, and a main of our own are compiled at once."""

import contextlib
import hashlib
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from passatk.languages.base import Missing, Toolchain, body_of, output_of
from passatk.languages.dialect import patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SLASH_STAR, SLASHES, Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, outside_text, simple_self_test
from passatk.records import Problem, Program, Sample, Step
from passatk.regex import regex
from passatk.textfiles import in_turn, made_whole

_IMPORT = regex(r"^[ \t]*import\s[^\n]*\n?", re.MULTILINE)
_PACKAGE = regex(r"^[ \t]*package\s+[\w.`]+[ \t]*;?[ \t]*$", re.MULTILINE)
_ROOT_PACKAGE = regex(r"\bpackage\s+`?_root_`?\s*\.")
_OBJECT = regex(r"\bobject\s+(\w+)[^{\n]*\{")
_OWNER = regex(r"\b(object|class)\s+(\w+)|[{}]")
_MAIN = regex(r"\bdef\s+main\s*\(")
_APP = regex(r"\bobject\s+(\w+)\s+extends\s+(?:\w+\s+with\s+)*App\b")
_NO_SEED = regex(r"\bnew\s+((?:scala\s*\.\s*)?(?:java\s*\.\s*)?(?:util\s*\.\s*)?Random)\b(?:\s*\(\s*\))?(?!\s*\()")
_DEFINED = regex(r"\b(?:def|val|var|object|class|trait|type)\s+(\w+)")

_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto")
_ARCHIVE = "compiler.jsa"
_COMPILER = ("scala-library", "scala-reflect", "scala-compiler")


def _compiling(java: str, library: str, archive: tuple[str, ...], *files: str) -> tuple[str, ...]:
    jars = ":".join(f"{library}/{name}.jar" for name in _COMPILER)
    own = ("-nowarn", "-encoding", "UTF-8", "-classpath", f"{library}/scala-library.jar", "-d", ".")
    return (java, *_JVM, *archive, "-Xss8m", "-Xmx512m", "-cp", jars, "scala.tools.nsc.Main", *own, *files)


_COMPILE = _compiling("${JAVA}", "${SCALA_LIBRARY}", ("-XX:SharedArchiveFile=${SCALA_PREPARED}/compiler.jsa",))
_RUN = ("${JAVA}", *_JVM, "-Xss64m", "-Xmx512m", "-cp", "${SCALA_LIBRARY}/scala-library.jar:.")


class Scala(Simple):
    name, title, prefix = "scala", "Scala", "Scala"
    suffixes = (".scala",)
    fences = ("scala",)
    lexicon = Lexicon(
        comments=(SLASHES, SLASH_STAR),
        strings=(r'"""(?:.|\n)*?(?:"""+|\Z)', DOUBLE_QUOTED, r"'(?:\\u[0-9a-fA-F]{4}|\\.|[^\\'\n])'"),
        multiline=("/*", '"""'),
    )
    lines = Lines(
        function=r"(?:(?:private|protected|final|override|implicit)\s+)*def\s+(\w+)",
        definition=(
            r"(?:(?:private|sealed|abstract|final|implicit|case)\s+)*(?:object|class|trait|type)\s+(\w+)"
            r"|(?:(?:private|lazy|implicit)\s+)*va[lr]\s+(\w+)|package\b"
        ),
        members=r"^[ \t]+(?:(?:private|protected|final|override|implicit)\s+)*def\s+(\w+)",
        imports=r"import\b",
        goes_on=r"[)\]}{]|else\b|extends\b|with\b",
    )
    binds = patterns(r"\b(?:val|var|def)\s+(\w+)", r"(\w+)\s*<-", r"\bcase\s+(\w+)\b", r"\(?(\w+)\s*=>")
    closers = 2
    code_line = regex(
        r"import\s+[\w.{}, =>_]+|package\s|(?:(?:private|implicit|override|final|lazy|case|sealed|abstract)\s+)*"
        r"(?:def|val|var|object|class|trait)\s+\w|(?:if|for|while|match|case|return)\b.*[{)>]\s*$|[{}]|//|/\*|@\w+"
    )
    driver_names = regex(r"main|[Tt]est\w*|Main|run[tT]ests?")
    driver_code = regex(r"println\(|assert\(|(?:def\s+)?main\b")
    test_imports = regex(r"import\s+(?:org\.scalatest|org\.junit|munit)")
    returns = regex(r"")  # a function gives back what it computed last
    reads_input = regex(r"\bStdIn\b|\breadLine\b|\bfromInputStream\b|\bSource\.stdin\b|\bScanner\(")
    stub = regex(r"\?\?\?|throw\s.*|null", re.DOTALL)
    head = regex(
        r"^[ \t]*(?:(?:private|protected|final|override|implicit)\s+)*def\s+([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\])?\s*\(",
        re.MULTILINE,
    )
    head_end = regex(r"\s*(?::[^={\n]+)?(?:=\s*\{|=|\{)")
    multipl_e = ("scala",)
    minimum = (2, 11)
    packages = ("scala",)
    telling = regex(r"assertion failed|^Exception|^[\w.$]+(?:Exception|Error)\b|: error:")
    out_of_memory = regex(r"OutOfMemoryError")
    test_mark = regex(r"\bassert\b|\bthrow\b|\brequire\b")
    tools = {"SCALAC": "scalac", "JAVA": "java"}
    version_flags = ("-version",)
    version_pattern = r"version (\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.scala", "tests.scala", "harness.scala"
    build = (
        Step(argv=(*_COMPILE, "program.scala", "tests.scala", "harness.scala")),
        Step(argv=("rm", "-f", "program.scala", "tests.scala", "harness.scala")),
    )
    run = Step(argv=(*_RUN, f"passatk_{MARK}.Proof"))
    build_alone = (Step(argv=(*_COMPILE, "program.scala")),)
    self_test = simple_self_test(
        "scala",
        "Scala",
        "import scala.math._\nobject Problem {\n    def answer() : Long = {\n",
        "        List(20L, 22L).sum\n    }\n}\n",
        "object Tests {\n    def main(args: Array[String]) = {\n    assert(answer() == (42L));\n    }\n}\n",
    )

    def locate(self, cache: Path) -> Toolchain:
        toolchain = super().locate(cache)
        home = Path(dict(toolchain.variables)["JAVA"]).parent.parent
        # Debian keeps the configuration of Java under /etc and links to it
        outside = [os.path.realpath(place) for place in (*home.glob("conf/*"), home / "lib/security")]
        configuration = {str(Path(*Path(place).parts[:3])) for place in outside if place.startswith("/etc/")}
        readable = (*toolchain.readable, str(home), *sorted(configuration))
        return msgspec.structs.replace(toolchain, readable=readable)

    def prepare(self, found: dict[str, str], cache: Path) -> dict[str, str]:
        java = os.path.realpath(found["JAVA"])
        library = Path(os.path.realpath(found["SCALAC"])).parent.parent / "lib"
        missing = [name for name in _COMPILER if not (library / f"{name}.jar").is_file()]
        if missing:
            raise Missing(f"{library} has no {missing[0]}.jar; `apt-get install scala`, which is Scala 2")
        times = [os.stat(library / f"{name}.jar").st_mtime_ns for name in _COMPILER]
        recipe = f"{java} {os.stat(java).st_mtime_ns} {library} {times}"
        folder = cache / "scala" / hashlib.sha256(recipe.encode()).hexdigest()[:16]
        with in_turn(folder):
            if not (folder / _ARCHIVE).exists():
                _make_archive(java, str(library), folder)
        return {
            "JAVA": java,
            "SCALA_LIBRARY": str(library),
            "SCALA_PREPARED": str(folder),
        }

    def beside(self, declaration: str, tests: str) -> str:
        return tests if _OBJECT.search(tests) else f"object Tests {{\n{tests.rstrip()}\n"

    def shaped(self, code: str, entry: str) -> str:
        """The function `entry` in an object, where it stands at the margin of a file."""
        if not entry or not re.search(rf"\bdef\s+{re.escape(entry)}\b", code):
            return code
        if _owner(blanked(self.lexicon, code), entry):
            return code
        return f"object Problem {{\n{code}\n}}\n"

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        return f"package passatk_{MARK}_program\n{self.alone_text(body)}"

    def alone_text(self, body: str) -> str:
        return outside_text(
            self.lexicon,
            body,
            lambda code: _NO_SEED.sub(r"new \1(1)", _ROOT_PACKAGE.sub("package ", _PACKAGE.sub("", code))),
        )

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        declaration = problem.declaration or problem.prompt
        entry = problem.entry_point
        kind, owner = _owner(blanked(self.lexicon, body), entry) or ("object", "Problem")
        at = f"_root_.passatk_{MARK}_program.{owner}"
        instance = at if kind == "object" else f"(new {at})"
        own = blanked(self.lexicon, declaration)
        used = set(re.findall(r"\w+", blanked(self.lexicon, tests)))
        helpers = sorted((set(_DEFINED.findall(own)) & used) - {entry, owner, "main", "Tests", "assert"})
        members = _declared(own, entry, instance)
        if entry and not members:
            helpers.append(entry)
        imports = "".join(_IMPORT.findall(declaration))
        if helpers:
            imports += f"import {at}.{{{', '.join(helpers)}}}\n"
        imports += f"import _root_.passatk_{MARK}.Checks.assert\n"
        opening = _OBJECT.search(tests)
        if opening is None:
            main = f"def main(args: Array[String]): Unit = {{\n{tests}\n}}\n"
            return f"package passatk_{MARK}_tests\n{imports}object Tests {{\n{members}{main}}}\n"
        own_imports = "".join(_IMPORT.findall(tests[: opening.start()]))
        rest = f"{tests[opening.start() : opening.end()]}\n{members}{tests[opening.end() :]}"
        return f"package passatk_{MARK}_tests\n{own_imports}{imports}{rest}\n"

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        opening = _OBJECT.search(tests)
        called = f"_root_.passatk_{MARK}_tests.{opening[1] if opening else 'Tests'}.main(new Array[String](0))"
        return super().harness_text(problem, body, tests).replace("TESTS", called)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        program = super().assemble(problem, sample, tests)
        harness = next(text for name, text in program.files if name == self.harness_file)
        package = harness.split(maxsplit=2)[1]
        argv = tuple(word.replace(f"passatk_{MARK}", package) for word in program.run.argv)
        return msgspec.structs.replace(program, run=msgspec.structs.replace(program.run, argv=argv))

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        program = super().standalone(problem, sample)
        name = _main_object(blanked(self.lexicon, body_of(problem, sample)))
        return msgspec.structs.replace(program, run=Step(argv=(*_RUN, name)))


def _owner(plain: str, entry: str) -> tuple[str, str] | None:
    """`object` or `class`, and the name of the one around the function `entry`."""
    place = re.search(rf"\bdef\s+{re.escape(entry)}\b", plain) if entry else None
    if place is None:
        return None
    open_: list[tuple[str, str] | None] = []
    head = None
    for found in _OWNER.finditer(plain, 0, place.start()):
        if found[0] == "{":
            open_.append(head)
            head = None
        elif found[0] == "}":
            del open_[-1:]
        else:
            head = found[1], found[2]
    return next((owner for owner in open_ if owner), None)


def _declared(declaration: str, entry: str, instance: str) -> str:
    """A function that calls the program's with the types that the problem declares, and looks at what it returns."""
    found = re.search(rf"\bdef\s+{re.escape(entry)}\s*\(", declaration) if entry else None
    if found is None:
        return ""
    depth, end = 1, found.end()
    starts = [end]
    while end < len(declaration) and depth:
        depth += (declaration[end] in "([") - (declaration[end] in ")]")
        if declaration[end] == "," and depth == 1:
            starts.append(end + 1)
        end += 1
    result = re.match(r"\s*:\s*([^={]+?)\s*(?:=|\{)", declaration[end:])
    if result is None:
        return ""
    names = [declaration[start:end].split(":")[0].strip() for start in starts if ":" in declaration[start:end]]
    parameters = declaration[found.end() : end - 1]
    checks = f"_root_.passatk_{MARK}.Checks.plain"
    return f"def {entry}({parameters}): {result[1]} = {checks}({instance}.{entry}({', '.join(names)}))\n"


def _main_object(plain: str) -> str:
    """The object that has `main`: the last that begins before it, or one that is an App."""
    main = _MAIN.search(plain)
    objects = [found[1] for found in re.finditer(r"\bobject\s+(\w+)", plain[: main.start()])] if main else []
    app = _APP.search(plain)
    return objects[-1] if objects else app[1] if app else "Main"


def _make_archive(java: str, library: str, folder: Path) -> None:
    """The compiler's classes as `java` maps them into memory: it takes less time. Without, it compiles all the same."""
    with contextlib.suppress(Missing, OSError), TemporaryDirectory() as own, made_whole(folder / _ARCHIVE) as made:
        (Path(own) / "program.scala").write_text(
            "import scala.math._\nimport scala.collection.mutable._\nobject Problem {\n"
            "  def main(args: Array[String]): Unit = println(List(1, 2).map(_ + 1).groupBy(_ % 2).toList.sorted)\n}\n"
        )
        archive = (f"-XX:ArchiveClassesAtExit={made}",)
        output_of(*_compiling(java, library, archive, "program.scala"), cwd=Path(own))


LANGUAGE = Scala()
