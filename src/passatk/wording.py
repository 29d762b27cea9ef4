"""Words of messages."""

import unicodedata

_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 problem`, `2 problems`: `many` is what is said of all numbers but 1, by default `one` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def harmless(text: str, keep: str = "\n\t") -> str:
    """`text` with everything escaped that a terminal obeys or that a reader cannot see.

    Control characters (so ANSI and OSC sequences), marks of direction and other invisible ones, lone surrogates.
    """
    if text.isprintable():
        return text
    return "".join(c if c in keep or unicodedata.category(c) not in _NOT_SHOWN else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
