"""MBPP's sanitised form: 427 tasks that its authors verified by hand, some reworded (google-research, CC-BY-4.0)."""

import msgspec

from passatk.problems.base import Benchmark
from passatk.problems.benchmarks.mbpp import mbpp_problem
from passatk.records import Problem


class Row(msgspec.Struct):
    """A record of `sanitized-mbpp.json`."""

    task_id: int | str
    prompt: str
    code: str
    test_imports: list[str]
    test_list: list[str]


class SanitizedMbpp(Benchmark[Row]):
    """Asked and judged as MBPP is."""

    name = "mbpp-sanitized"
    row = Row
    home = "https://github.com/google-research/google-research/tree/master/mbpp"

    def problem(self, row: Row, variant: str) -> Problem:
        problem = mbpp_problem(self.name, str(row.task_id), row.prompt, row.code, row.test_list)
        # tests and program are one file there, so that programs have the imports too
        return msgspec.structs.replace(problem, setup="\n".join(row.test_imports))


BENCHMARK = SanitizedMbpp()
