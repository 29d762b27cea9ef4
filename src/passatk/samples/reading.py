"""A file of generations -> samples of known problems, streamed."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from passatk.errors import SourceError, UnknownNameError
from passatk.problems import ProblemSet
from passatk.problems.humaneval_x import LANGUAGE_OF_PREFIX
from passatk.records import Sample
from passatk.samples.formats import FormatError, Generation, detect
from passatk.textfiles import read_json

_PREFIX_OF_LANGUAGE = {language: prefix for prefix, language in LANGUAGE_OF_PREFIX.items()}


def read_samples(path: Path, problems: ProblemSet, target_language: str | None = None) -> Iterator[Sample]:
    """Samples of `path` in file order, each checked against `problems`.

    `target_language` is for translations: task ids name the source (`Python/12`), the sample is judged as the same
    number of the target language (`Java/12`).

    Raises:
        SourceError: a record is malformed, names no known task, or repeats a sample number; with file, line, field.
        InputError: the file cannot be read.
    """
    taken: dict[str, set[int]] = {}
    counted: Counter[str] = Counter()
    ordered = list(problems.problems)
    for line, value in read_json(path):
        try:
            for generation in detect(value)(value):
                task = _task(generation.task, problems, ordered, target_language)
                if generation.index is None:
                    index = counted[task]
                    counted[task] += 1
                else:
                    index = generation.index
                if index in taken.setdefault(task, set()):
                    raise FormatError("sample", f"sample {index} of {task!r} is there twice", "each sample once")
                taken[task].add(index)
                yield _sample(task, index, generation)
        except FormatError as error:
            raise SourceError(path, line, error.problem, error.expected, error.field) from error


def _sample(task: str, index: int, generation: Generation) -> Sample:
    return Sample(task_id=task, index=index, text=generation.text, whole=generation.whole)


def _task(name: str, problems: ProblemSet, ordered: list[str], target_language: str | None) -> str:
    """The task id in `problems` that a generation is for."""
    if name.startswith("#"):
        position = int(name[1:])
        if len(problems.languages) != 1:
            raise FormatError(
                None,
                "a BigCode list names no tasks, and the problems are in several languages",
                f"problems of one language, for example `--problems {problems.name}/{problems.languages[0]}`",
            )
        if position >= len(ordered):
            raise FormatError(None, f"list {position} has no problem", f"at most {len(ordered)} lists, one per problem")
        return ordered[position]
    if target_language is not None:
        prefix = _PREFIX_OF_LANGUAGE.get(target_language, target_language)
        name = f"{prefix}/{name.partition('/')[2]}"
    if name not in problems.problems and name.startswith("Python/") and f"HumanEval/{name[7:]}" in problems.problems:
        name = f"HumanEval/{name[7:]}"  # MultiPL-E's Python against the original
    try:
        problems.get(name)
    except UnknownNameError as error:
        raise FormatError("task_id", str(error), f"a task of {problems.name}") from error
    return name
