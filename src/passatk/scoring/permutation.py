"""Exact tests of paired differences."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

_ENUMERATED = 16
"""So many differing tasks are flipped in every way."""
_DRAWN = 100_000
_CHUNK = 5_000


def paired_p_value(differences: NDArray[np.float64], seed: int = 0) -> float:
    """Two-sided p-value of "both are equally good": each task's difference has either sign with equal probability.

    The sign-flip permutation test of the sum (Fisher 1935, "The Design of Experiments", section 21). Where all
    differences have one size, as of one sample each, it is McNemar's exact test (McNemar 1947, "Note on the sampling
    error of the difference between correlated proportions or percentages"). Exact where at most 16 tasks differ or all
    differ by as much; else from 100,000 flips of PCG64(`seed`), counting the observed one (Phipson and Smyth 2010).

    Args:
        differences: of each task, summed over its problems.
        seed: of the flips where there are too many to go through.

    Returns:
        A probability in (0, 1]; 1 where nothing differs.
    """
    sizes = np.abs(differences)
    differing = differences[sizes > 1e-12]
    if not len(differing):
        return 1.0
    if np.allclose(np.abs(differing), np.abs(differing[0]), rtol=1e-9, atol=0):
        better = int((differing > 0).sum())
        return min(1.0, 2 * float(bdtr(min(better, len(differing) - better), len(differing), 0.5)))
    reached = abs(differing.sum()) * (1 - 1e-9)
    if len(differing) <= _ENUMERATED:
        sums = np.zeros(1)
        for size in np.abs(differing):
            sums = np.concatenate([sums + size, sums - size])
        return float((np.abs(sums) >= reached).mean())
    rng = np.random.Generator(np.random.PCG64(seed))
    as_large = 0
    for _ in range(0, _DRAWN, _CHUNK):
        signs = rng.integers(0, 2, size=(_CHUNK, len(differing)), dtype=np.int8) * 2.0 - 1.0
        as_large += int((np.abs(signs @ differing) >= reached).sum())
    return (as_large + 1) / (_DRAWN + 1)
