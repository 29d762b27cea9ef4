"""CRUXEval-O: predict what a function returns (facebookresearch/cruxeval, MIT)."""

from passatk.problems import cruxeval
from passatk.problems.base import Benchmark
from passatk.records import Problem


class CruxEvalOutputs(Benchmark[cruxeval.Row]):
    """As its evaluator, but for predictions that call the function: these compute and do not predict."""

    name = "cruxeval-o"
    row = cruxeval.Row
    home = cruxeval.HOME
    folders = cruxeval.FOLDERS
    patterns = ("cruxeval.jsonl*",)

    def problem(self, row: cruxeval.Row, variant: str) -> Problem:
        return cruxeval.output_problem(self.name, row)


BENCHMARK = CruxEvalOutputs()
