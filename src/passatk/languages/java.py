"""Java: a launcher class calls `Main.main` and gives the token when it returns."""

import contextlib
import hashlib
import os
import re
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from passatk.languages import java_shape, java_source, java_tests, java_wall
from passatk.languages.base import (
    TYPED_HEAD,
    Language,
    Missing,
    Toolchain,
    body_of,
    harness,
    mark_of,
    output_of,
    prepared,
)
from passatk.languages.dialect import TYPED_BINDS, patterns
from passatk.languages.heads import heads
from passatk.languages.lexing import blanked
from passatk.languages.syntax import Part
from passatk.records import Asserts, Examiner, Problem, Program, ResidentTool, Sample, Step, Workshop
from passatk.regex import regex
from passatk.textfiles import in_turn, made_whole

# starting up may compile the iterators with the order of this run as a constant, before Proof can set it
_ONE_ORDER = (
    "-XX:CompileCommand=quiet",
    *(
        f"-XX:CompileCommand=exclude,java.util.ImmutableCollections${method}"
        for method in ("SetN$SetNIterator::*", "MapN$MapNIterator::*", "Set12$1::*", "SetN::toArray", "Set12::toArray")
    ),
)
# one small heap, one collector, one compiler tier: quick to start and the same everywhere
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx512m")

_ARCHIVE = "wall.jsa"
# reflection by native code: the other ways make a class for each method
_WALL = (
    *("-Dsun.reflect.inflationThreshold=2147483647", "-Djdk.reflect.useNativeAccessorOnly=true", "-Xss8m"),
    f"-XX:SharedArchiveFile=${{JAVA_PREPARED}}/{_ARCHIVE}",
)
_PROGRAM_JVM = (*_JVM, "-XX:CompileThresholdScaling=3", *_WALL)
_CLASSES = "${JAVA_PREPARED}:."

_MAIN_METHOD = regex(r"\bstatic\s+(?:final\s+)?(?:public\s+)?void\s+main\s*\(")
_TYPE = regex(r"\b(?:class|enum|record|interface)\s+(\w+)")
_TUPLES = "javatuples"
_TUPLES_PACKAGE = "libjavatuples-java"
_TUPLES_PLACE = "/usr/share/java/javatuples.jar"
_NAMES_TUPLES = regex(r"\borg\s*\.\s*javatuples\b")

_METHOD = regex(
    r"^\s*public\s+(?P<type>[\w.<>,\[\] ]+?)\s+(?P<name>\w+)"
    r"\((?P<parameters>[^()]*)\)(?P<throws>\s*throws [\w, ]+)?\s*\{",
    re.MULTILINE,
)
_ELSEWHERE = r"import\s+(?:static\s+)?(?!(?:java|javax|org\s*\.\s*javatuples)\s*\.)[\w.\s]+"
_FOREIGN = regex(rf"{_ELSEWHERE}\.\s*\*")
"""All of a package that is not here: an answer's other blocks may have it for what is left out."""
_CLASS_HEAD = regex(r"^(?:(?:public|final|abstract)\s+)*class\s+(?P<name>\w+)", re.MULTILINE)


@cache
def _prepared_name() -> str:
    """Of the resident compiler, and of what is compiled beforehand: tells what is in it."""
    return f"java {java_wall.wall_hash()}"


class Java(Language):
    name, title, prefix = "java", "Java", "Java"
    head = TYPED_HEAD
    head_end = regex(r"\s*(?:throws\b[^;{}]*)?\{")
    multipl_e = ("java",)
    option = regex(r"-ea|-da")
    minimum = (11,)
    closers = 2
    fences = ("java", "jshell")
    lexicon = java_shape.LEXICON
    binds = patterns(*TYPED_BINDS, r"\b([A-Za-z_]\w*)\s*->", r"\(([\w\s,]*)\)\s*->")
    suffixes = (".java",)
    grammar = java_shape.GRAMMAR
    code_line = regex(
        r"import\s+(?:static\s+)?[\w.*]+\s*;|package\s+[\w.]+\s*;|@\w"
        r"|(?:(?:public|private|protected|static|final|abstract|sealed)\s+)*(?:class|interface|enum|record)\s+\w+[^.]*$"
        r"|(?:public|private|protected|static|final)\s.*[{;,()]\s*$"
        r"|[\w<>\[\], ?.]+\s+\w+\s*\([^;]*\)\s*(?:throws\s+[\w, ]+)?\{?\s*$|[{}]|//|/\*"
    )
    driver_names = regex(r"main|Main|Test[A-Z_]?\w*|\w+Tests?")
    test_imports = regex(
        r"import\s+(?:static\s+)?(?:org\.junit|junit|org\.testng|org\.assertj|org\.hamcrest|org\.mockito)\b"
    )
    own_imports = regex(_ELSEWHERE)
    stub = regex(r";|return;|throw new \w+\(.*\);", re.DOTALL)
    packages = ("openjdk-17-jdk-headless",)
    # it also calls that an OutOfMemoryError when there may be no more threads: that is no question of memory
    out_of_memory = regex(r"java\.lang\.OutOfMemoryError(?!: unable to create native thread)")
    compared = regex(r"expected: ?<(?P<expected>.*)> but was: ?<(?P<actual>.*)>")
    telling = regex(r"^[\w.]*(?:Error|Exception)\b|^Exception in thread|Assertion")
    test_mark = regex(r"\bmain\s*\(")
    self_test = Problem(
        task_id="Java/self-test",
        benchmark="self-test",
        language="java",
        prompt="import java.util.*;\nclass Solution {\n    public int answer() {\n",
        declaration="import java.util.*;\nclass Solution {\n    public int answer() {\n",
        reference="        return List.of(20, 22).stream().mapToInt(Integer::intValue).sum();\n    }\n}\n",
        tests=Asserts(
            code=(
                "public class Main {\n    public static void main(String[] args) {\n"
                "        if (new Solution().answer() != 42) throw new AssertionError();\n    }\n}\n"
            )
        ),
    )

    def options_for(self, tests: str) -> tuple[str, ...]:
        return ("-ea",) if re.search(r"\bassert\b(?!\s*\.)", tests) else ()

    def locate(self, cache: Path) -> Toolchain:
        compiler = os.path.realpath(self.find_tool("javac"))
        home = os.path.dirname(os.path.dirname(compiler))
        version = self.check_version(output_of(f"{home}/bin/java", "-version"), r'"(\d+)')
        # Debian keeps the JDK's configuration under /etc and links to it
        outside = {os.path.realpath(p) for p in Path(home).glob("conf/*")} | {os.path.realpath(f"{home}/lib/security")}
        configuration = {str(Path(*Path(p).parts[:3])) for p in outside if p.startswith("/etc/")}
        folder = self._prepare(compiler, version, cache)
        tuples = os.path.realpath(_TUPLES_PLACE) if os.path.exists(_TUPLES_PLACE) else ""
        return Toolchain(
            language=self.name,
            version=version,
            readable=(home, *sorted(configuration), str(folder), *([tuples] if tuples else [])),
            variables=(("JAVA_HOME", home), ("JAVA_PREPARED", str(folder)), ("JAVA_TUPLES", tuples)),
            provides=(_TUPLES,) if tuples else (),
            lacks=() if tuples else (f"{_TUPLES}: `apt-get install {_TUPLES_PACKAGE}`",),
            resident=(
                ResidentTool(
                    name=_prepared_name(),
                    argv=(
                        "${JAVA_HOME}/bin/java",
                        *_JVM,
                        "-cp",
                        "${JAVA_PREPARED}",
                        "passatk.Compiler",
                        "${JAVA_PREPARED}",
                    ),
                ),
            ),
        )

    def shaped(self, code: str, entry: str) -> str:
        """Methods stand in a `class Solution` that tests can reach, whatever class they came in."""
        return java_shape.shaped(java_source.without_package(self.lexicon, code), entry)

    def placed(self, code: str, prompt: str, entry: str) -> str:
        """`class Solution` under the name of the prompt's class; or one of that name that hands its static calls on."""
        clear, spoken = blanked(self.lexicon, prompt), blanked(self.lexicon, code)
        names = [found["name"] for found in _CLASS_HEAD.finditer(clear) if found["name"] != "Solution"]
        declared = [found for found in _METHOD.finditer(clear) if found["name"] == entry] if names else []
        if not declared or re.search(rf"\bclass\s+{names[-1]}\b", spoken):
            return code
        methods = [spoken[head.start : head.body] for head in heads(spoken, self) if head.name == entry]
        own = [found for found in map(java_wall.HEAD.match, methods) if found]
        static = any("static" in found["modifiers"].split() for found in own)
        if not own or static or "static" not in declared[-1]["type"].split():
            return java_shape.renamed(code, "Solution", names[-1], entry)
        head = own[-1]
        variables = f"<{head['variables']}> " if head["variables"] else ""
        method = f"{variables}{head['type']} {entry}({head['parameters']}){(head['throws'] or '').rstrip()}"
        call = f"new Solution().{entry}({', '.join(_names_of(head['parameters']))});"
        result = "" if head["type"] == "void" else "return "
        return f"{code.rstrip()}\nclass {names[-1]} {{ public static {method} {{ {result}{call} }} }}\n"

    def merged(self, added: list[Part], code: str, entry: str) -> str:
        members = [part.text.strip() for part in added if part.inside]
        opening = re.search(r"\bclass\s+Solution\b[^{]*\{", blanked(self.lexicon, code))
        if members and opening:
            inside = "\n".join(members)
            if re.search(rf"\bstatic\b[^;(){{}}=]*\b{entry}\s*\(", code):
                inside = re.sub(
                    r"^(public|private|protected)\s+(?!static\b)", r"\1 static ", inside, flags=re.MULTILINE
                )
            code = f"{code[: opening.end()]}\n{inside}\n{code[opening.end() :]}"
        types = [part for part in added if not part.inside and part.kind != "import"]
        imports = [part for part in added if part.kind == "import" and not _FOREIGN.match(part.text)]
        if types:  # no import may stand behind a type, nor name one that is in the same file
            names = {part.names[0] for part in types if part.names}
            own = [part for part in self.outline(code).parts if part.kind == "import"]
            place = max((part.end for part in own), default=0)
            first = "".join(f"{part.text}\n" for part in own if not names.intersection(part.names))
            imports = [part for part in imports if not names.intersection(part.names)]
            code = f"{first}{super().merged(types, code[place:], entry)}"
        return super().merged(imports, code, entry)

    def _prepare(self, compiler: str, version: str, cache: Path) -> Path:
        """A folder with the harness and the resident compiler, compiled."""
        recipe = f"{version} {compiler} {os.stat(compiler).st_mtime_ns} {_prepared_name()}"
        folder = cache / "java" / hashlib.sha256(recipe.encode()).hexdigest()[:16]

        def make(made: Path) -> None:
            (made / "java").mkdir()
            for name in java_wall.FILES:
                (made / name).write_text(harness(name))
            output_of(compiler, "-encoding", "UTF-8", "-proc:none", "-nowarn", "-d", ".", *java_wall.FILES, cwd=made)
            with zipfile.ZipFile(made / _jar(), "w") as jar:
                for path in sorted(made.glob("passatk/*.class")):
                    jar.write(path, str(path.relative_to(made)))

        prepared(folder, make)
        with in_turn(folder):
            if not (folder / _ARCHIVE).exists():
                _make_archive(os.path.dirname(compiler), folder)
        return folder

    def beside(self, declaration: str, tests: str) -> str:
        return java_tests.in_main_class(declaration, tests)

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        source = java_wall.examiner_source(self, problem, tests)
        library, requires = _library(source)
        once = ("once",) if java_tests.outlives(self.lexicon, source) else ()
        return Examiner(
            language=self.name,
            source=source,
            options=problem.options,
            run=Step(
                argv=(
                    *("${JAVA_HOME}/bin/java", *_JVM, *_WALL, *_ONE_ORDER, *problem.options),
                    *("-cp", f"${{JAVA_PREPARED}}/{_jar()}{library}", "passatk.Examiner", *once),
                )
            ),
            asks="${EXAMINER}/${EXAMINER_NAME}",
            requires=requires,
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        library = ":${JAVA_TUPLES}" if any(examiner.requires for examiner in examiners) else ""
        files = tuple(
            (f"sources/{examiner.name}/Main.java", f"package {examiner.name}; {examiner.source}")
            for examiner in examiners
        )
        flags = tuple(f"-J{flag}" for flag in _JVM)
        return Workshop(
            files=files,
            build=(
                Step(
                    argv=(
                        *("${JAVA_HOME}/bin/javac", *flags, "-encoding", "UTF-8", "-proc:none", "-nowarn"),
                        *("-Xlint:none", "-XDstringConcat=inline", "-implicit:none", "-d", "."),
                        *("-cp", "${JAVA_PREPARED}" + library, *(name for name, _ in files)),
                    )
                ),
            ),
            keeps=tuple(examiner.name for examiner in examiners),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        asked = java_wall.asked_of(examiner.source)
        source = java_wall.program_source(
            self.lexicon, body_of(problem, sample), problem.declaration, asked, sample.whole
        )
        library, requires = _library(source)
        ordered = java_source.needs_order(self.lexicon, source)
        return Program(
            language=self.name,
            files=(("Main.java", source),),
            build=(_compiling(library, "Main.java"),),
            run=Step(
                argv=(
                    *("${JAVA_HOME}/bin/java", *_PROGRAM_JVM, *(_ONE_ORDER if ordered else ()), *problem.options),
                    *("-cp", f"${{JAVA_PREPARED}}/{_jar()}:.{library}"),
                    *("passatk.Serve", "${VARIED}" if ordered else "", asked.owner),
                    *(word for method in asked.methods for word in method),
                )
            ),
            requires=requires,
            examiner=examiner,
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        shown = java_source.imports_apart(self.lexicon, problem.declaration or problem.prompt)[0]
        own, rest = java_source.imports_apart(self.lexicon, tests)
        body = java_source.in_any_file(self.lexicon, body_of(problem, sample))
        body = java_source.with_imports(self.lexicon, body, [*own, *(shown if sample.whole else ())])
        rest = java_source.in_any_file(self.lexicon, rest)
        distances = () if java_tests.speaks_of_nan(self.without_comments(tests)) else java_tests.distances(own)
        rest = java_source.replaced(self.lexicon, rest, [(java_source.LAST_EXIT, "passatk.Proof.end("), *distances])
        name = "Main"
        if name in java_source.types_in(blanked(self.lexicon, body)):
            name = f"Main{mark_of(body, tests)}"
            rest = java_shape.renamed(rest, "Main", name, "")
        given = f"{problem.declaration}\n{problem.prompt}\n{problem.reference or ''}"
        imports = java_source.with_names(self.lexicon, [*own, *shown], rest, given)
        files = (("Main.java", body), ("Tests.java", " ".join([*imports, rest])))
        library, requires = _library("\n".join(text for _, text in files))
        return Program(
            language=self.name,
            files=files,
            build=(_compiling(library, *(file for file, _ in files)),),
            run=Step(
                argv=(
                    *("${JAVA_HOME}/bin/java", *_JVM, *_ONE_ORDER, "-Xss8m", *problem.options),
                    *("-cp", _CLASSES + library, "passatk.Proof", "${VARIED}", name),
                )
            ),
            requires=requires,
        )

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        body = java_source.in_any_file(self.lexicon, body_of(problem, sample))
        library, requires = _library(body)
        return Program(
            language=self.name,
            files=(("Main.java", body),),
            build=(_compiling(library, "Main.java"),),
            run=Step(
                argv=(
                    *("${JAVA_HOME}/bin/java", *_JVM, *_ONE_ORDER, "-Xss64m", *problem.options),
                    *("-cp", f".{library}", _main_class(blanked(self.lexicon, body))),
                )
            ),
            requires=requires,
        )


def _main_class(bare: str) -> str:
    """The class that has `main`: the last that begins before it."""
    main = _MAIN_METHOD.search(bare)
    classes = [found[1] for found in _TYPE.finditer(bare, 0, main.start() if main else len(bare))]
    return classes[-1] if main and classes else "Main"


def _library(source: str) -> tuple[str, tuple[str, ...]]:
    """What a class path has besides, and a program requires, where `source` names javatuples."""
    return (":${JAVA_TUPLES}", (_TUPLES,)) if _NAMES_TUPLES.search(source) else ("", ())


def _jar() -> str:
    """Both sides' common part; in its name, a hash of what is in it."""
    return f"wall-{java_wall.wall_hash()}.jar"


def _compiling(library: str, *files: str) -> Step:
    return Step(
        argv=(
            *("${JAVA_HOME}/bin/javac", *(f"-J{flag}" for flag in _JVM), "-encoding", "UTF-8", "-proc:none", "-nowarn"),
            *("-implicit:none", "-cp", "${JAVA_PREPARED}" + library, *files),
        ),
        # with a jar on its class path the resident compiler opens a socket, which programs could see
        resident="" if library else _prepared_name(),
    )


def _make_archive(tools: str, folder: Path) -> None:
    """Classes as `java` maps them into memory: it starts quicker. Without the archive it starts all the same."""
    path = ("-cp", str(folder / _jar()))
    with contextlib.suppress(Missing, OSError), TemporaryDirectory() as own, made_whole(folder / _ARCHIVE) as made:
        listed = f"{own}/classes"
        output_of(f"{tools}/java", "-Xshare:auto", f"-XX:DumpLoadedClassList={listed}", *path, "passatk.Train")
        dump = ("-XX:+UseG1GC", "-Xshare:dump", f"-XX:SharedClassListFile={listed}", f"-XX:SharedArchiveFile={made}")
        output_of(f"{tools}/java", *dump, *path)


def _names_of(parameters: str) -> list[str]:
    """The names in a list of parameters."""
    parts = re.split(r",(?![^<]*>)", re.sub(r"\[\s*\]|\.\.\.", " ", parameters))
    return [part.split()[-1] for part in parts if part.strip()]


LANGUAGE = Java()
