"""Whole runs: what they leave, and that nothing changes a bit of it."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from packing import CONTEXT, make_corpus

from passatk.corpus.packed import PackedCorpus
from passatk.decoding import DecodingSettings
from passatk.errors import InputError, Interrupted, RunFolderError, UnknownNameError
from passatk.models import ModelSpec
from passatk.models.base import Wanted
from passatk.models.codegeex_files import load_folder, open_backend
from passatk.problems import load
from passatk.training import Training, train
from passatk.training.folder import LossLine, read_losses
from passatk.training.run import Progress
from passatk.training.settings import TrainingSettings
from passatk.training.shapes import shape_of

STEPS, BATCH = 40, 4


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> PackedCorpus:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(autouse=True)
def threads_are_given_back() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


def request(corpus: PackedCorpus, out: Path, **changes: Any) -> Training:
    settings: dict[str, Any] = {
        "tokens": STEPS * BATCH * CONTEXT,
        "batch_size": BATCH,
        "micro_batch": 2,
        "learning_rate": 5e-3,
    }
    mine = {name: changes.pop(name) for name in list(changes) if name in TrainingSettings.__struct_fields__}
    usual: dict[str, Any] = {"shape": shape_of(2, 48, 2, 400, CONTEXT, corpus.eos), "threads": 1}
    settings |= mine
    return Training(
        corpus=corpus.folder,
        out=out,
        settings=TrainingSettings(**settings),
        **{"checkpoint_every": 7, **usual, **changes},
    )


def trained(out: Path) -> dict[str, object]:
    """Everything a run leaves, without what only measures time."""
    lines = [msgspec.structs.replace(line, tokens_per_second=0.0) for line in read_losses(out)]
    report = json.loads((out / "report.json").read_text())
    model = {file.name: file.read_bytes() for file in (out / "model").iterdir()}
    return {"lines": lines, "model": model, "digest": report["digest"], "loss": report["loss"]}


@pytest.fixture(scope="module")
def undisturbed(corpus: PackedCorpus, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    out = tmp_path_factory.mktemp("undisturbed")
    train(request(corpus, out))
    return trained(out)


class Stop:
    """Asks to stop after so many steps."""

    def __init__(self, after: int):
        self.left = after

    def __call__(self) -> bool:
        self.left -= 1
        return self.left == 0


def test_a_run_leaves_all_there_is_to_know(corpus: PackedCorpus, tmp_path: Path) -> None:
    told: list[Progress] = []
    report = train(request(corpus, tmp_path / "run", tokens=1000, batch_size=6, validation_every=2), told.append)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["corpus_sha256"] == corpus.sha256()
    assert (manifest["steps"], manifest["tokens"]) == (4, 4 * 6 * CONTEXT) == (report.steps, report.tokens)
    assert manifest["arithmetic"]["threads"] == 1
    assert manifest["settings"]["learning_rate"] == 5e-3
    assert report.epochs == pytest.approx(24 / len(corpus.train))
    lines = list(read_losses(tmp_path / "run"))
    assert [line.step for line in lines] == [1, 2, 3, 4]
    assert [line.valid_loss is not None for line in lines] == [False, True, False, True]
    assert [step.tokens for step in told] == [line.tokens for line in lines]
    assert told[-1].seconds_left == 0
    assert (tmp_path / "run" / "complete").read_text().strip() == report.digest
    assert all(file.stat().st_mode & 0o044 for file in report.model.iterdir())


def test_the_model_opens_with_our_backend(corpus: PackedCorpus, tmp_path: Path) -> None:
    report = train(request(corpus, tmp_path / "run", tokens=1000, model_dtype="float32"))
    backend = open_backend(ModelSpec(backend="codegeex", model=str(report.model)))
    problem = next(iter(load("basics/python").problems.values()))
    wanted = Wanted(task_id="t", prompt="def ", samples=range(1), problem=problem, ends=None)
    made = list(backend.generate([wanted], DecodingSettings(max_new_tokens=5), 1))
    assert len(made[0].tokens) >= 1
    assert load_folder(report.model).config == shape_of(2, 48, 2, 400, CONTEXT, corpus.eos)


def test_two_runs_are_equal(corpus: PackedCorpus, undisturbed: dict[str, object], tmp_path: Path) -> None:
    train(request(corpus, tmp_path))
    assert trained(tmp_path) == undisturbed


def test_checkpoints_change_nothing(corpus: PackedCorpus, undisturbed: dict[str, object], tmp_path: Path) -> None:
    train(request(corpus, tmp_path, checkpoint_every=1000))
    assert trained(tmp_path) == undisturbed


def test_a_run_stopped_again_and_again_is_the_undisturbed_one(
    corpus: PackedCorpus, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    with pytest.raises(Interrupted, match=r"after step 5 of 40.*run the same command again"):
        train(request(corpus, tmp_path), stop=Stop(5))
    with pytest.raises(Interrupted, match="after step 26 of 40"):
        train(request(corpus, tmp_path), stop=Stop(21))
    train(request(corpus, tmp_path))
    assert trained(tmp_path) == undisturbed


def test_a_stop_in_the_last_step_is_too_late(corpus: PackedCorpus, tmp_path: Path) -> None:
    assert train(request(corpus, tmp_path, tokens=600), stop=Stop(4)).steps == 4


_PROGRAM = """
import os, sys
from pathlib import Path
import msgspec
from passatk.training import Training, train
for line in sys.stdin:
    if (child := os.fork()) == 0:
        train(msgspec.json.decode(line, type=Training, dec_hook=lambda _, text: Path(text)))
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Trains what it reads, each time in a process of its own that need not import again; says its id and how it ended."""


def trained_until(trainer: "subprocess.Popen[str]", made: str, losses: Path, steps: int, rng: random.Random) -> int:
    """How it ended, killed soon after so many steps if it has not ended before."""
    assert trainer.stdin is not None
    assert trainer.stdout is not None
    trainer.stdin.write(made + "\n")
    trainer.stdin.flush()
    there = Path("/proc") / trainer.stdout.readline().strip()
    while there.exists() and (not losses.exists() or losses.read_bytes().count(b"\n") < steps):
        time.sleep(0.002)
    time.sleep(rng.random() * 0.02)
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(there.name), signal.SIGKILL)
    return int(trainer.stdout.readline())


def test_killed_at_random_it_is_the_undisturbed_run(
    corpus: PackedCorpus, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    rng = random.Random(11)
    made = msgspec.json.encode(request(corpus, tmp_path), enc_hook=str).decode()
    losses = tmp_path / "losses.jsonl"
    command = [sys.executable, "-c", _PROGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as trainer:
        kills = sum(trained_until(trainer, made, losses, aim, rng) == -signal.SIGKILL for aim in (3, 12, 20, 21, 34))
        assert trained_until(trainer, made, losses, 1000, rng) == 0
    assert kills >= 4
    assert trained(tmp_path) == undisturbed


def test_what_died_while_writing_is_cleaned_up(
    corpus: PackedCorpus, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    with pytest.raises(Interrupted):
        train(request(corpus, tmp_path), stop=Stop(15))
    with (tmp_path / "losses.jsonl").open("ab") as file:
        file.write(b'{"step":16,"tokens":1,"lo')
    (tmp_path / "checkpoint.safetensors.part").write_bytes(b"half")
    (tmp_path / "model.part").mkdir()
    (tmp_path / "model.part" / "config.json").write_text("half")
    train(request(corpus, tmp_path))
    assert trained(tmp_path) == undisturbed


def test_a_finished_run_is_not_trained_again(corpus: PackedCorpus, tmp_path: Path) -> None:
    first = train(request(corpus, tmp_path, tokens=500))
    told: list[Progress] = []
    assert train(request(corpus, tmp_path, tokens=500), told.append) == first
    assert told == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"learning_rate": 1e-3}, "settings.learning_rate: 0.005 here, 0.001 now"),
        ({"tokens": 20_000}, "settings.tokens: 7680 here, 20000 now"),
        ({"seed": 3}, "settings.seed: 0 here, 3 now"),
        ({"micro_batch": 4}, "settings.micro_batch: 2 here, 4 now"),
        ({"precision": "float32"}, "settings.precision: bfloat16 here, float32 now"),
        ({"threads": 2}, "arithmetic.threads: 1 here, 2 now"),
        ({"shape": shape_of(1, 48, 2, 400, CONTEXT, 390)}, "shape.layers: 2 here, 1 now"),
    ],
)
def test_other_settings_are_no_resumption(
    corpus: PackedCorpus, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(Interrupted):
        train(request(corpus, tmp_path), stop=Stop(2))
    with pytest.raises(RunFolderError, match=told):
        train(request(corpus, tmp_path, **change))


def test_another_corpus_or_pytorch_is_no_resumption(corpus: PackedCorpus, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train(request(corpus, tmp_path / "run"), stop=Stop(2))
    other = make_corpus(tmp_path / "other", documents=20)
    with pytest.raises(RunFolderError, match="corpus_sha256"):
        train(msgspec.structs.replace(request(corpus, tmp_path / "run"), corpus=other.folder))
    manifest = tmp_path / "run" / "manifest.json"
    written = manifest.read_text()
    manifest.write_text(written.replace('"training": "1"', '"training": "0"'))
    with pytest.raises(RunFolderError, match=r"arithmetic\.training: 0 here, 1 now"):
        train(request(corpus, tmp_path / "run"))
    manifest.write_text(written.replace(str(torch.__version__), "1.13.1"))
    with pytest.raises(RunFolderError, match=r"arithmetic\.torch: 1\.13\.1 here"):
        train(request(corpus, tmp_path / "run"))


def test_a_damaged_checkpoint_is_named(corpus: PackedCorpus, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train(request(corpus, tmp_path), stop=Stop(2))
    file = tmp_path / "checkpoint.safetensors"
    body = bytearray(file.read_bytes())
    body[-100] ^= 1
    file.write_bytes(body)
    with pytest.raises(RunFolderError, match=r"checkpoint\.safetensors is damaged \(its contents"):
        train(request(corpus, tmp_path))
    file.write_bytes(body[:1000])
    with pytest.raises(RunFolderError, match=r"checkpoint\.safetensors is damaged"):
        train(request(corpus, tmp_path))


def test_losses_that_were_lost_are_noticed(corpus: PackedCorpus, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train(request(corpus, tmp_path), stop=Stop(3))
    file = tmp_path / "losses.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[1:]))
    with pytest.raises(RunFolderError, match=r"losses\.jsonl does not fit"):
        train(request(corpus, tmp_path))


def test_divergence_ends_a_run(corpus: PackedCorpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="training diverged; train with a lower learning rate"):
        train(request(corpus, tmp_path, learning_rate=1e30, clip=1e30, warmup=0.0))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"shape": shape_of(1, 48, 2, 400, 20, 390)}, "positions = 20: windows of .* have 48 tokens"),
        ({"shape": shape_of(1, 48, 2, 384, CONTEXT, 383)}, "vocabulary = 384: .* has 400 tokens"),
        ({"shape": shape_of(1, 48, 2, 400, CONTEXT, 5)}, "eos = 5"),
        ({"checkpoint_every": 0}, "checkpoint_every = 0"),
        ({"tokens": -1}, "tokens = -1"),
    ],
)
def test_senseless_requests_write_nothing(
    corpus: PackedCorpus, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        train(request(corpus, tmp_path / "run", **change))
    assert not (tmp_path / "run").exists()
    with pytest.raises(UnknownNameError, match="float8"):
        train(request(corpus, tmp_path / "run", model_dtype="float8"))


def test_losses_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="passatk train model"):
        list(read_losses(tmp_path))
    (tmp_path / "losses.jsonl").write_text('{"step": "one"}\n')
    with pytest.raises(InputError, match=r"losses\.jsonl"):
        list(read_losses(tmp_path))
    assert LossLine.__struct_fields__[0] == "step"
