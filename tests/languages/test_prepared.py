"""What is prepared once on a machine is made by one, and others wait for it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from passatk.languages.base import Missing, prepared


def test_who_wants_it_meanwhile_waits_and_makes_nothing(tmp_path: Path) -> None:
    begun, go_on, made = threading.Event(), threading.Event(), list[str]()

    def make(folder: Path) -> None:
        made.append("made")
        begun.set()
        assert go_on.wait(60)
        (folder / "library").write_text("compiled")

    with ThreadPoolExecutor() as threads:
        first = threads.submit(prepared, tmp_path / "tools" / "one", make)
        assert begun.wait(60)
        others = [threads.submit(prepared, tmp_path / "tools" / "one", make) for _ in range(3)]
        assert not any(other.done() for other in others)
        go_on.set()
        folders = {future.result() for future in (first, *others)}
    assert made == ["made"]
    assert [(folder / "library").read_text() for folder in folders] == ["compiled"]


def test_after_one_that_failed_the_next_makes_it(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise Missing("no compiler")

    with pytest.raises(Missing):
        prepared(tmp_path / "one", fails)
    assert [*tmp_path.iterdir()] == []
    assert [*prepared(tmp_path / "one", lambda folder: (folder / "whole").touch()).iterdir()] == [
        tmp_path / "one" / "whole"
    ]
