"""Whether a function returned what it should: values as messages of a program, which nothing here believes.

A message is flat (docs/wall.md): nodes, and references to them. It is never made into values as a whole: it is followed
as far as the expected value goes, so that what a program sends, however deep, wide or full of equal hashes, costs no
more than the expected value does. Only keys of dicts and members of sets are made, when they can be equal.
"""

import ast
import json
import math
import reprlib
import struct
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import UNSET

from passatk.cases import Call, Checked, Checker
from passatk.wording import counted

_USUAL = Fraction(1, 10**6)
"""How far floats may be from floats where EvalPlus says nothing of a problem."""
_ACCEPTED = Checked(outcome="accepted")
_SHOWN = 60
_LEAST_BYTES, _BYTES_FOR_EACH = 4096, 64
"""The message of a value that is right is shorter: so many bytes, and so many for each character of the value."""
_MOST_KEY_PARTS = 1000
_KEY_DEPTH = 40
_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple"}
_BRACKETS = {"list": "[]", "tuple": "()", "dict": "{}", "set": "{}", "frozenset": "{}"}
_SCALARS = {int, float, bool, str, type(None)}
_MISSING = object()
_REPR = reprlib.Repr()
_REPR.maxlevel = 8
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = _REPR.maxset = _REPR.maxfrozenset = 30
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = _SHOWN


_Place = tuple[Any, Any]
"""Where a value is in another: the place of that, and its index or key."""


class _NoKey(Exception):
    """What cannot equal a key or a member of a set that is expected."""


def check_value(call: Call, checker: Checker, expected: str, output: bytes, arguments: str = "") -> Checked:
    """What `checker` says of the message `output`, where `expected` and `arguments` are written as `call` says."""
    wanted = _value(expected, call.written)
    if not output:
        return _wrong(f"expected {_quoted(wanted)}, and the program ended before the function returned")
    if len(output) > max(_LEAST_BYTES, _BYTES_FOR_EACH * len(expected)):
        return _wrong(f"expected {_quoted(wanted)}, got a value that takes {len(output)} bytes")
    try:
        message = _Message(output, call.written == "json" or checker.kind == "boxed", checker)
        if checker.reading is not UNSET:
            return _wrong(words) if (words := message.read_otherwise(wanted, arguments)) else _ACCEPTED
        found = message.difference(wanted)
        if found and checker.kind == "close" and message.may_be_near(wanted):
            found = message.near(wanted)
        if found and checker.kind == "boxed" and type(wanted) is list and len(wanted) == 1:
            found = message.difference(wanted[0]) and found
    except (ValueError, TypeError, IndexError, RecursionError) as error:
        return _wrong(f"what it gave back is no value: {type(error).__name__}")
    return _wrong(found) if found else _ACCEPTED


@lru_cache(maxsize=16)
def _value(text: str, written: str) -> Any:
    return json.loads(text) if written == "json" else ast.literal_eval(text)


class _Message:
    """What a program says that its function returned."""

    def __init__(self, output: bytes, tuples_as_lists: bool, checker: Checker):
        kind, self._value, self._nodes = _DECODER.decode(output.decode())
        if kind != 0 or not all(type(node) is list and node for node in self._nodes):
            raise ValueError("a message of another kind")
        self._alike = tuples_as_lists
        self._checker = checker
        self._near = checker.kind == "numbers"

    def difference(self, wanted: Any) -> str:
        """Where the value is first another than `wanted`, in words; empty where it is the same."""
        left: list[tuple[Any, Any, _Place | None]] = [(wanted, self._value, None)]
        while left:
            wanted, given, place = left.pop()
            item = self._plain(given)
            kind = type(wanted)
            if kind in _SEQUENCES:
                items = self._items(item, kind)
                if items is None or len(items) != len(wanted):
                    return self._told(wanted, given, place, items)
                if self._near or not _are_scalars(wanted) or items != list(wanted):
                    left.extend((wanted[at], items[at], (place, at)) for at in reversed(range(len(wanted))))
            elif kind is dict:
                found = self._pairs(wanted, item)
                if isinstance(found, str):
                    return self._told(wanted, given, place, words=found)
                left.extend((wanted[key], value, (place, key)) for key, value in reversed(found))
            elif not self._same(wanted, item):
                return self._told(wanted, given, place)
        return ""

    def may_be_near(self, wanted: Any) -> bool:
        """Whether a value that differs from `wanted` may still be close: it is of the same type, as EvalPlus asks."""
        if not (self._checker.absolute or _are_floats(wanted)) or not _are_numbers(wanted):
            return False
        item = self._plain(self._value)
        return (item[0] if type(item) is list else type(item).__name__) == type(wanted).__name__

    def near(self, wanted: Any) -> str:
        """As `difference`, with numpy's `allclose`, which takes a tuple in a list for a list."""
        self._near = self._alike = True
        return self.difference(wanted)

    def read_otherwise(self, wanted: Any, arguments: str) -> str:
        """What is wrong with the value, looked at as the checker does; empty where it is right."""
        item = self._plain(self._value)
        match self._checker.reading:
            case "members":
                return self._other_members(wanted, item)
            case "presence":
                right = item == wanted if type(item) is bool else wanted is (item is not None)
                return "" if right else f"expected {'a value' if wanted else 'None'}, got {self._shown(self._value)}"
            case "root":
                bound = self._checker.absolute
                if type(item) in (int, float) and _is_root(item, ast.literal_eval(arguments)[0], bound):
                    return ""
                return f"{self._shown(self._value)} is no root of the polynomial, within {bound:g}"
        return ""

    def _other_members(self, wanted: Any, item: Any) -> str:
        if type(item) is not list or item[0] not in ("list", "tuple", "set", "frozenset"):
            return f"expected the members of {_quoted(wanted)}, got {self._shown(self._value)}"
        try:
            given = {self._key(one) for one in item[1:]}
        except _NoKey:
            given = {None, object()}
        same = given == set(wanted)
        return "" if same else f"expected the members of {_quoted(wanted)}, got {self._shown(self._value)}"

    def _plain(self, item: Any) -> Any:
        """An item without what a program has made of a plain value: a scalar, or a list that begins with its kind."""
        last = len(self._nodes)
        while type(item) is list:
            (number,) = item
            if type(number) is not int or not 0 <= number < len(self._nodes):
                raise ValueError("a reference to no node")
            node: list[Any] = self._nodes[number]
            if node[0] != "is":
                return node
            if number >= last:
                raise ValueError("a value that is made of itself")
            last = number
            _, item = node
        return item

    def _items(self, item: Any, kind: type) -> list[Any] | None:
        """Of a list or tuple, where it may be one; None where it may not."""
        if type(item) is not list:
            return None
        fits = item[0] in ("list", "tuple") if self._alike else item[0] == _SEQUENCES[kind]
        return item[1:] if fits else None

    def _pairs(self, wanted: dict[Any, Any], item: Any) -> list[tuple[Any, Any]] | str:
        """(a key of `wanted`, the value that the program has for it); words where the keys differ."""
        if type(item) is not list or item[0] != "dict":
            return ""
        keys, values = item[1::2], item[2::2]
        if len(keys) != len(wanted) or len(values) != len(keys):
            return f"{counted(len(wanted), 'key')}, and it has {len(keys)}"
        left = {key: key for key in wanted}
        found = []
        for key, value in zip(keys, values, strict=True):
            try:
                known = left.pop(self._key(key), _MISSING)
            except _NoKey:
                known = _MISSING
            if known is _MISSING:
                return f"not the key {self._shown(key)}"
            found.append((known, value))
        return found

    def _same(self, wanted: Any, item: Any) -> bool:
        if type(item) is not list:
            return self._same_scalar(wanted, item)
        kind = item[0]
        if isinstance(wanted, set):
            return kind in ("set", "frozenset") and self._same_set(wanted, item[1:])
        if isinstance(wanted, str):
            return bool(kind == "text" and wanted.encode("utf-8", "surrogatepass").hex() == item[1])
        if isinstance(wanted, bytes):
            return bool(kind == "bytes" and wanted.hex() == item[1])
        if kind == "narrow" and isinstance(wanted, int | float):
            return self._same_narrow(wanted, item)
        if kind == "near" and self._near:
            return self._same_scalar(wanted, item[1])
        return kind in ("int", "complex") and self._same_scalar(wanted, _number(item))

    def _same_scalar(self, wanted: Any, got: Any) -> bool:
        if self._near and self._checker.kind == "close" and isinstance(wanted, complex):
            bound = (self._checker.absolute or float(_USUAL)) + self._checker.relative * abs(wanted)
            return wanted == got or abs(complex(got) - wanted) <= bound
        numbers = isinstance(wanted, int | float) and isinstance(got, int | float)
        if wanted == got or not (numbers and self._near):
            return bool(wanted == got)
        if got in (float("inf"), float("-inf")) or got != got:
            return False
        if wanted in (float("inf"), float("-inf")):
            return False
        checker = self._checker
        if checker.kind == "close":
            x, y = Fraction(wanted), Fraction(got)
            return abs(y - x) <= (Fraction(checker.absolute) or _USUAL) + Fraction(checker.relative) * abs(x)
        x, y, absolute, relative = map(_as_written, (wanted, got, checker.absolute, checker.relative))
        return abs(y - x) <= max(absolute, relative * abs(x))

    def _same_narrow(self, wanted: float, item: list[Any]) -> bool:
        """As numpy compares a float of less precision with one of Python's: in that precision."""
        _, code, got = item
        if code not in ("e", "f") or type(got) is not float:
            raise ValueError("a float of no size")
        try:
            rounded: float
            (rounded,) = struct.unpack(code, struct.pack(code, wanted))
        except OverflowError:
            return False
        return rounded == got or self._same_scalar(wanted, got)

    def _same_set(self, wanted: set[Any], items: list[Any]) -> bool:
        left = set(wanted)
        if len(items) != len(left):
            return False
        for item in items:
            try:
                key = self._key(item)
            except _NoKey:
                return False
            if key not in left:
                return False
            left.discard(key)
        return True

    def _key(self, item: Any) -> Any:
        """What can be a key, made as far as keys go that anybody expects. Raises _NoKey."""
        parts = 0

        def made(item: Any, depth: int) -> Any:
            nonlocal parts
            parts += 1
            item = self._plain(item)
            if type(item) is not list:
                return item
            if parts > _MOST_KEY_PARTS or depth > _KEY_DEPTH:
                raise _NoKey
            kind = item[0]
            if kind == "tuple":
                return tuple(made(one, depth + 1) for one in item[1:])
            if kind == "text":
                return bytes.fromhex(item[1]).decode("utf-8", "surrogatepass")
            if kind == "bytes":
                return bytes.fromhex(item[1])
            if kind in ("int", "complex"):
                return _number(item)
            raise _NoKey

        return made(item, 0)

    def _told(
        self, wanted: Any, given: Any, place: _Place | None, items: list[Any] | None = None, words: str = ""
    ) -> str:
        """What was expected at a place of the value, and what was there."""
        steps: list[str] = []
        while place is not None:
            place, step = place
            steps.append(f"[{_quoted(step)}]")
        at = f"at {''.join(reversed(steps))}: " if steps else ""
        if words:
            return f"{at}expected {_quoted(wanted)} with {words}"
        lengths = f" ({counted(len(wanted), 'value')}, and it has {len(items)})" if items is not None else ""
        return f"{at}expected {_quoted(wanted)}, got {self._shown(given)}{lengths}"

    def _shown(self, given: Any) -> str:
        """The beginning of a value as Python would write it."""
        parts: list[str] = []
        length = 0

        def say(words: str) -> None:
            nonlocal length
            parts.append(words)
            length += len(words)

        def show(item: Any, depth: int) -> None:
            item = self._plain(item)
            if type(item) is not list:
                say(_quoted(item))
                return
            kind, *rest = item
            brackets = _BRACKETS.get(kind, "")
            if kind == "other":
                say(f"an object of its own ({_quoted(rest[0])}), which equals no plain value")
            elif not brackets:
                say(_quoted(rest[-1]))
            elif depth > _KEY_DEPTH:
                say("...")
            else:
                say(brackets[0])
                for number, one in enumerate(rest):
                    if length > _SHOWN:
                        say("...")
                        break
                    if number:
                        say(": " if kind == "dict" and number % 2 else ", ")
                    show(one, depth + 1)
                say(brackets[1])

        show(given, 0)
        text = "".join(parts)
        return text if len(text) <= 2 * _SHOWN else text[: 2 * _SHOWN] + "..."


def _are_floats(value: Any) -> bool:
    """A float, or a list of floats."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(one, float) for one in value)
    return isinstance(value, float)


def _are_numbers(value: Any) -> bool:
    """Numbers, in lists or not: all that numpy's `allclose` compares."""
    if isinstance(value, list | tuple):
        return all(map(_are_numbers, value))
    return isinstance(value, int | float | complex)


def _is_root(value: float, coefficients: list[float], bound: float) -> bool:
    """Of the polynomial with these coefficients, the constant first."""
    try:
        return abs(sum(one * math.pow(value, power) for power, one in enumerate(coefficients))) <= bound
    except (OverflowError, ValueError):
        return False


def _are_scalars(values: list[Any] | tuple[Any, ...]) -> bool:
    """None of which a reference could equal."""
    return set(map(type, values)) <= _SCALARS


def _as_written(value: float) -> Fraction:
    """A number as it is written: of a float the shortest decimal that is it, 0.1 for one."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _number(item: list[Any]) -> int | complex:
    if item[0] == "int":
        return int(item[1], 16)
    _, real, imag = item
    return complex(real, imag)


def _refuse(_: Any) -> Any:
    raise ValueError("an object in a message")


_DECODER = json.JSONDecoder(object_pairs_hook=_refuse)


def _quoted(value: Any) -> str:
    try:
        text = _REPR.repr(value)
    except ValueError:  # more digits than Python writes
        text = f"an integer of {value.bit_length()} bits" if isinstance(value, int) else "a long integer"
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _wrong(words: str) -> Checked:
    return Checked(outcome="wrong", words=words)
