"""CRUXEval-I: predict arguments with which a function returns a given value (facebookresearch/cruxeval, MIT)."""

from passatk.problems import cruxeval
from passatk.records import Problem


class CruxEvalInputs(cruxeval.CruxEval):
    """As its evaluator, but for arguments that are no plain values, which are refused."""

    name = "cruxeval-i"

    def problem(self, row: cruxeval.Row, variant: str) -> Problem:
        return cruxeval.input_problem(self.name, row)


BENCHMARK = CruxEvalInputs()
