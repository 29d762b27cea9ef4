import random
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import passatk


@pytest.fixture
def undone() -> Iterator[None]:
    yield
    torch.use_deterministic_algorithms(False)


def draw() -> tuple[float, float, list[float]]:
    return random.random(), float(np.random.rand()), torch.rand(3).tolist()


def test_everything_global_repeats(undone: None) -> None:
    passatk.set_seed(5)
    first = draw()
    assert torch.are_deterministic_algorithms_enabled()
    passatk.set_seed(5, deterministic=True)
    assert draw() == first
    passatk.set_seed(6)
    assert draw() != first


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_out_of_range_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=f"seed {seed}"):
        passatk.set_seed(seed)
