"""The value format of docs/wall.md in Python: what the sides in the languages are checked against."""

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

MOST_BYTES = 16 << 20
"""Of a message."""
MOST_DEPTH = 1000
_INT = range(-(1 << 63), 1 << 63)


class BrokenMessage(ValueError):
    """Bytes that are no message, or no value. Its text says what is wrong."""


class Bare(NamedTuple):
    """A value without content: `n` null, `u` undefined, `h` a hole."""

    sign: str


class Number(NamedTuple):
    """A float by its bits: `d` with 8 bytes or `e` with 4, little endian."""

    sign: str
    bits: bytes


class Text(NamedTuple):
    """`s` or `S` text, or `b` bytes."""

    sign: str
    raw: bytes


class Many(NamedTuple):
    """`l`, `F`, `U`, `V`, `W`, `p`, `q` or `Q`: values in order."""

    sign: str
    values: tuple["Value", ...]


class Map(NamedTuple):
    """`m` or `M`: pairs in order."""

    pairs: tuple[tuple["Value", "Value"], ...]
    sign: str = "m"


class Some(NamedTuple):
    """A filled optional."""

    value: "Value"


class Typed(NamedTuple):
    """A value whose type the declaration leaves open."""

    type_name: bytes
    value: "Value"


Value = bool | int | Bare | Number | Text | Many | Map | Some | Typed
NULL = Bare("n")


def double(value: float) -> Number:
    """A float64."""
    return Number("d", struct.pack("<d", value))


def text(value: str) -> Text:
    """A text, lone surrogates included."""
    return Text("s", value.encode("utf-8", "surrogatepass"))


def encode(value: Value) -> bytes:
    """The bytes of a value."""
    match value:
        case bool():
            return b"t" if value else b"f"
        case int():
            if value in _INT:
                return b"i" + struct.pack("<q", value)
            size = (value if value >= 0 else ~value).bit_length() // 8 + 1
            return b"I" + _sized(value.to_bytes(size, "little", signed=True))
        case Bare(sign):
            return sign.encode()
        case Number(sign, bits):
            return sign.encode() + bits
        case Text(sign, raw):
            return sign.encode() + _sized(raw)
        case Many(sign, values):
            return sign.encode() + struct.pack("<I", len(values)) + b"".join(map(encode, values))
        case Map(pairs, sign):
            return (
                sign.encode() + struct.pack("<I", len(pairs)) + b"".join(encode(key) + encode(it) for key, it in pairs)
            )
        case Some(held):
            return b"o" + encode(held)
        case Typed(type_name, held):
            return b"a" + _sized(type_name) + encode(held)


def _sized(raw: bytes) -> bytes:
    return struct.pack("<I", len(raw)) + raw


class Reader:
    """Reads values and numbers from a message's bytes, in order.

    Every method raises `BrokenMessage` where the bytes end too soon or say something else.
    """

    def __init__(self, raw: bytes):
        self._raw, self._at = raw, 0

    @property
    def at_end(self) -> bool:
        """Nothing is left."""
        return self._at == len(self._raw)

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > len(self._raw) - self._at:
            raise BrokenMessage(f"a message that ends {size - len(self._raw) + self._at} bytes too soon")
        self._at += size
        return self._raw[self._at - size : self._at]

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def sized(self) -> bytes:
        """A length, and that many bytes."""
        return self.take(self.number(4))

    def value(self, depth: int = 0) -> Value:
        """The next value."""
        if depth > MOST_DEPTH:
            raise BrokenMessage(f"values nested more than {MOST_DEPTH} deep")
        sign = self.take(1).decode("latin-1")
        if sign in _READERS:
            value: Value = _READERS[sign](self, sign, depth + 1)
            return value
        raise BrokenMessage(f"a value that begins with {sign!r}")


def _count(reader: Reader) -> range:
    return range(reader.number(4))


_READERS: dict[str, Callable[[Reader, str, int], Any]] = {
    **dict.fromkeys("nuh", lambda _, sign, __: Bare(sign)),
    **dict.fromkeys("ft", lambda _, sign, __: sign == "t"),
    "i": lambda reader, _, __: struct.unpack("<q", reader.take(8))[0],
    "I": lambda reader, _, __: int.from_bytes(reader.sized(), "little", signed=True),
    "d": lambda reader, sign, _: Number(sign, reader.take(8)),
    "e": lambda reader, sign, _: Number(sign, reader.take(4)),
    **dict.fromkeys("sSb", lambda reader, sign, _: Text(sign, reader.sized())),
    **dict.fromkeys(
        "lFUVWpqQ", lambda reader, sign, depth: Many(sign, tuple(reader.value(depth) for _ in _count(reader)))
    ),
    **dict.fromkeys(
        "mM",
        lambda reader, sign, depth: Map(
            tuple((reader.value(depth), reader.value(depth)) for _ in _count(reader)), sign
        ),
    ),
    "o": lambda reader, _, depth: Some(reader.value(depth)),
    "a": lambda reader, _, depth: Typed(reader.sized(), reader.value(depth)),
}
