"""Pictures of scaling laws: isoFLOP curves, the frontier, residuals."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from passatk.errors import ScalingRefusedError
from passatk.report.charts import altair
from passatk.report.scaling_terminal import flop_rule_in_words, power_of_ten, short
from passatk.scaling import Interval, KnownModel, Law, Runs, Study, optimum
from passatk.scaling.isoflop import groups_of
from passatk.scaling.laws import Span
from passatk.wording import counted

_POINTS = 80
_COLOURS = ["#0b559f", "#c44e00", "#2c7a3f", "#8a3b8f", "#8c6d00", "#5b5b5b"]
_CROSS = {"size": 110, "shape": "cross", "filled": True, "color": "black", "opacity": 1}
_APPROACHES = {1: "approach 1: best runs", 2: "approach 2: isoFLOP"}
_LAW = "approach 3: {}"


def isoflop_chart(study: Study, runs: Runs) -> Any:
    """Loss against parameters, a colour for each budget: runs, the fitted parabola, and its vertex.

    Raises:
        ScalingRefusedError: the study has no isoFLOP profiles, or some without any of these runs.
    """
    if study.isoflop is None:
        raise ScalingRefusedError(
            f"{study.name} has no isoFLOP curves: {study.refused.get('2', 'approach 2 was not run')}"
        )
    alt = altair()
    measured: list[dict[str, Any]] = []
    curves: list[dict[str, Any]] = []
    vertices, names = [], []
    profiles = study.isoflop.profiles
    groups = dict(groups_of(runs, [one.flops for one in profiles]))
    if without := [power_of_ten(one.flops) for one in profiles if one.flops not in groups]:
        raise ScalingRefusedError(
            f"{study.name} has isoFLOP curves for budgets without runs in {runs.source}: {', '.join(without)} FLOP. Fit"
            " these runs, or give those that were fitted"
        )
    for one in profiles:
        group = groups[one.flops]
        name = f"{power_of_ten(one.flops)} FLOP: {short(one.vertex.parameters)}"
        names.append(name)
        grid = np.geomspace(one.sizes.low, one.sizes.high, _POINTS)
        pairs = ((measured, group.parameters, group.loss), (curves, grid, one.loss(grid)))
        for rows, sizes, losses in pairs:
            rows += [
                {"parameters": float(n), "loss": float(y), "budget": name} for n, y in zip(sizes, losses, strict=True)
            ]
        vertices.append({"parameters": one.vertex.parameters, "loss": one.vertex.loss})
    x = _log_x(alt, "parameters", "parameters N", Span.of([row["parameters"] for row in measured]), (1, 2, 5))
    y = alt.Y("loss:Q", title="loss (nats per token)", scale=alt.Scale(zero=False, padding=12))
    colour = alt.Color(
        "budget:N",
        scale=alt.Scale(domain=names, range=_shades(len(names))),
        legend=alt.Legend(title="budget: best parameters", symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1),
    )
    chart = alt.layer(
        alt.Chart(alt.Data(values=measured)).mark_point(size=24, filled=True, opacity=0.55).encode(x, y, colour),
        alt.Chart(alt.Data(values=curves)).mark_line(strokeWidth=1.8).encode(x, y, colour),
        alt.Chart(alt.Data(values=vertices))
        .mark_point(size=90, shape="diamond", filled=True, opacity=1, stroke="white", strokeWidth=1, color="#c02020")
        .encode(x, y),
    )
    text = "Runs of each budget, a parabola in ln N through them, and its vertex (red)"
    return _finished(chart, "Best size for each budget: isoFLOP curves", [text])


def frontier_chart(study: Study, models: Sequence[KnownModel] = (), laws: Sequence[Law] = ()) -> Any:
    """Best parameters against compute, by each approach, with a 95 % band, and models placed beside it.

    What lies outside of the runs' compute is dashed: it is extrapolated. Compute is counted as the runs counted theirs,
    that of models and of published laws too.

    Raises:
        ScalingRefusedError: no approach found a frontier.
    """
    alt = altair()
    inside, rule = study.range.flops, study.flop_rule
    budgets = [inside.low, inside.high, *(rule.flops(model.parameters, model.tokens) for model in models)]
    low, high = min(budgets) / 1.5, max(budgets) * (6 if models else 1.5)
    cuts = np.unique(np.concatenate([np.geomspace(low, high, _POINTS), [inside.low, inside.high]]))
    lines, points = _frontier_lines(study, laws, cuts), _frontier_points(study)
    if not lines:
        raise ScalingRefusedError(f"{study.name} has no frontier: {'; '.join(study.refused.values())}")
    names, own_name = list(dict.fromkeys(row["what"] for row in lines)), _LAW.format(study.name)
    scale = alt.Scale(domain=names, range=_COLOURS[: len(names)])
    colour = alt.Color(
        "what:N",
        scale=scale,
        legend=alt.Legend(
            title=None, orient="top-left", labelLimit=400, symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1
        ),
    )
    x = _log_x(alt, "flops", "training compute C (FLOP)", Span(low=low, high=high), text=".0e")
    heights = [row["parameters"] for row in [*lines, *points]] + [model.parameters for model in models]
    y = _log_y(alt, "parameters", "parameters N", Span.of(heights))
    dash = alt.StrokeDash("extrapolated:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [5, 4]]), legend=None)
    layers = []
    owner, band = _band(study, cuts)
    if band:
        area = alt.Chart(alt.Data(values=band)).mark_area(opacity=0.16, color=_COLOURS[names.index(owner)], clip=True)
        layers.append(area.encode(x, _log_y(alt, "low", "parameters N", Span.of(heights)), alt.Y2("high:Q")))
    layers += [
        *(
            alt.Chart(alt.Data(values=[row for row in lines if (row["what"] == own_name) == own]))
            .mark_line(strokeWidth=5 if own else 2, opacity=0.6 if own else 1)
            .encode(x, y, colour, dash, detail="piece:N")
            for own in (True, False)
        ),
        alt.Chart(alt.Data(values=points)).mark_point(size=36, filled=True, opacity=0.7).encode(x, y, colour),
    ]
    if models:
        placed = [
            {"flops": rule.flops(m.parameters, m.tokens), "parameters": m.parameters, "name": m.name} for m in models
        ]
        layers.append(alt.Chart(alt.Data(values=placed)).mark_point(**_CROSS).encode(x, y))
        for number, one in enumerate(sorted(placed, key=lambda row: (row["flops"], row["parameters"]))):
            side = {"align": "left", "dx": 10} if number % 2 else {"align": "right", "dx": -10}
            base = alt.Chart(alt.Data(values=[one])).encode(x, y, text="name:N")
            halo = {"stroke": "white", "strokeWidth": 4, "strokeJoin": "round"}
            layers += [base.mark_text(fontSize=12, fontWeight="bold", **side, **more) for more in (halo, {})]
    said = ["Best parameters for each budget; dashed where extrapolated"]
    if band:
        said.append(f"Band: 95 % of resampled runs, {owner}")
    if not rule.plain:
        said.append(f"Compute as the runs counted it: {flop_rule_in_words(rule, study.range)}")
    return _finished(alt.layer(*layers), "Compute-optimal frontier", said)


def _frontier_lines(study: Study, laws: Sequence[Law], cuts: "np.typing.NDArray[np.float64]") -> list[dict[str, Any]]:
    curves: list[tuple[str, Any, Span]] = []
    if study.fit is not None:
        curves.append((_LAW.format(study.name), partial(_best, study.law), study.range.flops))
    curves += [(_APPROACHES[one.approach], one.optimal, one.fitted) for one in study.frontiers]
    curves += [(law.name, partial(_best, law), law.fitted.flops) for law in laws]
    rows: list[dict[str, Any]] = []
    for name, at, inside in curves:
        grid = np.unique(np.concatenate([cuts, [c for c in (inside.low, inside.high) if cuts[0] < c < cuts[-1]]]))
        parts = (
            ("below", grid[grid <= inside.low]),
            ("inside", grid[(grid >= inside.low) & (grid <= inside.high)]),
            ("above", grid[grid >= inside.high]),
        )
        for part, piece in parts:
            rows += [
                {
                    "flops": float(study.flop_rule.flops(n, d)),
                    "parameters": n,
                    "what": name,
                    "extrapolated": part != "inside",
                    "piece": f"{name} {part}",
                }
                for n, d in (at(float(c)) for c in piece)
            ]
    return rows


def _best(law: Law, flops: float) -> tuple[float, float]:
    """(N*, D*) for a budget counted as the law counts; a picture shows it where the study's runs would count it."""
    best = optimum(law, flops)
    return best.parameters, best.tokens


def _frontier_points(study: Study) -> list[dict[str, Any]]:
    return [
        {"flops": point.flops, "parameters": point.parameters, "what": _APPROACHES[frontier.approach]}
        for frontier in study.frontiers
        for point in frontier.points
    ]


def _band(study: Study, cuts: "np.typing.NDArray[np.float64]") -> tuple[str, list[dict[str, float]]]:
    """Whose resampled runs give the band, and the band: the law's, or of approach 2 where there is none, or of 1."""
    owners: list[tuple[str, Callable[[float], dict[str, Interval] | None]]] = []
    if study.bootstrap is not None:
        owners.append((_LAW.format(study.name), study.bootstrap.at_budget))
    owners += [(_APPROACHES[one.approach], one.at_budget) for one in reversed(study.frontiers)]
    for name, at in owners:
        spans = [(float(c), at(float(c))) for c in cuts]
        rows = [{"flops": c, "low": s["parameters"].low, "high": s["parameters"].high} for c, s in spans if s]
        if rows:
            return name, rows
    return "", []


def residual_chart(study: Study, runs: Runs) -> Any:
    """ln(observed) - ln(predicted) of each run in percent, against parameters and against tokens.

    Raises:
        ScalingRefusedError: the study has no parametric law.
    """
    law = study.law
    alt = altair()
    residual = 100 * (np.log(runs.loss) - np.log(law.loss(runs.parameters, runs.tokens)))
    rows = [
        {"parameters N": float(n), "tokens D": float(d), "residual": float(r), "FLOP": float(c)}
        for n, d, c, r in zip(runs.parameters, runs.tokens, runs.flops, residual, strict=True)
    ]
    reach = math.ceil(10 * float(np.abs(residual).max())) / 10
    colour = alt.Color(
        "FLOP:Q", scale=alt.Scale(type="log", scheme="viridis"), legend=alt.Legend(title="training FLOP", format=".0e")
    )
    panels = []
    for field in ("parameters N", "tokens D"):
        base = alt.Chart(alt.Data(values=rows)).encode(
            _log_x(alt, field, field, Span.of([row[field] for row in rows]), (1, 3)),
            alt.Y(
                "residual:Q",
                title="ln observed - ln predicted (%)",
                scale=alt.Scale(domain=[-reach, reach]),
            ),
            colour,
        )
        zero = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color="#333").encode(alt.Y("at:Q"))
        panels.append(
            alt.layer(zero, base.mark_point(size=34, filled=True, opacity=0.75)).properties(width=380, height=320)
        )
    spread = float(np.sqrt(np.mean(residual**2)))
    text = f"{counted(len(runs), 'run')}, root mean square {spread:.2f} %"
    return _titled(alt.hconcat(*panels), f"Residuals of {study.name}", [text])


def _log_x(alt: ModuleType, field: str, title: str, span: Span, steps: Sequence[int] = (1,), text: str = "~s") -> Any:
    return alt.X(f"{field}:Q", title=title, scale=_log_scale(alt, span), axis=_log_axis(alt, span, steps, text))


def _log_y(alt: ModuleType, field: str, title: str, span: Span) -> Any:
    return alt.Y(f"{field}:Q", title=title, scale=_log_scale(alt, span), axis=_log_axis(alt, span, (1,), "~s"))


def _log_scale(alt: ModuleType, span: Span) -> Any:
    return alt.Scale(type="log", domain=[span.low / 1.15, span.high * 1.15], nice=False)


def _log_axis(alt: ModuleType, span: Span, steps: Sequence[int], text: str) -> Any:
    """Ticks at `steps` of each power of ten; a billion is B, as people say of parameters, not G."""
    decades = range(math.floor(math.log10(span.low)) - 1, math.ceil(math.log10(span.high)) + 1)
    ticks = [step * 10.0**decade for decade in decades for step in steps]
    label = f"replace(replace(format(datum.value, '{text}'), 'G', 'B'), 'e+', 'e')"
    return alt.Axis(values=[t for t in ticks if span.low / 1.15 <= t <= span.high * 1.15], labelExpr=label)


def _shades(count: int) -> list[str]:
    """Colours from dark blue over green to orange, dark enough for a white page."""
    anchors = np.array([[43, 36, 112], [30, 104, 150], [36, 140, 96], [150, 150, 20], [214, 110, 10]], dtype=float)
    at = np.linspace(0, len(anchors) - 1, count) if count > 1 else np.zeros(1)
    mixed = [np.interp(at, np.arange(len(anchors)), channel) for channel in anchors.T]
    return [f"#{round(r):02x}{round(g):02x}{round(b):02x}" for r, g, b in zip(*mixed, strict=True)]


def _finished(chart: Any, title: str, lines: list[str]) -> Any:
    return _titled(chart.properties(width=680, height=420), title, lines)


def _titled(chart: Any, title: str, lines: list[str]) -> Any:
    head = {"text": title, "subtitle": lines, "anchor": "start", "fontSize": 17, "subtitleFontSize": 12, "offset": 14}
    return (
        chart.properties(title=head, background="white", padding=16)
        .configure_view(stroke="#bbb")
        .configure_axis(gridColor="#ececec", labelFontSize=11, titleFontSize=13, titleFontWeight="normal")
        .configure_legend(labelFontSize=12, titleFontSize=12)
    )
