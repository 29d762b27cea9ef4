"""PHP: the program in the global scope, then its tests in a namespace of their own, when PHP shuts down."""

import re
from pathlib import Path

from passatk.languages import native
from passatk.languages.base import Missing
from passatk.languages.dialect import patterns
from passatk.languages.lexing import DOUBLE_QUOTED_LINES, SINGLE_QUOTED_LINES, SLASH_STAR, Lexicon
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_FLAGS = (
    "--no-php-ini",
    "-d",
    "memory_limit=-1",
    "-d",
    "display_errors=stderr",
    "-d",
    "html_errors=0",
    "-d",
    "zend.assertions=1",
)
_ENVIRONMENT = (("LD_PRELOAD", "${PHP_RANDOM}"),)
_CLASSES = "ArithmeticError, ArrayObject, AssertionError, Closure, DivisionByZeroError, Error, Exception, TypeError"


class Php(Simple):
    name, title, prefix = "php", "PHP", "PHP"
    suffixes = (".php",)
    fences = ("php",)
    lexicon = Lexicon(
        comments=(r"//[^\n]*?(?=\?>|\n|\Z)", r"#(?!\[)[^\n]*", SLASH_STAR),
        strings=(
            r"<<<[ \t]*(?P<q>['\"]?)(?P<doc>\w+)(?P=q)\n.*?(?:\n[ \t]*(?P=doc)\b|\Z)",
            DOUBLE_QUOTED_LINES,
            SINGLE_QUOTED_LINES,
        ),
        multiline=("/*", '"', "'"),
    )
    lines = Lines(
        function=r"function\s+&?(\w+)\s*\([^{]*\{",
        definition=(
            r"(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(\w+)"
            r"|(?:const\s+|(?=\$))(\$?\w+)\s*=|define\s*\(\s*['\"](\w+)"
        ),
        imports=r"(?:use|require|require_once|include|include_once|declare)\b|<\?php",
        goes_on=r"[)\]}]|else\b|catch\b|\?>",
    )
    binds = patterns(r"(\$\w+)\s*=(?!=)", r"\bas\s+(\$\w+)")
    members = ("->", "::")
    code_line = regex(
        r"<\?php|\?>|(?:abstract |final )*(?:class|interface|trait|enum|function)\s+&?\w+"
        r"|(?:use|namespace|require|include)\b.*;"
        r"|\$\w+\s*(?:\[.*\])?\s*[-+*/.?]*=|declare\s*\(|(?:echo|print|return|if|for|foreach|while)\b.*[;{]\s*$|[{})\]]|//|/\*"
    )
    driver_names = regex(r"main|test\w*|run_?[tT]ests?")
    driver_code = regex(r"(?:echo|print|print_r|var_dump|printf|assert|exit|die)\b")
    reads_input = regex(r"\bSTDIN\b|\breadline\s*\(|php://stdin")
    stub = regex(r"return(?:\s+null)?;|throw\s.*|;", re.DOTALL)
    head = regex(r"^[ \t]*(?:(?:public|private|protected|static|final)\s+)*function\s+&?(\w+)\s*\(", re.MULTILINE)
    head_end = regex(r"\s*(?::\s*\??[\w\\|]+\s*)?\{")
    multipl_e = ("php",)
    minimum = (7, 4)
    packages = ("php-cli",)
    telling = regex(r"^(?:PHP )?(?:Fatal|Parse) error|Assertion failed|^[\w\\]*(?:Error|Exception):")
    test_mark = regex(r"\bassert\w*\s*\(|\bthrow\b|\bexit\b")
    tools = {"PHP": "php"}
    program_file, tests_file, harness_file = "program.php", "tests.php", "harness.php"
    run = Step(argv=("${PHP}", *_FLAGS, "harness.php"), env=_ENVIRONMENT)
    build_alone = (Step(argv=("${PHP}", *_FLAGS, "-l", "program.php"), env=_ENVIRONMENT),)
    self_test = simple_self_test(
        "php",
        "PHP",
        "<?php\nfunction answer() {\n",
        "    return array_sum([20, 22]);\n}\n",
        'if (answer() !== 42) { throw new Exception("Test failed!"); }\n',
    )

    def prepare(self, found: dict[str, str], cache: Path) -> dict[str, str]:
        library = native.built("random", cache)
        if library is None:
            raise Missing("PHP needs random bytes that a library of its own hands out; `apt-get install g++`")
        return {"PHP_RANDOM": str(library)}

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        own = re.sub(r"\A\s*<\?php\b", "", tests)
        return f"namespace passatk_{MARK};\nuse {_CLASSES};\n{own}"


LANGUAGE = Php()
