"""A synthetic corpus from one seed: which functions, and the documents about them."""

from collections.abc import Iterable, Iterator

from passatk.corpus.documents import Document, Mix, Split, Task, documents, task
from passatk.corpus.draws import Draws
from passatk.corpus.functions import RENDERER_OF, specification_of
from passatk.corpus.programs import AbstractProgram, behaviour
from passatk.corpus.splits import is_for_validation, trained_on
from passatk.corpus.suite import suite_behaviours, suite_programs
from passatk.problems import ProblemSet
from passatk.records import Record


class SyntheticCorpus(Record, frozen=True, kw_only=True):
    """The functions of a corpus. Nothing of the suite's is among them."""

    seed: int
    functions: list[AbstractProgram]
    splits: list[Split]
    """`train` or `valid`, for each."""

    def documents(self, count: int, mix: Mix | None = None, workers: int = 1) -> Iterator[list[Document]]:
        """About `count` documents, some at a time: the same whatever the number of workers."""
        return documents(self.functions, self.splits, count, self.seed, mix or Mix(), workers)

    def tasks(self, numbers: Iterable[int], mix: Mix | None = None) -> Iterator[Task]:
        """What some documents are about, before they are text."""
        made = (task(self.functions, number, self.seed, mix or Mix()) for number in numbers)
        return (asked for asked in made if asked is not None)

    def problems(self, number: int) -> ProblemSet:
        """One function as a problem in six languages, to be looked at."""
        specification = specification_of(self.functions[number], Draws(self.seed, "problem", number))
        listed = [renderer.problem(specification, number) for renderer in RENDERER_OF.values()] if specification else []
        return ProblemSet(name="the corpus", problems={problem.task_id: problem for problem in listed})


def synthetic_corpus(seed: int, count: int) -> SyntheticCorpus:
    """`count` different functions.

    Raises:
        InputError: there are not so many.
    """
    functions = trained_on(seed, count, suite_behaviours(), suite_programs("constants"))
    splits: list[Split] = ["valid" if is_for_validation(behaviour(function)) else "train" for function in functions]
    return SyntheticCorpus(seed=seed, functions=functions, splits=splits)
