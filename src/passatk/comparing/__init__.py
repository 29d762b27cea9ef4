"""Two runs -> differences, intervals, causes: pure functions of records."""

from passatk.comparing.causes import Cause
from passatk.comparing.comparability import Change, changes_between, obstacles
from passatk.comparing.comparison import ComparedRun, Comparison, Flip, ProblemChange, compare
from passatk.comparing.differences import Difference
from passatk.comparing.unpaired import Unpaired, UnpairedDifference, compare_unpaired

__all__ = [
    "Cause",
    "Change",
    "ComparedRun",
    "Comparison",
    "Difference",
    "Flip",
    "ProblemChange",
    "Unpaired",
    "UnpairedDifference",
    "changes_between",
    "compare",
    "compare_unpaired",
    "obstacles",
]
