"""`passatk compare`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.errors import InputError


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Folders of finished runs, two or more; each is compared with the first. Only read."),
    ],
    k: Annotated[
        str | None,
        typer.Option("--k", help="The k of pass@k, like 1,10. [default: those of 1,10,100 that the samples allow]"),
    ] = None,
    fail_if_worse: Annotated[
        float | None,
        typer.Option(
            "--fail-if-worse",
            metavar="P",
            help="Exit 1 if a run is worse than the first with a p-value of at most P: overall, for the least k.",
        ),
    ] = None,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Compare runs of other problems or tests, though their figures differ in meaning."
        ),
    ] = False,
    unpaired: Annotated[
        bool,
        typer.Option(
            "--unpaired", help="Runs of different problems, as of a published and a fresh suite: compare figures alone."
        ),
    ] = False,
    json: options.Json = False,
) -> None:
    """Say what is better and what is worse in one run than in another, how sure that is, and why.

    Runs are joined by problem and language. Every sample that passed in one run and failed in the other gets its cause:
    other tokens, cut off, reading of the answer, toolchain, limits, environment, instability. Runs of different
    problems have figures alone to compare: `--unpaired`.
    """
    import msgspec

    from passatk import pipeline
    from passatk.report import terminal
    from passatk.report.comparison import print_comparison, print_unpaired

    if fail_if_worse is not None and not 0 < fail_if_worse <= 1:
        raise InputError(
            f"{fail_if_worse}: must be a p-value above 0 and at most 1, like 0.05", setting="fail_if_worse"
        )
    if unpaired:
        options.refuse_unused("of different problems", fail_if_worse=fail_if_worse, anyway=anyway)
        beside = pipeline.compare_unpaired(runs, _ks(k))
        if json:
            print(msgspec.json.encode({"unpaired": beside}).decode())
        else:
            print_unpaired(terminal.console_for(), beside)
        return
    found = pipeline.compare(runs, _ks(k), anyway)
    if json:
        print(msgspec.json.encode({"comparisons": found}).decode())
    else:
        console = terminal.console_for()
        for number, comparison in enumerate(found):
            if number:
                console.print()
            print_comparison(console, comparison)
    if fail_if_worse is not None and any(one.is_worse(fail_if_worse) for one in found):
        raise typer.Exit(1)


def _ks(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{text!r}: must be whole numbers between commas, like 1,10", setting="k") from None
