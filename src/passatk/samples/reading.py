"""A file of generations -> samples of known problems, streamed."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from passatk.answers import read_answer
from passatk.errors import SourceError, UnknownNameError
from passatk.languages import LANGUAGES, by_name
from passatk.problems import ProblemSet
from passatk.records import Problem, Sample
from passatk.runs import PastRun, generations_in
from passatk.samples.formats import FormatError, Generation, detect
from passatk.textfiles import content_hash, read_json

_PREFIXES = [language.prefix for language in LANGUAGES.values()]


def read_samples(
    path: Path, problems: ProblemSet, target_language: str | None = None, extract: bool = False
) -> Iterator[Sample]:
    """Samples of `path` in file order, each checked against `problems`.

    The folder of a finished run, or of generations, gives its own.

    `target_language` is for translations: task ids name the source (`Python/12`), the sample is judged as the same
    number of the target language (`Java/12`).

    `extract` reads every text as what a model said; `answer`s that no code was read from yet are read in any case.

    Raises:
        SourceError: a record is malformed, names no known task, or repeats a sample number; with file, line, field.
        InputError: the file cannot be read.
    """
    path = generations_in(path)
    if path.is_dir():
        with PastRun(path) as run:
            for sample in run.samples():
                problem = problems.get(sample.task_id)
                yield _read(problem, sample, sample.answer or sample.text) if extract else sample
        return
    taken: dict[str, set[int]] = {}
    counted: Counter[str] = Counter()
    ordered = list(problems.problems)
    sources: set[str] = set()
    for line, value in read_json(path):
        try:
            for generation in detect(value)(value):
                task = _task(generation, problems, ordered, target_language, sources)
                if generation.index is None:
                    index = counted[task]
                    counted[task] += 1
                else:
                    index = generation.index
                if index in taken.setdefault(task, set()):
                    raise FormatError("sample", f"sample {index} of {task!r} is there twice", "each sample once")
                taken[task].add(index)
                problem = problems.get(task)
                sample = _sample(problem, index, generation)
                raw = generation.raw or extract
                yield _read(problem, sample, generation.answer or generation.text) if raw else sample
        except FormatError as error:
            raise SourceError(path, line, error.problem, error.expected, error.field) from error


def samples_hash(path: Path) -> str:
    """SHA-256 of what `path` contains: equal hashes, equal samples."""
    path = generations_in(path)
    if not path.is_dir():
        return content_hash(path)
    digest = hashlib.sha256()
    with PastRun(path) as run:
        for sample in run.samples():
            digest.update(msgspec.json.encode([sample.task_id, sample.index, sample.whole, len(sample.text)]))
            digest.update(sample.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _read(problem: Problem, sample: Sample, said: str) -> Sample:
    """A sample of what was read from an answer."""
    answer = read_answer(said, problem)
    return Sample(
        task_id=sample.task_id,
        index=sample.index,
        text=answer.code,
        whole=answer.whole,
        answer=said,
        read_as=answer.read_as,
    )


def _sample(problem: Problem, index: int, generation: Generation) -> Sample:
    if generation.prompt is None:
        return Sample(
            task_id=problem.task_id,
            index=index,
            text=generation.text,
            whole=generation.whole,
            answer=generation.answer,
            read_as=generation.read_as,
        )
    declared = _FUNCTION.findall(problem.declaration)
    if not any(re.search(rf"\b{name}\b", generation.prompt) for name in declared):
        raise FormatError(
            "prompt", f"declares none of {', '.join(map(repr, declared))}", f"the function that {problem.task_id} tests"
        )
    return Sample(task_id=problem.task_id, index=index, text=generation.prompt + generation.text, whole=True)


_FUNCTION = re.compile(r"\b([A-Za-z_]\w*)\s*(?:=\s*)?\(")


def _task(
    generation: Generation, problems: ProblemSet, ordered: list[str], target_language: str | None, sources: set[str]
) -> str:
    """The task id in `problems` that a generation is for."""
    name = generation.task
    if name is None:
        return _task_at(generation.position, problems, ordered)
    prefix, _, number = name.partition("/")
    if target_language is not None:
        sources.add(prefix)
        if prefix not in (*_PREFIXES, "HumanEval") or len(sources) > 1:
            known = ", ".join(f"{p}/N" for p in _PREFIXES)
            raise FormatError(
                "task_id", f"{name!r} among {', '.join(sorted(sources))}", f"one source language of {known}"
            )
        name = f"{by_name(target_language).prefix}/{number}"
    if name not in problems.problems and prefix == "Python" and f"HumanEval/{number}" in problems.problems:
        name = f"HumanEval/{number}"  # MultiPL-E's Python against the original
    try:
        problems.get(name)
    except UnknownNameError as error:
        raise FormatError("task_id", str(error), f"a task of {problems.name}") from error
    return name


def _task_at(position: int, problems: ProblemSet, ordered: list[str]) -> str:
    if len(problems.languages) != 1:
        raise FormatError(
            None,
            "a BigCode list names no tasks, and the problems are in several languages",
            "problems of one language, like humaneval-x/python, or the file of one",
        )
    if position >= len(ordered):
        raise FormatError(None, f"list {position} has no problem", f"at most {len(ordered)} lists, one per problem")
    return ordered[position]
