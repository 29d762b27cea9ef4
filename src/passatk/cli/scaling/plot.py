"""`passatk scaling plot`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from passatk.cli import options
from passatk.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from passatk.scaling import KnownModel


def plot(
    kind: Annotated[str, typer.Argument(help="isoflop, frontier or residuals.")],
    fit: Annotated[Path, typer.Argument(help="What `passatk scaling fit --out` wrote.")],
    out: Annotated[Path, typer.Option(help="The picture: .html (works offline), .svg, .png or .json.")],
    runs: Annotated[Path | None, typer.Option(help="The runs. [default: where the fit found them]")] = None,
    parameters_field: Annotated[
        str | None, typer.Option(help="Column of parameters. [default: that of the fit]")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="frontier: a known model to place, or NAME=PARAMETERS:TOKENS; may be given again."),
    ] = None,
    law: Annotated[list[str] | None, typer.Option(help="frontier: a published law to show too.")] = None,
) -> None:
    """Draw isoFLOP curves with their vertices, the frontier with its band and known models, or the residuals."""
    from passatk.report import scaling_plots
    from passatk.report.charts import kind_of, save
    from passatk.scaling import published, read_runs, read_study

    kind_of(out)
    if kind == "frontier":
        options.refuse_unused("of a frontier", runs=runs, parameters_field=parameters_field)
    elif kind in ("isoflop", "residuals"):
        options.refuse_unused(f"of a plot of {kind}", model=model or None, law=law or None)
    else:
        raise UnknownNameError("plot", kind, ("frontier", "isoflop", "residuals"))
    study = read_study(fit)
    if kind == "frontier":
        models = [_placed(text) for text in model or []]
        chart = scaling_plots.frontier_chart(study, models, [published(name) for name in law or []])
    else:
        loaded = read_runs(runs or Path(study.source), parameters_field or study.parameters_field)
        study.check_runs(loaded)
        chart = (scaling_plots.isoflop_chart if kind == "isoflop" else scaling_plots.residual_chart)(study, loaded)
    save(chart, out)
    print(out)


def _placed(text: str) -> "KnownModel":
    """A known model's name, or NAME=PARAMETERS:TOKENS."""
    from passatk.scaling import KnownModel, known_model

    name, equals, numbers = text.partition("=")
    if not equals:
        return known_model(name)
    counts = [options.number_of(part, f"--model {name}") for part in numbers.split(":")]
    if len(counts) != 2:
        raise InputError(f"--model {text!r}: expected NAME=PARAMETERS:TOKENS, like mine=2.8M:60M")
    parameters, tokens = counts
    return KnownModel(name=name, parameters=parameters, tokens=tokens, source="given")
