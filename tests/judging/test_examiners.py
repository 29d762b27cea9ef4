"""Examiners as they lie on disk."""

from pathlib import Path

import pytest

from passatk.judging import Environment, examiners
from passatk.judging.examiners import Examiners


def test_nobody_clears_the_examiners_that_a_judge_uses(
    python_only: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSATK_HOME", str(tmp_path))
    assert examiners.clear()  # there are none yet
    built = examiners.home() / "python-0" / "built"
    built.mkdir(parents=True)
    uses = Examiners(examiners.home(), python_only.toolchains)
    assert not examiners.clear()
    assert built.exists()
    del uses
    assert examiners.clear()
    assert not built.exists()
    assert examiners.home().exists()
