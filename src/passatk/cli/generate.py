"""`passatk generate`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings


@with_settings(
    Table("problems", "Problems"),
    Table("task", "Task"),
    Table("model", "Model"),
    Table("prompt", "Prompt"),
    Table("decoding", "Decoding"),
)
def generate(
    given: Given,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write; the same command resumes it. [default: generations/<problems>]"),
    ] = None,
    json: options.Json = False,
) -> None:
    """Generate samples of problems with a model, every setting recorded.

    Leaves OUT/generations.jsonl, which `passatk evaluate OUT` scores.
    """
    from passatk import pipeline
    from passatk.report import outcomes, terminal

    options.require_problems(given)
    request = pipeline.generation_of(given, out)
    with terminal.progress(terminal.console_for("stderr"), "generating", "samples") as progress:
        report = pipeline.generate(request, progress)
    if json:
        print(options.as_json(report))
    else:
        outcomes.print_generation(terminal.console_for(), report)
