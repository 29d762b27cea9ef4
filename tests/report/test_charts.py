"""How charts are saved, whatever they show."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from passatk.errors import EnvironmentFault, StorageError, UnknownNameError
from passatk.report import charts


@pytest.fixture
def chart() -> Any:
    alt = charts.altair()
    return alt.Chart(alt.Data(values=[{"x": 1}, {"x": 2}])).mark_point().encode(x="x:Q")


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<svg"), ("PNG", b"\x89PNG"), ("json", b"{")])
def test_the_suffix_says_the_format_and_folders_are_made(chart: Any, kind: str, begins: bytes, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / f"p.{kind}"
    charts.save(chart, path)
    assert path.read_bytes().startswith(begins)
    if kind == "json":
        assert json.loads(path.read_text())["data"]["values"] == [{"x": 1}, {"x": 2}]


def test_html_fetches_nothing(chart: Any, tmp_path: Path) -> None:
    charts.save(chart, tmp_path / "p.html")
    page = (tmp_path / "p.html").read_text()
    assert "vegaEmbed" in page
    assert len(page) > 300_000, "the JavaScript is inside"
    assert "<script src" not in page
    assert "cdn." not in page


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown format 'gif'; known: html, json, png, svg"):
        charts.save(None, tmp_path / "p.gif")


def test_what_cannot_be_written_is_named(chart: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot write .*file/p\.svg"):
        charts.save(chart, tmp_path / "file" / "p.svg")


@pytest.mark.parametrize("absent", ["altair", "vl_convert"])
def test_a_missing_library_is_named_with_what_to_install(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(EnvironmentFault, match=rf"{absent}, which is not installed; .*passatk\[report\]"):
        charts.altair()
