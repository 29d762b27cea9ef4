"""Which windows a step trains on: a pure function of seed and step. No generator has a state, so none can be lost."""

from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

_PERSON = b"passatk training"
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@lru_cache(maxsize=2)
def permutation(seed: int, epoch: int, windows: int) -> npt.NDArray[np.int64]:
    """The order of `windows` windows in an epoch.

    Window w is given the number SplitMix64 (Steele, Lea and Flood 2014) has at place w from a start that is BLAKE2b of
    seed and epoch; the numbers are sorted.
    """
    start = blake2b(f"{seed}\0{epoch}".encode(), digest_size=8, person=_PERSON).digest()
    with np.errstate(over="ignore"):
        z = np.uint64(int.from_bytes(start, "little")) + np.arange(1, windows + 1, dtype=np.uint64) * _GAMMA
        z = (z ^ (z >> np.uint64(30))) * _MIX1
        z = (z ^ (z >> np.uint64(27))) * _MIX2
        z ^= z >> np.uint64(31)
    order = np.argsort(z, kind="stable").astype(np.int64)
    order.flags.writeable = False
    return order


def batch_at(step: int, batch_size: int, windows: int, seed: int) -> npt.NDArray[np.int64]:
    """The windows of step `step`, counted from 0: [batch_size]. An epoch has each window once, and may end inside."""
    taken = np.empty(batch_size, dtype=np.int64)
    filled = 0
    while filled < batch_size:
        epoch, at = divmod(step * batch_size + filled, windows)
        part = permutation(seed, epoch, windows)[at : at + batch_size - filled]
        taken[filled : filled + len(part)] = part
        filled += len(part)
    return taken
