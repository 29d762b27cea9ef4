"""HumanEval infilling: a gap in HumanEval's solutions (openai/human-eval-infilling, MIT)."""

import msgspec

from passatk.errors import FieldError
from passatk.problems.base import Benchmark
from passatk.records import Asserts, Problem

_TIERS = {
    "SingleLineInfilling": "single-line",
    "MultiLineInfilling": "multi-line",
    "RandomSpanInfilling": "random-span",
    "RandomSpanInfillingLight": "random-span-light",
}
"""What a task id begins with -> tier."""

_GAP = "<<< the missing code >>>"


class Row(msgspec.Struct):
    """A record. `test` defines `check(candidate)`."""

    task_id: str
    prompt: str
    suffix: str
    entry_point: str
    canonical_solution: str
    test: str


class Infilling(Benchmark[Row]):
    """A completion is what stands between prompt and suffix; nothing is cut off, and no function ends it."""

    name = "human-eval-infilling"
    row = Row
    home = "https://github.com/openai/human-eval-infilling"
    patterns = ("HumanEval-*",)

    def problem(self, row: Row, variant: str) -> Problem:
        tier = _TIERS.get(row.task_id.partition("/")[0])
        if tier is None:
            raise FieldError("task_id", f"{row.task_id!r} is of no known kind", " or ".join(f"{k}/..." for k in _TIERS))
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language="python",
            prompt=row.prompt,
            suffix=row.suffix,
            instruction=(
                f"In the following Python code, a part is missing where it says {_GAP}. Answer with the whole code, the"
                " missing part filled in and all else as it is, in one code block and nothing else.\n\n"
                f"```python\n{row.prompt}{_GAP}{row.suffix}```\n"
            ),
            entry_point=row.entry_point,
            reference=row.canonical_solution,
            tests=Asserts(code=f"{row.test}\ncheck({row.entry_point})\n"),
            in_function=False,
            tier=tier,
        )

    def task(self, task_id: str, language: str) -> str:
        """The function with the gap: `HumanEval/0` of `SingleLineInfilling/HumanEval/0/L0`."""
        return "/".join(task_id.split("/")[1:3]) or task_id


BENCHMARK = Infilling()
