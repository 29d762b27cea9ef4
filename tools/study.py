"""Table and picture of `passatk run examples/study/*.toml --out RUNS`: `python tools/study.py RUNS PICTURE`."""

import json
import sys
from pathlib import Path
from typing import Any

import altair

from passatk.report.charts import save


def rows_of(runs: Path) -> list[dict[str, Any]]:
    """A row for each run and k: tier, method, temperature, k, and pass@k with its interval in %."""
    rows = []
    for run in sorted(score.parent for score in runs.rglob("score.json")):
        manifest = json.loads((run / "generations" / "manifest.json").read_text())
        settings, tier = manifest["settings"], manifest["problems"].partition("/")[2]
        for value in json.loads((run / "score.json").read_text())["scores"][0]["pass_at_k"]:
            figures = {name: 100 * value[name] for name in ("estimate", "low", "high")}
            asked = {"method": settings["method"], "temperature": settings["temperature"], "k": value["k"]}
            rows.append({"tier": tier} | asked | figures)
    return rows


def table_of(rows: list[dict[str, Any]]) -> str:
    """Markdown: a line for each run, a column for each k."""
    ks = sorted({row["k"] for row in rows})
    lines = ["| method | " + " | ".join(f"pass@{k}" for k in ks) + " |", "|---" * (len(ks) + 1) + "|"]
    for method, temperature in dict.fromkeys((row["method"], row["temperature"]) for row in rows):
        own = {row["k"]: row for row in rows if (row["method"], row["temperature"]) == (method, temperature)}
        name = method if method != "sample" else f"nucleus, T = {temperature}"
        cells = [f"{r['estimate']:.1f} [{r['low']:.1f}, {r['high']:.1f}]" if (r := own.get(k)) else "" for k in ks]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def tiers_of(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Tier -> its rows."""
    return {tier: [row for row in rows if row["tier"] == tier] for tier in dict.fromkeys(row["tier"] for row in rows)}


def chart_of(tier: str, rows: list[dict[str, Any]]) -> altair.LayerChart | altair.FacetChart:
    """pass@k over temperature, a colour for each k, with bands; lines across for the methods without chance."""
    sampled = [row for row in rows if row["method"] == "sample"]
    levels: dict[float, list[str]] = {}
    for row in rows:
        if row["method"] != "sample":
            levels.setdefault(row["estimate"], []).append(row["method"])
    fixed = [{"estimate": level, "methods": ", ".join(methods)} for level, methods in levels.items()]
    base = altair.Chart(altair.InlineData(values=sampled)).encode(
        x=altair.X("temperature:Q", title="temperature (top_p 0.95)", scale=altair.Scale(zero=False, padding=30)),
        color=altair.Color(
            "k:O", legend=altair.Legend(title="k", symbolOpacity=1), scale=altair.Scale(scheme="viridis")
        ),
    )
    band = base.mark_area(opacity=0.15).encode(
        y=altair.Y("low:Q", title="pass@k, %", scale=altair.Scale(zero=False)), y2="high:Q"
    )
    line = base.mark_line(point=True).encode(y="estimate:Q")
    rule = altair.Chart(altair.InlineData(values=fixed)).encode(y="estimate:Q")
    across = rule.mark_rule(strokeDash=[4, 4], color="#555")
    name = rule.mark_text(align="right", dx=-4, dy=-6, color="#333").encode(x=altair.value("width"), text="methods:N")
    return altair.layer(band, line, across, name).properties(width=420, height=340, title=tier)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    found = rows_of(Path(sys.argv[1]))
    for tier, own in tiers_of(found).items():
        print(f"{tier}:\n\n{table_of(own)}\n")
    panels = altair.hconcat(*(chart_of(tier, own) for tier, own in tiers_of(found).items()))
    save(panels.resolve_scale(color="shared"), Path(sys.argv[2]))
