"""HumanEval: the original 164 Python problems (openai/human-eval, MIT), and any others in its form."""

import msgspec

from passatk.problems.base import Benchmark
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. `test` defines `check(candidate)`."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str


class HumanEval(Benchmark[Row]):
    """As in the original, nothing is imported for a program and nothing is cut off."""

    name = "humaneval"
    row = Row
    url = "https://raw.githubusercontent.com/openai/human-eval/master/data/"
    files = {"HumanEval.jsonl.gz": "1d49078ba3e2b196b9344535bef34a43021f038fad9561d6ee7c53450609a6a2"}

    def problem(self, row: Row, variant: str) -> Problem:
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language="python",
            prompt=row.prompt,
            declaration=row.prompt,
            entry_point=row.entry_point,
            reference=row.canonical_solution,
            tests=Asserts(code=f"{row.test}\ncheck({row.entry_point})\n"),
        )


BENCHMARK = HumanEval()
