"""Perl: the program in `main`, then its tests in a package of their own, under Test::Deep."""

import re
from pathlib import Path

from passatk.languages.base import Missing, output_of
from passatk.languages.dialect import patterns
from passatk.languages.lexing import DOUBLE_QUOTED_LINES, SINGLE_QUOTED_LINES, Lexicon
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex


class Perl(Simple):
    name, title, prefix = "perl", "Perl", "Perl"
    aliases = ("pl",)
    comment = "#"
    suffixes = (".pl", ".pm")
    fences = ("perl", "pl")
    lexicon = Lexicon(
        comments=(r"(?<![$@%\\\w{])#[^\n]*", r"(?:(?<=\n)|\A)=[a-z]\w*\b.*?(?:\n=cut\b[^\n]*|\Z)"),
        strings=(
            r"<<~?(?P<q>['\"]?)(?P<doc>[A-Z_]\w*)(?P=q).*?(?:\n[ \t]*(?P=doc)\b|\Z)",
            r"(?<![$@%&\w>])(?:q[qwrx]?|m|y|tr|s)\s*(?:\{(?:\\.|[^{}\\])*(?:\}|\\?\Z)|\((?:\\.|[^()\\])*(?:\)|\\?\Z)"
            r"|(?P<d>[/|!])(?:\\.|(?!(?P=d))[^\\\n])*(?:(?P=d)|\\?\Z|(?=\n)))",
            r"(?<=[=~(,!&|;{])[ \t]*/(?![/ =])(?:\\.|[^/\\\n])*(?:/|\\?\Z|(?=\n))",
            DOUBLE_QUOTED_LINES,
            r"(?<!\w)(?<![$&])" + SINGLE_QUOTED_LINES,
        ),
        multiline=('"', "'", "="),
    )
    lines = Lines(
        function=r"sub\s+(\w+)\s*(?:\([^)]*\))?\s*\{",
        definition=r"(?:my|our|local)\s*\(?\s*[$@%](\w+)|package\s+(\w+)",
        imports=r"(?:use|require|no)\b|#!",
        goes_on=r"[)\]}]|else\b|elsif\b",
    )
    binds = patterns(r"\b(?:my|our|local)\s*\(?\s*([$@%]\w+)", r"\bforeach\s+my\s+(\$\w+)")
    members = ("->", "::")
    code_line = regex(
        r"sub\s+\w+|(?:my|our|local|use|no|require|package|return)\b.*[;{(]\s*(?:#.*)?$|[$@%]\w+.*[;{]\s*$"
        r"|(?:if|unless|for|foreach|while|until|print|push|die)\b.*[;{]\s*$|[{})\]]|#"
    )
    driver_names = regex(r"main|test\w*|run_?[tT]ests?")
    driver_code = regex(r"(?:print|printf|say|exit|ok|is|is_deeply|done_testing|main)\b")
    test_imports = regex(r"use\s+Test::")
    reads_input = regex(r"<STDIN>|<>|<\$?ARGV>")
    stub = regex(r"return(?:\s+undef)?;|die\b.*|\.\.\.;?|;|my\s*\([^)]*\)\s*=\s*@_;", re.DOTALL)
    returns = regex(r"")  # a function gives back what it computed last
    head = regex(r"^[ \t]*sub\s+(\w+)\s*(?=\{)(?:\{\s*my\s*)?\(?", re.MULTILINE)
    head_end = regex(r"\s*=\s*@_;|[^\n]*")
    multipl_e = ("pl",)
    minimum = (5, 26)
    packages = ("perl", "libtest-deep-perl")
    telling = regex(r" at \S+ line \d+|Assertion failed")
    test_mark = regex(r"\beq_deeply\b|\bexit\b|\bdie\b|\bassert\w*\b")
    tools = {"PERL": "perl"}
    version_flags = ("-e", "printf 'Perl %vd', $^V")
    program_file, tests_file, harness_file = "program.pl", "tests.pl", "harness.pl"
    run = Step(argv=("${PERL}", "harness.pl"), env=(("PERL_HASH_SEED", "0"), ("PERL_PERTURB_KEYS", "0")))
    build_alone = (Step(argv=("${PERL}", "-c", "program.pl")),)
    seed = "srand(1);\n#line 1\n"
    self_test = simple_self_test(
        "perl",
        "Perl",
        "sub answer {\n    my() = @_;\n",
        "    return 20 + 22;\n}\n",
        "use Test::Deep;\nsub testhumaneval {\n    if(eq_deeply(answer(), 42)) { print 'ok!' } else { exit 1; }\n"
        "}\ntesthumaneval();\n",
    )

    def prepare(self, found: dict[str, str], cache: Path) -> dict[str, str]:
        try:
            output_of(found["PERL"], "-MTest::Deep", "-e", "1")
        except Missing as error:
            raise Missing(
                "Test::Deep, by which tests compare, is not here; `apt-get install libtest-deep-perl`"
            ) from error
        return {}

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        return f"package main; $passatk_{MARK}::begun = 1;\n#line 1 program.pl\n{body}\n;1;\n"

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        theirs = names_in(tests, r"^[ \t]*sub\s+(\w+)")
        used = set(re.findall(r"&(\w+)|\b(\w+)\s*\(", tests))
        names = sorted({name for pair in used for name in pair} & names_in(body, r"\bsub\s+(\w+)") - theirs - {"exit"})
        return super().harness_text(problem, body, tests).replace("NAMES", " ".join(names))


LANGUAGE = Perl()
