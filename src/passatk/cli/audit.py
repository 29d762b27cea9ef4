"""`passatk problems audit`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli.generated import Given, Table, with_settings
from passatk.cli.options import Json
from passatk.pipeline.settings import Judging
from passatk.settings import build, settings_of
from passatk.wording import counted

_LIMITS = tuple(one.key for one in settings_of(Judging) if one.path[0] == "limits")


@with_settings(
    Table("problems", "Problems", only=("languages",)),
    Table(
        "judging",
        "Judging",
        only=("repeat", "vary", "workers", "sandboxed", *_LIMITS),
        unset={"repeat": "3, varied"},
    ),
)
def audit(
    given: Given,
    source: Annotated[str, typer.Argument(help="Which problems: a name, a file or a folder.")],
    solutions: Annotated[
        Path | None,
        typer.Option(help="File of solutions that are known to be right or wrong: task_id, correct, and solution."),
    ] = None,
    mutants: Annotated[int, typer.Option(min=0, help="Mutants of each reference solution, at most; 0 makes none.")] = 8,
    out: Annotated[
        Path | None, typer.Option(help="File to write: the problems that nothing certain was found of.")
    ] = None,
    json: Json = False,
) -> None:
    """Look for faults in problems; exit 1 if anything was found.

    References that fail, or fail now and then; wrong solutions and mutants of references that pass; tests that fail
    nothing; right solutions that fail, or fail only by how outputs are compared.
    """
    from passatk import pipeline
    from passatk.cli.options import as_json, problems_of
    from passatk.errors import EnvironmentFault
    from passatk.pipeline.auditing import REPEAT
    from passatk.pipeline.languages import canonical
    from passatk.report import terminal
    from passatk.report.problems import print_audit

    problems = problems_of(source)
    languages = canonical(given["problems"].get("languages"), "languages")
    if languages is not None:
        problems = problems.only(languages)
    judging = build(Judging, given["judging"], "[judging]")
    repeats_given = "repeat" in given["judging"]
    with terminal.progress(terminal.console_for("stderr"), "judging") as progress:
        found = pipeline.audit_problems(
            problems,
            solutions,
            mutants,
            judging.repeat if repeats_given else REPEAT,
            judging.vary or not repeats_given,
            judging.workers,
            judging.limits,
            judging.sandboxed,
            progress,
        )
    written = pipeline.write_sound(problems, found, out) if out is not None else None
    if json:
        print(as_json(found, written=written))
    else:
        print_audit(terminal.console_for(), found)
        if written is not None:
            print(f"{counted(written, 'problem')} in {out}")
    if found.findings:
        raise typer.Exit(1)
    if found.not_judged:
        raise EnvironmentFault(
            f"{counted(len(found.not_judged), 'problem')} could not be judged; make what is needed available"
            " (`passatk doctor` says what is here) and audit again"
        )
