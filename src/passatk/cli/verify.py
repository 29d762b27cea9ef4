"""`passatk verify`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings
from passatk.errors import InputError


@with_settings(Table("judging", "Judging", only=("workers", "executor", "address")), sets=False)
def verify(
    given: Given,
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, or of generations; it is only read.")],
    problems: Annotated[
        str | None,
        typer.Option(help="The problem set it was judged by, if that is no longer where the run found it."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to keep the second judging in; the same command resumes it. [default: none]"),
    ] = None,
    judging_only: Annotated[
        bool, typer.Option("--judging-only", help="Judge again, but do not generate the samples again.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Do a finished run again and compare. Exit 1 if any token or verdict differs.

    Every program is executed anew; and where the run generated its own samples, these are generated anew.

    On the machine and with the toolchains of the run, its own limits are used; elsewhere they are measured anew.
    """
    import msgspec

    from passatk import pipeline
    from passatk.problems import load
    from passatk.report import outcomes, terminal

    known = None if problems is None else load(problems)
    where = {key: value for key, value in given["judging"].items() if key in ("executor", "address")}
    generations = None if judging_only else pipeline.generations_of(run)
    console, progress = terminal.console_for(), terminal.console_for("stderr")
    regenerated = found = None
    if generations is not None and not pipeline.reproducible(generations):
        progress.print("The samples came from where the same request may give others: they are not generated again.")
        if generations == run:
            raise InputError(f"{run} holds nothing that can be verified; evaluate it, and verify that run")
    elif generations is not None:
        with terminal.progress(progress, "generating again", "samples") as generating:
            regenerated = pipeline.regenerate(generations, known, None, generating, **where)
        if not json:
            outcomes.print_regeneration(console, regenerated)
    if generations != run:
        with terminal.progress(progress, "judging again") as judging:
            found = pipeline.verify(run, known, out=out, progress=judging, **given["judging"])
        if not json:
            outcomes.print_verification(console, found)
    holds = all(part.holds for part in (regenerated, found) if part is not None)
    if json:
        plain = {} if found is None else msgspec.to_builtins(found, enc_hook=str)
        if regenerated is not None:
            plain["generation"] = msgspec.to_builtins(regenerated, enc_hook=str) | {"holds": regenerated.holds}
        print(msgspec.json.encode({**plain, "holds": holds}).decode())
    if not holds:
        raise typer.Exit(1)
