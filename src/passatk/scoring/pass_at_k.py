"""The unbiased estimator of pass@k."""

from passatk.errors import InputError, ScoreRefusedError
from passatk.wording import counted


def pass_at_k(n: int, c: int, k: int) -> float:
    """Probability that at least one of `k` samples, drawn without replacement from `n` of which `c` pass, passes.

    1 - C(n-c, k) / C(n, k), as a product that neither overflows nor cancels (Chen et al. 2021, "Evaluating Large
    Language Models Trained on Code", section 2.1).

    Args:
        n: samples of the problem.
        c: how many of them passed, 0 <= c <= n.
        k: draws, 1 <= k <= n.

    Returns:
        A probability in [0, 1].

    Raises:
        ScoreRefusedError: k < 1 or n < k, where pass@k is undefined.
        InputError: c is not between 0 and n.
    """
    if not 0 <= c <= n:
        raise InputError(f"c = {c}: the number of passed samples must be between 0 and n = {n}")
    if k < 1:
        raise ScoreRefusedError(f"pass@{k} is undefined: k must be at least 1")
    if n < k:
        raise ScoreRefusedError(f"pass@{k} needs at least {counted(k, 'sample')} per problem, got {n}")
    if n - c < k:
        return 1.0
    all_fail = 1.0
    for i in range(k):
        all_fail *= (n - c - i) / (n - i)
    return 1.0 - all_fail
