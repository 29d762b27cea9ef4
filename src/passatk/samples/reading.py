"""A file or folder of generations -> samples of known problems, streamed."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from passatk.answers import VERSION, read_answer
from passatk.errors import FieldError
from passatk.problems import ProblemSet
from passatk.records import Problem, Sample
from passatk.regex import regex
from passatk.runs import RunView, generations_in
from passatk.samples.files import Place, generations_of
from passatk.samples.fitting import Fitting
from passatk.samples.folders import Origin, check_origin, is_generations, is_run, origin_of, place_of
from passatk.samples.formats import Generation
from passatk.samples.matching import Matching, sample_of

END_OF_TEXT = regex(
    r"<\|(?:endoftext|end_of_text|eot_id|im_end|end|EOT|eom_id|file_separator)\|>"
    "|<[|\uff5c]end[_\u2581]of[_\u2581]sentence[|\uff5c]>"
    r"|</s>\s*\Z"
)
"""What tokenizers write where a model ended, and what is no code."""


def read_samples(
    path: Path, problems: ProblemSet, target_language: str | None = None, extract: bool = False
) -> Iterator[Sample]:
    """Samples of `path` in file order, each checked against `problems`.

    The folder of a finished run, or of generations, gives its own, and is refused with other problems than its own.

    `target_language` is for translations: task ids name the source (`Python/12`), the sample is judged as the same
    number of the target language (`Java/12`).

    `extract` reads every text as what a model said. Formats that store what was said, and fields called `answer`, are
    read so in any case.

    Raises:
        SourceError: a record is malformed, names no known task, is for another problem, or repeats a sample number;
            with file, line, field. At the end: the file looks like answers to other problems.
        InputError: the file cannot be read, or its folder was made for other problems.
    """
    path = place_of(path)
    origin = origin_of(path)
    target_language = target_language if origin is None else origin.target(target_language)
    tasks: set[str] = set()
    if origin is not None and is_run(path) and not is_generations(path):
        with RunView.finished(path) as run:
            for sample in run.samples():
                problem = problems.get(sample.task_id)
                tasks.add(sample.task_id)
                if extract:
                    yield _read(problem, sample, sample.answer or sample.text)
                else:
                    yield _read_before(sample, origin)
    else:
        file = generations_in(path)
        for sample in _from_file(file, problems, Matching(problems, target_language), extract, origin is None):
            tasks.add(sample.task_id)
            yield sample if origin is None or extract else _read_before(sample, origin)
    if origin is not None:
        check_origin(origin, problems, tasks)


def _from_file(path: Path, problems: ProblemSet, matching: Matching, extract: bool, fitted: bool) -> Iterator[Sample]:
    """Samples of other tools' files, and of a generations folder's own. `fitted`: they must look like answers."""
    numbering, fitting = _Numbering(), Fitting(problems)
    place = Place(file=path)
    try:
        for place, generation in generations_of(path):  # noqa: B007, the place is the error's
            problem = matching.problem(generation)
            sample = sample_of(generation, problem, numbering.index(problem.task_id, generation))
            if generation.raw or extract:
                sample = _read(problem, sample, generation.answer or generation.text)
            placed = generation.task is None and generation.position is not None
            fitting.see(sample, matching.told(generation) or sample.task_id, placed)
            yield sample
        place = Place(file=path)
        if fitted:
            fitting.check()
    except FieldError as error:
        raise error.at(place.file, place.line) from error


def _read(problem: Problem, sample: Sample, said: str) -> Sample:
    """A sample of what was read from an answer."""
    answer = read_answer(said, problem)
    return msgspec.structs.replace(
        sample, text=answer.code, whole=answer.whole, answer=said, read_as=answer.read_as, extraction=VERSION
    )


def _read_before(sample: Sample, origin: Origin) -> Sample:
    """A sample of a folder, with the rules by which its answer was read when the folder was made."""
    if not sample.read_as or origin.extraction is None:
        return sample
    return msgspec.structs.replace(sample, extraction=origin.extraction)


class _Numbering:
    """Numbers of samples: the file's own, else by order; none twice."""

    def __init__(self) -> None:
        self._taken: dict[str, set[int]] = {}
        self._counted: Counter[str] = Counter()
        self._filter: str | None = None

    def index(self, task: str, generation: Generation) -> int:
        """The number of a generation of `task`.

        Raises:
            FieldError: it is there already, or the file has every answer several times over, filtered in other ways.
        """
        if self._filter not in (None, generation.filter):
            raise FieldError(
                "filter",
                f"the file has the same answers filtered in two ways, {self._filter!r} and {generation.filter!r}",
                "the lines of one filter",
            )
        self._filter = generation.filter
        if generation.index is None:
            index = self._counted[task]
            self._counted[task] += 1
        else:
            index = generation.index
        if index in self._taken.setdefault(task, set()):
            raise FieldError("sample", f"sample {index} of {task!r} is there twice", "each sample once")
        self._taken[task].add(index)
        return index
