"""Text of a growing row of tokens, without decoding it anew at every step."""

from collections.abc import Sequence
from typing import Protocol

_CUT = "\ufffd"
_BEFORE = 4
"""Tokens of the prompt that a completion is decoded behind."""


class Detokenizer(Protocol):
    """Makes text of tokens."""

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        """The text of `ids`; bytes that are not UTF-8 become U+FFFD."""


class TextSoFar:
    """What a prompt's continuation says.

    Tokens decode differently beside others (half a character, a space that is dropped at the beginning of a text), so
    each is decoded with the last few before it, the prompt's included.
    """

    def __init__(self, tokenizer: Detokenizer, prompt: Sequence[int], skip_special_tokens: bool, watched: bool):
        """`watched`: somebody wants the text of every step."""
        self._tokenizer, self._skip, self._watched = tokenizer, skip_special_tokens, watched
        self._before = list(prompt[-_BEFORE:])
        self._ids = list(self._before)
        self._from, self._settled = 0, len(self._ids)
        self._text = ""

    def __len__(self) -> int:
        return len(self._text)

    def add(self, token: int) -> str | None:
        """The text with `token`, without a character that is not complete yet; None if nobody watches."""
        if not self._watched:
            return None
        self._ids.append(token)
        before = self._decode(self._ids[self._from : self._settled])
        now = self._decode(self._ids[self._from :])
        if len(now) > len(before) and not now.endswith(_CUT):
            self._text += now[len(before) :]
            self._from, self._settled = self._settled, len(self._ids)
        return self._text

    def whole(self, ids: Sequence[int]) -> str:
        """The text of all tokens."""
        return self._decode([*self._before, *ids])[len(self._decode(self._before)) :]

    def _decode(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode(ids, self._skip)
