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


_INCLUDE = re.compile(r"^[ \t]*#[ \t]*(?:include\b|undef[ \t]+NDEBUG\b).*\n?", re.MULTILINE)
_MAIN = re.compile(r"\bint\s+main\s*\(")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_MACRO = re.compile(r"(?:#|%:|\?\?=)\s*define\s+(\w+)")
_FUNCTION = re.compile(r"^(?P<type>[\w:<>, ]+?)\s*\b(?P<name>\w+)\s*\((?P<parameters>[^()]*)\)\s*\{", re.MULTILINE)
_PLAIN_TYPE = re.compile(
    r"(?:std::|\b(?:const|unsigned|signed|long|short|int|float|double|bool|char|string|vector|map|set|pair)\b|[<>,&\s])+"
)
_OPERATORS = ("==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "&&", "||", "&", "|", "^", "<<", ">>")
_STANDARD = ("abs", "fabs")
"""Functions that tests call, and of which a program could bring an overload."""

_NO_LUCK = ("-fsanitize=unreachable,return", "-fsanitize-undefined-trap-on-error")
"""A function that ends without its value, or where it said it could not, stops there; else it runs on into whatever
the linker put behind it, the tests or a `return 0`."""


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
        source = f"{helpers}{body}\n{_sealed(tests, problem.declaration, body, mark)}"
        requires = tuple(name for name, (used, _, _) in _DEPENDENCIES.items() if used.search(source))
        libraries = ("-lcrypto",) if "openssl" in requires else ()
        compile_and_link = ("${CXX}", "-std=c++11", "-w", *_NO_LUCK, "-o", "program", "proof.cpp", "main.cpp")
        return Program(
            language=self.name,
            files=(("main.cpp", source), ("proof.cpp", harness("proof.cpp").replace("MARK", mark))),
            build=(Step(argv=(*compile_and_link, "-Wl,--wrap=main", "${CXX_LINKER}", *libraries)),),
            run=Step(argv=("./program",)),
            requires=requires,
        )


def _sealed(tests: str, declaration: str, body: str, mark: str) -> str:
    """`tests` as they follow the program, out of reach of its macros, operators and overloads.

    They stand in a namespace of their own: operators declared there hide those of the program for standard types, and
    the declared functions stand there once more with the declared types, so that no overload takes a call from them.
    """
    includes = "".join(_INCLUDE.findall(tests))
    own_main = _MAIN.sub('extern "C" int main(', _INCLUDE.sub("\n", tests))  # the program's entry, wherever it stands
    macros = dict.fromkeys(["main", "assert", *_MACRO.findall(_COMMENT.sub(" ", re.sub(r"(?:\\|\?\?/)\n", "", body)))])
    named = {function["name"] for function in _FUNCTION.finditer(declaration)}
    lines = [
        "\n;",  # ends what the program left open at its end: a line that goes on, an attribute
        *(f"#undef {name}" for name in macros),
        "#pragma GCC reset_options",
        includes,
        f'extern "C" void passatk_failed_{mark}(const char *, const char *);',
        f"namespace passatk_{mark} {{",
        f"struct hidden_{mark} {{}};",
        *(f"void operator{sign}(hidden_{mark}, hidden_{mark});" for sign in _OPERATORS),
        *(f"using std::{name};" for name in _STANDARD if name not in named),
        *(filter(None, map(_forwarder, _FUNCTION.finditer(declaration)))),
        "#undef assert",
        "#define PASSATK_TEXT(x) #x",
        "#define PASSATK_LINE(x) PASSATK_TEXT(x)",
        f"#define assert(...) ((__VA_ARGS__) ? (void)0 : passatk_failed_{mark}(#__VA_ARGS__, PASSATK_LINE(__LINE__)))",
        own_main,
        "}",
    ]
    return "\n".join(lines) + "\n"


def _forwarder(function: re.Match[str]) -> str | None:
    """A declared function once more, calling the program's; None if its types are not all standard ones."""
    parameters = [part.strip() for part in re.split(r",(?![^<]*>)", function["parameters"]) if part.strip()]
    split = [re.fullmatch(r"(.*?[\s&>])(\w+)", parameter, re.DOTALL) for parameter in parameters]
    types = [function["type"], *(found[1] for found in split if found)]
    if len(types) != len(parameters) + 1 or not all(_PLAIN_TYPE.fullmatch(type_.strip()) for type_ in types):
        return None
    given = ", ".join(found[2] for found in split if found)
    signature = f"{function['type']} {function['name']}({function['parameters']})"
    return f"inline __attribute__((noinline)) {signature} {{ return ::{function['name']}({given}); }}"


LANGUAGE = Cpp()
