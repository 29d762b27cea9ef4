"""`passatk replay`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings


@with_settings(Table("judging", "Judging", only=("sandboxed",)), sets=False)
def replay(
    given: Given,
    run: Annotated[Path, typer.Argument(help="Run folder: finished, interrupted or still running; it is only read.")],
    sample: Annotated[
        str,
        typer.Argument(
            metavar="TASK[#N]", help="Task id and sample number, like Python/12#3. Without #N: the task's only sample."
        ),
    ],
    problems: Annotated[
        str | None,
        typer.Option(help="The problem set it was judged by, for a run of a version that did not keep its programs."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="New folder to leave the program in, with a script that runs it by hand. [default: none]"),
    ] = None,
    json: options.Json = False,
) -> None:
    """Judge one sample again, alone, with the run's own limits. Exit 1 if the verdict is not the recorded one.

    Says what has changed since: toolchain, machine, isolation, passatk.
    """
    from passatk import pipeline
    from passatk.problems import load
    from passatk.report import samples, terminal

    known = None if problems is None else load(problems)
    with terminal.console_for("stderr").status("judging"):
        found = pipeline.replay(run, sample, known, keep, given["judging"].get("sandboxed", True))
    if json:
        print(options.as_json(found, holds=found.holds))
    else:
        samples.print_replay(terminal.console_for(), f"{found.task_id}#{found.sample}", found)
    if not found.holds:
        raise typer.Exit(1)
