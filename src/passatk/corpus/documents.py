"""Documents to train on: what a model is asked, and what it should answer.

A document of a function is the prompt of a generation or translation, exactly as `passatk generate` asks it, and the
solution. Each one words, names and writes its function anew.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import takewhile
from multiprocessing import get_context
from typing import Literal

from passatk.corpus.draws import Draws
from passatk.corpus.functions import RENDERER_OF, specification_of
from passatk.corpus.programs import AbstractProgram
from passatk.problems.rendering import Specification
from passatk.prompts.building import generation_prompt, translation_prompt
from passatk.records import Record

Kind = Literal["generation", "translation", "code"]
Split = Literal["train", "valid"]


class Document(Record, frozen=True, kw_only=True):
    """One document of a corpus, as a line of JSON."""

    kind: Kind
    language: str
    """Of the completion."""
    source_language: str = ""
    """Translations: that of the given solution."""
    prompt: str
    """What the loss does not count."""
    completion: str
    split: Split = "train"
    function: int = -1
    """Which function of the corpus it is of; -1 for real code."""


class Mix(Record, frozen=True, kw_only=True):
    """Shares of what a synthetic corpus is made of."""

    translation: float = 0.25
    """Share of documents that are translations."""
    python: float = 0.5
    """Share of generation documents in Python; the other languages share the rest evenly."""
    pair: float = 0.5
    """Share of translations from Python to JavaScript; all other pairs share the rest evenly."""
    one_step: float = 0.0
    """Share of documents whose function is drawn among those of one step; of the others, few have one."""


_EXAMPLES = (0, 0, 1, 2)
_PAIR = ("python", "javascript")
_OTHERS = [language for language in RENDERER_OF if language != "python"]
_OTHER_PAIRS = [(a, b) for a in RENDERER_OF for b in RENDERER_OF if a != b and (a, b) != _PAIR]


class Task(Record, frozen=True, kw_only=True):
    """What one document is about, before it is text."""

    number: int
    function: int
    specification: Specification
    language: str
    source_language: str = ""
    """Empty for generation."""


def task(functions: Sequence[AbstractProgram], number: int, seed: int, mix: Mix) -> Task | None:
    """Document `number` of a corpus, or None: its function has no case that is short enough to show."""
    draws = Draws(seed, "document", number)
    which = _which(functions, mix, draws)
    specification = specification_of(functions[which], draws, examples=draws.choice(_EXAMPLES))
    if specification is None:
        return None
    source, target = "", "python"
    if draws.chance(mix.translation):
        source, target = _PAIR if draws.chance(mix.pair) else draws.choice(_OTHER_PAIRS)
    elif not draws.chance(mix.python):
        target = draws.choice(_OTHERS)
    return Task(number=number, function=which, specification=specification, language=target, source_language=source)


def _which(functions: Sequence[AbstractProgram], mix: Mix, draws: Draws) -> int:
    """The number of a function: any, or one of those of one step, which come first: a composition, then a function."""
    if not mix.one_step or not draws.chance(mix.one_step):  # without a share no choice is drawn, as ever
        return draws.below(len(functions))
    known: dict[str, list[int]] = {}
    for number, function in enumerate(takewhile(lambda function: function.depth == 1, functions)):
        known.setdefault(function.composition, []).append(number)
    return draws.choice(draws.choice(list(known.values())))


def document_of(asked: Task, split: Split) -> Document:
    """A task as text."""
    problem = RENDERER_OF[asked.language].problem(asked.specification, asked.function)
    if asked.source_language:
        source = RENDERER_OF[asked.source_language].problem(asked.specification, asked.function)
        prompt = translation_prompt(source, problem)
    else:
        prompt = generation_prompt(problem)
    return Document(
        kind="translation" if asked.source_language else "generation",
        language=asked.language,
        source_language=asked.source_language,
        prompt=prompt,
        completion=problem.solution,
        split=split,
        function=asked.function,
    )


def _some(
    functions: Sequence[AbstractProgram], splits: Sequence[Split], mix: Mix, seed: int, numbers: range
) -> list[Document]:
    tasks = (task(functions, number, seed, mix) for number in numbers)
    return [document_of(asked, splits[asked.function]) for asked in tasks if asked is not None]


_CHUNK = 500


def documents(
    functions: Sequence[AbstractProgram], splits: Sequence[Split], count: int, seed: int, mix: Mix, workers: int
) -> Iterator[list[Document]]:
    """About `count` documents (a few functions have none), some at a time, the same whatever the number of workers."""
    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    job = partial(_some, functions, splits, mix, seed)
    if workers == 1:
        yield from map(job, chunks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(job, chunks)
