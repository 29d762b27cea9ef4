"""Pictures of runs: pass@k against k, pass@1 by language, what became of the samples."""

from collections import Counter
from collections.abc import Sequence
from typing import IO, Any

from passatk.errors import InputError
from passatk.records import PassAtK, Score, Status
from passatk.report.charts import altair, drawn
from passatk.report.curves import OVERALL, counts_of, curve
from passatk.report.scores import title_of
from passatk.runs import RunView
from passatk.wording import harmless

_COLOURS = ["#0b559f", "#c44e00", "#2c7a3f", "#8a3b8f", "#8c6d00", "#5b5b5b", "#00788c", "#b0294b"]
_STATUS_COLOURS = {
    Status.PASSED: "#2c7a3f",
    Status.WRONG_ANSWER: "#c44e00",
    Status.RUNTIME_ERROR: "#b0294b",
    Status.COMPILE_ERROR: "#8a3b8f",
    Status.TIME_LIMIT: "#0b559f",
    Status.MEMORY_LIMIT: "#00788c",
    Status.OUTPUT_LIMIT: "#8c6d00",
    Status.UNPROVEN: "#333333",
    Status.NOT_JUDGED: "#aaaaaa",
}
_WIDTH = 520


def write_picture(runs: Sequence[RunView], file: IO[bytes], kind: str) -> None:
    """One run or two in one picture, svg or png; the same runs give the same bytes.

    Raises:
        InputError: a run has no score, or both have one name.
        EnvironmentFault: the library that draws is not installed.
    """
    file.write(drawn(runs_chart(runs), kind))


def runs_chart(runs: Sequence[RunView]) -> Any:
    """The picture as the library has it.

    Raises:
        InputError: a run has no score, or both have one name.
        EnvironmentFault: the library that draws is not installed.
    """
    alt = altair()
    names = _names(runs)
    scores = {name: _scores(run) for name, run in zip(names, runs, strict=True)}
    values = {name: curves(run) for name, run in zip(names, runs, strict=True)}
    panels = [_curves_panel(alt, values), _groups_panel(alt, scores), _statuses_panel(alt, scores)]
    return (
        alt.vconcat(*panels, spacing=28)
        .resolve_scale(color="independent")
        .properties(background="white", padding=16)
        .configure_view(stroke="#bbb")
        .configure_axis(gridColor="#ececec", labelFontSize=11, titleFontWeight="normal", labelLimit=260)
        .configure_title(anchor="start", fontSize=15)
    )


def _names(runs: Sequence[RunView]) -> list[str]:
    names = [harmless(str(run.path), keep="") for run in runs]
    if len(set(names)) < len(names):
        raise InputError(f"{names[0]} is given twice; give two runs, or one")
    return names


def _scores(run: RunView) -> list[Score]:
    if run.scores is None:
        raise InputError(
            f"{run.path} has no score: the run is {run.state}. Finish it, or export its samples as csv or jsonl",
            setting="format",
        )
    return run.scores.scores


def curves(run: RunView) -> dict[str, tuple[PassAtK, ...]]:
    """Language, and `overall` where there are several -> pass@k for k up to the fewest samples of a problem."""
    statuses: dict[tuple[str, str, str], Counter[str]] = {}
    for one in run.judged():
        statuses.setdefault((one.task_id, one.benchmark, one.language), Counter())[one.status] += 1
    groups = counts_of(statuses, run.left_out(), run.manifest.problems)
    return {group: curve(group, counts) for group, counts in groups.items()}


def _curves_panel(alt: Any, values: dict[str, dict[str, tuple[PassAtK, ...]]]) -> Any:
    """A curve for each group; of two runs one for each run, of a group that both have, if there is one."""
    several = len(values) > 1
    shared = [group for group in next(iter(values.values())) if all(group in groups for groups in values.values())]
    rows = []
    for name, groups in values.items():
        shown = [shared[-1] if shared else list(groups)[-1]] if several else list(groups)
        for group in shown:
            what = f"{name}: {title_of(group)}" if several else title_of(group)
            rows += [{"what": what, **_percent(one)} for one in groups[group]]
    names = list(dict.fromkeys(row["what"] for row in rows))
    most = max(row["k"] for row in rows)
    ticks = [k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if k <= most]
    x = alt.X(
        "k:Q", title="k", scale=alt.Scale(type="log", domain=[1, max(most, 2)], nice=False), axis=alt.Axis(values=ticks)
    )
    y = alt.Y("percent:Q", title="pass@k (%)", scale=alt.Scale(domain=[0, 100]))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x, y, _colour(alt, "what", names, _COLOURS))
    layers = [base.mark_line(strokeWidth=1.8), base.mark_point(filled=True, size=28, opacity=1)]
    if len(names) <= 2:  # more bands would hide each other
        layers.insert(0, base.mark_area(opacity=0.14).encode(alt.Y("low:Q"), alt.Y2("high:Q")))
    return alt.layer(*layers).properties(width=_WIDTH, height=260, title="pass@k against k, 95 % intervals")


def _groups_panel(alt: Any, scores: dict[str, list[Score]]) -> Any:
    """pass@1 of every language and tier, with its interval."""
    rows = [
        {"group": _label(one.group), "run": name, **_percent(value)}
        for name, own in scores.items()
        for one in own
        for value in one.pass_at_k
        if value.k == 1
    ]
    order = list(dict.fromkeys(row["group"] for row in rows))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        alt.Y("group:N", sort=order, title=None), alt.YOffset("run:N", sort=list(scores))
    )
    colour = _colour(alt, "run", list(scores), _COLOURS) if len(scores) > 1 else alt.value(_COLOURS[0])
    x = alt.Scale(domain=[0, 100])
    rule = base.mark_rule(strokeWidth=1.5).encode(
        alt.X("low:Q", scale=x, title="pass@1 (%)"), alt.X2("high:Q"), color=colour
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(alt.X("percent:Q", scale=x), color=colour)
    height = alt.Step(22 if len(scores) == 1 else 16)
    return alt.layer(rule, points).properties(width=_WIDTH, height=height, title="pass@1, 95 % intervals")


def _statuses_panel(alt: Any, scores: dict[str, list[Score]]) -> Any:
    """Shares of the samples of every language, and of each run."""
    several = len(scores) > 1
    rows: list[dict[str, Any]] = []
    for name, own in scores.items():
        for one in own:
            if "/" in one.group:
                continue
            label = f"{title_of(one.group)}: {name}" if several else title_of(one.group)
            total = sum(one.statuses.values())
            rows += [
                {
                    "group": one.group,
                    "label": label,
                    "status": str(status),
                    "order": place,
                    "percent": 100 * number / total,
                }
                for place, status in enumerate(Status)
                if (number := one.statuses.get(status, 0))
            ]
    places = list(dict.fromkeys(one.group for own in scores.values() for one in own))
    rows.sort(key=lambda row: (row["group"] == OVERALL, places.index(row["group"])))
    present = [status for status in Status if any(row["status"] == status for row in rows)]
    order = list(dict.fromkeys(row["label"] for row in rows))
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            alt.Y("label:N", sort=order, title=None),
            alt.X("percent:Q", title="samples (%)", scale=alt.Scale(domain=[0, 100])),
            _colour(alt, "status", [str(status) for status in present], [_STATUS_COLOURS[one] for one in present]),
            alt.Order("order:Q"),
        )
        .properties(width=_WIDTH, height=alt.Step(22), title="What became of the samples")
    )


def _percent(one: PassAtK) -> dict[str, Any]:
    return {"k": one.k, "percent": 100 * one.estimate, "low": 100 * one.low, "high": 100 * one.high}


def _label(group: str) -> str:
    """A tier with its language, so that two of one name differ."""
    language, _, tier = group.partition("/")
    return f"{title_of(language)}, {tier}" if tier else title_of(group)


def _colour(alt: Any, field: str, names: list[str], colours: list[str]) -> Any:
    palette = [colours[place % len(colours)] for place in range(len(names))]
    legend = alt.Legend(title=None, labelLimit=300, symbolOpacity=1)
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=names, range=palette), legend=legend)
