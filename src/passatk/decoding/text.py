"""Text of a growing row of tokens, without decoding it anew at every step."""

from collections.abc import Sequence
from typing import Protocol

_CUT = "\ufffd"


class Detokenizer(Protocol):
    """Makes text of tokens."""

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        """The text of `ids`; bytes that are not UTF-8 become U+FFFD."""


class TextSoFar:
    """Tokens decode differently beside others (half a character, a space): each is decoded with the last few."""

    def __init__(self, tokenizer: Detokenizer, watched: bool):
        """`watched`: somebody wants the text of every step."""
        self._tokenizer, self._watched = tokenizer, watched
        self._ids: list[int] = []
        self._settled = self._from = 0
        self._text = ""

    def __len__(self) -> int:
        return len(self._text)

    def add(self, token: int) -> str | None:
        """The text with `token`, without a character that is not complete yet; None if nobody watches."""
        if not self._watched:
            return None
        self._ids.append(token)
        before = self._tokenizer.decode(self._ids[self._from : self._settled])
        now = self._tokenizer.decode(self._ids[self._from :])
        if len(now) > len(before) and not now.endswith(_CUT):
            self._text += now[len(before) :]
            self._from, self._settled = self._settled, len(self._ids)
        return self._text

    def whole(self, ids: Sequence[int], skip_special_tokens: bool) -> str:
        """The text of all tokens."""
        return self._tokenizer.decode(ids, skip_special_tokens)
