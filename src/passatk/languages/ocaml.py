"""OCaml: the program is a module, its tests another that sees the functions they name."""

import re

from passatk.languages.dialect import patterns
from passatk.languages.lexing import DOUBLE_QUOTED_LINES, Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_LET = r"^let\s+(?:rec\s+)?([a-z_][\w']*)"
_TYPED = r"let\s+(?:rec\s+)?{}\s+(.*?):([^:=()]+|[^:=]*\([^()]*\)[^:=]*)=\s*\Z"


class OCaml(Simple):
    name, title, prefix = "ocaml", "OCaml", "OCaml"
    aliases = ("ml",)
    comment = "(*"
    suffixes = (".ml",)
    fences = ("ocaml", "ml")
    lexicon = Lexicon(
        comments=(r"\(\*.*?(?:\*\)|\Z)",),
        strings=(DOUBLE_QUOTED_LINES, r"\{(?P<tag>[a-z_]*)\|.*?(?:\|(?P=tag)\}|\Z)", r"'(?:\\[^']+|[^'\\\n])'"),
        multiline=("(*", '"', "{|"),
    )
    lines = Lines(
        function=r"let\s+(?:rec\s+)?([a-z_][\w']*)(?:\s+[^=]+)?=|and\s+([a-z_][\w']*)\s[^=]*=",
        definition=r"(?:type|module|exception|class)\s+(?:rec\s+)?(?:'\w+\s+|\([^)]*\)\s*)?(\w+)",
        imports=r"open\b|#(?:use|require)\b",
        goes_on=r"[)\]}]|\||in\b|end\b|done\b|and\b|;;",
        closing=r";;|\bend",
    )
    binds = patterns(r"\blet\s+(?:rec\s+)?([a-z_][\w']*)", r"\bfun\s+([a-z_][\w']*)")
    by_indentation = True
    code_line = regex(r"(?:let|type|module|open|exception|and)\s|\(\*|\||in\b")
    driver_names = regex(r"main|test\w*|run_?tests?|assertions|_|\(\)")
    driver_code = regex(r"let\s+(?:\(\)|_)\s*=|(?:print_\w+|Printf\.\w+|assert)\b")
    reads_input = regex(r"\bread_line\b|\bread_int\b|\bstdin\b|Scanf\.")
    stub = regex(r"failwith\s.*|assert\s+false|\(\)|raise\s.*", re.DOTALL)
    returns = regex(r"")  # a function gives back what it computed last
    head = regex(r"^let[ ]+(?:rec[ ]+)?([a-z_][\w']*)[ ]*(?=\()\(?", re.MULTILINE)
    head_end = regex(r"[^=]*=")
    name_first = typed_by_colon = True
    multipl_e = ("ml",)
    minimum = (4, 8)
    packages = ("ocaml-nox", "gcc")
    assertion = regex(r'File "tests\.ml", line \d+, characters [-\d]+: Assertion failed|Assert_failure\("tests\.ml"')
    telling = regex(r"^Fatal error|^Error: ")
    out_of_memory = regex(r"Out_of_memory|Out of memory")
    test_mark = regex(r"\bassert\b|\bfailwith\b|\braise\b|\bexit\b")
    tools = {"OCAMLOPT": "ocamlopt"}
    version_flags = ("-version",)
    program_file, tests_file, harness_file = "program.ml", "tests.ml", "proof.c"
    build = (
        Step(argv=("${OCAMLOPT}", "-w", "-a", "-g", "-o", "program", "program.ml", "tests.ml", "proof.c")),
        Step(argv=("rm", "-f", "program.ml", "tests.ml", "proof.c")),
    )
    run = Step(argv=("./program",))
    build_alone = (Step(argv=("${OCAMLOPT}", "-w", "-a", "-g", "-o", "program", "program.ml")),)
    self_test = simple_self_test(
        "ocaml",
        "OCaml",
        "let answer () : int =\n",
        "  List.fold_left (+) 0 [20; 22]\n",
        "let assertions =\n  let candidate = answer in\n  (assert (candidate () = 42));\n  ()\n",
    )

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        return f'# 1 "program.ml"\n{body}\n'

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        plain = blanked(self.lexicon, body)
        names = names_in(plain, _LET) & set(re.findall(r"[a-z_][\w']*", blanked(self.lexicon, tests)))
        given = [
            f"let {name}{self._type(problem, name)} = Program.{name}\n"
            for name in sorted(names - names_in(tests, _LET) - {"_"})
        ]
        proof = f'external passatk_{MARK} : unit -> unit = "passatk_{MARK}_give"\nlet () = passatk_{MARK} ()\n'
        return f'{"".join(given)}# 1 "tests.ml"\n{tests}\n{proof}'

    def _type(self, problem: Problem, name: str) -> str:
        """The type that the problem declares for the function that it asks for, as an annotation."""
        found = re.search(_TYPED.format(re.escape(name)), problem.declaration, re.DOTALL)
        if found is None or name != problem.entry_point:
            return ""
        arguments = re.findall(r"\([^:()]+:([^()]*(?:\([^()]*\)[^()]*)*)\)", found[1])
        return f" : {' -> '.join(f'({one.strip()})' for one in [*arguments, found[2]])}" if arguments else ""


LANGUAGE = OCaml()
