"""The protocol of backends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion, Ends, Listener
from passatk.errors import InputError
from passatk.records import Asserts, Problem, Record
from passatk.wording import counted

_NAMED = 5
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


class Encoder(Protocol):
    """Text to tokens."""

    def encode(self, text: str) -> list[int]:
        """The ids of `text`, with what the model wants at its beginning."""

    def encode_chat(self, text: str) -> list[int]:
        """The ids of a conversation in which a user says `text` and the model is about to answer.

        Raises:
            InputError: the model has no chat template.
        """


def encoded(tokenizer: Encoder, one: Wanted) -> list[int]:
    """A prompt as tokens."""
    return tokenizer.encode_chat(one.prompt) if one.chat else tokenizer.encode(one.prompt)


def refuse_long_prompts(tokenizer: Encoder, positions: int, wanted: Iterable[Wanted]) -> None:
    """Refuse prompts without tokens, or without room for one more among `positions`.

    Raises:
        InputError: names the first of them.
    """
    lengths = {one.task_id: len(encoded(tokenizer, one)) for one in wanted}
    most = positions - 1
    if unfit := [f"{task}: {length}" for task, length in lengths.items() if not 1 <= length <= most]:
        raise InputError(
            f"{counted(len(unfit), 'prompt leaves', 'prompts leave')} this model no room for an answer: it takes 1 to"
            f" {most} tokens, got {', '.join(unfit[:_NAMED])}{', ...' if len(unfit) > _NAMED else ''}."
            " Leave these problems out, or ask with the function's head alone (prompt form 'declaration')",
            setting="form",
        )


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
