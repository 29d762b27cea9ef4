"""HumanEval: the original 164 Python problems (openai/human-eval, MIT), and any others in its form."""

import ast
import textwrap
import warnings

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
            reference=continuing(row.prompt, row.canonical_solution),
            tests=Asserts(code=f"{row.test}\ncheck({row.entry_point})\n"),
        )


def continuing(prompt: str, solution: str) -> str:
    """`solution` as it continues `prompt`: where both together are not Python, with the indentation of `prompt`.

    CodeT's form of MBPP has its own indentation in prompts, and MBPP's in solutions.
    """
    if _is_python(prompt + solution):
        return solution
    lines = solution.split("\n")
    unindented = (n for n, line in enumerate(lines) if line.strip() and not line.startswith((" ", "\t", "#")))
    end = next(unindented, len(lines))
    last = prompt.rstrip("\n").rpartition("\n")[2]
    block = [line for line in lines[:end] if not line.startswith("#")]
    for body in ("\n".join(block), "\n".join(block).expandtabs()):
        margin = last[: len(last) - len(last.lstrip())]
        fitted = "\n".join([textwrap.indent(textwrap.dedent(body), margin), *lines[end:]])
        if _is_python(prompt + fitted):
            return fitted
    return solution


def _is_python(text: str) -> bool:
    with warnings.catch_warnings(action="ignore"):
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return True


BENCHMARK = HumanEval()
