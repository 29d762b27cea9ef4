"""Fortran: the program is a module, its tests a main program that uses its procedures and ends with the proof."""

import re

from passatk.languages.dialect import patterns
from passatk.languages.lexing import Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import MARK, Simple, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_MODULE = regex(r"^[ \t]*module[ \t]+(?!procedure\b|function\b|subroutine\b)(\w+)", re.MULTILINE | re.IGNORECASE)
_MAIN = regex(r"^[ \t]*program[ \t]+\w+.*?^[ \t]*end[ \t]*program\b[^\n]*\n?", re.MULTILINE | re.IGNORECASE | re.DOTALL)
_OPENING = regex(r"^[ \t]*program[ \t]+\w+[^\n]*\n", re.MULTILINE | re.IGNORECASE)
_ENDING = regex(r"^[ \t]*(?:contains|end(?:[ \t]*program\b[^\n]*)?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_PROCEDURE = r"(?:[\w*=():,][\w*=():, \t]*[ \t])?(?:function|subroutine)[ \t]+(\w+)[ \t]*\("
_HEAD = rf"^[ \t]*+{_PROCEDURE}"
_END = regex(r"^[ \t]*end[ \t]*(?:function|subroutine)\b[^\n]*", re.MULTILINE | re.IGNORECASE)
_PROOF = """module passatk_MARK
interface
subroutine passatk_MARK_give() bind(C, name="passatk_MARK_give")
end subroutine
end interface
end module
"""

_COMPILE = (
    *("${GFORTRAN}", "-w", "-O1", "-g", "-fcheck=bounds,pointer", "-ffree-line-length-none"),
    *("-o", "program"),
)


class Fortran(Simple):
    name, title, prefix = "fortran", "Fortran", "Fortran"
    aliases = ("f90",)
    comment = "!"
    suffixes = (".f90", ".f95", ".f03", ".f08")
    fences = ("fortran", "f90")
    lexicon = Lexicon(
        comments=(r"![^\n]*",),
        strings=(r'"(?:""|[^"\n])*(?:"|\Z|(?=\n))', r"'(?:''|[^'\n])*(?:'|\Z|(?=\n))"),
    )
    lines = Lines(
        function=rf"(?i:{_PROCEDURE})[^\n]*",
        definition=r"(?i:module|program|type)\s+(\w+)",
        imports=r"(?i:use|implicit)\b",
        goes_on=r"(?i:end|contains)\b",
        closing=r"(?i:end[ \t]*(?:function|subroutine)?\b[^\n]*)",
    )
    binds = patterns(r"::[ \t]*(\w+)")
    members = ("%",)
    closer = "end function"
    code_line = regex(
        r"(?i:module|program|contains|implicit|use|end|integer|real|logical|character|type|pure|recursive|function|do|if"
        r"|subroutine|call|print|select|allocate)\b|\w+(?:\(.*\))?\s*=|!"
    )
    driver_names = regex(r"(?i:main|test\w*)")
    driver_code = regex(r"(?i:program|print|call\s+test)\b")
    reads_input = regex(r"(?i:\bread\s*\(?\s*\*)")
    stub = regex(r"(?i:return|stop.*|error stop.*|\w+\s*=\s*0)")
    returns = regex(r"=|(?i:\breturn\b)")
    head = regex(_HEAD, re.MULTILINE | re.IGNORECASE)
    head_end = regex(r"[^\n]*(?:\n|\Z)")
    minimum = (8, 0)
    packages = ("gfortran",)
    assertion = regex(r"^ERROR STOP", re.MULTILINE)
    telling = regex(r"^(?:Fortran runtime error|ERROR STOP|Error: |At line)")
    out_of_memory = regex(r"Error allocating|Allocation would exceed|Out of memory")
    test_mark = regex(r"(?i:\bstop\b|\bexit\b)")
    tools = {"GFORTRAN": "gfortran"}
    version_pattern = r" (\d+)\.(\d+)"
    program_file, tests_file, harness_file = "program.f90", "tests.f90", "harness.f90"
    beside_harness = ("proof.c",)
    build = (
        Step(argv=(*_COMPILE, "harness.f90", "program.f90", "tests.f90", "proof.c")),
        Step(argv=("sh", "-c", "rm -f *.f90 *.mod *.c")),
    )
    run = Step(argv=("./program",))
    build_alone = (Step(argv=(*_COMPILE, "program.f90")),)
    self_test = simple_self_test(
        "fortran",
        "Fortran",
        "integer function answer()\n",
        "  answer = sum([20, 22])\nend function\n",
        "program tests\n  implicit none\n  if (answer() /= 42) error stop 'answer'\nend program\n",
    )

    def end_of_function(self, text: str, new: int) -> int | None:
        """Behind the line that ends the function, once something stands behind it."""
        found = _END.search(blanked(self.lexicon, text))
        return found.end() if found and found.end() < len(text) else None

    def open_blocks(self, text: str) -> int:
        plain = blanked(self.lexicon, text)
        ended = len(_END.findall(plain))
        return len(re.findall(_HEAD, _END.sub("", plain), re.MULTILINE | re.IGNORECASE)) - ended

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        body = _MAIN.sub("", body)
        if _MODULE.search(body):
            return body
        return f'module passatk_program\ncontains\n# 1 "program.f90"\n{body}\nend module\n'

    def tests_text(self, problem: Problem, body: str, tests: str) -> str:
        plain = blanked(self.lexicon, body)
        modules = _MODULE.findall(plain)
        defined = {name.lower() for name in re.findall(_HEAD, _END.sub("", plain), re.MULTILINE | re.IGNORECASE)}
        used = {word.lower() for word in re.findall(r"\w+", blanked(self.lexicon, tests))}
        names = ", ".join(sorted(defined & used)) or problem.entry_point
        module = modules[-1] if modules else "passatk_program"
        opening = f"use passatk_{MARK}\nuse {module}, only: {names}\n"
        begun = _OPENING.search(tests)
        own = tests if begun else f"program tests\n{tests}\nend program\n"
        start = _OPENING.search(own)
        place = start.end() if start else 0
        ending = _ENDING.search(own, place)
        end = ending.start() if ending else len(own)
        return f"{own[:place]}{opening}{own[place:end]}call passatk_{MARK}_give()\n{own[end:]}"

    def harness_text(self, problem: Problem, body: str, tests: str) -> str:
        return _PROOF.replace("MARK", MARK)


LANGUAGE = Fortran()
