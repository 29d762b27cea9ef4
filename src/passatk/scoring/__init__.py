"""pass@k, intervals: pure functions of counts."""

from passatk.scoring.pass_at_k import pass_at_k
from passatk.scoring.scores import Counts, score

__all__ = ["Counts", "pass_at_k", "score"]
