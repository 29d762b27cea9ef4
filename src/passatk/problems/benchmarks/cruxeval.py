"""CRUXEval-O: predict what a function returns (facebookresearch/cruxeval, MIT)."""

from passatk.problems import cruxeval
from passatk.records import Problem


class CruxEvalOutputs(cruxeval.CruxEval):
    """As its evaluator, but for predictions that call the function: these compute and do not predict."""

    name = "cruxeval-o"

    def problem(self, row: cruxeval.Row, variant: str) -> Problem:
        return cruxeval.output_problem(self.name, row)


BENCHMARK = CruxEvalOutputs()
