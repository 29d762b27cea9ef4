"""C: a sample and what answers the tests' calls are compiled as one, the tests as another, with C++'s two sides."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from passatk.languages import c_wall, cpp
from passatk.languages.base import Toolchain, body_of, harness, output_of, prepared
from passatk.languages.cpp_declared import INCLUDE
from passatk.languages.cpp_prepared import wall
from passatk.languages.syntax import Part
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Step, Workshop
from passatk.regex import regex

_STANDARD = "-std=gnu17"
_SOURCES = ("wall_c", "wall_c_examiner")
_MAIN = regex(r"\bmain(?=\s*\()")
_PROOF = 'void passatk_failed(const char *words, int line) __asm__("_ZN12passatk_wall6failedEPKci");\n'


class C(cpp.Cpp):
    name, title, prefix = "c", "C", "C"
    aliases = ()
    optional = True
    usual_setup = ""
    multipl_e = ()
    option = regex(r"-std=(?:c|gnu)(?:89|99|11|1[78]|2x)")
    packages = ("gcc", "g++")
    fences = ("c", "h", "cpp", "c++", "cc", "cxx")
    supersets = ("cpp", "c++", "cc", "cxx")
    members = (".", "->")
    suffixes = (".c",)
    self_test = Problem(
        task_id="C/self-test",
        benchmark="self-test",
        language="c",
        prompt="#include <stddef.h>\nint answer(const int *halves, size_t n) {\n",
        declaration="#include <stddef.h>\nint answer(const int *halves, size_t n) {\n",
        reference="    return n == 2 ? halves[0] + halves[1] : 0;\n}\n",
        tests=Asserts(
            code="#include <assert.h>\nint main(void) {\n"
            "    int halves[] = {20, 22};\n    assert(answer(halves, 2) == 42);\n}\n"
        ),
    )

    def locate(self, cache: Path) -> Toolchain:
        found = super().locate(cache)
        variables = dict(found.variables)
        compiler = self.find_tool("gcc")
        version = self.check_version(output_of(compiler, "--version"), r"(\d+)\.\d+\.\d+")
        folder = Path(variables["CXX_PREPARED"])

        def make(made: Path) -> None:
            for name in _SOURCES:
                (made / f"{name}.cpp").write_text(harness(f"{name}.cpp"))
                compile_ = (variables["CXX"], variables["CXX_NEWEST"], "-w", "-O2", "-I", str(folder / wall()), "-c")
                output_of(*compile_, f"{name}.cpp", "-o", f"{name}.o", cwd=made)

        key = hashlib.sha256("\n".join((str(folder), version, *map(_text, _SOURCES))).encode()).hexdigest()[:16]
        objects = prepared(cache / "c" / key, make)
        return Toolchain(
            language=self.name,
            version=version,
            readable=(*found.readable, str(objects)),
            variables=(*found.variables, ("CC", compiler), ("C_PREPARED", str(objects))),
        )

    def shaped(self, code: str, entry: str) -> str:
        return cpp.NOT_HERE.sub("", code)

    def merged(self, added: list[Part], code: str, entry: str) -> str:
        return "".join(f"{part.text.rstrip()}\n" for part in added) + code

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        return Examiner(
            language=self.name,
            source=c_wall.examiner_source(self, problem, tests),
            options=problem.options[-1:],
            run=Step(argv=("${EXAMINER}/${EXAMINER_NAME}", "tests")),
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        made = [
            (
                f"{each.name}.c",
                each.source.split(c_wall.SECTION)[1],
                _command(each.options, f"{each.name}.c", each.name),
            )
            for each in examiners
        ]
        link = (*_objects("wall_examiner"), "${C_PREPARED}/wall_c_examiner.o", "${C_PREPARED}/wall_c.o", *_LIBRARIES)
        return Workshop(
            files=tuple((name, source) for name, source, _ in made),
            build=tuple(Step(argv=(*command, *link)) for _, _, command in made),
            keeps=tuple(each.name for each in examiners),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        body = _whole(problem, sample)
        link = (*_objects("wall_program"), "${C_PREPARED}/wall_c.o", "-Wl,--wrap=main")
        program = self._program(problem, f"{body}\n{c_wall.behind(body, examiner.source)}", link)
        return msgspec.structs.replace(program, examiner=examiner)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = _MAIN.sub("passatk_own_main", _whole(problem, sample))
        includes = "".join(f"#include {name}\n" for name in INCLUDE.findall(tests))
        behind = f'{includes}{_PROOF}{c_wall.ASSERT}#line 1 "tests"\n{INCLUDE.sub(chr(10), tests)}'
        return self._program(problem, f"{body}\n{behind}", (*_objects("proof"), "-Wl,--wrap=main"))

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        return self._program(problem, _whole(problem, sample), ())

    def _program(self, problem: Problem, text: str, link: Sequence[str]) -> Program:
        compile_ = (*_command(problem.options, "main.c", "program"), *link, *_LIBRARIES)
        return Program(
            language=self.name,
            files=(("main.c", f"{text}\n"),),
            build=(Step(argv=compile_),),
            run=Step(argv=("./program",)),
        )


_LIBRARIES = ("-lm", "-lstdc++")


def _command(options: Sequence[str], source: str, made: str) -> tuple[str, ...]:
    return ("${CC}", options[-1] if options else _STANDARD, "-w", "-o", made, source, "${CXX_LINKER}")


def _objects(side: str) -> tuple[str, ...]:
    return tuple(f"${{CXX_PREPARED}}/{wall()}/{name}.o" for name in (side, "known"))


def _text(name: str) -> str:
    return harness(f"{name}.cpp")


def _whole(problem: Problem, sample: Sample) -> str:
    """The sample behind the includes that it gets, without those that it has."""
    helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
    return f"{helpers}{body_of(problem, sample)}".replace("\r\n", "\n").removeprefix("\ufeff")


LANGUAGE = C()
