"""D: the program and its tests are two modules; unit tests of the latter are run by a main of ours."""

import re

from passatk.languages.base import TYPED_HEAD
from passatk.languages.dialect import TYPED_BINDS, patterns
from passatk.languages.lexing import DOUBLE_QUOTED_LINES, SINGLE_QUOTED, SLASH_STAR, SLASHES, Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_MODULE = regex(r"^[ \t]*module\s+[\w.]+\s*;", re.MULTILINE)
_IMPORT = regex(r"^[ \t]*import\s[^;]*;[^\n]*\n?", re.MULTILINE)
_MAIN = regex(r"\bmain(?=\s*\()")
_RUN = """
extern(C) __gshared string[] rt_options = ["testmode=run-main"];
shared static this() {
    import core.runtime : Runtime;
    Runtime.moduleUnitTester = () => true; // main runs them, whatever the program has put there
}
extern(C) long passatk_MARK_give() nothrow;
void main() {
    static foreach (test; __traits(getUnitTests, passatk_tests)) test();
    static if (is(typeof(passatk_main()))) passatk_main();
    passatk_MARK_give();
}
"""


class D(Simple):
    name, title, prefix = "d", "D", "D"
    aliases = ("dlang",)
    suffixes = (".d",)
    fences = ("d", "dlang")
    lexicon = Lexicon(
        comments=(SLASHES, SLASH_STAR, r"/\+.*?(?:\+/|\Z)"),
        strings=(r"`[^`]*(?:`|\Z)", r'r"[^"]*(?:"|\Z)', DOUBLE_QUOTED_LINES, SINGLE_QUOTED),
        multiline=("/*", "/+", '"', "`"),
    )
    lines = Lines(
        function=r"(?:[\w!()\[\].]+\s+)+(\w+)\s*\([^{;]*\)[^{;]*\{",
        definition=(
            r"(?:struct|class|enum|alias|interface|union|template)\s+(\w+)"
            r"|(?:immutable|const|auto)\s+(?:\w+\s+)?(\w+)\s*="
        ),
        imports=r"import\b|module\b",
        goes_on=r"[)\]}{]|else\b",
    )
    binds = patterns(*TYPED_BINDS, r"\bauto\s+(\w+)\s*=", r"\bforeach\s*\(\s*(?:ref\s+)?(\w+)")
    code_line = regex(
        r"import\s+[\w.,: ]+;|module\s|(?:struct|class|enum|alias|immutable|auto|const)\s.*"
        r"|(?:[\w!()\[\]]+\s+)+\w+\s*\(.*"
        r"|(?:return|if|for|foreach|while)\b.*[;{)]\s*$|[{}]|//|/\*|/\+"
    )
    driver_names = regex(r"main|test\w*|run_?[tT]ests?")
    driver_code = regex(r"unittest\b|void\s+main\b")
    reads_input = regex(r"\breadln\b|\bstdin\b|\breadf\b")
    stub = regex(r"assert\s*\(\s*(?:0|false).*|throw\s.*|return(?:\s+\w+\.init)?;|;", re.DOTALL)
    head = TYPED_HEAD
    head_end = regex(r"\s*(?:(?:pure|nothrow|@\w+)\s*)*\{?")
    multipl_e = ("d",)
    minimum = (1, 20)
    packages = ("ldc", "gcc")
    assertion = regex(r"(?:Assert|unittest)\w*@tests\.d\b|tests\.d\(\d+\): \[?unittest|AssertError@tests")
    telling = regex(r"^[\w.]+@\S+\(\d+\)|Error: ")
    out_of_memory = regex(r"OutOfMemoryError|Memory allocation failed")
    test_mark = regex(r"\bassert\b|\bthrow\b|\benforce\b")
    tools = {"LDC": "ldc2"}
    reads = ("/etc/ldc2.conf",)
    version_pattern = r"\((\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.d", "tests.d", "proof.c"
    build = (
        Step(argv=("${LDC}", "-c", "-of=candidate.o", "program.d")),
        Step(argv=("gcc", "-c", "-o", "proof.o", "proof.c")),
        Step(argv=("${LDC}", "-unittest", "-of=program", "tests.d", "candidate.o", "proof.o")),
        Step(argv=("rm", "-f", "program.d", "tests.d", "proof.c", "candidate.o", "tests.o", "proof.o")),
    )
    run = Step(argv=("./program",))
    build_alone = (Step(argv=("${LDC}", "-O1", "-of=program", "program.d")),)
    self_test = simple_self_test(
        "d",
        "D",
        "import std.algorithm;\nlong answer()\n",
        "{\n    return [20L, 22L].sum;\n}\n",
        "unittest\n{\n    alias candidate = answer;\n    assert(candidate() == 42L);\n}\nvoid main(){}\n",
    )

    def end_of_function(self, text: str, new: int) -> int | None:
        """As in other languages with braces, but the function's own may stand in `text`."""
        lead = text[: len(text) - len(text.lstrip())]
        if not text.startswith("{", len(lead)):
            return super().end_of_function(text, new)
        begun = len(lead) + 1
        end = super().end_of_function(text[begun:], max(0, new - begun))
        return None if end is None else end + begun

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        return f'module program;\n#line 1 "program.d"\n{_MODULE.sub("", body)}\n'

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        imports = "".join(_IMPORT.findall(_MODULE.sub("", problem.declaration or problem.prompt)))
        own = blanked(self.lexicon, body)
        used = set(re.findall(r"\w+", blanked(self.lexicon, tests)))
        defined = {name for pair in re.findall(_DEFINED, own, re.MULTILINE) for name in pair if name}
        names = sorted((defined & used) - {"main", "assert", "unittest", problem.entry_point})
        typed = _declared(problem.declaration, problem.entry_point)
        entry = problem.entry_point
        if typed:
            imports += f"static import program;\n{typed}\n"
        elif entry:
            names.append(entry)
        if names:
            imports += f"import program : {', '.join(names)};\n"
        tests = _MAIN.sub("passatk_main", _MODULE.sub("", tests))
        run = _RUN.replace("MARK", MARK)
        return f'module passatk_tests;\n{imports}#line 1 "tests.d"\n{tests}\n{run}'


_DEFINED = r"^(?:[\w!()\[\].]+[ \t]+)+(\w+)[ \t]*\(|^(?:struct|class|enum|alias|union)[ \t]+(\w+)"


def _declared(declaration: str, entry: str) -> str:
    """A function that calls the program's with the types that the problem declares, whatever the program's are."""
    head = rf"^([\w!()\[\], .]+?)\s+{re.escape(entry)}\s*\(([^{{]*)\)"
    found = re.search(head, declaration, re.MULTILINE) if entry else None
    if found is None:
        return ""
    names = re.findall(r"(\w+)\s*(?:,(?![^()]*\))|\Z)", found[2])
    return f"{found[1]} {entry}({found[2]}) {{ return program.{entry}({', '.join(names)}); }}"


LANGUAGE = D()
