"""A synthetic corpus from one seed: which functions, and the documents about them."""

from collections.abc import Iterator, Sequence

from passatk.corpus.documents import Document, Mix, documents
from passatk.corpus.draws import Draws
from passatk.corpus.functions import RENDERER_OF, specification_of
from passatk.corpus.programs import AbstractProgram, behaviour
from passatk.corpus.splits import is_for_validation, trained_on
from passatk.corpus.suite import suite, suite_behaviours
from passatk.problems import ProblemSet
from passatk.records import Record


class SyntheticCorpus(Record, frozen=True, kw_only=True):
    """The functions of a corpus. Nothing of the suite's is among them."""

    seed: int
    functions: list[AbstractProgram]
    splits: list[str]
    """`train` or `valid`, for each."""

    def documents(self, count: int, mix: Mix | None = None, workers: int = 1) -> Iterator[list[Document]]:
        """About `count` documents, some at a time: the same whatever the number of workers."""
        return documents(self.functions, self.splits, count, self.seed, mix or Mix(), workers)

    def problems(self, numbers: Sequence[int], variant: int = 0) -> ProblemSet:
        """Some functions as problems in six languages, so that a judge can run what is written about them."""
        found = {}
        for number in numbers:
            specification = specification_of(self.functions[number], Draws(self.seed, "problem", number, variant))
            if specification is not None:
                for renderer in RENDERER_OF.values():
                    problem = renderer.problem(specification, number)
                    found[problem.task_id] = problem
        return ProblemSet(name="the corpus", problems=found)


def synthetic_corpus(seed: int, count: int) -> SyntheticCorpus:
    """`count` different functions.

    Raises:
        InputError: there are not so many.
    """
    siblings = [program for tier, program, _ in suite() if tier == "constants"]
    functions = trained_on(seed, count, suite_behaviours(), siblings)
    splits = ["valid" if is_for_validation(behaviour(function)) else "train" for function in functions]
    return SyntheticCorpus(seed=seed, functions=functions, splits=splits)
