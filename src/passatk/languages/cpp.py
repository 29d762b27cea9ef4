"""C++: `main` is the tests' own; the linker wraps it, so that the token is given when it returns 0."""

import re
import shutil
from pathlib import Path

from passatk.languages.base import Language, Toolchain, body_of, harness, mark_of, output_of
from passatk.records import Problem, Program, Sample, Step

HELPERS = (
    "#include<stdlib.h>",
    "#include<algorithm>",
    "#include<math.h>",
    "#include<stdio.h>",
    "#include<vector>",
    "#include<string>",
    "#include<climits>",
    "#include<cstring>",
    "#include<iostream>",
)
"""Added where the prompt lacks them, as HumanEval-X's evaluator does."""

_DEPENDENCIES = {
    "boost": (re.compile(r"#\s*include\s*[<\"]boost/"), "/usr/include/boost/version.hpp", "libboost-dev"),
    "openssl": (re.compile(r"#\s*include\s*[<\"]openssl/"), "/usr/include/openssl/md5.h", "libssl-dev"),
}


_ASSERT_HEADER = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"](?:assert\.h|cassert)[>\"].*$", re.MULTILINE)


class Cpp(Language):
    name, title, prefix = "cpp", "C++", "CPP"
    aliases = ("c++",)
    minimum = (7,)
    packages = ("g++",)
    test_mark = re.compile(r"\bmain\s*\(")
    self_test = Problem(
        task_id="CPP/self-test",
        benchmark="self-test",
        language="cpp",
        prompt="using namespace std;\nint answer() {\n",
        declaration="using namespace std;\nint answer() {\n",
        reference="    vector<int> halves(2, 21);\n    return halves[0] + halves[1];\n}\n",
        tests="#undef NDEBUG\n#include <assert.h>\nint main() {\n    assert(answer() == 42);\n}\n",
    )

    def locate(self, cache: Path) -> Toolchain:
        compiler = self.find_tool("g++")
        version = self.check_version(output_of(compiler, "--version"), r"(\d+)\.\d+\.\d+")
        there = {name: Path(path).exists() for name, (_, path, _) in _DEPENDENCIES.items()}
        mold = shutil.which("mold") is not None
        return Toolchain(
            language=self.name,
            version=version,
            variables=(("CXX", compiler), ("CXX_LINKER", "-fuse-ld=mold" if mold else "-fuse-ld=bfd")),
            provides=tuple(name for name in _DEPENDENCIES if there[name]),
            lacks=tuple(
                f"{name}: `apt-get install {package}`"
                for name, (_, _, package) in _DEPENDENCIES.items()
                if not there[name]
            ),
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        helpers = "".join(f"{line}\n" for line in HELPERS if line not in problem.prompt)
        body = body_of(problem, sample)
        # a name the program cannot know when it is written, for the tests' own assertion
        mark = mark_of(body, tests)
        own_assert = (
            f'extern "C" void passatk_failed_{mark}(const char *, int);\n#undef assert\n'
            f"#define assert(...) ((__VA_ARGS__) ? (void)0 : passatk_failed_{mark}(#__VA_ARGS__, __LINE__))"
        )
        own_tests = _ASSERT_HEADER.sub(lambda include: f"{include[0]}\n{own_assert}", tests)
        source = f"{helpers}{body}\n#undef main\n#undef assert\n{own_tests}"
        requires = tuple(name for name, (used, _, _) in _DEPENDENCIES.items() if used.search(source))
        libraries = ("-lcrypto",) if "openssl" in requires else ()
        compile_and_link = ("${CXX}", "-std=c++11", "-w", "-o", "program", "proof.cpp", "main.cpp")
        return Program(
            language=self.name,
            files=(("main.cpp", source), ("proof.cpp", harness("proof.cpp").replace("MARK", mark))),
            build=(Step(argv=(*compile_and_link, "-Wl,--wrap=main", "${CXX_LINKER}", *libraries)),),
            run=Step(argv=("./program",)),
            requires=requires,
        )


LANGUAGE = Cpp()
