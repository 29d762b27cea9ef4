"""`passatk train` as a user runs it, on a small corpus."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from packing import make_corpus
from running import Command
from warm import Warm

from passatk.cli.app import run_command

SMALL = ("--layers", "1", "--hidden", "32", "--batch-size", "4")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus"), documents=8).folder


def train(passatk: Command, corpus: Path, out: Path, *more: str) -> dict[str, Any]:
    done = passatk("train", "model", corpus, "--out", out, *SMALL, "--json", *more)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def table(ladder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((ladder / "runs.csv").read_text().splitlines()))


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs the command in this process, which is quicker; gives its exit code and what it complained of."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*arguments: object) -> tuple[int, str]:
        code, shown = run_command([*map(str, arguments)]), capsys.readouterr()
        return code, shown.err if code else ""

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_model_is_trained_and_completes(passatk: Command, corpus: Path, tmp_path: Path) -> None:
    done = passatk("train", "model", corpus, "--out", tmp_path / "run", *SMALL, "--tokens", "2k")
    assert done.returncode == 0, done.stderr
    assert "steps, " in done.stdout
    assert "times the corpus" in done.stdout
    assert "training: step 11/11 2.11k tokens, loss" in done.stderr
    assert "tokens/s, 0:00 left" in done.stderr
    asked = ("complete", "def f(x):", "--backend", "codegeex", "--model", tmp_path / "run" / "model")
    completed = passatk(*asked, "--max-new-tokens", "5", "--json")
    assert completed.returncode == 0, completed.stderr
    assert json.loads(completed.stdout)["finish_reason"] in ("length", "eos")
    report = train(passatk, corpus, tmp_path / "run", "--tokens", "2e3")  # finished: it is only shown
    assert report["digest"] in done.stdout
    assert (report["steps"], report["tokens"]) == (11, 2112)


def test_ctrl_c_leaves_a_checkpoint(passatk: Command, warm: Warm, corpus: Path, tmp_path: Path) -> None:
    whole = train(passatk, corpus, tmp_path / "whole", "--tokens", "30k")
    arguments = ["train", "model", str(corpus), "--out", str(tmp_path / "run"), *SMALL, "--tokens", "30k"]
    process = warm.start(*arguments)
    losses = tmp_path / "run" / "losses.jsonl"
    while process.poll() is None and not (losses.exists() and losses.read_bytes().count(b"\n") > 20):
        time.sleep(0.005)
    process.kill(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130, told
    assert "a checkpoint is kept in" in told
    assert "run the same command again to go on" in told
    assert not (tmp_path / "run" / "complete").exists()
    done = passatk(*arguments, "--learning-rate", "0.5")
    assert done.returncode == 2
    assert "settings.learning_rate: 0.01 here, 0.5 now" in done.stderr
    assert train(passatk, corpus, tmp_path / "run", "--tokens", "30k")["digest"] == whole["digest"]


def test_a_ladder_makes_a_table(passatk: Command, corpus: Path, tmp_path: Path) -> None:
    command = ("train", "ladder", corpus, "--out", tmp_path / "ladder", "--sizes", "40k,0.12M", "--batch-size", "4")
    done = passatk(*command, "--flops", "1e9,4e8")
    assert done.returncode == 0, done.stderr
    assert "4/4 " in done.stderr
    assert "4 runs have fewer than 300 steps" in " ".join(done.stdout.split())
    rows = table(tmp_path / "ladder")
    assert len(rows) == 4
    assert {"parameters", "tokens", "flops", "loss", "seconds", "seed", "layers", "hidden"} <= rows[0].keys()
    assert [row["run"] for row in rows] == sorted((row["run"] for row in rows), key=lambda name: name.split("-")[0])
    for row in rows:
        budget = float(row["run"].split("-")[1])
        assert budget <= float(row["flops"]) < budget * 1.3
        assert 0 < float(row["loss"]) < 7
        assert (tmp_path / "ladder" / row["run"] / "model" / "model.safetensors").exists()
    before = (tmp_path / "ladder" / "runs.csv").read_text()
    more = passatk(*command, "--flops", "4e8,1e9", "--json")
    assert more.returncode == 0, more.stderr
    assert (tmp_path / "ladder" / "runs.csv").read_text() == before
    assert json.loads(more.stdout)["runs"][0]["loss"] == float(rows[0]["loss"])
    added = passatk(*command, "--tokens", "3k")
    assert added.returncode == 0, added.stderr
    assert len(table(tmp_path / "ladder")) == 6


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--tokens", "2k"), "how large?"),
        (("--tokens", "2k", "--layers", "2"), "how large?"),
        (("--tokens", "2k", "--parameters", "40k", "--heads", "2"), "how large?"),
        (("--tokens", "2k", "--parameters", "forty"), "--parameters 'forty': expected a positive number, like 50M"),
        (("--tokens", "0", "--parameters", "40k"), "--tokens '0'"),
        (("--tokens", "2k", "--parameters", "1"), "no usual shape has about 1 parameters"),
        (("--tokens", "2k", "--layers", "1", "--hidden", "33", "--heads", "2"), "hidden = 33"),
        (("--tokens", "2k", "--parameters", "40k", "--schedule", "cosin"), "Did you mean 'cosine'"),
        (("--tokens", "2k", "--parameters", "40k", "--dtype", "int8"), "unknown model_dtype 'int8'"),
        (("--tokens", "2k", "--parameters", "40k", "--learning-rate", "-1"), "learning_rate = -1.0"),
        (("--tokens", "2k", "--parameters", "40k", "--batch-size", "6", "--micro-batch", "4"), "not a multiple of"),
        (("--tokens", "2k", "--parameters", "40k", "--device", "cuda:99"), "no device 'cuda:99'"),
    ],
)
def test_senseless_requests_are_refused(
    here: Callable[..., tuple[int, str]], corpus: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    code, said = here("train", "model", corpus, "--out", tmp_path / "run", *arguments)
    assert (code, told in said) == (3 if "device" in told else 2, True), said
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--sizes", "40k"), "either --flops or --tokens"),
        (("--sizes", "40k", "--flops", "1e9", "--tokens", "1k"), "either --flops or --tokens"),
        (("--sizes", "40k,41k", "--flops", "1e9"), "leave one out"),
        (("--sizes", "40k", "--flops", "1e5"), "less than a window of 48"),
        (("--sizes", "", "--flops", "1e9"), "--sizes ''"),
    ],
)
def test_senseless_ladders_are_refused(
    here: Callable[..., tuple[int, str]], corpus: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    code, said = here("train", "ladder", corpus, "--out", tmp_path / "run", *arguments)
    assert (code, told in said) == (2, True), said
    assert not (tmp_path / "run").exists()


def test_a_model_goes_on(passatk: Command, here: Callable[..., tuple[int, str]], corpus: Path, tmp_path: Path) -> None:
    train(passatk, corpus, tmp_path / "first", "--tokens", "2k")
    on = ("train", "model", corpus, "--out", tmp_path / "on", "--batch-size", "4", "--tokens", "1k")
    done = passatk(*on, "--from", tmp_path / "first" / "model")
    assert done.returncode == 0, done.stderr
    told = f"went on from {tmp_path / 'first' / 'model'}, which had read 2,112 tokens in"
    assert told in " ".join(done.stdout.split())
    for more, told in (
        (
            ("--from", tmp_path / "first" / "model", "--hidden", "32"),
            "leave it out to go on from one (option --hidden)",
        ),
        (("--from", tmp_path), "it has no model.safetensors"),
        (("--from", "embedded"), "the tokenizer of embedded is not that of"),
        ((*SMALL[:4],), "start.fingerprint"),
    ):
        code, said = here(*on, *more)
        assert (code, told in " ".join(said.split())) == (2, True), said


def test_no_corpus_is_named(here: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, said = here("train", "model", tmp_path, "--tokens", "1k", "--parameters", "40k")
    assert (code, "is no packed corpus" in said) == (2, True)


def test_curves_are_drawn(here: Callable[..., tuple[int, str]], corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair", reason="altair is absent: pip install 'passatk[report]'")
    for seed in ("0", "1"):
        arguments = ("train", "model", corpus, "--out", tmp_path / seed, *SMALL, "--tokens", "2k", "--seed", seed)
        assert here(*arguments)[0] == 0
    assert here("train", "plot", tmp_path / "0", tmp_path / "1", "--out", tmp_path / "curves.svg") == (0, "")
    drawn = (tmp_path / "curves.svg").read_text()
    assert drawn.startswith("<svg")
    assert "tokens read" in drawn
    assert here("train", "plot", tmp_path / "0", "--out", tmp_path / "new" / "curves.html")[0] == 0
    assert "cdn." not in (tmp_path / "new" / "curves.html").read_text()
    assert here("train", "plot", tmp_path / "0", "--out", tmp_path / "curves.json")[0] == 0
    (rows,) = json.loads((tmp_path / "curves.json").read_text())["datasets"].values()
    assert [row["tokens"] for row in rows if row["part"] == "training"] == [192 * step for step in range(1, 12)]
    wrong: list[tuple[tuple[object, ...], str]] = [
        ((tmp_path / "0", tmp_path / "0"), "two runs are called '0'"),
        ((tmp_path,), "expected a folder that `passatk train model` wrote"),
        ((tmp_path / "0", "--out", tmp_path / "curves.pdf"), "unknown format 'pdf'"),
    ]
    for paths, told in wrong:
        code, said = here("train", "plot", *paths)
        assert (code, told in said) == (2, True), said


def test_the_command_stays_light(passatk: Command) -> None:
    heavy = ("torch", "numpy", "altair", "rich", "sqlite3", "passatk.judging")
    program = f"import sys, passatk.cli.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    helped = passatk("train", "model", "--help")
    assert "Budget: tokens to read" in helped.stdout
