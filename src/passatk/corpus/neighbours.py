"""How near texts come to problems: whole solutions among them, shared n-grams, the nearest function."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from passatk.corpus.names import normalised
from passatk.corpus.texts import Text
from passatk.errors import InputError
from passatk.languages import by_name
from passatk.languages.heads import Head, heads, last_head
from passatk.languages.lexing import end_by_braces
from passatk.records import Problem, Record

GRAM = 8
"""Tokens of the n-grams that are looked for."""
_Tokens = tuple[str, ...]


class Similarity(Record, frozen=True, kw_only=True):
    """What texts have of one problem's solution, whatever a function calls its own."""

    task_id: str
    language: str
    shared: float
    """Share of the solution's n-grams of `GRAM` tokens that some function has."""
    whole: bool
    """Some function is the whole solution and nothing else, names and white space apart."""
    nearest: float
    """Greatest share of n-grams in common (Jaccard) with one function."""
    neighbour: str
    """That function's body."""
    place: str
    """Where that function stands."""


class Overlap(Record, frozen=True, kw_only=True):
    """Problems beside texts."""

    problems: list[Similarity]
    """Those with a reference solution, in their order."""
    without_reference: int
    """Problems of which nothing can be said."""
    texts: int
    """Looked at: in a language of the problems, or in one that is not known."""
    functions: int
    """In them."""
    empty: int
    """Texts in which no function was found."""


def overlap(problems: Sequence[Problem], texts: Iterable[Text]) -> Overlap:
    """Look for every problem's solution among the functions of its language in some texts.

    What a function calls its own is numbered by first use before tokens are compared, so a copy under other names is
    found. Of a file every function is looked at by itself; where solutions are whole programs, so is the file.

    Raises:
        InputError: no problem has a reference solution.
    """
    solved = [problem for problem in problems if problem.reference is not None]
    if not solved:
        raise InputError("none of the problems has a reference solution, and these are what is compared")
    search = _Search(solved)
    counts = Counter[str]()
    for text in texts:
        found = 0
        for language in search.languages if not text.language else search.languages & {text.language}:
            for body, tokens in _functions(text, language, search.has_programs):
                found += 1
                search.look(language, tokens, body, text.place)
        if not text.language or text.language in search.languages:
            counts.update(texts=1, functions=found, empty=not found)
    return Overlap(
        problems=search.found(),
        without_reference=len(problems) - len(solved),
        texts=counts["texts"],
        functions=counts["functions"],
        empty=counts["empty"],
    )


class _Search:
    """Solutions by n-gram, and what was found of them so far."""

    def __init__(self, problems: Sequence[Problem]):
        self._problems = problems
        self.languages = {problem.language for problem in problems}
        self.has_programs = any(not problem.in_function for problem in problems)
        self._solutions = {p.task_id: _normalised(p.declaration, p.solution, p.language) for p in problems}
        self._wanted = {task: _grams(tokens) for task, tokens in self._solutions.items()}
        self._by_gram: dict[tuple[str, _Tokens], list[str]] = {}
        for problem in problems:
            for gram in self._wanted[problem.task_id]:
                self._by_gram.setdefault((problem.language, gram), []).append(problem.task_id)
        self._seen: dict[str, set[_Tokens]] = {task: set() for task in self._wanted}
        self._whole = dict.fromkeys(self._wanted, False)
        self._nearest = dict.fromkeys(self._wanted, (0.0, "", ""))

    def look(self, language: str, tokens: _Tokens, body: str, place: str) -> None:
        """Compare one function with all solutions in its language."""
        grams = _grams(tokens)
        common: dict[str, int] = {}
        for gram in grams:
            for task in self._by_gram.get((language, gram), ()):
                self._seen[task].add(gram)
                common[task] = common.get(task, 0) + 1
        for task, count in common.items():
            near = count / (len(grams) + len(self._wanted[task]) - count)
            if near > self._nearest[task][0]:
                self._nearest[task] = (near, body, place)
            self._whole[task] = self._whole[task] or self._solutions[task] == tokens

    def found(self) -> list[Similarity]:
        return [
            Similarity(
                task_id=problem.task_id,
                language=problem.language,
                shared=len(self._seen[problem.task_id]) / len(self._wanted[problem.task_id]),
                whole=self._whole[problem.task_id],
                nearest=self._nearest[problem.task_id][0],
                neighbour=self._nearest[problem.task_id][1],
                place=self._nearest[problem.task_id][2],
            )
            for problem in self._problems
        ]


def _functions(text: Text, language: str, programs: bool) -> Iterator[tuple[str, _Tokens]]:
    """(body, its tokens) of every function of a text; with `programs`, of a file as a whole too."""
    if text.declaration is not None:
        yield text.code, _normalised(text.declaration, text.code, language)
        return
    for head, body in bodies(text.code, language):
        yield body, normalised(body, language, (head.name, *head.parameters))
    if programs:
        yield text.code, normalised(text.code, language)


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


def _normalised(before: str, body: str, language: str) -> _Tokens:
    head = last_head(before, by_name(language))
    return normalised(body, language, (head.name, *head.parameters) if head else ())


def _grams(tokens: _Tokens) -> set[_Tokens]:
    return {tokens[i : i + GRAM] for i in range(max(1, len(tokens) - GRAM + 1))}
