"""HumanEval+: HumanEval with many more inputs, whose values its reference says (EvalPlus, Apache-2.0)."""

from msgspec import UNSET, UnsetType

from passatk.problems import evalplus
from passatk.problems.base import Benchmark
from passatk.problems.benchmarks.humaneval import continuing
from passatk.records import Asserts, Problem


class Row(evalplus.Row, kw_only=True):
    """A record of `HumanEvalPlus.jsonl`."""

    test: str
    """HumanEval's own, which nothing here needs."""


class HumanEvalPlus(Benchmark[Row]):
    """The inputs of HumanEval are those that the problem shows: `tests = "example"` judges by them alone."""

    name = "humaneval-plus"
    row = Row
    home = "https://github.com/evalplus/humanevalplus_release"

    def problem(self, row: Row, variant: str) -> Problem:
        base, plus = evalplus.inputs_of(row)
        reading: evalplus.Reading | UnsetType = "root" if row.entry_point == "find_zero" else UNSET
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language="python",
            prompt=row.prompt,
            declaration=row.prompt,
            entry_point=row.entry_point,
            reference=continuing(row.prompt, row.canonical_solution),
            tests=Asserts(code=""),
            cases=evalplus.cases_of(row, base, plus, reading),
        )


BENCHMARK = HumanEvalPlus()
