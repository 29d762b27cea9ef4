"""Where a completion ends."""

from passatk.records import Problem


def completion(problem: Problem, text: str) -> str:
    """The part of a model's continuation that belongs to `problem`, by its benchmark's rule."""
    return cut_unindented(text) if problem.cut_unindented else text


def cut_unindented(text: str) -> str:
    """`text` up to its first non-blank line that is not indented: there the function's body ends.

    The rule of HumanEval-X's evaluator for Python.
    """
    kept = []
    for line in text.split("\n"):
        if line.strip() and not line.startswith((" ", "\t")):
            break
        kept.append(line)
    return "\n".join(kept)
