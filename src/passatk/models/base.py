"""The protocol of backends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion, Ends, Listener
from passatk.records import Asserts, Problem, Record

NO_PROBLEM = Problem(
    task_id="prompt", benchmark="", language="python", prompt="", tests=Asserts(code=""), in_function=False
)
"""What a prompt outside of any benchmark is of."""


@dataclass(frozen=True)
class Wanted:
    """Samples of one problem that a backend is to generate."""

    problem: Problem
    task_id: str
    """As the samples are to be filed: for a translation, of the source."""
    prompt: str
    samples: Sequence[int]
    """Indices."""
    ends: Ends | None
    chat: bool = False
    """The prompt is what a user says to an instruct model."""


class Origin(Record, frozen=True, kw_only=True):
    """Where tokens came from: what has to be the same for the same tokens to come out. Part of a manifest."""

    backend: str
    model: str
    """As the user named it."""
    fingerprint: str
    """SHA-256 of weights and tokenizer, or what a server says of itself."""
    versions: dict[str, str]
    """Of the libraries that compute."""
    device: str = ""
    dtype: str = ""
    row_unit: int | None = None
    """Row counts of matrix products are multiples of it, see `decoding.rows`."""
    row_classes: tuple[tuple[int, ...], ...] = ()
    reproducible: bool = True
    """The same request gives the same tokens here, whatever else the backend is doing."""


class Backend(Protocol):
    """A place generations come from."""

    origin: Origin

    def check(self, settings: DecodingSettings, batch_size: int, wanted: Sequence[Wanted], /) -> None:
        """Raise InputError, naming setting or prompt, if it cannot be honoured here. Nothing is generated."""

    def generate(
        self, wanted: Iterable[Wanted], settings: DecodingSettings, batch_size: int, listener: Listener | None = None, /
    ) -> Iterator[Completion]:
        """Every sample of every problem, as they are finished."""

    def close(self) -> None:
        """Let go of what it holds."""
