"""How near a training corpus comes to problems that it must not contain: whole solutions, shared n-grams."""

import re
from collections.abc import Iterable, Iterator, Sequence

from passatk.corpus.documents import Document
from passatk.corpus.names import normalised
from passatk.languages import by_name
from passatk.languages.heads import Head, heads, last_head
from passatk.languages.lexing import end_by_braces
from passatk.records import Problem, Record

GRAM = 8
"""Tokens of the n-grams that are looked for in a corpus."""


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


def leakage(problems: Sequence[Problem], documents: Iterable[Document]) -> list[Leakage]:
    """Look for every problem's solution among the functions of its language that documents for training hold.

    What a function calls its own is numbered by first use before tokens are compared, so a copy under other names is
    found. Of real code every function of a file is looked at by itself.
    """
    solutions = {p.task_id: _normalised(p.declaration, p.solution, p.language) for p in problems}
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


def bodies(text: str, language: str) -> Iterator[tuple[Head, str]]:
    """Every function of a file, with its body; those inside of others too."""
    spoken = by_name(language)
    for head in heads(text, spoken):
        rest = text[head.body :]
        if spoken.by_indentation:
            line = text[head.start : head.body]
            margin = len(line) - len(line.lstrip(" \t"))
            outside = re.search(rf"^[ \t]{{0,{margin}}}[^\s#]", rest, re.MULTILINE)
            yield head, rest[: outside.start()] if outside else rest
        else:
            yield head, rest[: end_by_braces(spoken.lexicon, rest, 0)]


def _normalised(before: str, body: str, language: str) -> tuple[str, ...]:
    head = last_head(before, by_name(language))
    return normalised(body, language, (head.name, *head.parameters) if head else ())


def _grams(tokens: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {tokens[i : i + GRAM] for i in range(max(1, len(tokens) - GRAM + 1))}
