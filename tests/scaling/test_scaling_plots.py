"""Plots are real pictures: marks where the numbers are, words on the axes, nothing fetched."""

import struct
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

import pytest
from scaling_cases import BUDGETS, CODE_LIKE, isoflop_runs, noisy

from passatk.errors import ScalingRefusedError
from passatk.report import scaling_plots
from passatk.report.charts import save
from passatk.report.scaling_terminal import short
from passatk.scaling import PUBLISHED, KnownModel, Runs, Study, known_model, study

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def runs() -> Runs:
    return noisy(isoflop_runs(CODE_LIKE), CODE_LIKE)


def marks(path: Path) -> dict[str, int]:
    """How many marks of each kind the picture has, axes and legends not counted."""
    found: dict[str, int] = {}
    for group in ElementTree.parse(path).iter(f"{SVG}g"):
        kind, _, role = group.get("class", "").partition(" ")
        if kind.startswith("mark-") and "role-mark" in role.split():
            drawn = sum(1 for child in group if child.get("d") or child.text or len(child))
            found[kind.removeprefix("mark-")] = found.get(kind.removeprefix("mark-"), 0) + drawn
    return found


def words(path: Path) -> str:
    return " ".join(text.strip() for text in ElementTree.parse(path).getroot().itertext() if text.strip())


def test_isoflop_curves_show_runs_parabolas_and_vertices(small_study: Study, runs: Runs, tmp_path: Path) -> None:
    save(scaling_plots.isoflop_chart(small_study, runs), tmp_path / "p.svg")
    assert marks(tmp_path / "p.svg") == {"symbol": len(runs) + len(BUDGETS), "line": len(BUDGETS)}
    said = words(tmp_path / "p.svg")
    assert "parameters N" in said
    assert "loss (nats per token)" in said
    assert small_study.isoflop is not None
    for one in small_study.isoflop.profiles:
        assert f"FLOP: {short(one.vertex.parameters)}" in said


def test_the_frontier_shows_band_models_and_laws(small_study: Study, tmp_path: Path) -> None:
    own = KnownModel(name="ours", parameters=2.8e6, tokens=6e7, source="")
    chart = scaling_plots.frontier_chart(small_study, [known_model("codegeex"), own], [PUBLISHED["hoffmann"]])
    save(chart, tmp_path / "p.svg")
    found = marks(tmp_path / "p.svg")
    assert found["area"] == 1
    assert found["line"] >= 4 * 2, "every line has parts inside and outside of the runs"
    assert found["text"] == 4, "two names, each with its halo"
    said = words(tmp_path / "p.svg")
    for expected in (
        "training compute C (FLOP)",
        "parameters N",
        "codegeex",
        "ours",
        "approach 3: synthetic",
        "hoffmann",
    ):
        assert expected in said
    assert "stroke-dasharray" in (tmp_path / "p.svg").read_text()


def test_residuals_show_every_run_twice(small_study: Study, runs: Runs, tmp_path: Path) -> None:
    save(scaling_plots.residual_chart(small_study, runs), tmp_path / "p.svg")
    assert marks(tmp_path / "p.svg")["symbol"] == 2 * len(runs)
    assert "ln observed - ln predicted (%)" in words(tmp_path / "p.svg")


def test_a_png_is_a_picture_with_something_on_it(small_study: Study, runs: Runs, tmp_path: Path) -> None:
    path = tmp_path / "new" / "p.png"
    save(scaling_plots.isoflop_chart(small_study, runs), path)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    assert width > 1400
    assert height > 900
    packed, at = b"", 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        packed += content[at + 8 : at + 8 + length] if content[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    pixels = zlib.decompress(packed)
    assert len(pixels) == height * (1 + 4 * width)
    assert pixels.count(0) < 0.99 * len(pixels), "rows differ from each other, so it is not blank"
    assert len(set(pixels)) > 100


def test_what_was_not_fitted_is_not_drawn(runs: Runs) -> None:
    second = study(runs, approaches=(2,), resamples=0)
    with pytest.raises(ScalingRefusedError, match="approach 3 was not run"):
        scaling_plots.residual_chart(second, runs)
    first = study(runs, approaches=(1,), resamples=0)
    with pytest.raises(ScalingRefusedError, match="approach 2 was not run"):
        scaling_plots.isoflop_chart(first, runs)


def test_budgets_without_runs_are_named(small_study: Study, runs: Runs) -> None:
    fewer = runs.take(runs.flops < 0.5e21)
    with pytest.raises(ScalingRefusedError, match=r"budgets without runs in noisy: 1e21, 1e22 FLOP"):
        scaling_plots.isoflop_chart(small_study, fewer)
