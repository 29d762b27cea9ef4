"""C# under Mono: the program, its tests in a class beside it, and a main of our own are one executable."""

import re

from passatk.languages.base import TYPED_HEAD
from passatk.languages.dialect import TYPED_BINDS, patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, SLASHES, Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, outside_text, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_USING = regex(r"^[ \t]*(?:global\s+)?using\s+(?:static\s+)?[\w.]+(?:\s*=[^;(]+)?;[^\n]*\n?", re.MULTILINE)
_CLASS = regex(r"^[ \t]*(?:(?:public|internal|static|sealed|abstract|partial)\s+)*class\s+(\w+)", re.MULTILINE)
_MAIN = regex(r"\bstatic\s+(?:async\s+)?(?:void|int|Task(?:<int>)?)\s+Main\s*\((\s*\))?")
_BY_REFERENCE = regex(r"\.Equals\(\(new (?:List|Dictionary)<")
BY_REFERENCE = (
    "tests that compare lists or dictionaries by content (`Equals` of these is true of the same object alone)"
)
_NAMESPACE = regex(r"^\s*namespace\s+[\w.]+\s*(?:;|\{)", re.MULTILINE)
_NO_SEED = regex(r"\bnew\s+(System\s*\.\s*)?Random\s*\(\s*\)")
_ASSERT = regex(r"\b(?:System\.Diagnostics\.)?(?:Debug|Trace)\.Assert(?=\s*\()")
_INHERITS = regex(r"\bclass\s+\w+\s*:\s*(\w+)\s*\{")
_HIDDEN = regex(r"^([ \t]+)(?:(?:private|protected)\s+)?(?=static\s+(?!class\b|void\s+Main\b))", re.MULTILINE)

_COMPILE = ("${MCS}", "-warn:0", "-d:DEBUG", "-r:System.Numerics.dll", "-out:program.exe")


class CSharp(Simple):
    name, title, prefix = "csharp", "C#", "CSharp"
    aliases = ("cs", "c#")
    suffixes = (".cs",)
    fences = ("csharp", "cs", "c#")
    lexicon = Lexicon(
        comments=(SLASHES, SLASH_STAR),
        strings=(r'\$?@\$?"(?:""|[^"])*(?:"|\Z)', DOUBLE_QUOTED, SINGLE_QUOTED),
        multiline=("/*", '@"'),
        directives=r"(?:\A|(?<=\n))[ \t]*#[^\n]*",
    )
    lines = Lines(
        function=(
            r"(?:(?:public|private|internal|static|async)\s+)++[\w<>\[\],.? ]+\s(\w+)\s*(?:<[^>]*>)?\([^)]*\)"
            r"[^{=]*(?:\{|=>)"
        ),
        definition=(
            r"(?:(?:public|internal|static|sealed|abstract|partial)\s+)*(?:class|struct|enum|interface|record)\s+(\w+)"
            r"|namespace\b"
        ),
        members=r"^[ \t]+(?:(?:public|private|internal|static|async)\s+)++[\w<>\[\],.? ]+\s(\w+)\s*(?:<[^>]*>)?\(",
        imports=r"(?:global\s+)?using\s+[\w. =]+;",
        goes_on=r"[)\]}{]|else\b|where\b",
    )
    binds = patterns(*TYPED_BINDS, r"\bvar\s+(\w+)\s*=")
    closers = 2
    code_line = regex(
        r"using\s+[\w.]+;|namespace\s|\[\w+|(?:(?:public|private|protected|internal|static|sealed|abstract)\s+)+\w"
        r"|(?:class|struct)\s+\w|(?:var|int|long|string|bool|double|List<.*>)\s+\w+\s*[=;]"
        r"|(?:return|if|for|foreach|while)\b.*[;{)]\s*$|[{}]|//|/\*"
    )
    driver_names = regex(r"Main|[Tt]est\w*|Program|Run[tT]ests?")
    driver_code = regex(r"(?:Console|Debug)\.\w+\(|(?:static\s+void\s+)?Main\b")
    test_imports = regex(r"using\s+(?:NUnit|Xunit|Microsoft\.VisualStudio)")
    reads_input = regex(r"\bConsole\.Read")
    stub = regex(r"throw\s.*|return(?:\s+(?:null|default))?;|;", re.DOTALL)
    head = TYPED_HEAD
    head_end = regex(r"\s*(?:where[^{]*)?(?:\{|=>)")
    multipl_e = ("cs",)
    minimum = (6, 0)
    packages = ("mono-mcs", "mono-runtime", "libmono-system-numerics4.0-cil")
    telling = regex(r"Assertion failed|^Unhandled|^[\w.]*Exception\b|error CS\d+")
    out_of_memory = regex(r"OutOfMemoryException|Could not allocate|Cannot allocate memory")
    test_mark = regex(r"\bAssert\b|\bthrow\b|\bExit\b")
    tools = {"MONO": "mono", "MCS": "mcs"}
    reads = ("/etc/mono",)
    version_pattern = r"version (\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.cs", "tests.cs", "harness.cs"
    build = (Step(argv=(*_COMPILE, "-main:Passatk", "program.cs", "tests.cs", "harness.cs")),)
    run = Step(argv=("${MONO}", "program.exe"))
    build_alone = (Step(argv=(*_COMPILE, "program.cs")),)
    self_test = simple_self_test(
        "csharp",
        "CSharp",
        "using System.Diagnostics;\nclass Problem {\n    public static long Answer() {\n",
        "        return new System.Numerics.BigInteger(42) == 42 ? 42 : 0;\n    }\n}\n",
        "using System.Diagnostics;\nclass Tests : Problem {\n    public static void Main() {\n"
        "    Debug.Assert(Answer() == 42);\n    }\n}\n",
    )

    def beside(self, declaration: str, tests: str) -> str:
        return in_class(declaration, tests, _CLASS, "class Tests : {} {{", "".join(_USING.findall(declaration)))

    def shaped(self, code: str, entry: str) -> str:
        """The method `entry` in a class `Problem`, in no namespace, where others may call it."""
        if not entry or not re.search(rf"\b{re.escape(entry)}\b", code):
            return code
        usings = "".join(_USING.findall(code))
        code = _USING.sub("", code)
        if found := _NAMESPACE.search(code):
            code = code[: found.start()] + code[found.end() :]
            if found[0].endswith("{"):
                code = code[: code.rindex("}")] + "\n" if "}" in code else code
        plain = blanked(self.lexicon, code)
        place = re.search(rf"\b{re.escape(entry)}\s*(?:<[^>]*>)?\(", plain)
        inside = [it for it in _CLASS.finditer(plain) if place and it.start() < place.start()]
        if not inside:
            return f"{usings}class Problem {{\n{_HIDDEN.sub(chr(92) + '1public ', code)}\n}}\n"
        owner = inside[-1][1]
        if owner != "Problem" and not re.search(r"\bProblem\b", plain):
            code = re.sub(rf"\b{owner}\b", "Problem", code)
        code = re.sub(r"\bstatic\s+class\s+Problem\b", "class Problem", code)
        return usings + _HIDDEN.sub(r"\1public ", code)

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        return self.alone_text(body)

    def alone_text(self, body: str) -> str:
        return outside_text(self.lexicon, body, lambda code: _NO_SEED.sub(r"new \1Random(1)", code))

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        own = _USING.sub("", tests)
        asserted = outside_text(self.lexicon, own, lambda code: _ASSERT.sub("global::Passatk.Assert", code))
        if inherits := _INHERITS.search(asserted):
            head = _declared(inherits[1], problem.declaration, problem.entry_point)
            asserted = asserted[: inherits.end()] + head + asserted[inherits.end() :]
        return f"{''.join(_USING.findall(tests))}namespace passatk_{MARK} {{\n{asserted}\n}}\n"

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        main = _MAIN.search(tests)
        classes = _CLASS.findall(tests[: main.start()] if main else tests)
        called = f"global::passatk_{MARK}.{classes[-1] if classes else 'Tests'}.Main"
        return (
            super()
            .harness_text(problem, body, tests)
            .replace("TESTS", f"{called}({'' if main and main[1] else 'args'})")
        )

    def required(self, problem: Problem, body: str, tests: str) -> tuple[str, ...]:
        return (BY_REFERENCE,) if _BY_REFERENCE.search(tests) else ()


def _declared(owner: str, declaration: str, entry: str) -> str:
    """A method that calls the program's with the types that the problem declares, whatever the program's are."""
    pattern = rf"public\s+static\s+([\w<>\[\],.? ]+?)\s+{re.escape(entry)}\s*\(([^()]*)\)"
    found = re.search(pattern, declaration) if entry else None
    if found is None:
        return ""
    names = re.findall(r"(\w+)\s*(?:,(?![^<>]*>)|\Z)", found[2])
    return f"\n    new static {found[1]} {entry}({found[2]}) {{ return {owner}.{entry}({', '.join(names)}); }}"


def in_class(declaration: str, tests: str, class_: "re.Pattern[str]", opening: str, before: str) -> str:
    """Tests that stand in the last class of `declaration` as a class of their own, which `opening` begins."""
    classes = class_.findall(declaration)
    if not classes or class_.search(tests):
        return tests
    return f"{before}{opening.format(classes[-1])}\n{tests.rstrip()}\n"


LANGUAGE = CSharp()
