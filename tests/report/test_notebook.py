"""Runs and comparisons as data frames, with each library, and their display."""

import json
import shutil
import sqlite3
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import narwhals
import pytest
from running import ROOT

import passatk
from passatk.errors import EnvironmentFault, InputError, UnknownNameError
from passatk.problems import load
from passatk.report import frames, notebook
from passatk.report.export.rows import COLUMNS, TEXTS
from passatk.report.notebook import Run

PROBLEMS = load("basics")
TASKS = ["Python/2", "Python/10", "Python/1"]
"""In the order of the file, which is neither the benchmark's nor that of text."""


def judged(folder: Path, name: str, codes: dict[str, list[str]]) -> Path:
    from passatk.pipeline import Evaluation, evaluate

    path = folder / f"{name}.jsonl"
    lines = [{"task_id": task, "completion": code} for task, own in codes.items() for code in own]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    evaluate(Evaluation(samples=path, problems=PROBLEMS, out=folder / name, cached=False))
    return folder / name


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The second fails Python/10, which the first passes. Half a character is in the first."""
    folder = tmp_path_factory.mktemp("frames")
    right = {task: PROBLEMS.get(task).solution for task in TASKS}
    before = {task: [code, "    return '<b>\udc80'\n"] for task, code in right.items()}
    after = {**before, "Python/10": ["    return None\n", "    return '<b>\udc80'\n"]}
    return judged(folder, "before", before), judged(folder, "after", after)


@pytest.fixture(params=frames.LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def columns(native: Any) -> dict[str, list[Any]]:
    """With None for what is missing, whatever the library says instead."""
    found = narwhals.from_native(native, eager_only=True)
    return {
        name: [
            None if gone else value
            for value, gone in zip(found[name].to_list(), found[name].is_null().to_list(), strict=True)
        ]
        for name in found.columns
    }


def test_every_column_is_documented() -> None:
    text = (ROOT / "docs" / "files.md").read_text()
    section = text[text.index("## Data frames") : text.index("## A folder of generations")]
    tables = (notebook._PROBLEMS, notebook._SCORE, notebook._CHANGED, notebook._FLIPS)
    assert [name for table in tables for name in table if f"`{name}`" not in section] == []


def test_samples_are_in_the_order_of_the_file(runs: tuple[Path, Path], library: str) -> None:
    found = columns(passatk.load_run(runs[0], library).samples)
    assert list(found) == [*COLUMNS, *TEXTS]
    assert found["task_id"] == [task for task in TASKS for _ in range(2)]
    assert found["sample"] == [0, 1] * 3
    assert found["passed"] == [True, False] * 3
    assert found["tokens"] == [None] * 6
    assert found["completion"][:2] == [PROBLEMS.get("Python/2").solution, "    return '<b>\\udc80'\n"]


def test_problems_are_in_the_order_of_the_benchmark(runs: tuple[Path, Path], library: str) -> None:
    found = columns(passatk.load_run(str(runs[0]), library).problems)
    assert found["task_id"] == ["Python/1", "Python/2", "Python/10"]
    assert (found["samples"], found["passed"], found["pass_at_1"]) == ([2] * 3, [1] * 3, [0.5] * 3)
    assert found["prompt"][0] == PROBLEMS.get("Python/1").prompt
    assert found["left_out"] == [None] * 3


def test_the_score_is_that_of_the_run(runs: tuple[Path, Path], library: str) -> None:
    found = columns(passatk.load_run(runs[0], library).score)
    (group, *_), (value, *_), (low, *_) = found["group"], found["pass_at_k"], found["low"]
    assert (group, value) == ("python", 0.5)
    scores = json.loads((runs[0] / "score.json").read_text())["scores"]
    assert low == scores[0]["pass_at_k"][0]["low"]


def test_what_was_not_judged_is_missing_and_no_failure(runs: tuple[Path, Path], library: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(runs[0], copy)
    (copy / "complete").unlink()
    with sqlite3.connect(copy / "run.sqlite") as db:
        db.execute("DELETE FROM verdicts WHERE program IN (SELECT program FROM samples WHERE task_id = 'Python/2')")
    db.close()
    run = passatk.load_run(copy, library)
    assert columns(run.samples)["passed"] == [None, None, True, False, True, False]
    assert columns(run.problems)["pass_at_1"] == [0.5, None, 0.5]
    assert narwhals.from_native(run.samples, eager_only=True)["passed"].mean() == 0.5
    with pytest.raises(InputError, match="has no score: the run is interrupted"):
        _ = run.score
    assert "interrupted, 4 of 6 samples judged" in repr(run)


def test_a_run_of_an_earlier_version_is_in_order_of_ids(runs: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(runs[0], copy)
    with sqlite3.connect(copy / "run.sqlite") as db:
        db.execute("ALTER TABLE samples DROP COLUMN position")
        db.execute("ALTER TABLE problems DROP COLUMN position")
    db.close()
    run = passatk.load_run(copy, "polars")
    assert columns(run.problems)["task_id"] == ["Python/1", "Python/10", "Python/2"]
    assert columns(run.samples)["task_id"][::2] == ["Python/1", "Python/10", "Python/2"]


def test_a_comparison_has_every_flip_and_its_cause(runs: tuple[Path, Path], library: str) -> None:
    found = passatk.compare(*runs, library=library)
    assert not found.identical
    flips = columns(found.flips)
    assert (flips["task_id"], flips["sample"], flips["cause"]) == (["Python/10"], [0], ["other tokens"])
    assert columns(found.problems)["change"] == ["worse"]
    assert columns(found.differences)["difference"] == [found.found.differences[0].difference]


def test_runs_compare_as_they_were_loaded(runs: tuple[Path, Path]) -> None:
    once = passatk.load_run(runs[0])
    same = passatk.compare(once, once)
    assert same.identical
    assert "No change" in repr(same)
    assert columns(passatk.compare(*runs, library="pyarrow").flips) != columns(same.flips)


def test_a_notebook_shows_what_a_terminal_shows(runs: tuple[Path, Path]) -> None:
    run = passatk.load_run(runs[0])
    page, text = run._repr_html_(), repr(run)
    for shown in ("complete, 6 of 6 samples judged", f"digest {run.digest}", "pass@1 %", "50.0"):
        assert shown in page
        assert shown in text
    assert page.startswith("<pre style=")
    assert "\x1b" not in page + text
    different = passatk.compare(*runs)._repr_html_()
    assert "other tokens 1" in different
    assert "-&gt;" in different


def test_names_from_elsewhere_are_shown_harmlessly(runs: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "<script>\x1b[2J[bold]"
    shutil.copytree(runs[0], copy)
    page = passatk.load_run(copy)._repr_html_()
    assert "&lt;script&gt;\\x1b[2J[bold]" in page


def test_a_missing_library_is_named_with_what_to_install(
    runs: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*gone: str) -> None:
        monkeypatch.setattr(frames, "find_spec", lambda name: None if name in gone else find_spec(name))

    without("pandas")
    assert type(passatk.load_run(runs[0]).score).__module__.startswith("polars")
    with pytest.raises(EnvironmentFault, match=r"need pandas, which is not installed; .*passatk\[frames\]"):
        _ = passatk.load_run(runs[0], "pandas").samples
    without(*frames.LIBRARIES)
    run = Run(runs[0], None)
    assert "pass@1" in run._repr_html_(), "only frames need a library"
    with pytest.raises(EnvironmentFault, match="pandas, polars or pyarrow, and none is installed"):
        _ = run.samples
    with pytest.raises(UnknownNameError, match="known: pandas, polars, pyarrow"):
        _ = passatk.load_run(runs[0], "excel").samples
    without()
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(EnvironmentFault, match="need narwhals"):
        _ = passatk.load_run(runs[0], "polars").samples
