"""What comes out of decoding."""

from collections.abc import Callable
from typing import Literal, Protocol

from passatk.records import Record

FinishReason = Literal["eos", "stop", "length"]
"""The model ended it; a stop rule did; or there was no room for more tokens."""
Ends = Callable[[str, int], int | None]
"""(text so far, where its newest part begins) -> where it ends by a stop rule, in characters; None: it goes on."""


class Completion(Record, frozen=True, kw_only=True):
    """One finished sample."""

    task_id: str
    index: int
    tokens: tuple[int, ...]
    """All that were generated, the one that ends a text included."""
    text: str
    """Up to where a stop rule ends it."""
    finish_reason: FinishReason
    logprobs: tuple[float, ...] | None = None
    """Of `tokens`, under the model itself."""
    token_count: int | None = None
    """How many there were, where a backend does not tell which."""

    @property
    def length(self) -> int:
        """Tokens generated, as far as is known."""
        return len(self.tokens) if self.token_count is None else self.token_count


class Listener(Protocol):
    """Hears of every token."""

    def __call__(self, task_id: str, index: int, text: str, /) -> None:
        """`text`: of this sample so far."""
