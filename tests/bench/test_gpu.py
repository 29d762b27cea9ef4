"""`bench/gpu.py` in its small form, so that it works the first time on a GPU; and that its checks can fail."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from passatk.decoding import samplers
from passatk.decoding.rows import RowClasses

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("gpu")


@pytest.fixture
def session(gpu: Any, tmp_path: Path) -> Any:
    return gpu.Session(gpu.SMALL, "cpu", 7.0, tmp_path / "gpu.json")


def test_every_part_holds_on_a_cpu(tmp_path: Path) -> None:
    file = tmp_path / "gpu.json"
    command = [sys.executable, str(BENCH / "gpu.py"), "--device", "cpu", "--small", "--results", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("every check that was made holds\n")
    found = json.loads(file.read_text())
    assert (found["failed"], found["skipped"]) == ([], [])
    titles = {f"{kind} tiny {dtype}" for kind in ("CodeGeeX", "Llama") for dtype in ("float32", "bfloat16")}
    assert {row["title"] for row in found["models"]} == {row["title"] for row in found["contrastive"]} == titles
    drawn = {(row["title"], row["method"]): sorted(map(int, row["differing"])) for row in found["same_tokens"]}
    for title in titles:
        assert drawn[title, "greedy"] == drawn[title, "sample"] == [1, 3, 8, 64]
        assert drawn[title, "contrastive"] == [1, 3, 8]
    assert {row["precision"] for row in found["training"]} == {"float32", "bfloat16"}
    assert all(row["last_loss"] < row["first_loss"] for row in found["training"])
    assert all(row["tokens_s"][1] > 0 for table in found["rates"] for row in table["rates"])


@pytest.mark.parametrize("independent", [True, False])
def test_other_tokens_fail_only_where_the_same_are_promised(
    gpu: Any, session: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], independent: bool
) -> None:
    model = gpu.gpu_models.causal(made(gpu, "CodeGeeX"))
    drawn = gpu.gpu_parts._drawn

    def other_at_3(*given: Any) -> Any:
        found = drawn(*given)
        if given[3] == 3:
            found["task 1", 2] = (*found["task 1", 2][:4], -1, -1)
        return found

    monkeypatch.setattr(gpu.gpu_parts, "_drawn", other_at_3)
    classes = RowClasses(unit=1, classes=(), independent=independent)
    gpu.same_tokens(session, "tiny", gpu.SMALL.sizes["tiny"], model, classes)
    assert capsys.readouterr().out.count("1 of 12") == 3
    assert session.failed == [
        f"tiny, {method}: other tokens at other batch sizes, the earliest is number 4 of a text, though the probe"
        " calls rows independent"
        for method in gpu.METHODS
        if independent
    ]


def made(gpu: Any, kind: str) -> Any:
    return gpu.MAKERS[kind](gpu.SMALL, gpu.SMALL.sizes["tiny"], torch.float32, "cpu")


@pytest.mark.parametrize("kind", ["CodeGeeX", "Llama"])
def test_another_contrastive_search_is_noticed(
    gpu: Any, session: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    model = gpu.gpu_models.causal(made(gpu, kind))
    gpu.contrastive(session, "tiny", "float32", model)
    assert session.failed == []
    search = samplers.contrastive
    monkeypatch.setattr(samplers, "contrastive", lambda p, s, alpha: search(p, -s, alpha))
    gpu.contrastive(session, "tiny", "bfloat16", model)
    assert session.failed == []
    gpu.contrastive(session, "tiny", "float32", model)
    assert len(session.failed) == 1
    assert "tokens of contrastive search are those of its definition, and that is no tie" in session.failed[0]


def test_training_that_learns_nothing_or_resumes_otherwise_fails(
    gpu: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = gpu.gpu_parts.Trained(100, 6.0, 5.9, 1.0, ["losses", "last loss"])
    monkeypatch.setattr(gpu.gpu_parts, "trained", lambda *_: run)
    gpu.training(session, "float32")
    assert session.failed == [
        "training, float32: the resumed run differs in losses, last loss",
        "training, float32: the loss goes from 6.0 to 5.9",
    ]


def run_main(gpu: Any, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["gpu.py", *map(str, arguments)])
    code: int = gpu.main()
    return code


def test_what_is_left_out_for_want_of_time_is_told(
    gpu: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "gpu.json"
    assert run_main(gpu, monkeypatch, "--device", "cpu", "--small", "--minutes", 0, "--results", file) == 3
    skipped = json.loads(file.read_text())["skipped"]
    assert skipped == [
        "operations by number of rows",
        "models of tiny, float32",
        "models of tiny, bfloat16",
        "training, bfloat16",
        "training, float32",
    ]
    out = capsys.readouterr().out
    assert all(f"not tried, for want of time: {part}" in out for part in skipped)


def test_a_part_that_breaks_costs_no_other(
    gpu: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = []

    def broken(*_: object) -> None:
        raise RuntimeError("no memory left")

    monkeypatch.setattr(gpu, "kernels", broken)
    monkeypatch.setattr(gpu, "of_size", broken)
    monkeypatch.setattr(gpu, "training", lambda _, precision: done.append(precision))
    assert run_main(gpu, monkeypatch, "--device", "cpu", "--small", "--results", tmp_path / "gpu.json") == 1
    assert done == ["bfloat16", "float32"]
    assert "FAILED: models of tiny, float32: RuntimeError: no memory left" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("--device", "cpu"), ("--device", "cuda")])
def test_the_full_size_needs_a_gpu(
    gpu: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit):
        run_main(gpu, monkeypatch, *arguments)
    assert "--small" in capsys.readouterr().err
