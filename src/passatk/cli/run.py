"""`passatk run`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options


def run(
    experiment: Annotated[
        Path, typer.Argument(help="TOML with the tables model, problems, task, prompt, decoding, judging.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Run folder. The same command resumes it. [default: runs/<name of EXPERIMENT>]")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Slots. [default: number of CPUs]")] = None,
    json: options.Json = False,
) -> None:
    """Run a whole experiment: generate samples, judge and score them.

    Leaves RUN/generations, and RUN/results.jsonl with every sample's verdict. Every setting in force is in the
    manifests.
    """
    import msgspec

    from passatk import pipeline
    from passatk.report import terminal

    console, progress = terminal.console_for(), terminal.console_for("stderr")
    wanted = pipeline.read_experiment(experiment, out, workers)
    with terminal.progress(progress, "generating", "samples") as generating:
        generated = pipeline.generate(wanted.generation, generating)
    if not json:
        terminal.print_generation(console, generated)
    with terminal.progress(progress, "judging") as judging:
        report = pipeline.evaluate(wanted.evaluation, judging)
    if json:
        finished = {"generation": generated, "evaluation": report}
        print(msgspec.json.encode(msgspec.to_builtins(finished, enc_hook=str)).decode())
    else:
        terminal.print_report(console, report)
    if report.refused:
        raise pipeline.refusal(report)
