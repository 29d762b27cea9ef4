"""Tcl: the program in an interpreter of its own; its tests are in the first one, which calls its procedures."""

import re
import shlex

from passatk.languages.base import output_of
from passatk.languages.dialect import patterns
from passatk.languages.lexing import Lexicon
from passatk.languages.lines import Lines
from passatk.languages.simple import Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_HARNESS = """
fconfigure stdin -translation binary -buffering none
set token [read stdin 32]
set proof [open /proc/self/fd/3 wb]
proc leave {code words} {
    flush stdout
    puts stderr $words
    exit $code
}
proc taken {name} {
    set file [open $name]
    fconfigure $file -encoding utf-8
    set text [read $file]
    close $file
    file delete $name
    return $text
}
set tests [taken tests.tcl]
set program [taken program.tcl]
file delete harness.tcl
expr {srand(1)}
if {![info complete $program]} {
    leave 64 "program.tcl: a brace, a bracket or a quote is not closed"
}
interp create program
program eval {expr {srand(1)}}
if {[catch {program eval $program} words]} {
    leave 1 $words
}
foreach name {NAMES} {
    interp alias {} $name program $name
}
proc assert {condition {words ""}} {
    if {![uplevel 1 [list expr $condition]]} {
        leave 65 "Assertion failed: $condition $words"
    }
}
if {[catch {uplevel #0 $tests} words]} {
    leave 1 $words
}
puts -nonewline $proof $token
close $proof
exit 0
"""
_IS_COMPLETE = """exec "${TCLSH}" <<'END'
set file [open program.tcl]
fconfigure $file -encoding utf-8
if {![info complete [read $file]]} {
    puts stderr "program.tcl: a brace, a bracket or a quote is not closed"
    exit 1
}
END
"""
_PROC = r"^[ \t]*proc[ \t]+(?:::)?(\S+)"


class Tcl(Simple):
    name, title, prefix = "tcl", "Tcl", "Tcl"
    comment = "#"
    suffixes = (".tcl",)
    fences = ("tcl",)
    lexicon = Lexicon(
        comments=(r"(?:(?<=\n)|\A|(?<=;))[ \t]*#[^\n]*",), strings=(r"\\.", r'"(?:\\.|[^"\\\n])*(?:"|\\?\Z|(?=\n))')
    )
    lines = Lines(
        function=r"proc\s+(?:::)?(\S+)\s+\{[^{}]*\}\s*\{",
        definition=r"(?:set|variable|array set)\s+(\S+)",
        imports=r"package\s+require|namespace\b|#!",
    )
    binds = patterns(r"\bset\s+(\w+)", r"\bforeach\s+(\w+)")
    code_line = regex(r"(?:proc|set|package|namespace|foreach|for|while|if|return|puts|incr|lappend|variable)\s|[{}]|#")
    driver_names = regex(r"main|test\w*")
    driver_code = regex(r"(?:puts|assert|exit|main)\b")
    reads_input = regex(r"\bgets\s+stdin|\bread\s+stdin")
    stub = regex(r"return(?:\s+\S+)?|error\s.*", re.DOTALL)
    returns = regex(r"")  # a procedure gives back what it computed last
    head = regex(r"^[ \t]*proc[ \t]+(?:::)?(\S+)[ \t]+\{", re.MULTILINE)
    head_end = regex(r"")
    minimum = (8, 5)
    packages = ("tcl",)
    telling = regex(r"^Assertion failed|can't read|invalid command|wrong # args|error")
    test_mark = regex(r"\bassert\b|\berror\b|\bexit\b")
    tools = {"TCLSH": "tclsh"}
    program_file, tests_file, harness_file = "program.tcl", "tests.tcl", "harness.tcl"
    run = Step(argv=("${TCLSH}", "harness.tcl"))
    build_alone = (Step(argv=("sh", "-c", _IS_COMPLETE)),)
    seed = "expr {srand(1)}; "
    self_test = simple_self_test(
        "tcl", "Tcl", "proc answer {} {\n", "    expr {20 + 22}\n}\n", "assert {[answer] == 42}\n"
    )

    def printed_version(self, tool: str) -> str:
        return output_of("sh", "-c", "echo 'puts \"Tcl [info patchlevel]\"' | " + shlex.quote(tool))

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        own = names_in(body, _PROC) - names_in(tests, _PROC)
        used = set(re.findall(r"[\w:.-]+", tests)) - {"assert"}
        return _HARNESS.replace("NAMES", " ".join(sorted(own & used)))


LANGUAGE = Tcl()
