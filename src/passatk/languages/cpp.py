"""C++: `main` is the tests' own; the linker wraps it, so that the token is given when it returns 0.

Headers are read in precompiled form where a program begins with exactly a set of them that was prepared; a header it
does not include stays missing. The members of strings and of common vectors are compiled once, and linked as strong
definitions: a program cannot put its own in their place.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from passatk.languages import cpp_wall
from passatk.languages.base import (
    TYPED_HEAD,
    Language,
    Toolchain,
    body_of,
    mark_of,
    output_of,
)
from passatk.languages.cpp_prepared import (
    COMPILE,
    EXAMINE,
    INCLUDES,
    examiner_header,
    instances_object,
    name_of,
    newest_standard,
    opened_by,
    prepare,
    proof_object,
    side_object,
    standard_of,
    text_of,
    wall_header,
)
from passatk.languages.dialect import TYPED_BINDS, patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, Lexicon, blanked
from passatk.languages.namespaces import without_namespace
from passatk.languages.syntax import Grammar, Part
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Step, Workshop

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

_MATH = re.compile(r"#\s*include\s*[<\"](?:cmath|math\.h|bits/stdc\+\+\.h)[>\"]")
"""Headers that have them."""

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
        newest = newest_standard(compiler)
        there = {name: Path(path).exists() for name, (_, path, _) in _DEPENDENCIES.items()}
        mold = shutil.which("mold") is not None
        folder = prepare(compiler, version, newest, cache)
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

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        source = f"// {wall_header()}\n{cpp_wall.examiner_source(self, problem, tests)}"
        return Examiner(
            language=self.name,
            source=source,
            options=problem.options[-1:],
            run=Step(argv=("${EXAMINER}/examiners", "${EXAMINER_NAME}")),
            requires=_required(source),
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        flag, folder, _ = standard_of(examiners[0].options)
        compile_ = ("${CXX}", flag, *EXAMINE, "-I", folder, "-o", "examiners", "examiners.cpp")
        link = (
            f"${{CXX_PREPARED}}/{side_object('examiner')}",
            "${CXX_LINKER}",
            *_libraries([name for each in examiners for name in each.requires]),
        )
        return Workshop(
            files=(("examiners.cpp", cpp_wall.workshop_source(examiners, examiner_header(), wall_header())),),
            build=(Step(argv=(*compile_, *link)),),
            keeps=("examiners",),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
        body = body_of(problem, sample).replace("\r\n", "\n").removeprefix("\ufeff")
        if problem.tests.code.lstrip().startswith("}") and self.open_blocks(body) == 1:
            body += "\n}\n"
        flag, folder, reduced = standard_of(problem.options)
        headers, opened = opened_by(f"{helpers}{body}", reduced=reduced)
        # what the program left open at its end (a line that goes on, an attribute), then its macros
        undone = "".join(f"#undef {name}\n" for name in _macros_of(f"{body}\n{blanked(self.lexicon, body)}"))
        source = f"{opened}\n;\n{undone}{cpp_wall.serve_part(examiner, wall_header())}"
        requires = _required(f"{helpers}{body}")
        objects = (f"${{CXX_PREPARED}}/{side_object('program')}", f"{folder}/{instances_object()}")
        compile_ = ("${CXX}", flag, *COMPILE, "-I", folder, "-I", ".", "-o", "program", "main.cpp", *objects)
        return Program(
            language=self.name,
            files=(("main.cpp", source), (name_of(headers), text_of(headers))),
            build=(Step(argv=(*compile_, "-Wl,--wrap=main", "${CXX_LINKER}", *_libraries(requires))),),
            run=Step(argv=("./program",)),
            requires=requires,
            examiner=examiner,
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
        body = body_of(problem, sample)
        if not _MATH.search(f"{helpers}{body}{tests}"):
            tests = f"#include <cmath>\n#include <cstdlib>\n{tests}"
        # a name the program cannot know when it is written, for the tests' own assertion
        mark = mark_of(body, tests)
        flag, folder, reduced = standard_of(problem.options)
        headers, opened = opened_by(f"{helpers}{body}", reduced=reduced)
        source = f"{opened}\n{_sealed(tests, problem.declaration, body, mark)}"
        requires = _required(f"{body}\n{tests}")
        marked = f"-Wl,--defsym=passatk_failed_{mark}=passatk_failed"
        link = ("-Wl,--wrap=main", marked, "${CXX_LINKER}", *_libraries(requires))
        compile_ = ("${CXX}", flag, *COMPILE, "-I", folder, "-I", ".", "-o", "program", "main.cpp")
        return Program(
            language=self.name,
            files=(("main.cpp", source), (name_of(headers), text_of(headers))),
            build=(
                Step(argv=(*compile_, *(f"{folder}/{name}" for name in (proof_object(), instances_object())), *link)),
            ),
            run=Step(argv=("./program",)),
            requires=requires,
        )


def _required(written: str) -> tuple[str, ...]:
    return tuple(name for name, (used, _, _) in _DEPENDENCIES.items() if used.search(written))


def _libraries(requires: Sequence[str]) -> tuple[str, ...]:
    return ("-lcrypto",) if "openssl" in requires else ()


def _macros_of(body: str) -> list[str]:
    return list(dict.fromkeys(_MACRO.findall(_COMMENT.sub(" ", re.sub(r"(?:\\|\?\?/)\n", "", body)))))


def _sealed(tests: str, declaration: str, body: str, mark: str) -> str:
    """`tests` as they follow the program, out of reach of its macros, operators and overloads.

    They stand in a namespace of their own: operators declared there hide those of the program for standard types, and
    the declared functions stand there once more with the declared types, so that no overload takes a call from them.
    """
    includes = "".join(_INCLUDE.findall(tests))
    own_main = _MAIN.sub('extern "C" int main(', _INCLUDE.sub("\n", tests))  # the program's entry, wherever it stands
    macros = dict.fromkeys(["main", "assert", *_macros_of(body)])
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
