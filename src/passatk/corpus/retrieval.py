"""What a model is to be measured against: an answer looked up in its training corpus instead of written."""

import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy import sparse

from passatk.corpus.documents import Document
from passatk.corpus.names import renamed
from passatk.errors import InputError
from passatk.languages import by_name
from passatk.languages.heads import last_head
from passatk.problems import ProblemSet
from passatk.prompts.building import counterpart, generation_prompt, translation_prompt
from passatk.records import Problem, Record, Sample
from passatk.regex import regex
from passatk.wording import counted

_NEAR_GRAMS = (1, 2, 3)
_BINS = 1 << 20
_TOKEN = regex(r"\w+|[^\w\s]")


class Question(Record, frozen=True, kw_only=True):
    """What is looked up, as a model is asked it."""

    task_id: str
    """Of a translation, the source's."""
    prompt: str
    target: Problem
    """Whose function the answer continues."""
    source_language: str = ""
    """Of a translation."""


def questions(problems: ProblemSet) -> list[Question]:
    """Every problem, to be solved from its prompt.

    Raises:
        InputError: there are none.
    """
    if not problems.problems:
        raise InputError(f"{problems.name} has no problems in the languages asked for")
    return [Question(task_id=p.task_id, prompt=generation_prompt(p), target=p) for p in problems.problems.values()]


def translations(problems: ProblemSet, source: str, target: str) -> list[Question]:
    """Every problem in the language `source`, to be translated to `target` from its own solution.

    Raises:
        InputError: there are none, or not in both languages, or the two are one.
    """
    if source == target:
        raise InputError(
            f"source and target language are both {target}; choose another target", setting="target_language"
        )
    chosen = problems.only([source])
    if not chosen.problems:
        raise InputError(f"{problems.name} has no problems in {source}; it has {', '.join(problems.languages)}")
    pairs = [(problem, counterpart(problems, problem, target)) for problem in chosen.problems.values()]
    return [
        Question(task_id=own.task_id, prompt=translation_prompt(own, other), target=other, source_language=source)
        for own, other in pairs
    ]


def retrieve(asked: Sequence[Question], documents: Iterable[Document], count: int) -> Iterator[Sample]:
    """For every question the completions of the `count` documents whose prompts are nearest to its own.

    Only documents for training of the question's kind and languages are looked at, those first whose function takes as
    many arguments. Nearness is the cosine of n-grams of one to three tokens, weighted by how rare they are (tf-idf).
    What a completion calls its function and arguments is renamed, by position, to what the question's declaration
    calls them.

    Raises:
        InputError: there are not so many documents of a question's kind.
    """
    of_kind: dict[tuple[str, str], list[Question]] = {}
    for question in asked:
        of_kind.setdefault((question.source_language, question.target.language), []).append(question)
    kept: dict[tuple[str, str], list[Document]] = {kind: [] for kind in of_kind}
    for document in documents:
        kind = (document.source_language, document.language)
        if document.split == "train" and document.kind != "code" and kind in kept:
            kept[kind].append(document)
    for kind, own in kept.items():
        if len(own) < count:
            named = f"to translate from {kind[0]} to {kind[1]}" if kind[0] else f"in {kind[1]}"
            raise InputError(
                f"{counted(len(own), 'document')} for training {named}; {counted(count, 'sample')} a problem"
                f" {'needs' if count == 1 else 'need'} as many: give a larger corpus, or ask for fewer",
                setting="samples",
            )
    for kind, own in kept.items():
        yield from _nearest(of_kind[kind], own, count)


def _nearest(asked: Sequence[Question], own: Sequence[Document], count: int) -> Iterator[Sample]:
    table = _counts([document.prompt for document in own])
    rarity = np.log((1 + len(own)) / (1 + np.bincount(table.indices, minlength=_BINS)))
    query = _weighted(_counts([question.prompt for question in asked]), rarity)
    near = (query @ _weighted(table, rarity).T).toarray()
    names = [_names(document.prompt, document.language) for document in own]
    lengths = np.array([len(listed) for listed in names])
    for question, row in zip(asked, near, strict=True):
        ours = _names(question.target.declaration, question.target.language)
        order = np.lexsort((np.arange(len(row)), -row, lengths != len(ours)))[:count]
        for index, place in enumerate(order):
            text = renamed(own[place].completion, own[place].language, names[place], ours)
            yield Sample(task_id=question.task_id, index=index, text=text)


def _names(text: str, language: str) -> tuple[str, ...]:
    """Of the last function whose head is in a text, its own first; none if there is no head."""
    head = last_head(text, by_name(language))
    return (head.name, *head.parameters) if head else ()


def _counts(texts: Sequence[str]) -> sparse.csr_matrix:
    indices: list[int] = []
    ends = [0]
    for text in texts:
        tokens = _TOKEN.findall(text)
        grams = {" ".join(tokens[i : i + n]) for n in _NEAR_GRAMS for i in range(len(tokens) - n + 1)}
        indices.extend(sorted({zlib.crc32(gram.encode()) % _BINS for gram in grams}))
        ends.append(len(indices))
    shape = (len(texts), _BINS)
    return sparse.csr_matrix((np.ones(len(indices)), np.array(indices), np.array(ends)), shape=shape)


def _weighted(table: sparse.csr_matrix, rarity: np.ndarray) -> sparse.csr_matrix:
    weighted = table @ sparse.diags(rarity)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-12)) @ weighted)
