"""The samples of an evaluation, looked through whole before anything is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from passatk.answers import looks_like_chat
from passatk.pipeline.programs import reference_of
from passatk.problems import ProblemSet
from passatk.records import Sample
from passatk.samples import END_OF_TEXT, read_samples
from passatk.wording import counted

_CHATS_WARN_OF = 20
"""One in so many is warned of."""
_KEPT_BYTES = 64 << 20
"""So much is held; what is larger is read again."""
_EACH = 500


class Samples:
    """All samples of a file, a folder or of references, in order; every iteration gives them again.

    Args:
        path: a file of generations, or the folder of a finished run; None for the reference solutions.
        problems: what they answer.
        languages: of the problems to take; None takes all.
        target_language: as `read_samples` has it.
        extract: take code from answers.

    Raises:
        InputError: they cannot be used.
    """

    tasks: Counter[str]
    """How many samples each task has."""
    warnings: tuple[str, ...]
    """What may make the score another one than was meant."""
    extraction: int | None
    """Version of the rules by which answers were read; None where none was, or it is not known."""

    def __init__(
        self,
        path: Path | None,
        problems: ProblemSet,
        languages: Sequence[str] | None,
        target_language: str | None,
        extract: bool,
    ):
        self._path, self._problems, self._languages = path, problems, languages
        self._target_language, self._extract = target_language, extract
        self._kept: list[Sample] | None = []
        self._look_through()

    def __iter__(self) -> Iterator[Sample]:
        return self._read() if self._kept is None else iter(self._kept)

    def _read(self) -> Iterator[Sample]:
        samples: Iterator[Sample]
        if self._path is None:
            samples = (reference_of(p) for p in self._problems.problems.values() if p.reference is not None)
        else:
            samples = read_samples(self._path, self._problems, self._target_language, self._extract)
        wanted = self._languages
        return (s for s in samples if wanted is None or self._problems.get(s.task_id).language in wanted)

    def _look_through(self) -> None:
        tasks, ends, chats, held = Counter[str](), Counter[str](), 0, 0
        versions = set[int]()
        for sample in self._read():
            tasks[sample.task_id] += 1
            versions |= set() if sample.extraction is None else {sample.extraction}
            held += len(sample.text) + len(sample.answer) + _EACH
            if self._kept is not None:
                self._kept.append(sample)
                if held > _KEPT_BYTES:
                    self._kept = None
            if self._path is not None and not sample.read_as:
                chats += looks_like_chat(sample.text)
                if found := END_OF_TEXT.search(sample.text):
                    ends[found[0]] += 1
        self.tasks, self.extraction = tasks, max(versions, default=None)
        self.warnings = tuple(_warnings(tasks.total(), chats, ends))


def _warnings(texts: int, chats: int, ends: Counter[str]) -> Iterator[str]:
    of = counted(texts, "text")
    if chats and chats * _CHATS_WARN_OF >= texts:
        yield (
            f"{counted(chats, f'of {of} looks', f'of {of} look')} like a chat model's answer (code fences or"
            " thinking), judged as code as it stands; to judge the code in it, set extract"
        )
    if ends:
        yield (
            f"{counted(ends.total(), f'of {of} contains', f'of {of} contain')} an end-of-text token"
            f" ({', '.join(ends)}), which is kept"
            " as part of the program and seldom compiles; remove it from the file if the model did not mean it as code"
        )
