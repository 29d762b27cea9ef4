"""`passatk export`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.errors import InputError


def export(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="Run folder: finished, interrupted or still running; it is only read. Pictures may show two."
        ),
    ],
    format: Annotated[  # noqa: A002 - the option's name
        str,
        typer.Option(
            metavar="csv|parquet|jsonl|markdown|latex|junit|svg|png",
            help="csv, parquet, jsonl: a row for each sample, by the columns in docs/files.md. markdown, latex: the"
            " table of scores. junit: a test case for each sample. svg, png: pass@k against k, by language, statuses.",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="File to write. [default: standard output]")] = None,
) -> None:
    """Write a run in the form of other tools.

    jsonl and parquet hold the code, and `passatk evaluate` reads them like any file of generations.
    """
    import sys
    from contextlib import ExitStack

    from passatk.report.export import export as write
    from passatk.report.export import export_to
    from passatk.runs import RunView

    with ExitStack() as stack:
        views = [stack.enter_context(RunView(run)) for run in runs]
        if out is not None:
            export_to(views, format, out)
            return
        if format in ("parquet", "png") and sys.stdout.isatty():
            raise InputError(f"{format} is not text; give a file with --out")
        write(views, format, sys.stdout.buffer)
        sys.stdout.buffer.flush()
