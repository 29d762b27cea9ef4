"""Choices that depend on a seed and a name alone, on any machine and any Python."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_WORDS = 8


class Draws:
    """A counted stream of choices: word i is word i mod 8 of BLAKE2b(i div 8) under the key of seed and name."""

    def __init__(self, seed: int, *name: object):
        self._key = hashlib.blake2b(repr((seed, *name)).encode(), digest_size=32).digest()
        self._count = 0
        self._words: list[int] = []

    def _word(self) -> int:
        if not self._words:
            block = hashlib.blake2b(self._count.to_bytes(8, "little"), key=self._key).digest()
            self._words = [int.from_bytes(block[8 * i : 8 * i + 8], "little") for i in reversed(range(_WORDS))]
            self._count += 1
        return self._words.pop()

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound` - 1. (64 bits: what is uneven about it is below 1e-15.)"""
        return self._word() % bound

    def between(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return low + self.below(high - low + 1)

    def choice(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def chance(self, probability: float) -> bool:
        return self._word() < probability * 2**64

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """One of (option, weight)."""
        left = self._word() / 2**64 * sum(weight for _, weight in options)
        for option, weight in options:
            left -= weight
            if left < 0:
                return option
        return options[-1][0]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All of them, in another order."""
        out = list(options)
        for last in range(len(out) - 1, 0, -1):
            other = self.below(last + 1)
            out[last], out[other] = out[other], out[last]
        return out
