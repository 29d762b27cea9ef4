"""Pictures of runs: their numbers are those of the score, their bytes the same."""

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

import pytest
from running import Command

from passatk.errors import InputError
from passatk.problems import load
from passatk.report.export import export
from passatk.report.run_plots import curves, runs_chart
from passatk.runs import RunView

PROBLEMS = load("basics")
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve samples of three problems in Python, of which none, four and twelve pass."""
    from passatk.pipeline import Evaluation, evaluate

    folder = tmp_path_factory.mktemp("plotted")
    lines = []
    for number in range(3):
        problem = PROBLEMS.get(f"Python/{number}")
        for sample in range(12):
            right = sample < (0, 4, 12)[number]
            lines.append({"task_id": problem.task_id, "completion": problem.solution if right else "    return {}\n"})
    path = folder / "s.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    evaluate(Evaluation(samples=path, problems=PROBLEMS, out=folder / "run", cached=False))
    return folder / "run"


def picture(*runs: Path, form: str = "svg") -> bytes:
    file = BytesIO()
    export([RunView(run) for run in runs], form, file)
    return file.getvalue()


def texts(svg: bytes) -> list[str]:
    return [text for one in ET.fromstring(svg).iter(f"{_SVG}text") if (text := "".join(one.itertext()))]


def test_the_curve_goes_through_the_score(run: Path) -> None:
    with RunView(run) as view:
        assert view.scores is not None
        (points,) = curves(view).values()
        known = {one.k: one for one in view.scores.scores[0].pass_at_k}
    assert [one.k for one in points] == [1, 2, 3, 5, 7, 10, 12]
    assert {one.k: one for one in points if one.k in known} == known
    assert points[-1].estimate == pytest.approx(2 / 3)


def test_a_picture_shows_the_numbers(run: Path) -> None:
    with RunView(run) as view:
        chart = runs_chart([view]).to_dict()
    curve, _, statuses = (chart["datasets"][panel["data"]["name"]] for panel in chart["vconcat"])
    assert [(row["k"], round(row["percent"], 1)) for row in curve][:2] == [(1, 44.4), (2, 52.5)]
    assert {row["status"]: round(row["percent"], 1) for row in statuses} == {"passed": 44.4, "wrong_answer": 55.6}
    shown = texts(picture(run))
    for word in ("pass@k against k, 95 % intervals", "Python", "passed", "wrong_answer"):
        assert word in shown


def test_the_same_run_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    once = picture(run)
    code = f"""
import sys; from pathlib import Path; from passatk.report.export import export; from passatk.runs import RunView
export([RunView(Path({str(run)!r}))], "svg", sys.stdout.buffer)
"""
    again = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert once == picture(run) == again
    assert picture(run, form="png").startswith(b"\x89PNG")


def test_two_runs_stand_side_by_side(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("first", "<b>\x1b"):
        shutil.copytree(run, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    shown = texts(picture(Path("first"), Path("<b>\x1b")))
    assert {"first: Python", r"<b>\x1b: Python", "Python: first", r"Python: <b>\x1b"} <= set(shown)
    with pytest.raises(InputError, match="given twice"):
        picture(run, run)


def test_only_pictures_show_two_runs(passatk: Command, run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "other")
    done = passatk("export", run, "other", "--format", "csv")
    assert (done.returncode, "csv shows one run" in done.stderr) == (2, True)
    assert passatk("export", run, "other", "--format", "png", "--out", "two.png").returncode == 0
    assert (tmp_path / "two.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_without_a_score_has_no_picture(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    (copy / "complete").unlink()
    with pytest.raises(InputError, match="has no score: the run is interrupted"):
        picture(copy)
