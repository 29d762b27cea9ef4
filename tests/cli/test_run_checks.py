"""What `passatk run` refuses before it loads a model: here there are no weights to load."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import tokenizers
import tokenizers.models
import tokenizers.pre_tokenizers
import transformers
from running import Command

from passatk.models.embedded import embedded_folder

POSITIONS = 8


def experiment(path: Path, model: str, samples: int = 1, k: int = 1) -> Path:
    path.write_text(
        f"[model]\n{model}\n[problems]\nsource = 'basics/written/python'\n[task]\nsamples = {samples}\n"
        f"[judging]\nk = [1, {k}]\n"
    )
    return path


def codegeex(folder: Path) -> str:
    shutil.copytree(embedded_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    config = json.loads((folder / "config.json").read_text())
    config["shape"]["positions"] = POSITIONS
    (folder / "config.json").write_text(json.dumps(config))
    return f"model = '{folder}'"


def hub(folder: Path) -> str:
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"?": 0}, unk_token="?"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=words).save_pretrained(folder)
    transformers.GPT2Config(n_positions=POSITIONS).save_pretrained(folder)
    return f"backend = 'transformers'\nmodel = '{folder}'"


@pytest.mark.parametrize("make", [codegeex, hub])
def test_prompts_without_room(passatk: Command, tmp_path: Path, make: Callable[[Path], str]) -> None:
    done = passatk("run", experiment(tmp_path / "one.toml", make(tmp_path / "model")))
    assert done.returncode == 2, done.stderr
    assert f"28 prompts leave this model no room for an answer: it takes 1 to {POSITIONS - 1} tokens" in " ".join(
        done.stderr.split()
    )
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(("samples", "k"), [(1, 2), (9, 10), (3, 0)])
def test_a_k_that_the_samples_cannot_give(passatk: Command, tmp_path: Path, samples: int, k: int) -> None:
    good = experiment(tmp_path / "good.toml", "backend = 'fake'")
    bad = experiment(tmp_path / "bad.toml", f"model = '{tmp_path}/none'", samples, k)
    done = passatk("run", good, bad)
    assert done.returncode == 2
    assert (f"pass@{k} " if k else "must be a list of whole numbers of at least 1") in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_k_that_the_samples_can_give(passatk: Command, tmp_path: Path) -> None:
    done = passatk("run", experiment(tmp_path / "good.toml", "backend = 'fake'", samples=2, k=2))
    assert done.returncode == 0, done.stderr
    assert "pass@2" in done.stdout
