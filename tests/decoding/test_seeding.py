import os
import random
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import passatk
from passatk.errors import InputError


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Other tests of this process see nothing of these."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
    torch.use_deterministic_algorithms(False)
    torch.backends.cudnn.deterministic = torch.backends.cudnn.benchmark = False


def draw() -> tuple[float, float, list[float]]:
    return random.random(), float(np.random.rand()), torch.rand(3).tolist()


def flags() -> tuple[bool, bool, bool]:
    cudnn = torch.backends.cudnn
    return torch.are_deterministic_algorithms_enabled(), cudnn.deterministic, cudnn.benchmark


def test_everything_global_repeats() -> None:
    passatk.set_seed(5)
    first = draw()
    passatk.set_seed(5, deterministic=True)
    assert draw() == first
    passatk.set_seed(6)
    assert draw() != first


def test_children_hash_by_the_seed() -> None:
    def hashed() -> str:
        command = [sys.executable, "-c", "print(hash('passatk'), {'a', 'b', 'c', 'd'})"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    passatk.set_seed(5)
    first = hashed()
    assert hashed() == first
    passatk.set_seed(6)
    assert hashed() != first


def test_flags_are_set_both_ways() -> None:
    passatk.set_seed(5)
    assert flags() == (True, True, False)
    passatk.set_seed(5, deterministic=False)
    assert flags() == (False, False, True)


@pytest.mark.parametrize("deterministic", [True, False])
@pytest.mark.parametrize("hash_seed", [None, "17"])
def test_undoing_it_leaves_no_trace(
    deterministic: bool, hash_seed: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hash_seed is None:
        monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    else:
        monkeypatch.setenv("PYTHONHASHSEED", hash_seed)
    passatk.set_seed(1, not deterministic)
    undisturbed = draw()
    passatk.set_seed(1, not deterministic)
    before = (flags(), dict(os.environ))
    with passatk.set_seed(5, deterministic):
        draw()
        assert (flags(), dict(os.environ)) != before
    assert (flags(), dict(os.environ)) == before
    assert draw() == undisturbed


def test_undoing_twice_undoes_once() -> None:
    made = passatk.set_seed(5)
    made.undo()
    random.seed(8)
    expected = random.random()
    random.seed(8)
    made.undo()
    assert random.random() == expected


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_out_of_range_are_refused(seed: int) -> None:
    before = dict(os.environ)
    with pytest.raises(InputError, match=f"seed = {seed}"):
        passatk.set_seed(seed)
    assert dict(os.environ) == before
