"""`passatk run`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings


@with_settings(Table("judging", "Judging", only=("workers",)), sweeps=True)
def run(
    given: Given,
    experiments: Annotated[
        list[Path] | None,
        typer.Argument(
            help="TOML with the tables model, problems, task, prompt, decoding, judging; a list of values is a sweep."
            " [default: the embedded model on the embedded suite, in Python and translating Python to JavaScript]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Run folder to write; of several experiments, the folder of their run folders. The same command"
            " resumes. [default: runs/<name of EXPERIMENT>]"
        ),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            metavar="local|ray",
            help="Where samples are generated and programs executed, in place of what the tables task and judging say.",
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(help="Of the Ray cluster, like 10.0.0.1:6379. [default: the one that this machine is in]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON, a line for each experiment.")] = False,
) -> None:
    """Run whole experiments: generate samples, judge and score them.

    Leaves RUN/generations, and RUN/results.jsonl with every sample's verdict. Every setting in force is in the
    manifests.
    """
    from passatk import pipeline
    from passatk.pipeline.tables import merged
    from passatk.report import outcomes, terminal

    where = {key: value for key, value in (("executor", executor), ("address", address)) if value is not None}
    both = {"task": {f"generation_{key}": value for key, value in where.items()}, "judging": where}
    changes = merged(both, given)
    wanted = pipeline.read_experiments(experiments or [], out, changes)
    refused = []
    for name, experiment in wanted.items():
        finished = pipeline.run(experiment, partial(terminal.progress, terminal.console_for("stderr")))
        if json:
            print(options.as_json(finished, experiment=name))
        else:
            outcomes.print_experiment(terminal.console_for(), name if len(wanted) > 1 else "", finished)
        if finished.evaluation.refused:
            refused.append(finished.evaluation)
    if refused:
        raise pipeline.refusal(*refused)
