"""TACO (BAAI, Apache-2.0): APPS' form without ids. Problems are called by their place among all, from 0."""

import msgspec

from passatk.problems.base import Benchmark
from passatk.problems.benchmarks.apps import problem_of, tests_of
from passatk.records import Problem


class Row(msgspec.Struct):
    """A record."""

    question: str
    input_output: str | None
    solutions: str | None
    difficulty: str = ""
    starter_code: str = ""
    place: int = 0


class Taco(Benchmark[Row]):
    """Its own evaluation counts to its tasks' places too. Its time limits are for no language, and not used there."""

    name = "taco"
    row = Row
    home = "https://huggingface.co/datasets/BAAI/TACO"
    by_place = True

    def problem(self, row: Row, variant: str) -> Problem:
        cases, solutions = tests_of(row.input_output, row.solutions or "", row.starter_code)
        task_id = f"taco/{row.place}"
        return problem_of(task_id, self.name, row.question, row.starter_code, cases, solutions, row.difficulty)


BENCHMARK = Taco()
