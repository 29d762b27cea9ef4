"""pass@k, intervals, paired tests: pure functions of counts."""

from passatk.scoring.intervals import (
    by_task,
    difference_interval,
    rate_interval,
    smallest_detectable,
    unpaired_difference,
)
from passatk.scoring.pass_at_k import pass_at_k, pass_hat_k
from passatk.scoring.permutation import paired_p_value
from passatk.scoring.scores import Counts, consistency, score

__all__ = [
    "Counts",
    "by_task",
    "consistency",
    "difference_interval",
    "paired_p_value",
    "pass_at_k",
    "pass_hat_k",
    "rate_interval",
    "score",
    "smallest_detectable",
    "unpaired_difference",
]
