"""All commands together, and how errors leave."""

import os
import signal
import sys

import typer

import passatk
from passatk.cli import (
    cache,
    compare,
    complete,
    corpus,
    doctor,
    evaluate,
    export,
    generate,
    problems,
    replay,
    report,
    run,
    scaling,
    serve,
    show,
    tokenize,
    train,
    verify,
)
from passatk.cli.generated import App
from passatk.errors import Interrupted, PassatkError

app = App(
    name="passatk",
    help="Code-model experiments that come out the same twice: execute generations in a sandbox, score pass@k.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # "[default: 5]" is no markup, and plain help is quicker
)
app.command("run")(run.run)
app.command("generate")(generate.generate)
app.command("evaluate")(evaluate.evaluate)
app.command("verify")(verify.verify)
app.command("show")(show.show)
app.command("replay")(replay.replay)
app.command("export")(export.export)
app.command("report")(report.report)
app.command("compare")(compare.compare)
app.command("complete")(complete.complete)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("tokenize")(tokenize.tokenize)
app.add_typer(problems.app, name="problems")
app.add_typer(corpus.app, name="corpus")
app.add_typer(scaling.app, name="scaling")
app.add_typer(cache.app, name="cache")
app.add_typer(train.app, name="train")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"passatk {passatk.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Code-model experiments that come out the same twice: execute generations in a sandbox, score pass@k."""


def run_command(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # threads that wait for each other in a loop take the CPU from each other where others need it too: a small model
    # was ten times slower beside two busy processes. Read when PyTorch is loaded, so it has to be said before.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        app(arguments)
    except PassatkError as error:
        print(f"passatk: {error}", file=sys.stderr)
        return error.exit_code
    except SystemExit as end:  # how typer leaves
        return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        sys.stderr.close()
    return 0


def _interrupt(_number: int, _frame: object) -> None:
    raise Interrupted("interrupted; what is judged is kept, run the same command again to go on")
