"""`passatk report`."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(help="Run folder: finished, interrupted or still running; it is only read.")],
    run_b: Annotated[
        Path | None, typer.Argument(metavar="[RUN_B]", help="A second run, to show what differs from the first.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write. [default: RUN.html beside the run folder]")] = None,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Show two runs of other problems or tests, though their figures differ in meaning."
        ),
    ] = False,
) -> None:
    """Write one HTML file that shows a run: scores, failures, and every sample with its program, output and tests.

    The file needs nothing else and asks for nothing: open it from disk, send it, keep it. Nothing is judged.
    """
    from passatk.report.page import write_page

    folder = run.resolve()
    path = out if out is not None else folder.parent / f"{folder.name}.html"
    write_page([run] if run_b is None else [run, run_b], path, anyway)
    print(f"page {path}")
