"""LeetCodeDataset (newfacade, Apache-2.0): methods of `Solution`, a hundred assertions each."""

import msgspec

from passatk.problems.base import Benchmark
from passatk.problems.inputs import asked
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. `prompt` has imports, and classes and functions for lists and trees that solution and tests share."""

    task_id: str
    problem_description: str
    prompt: str
    entry_point: str
    test: str
    completion: str | None = None
    starter_code: str = ""
    difficulty: str = ""


class LeetCodeDataset(Benchmark[Row]):
    """As its own evaluation: `prompt`, the solution, `test`, and a call of `check`."""

    name = "leetcode-dataset"
    row = Row
    home = "https://huggingface.co/datasets/newfacade/LeetCodeDataset"

    def problem(self, row: Row, variant: str) -> Problem:
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language="python",
            prompt="",
            instruction=asked(row.problem_description, row.starter_code, msgspec.UNSET),
            entry_point=row.entry_point.partition("(")[0],
            setup=row.prompt,
            reference=row.completion,
            tests=Asserts(code=f"{row.test.rstrip()}\n\ncheck({row.entry_point})\n"),
            in_function=False,
            tier=row.difficulty,
        )


BENCHMARK = LeetCodeDataset()
