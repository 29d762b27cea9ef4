"""All commands together, and how errors leave."""

import signal
import sys

import typer
from click.exceptions import Abort, ClickException, Exit

import passatk
from passatk.cli import doctor, evaluate, problems
from passatk.errors import PassatkError

app = typer.Typer(
    name="passatk",
    help="Code-model experiments that come out the same twice: execute generations in a sandbox, score pass@k.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("evaluate")(evaluate.evaluate)
app.command("doctor")(doctor.doctor)
app.add_typer(problems.app, name="problems")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"passatk {passatk.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Code-model experiments that come out the same twice: execute generations in a sandbox, score pass@k."""


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = app(arguments, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except PassatkError as error:
        print(f"passatk: {error}", file=sys.stderr)
        return error.exit_code
    except ClickException as error:
        error.show()
        return error.exit_code
    except Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, Abort):
        print("passatk: interrupted; what is judged is kept, run the same command again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
