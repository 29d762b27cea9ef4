"""APPS and TACO: programs that read stdin, with inputs and outputs as JSON in a text."""

import msgspec

from passatk.cases import Checker
from passatk.errors import FieldError
from passatk.problems.base import Benchmark
from passatk.problems.stdin import made, paired
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record of APPS, and of TACO where it is given a `problem_id`."""

    problem_id: int | str
    question: str
    input_output: str
    solutions: str = ""
    difficulty: str = ""
    starter_code: str = ""


class _Tests(msgspec.Struct):
    inputs: list[str]
    outputs: list[str]


class _Named(msgspec.Struct):
    fn_name: str | None = None


class Apps(Benchmark[Row]):
    """Outputs are compared word by word, as its own evaluation does in the end. Its languages are Python alone."""

    name = "apps"
    row = Row
    home = "https://huggingface.co/datasets/codeparrot/apps"

    def problem(self, row: Row, variant: str) -> Problem:
        try:
            named = msgspec.json.decode(row.input_output or "{}", type=_Named)
            if named.fn_name:
                raise FieldError(
                    "input_output",
                    f"calls a function ({named.fn_name!r})",
                    "programs that read stdin; leave out problems with fn_name, which cannot be judged yet",
                )
            tests = msgspec.json.decode(row.input_output, type=_Tests)
            solutions = msgspec.json.decode(row.solutions or "[]", type=list[str])
        except msgspec.DecodeError as error:
            raise FieldError(
                "input_output", f"cannot be read: {error}", "JSON with lists of texts: inputs, outputs"
            ) from (error)
        cases = paired(tests.inputs, tests.outputs, "input_output")
        return Problem(
            task_id=f"apps/{row.problem_id}",
            benchmark=self.name,
            language="python",
            prompt="",
            instruction=row.question,
            tests=Asserts(code=""),
            cases=made(cases, Checker(kind="tokens"), field="input_output"),
            in_function=False,
            reference=solutions[0] if solutions else None,
            tier=row.difficulty,
        )


BENCHMARK = Apps()
