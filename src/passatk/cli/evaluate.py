"""`passatk evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings
from passatk.errors import InputError


@with_settings(
    Table("problems", "Problems", unset={"source": "those that a folder made by passatk brings; else required"}),
    Table("task", "Problems", only=("target_language",)),
    Table("judging", "Judging"),
)
def evaluate(
    given: Given,
    samples: Annotated[
        Path | None,
        typer.Argument(
            help="File or folder of generations in the format of any tool that docs/files.md lists, among them"
            " CodeGeeX, HumanEval, EvalPlus, BigCode, MultiPL-E, lm-eval, OpenCompass, Inspect and OpenAI batches; the"
            " format is detected from the content. Or a folder made by passatk, which brings its own problems."
        ),
    ] = None,
    reference: Annotated[
        bool, typer.Option("--reference", help="Score the problems' own reference solutions instead of a file.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder to write; the same command resumes it. [default: runs/<name of SAMPLES>]"),
    ] = None,
    json: options.Json = False,
) -> None:
    """Judge a file of generations in a sandbox and score it with pass@k.

    Leaves RUN/results.jsonl with task_id, benchmark, language, sample, completion, passed, status, reason for every
    sample.
    """
    from passatk import pipeline
    from passatk.report import outcomes, terminal

    if (samples is None) == (not reference):
        raise InputError("give either a file of generations or --reference")
    if "source" not in given["problems"] and (own := pipeline.own_problems(samples)) is not None:
        chosen = {**given, "problems": {**given["problems"], "source": own.source}}
        request = pipeline.evaluation_of(chosen, samples, out, own)
    else:
        why = "" if samples is None else f"{samples} is not a folder made by passatk, which would bring its own"
        options.require_problems(given, why)
        request = pipeline.evaluation_of(given, samples, out)
    with terminal.progress(terminal.console_for("stderr"), "judging") as progress:
        report = pipeline.evaluate(request, progress, warn=_warn)
    if json:
        print(options.as_json(report))
    else:
        outcomes.print_report(terminal.console_for(), report)
    if report.refused:
        raise pipeline.refusal(report)


def _warn(warning: str) -> None:
    import sys

    print(f"Warning: {warning.replace('set extract', 'give --extract')}.", file=sys.stderr)
