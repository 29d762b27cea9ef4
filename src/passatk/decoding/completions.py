"""What comes out of decoding."""

from collections.abc import Callable
from typing import Literal, Protocol

from passatk.records import Record

FinishReason = Literal["eos", "stop", "length", "context_length", "abort", "content_filter", "unknown"]
"""`eos`: the model ended it; `stop`: a stop rule did; `length`: there was no room for more tokens. Servers only:
`context_length`: the request did not fit, so there is no text; `abort`, `content_filter`: the server broke it off;
`unknown`: the server did not say. A server's other words are kept as they are."""
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
    finish_reason: str
    """One of `FinishReason`, or another word of a server."""
    logprobs: tuple[float, ...] | None = None
    """Of `tokens`, under the model itself."""
    thinking: str = ""
    """What a server gave as the model's reasoning, apart from the text."""
    token_count: int | None = None
    """How many were generated, thinking included; None where a server does not count them."""


class Listener(Protocol):
    """Hears of every token."""

    def __call__(self, task_id: str, index: int, text: str, /) -> None:
        """`text`: of this sample so far."""
