"""ClassEval: 100 Python classes, each with tests of unittest (FudanSELab, MIT)."""

import msgspec

from passatk.problems.base import Benchmark
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. The parts that describe single methods are not read."""

    task_id: str
    skeleton: str
    """Imports, and the class with descriptions in place of bodies."""
    test: str
    solution_code: str
    import_statement: list[str]
    class_name: str


class ClassEval(Benchmark[Row]):
    """A model writes a class as a whole from its skeleton (the paper's holistic generation)."""

    name = "classeval"
    row = Row
    home = "https://github.com/FudanSELab/ClassEval"

    def problem(self, row: Row, variant: str) -> Problem:
        asked = f"Please complete the class {row.class_name} in the following code."
        skeleton = row.skeleton.rstrip() + "\n"
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language="python",
            prompt="",
            context=f"# {asked}\n\n{skeleton}\n\n# The same code, complete:\n\n",
            instruction=f"{asked}\n\n```python\n{skeleton}```\n",
            entry_point=row.class_name,
            setup="\n".join(row.import_statement),
            reference=row.solution_code,
            tests=Asserts(code=row.test),
            stop=("\nif __name__", "\nimport unittest", "\n# The same code", "\n```", "\nPlease "),
            in_function=False,
            cut=True,
        )


BENCHMARK = ClassEval()
