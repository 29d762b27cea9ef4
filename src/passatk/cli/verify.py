"""`passatk verify`."""

from pathlib import Path
from typing import Annotated

import typer


def verify(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run; it is only read.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Slots. [default: number of CPUs]")] = None,
    problems: Annotated[
        str | None, typer.Option(help="What it was judged against, if that is no longer where the run found it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Keep the second judging here, and resume it. [default: thrown away]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Judge a finished run again, every program executed anew, and compare. Exit 1 if any verdict differs.

    On the machine and with the toolchains of the run, its own limits are used; elsewhere they are measured anew.
    """
    import msgspec

    from passatk import pipeline
    from passatk.problems import load
    from passatk.report import terminal

    known = None if problems is None else load(problems)
    with terminal.progress(terminal.console_for("stderr"), "judging again") as progress:
        found = pipeline.verify(run, known, workers, out, progress)
    if json:
        plain = msgspec.to_builtins(found, enc_hook=str)
        print(msgspec.json.encode({**plain, "holds": found.holds}).decode())
    else:
        terminal.print_verification(terminal.console_for(), found)
    if not found.holds:
        raise typer.Exit(1)
