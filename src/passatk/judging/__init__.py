"""Programs -> verdicts: the only place that sees both languages and the sandbox."""

from passatk.judging.environment import Environment
from passatk.judging.limits import default_limits, default_policy
from passatk.judging.pool import Pool
from passatk.judging.pools import LocalPool, pool_on
from passatk.judging.quiet import Job
from passatk.judging.verdict import decide

__all__ = ["Environment", "Job", "LocalPool", "Pool", "decide", "default_limits", "default_policy", "pool_on"]
