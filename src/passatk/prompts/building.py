"""What a model is asked: generation and translation, in the words that CodeGeeX was trained with."""

from typing import Literal

from passatk.errors import InputError
from passatk.problems import ProblemSet
from passatk.prompts.stopping import open_braces
from passatk.records import Problem

TITLES = {
    "python": "Python",
    "cpp": "C++",
    "java": "Java",
    "javascript": "JavaScript",
    "go": "Go",
    "rust": "Rust",
}
_COMMENT = {"python": "#"}
Form = Literal["full", "declaration"]


def language_tag(language: str) -> str:
    """The line with which every file of CodeGeeX's corpus begins."""
    return f"{_COMMENT.get(language, '//')} language: {TITLES[language]}\n"


def before_completion(problem: Problem) -> str:
    """What stands before a completion in its program."""
    if problem.language == "rust":  # HumanEval-X has the description alone in the prompt
        return problem.declaration + problem.prompt
    return problem.prompt


def generation_prompt(problem: Problem, form: Form = "full", tag: bool = True) -> str:
    """What a model is to continue.

    Args:
        problem: to solve.
        form: `full` is the benchmark's prompt, description included; `declaration` is the function's head alone.
        tag: begin with the language tag.
    """
    asked = before_completion(problem) if form == "full" else problem.declaration
    return (language_tag(problem.language) if tag else "") + asked


def translation_prompt(source: Problem, target: Problem) -> str:
    """What a model is to continue to translate `source`'s own solution into `target`'s language.

    Descriptions are left out, so that it translates and does not solve.
    """
    solution = f"{source.declaration}\n{source.reference}"
    return f"code translation\n{TITLES[source.language]}:\n{solution}\n{TITLES[target.language]}:\n{target.declaration}"


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
    if problem.language == "python" or open_braces(text, problem.language) != -1:
        return ""
    return "\n}" * max(0, open_braces(before_completion(problem), problem.language) - 1)


def chat_prompt(problem: Problem, prompt: str) -> str:
    """What a user says to an instruct model."""
    title = TITLES[problem.language]
    return (
        f"Complete the following {title} code. Answer with the whole function, its head included, in one code block and"
        f" nothing else.\n\n```{problem.language}\n{prompt}\n```\n"
    )
