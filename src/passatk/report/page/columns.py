"""Samples of runs as columns of numbers and a pool of texts, each distinct text once: what the page's script reads.

Chunks are gzip in base64, which a browser unpacks by itself. A number that is absent is -1; text 0 is the empty one.
"""

import base64
import gzip
import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 21
"""Characters of text in a chunk: what opening one sample unpacks."""
_KINDS = (np.uint8, np.int8, np.uint16, np.int16, np.int32)


def packed(raw: bytes) -> str:
    """`raw` for the page, the same bytes for the same input."""
    return base64.b64encode(gzip.compress(raw, 6, mtime=0)).decode()


class Pool:
    """Texts by number. Half characters (lone surrogates) survive: they are escaped in JSON."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    def number(self, text: str) -> int:
        """Of a text, which is added if it is new."""
        return self._numbers.setdefault(text, len(self._numbers)) if text else 0

    def chunks(self) -> Iterator[tuple[int, str]]:
        """(number of its first text, packed JSON array of texts)."""
        first, size, texts = 0, 0, []
        for number, text in enumerate(self._numbers):
            texts.append(text)
            size += len(text)
            if size >= _CHUNK:
                yield first, packed(json.dumps(texts, separators=(",", ":")).encode())
                first, size, texts = number + 1, 0, []
        if texts:
            yield first, packed(json.dumps(texts, separators=(",", ":")).encode())


class Table:
    """Rows of whole numbers, one behind the other: a million of them must fit in memory."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._packed = struct.Struct(f"={len(names)}q").pack
        self._values = bytearray()
        self.rows = 0

    def add(self, row: tuple[int, ...]) -> int:
        """The new row's number. It has a value for each of the table's names."""
        self._values += self._packed(*row)
        self.rows += 1
        return self.rows - 1

    @property
    def columns(self) -> dict[str, NDArray[np.int64]]:
        """By name."""
        values = np.frombuffer(bytes(self._values), dtype=np.int64).reshape(self.rows, len(self._names))
        return {name: values[:, number] for number, name in enumerate(self._names)}


def binary(tables: Mapping[str, Table]) -> tuple[list[list[Any]], bytes]:
    """Where each column lies, as [table, column, type, differences?, rows, offset in bytes], and all their bytes."""
    layout: list[list[Any]] = []
    parts: list[bytes] = []
    offset = 0
    for table, own in tables.items():
        for name, numbers in own.columns.items():
            kind, differences, raw = _smallest(numbers)
            layout.append([table, name, kind, differences, len(numbers), offset])
            padding = bytes(-len(raw) % 4)  # a typed array begins where its type allows
            parts += [raw, padding]
            offset += len(raw) + len(padding)
    return layout, b"".join(parts)


def _smallest(numbers: NDArray[np.int64]) -> tuple[str, bool, bytes]:
    """As they are, or as differences from row to row, whichever packs better."""
    plain = _narrow(np.clip(numbers, -(1 << 31), (1 << 31) - 1))
    changes = _narrow(np.diff(numbers, prepend=0)) if len(numbers) else plain
    if changes is not None and plain is not None and _cost(changes) < _cost(plain):
        return changes.dtype.name, True, changes.tobytes()
    assert plain is not None
    return plain.dtype.name, False, plain.tobytes()


def _narrow(numbers: NDArray[np.int64]) -> NDArray[Any] | None:
    """In the smallest type that holds them all; None where none does."""
    least, most = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    for kind in _KINDS:
        limits = np.iinfo(kind)
        if limits.min <= least and most <= limits.max:
            return numbers.astype(np.dtype(kind).newbyteorder("<"))
    return None


def _cost(numbers: NDArray[Any]) -> int:
    return len(zlib.compress(numbers.tobytes(), 1))
