"""Loss curves of training runs: loss over tokens, one colour a run."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from passatk.errors import InputError
from passatk.report.charts import altair, kind_of, save
from passatk.training.folder import read_losses

_POINTS = 400
"""Of a curve, at most: training losses are averaged over as many stretches."""


def draw(runs: Sequence[Path], out: Path) -> None:
    """Write the curves of `runs` to `out`, in the format that its name ends in.

    Lines are training losses, averaged over stretches of a run's steps; dots are validation losses.

    Raises:
        InputError: a folder holds no run, or one without steps; or two have the same name.
        UnknownNameError: there is no such format.
        StorageError: `out` cannot be written.
        EnvironmentFault: what draws is not installed.
    """
    kind_of(out)
    names = [run.resolve().name for run in runs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two runs are called {twice!r}, and a curve has one name; rename a folder")
    rows = [row for name, run in zip(names, runs, strict=True) for row in _curve(name, run)]
    save(chart_of(rows, names), out)


def _curve(name: str, run: Path) -> list[dict[str, Any]]:
    lines = list(read_losses(run))
    if not lines:
        raise InputError(f"{run} has no steps yet")
    size = math.ceil(len(lines) / _POINTS)
    stretches = [lines[start : start + size] for start in range(0, len(lines), size)]
    trained = [
        {
            "run": name,
            "part": "training",
            "tokens": part[-1].tokens,
            "loss": sum(line.loss for line in part) / len(part),
        }
        for part in stretches
    ]
    valid = [
        {"run": name, "part": "validation", "tokens": line.tokens, "loss": line.valid_loss}
        for line in lines
        if line.valid_loss is not None
    ]
    return trained + valid


def chart_of(rows: list[dict[str, Any]], names: list[str]) -> Any:
    """The chart of `rows` (run, part, tokens, loss); colours in the order of `names`."""
    alt = altair()
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("tokens:Q", title="tokens read", axis=alt.Axis(format="~s")),
        y=alt.Y("loss:Q", title="loss, nats a token", scale=alt.Scale(zero=False)),
        color=alt.Color("run:N", sort=names, title="run"),
    )
    training = base.transform_filter("datum.part == 'training'").mark_line(strokeWidth=1.2, opacity=0.8)
    validation = base.transform_filter("datum.part == 'validation'").mark_point(filled=True, size=30)
    return alt.layer(training, validation).properties(width=640, height=400)
