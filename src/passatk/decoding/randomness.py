"""Random numbers by counting: what a sample draws depends on nothing but its seed, its task and its index."""

from hashlib import blake2b

_PERSON = b"passatk sampling"
_LANES = 8
"""Numbers in one digest of 64 bytes."""


class Stream:
    """The uniform numbers of one sample, one for each step, in any order.

    key = BLAKE2b(seed, task id, sample index); block b = BLAKE2b(b, keyed with it); each block holds 8 numbers.
    """

    def __init__(self, seed: int, task_id: str, sample: int):
        text = f"{seed}\0{sample}\0{task_id}".encode("utf-8", "surrogatepass")
        self._key = blake2b(text, digest_size=64, person=_PERSON).digest()
        self._block, self._at = b"", -1

    def uniform(self, step: int) -> float:
        """In [0, 1), a multiple of 2^-53."""
        at, lane = divmod(step, _LANES)
        if at != self._at:
            self._block, self._at = blake2b(at.to_bytes(8, "little"), key=self._key, digest_size=64).digest(), at
        word = int.from_bytes(self._block[8 * lane : 8 * lane + 8], "little")
        return (word >> 11) * 2.0**-53
