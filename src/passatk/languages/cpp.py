"""C++: a sample and what answers the tests' calls are compiled as one, the tests as another."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from passatk.languages import cpp_wall
from passatk.languages.base import TYPED_HEAD, Language, Toolchain, body_of, output_of
from passatk.languages.cpp_declared import INCLUDE
from passatk.languages.cpp_prepared import (
    COMPILE,
    EXAMINE,
    INCLUDES,
    command,
    examiners_header,
    name_of,
    newest_standard,
    objects,
    opened_by,
    prepare,
    text_of,
)
from passatk.languages.dialect import TYPED_BINDS, patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, Lexicon, blanked
from passatk.languages.namespaces import without_namespace
from passatk.languages.syntax import Grammar, Part
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Step, Workshop
from passatk.regex import regex

_DEPENDENCIES = {
    "boost": (regex(r"#\s*include\s*[<\"]boost/"), "/usr/include/boost/version.hpp", "libboost-dev"),
    "openssl": (regex(r"#\s*include\s*[<\"]openssl/"), "/usr/include/openssl/md5.h", "libssl-dev"),
}
_PROOF = "namespace passatk_wall { void failed(const char *words, int line); }\n"
_MAIN = regex(r"\bmain(?=\s*\()")

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
_STANDARD = r"\w+\"|(?:bits|boost|openssl|sys)/|(?:" + (
    "assert|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdarg|stdbool|stddef|stdint|stdio"
    r"|stdlib|string|strings|tgmath|time|uchar|unistd|wchar|wctype)\.h\""
)
NOT_HERE = regex(
    rf"^[ \t]*#[ \t]*include[ \t]*(?:\"(?!{_STANDARD})[^\"\n]+\""
    r"|<(?:(?:gtest|gmock|catch2?|doctest|boost/test|cxxtest)\b|(?:windows|conio)\.)[^>\n]*>).*$",
    re.MULTILINE | re.IGNORECASE,
)
"""Includes of other files of an answer, of test frameworks, and of what only a `main` on another system uses."""
_USING_STD = regex(r"using\s+namespace\s+std\b")
_BARE_STD = regex(
    r"(?<![\w:.>])(?:vector|string|map|set|pair|unordered_map|unordered_set|queue|stack|deque|cout|endl|any)\b(?!\s*::)"
)

_NAMES_OF_STD = frozenset(
    re.findall(
        r"\w+",
        """
    accumulate advance all_of any any_of array back_inserter begin binary_search bind bitset byte clamp complex copy
    count count_if data deque distance empty end equal exchange fill find find_if for_each forward function gcd
    generate get greater hash includes iota is_sorted lcm left less list lower_bound make_pair make_tuple map max
    max_element merge min min_element minus mismatch modulus move multiplies negate next next_permutation optional
    pair partition plus prev prev_permutation queue rank ratio reduce ref regex replace reverse right rotate sample
    search set shuffle size sort stack stod stoi stol stoll string swap tie to_string transform tuple unique
    unordered_map unordered_set upper_bound variant vector
    """,
    )
)
_CALLED_OF_STD = regex(rf"(?<![\w:.>])({'|'.join(sorted(_NAMES_OF_STD))})(?=\s*[(<])")


class Cpp(Language):
    name, title, prefix = "cpp", "C++", "CPP"
    aliases: tuple[str, ...] = ("c++", "cxx", "cc")
    head = TYPED_HEAD
    head_end = regex(r"\s*(?:(?:const|noexcept|override|final)\b\s*)*(?:->[^;{}\n]*)?\{")
    usual_setup = "\n".join(INCLUDES)
    multipl_e: tuple[str, ...] = ("cpp",)
    option = regex(r"-std=(?:(?:c|gnu)\+\+(?:98|03|0x|1[1473yz]|2[03abc])|newest)")
    minimum = (7,)
    packages: tuple[str, ...] = ("g++",)
    fences: ClassVar[tuple[str, ...]] = ("cpp", "c++", "cc", "cxx", "c", "hpp", "h")
    lexicon = _LEXICON
    binds = patterns(*TYPED_BINDS, r"\bauto\s*&{0,2}\s*\[([\w\s,]*)\]")
    members: ClassVar[tuple[str, ...]] = (".", "->", "::")
    suffixes: ClassVar[tuple[str, ...]] = (".cc", ".cpp", ".cxx", ".hpp", ".hh")
    grammar = _GRAMMAR
    code_line = regex(
        r"#\s*(?:include|define|undef|pragma|if|ifdef|ifndef|endif|else)\b|using\s+\w.*;|namespace\s+\w+\s*\{|template\s*<"
        r"|(?:struct|class|enum|union)\s+\w+[^.]*[{;]?$|typedef\s.*;|[A-Za-z_][\w:]*(?:<.*>)?(?:[&*]|\s)+[\w:]+\s*\(.*[{)};,]\s*(?://.*)?$"
        r"|(?:static|inline|const|constexpr|extern|auto|unsigned|long|int|bool|double|float|char|void|std::\w+)\b.*[;{,()]\s*$|[{}]|//|/\*"
    )
    driver_names = regex(r"main|tests?|run_?[tT]ests?|test_\w+")
    driver_code = regex(
        r"(?:TEST|TEST_[A-Z]+|SCENARIO|TYPED_TEST|BOOST_\w*TEST\w*)\s*\(|#define (?:CATCH|DOCTEST|BOOST_TEST)_"
    )
    stub = regex(r";|return;|throw\s.*", re.DOTALL)
    telling = regex(r"Assertion|terminate called|what\(\)|^fatal")
    test_mark = regex(r"\bmain\s*\(")
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
        folder = prepare(compiler, version, newest, there["boost"], cache)
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
        return without_namespace(NOT_HERE.sub("", code), entry, self)

    def merged(self, added: list[Part], code: str, entry: str) -> str:
        behind = self._behind(added, code)
        relying = [part for part in added if part.kind != "import" and part not in behind]
        if relying and (opening := self._opening(code)):
            code = f"{code[:opening].rstrip()}\n{super().merged(relying, code[opening:], entry)}"
            added = [part for part in added if part not in relying]
        opened = super().merged([part for part in added if part not in behind], code, entry)
        return (
            f"{opened.rstrip()}\n{''.join(f'{part.text.rstrip()}' + chr(10) for part in behind)}" if behind else opened
        )

    def _behind(self, added: list[Part], code: str) -> list[Part]:
        """What stands behind a program that may have names of std's: `using namespace std`, and what relies on it."""
        spoken = INCLUDE.sub("", blanked(self.lexicon, code))
        defined = self.outline(code).names
        relying = [part for part in added if part.kind != "import" and _BARE_STD.search(part.text)]
        own = "std::" in spoken or (defined & _NAMES_OF_STD and not set(_CALLED_OF_STD.findall(spoken)) - defined)
        needed = any(re.search(rf"\b{name}\b", spoken) for part in relying for name in part.names)
        if not own or needed or _USING_STD.search(spoken) or set(_BARE_STD.findall(spoken)) - defined:
            return []
        return [part for part in added if part in relying or _USING_STD.match(part.text)]

    def _opening(self, code: str) -> int:
        """Where the includes, macros and `using` lines end that `code` begins with."""
        end = 0
        for part in self.outline(code).parts:
            if part.kind not in ("import", "comment") and not re.match(r"\s*(?:#|using\b|typedef\b)", part.text):
                break
            end = part.end if part.kind != "comment" else end
        return end

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        source = cpp_wall.examiner_source(self, problem, tests)
        return Examiner(
            language=self.name,
            source=source,
            options=problem.options[-1:],
            run=Step(argv=("${EXAMINER}/examiners", "${EXAMINER_NAME}")),
            requires=_required(source),
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        compile_ = command(examiners[0].options, EXAMINE, "examiners.cpp", "examiners")
        requires = [name for each in examiners for name in each.requires]
        link = (*objects("wall_examiner", requires), *_libraries(requires))
        return Workshop(
            files=(("examiners.cpp", cpp_wall.workshop_source(examiners)), examiners_header()),
            build=(Step(argv=(*compile_, *link)),),
            keeps=("examiners",),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        body = _whole(problem, sample)
        behind = cpp_wall.behind(body, examiner)
        return msgspec.structs.replace(self._made(problem, body, behind, "wall_program"), examiner=examiner)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = _MAIN.sub("passatk_own_main", _whole(problem, sample))
        includes = "".join(f"#include {name}\n" for name in INCLUDE.findall(tests))
        behind = f"{includes}{_PROOF}{cpp_wall.ASSERT}{INCLUDE.sub(chr(10), tests)}"
        return self._made(problem, body, behind, "proof")

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        headers, opened = opened_by(_whole(problem, sample), problem.options)
        requires = _required(opened)
        compile_ = command(problem.options, COMPILE, "main.cpp", "program")
        return Program(
            language=self.name,
            files=(("main.cpp", f"{opened}\n"), (name_of(headers), text_of(headers))),
            build=(Step(argv=(*compile_, *_libraries(requires))),),
            run=Step(argv=("./program",)),
            requires=requires,
        )

    def script(self, problem: Problem, sample: Sample, arguments: tuple[str, ...]) -> Program:
        program = self.standalone(problem, sample)
        return msgspec.structs.replace(program, run=Step(argv=(*program.run.argv, *arguments)))

    def _made(self, problem: Problem, body: str, behind: str, harness: str) -> Program:
        """`body` with what stands `behind` it, linked with an object of the harness."""
        headers, opened = opened_by(body, problem.options)
        requires = _required(f"{body}\n{behind}")
        compile_ = command(problem.options, COMPILE, "main.cpp", "program")
        link = (*objects(harness, requires), "-Wl,--wrap=main", *_libraries(requires))
        return Program(
            language=self.name,
            files=(("main.cpp", f"{opened}\n\n{behind}"), (name_of(headers), text_of(headers))),
            build=(Step(argv=(*compile_, *link)),),
            run=Step(argv=("./program",)),
            requires=requires,
        )


def _whole(problem: Problem, sample: Sample) -> str:
    """The sample behind the includes that it gets, without those that it has."""
    helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
    body = body_of(problem, sample).replace("\r\n", "\n").removeprefix("\ufeff")
    return f"{helpers}{body}"


def _required(written: str) -> tuple[str, ...]:
    return tuple(name for name, (used, _, _) in _DEPENDENCIES.items() if used.search(written))


def _libraries(requires: Sequence[str]) -> tuple[str, ...]:
    return ("-lcrypto",) if "openssl" in requires else ()


LANGUAGE = Cpp()
