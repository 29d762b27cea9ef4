"""HumanEvalPack: HumanEval-X corrected, to write, mend or explain (bigcode-project/octopack, MIT)."""

import re

import msgspec

from passatk.errors import InputError
from passatk.languages import Language, by_name
from passatk.languages.heads import heads, last_head
from passatk.problems.base import Benchmark, language_of_prefix, without_language
from passatk.records import Asserts, Problem

_RUST_MAIN = "fn main(){}\n"
"""Rust's prompts begin with it; the harness has a `main` of its own."""

_DESCRIBE = "Provide a concise natural language description of the code using at most {} characters."


class Row(msgspec.Struct):
    """A record. The language is told by the task id: `CPP/0`."""

    task_id: str
    prompt: str
    declaration: str
    canonical_solution: str
    buggy_solution: str
    entry_point: str
    docstring: str
    instruction: str
    test: str
    example_test: str | None = None
    """The text `None` where there is none."""
    test_setup: str = ""
    """Go: package clause and imports of the test file."""
    imports: str = msgspec.field(default="", name="import")
    """Go: imports of the prompt."""


class HumanEvalPack(Benchmark[Row]):
    """HumanEvalSynthesize, HumanEvalFix with its tests shown, and the descriptions of HumanEvalExplain.

    A description is judged by what a model writes from it: see `explained`.
    """

    name = "humanevalpack"
    row = Row
    home = "https://huggingface.co/datasets/bigcode/humanevalpack"
    variants = ("synthesize", "fix", "explain")
    patterns = ("humanevalpack_*",)
    without_tests = (
        "Descriptions are judged by the code that is written from them: make problems of them with"
        " `passatk problems explained`, then generate for those"
    )

    def problem(self, row: Row, variant: str) -> Problem:
        language = language_of_prefix(row.task_id)
        main = _RUST_MAIN if language.name == "rust" else ""
        context, instruction = main, row.instruction
        prompt = row.prompt.removeprefix(main).lstrip("\n") if main else row.prompt
        declaration = _whole_declaration(row, language)
        if variant == "fix":
            prompt = declaration
            instruction = f"{main}{prompt}{row.buggy_solution}\n{row.test}\nFix bugs in {row.entry_point}."
            context = f"{instruction}\n\n{main}"
        problem = Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language=language.name,
            prompt=prompt,
            context=context,
            instruction=instruction,
            declaration=declaration,
            entry_point=row.entry_point,
            reference=row.canonical_solution,
            tests=Asserts(code=row.test, examples="" if row.example_test in (None, "None") else row.example_test),
            setup=f"{row.test_setup}\n{row.imports}" if row.test_setup else language.usual_setup,
            cut=language.by_indentation,
        )
        return _description(problem, main, len(row.docstring)) if variant == "explain" else problem

    def task(self, task_id: str, language: str) -> str:
        """The number alone: a description's own stands behind it (`Python/12/0`)."""
        return without_language(task_id, language).partition("/")[0]


def _whole_declaration(row: Row, language: Language) -> str:
    """The declaration with the functions that it lacks (Go/10, 32, 38, 50) and without a body it begins (CPP/38)."""
    declaration, prompt = row.declaration, row.prompt.removeprefix(_RUST_MAIN)
    shown = list(heads(prompt, language))
    head = last_head(declaration, language)
    if language.by_indentation or head is None or not shown:
        return declaration
    if declaration[head.body :].partition("\n")[2].strip():
        declaration = declaration[: head.body].rstrip() + "\n"
    helpers = prompt[: shown[-1].start].rpartition("\n}\n")[0]
    if helpers and len(shown) > len(list(heads(declaration, language))):
        return f"{helpers}\n}}\n{declaration}"
    return declaration


def _description(problem: Problem, main: str, length: int) -> Problem:
    asked = f"{main}{problem.declaration}{problem.solution}\n{_DESCRIBE.format(length)}"
    return msgspec.structs.replace(
        problem,
        prompt="",
        context=f"{asked}\n\n",
        instruction=asked,
        reference=None,
        tests=Asserts(code=""),
        in_function=False,
        cut=False,
    )


def explained(problem: Problem, description: str, number: int) -> Problem:
    """The second step of HumanEvalExplain: to write a function from a model's description of it.

    As in octopack, a description ends where the real one would, and lines of the solution in it do not count.

    Args:
        problem: of the variant `fix`.
        description: what a model answered to the problem of the variant `explain`.
        number: which of the task's descriptions it is; part of the new task id.

    Raises:
        InputError: `problem` is of another benchmark or variant.
    """
    if problem.benchmark != HumanEvalPack.name or "Fix bugs in" not in problem.instruction:
        raise InputError(f"{problem.task_id} of {problem.benchmark} is not a problem of humanevalpack/fix")
    for line in map(str.strip, problem.solution.split("\n")):
        if len(line) > _CODE_LINE:
            description = description.replace(line, "")
    title = by_name(problem.language).title
    instruction = f"{description}\nWrite functional code in {title} according to the description."
    main = _RUST_MAIN if problem.language == "rust" else ""
    return msgspec.structs.replace(
        problem,
        task_id=f"{problem.task_id}/{number}",
        instruction=f"{instruction}\nBegin with:\n\n{problem.declaration}",
        context=f"{instruction}\n\n{main}",
    )


_CODE_LINE = 20
"""Longer lines of the solution are taken out of a description."""


def described_length(problem: Problem) -> int:
    """How many characters a problem of the variant `explain` asks for at most.

    Raises:
        InputError: it is no such problem.
    """
    pattern = re.escape(_DESCRIBE).replace(r"\{\}", r"(\d+)") + r"\Z"
    found = re.search(pattern, problem.instruction)
    if found is None:
        raise InputError(f"{problem.task_id} of {problem.benchmark} does not ask for a description")
    return int(found[1])


BENCHMARK = HumanEvalPack()
