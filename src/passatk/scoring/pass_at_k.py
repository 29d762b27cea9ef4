"""The unbiased estimators of pass@k and pass^k."""

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
    _check(n, c, k, "pass@")
    return 1.0 - _all_of(n, n - c, k)


def pass_hat_k(n: int, c: int, k: int) -> float:
    """Probability that all of `k` samples, drawn without replacement from `n` of which `c` pass, pass: pass^k.

    C(c, k) / C(n, k) (Yao et al. 2024, "tau-bench: A Benchmark for Tool-Agent-User Interaction in Real-World Domains").
    Arguments and errors are those of `pass_at_k`.
    """
    _check(n, c, k, "pass^")
    return _all_of(n, c, k)


def _all_of(n: int, c: int, k: int) -> float:
    """C(c, k) / C(n, k)."""
    if k > c:
        return 0.0
    product = 1.0
    for i in range(k):
        product *= (c - i) / (n - i)
    return product


def _check(n: int, c: int, k: int, name: str) -> None:
    if not 0 <= c <= n:
        raise InputError(f"c = {c}: the number of passed samples must be between 0 and n = {n}")
    if k < 1:
        raise ScoreRefusedError(f"{name}{k} is undefined: k must be at least 1")
    if n < k:
        raise ScoreRefusedError(f"{name}{k} needs at least {counted(k, 'sample')} per problem, got {n}")
