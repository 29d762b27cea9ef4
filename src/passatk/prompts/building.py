"""What a model is asked: generation and translation, in the words that CodeGeeX was trained with."""

from typing import Literal

from passatk.errors import InputError
from passatk.languages import by_name
from passatk.problems import ProblemSet
from passatk.records import Problem

Form = Literal["full", "declaration"]


def language_tag(language: str) -> str:
    """The line with which every file of CodeGeeX's corpus begins."""
    spoken = by_name(language)
    return f"{spoken.comment} language: {spoken.title}\n"


def generation_prompt(problem: Problem, form: Form = "full", tag: bool = True) -> str:
    """What a model is to continue.

    Args:
        problem: to solve.
        form: `full` is the benchmark's prompt, description included; `declaration` is the function's head alone.
        tag: begin with the language tag.

    Raises:
        InputError: the problem has no declaration, or shows such a model nothing at all.
    """
    if form == "declaration" and not problem.declaration:
        raise InputError(f"{problem.task_id} of {problem.benchmark} has no declaration; ask with its full prompt")
    asked = _continued(problem) if form == "full" else problem.declaration
    if not asked:
        raise InputError(f"{problem.task_id} of {problem.benchmark} has no prompt, so there is nothing to continue")
    return (language_tag(problem.language) if tag else "") + asked


def _continued(problem: Problem) -> str:
    """Its prompt with what stands before it; where it has no code, what it asks, as comments."""
    if problem.context or problem.prompt:
        return problem.context + problem.prompt
    sign = by_name(problem.language).comment
    return "".join(f"{sign} {line}".rstrip() + "\n" for line in problem.instruction.strip().split("\n"))


def translation_prompt(source: Problem, target: Problem) -> str:
    """What a model is to continue to translate `source`'s own solution into `target`'s language.

    Descriptions are left out, so that it translates and does not solve. White space at the end of the solution is
    removed, as in CodeGeeX's own prompts.
    """
    solution = f"{source.declaration}\n{source.solution.rstrip()}"
    titles = [by_name(problem.language).title for problem in (source, target)]
    return f"code translation\n{titles[0]}:\n{solution}\n{titles[1]}:\n{target.declaration}"


def counterpart(problems: ProblemSet, problem: Problem, language: str) -> Problem:
    """The same task in another language.

    Raises:
        InputError: the benchmark does not have it.
    """
    number = problem.task_id.rpartition("/")[2]
    for other in problems.problems.values():
        if other.language == language and other.task_id.rpartition("/")[2] == number:
            return other
    raise InputError(f"{problems.name} does not have {problem.task_id} in {language}, so it cannot be translated")


def closing(problem: Problem, text: str) -> str:
    """What must follow `text`, a function's body, so that all is closed: the braces around it, as of Java's class.

    Only for a body that closed itself: what a model did not finish is not finished for it.
    """
    spoken = by_name(problem.language)
    if not problem.in_function or spoken.by_indentation or spoken.open_blocks(text) != -1:
        return ""
    return f"\n{spoken.closer}" * max(0, spoken.open_blocks(problem.prompt) - 1)


def chat_prompt(problem: Problem, prompt: str) -> str:
    """What a user says to an instruct model, where the problem has no words of its own: continue `prompt`."""
    title = by_name(problem.language).title
    return (
        f"Complete the following {title} code. Answer with the whole function, its head included, in one code block and"
        f" nothing else.\n\n```{problem.language}\n{prompt}\n```\n"
    )


def instruction_prompt(problem: Problem) -> str:
    """What a user says to an instruct model in the problem's own words, and the code to complete if they lack it."""
    if not problem.in_function or problem.prompt.strip() in problem.instruction:
        return problem.instruction
    return f"{problem.instruction.rstrip()}\n\n```{problem.language}\n{problem.prompt}\n```\n"
