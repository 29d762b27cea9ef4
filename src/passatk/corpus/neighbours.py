"""How near a training corpus comes to problems that it must not contain: shared n-grams, nearest documents.

And what a model is to be measured against: an answer looked up instead of written (`retrieve`).
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy import sparse

from passatk.corpus.documents import Document
from passatk.corpus.heads import bodies, last_head
from passatk.corpus.names import normalised
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
    """What a corpus has of one problem's solution, whatever a function calls its own."""

    task_id: str
    shared: float
    """Share of the solution's n-grams of `GRAM` tokens that some function of the corpus has."""
    whole: bool
    """Some function of the corpus is the whole solution and nothing else, names and white space apart."""
    nearest: float
    """Greatest share of n-grams in common (Jaccard) with one function of the corpus."""
    neighbour: str
    """That function's body."""


def tokens_of(text: str) -> list[str]:
    """Words and signs."""
    return _TOKEN.findall(text)


def leakage(problems: Sequence[Problem], documents: Iterable[Document]) -> list[Leakage]:
    """Look for every problem's solution among the functions of its language that documents for training hold.

    What a function calls its own is numbered by first use before tokens are compared, so a copy under other names is
    found. Of real code every function of a file is looked at by itself.
    """
    solutions = {p.task_id: _normalised(p.declaration, p.reference, p.language) for p in problems}
    wanted = {task: _grams(tokens) for task, tokens in solutions.items()}
    by_gram: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for problem in problems:
        for gram in wanted[problem.task_id]:
            by_gram.setdefault((problem.language, gram), []).append(problem.task_id)
    languages = {problem.language for problem in problems}
    seen: dict[str, set[tuple[str, ...]]] = {task: set() for task in wanted}
    whole = dict.fromkeys(wanted, False)
    nearest = dict.fromkeys(wanted, (0.0, ""))
    for language, body, tokens in _functions(documents, languages):
        grams = _grams(tokens)
        common: dict[str, int] = {}
        for gram in grams:
            for task in by_gram.get((language, gram), ()):
                seen[task].add(gram)
                common[task] = common.get(task, 0) + 1
        for task, count in common.items():
            near = count / (len(grams) + len(wanted[task]) - count)
            nearest[task] = max(nearest[task], (near, body))
            whole[task] = whole[task] or solutions[task] == tokens
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


def _functions(documents: Iterable[Document], languages: set[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(language, body, its tokens) of every function that is learnt from."""
    for document in documents:
        if document.split != "train" or document.language not in languages:
            continue
        if document.kind == "code":
            for head, body in bodies(document.completion, document.language):
                yield document.language, body, normalised(body, document.language, (head.name, *head.parameters))
        else:
            tokens = _normalised(document.prompt, document.completion, document.language)
            yield document.language, document.completion, tokens


def _normalised(before: str, body: str, language: str) -> tuple[str, ...]:
    head = last_head(before, language)
    return normalised(body, language, (head.name, *head.parameters) if head else ())


def _grams(tokens: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {tokens[i : i + GRAM] for i in range(max(1, len(tokens) - GRAM + 1))}


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
