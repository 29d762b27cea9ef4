"""A program without tests: what it prints is wanted, not whether that is right."""

from collections.abc import Sequence

import msgspec

from passatk.cases import Case, Cases, Checker
from passatk.errors import InputError
from passatk.languages import by_name
from passatk.records import Asserts, Problem, Program, Sample

_ANY = Checker(kind="any")


def bare_program(language: str, source: str, stdin: str = "", files: Sequence[tuple[str, str]] = ()) -> Program:
    """`source` as a program that reads `stdin`; `files` lie beside it.

    Its verdict is `passed` where it came to an end with exit code 0; `CaseFacts.printed` has what it printed.

    Raises:
        InputError: no program can be run like this in the language, or these files cannot lie beside it.
    """
    spoken = by_name(language)
    cases = Cases(cases=(Case(id="1", stdin=stdin, expected=""),), checker=_ANY)
    problem = Problem(
        task_id="program",
        benchmark="",
        language=spoken.name,
        prompt="",
        tests=Asserts(code=""),
        cases=cases,
    )
    program = spoken.program(problem, Sample(task_id=problem.task_id, index=0, text=source, whole=True), "")
    if not files:
        return program
    if program.build:
        raise InputError(f"files beside a program are not there in {spoken.title}, which is compiled; pass none")
    own = {name for name, _ in program.files}
    if taken := next((name for name, _ in files if name in own), None):
        raise InputError(f"the program itself is called {taken!r} here; give the file another name")
    return msgspec.structs.replace(program, files=(*program.files, *files))
