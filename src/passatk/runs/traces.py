"""The samples of a run, for comparing them with another run's."""

from collections.abc import Iterator
from hashlib import blake2b

from passatk.records import Record
from passatk.runs.view import RunView


class Trace(Record, frozen=True, kw_only=True):
    """One sample and its verdict, texts as marks that are equal where the texts are."""

    task_id: str
    sample: int
    language: str
    tier: str = ""
    """Empty where its problem has none, or the run is of a version that did not keep it."""
    program: str
    status: str
    borderline: bool
    unstable: bool
    text: bytes
    said: bytes
    """What the model said: the answer, where the text was read from one."""
    read_as: str
    finish_reason: str
    """Empty where it is not known."""


def traces(view: RunView) -> Iterator[Trace]:
    """Every sample of a complete run, in order of task id and number."""
    for (
        task_id,
        sample,
        language,
        tier,
        program,
        status,
        borderline,
        unstable,
        read_as,
        ended,
        text,
        answer,
    ) in view.compared():
        yield Trace(
            task_id=task_id,
            sample=sample,
            language=language,
            tier=tier or "",
            program=program,
            status=status or "",
            borderline=bool(borderline),
            unstable=bool(unstable),
            text=_mark(text),
            said=_mark(answer if read_as else text),
            read_as=read_as,
            finish_reason=ended,
        )


def _mark(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()
