"""Documents to train on: what a model is asked, and what it should answer.

A document of a function is the prompt of a generation or translation, exactly as `passatk generate` asks it, and the
solution. Each one words, names and writes its function anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Literal

from passatk.corpus.draws import Draws
from passatk.corpus.functions import RENDERER_OF, specification_of
from passatk.corpus.programs import AbstractProgram
from passatk.prompts.building import generation_prompt, translation_prompt
from passatk.records import Record

Kind = Literal["generation", "translation", "code"]


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
    split: Literal["train", "valid"] = "train"
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


_PAIR = ("python", "javascript")


def document(function: AbstractProgram, number: int, split: str, mix: Mix, draws: Draws) -> Document | None:
    """One document of a function, or None if it has no case that is short enough to show."""
    specification = specification_of(function, draws, examples=draws.choice((1, 1, 2)))
    if specification is None:
        return None
    others = [language for language in RENDERER_OF if language != "python"]
    if not draws.chance(mix.translation):
        language = "python" if draws.chance(mix.python) else draws.choice(others)
        problem = RENDERER_OF[language].problem(specification, number)
        return Document(
            kind="generation",
            language=language,
            prompt=generation_prompt(problem),
            completion=problem.reference,
            split="valid" if split == "valid" else "train",
            function=number,
        )
    pairs = [(a, b) for a in RENDERER_OF for b in RENDERER_OF if a != b and (a, b) != _PAIR]
    source, target = _PAIR if draws.chance(mix.pair) else draws.choice(pairs)
    one, other = (RENDERER_OF[language].problem(specification, number) for language in (source, target))
    return Document(
        kind="translation",
        language=target,
        source_language=source,
        prompt=translation_prompt(one, other),
        completion=other.reference,
        split="valid" if split == "valid" else "train",
        function=number,
    )


def _some(
    functions: Sequence[AbstractProgram], splits: Sequence[str], mix: Mix, seed: int, numbers: range
) -> list[Document]:
    made = []
    for number in numbers:
        draws = Draws(seed, "document", number)
        which = draws.below(len(functions))
        found = document(functions[which], which, splits[which], mix, draws)
        if found is not None:
            made.append(found)
    return made


_CHUNK = 500


def documents(
    functions: Sequence[AbstractProgram], splits: Sequence[str], count: int, seed: int, mix: Mix, workers: int
) -> Iterator[list[Document]]:
    """About `count` documents (a few functions have none), some at a time, the same whatever the number of workers."""
    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    job = partial(_some, functions, splits, mix, seed)
    if workers == 1:
        yield from map(job, chunks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(job, chunks)


def shares(made: Mapping[str, int]) -> str:
    """Counts by kind and language in one line."""
    return ", ".join(f"{count} {name}" for name, count in sorted(made.items(), key=lambda pair: -pair[1]))
