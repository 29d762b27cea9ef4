"""How near a training corpus comes to problems that it must not contain: shared n-grams, nearest documents.

And what a model is to be measured against: an answer looked up instead of written (`retrieve`).
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy import sparse

from passatk.corpus.documents import Document
from passatk.corpus.wording import PARAMETERS
from passatk.errors import InputError
from passatk.prompts.building import generation_prompt
from passatk.records import Problem, Record, Sample

GRAM = 8
"""Tokens of the n-grams that are looked for in a corpus."""
_NEAR_GRAMS = (1, 2, 3)
_BINS = 1 << 20
_ARGUMENTS = {name for names in PARAMETERS.values() for name in names}
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Leakage(Record, frozen=True, kw_only=True):
    """What a corpus has of one problem's solution."""

    task_id: str
    shared: float
    """Share of the solution's n-grams of `GRAM` tokens that some document has."""
    whole: bool
    """Some document has the whole solution, white space apart."""
    nearest: float
    """Greatest share of n-grams in common (Jaccard) with one document's completion."""
    neighbour: str
    """That completion."""


def tokens_of(text: str) -> list[str]:
    """Words and signs."""
    return _TOKEN.findall(text)


def _grams(text: str) -> set[tuple[str, ...]]:
    tokens = tokens_of(text)
    return {tuple(tokens[i : i + GRAM]) for i in range(max(1, len(tokens) - GRAM + 1))}


def leakage(problems: Sequence[Problem], documents: Iterable[Document]) -> list[Leakage]:
    """Look for every problem's solution among documents for training of its language."""
    wanted = {p.task_id: _grams(p.reference) for p in problems}
    joined = {p.task_id: "".join(p.reference.split()) for p in problems}
    by_gram: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for problem in problems:
        for gram in wanted[problem.task_id]:
            by_gram.setdefault((problem.language, gram), []).append(problem.task_id)
    seen: dict[str, set[tuple[str, ...]]] = {task: set() for task in wanted}
    whole = dict.fromkeys(wanted, False)
    nearest = dict.fromkeys(wanted, (0.0, ""))
    for document in documents:
        if document.split != "train":
            continue
        grams = _grams(document.completion)
        common: dict[str, int] = {}
        for gram in grams:
            for task in by_gram.get((document.language, gram), ()):
                seen[task].add(gram)
                common[task] = common.get(task, 0) + 1
        packed = "".join(document.completion.split()) if common else ""
        for task, count in common.items():
            near = count / (len(grams) + len(wanted[task]) - count)
            nearest[task] = max(nearest[task], (near, document.completion))
            whole[task] = whole[task] or joined[task] in packed
    return [
        Leakage(
            task_id=task,
            shared=len(seen[task]) / len(grams),
            whole=whole[task],
            nearest=nearest[task][0],
            neighbour=nearest[task][1],
        )
        for task, grams in wanted.items()
    ]


def retrieve(problems: Sequence[Problem], documents: Iterable[Document], count: int) -> Iterator[Sample]:
    """For every problem the completions of the `count` documents whose prompts are nearest to its own.

    Nearness is the cosine of n-grams of one to three tokens, weighted by how rare they are (tf-idf). What a completion
    calls its argument is renamed to what the problem calls it.

    Raises:
        InputError: there are not so many documents in a problem's language.
    """
    kept = [d for d in documents if d.split == "train" and d.kind == "generation"]
    for language in dict.fromkeys(problem.language for problem in problems):
        own = [document for document in kept if document.language == language]
        asked = [problem for problem in problems if problem.language == language]
        if len(own) < count:
            raise InputError(f"{len(own)} documents are in {language}; {count} samples a problem need as many")
        table = _counts([document.prompt for document in own])
        rarity = np.log((1 + len(own)) / (1 + np.bincount(table.indices, minlength=_BINS)))
        query = _weighted(_counts([generation_prompt(problem) for problem in asked]), rarity)
        near = (query @ _weighted(table, rarity).T).toarray()
        for problem, row in zip(asked, near, strict=True):
            order = np.lexsort((np.arange(len(row)), -row))[:count]
            for index, place in enumerate(order):
                yield Sample(task_id=problem.task_id, index=index, text=_renamed(own[place], problem))


def _renamed(document: Document, problem: Problem) -> str:
    theirs, ours = _argument(document.prompt), _argument(problem.declaration)
    if not theirs or not ours:
        return document.completion
    return re.sub(rf"\b{theirs}\b", ours, document.completion)


def _argument(text: str) -> str:
    """The usual name of an argument that occurs most often in `text`, or nothing."""
    named = [token for token in tokens_of(text) if token in _ARGUMENTS]
    return max(named, key=named.count, default="")


def _counts(texts: Sequence[str]) -> sparse.csr_matrix:
    indices: list[int] = []
    ends = [0]
    for text in texts:
        tokens = tokens_of(text)
        grams = {" ".join(tokens[i : i + n]) for n in _NEAR_GRAMS for i in range(len(tokens) - n + 1)}
        indices.extend(sorted({zlib.crc32(gram.encode()) % _BINS for gram in grams}))
        ends.append(len(indices))
    shape = (len(texts), _BINS)
    return sparse.csr_matrix((np.ones(len(indices)), np.array(indices), np.array(ends)), shape=shape)


def _weighted(table: sparse.csr_matrix, rarity: np.ndarray) -> sparse.csr_matrix:
    weighted = table @ sparse.diags(rarity)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-12)) @ weighted)
