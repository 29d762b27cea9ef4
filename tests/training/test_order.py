from hashlib import blake2b

import numpy as np
import pytest

from passatk.training.order import batch_at, permutation


@pytest.mark.parametrize(("windows", "batch"), [(1, 1), (7, 3), (64, 8), (5, 12)])
def test_each_epoch_has_each_window_once(windows: int, batch: int) -> None:
    steps = -(-3 * windows // batch)
    taken = np.concatenate([batch_at(step, batch, windows, seed=4) for step in range(steps)])
    for epoch in range(3):
        assert sorted(taken[epoch * windows : (epoch + 1) * windows]) == list(range(windows))


def test_a_step_depends_on_seed_and_number_alone() -> None:
    backwards = [batch_at(step, 4, 50, seed=1) for step in reversed(range(30))][::-1]
    permutation.cache_clear()
    for step, expected in enumerate(backwards):
        assert np.array_equal(batch_at(step, 4, 50, seed=1), expected)


def test_seeds_and_epochs_have_other_orders() -> None:
    orders = {tuple(permutation(seed, epoch, 100)) for seed in range(3) for epoch in range(3)}
    assert len(orders) == 9


def test_the_order_is_splitmix64_and_stays() -> None:
    start = int.from_bytes(blake2b(b"7\0002", digest_size=8, person=b"passatk training").digest(), "little")
    numbers = []
    for place in range(1, 41):
        z = (start + place * 0x9E3779B97F4A7C15) % 2**64
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        numbers.append(z ^ (z >> 31))
    assert list(permutation(7, 2, 40)) == sorted(range(40), key=numbers.__getitem__)
    assert list(permutation(0, 0, 8)) == [5, 4, 2, 6, 0, 3, 7, 1]  # another order would make every run another one


def test_places_are_spread_evenly() -> None:
    firsts = np.array([permutation(seed, 0, 10)[0] for seed in range(2000)])
    assert np.bincount(firsts, minlength=10).min() > 150
