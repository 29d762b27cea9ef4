"""Tests that call a function, as every source of problems makes them: arguments and values that can be compared."""

import ast
import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from passatk.errors import FieldError, LeftOutError

MOST_DIGITS = 4300
"""Of an integer, which Python refuses to write or read beyond."""
_LEAST_TOO_LONG = 10**MOST_DIGITS
_MOST_KEY_PARTS = 500
_MOST_KEY_DEPTH = 30
_MOST_DEPTH = 200
_RIGHT = {str, bool, type(None)}
"""Types whose values are all right."""
_UNSAYABLE = "values that no program can be sent or can return"
"""Why a problem is left out."""
_LITERALS = "None, booleans, numbers, strings, bytes, lists, tuples, dicts and sets"


def parsed_json(field: str, text: str) -> Any:
    """A value that is written as JSON.

    Raises:
        FieldError: it is not.
        LeftOutError: it says what no program can return (NaN, numbers that no float holds, integers that are too long).
    """
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_int=_integer)
    except RecursionError as error:
        raise FieldError(field, "is nested too deeply", f"values nested at most {_MOST_DEPTH} deep") from error
    except _Unsayable as error:
        raise LeftOutError(field, f"cannot be read: {error}", "a value written as JSON", _UNSAYABLE) from error
    except ValueError as error:
        raise FieldError(field, f"cannot be read: {error}, in {text[:40]!r}", "a value written as JSON") from error
    return value


def json_text(field: str, value: Any) -> str:
    """A value of JSON, as it is stored and sent.

    Raises:
        FieldError: as `parsed_json`.
    """
    _check(field, value)
    return json.dumps(value, separators=(",", ":"))


def python_text(field: str, value: Any) -> str:
    """A value as Python's literals write it.

    Raises:
        FieldError: no literal says it: it has NaN, or is nested too deeply.
    """
    _check(field, value, infinite=True)
    text = repr(value)
    return _written(value) if "inf" in text else text


def _written(value: Any) -> str:
    """As `repr`, with numbers that are larger than any for infinities, and without sets of its own kinds."""
    if isinstance(value, float) and math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, tuple):
        return f"({''.join(f'{_written(one)}, ' for one in value)})"
    if isinstance(value, set) and value:
        return f"{{{', '.join(map(_written, value))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_written(key)}: {_written(one)}' for key, one in value.items())}}}"
    return repr(value)


def python_value(field: str, text: str) -> Any:
    """A value that is written as a literal of Python's.

    Raises:
        FieldError: it is not, or it is infinite.
    """
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise FieldError(
            field, f"is no literal of Python's: {text[:60]!r}", f"a text with {_LITERALS} as Python writes them"
        ) from error
    _check(field, value)
    return value


def listed(field: str, arguments: Any) -> list[Any]:
    """Arguments, in their order.

    Raises:
        FieldError: they are no list.
    """
    if not isinstance(arguments, list | tuple):
        raise FieldError(field, f"must be a list, got {_shown(arguments)}", "a list of the function's arguments")
    return list(arguments)


def _check(field: str, value: Any, infinite: bool = False) -> None:
    """Refuse what would be compared wrongly; infinities too, unless there may be some."""
    left: list[tuple[Any, int]] = [(value, 0)]
    while left:
        value, depth = left.pop()
        if depth > _MOST_DEPTH:
            raise FieldError(field, "is nested too deeply", f"values nested at most {_MOST_DEPTH} deep")
        if isinstance(value, float | complex):
            parts = (value.real, value.imag)
            if not all(map(math.isfinite, parts)) and not (infinite and value == value):
                raise LeftOutError(
                    field,
                    f"has the number {value}",
                    "numbers that a float holds, no infinity and no NaN",
                    _UNSAYABLE,
                )
        elif isinstance(value, int):
            if abs(value) >= _LEAST_TOO_LONG:
                raise _too_long(field)
        elif isinstance(value, dict):
            left.extend((key, depth + 1) for key in value)
            left.extend((one, depth + 1) for one in value.values())
            _check_keys(field, value)
        elif isinstance(value, set):
            left.extend((one, depth + 1) for one in value)
            _check_keys(field, value)
        elif isinstance(value, list | tuple):
            if not _are_simple(value):
                left.extend([(one, depth + 1) for one in value if type(one) not in _RIGHT])
        elif value is Ellipsis:
            raise FieldError(field, "has an ellipsis", _LITERALS)


def _are_simple(values: Sequence[Any]) -> bool:
    """Whether all that is in a list is right for certain: most are long lists of one kind, which is quick to see."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return bool(max(map(abs, values)) < _LEAST_TOO_LONG)
    if kinds == {float}:
        return all(map(math.isfinite, values))
    return kinds <= _RIGHT


def _check_keys(field: str, keys: Any) -> None:
    for key in keys:
        parts, left = 0, [(key, 0)]
        while left:
            one, depth = left.pop()
            parts += 1
            if depth > _MOST_KEY_DEPTH or parts > _MOST_KEY_PARTS:
                raise FieldError(field, "has a key that is too large", f"keys of at most {_MOST_KEY_PARTS} values")
            if isinstance(one, tuple):
                left.extend((part, depth + 1) for part in one)


class _Unsayable(ValueError):
    """A value of a text with JSON that is none of JSON's, or none that can be read."""


def _no_constant(name: str) -> NoReturn:
    raise _Unsayable(f"{name} is not JSON")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _Unsayable(f"an integer of more than {MOST_DIGITS} digits")
    return int(text)


def _too_long(field: str) -> LeftOutError:
    about = f"has an integer of more than {MOST_DIGITS} digits"
    return LeftOutError(field, about, "shorter integers, or tests as code", _UNSAYABLE)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "..."
