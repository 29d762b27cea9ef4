"""`passatk scaling fit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings
from passatk.cli.scaling import shared
from passatk.errors import ScalingRefusedError
from passatk.records import Record
from passatk.settings import build, setting

if TYPE_CHECKING:
    from passatk.scaling import Study


class FitOptions(Record, frozen=True, kw_only=True):
    """How laws are fitted."""

    approach: Annotated[
        Literal["all", "1", "2", "3"],
        setting("Approach: 1 the best runs of all budgets, 2 isoFLOP curves, 3 a parametric law."),
    ] = "all"
    budgets: Annotated[
        tuple[float, ...] | None,
        setting(
            "Approach 2: budgets in FLOP, like 1e19,1e20.",
            quantity=True,
            metavar="NUMBER,...",
            unset="found in the runs",
        ),
    ] = None
    resamples: Annotated[int, setting("Resamples for the intervals; 0 for none.", ge=0)] = 1000
    seed: Annotated[int, setting("Seed for the resamples.", ge=0)] = 0
    name: Annotated[str, setting("Name of the law.")] = "fit"
    parameters_field: Annotated[str | None, setting("Column that counts parameters, if there are several.")] = None


@with_settings(Table("fit", "Fit", record=FitOptions), sets=False)
def fit(
    given: Given,
    runs: Annotated[
        Path, typer.Argument(help="CSV or JSON lines: parameters (N), tokens (D), loss, perhaps flops (C).")
    ],
    flops: Annotated[
        float | None,
        options.number("--flops", "Show the optimum for this budget. [default: the largest of the runs]"),
    ] = None,
    extrapolate: shared.Extrapolate = False,
    out: Annotated[Path | None, typer.Option(help="File to keep the fit in, for --fit of other commands.")] = None,
    json: options.Json = False,
) -> None:
    """Fit scaling laws to training runs: three approaches side by side, with intervals.

    Exit 2 where the runs do not determine a law; the message says what is missing.
    """
    import msgspec

    from passatk.report import scaling_terminal, terminal
    from passatk.scaling import read_runs, study, write_study

    chosen = build(FitOptions, given["fit"], "fit")
    if chosen.approach in ("1", "3"):
        options.refuse_unused(f"of approach {chosen.approach}", budgets=chosen.budgets)
    loaded = read_runs(runs, chosen.parameters_field)
    asked = float(loaded.flops.max()) if flops is None else flops
    outside = loaded.fitted.outside(flops=asked)
    if outside and not extrapolate:
        raise ScalingRefusedError(f"no run was there: {outside[0]}. Extrapolation must be asked for with --extrapolate")
    with terminal.progress(terminal.console_for("stderr"), "resampling", "fits") as progress:
        found = study(
            loaded,
            name=chosen.name,
            parameters_field=chosen.parameters_field,
            approaches=(1, 2, 3) if chosen.approach == "all" else (int(chosen.approach),),
            budgets=chosen.budgets,
            resamples=chosen.resamples,
            seed=chosen.seed,
            progress=progress,
        )
    if out is not None:
        write_study(out, found)
    if json:
        shared.print_json(
            {**_without_draws(msgspec.to_builtins(found)), **_intervals(found, asked), "extrapolated": outside}
        )
        return
    scaling_terminal.print_study(terminal.console_for(), found, asked, outside)
    if out is not None:
        print(f"fit {out}")


def _without_draws(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_draws(part) for key, part in value.items() if key != "draws"}
    return [_without_draws(part) for part in value] if isinstance(value, (list, tuple)) else value


def _intervals(found: "Study", flops: float) -> dict[str, object]:
    """Of the constants, and each approach's optimum at `flops`, as JSON shows them."""
    from passatk.scaling import optimum

    shown: dict[str, object] = {}
    for frontier in found.frontiers:
        n, d = frontier.optimal(flops)
        point = {"parameters": n, "tokens": d, "tokens_per_parameter": d / n}
        shown[str(frontier.approach)] = {**point, "intervals": frontier.at_budget(flops)}
    if found.fit is not None:
        best = optimum(found.fit.law, flops)
        shown["3"] = {
            "parameters": best.parameters,
            "tokens": best.tokens,
            "tokens_per_parameter": best.tokens_per_parameter,
            "intervals": found.bootstrap.at_budget(flops) if found.bootstrap else None,
        }
    constants = found.bootstrap.constants() if found.bootstrap else None
    return {"optima": {"flops": flops, "approaches": shown}, "intervals": constants}
