"""R: the program in the global environment, then its tests in one that sees base R alone beside its functions."""

import re

from passatk.languages.dialect import patterns
from passatk.languages.lexing import DOUBLE_QUOTED_LINES, SINGLE_QUOTED_LINES, Lexicon
from passatk.languages.lines import Lines
from passatk.languages.simple import Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex


class R(Simple):
    name, title, prefix = "r", "R", "R"
    comment = "#"
    suffixes = (".r", ".R")
    fences = ("r",)
    lexicon = Lexicon(
        comments=(r"#[^\n]*",),
        strings=(r'[rR]"\((?:.*?\)"|.*\Z)', DOUBLE_QUOTED_LINES, SINGLE_QUOTED_LINES, r"`[^`\n]*(?:`|\Z|(?=\n))"),
        multiline=('"', "'"),
    )
    lines = Lines(
        function=r"`?([\w.]+)`?\s*(?:<-|=)\s*function\s*\([^{]*\{",
        definition=r"([\w.]+)\s*(?:<-|=)(?!=)",
        imports=r"(?:library|require|suppressPackageStartupMessages)\s*\(",
        goes_on=r"[)\]}]|else\b",
    )
    binds = patterns(r"(?:^|[;{(]\s*)([\w.]+)\s*(?:<-|=(?!=))", r"\bfor\s*\(\s*([\w.]+)\s+in\b")
    members = ("$", "@", "::")
    code_line = regex(
        r"[\w.]+(?:\[.*\])?\s*(?:<-|=)(?!=)\s*\S|(?:library|require)\(|(?:if|for|while|repeat|return|stop)\b.*[{(]|[{})]|#"
    )
    driver_names = regex(r"main|test\w*|run_?tests?")
    driver_code = regex(r"(?:print|cat|stopifnot|quit|q|main|message)\s*\(|if\s*\(\s*!?interactive")
    test_imports = regex(r"library\s*\(\s*(?:testthat|RUnit)")
    reads_input = regex(r"\breadline\s*\(|\bstdin\b|readLines\s*\(")
    stub = regex(r"(?:return\s*\(\s*)?(?:NULL|NA)\)?|stop\(.*|invisible\(\)", re.DOTALL)
    returns = regex(r"")  # a function gives back what it computed last
    head = regex(r"^[ \t]*`?([\w.]+)`?\s*(?:<-|=)\s*function\s*\(", re.MULTILINE)
    head_end = regex(r"\s*\{")
    name_first = True
    multipl_e = ("r",)
    minimum = (4, 0)
    packages = ("r-base-core",)
    telling = regex(r"^Error\b|Assertion failed")
    out_of_memory = regex(r"cannot allocate (?:vector|memory)|memory exhausted")
    test_mark = regex(r"\bstopifnot\b|\bquit\b|\bstop\b|\bq\s*\(")
    tools = {"R": "Rscript"}
    reads = ("/etc/R",)
    version_pattern = r"version (\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.R", "tests.R", "harness.R"
    run = Step(argv=("${R}", "--vanilla", "harness.R"), env=(("R_DEFAULT_PACKAGES", "methods,stats,utils"),))
    build_alone = (Step(argv=("${R}", "--vanilla", "-e", "invisible(parse('program.R'))")),)
    seed = "base::set.seed(1); "
    self_test = simple_self_test(
        "r",
        "R",
        "answer <- function() {\n",
        "    sum(c(20, 22))\n}\n",
        "test_humaneval <- function() {\n    candidate <- answer\n    if(!identical(candidate(), 42)){quit('no', 1)}\n"
        "}\ntest_humaneval()\n",
    )

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        pattern = r"^[ \t]*`?([\w.]+)`?\s*(?:<-|=)(?!=)"
        names = (names_in(body, pattern) & set(re.findall(r"[\w.]+", tests))) - names_in(tests, pattern)
        kept = sorted(
            names - {"identical", "all.equal", "isTRUE", "stopifnot", "quit", "q", "c", "list", "TRUE", "FALSE"}
        )
        return super().harness_text(problem, body, tests).replace("NAMES", ", ".join(f'"{name}"' for name in kept))


LANGUAGE = R()
