"""Racket: the program is a module, its tests another that imports the functions they name and checks of our own."""

import re
from collections.abc import Iterator

from passatk.languages.dialect import patterns
from passatk.languages.lexing import Lexicon, blanked, spans
from passatk.languages.lines import Lines
from passatk.languages.simple import Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_DEFINE = r"^[ \t]*\(define\s+\(*([^\s()\[\]]+)"
_LANG = regex(r"\A(?:\s|;[^\n]*\n)*#lang[ \t]+[^\n]*")
_OTHERS = regex(r"\(\s*require\s+(?:rackunit(?:/\S+)?\s*)+\)")


class Racket(Simple):
    name, title, prefix = "racket", "Racket", "Racket"
    aliases = ("rkt",)
    comment = ";"
    suffixes = (".rkt",)
    fences = ("racket", "rkt", "scheme", "lisp")
    lexicon = Lexicon(
        comments=(r";[^\n]*", r"#\|.*?(?:\|#|\Z)"),
        strings=(r'"(?:\\.|[^"\\])*(?:"|\\?\Z)', r"#\\(?:[a-z]+|.)", r"\|[^|\n]*(?:\||\Z|(?=\n))"),
        multiline=('"', "#|"),
    )
    lines = Lines(
        function=r"\(define\s+\(+([^\s()]+)[^()]*\)+",
        definition=r"\((?:define|struct|define-\S+)\s+\(?([^\s()]+)",
        imports=r"#lang\b|\((?:require|provide|module)\b",
        closing=r"\)",
    )
    binds = patterns(r"\(define\s+([^\s()]+)", r"\(\s*\[?\(?([^\s()\[\]]+)")
    closer = ")"
    code_line = regex(r"#lang\b|\((?:define|require|provide|struct|let|module|for)\b|;|[()\[\]]")
    driver_names = regex(r"main|test\S*|run-?tests?")
    driver_code = regex(r"\((?:display|displayln|print|printf|check-\S+|module\+|test-\S+|main)\b")
    test_imports = regex(r"\(require\s+rackunit")
    reads_input = regex(r"\(read(?:-line)?\b")
    stub = regex(r"\(void\)|\(error\b.*|'?\(\)|#f", re.DOTALL)
    returns = regex(r"")  # a function gives back what it computed last
    head = regex(r"^[ \t]*\(define\s+\(([^\s()]+)(?=[\s)])", re.MULTILINE)
    head_end = regex(r"")
    multipl_e = ("rkt",)
    minimum = (7, 0)
    packages = ("racket",)
    telling = regex(r"^\S+: |Assertion failed")
    test_mark = regex(r"\(\s*(?:check-|raise|error|exit|unless|when)")
    tools = {"RACKET": "racket"}
    reads = ("/etc/racket",)
    version_pattern = r"v(\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.rkt", "tests.rkt", "harness.rkt"
    beside_harness = ("checks.rkt",)
    run = Step(argv=("${RACKET}", "harness.rkt"))
    build_alone = (Step(argv=("${RACKET}", "-l-", "raco", "make", "program.rkt")),)
    self_test = simple_self_test(
        "racket",
        "Racket",
        "#lang racket\n(define (answer)\n",
        "  (+ 20 22))\n",
        "(require rackunit)\n(check-within (answer) 42 0.001)\n",
    )

    def end_of_function(self, text: str, new: int) -> int | None:
        """Behind the parenthesis that closes one more than `text` opened."""
        depth = 0
        for kind, start, end in spans(self.lexicon, text):
            depth += (kind == "open") - (kind == "close")
            if depth < 0:
                return end if start >= 0 else None
        return None

    def open_blocks(self, text: str) -> int:
        return sum((kind == "open") - (kind == "close") for kind, _, _ in self._brackets(text))

    def _brackets(self, text: str) -> Iterator[tuple[str, int, int]]:
        return (found for found in spans(self.lexicon, text) if found[0] in ("open", "close"))

    def alone_text(self, body: str) -> str:
        found = _LANG.match(body)
        lang, own = (found[0], body[found.end() :]) if found else ("#lang racket", f"\n{body}")
        return f"{lang}\n(random-seed 1){own}"

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        own = body if _LANG.match(body) else f"#lang racket\n{body}"
        return f"{own}\n(provide {' '.join(self._shared(body, tests))})\n"

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        names = " ".join(self._shared(body, tests))
        own = _OTHERS.sub("", tests)
        return f'#lang racket\n(require "checks.rkt" (only-in "program.rkt" {names}))\n{own}\n'

    def _shared(self, body: str, tests: str) -> list[str]:
        """What tests use of what the program defines, and do not define themselves."""
        defined = names_in(blanked(self.lexicon, body), _DEFINE) - names_in(tests, _DEFINE)
        used = set(re.findall(r"[^\s()\[\]'`,\"]+", blanked(self.lexicon, tests)))
        return sorted(name for name in defined & used if not name.startswith("check-"))


LANGUAGE = Racket()
