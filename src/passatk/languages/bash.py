"""Bash: tests in a shell of their own, for which each call of a function of the program is another shell."""

import re

from passatk.languages.lexing import DOUBLE_QUOTED_LINES, Lexicon
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_FUNCTION = r"^[ \t]*(?:function[ \t]+)?([\w:.-]+)[ \t]*\(\)|^[ \t]*function[ \t]+([\w:.-]+)"
_BUILTINS = frozenset(
    re.findall(
        r"\w+",
        """
        alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable
        eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd
        pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask
        unalias unset wait if then else elif fi for while until do done case esac select function time in
        """,
    )
)
"""Names that mean the same in tests whatever the program calls so."""


class Bash(Simple):
    name, title, prefix = "bash", "Bash", "Bash"
    aliases = ("sh", "shell")
    comment = "#"
    suffixes = (".sh", ".bash")
    fences = ("bash", "sh", "shell", "zsh")
    lexicon = Lexicon(
        comments=(r"(?<![^\s;()])#[^\n]*",),
        strings=(
            r"<<-?[ \t]*(?P<q>['\"]?)(?P<doc>\w+)(?P=q).*?(?:\n[ \t]*(?P=doc)(?=\n|\Z)|\Z)",
            r"\\.",
            r"\$\{#?\w+[^{}\n\s\"']*\}",
            DOUBLE_QUOTED_LINES,
            r"'[^']*(?:'|\Z)",
        ),
        multiline=('"', "'", "<<"),
    )
    lines = Lines(
        function=r"(?:function\s+)?([\w:.-]+)\s*\(\)\s*[{(]|function\s+([\w:.-]+)\s*[{(]",
        definition=r"(?:(?:declare|readonly|local|export)\s+(?:-\w+\s+)*)?(\w+)=",
        imports=r"#!|set\s+-|shopt\b|(?:source|\.)\s",
        goes_on=r"[)\]}]|else\b|elif\b|fi\b|done\b|esac\b",
    )
    code_line = regex(
        r"#|(?:function\s+)?[\w-]+\s*\(\)|(?:local|declare|readonly|export|set|shopt)\s|\w+=|(?:if|for|while|case|until)\s.*"
        r"|(?:fi|done|esac)\b|(?:echo|printf|return|read)\s|\[\[|[{})]"
    )
    driver_names = regex(r"main|test\w*|run_?tests?")
    driver_code = regex(r"(?:echo|printf|main|exit)\b|\[\[?\s|if\s+\[\[\s+\"?\$\{?BASH_SOURCE")
    reads_input = regex(r"\bread\b")
    stub = regex(r":|return(?:\s+\d+)?;?|true")
    returns = regex(r"")  # what it prints
    head = regex(r"^[ \t]*(?:function[ \t]+)?([\w:.-]+)[ \t]*\(", re.MULTILINE)
    head_end = regex(r"\s*\{")
    multipl_e = ("sh",)
    minimum = (4, 4)
    packages = ("bash",)
    telling = regex(r"^Assertion failed|^the program ended|: line \d+: ")
    test_mark = regex(r"\[\[|\btest\b|\[ |\bexit\b|\bdiff\b|\bcmp\b")
    tools = {"BASH": "bash"}
    version_pattern = r"version (\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.sh", "tests.sh", "harness.sh"
    run = Step(argv=("${BASH}", "harness.sh"))
    build_alone = (Step(argv=("${BASH}", "-o", "noexec", "program.sh")),)
    seed = "RANDOM=1\n"
    self_test = simple_self_test(
        "bash", "Bash", "answer() {\n", '    echo "$((20 + 22))"\n}\n', 'set -e\n[[ $(answer) = "42" ]]\n'
    )

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        theirs = {name for pair in re.findall(_FUNCTION, tests, re.MULTILINE) for name in pair}
        own = {name for pair in re.findall(_FUNCTION, body, re.MULTILINE) for name in pair if name}
        used = set(re.findall(r"[\w:.-]+", tests))
        names = (own & used) - theirs - (_BUILTINS - {problem.entry_point})
        stubs = [f'{name}() {{ passatk_call {name} "$@"; }}\n' for name in sorted(names)]
        text = super().harness_text(problem, body, tests).replace("PASSATK_STUBS", "".join(stubs))
        return text.replace("passatk_", f"passatk_{MARK}_")


LANGUAGE = Bash()
