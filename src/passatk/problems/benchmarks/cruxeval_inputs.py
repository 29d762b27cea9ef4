"""CRUXEval-I: predict arguments with which a function returns a given value (facebookresearch/cruxeval, MIT)."""

from passatk.problems import cruxeval
from passatk.problems.base import Benchmark
from passatk.records import Problem


class CruxEvalInputs(Benchmark[cruxeval.Row]):
    """As its evaluator, but for arguments that are no plain values, which are refused."""

    name = "cruxeval-i"
    row = cruxeval.Row
    home = cruxeval.HOME
    folders = cruxeval.FOLDERS
    patterns = ("cruxeval.jsonl*",)

    def problem(self, row: cruxeval.Row, variant: str) -> Problem:
        return cruxeval.input_problem(self.name, row)


BENCHMARK = CruxEvalInputs()
