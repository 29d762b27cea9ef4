"""Haskell: the program is a module, its tests another that sees the functions they name, with their declared types."""

import re

from passatk.languages.dialect import patterns
from passatk.languages.lexing import DOUBLE_QUOTED, Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_MODULE = regex(r"^module\s+[\w.]+\s*(?:\((?:[^()]|\([^()]*\))*\)\s*)?where\b[^\n]*", re.MULTILINE)
_PRAGMAS = regex(r"\A(?:\s|--[^\n]*\n|\{-#\s*(?:LANGUAGE|OPTIONS_GHC)[^#]*#-\})*")
_IMPORT = regex(r"^import\s[^\n]*\n(?:[ \t]+[^\n]*\n)*", re.MULTILINE)
_DEFINED = r"^([a-z_][\w']*+)\s*(?:::|[^\n]*=)"
_MAIN = regex(r"^main\b", re.MULTILINE)
_RUNS_WHILE_COMPILING = regex(r"\{-#\s*(?:ANN|OPTIONS\w*)\b.*?#-\}", re.DOTALL | re.IGNORECASE)
_LANGUAGE = regex(r"\{-#\s*LANGUAGE\b(.*?)#-\}", re.DOTALL | re.IGNORECASE)
_REFUSED = frozenset(("TemplateHaskell", "TemplateHaskellQuotes", "QuasiQuotes", "CPP", "Trustworthy"))
"""Extensions by which a program does something, or reads its tests, while it is compiled."""
_PROOF = """module Main (main) where
import qualified Tests
foreign import ccall "passatk_MARK_give" give :: IO Int
main :: IO ()
main = Tests.passatk_main >> give >> return ()
"""


class Haskell(Simple):
    name, title, prefix = "haskell", "Haskell", "Haskell"
    aliases = ("hs",)
    comment = "--"
    suffixes = (".hs",)
    fences = ("haskell", "hs")
    lexicon = Lexicon(
        comments=(r"--+(?![!#$%&*+./<=>?@\\^|~:])[^\n]*", r"\{-.*?(?:-\}|\Z)"),
        strings=(DOUBLE_QUOTED, r"(?<![\w'])'(?:\\[^']+|[^'\\\n])'"),
        multiline=("{-",),
    )
    lines = Lines(
        function=r"([a-z_][\w']*+)[ \t]*+(?:::[^\n]*(?:\n[ \t]+[^\n]*)*|[^=|\n]*+(?:=|(?=\n?[ \t]*\|)))",
        definition=r"(?:data|newtype|type|class|instance)\s+(?:[^=]*=>\s*)?(\w+)",
        imports=r"import\s|module\s|\{-#",
        goes_on=r"[)\]}]|\|",
        closing=r"(?!)",
    )
    binds = patterns(r"\blet\s+([a-z_][\w']*)", r"^[ \t]+([a-z_][\w']*)\s*=")
    by_indentation = True
    code_line = regex(
        r"import\s|module\s|[a-z_][\w']*+\s*+(?:::|.*=)|(?:data|newtype|type|class|instance)\s|--|\{-|where\b|\|"
    )
    driver_names = regex(r"main|test\w*|run_?[tT]ests?")
    driver_code = regex(r"main\b")
    reads_input = regex(r"\bgetLine\b|\bgetContents\b|\binteract\b")
    stub = regex(r"undefined|error\s.*", re.DOTALL)
    returns = regex(r"")  # a function is what it gives back
    head = regex(r"^([a-z_][\w']*+)(?=[^\n]*=)[ ]*\(?", re.MULTILINE)
    head_end = regex(r"[^=\n]*=")
    name_first = True
    multipl_e = ("hs",)
    minimum = (8, 6)
    packages = ("ghc",)
    assertion = regex(r"\bassertion failed\b|Assertion failed")
    telling = regex(r"^\w[\w.-]*: |error:")
    out_of_memory = regex(r"heap overflow|out of memory")
    test_mark = regex(r"\berror\b|\bassert\b|\bexitFailure\b|\bexitWith\b|\bwhen\b|\bunless\b")
    tools = {"GHC": "ghc"}
    reads = ("/var/lib/ghc",)
    version_pattern = r"version (\d+)\.(\d+)"
    program_file, tests_file, harness_file = "Program.hs", "Tests.hs", "Main.hs"
    beside_harness = ("proof.c",)
    build = (
        Step(argv=("${GHC}", "-v0", "-w", "-O0", "-o", "program", "Main.hs", "proof.c")),
        Step(argv=("sh", "-c", "rm -f *.hs *.hi *.o *.c")),
    )
    run = Step(argv=("./program",))
    build_alone = (Step(argv=("${GHC}", "-v0", "-w", "-O1", "-o", "program", "Program.hs")),)
    self_test = simple_self_test(
        "haskell",
        "Haskell",
        "answer :: Int\nanswer =",
        " sum [20, 22]\n",
        'main :: IO ()\nmain = do\n  if answer == 42 then pure () else error "assertion failed"\n  pure ()\n',
    )

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        body = _LANGUAGE.sub(_harmless, _RUNS_WHILE_COMPILING.sub("", body))
        pragmas = _PRAGMAS.match(body)
        end = pragmas.end() if pragmas else 0
        return f"{body[:end]}module Program where\n{_MODULE.sub('', body[end:])}\n"

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        names = names_in(blanked(self.lexicon, body), _DEFINED) - names_in(tests, _DEFINED) - {"main"}
        used = names & set(re.findall(r"[a-z_][\w']*", blanked(self.lexicon, tests)))
        shared = "".join(f"{self._typed(problem, name)}{name} = Program.{name}\n" for name in sorted(used))
        pragmas = _PRAGMAS.match(tests)
        end = pragmas.end() if pragmas else 0
        own = _MODULE.sub("", tests[end:])
        imports, rest = "".join(_IMPORT.findall(own)), _IMPORT.sub("", own)
        hidden = ", ".join(sorted(used))
        prelude = f"import Prelude hiding ({hidden})\nimport qualified Program\n"
        rest = _MAIN.sub("passatk_main", rest)
        return f"{tests[:end]}module Tests (passatk_main) where\n{prelude}{imports}{shared}{rest}\n"

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        return _PROOF.replace("MARK", MARK)

    def _typed(self, problem: Problem, name: str) -> str:
        """The type that the problem declares for `name`."""
        found = re.search(rf"^{re.escape(name)}\s*::[^\n]*\n", problem.declaration, re.MULTILINE)
        return found[0] if found else ""


def _harmless(pragma: re.Match[str]) -> str:
    kept = [name.strip() for name in pragma[1].split(",") if name.strip() not in _REFUSED]
    return f"{{-# LANGUAGE {', '.join(kept)} #-}}" if kept else ""


LANGUAGE = Haskell()
