"""C++: `main` is the tests' own; the linker wraps it, so that the token is given when it returns 0.

Headers are read in precompiled form where a program begins with exactly a set of them that was prepared; a header it
does not include stays missing. The members of strings and of common vectors are compiled once, and linked as strong
definitions: a program cannot put its own in their place.
"""

import contextlib
import hashlib
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

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
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, Lexicon, blanked
from passatk.languages.namespaces import without_namespace
from passatk.languages.syntax import Grammar, Part
from passatk.records import Asserts, Problem, Program, Sample, Step

INCLUDES = (
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
"""What most programs begin with: read in precompiled form."""

_DEPENDENCIES = {
    "boost": (re.compile(r"#\s*include\s*[<\"]boost/"), "/usr/include/boost/version.hpp", "libboost-dev"),
    "openssl": (re.compile(r"#\s*include\s*[<\"]openssl/"), "/usr/include/openssl/md5.h", "libssl-dev"),
}

ALL_HEADERS = "bits/stdc++.h"
"""Includes every standard header."""
_STANDARD_HEADERS = frozenset(
    re.findall(
        r"\w+",
        """
    algorithm any array bitset cassert cctype cfloat chrono climits cmath complex cstddef cstdint cstdio cstdlib cstring
    ctime deque exception fstream functional iomanip ios iostream istream iterator limits list locale map memory new
    numeric optional ostream queue random ratio regex set sstream stack stdexcept streambuf string string_view tuple
    type_traits typeinfo unordered_map unordered_set utility valarray variant vector
    """,
    )
)
"""Adding one of them to `ALL_HEADERS` changes nothing."""
_ELEMENTS = ("char", "int", "long", "long long", "float", "double", "std::string", "std::vector<int>")
_VECTORS = tuple(f"template class std::vector<{element}>;\n" for element in (*_ELEMENTS, "std::vector<std::string>"))
_INSTANCES = "".join(("#include <string>\n#include <vector>\n", "template class std::basic_string<char>;\n", *_VECTORS))
_WEAK = re.compile(r"^\s*\.weak\s", re.MULTILINE)
_SHARED_SECTION = re.compile(
    r'^(?P<name>\s*\.section\s+[^,\n]+),"(?P<flags>\w*)G(?P<more>\w*)",(?P<type>[@%]\w+(?:,\d+)?),[^,\n]+,comdat',
    re.MULTILINE,
)
_OPENING = re.compile(r"(?:[ \t]*(?:(?://[^\n\\?]*|/\*(?:[^*]|\*(?!/))*\*/|#[ \t]*include[ \t]*<[\w./+]+>)[ \t]*)?\n)*")
_SYSTEM_HEADER = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([\w./+]+)>[ \t]*$", re.MULTILINE)
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

_MATH = re.compile(r"#\s*include\s*[<\"](?:cmath|math\.h|bits/stdc\+\+\.h)[>\"]")
"""Headers that have them."""

_NO_LUCK = ("-fsanitize=unreachable,return", "-fsanitize-undefined-trap-on-error")
"""A function that ends without its value, or where it said it could not, stops there; else it runs on into whatever
the linker put behind it, the tests or a `return 0`."""
_COMPILE = ("-w", *_NO_LUCK)
_DEFAULT = "-std=c++11"
NEWEST = "-std=newest"
"""The problem option that stands for the newest standard that the compiler has."""
_PLACES = {_DEFAULT: "", "-std=c++17": "/c++17", NEWEST: "/newest"}
"""Standards that are prepared for -> where below the prepared folder. Programs of others read their headers whole."""
_WITH_INCLUDES = frozenset(include.removeprefix("#include<").removesuffix(">") for include in INCLUDES)
_PRECOMPILED: dict[str, tuple[frozenset[str], ...]] = {
    _DEFAULT: (_WITH_INCLUDES, _WITH_INCLUDES | {"map"}, _WITH_INCLUDES | {ALL_HEADERS}),
    "-std=c++17": (frozenset({"assert.h", ALL_HEADERS}),),
    NEWEST: (frozenset({ALL_HEADERS}),),
}
"""Standard -> the sets of headers that its programs usually begin with."""
_STANDARDS = ("c++23", "c++2b", "c++20", "c++2a", "c++17", "c++14", "c++11")


_LEXICON = Lexicon(
    comments=(r"//(?:\\\r?\n|[^\n])*", SLASH_STAR),
    strings=(
        r'(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s"]{0,16})\((?:.*?\)(?P=delimiter)"|.*\Z)',
        DOUBLE_QUOTED,
        r"(?<!\w)\.?\d(?:'?\w|\.|(?<=[eEpP])[-+])*",  # a number: its quotes are no characters
        SINGLE_QUOTED,
    ),
    # of branches, the first counts: its braces are those of the others again
    directives=(
        r"(?:\A|(?<=\n))[ \t]*#[ \t]*(?:define\b(?:\\\r?\n|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|[^\n])*"
        r"|el(?:se|if)\w*\b.*?(?:\n[ \t]*#[ \t]*endif\b|\Z))"
    ),
    multiline=("/*",),
)
_GRAMMAR = Grammar(
    module="tree_sitter_cpp",
    query="""
        (function_definition declarator: (function_declarator declarator: (identifier) @name)
            body: (compound_statement) @body) @function
        (function_definition declarator: (reference_declarator (function_declarator declarator: (identifier) @name))
            body: (compound_statement) @body) @function
        (function_definition declarator: (pointer_declarator declarator: (function_declarator
            declarator: (identifier) @name)) body: (compound_statement) @body) @function
        (declaration declarator: (init_declarator declarator: (identifier) @name)) @definition
        (declaration declarator: (init_declarator declarator: (array_declarator declarator: (identifier) @name)))
            @definition
        (declaration declarator: (array_declarator declarator: (identifier) @name)) @definition
        (declaration declarator: (identifier) @name) @definition
        (struct_specifier name: (type_identifier) @name body: (_)) @definition
        (class_specifier name: (type_identifier) @name body: (_)) @definition
        (union_specifier name: (type_identifier) @name body: (_)) @definition
        (enum_specifier name: (type_identifier) @name body: (_)) @definition
        (type_definition declarator: (type_identifier) @name) @definition
        (alias_declaration name: (type_identifier) @name) @definition
        (namespace_definition name: (namespace_identifier) @name) @definition
        (preproc_def name: (identifier) @name) @definition
        (preproc_function_def name: (identifier) @name) @definition
        (preproc_include) @import
        (using_declaration) @import
    """,
    scopes=frozenset(("compound_statement", "field_declaration_list", "namespace_definition", "enumerator_list")),
)
_USING_STD = re.compile(r"using\s+namespace\s+std\b")
_BARE_STD = re.compile(
    r"(?<![\w:.>])(?:vector|string|map|set|pair|unordered_map|unordered_set|queue|stack|deque|cout|endl|any)\b(?!\s*::)"
)


class Cpp(Language):
    name, title, prefix = "cpp", "C++", "CPP"
    aliases = ("c++", "cxx", "cc")
    head = TYPED_HEAD
    head_end = re.compile(r"\s*(?:(?:const|noexcept|override|final)\b\s*)*(?:->[^;{}\n]*)?\{")
    usual_setup = "\n".join(INCLUDES)
    multipl_e = ("cpp",)
    option = re.compile(r"-std=(?:(?:c|gnu)\+\+(?:98|03|0x|1[1473yz]|2[03abc])|newest)")
    minimum = (7,)
    packages = ("g++",)
    fences = ("cpp", "c++", "cc", "cxx", "c", "hpp", "h")
    lexicon = _LEXICON
    binds = patterns(*TYPED_BINDS, r"\bauto\s*&{0,2}\s*\[([\w\s,]*)\]")
    members = (".", "->", "::")
    suffixes = (".cc", ".cpp", ".cxx", ".hpp", ".hh")
    grammar = _GRAMMAR
    code_line = re.compile(
        r"#\s*(?:include|define|undef|pragma|if|ifdef|ifndef|endif|else)\b|using\s+\w.*;|namespace\s+\w+\s*\{|template\s*<"
        r"|(?:struct|class|enum|union)\s+\w+[^.]*[{;]?$|typedef\s.*;|[A-Za-z_][\w:]*(?:<.*>)?(?:[&*]|\s)+[\w:]+\s*\(.*[{)};,]\s*(?://.*)?$"
        r"|(?:static|inline|const|constexpr|extern|auto|unsigned|long|int|bool|double|float|char|void|std::\w+)\b.*[;{,()]\s*$|[{}]|//|/\*"
    )
    driver_names = re.compile(r"main|tests?|run_?[tT]ests?|test_\w+")
    stub = re.compile(r";|return;|throw\s.*", re.DOTALL)
    telling = re.compile(r"Assertion|terminate called|what\(\)|^fatal")
    test_mark = re.compile(r"\bmain\s*\(")
    self_test = Problem(
        task_id="CPP/self-test",
        benchmark="self-test",
        language="cpp",
        prompt="using namespace std;\nint answer() {\n",
        declaration="using namespace std;\nint answer() {\n",
        reference="    vector<int> halves(2, 21);\n    return halves[0] + halves[1];\n}\n",
        setup="\n".join(INCLUDES),
        tests=Asserts(code="#undef NDEBUG\n#include <assert.h>\nint main() {\n    assert(answer() == 42);\n}\n"),
    )

    def locate(self, cache: Path) -> Toolchain:
        compiler = self.find_tool("g++")
        version = self.check_version(output_of(compiler, "--version"), r"(\d+)\.\d+\.\d+")
        newest = _newest(compiler)
        there = {name: Path(path).exists() for name, (_, path, _) in _DEPENDENCIES.items()}
        mold = shutil.which("mold") is not None
        folder = self._prepare(compiler, version, newest, cache)
        return Toolchain(
            language=self.name,
            version=version,
            readable=(str(folder),),
            variables=(
                ("CXX", compiler),
                ("CXX_NEWEST", newest),
                ("CXX_LINKER", "-fuse-ld=mold" if mold else "-fuse-ld=bfd"),
                ("CXX_PREPARED", str(folder)),
            ),
            provides=tuple(name for name in _DEPENDENCIES if there[name]),
            lacks=tuple(
                f"{name}: `apt-get install {package}`"
                for name, (_, _, package) in _DEPENDENCIES.items()
                if not there[name]
            ),
        )

    def shaped(self, code: str, entry: str) -> str:
        return without_namespace(code, entry, self)

    def merged(self, added: list[Part], code: str, entry: str) -> str:
        # a program that says std:: itself may have names of std's, so for it the tests alone get them
        spoken = _INCLUDE.sub("", blanked(self.lexicon, code))
        apart = "std::" in spoken and not _BARE_STD.search(spoken) and not _USING_STD.search(spoken)
        behind = [part for part in added if apart and _USING_STD.match(part.text)]
        relying = [part for part in added if part.kind != "import"]
        if relying and (opening := self._opening(code)):
            code = f"{code[:opening].rstrip()}\n{super().merged(relying, code[opening:], entry)}"
            added = [part for part in added if part not in relying]
        opened = super().merged([part for part in added if part not in behind], code, entry)
        return (
            f"{opened.rstrip()}\n{''.join(f'{part.text.rstrip()}' + chr(10) for part in behind)}" if behind else opened
        )

    def _opening(self, code: str) -> int:
        """Where the includes, macros and `using` lines end that `code` begins with."""
        end = 0
        for part in self.outline(code).parts:
            if part.kind not in ("import", "comment") and not re.match(r"\s*(?:#|using\b|typedef\b)", part.text):
                break
            end = part.end if part.kind != "comment" else end
        return end

    def _prepare(self, compiler: str, version: str, newest: str, cache: Path) -> Path:
        """A folder with the harness compiled and common sets of headers precompiled, for each prepared standard."""
        proof = harness("proof.cpp")
        tools = (version, os.stat(compiler).st_mtime_ns, _COMPILE, newest, _PLACES)
        texts = sorted(_text_of(headers) for sets in _PRECOMPILED.values() for headers in sets)
        recipe = " ".join(map(str, (*tools, texts, proof, _INSTANCES)))
        folder = cache / "cpp" / hashlib.sha256(recipe.encode()).hexdigest()[:16]

        def make(made: Path) -> None:
            with ThreadPoolExecutor(len(_PLACES)) as pool:
                list(pool.map(make_one, _PLACES, [made] * len(_PLACES)))

        def make_one(standard: str, whole: Path) -> None:
            made = Path(f"{whole}{_PLACES[standard]}")
            made.mkdir(exist_ok=True)
            compile_ = (compiler, newest if standard == NEWEST else standard, *_COMPILE)
            (made / "proof.cpp").write_text(proof)
            output_of(*compile_, "-c", "proof.cpp", "-o", _proof(), cwd=made)
            (made / "instances.cpp").write_text(_INSTANCES)
            output_of(*compile_, "-O2", "-S", "instances.cpp", "-o", "instances.s", cwd=made)
            (made / "instances.s").write_text(_made_strong((made / "instances.s").read_text()))
            output_of(compiler, "-c", "instances.s", "-o", _instances(), cwd=made)
            for headers in _PRECOMPILED[standard]:
                name = _name_of(headers)
                (made / name).write_text(_text_of(headers))
                output_of(*compile_, "-x", "c++-header", name, "-o", f"{name}.gch", cwd=made)

        return prepared(folder, make)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
        body = body_of(problem, sample)
        if not _MATH.search(f"{helpers}{body}{tests}"):
            tests = f"#include <cmath>\n#include <cstdlib>\n{tests}"
        # a name the program cannot know when it is written, for the tests' own assertion
        mark = mark_of(body, tests)
        standard = problem.options[-1] if problem.options else _DEFAULT
        folder = "${CXX_PREPARED}" + _PLACES.get(standard, "")
        headers, opened = _opened(f"{helpers}{body}", reduced=standard != _DEFAULT)
        source = f"{opened}\n{_sealed(tests, problem.declaration, body, mark)}"
        written = f"{body}\n{tests}"
        requires = tuple(name for name, (used, _, _) in _DEPENDENCIES.items() if used.search(written))
        libraries = ("-lcrypto",) if "openssl" in requires else ()
        link = ("-Wl,--wrap=main", f"-Wl,--defsym=passatk_failed_{mark}=passatk_failed", "${CXX_LINKER}", *libraries)
        flag = "${CXX_NEWEST}" if standard == NEWEST else standard
        compile_ = ("${CXX}", flag, *_COMPILE, "-I", folder, "-I", ".", "-o", "program", "main.cpp")
        return Program(
            language=self.name,
            files=(("main.cpp", source), (_name_of(headers), _text_of(headers))),
            build=(Step(argv=(*compile_, *(f"{folder}/{name}" for name in (_proof(), _instances())), *link)),),
            run=Step(argv=("./program",)),
            requires=requires,
        )


def _newest(compiler: str) -> str:
    """The option for the newest standard that `compiler` knows.

    Raises:
        Missing: it knows none of them.
    """
    for standard in _STANDARDS:
        with contextlib.suppress(Missing):
            output_of(compiler, f"-std={standard}", "-fsyntax-only", "-x", "c++", "/dev/null")
            return f"-std={standard}"
    raise Missing(f"{compiler} knows none of the C++ standards {', '.join(_STANDARDS)}")


@cache
def _proof() -> str:
    """The harness's object file; its name tells what is in it."""
    return f"proof-{hashlib.sha256(harness('proof.cpp').encode()).hexdigest()[:16]}.o"


@cache
def _instances() -> str:
    """The object file of what was compiled once."""
    return f"instances-{hashlib.sha256(_INSTANCES.encode()).hexdigest()[:16]}.o"


def _made_strong(assembly: str) -> str:
    """Instances of templates are weak: a program could define them once more, and its own would be taken."""
    return _SHARED_SECTION.sub(r'\g<name>,"\g<flags>\g<more>",\g<type>', _WEAK.sub("\t.globl\t", assembly))


def _text_of(headers: frozenset[str]) -> str:
    known = (
        [f"extern {vector}" for vector in _VECTORS] if ALL_HEADERS in headers or {"string", "vector"} <= headers else []
    )
    return "".join((*(f"#include <{name}>\n" for name in sorted(headers)), *known))


def _name_of(headers: frozenset[str]) -> str:
    return f"passatk-{hashlib.sha256(_text_of(headers).encode()).hexdigest()[:16]}.h"


def _opened(source: str, reduced: bool) -> tuple[frozenset[str], str]:
    """(the headers that `source` begins with, `source` with one header for all of them, on the same lines).

    The order of standard headers does not matter, and a header that does not exist is missing as before. `reduced`:
    without the headers that another one of them includes.
    """
    opening = _OPENING.match(source)
    assert opening is not None  # it may be empty
    headers = frozenset(_SYSTEM_HEADER.findall(_COMMENT.sub("", opening[0])))
    if reduced and ALL_HEADERS in headers:
        headers -= _STANDARD_HEADERS
    line = opening[0].count("\n") + 1
    return headers, f"#include <{_name_of(headers)}>\n#line {line}\n{source[opening.end() :]}"


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
