"""An abstract program: typed primitives one after another. And its interpreter, which says what the right answer is."""

import collections
import hashlib
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from passatk.corpus.primitives import Constant, Operation
from passatk.records import Record

MOST = 2**31 - 1
LONGEST = 120
"""Elements of a list or dictionary, characters of a string, at every step: programs stay small, whatever is put in."""


class OutOfRange(Exception):
    """A value that the six languages need not agree on: an integer beyond 32 bits, or something too long."""


class Applied(Record, frozen=True):
    """One step of a program: an operation and its constant, or the parameter that stands for one."""

    operation: Operation
    constant: Constant | None = None
    parameter: str = ""


class AbstractProgram(Record, frozen=True, dict=True):
    """A function of one value and, where parameters stand for constants, of those."""

    steps: tuple[Applied, ...]

    @property
    def takes(self) -> str:
        return self.steps[0].operation.takes

    @property
    def gives(self) -> str:
        return self.steps[-1].operation.gives

    @property
    def depth(self) -> int:
        return len(self.steps)

    @cached_property
    def composition(self) -> str:
        """What it does, constants apart."""
        return f"{self.takes}: " + ", ".join(step.operation.label for step in self.steps)

    @property
    def extra(self) -> list[tuple[str, str]]:
        """(name, type) of the parameters behind the first."""
        return [(s.parameter, s.operation.primitive.constant_type) for s in self.steps if s.parameter]

    def __call__(self, value: Any, *extra: Constant) -> Any:
        """What the function returns.

        Raises:
            OutOfRange: some value on the way is not one that all languages have.
        """
        given = dict(zip((name for name, _ in self.extra), extra, strict=True))
        for step in self.steps:
            constant = given[step.parameter] if step.parameter else step.constant
            value = _apply(step.operation, constant, value)
            _check(value)
        return value


def _apply(operation: Operation, constant: Constant | None, value: Any) -> Any:
    does = SEMANTICS[operation.name]

    def one(element: Any) -> Any:
        return does(element) if constant is None else does(element, constant)

    match operation.form:
        case "each":
            return [one(element) for element in value]
        case "keep":
            return [element for element in value if one(element)]
        case "any":
            return any(one(element) for element in value)
        case "all":
            return all(one(element) for element in value)
        case "tally":
            return sum(1 for element in value if one(element))
        case _:
            return one(value)


def _check(value: Any) -> None:
    if isinstance(value, list | str | dict) and len(value) > LONGEST:
        raise OutOfRange(f"{len(value)} elements")
    parts = value if isinstance(value, list) else [*value, *value.values()] if isinstance(value, dict) else [value]
    for one in parts:
        if isinstance(one, int) and abs(one) > MOST:
            raise OutOfRange(str(one))
        if isinstance(one, str) and len(one) > LONGEST:
            raise OutOfRange(f"{len(one)} characters")
        if isinstance(one, float) and not abs(one) < 1e9:
            raise OutOfRange(str(one))


def _repeated(values: Sequence[Any]) -> list[Any]:
    return sorted(value for value, count in collections.Counter(values).items() if count > 1)


def _by_value(values: Mapping[Any, int]) -> list[Any]:
    """Keys, those of the largest values first, in order where values are equal."""
    return sorted(values, key=lambda e: (-values[e], e))


def _range_to(last: int) -> range:
    if last > LONGEST:
        raise OutOfRange(str(last))
    return range(1, last + 1)


SEMANTICS: Mapping[str, Callable[..., Any]] = {
    "add": lambda e, k: e + k,
    "subtract": lambda e, k: e - k,
    "multiply": lambda e, k: e * k,
    "square": lambda e: e * e,
    "cube": lambda e: e**3,
    "negate": lambda e: -e,
    "absolute": abs,
    "last_digit": lambda e: abs(e) % 10,
    "at_most": min,
    "at_least": max,
    "half": lambda e: e / 2,
    "number_text": str,
    "upper": str.upper,
    "lower": str.lower,
    "backwards": lambda e: e[::-1],
    "append": lambda e, s: e + s,
    "prepend": lambda e, s: s + e,
    "repeat": lambda e, k: e * k,
    "replace": lambda e, s: e.replace(s, "*"),
    "remove": lambda e, s: e.replace(s, ""),
    "prefix": lambda e, k: e[:k],
    "size": len,
    "plus": lambda e, s: e + s,
    "minus": lambda e, s: e - s,
    "times": lambda e, s: e * s,
    "float_absolute": abs,
    "float_at_least": max,
    "floor": math.floor,
    "even": lambda e: e % 2 == 0,
    "odd": lambda e: e % 2 != 0,
    "positive": lambda e: e > 0,
    "negative": lambda e: e < 0,
    "above": lambda e, k: e > k,
    "below": lambda e, k: e < k,
    "divisible": lambda e, k: e % k == 0,
    "other_than": lambda e, k: e != k,
    "longer": lambda e, k: len(e) > k,
    "shorter": lambda e, k: len(e) < k,
    "starts": str.startswith,
    "ends": str.endswith,
    "contains": lambda e, s: s in e,
    "more": lambda e, s: e > s,
    "less": lambda e, s: e < s,
    "reverse": lambda x: x[::-1],
    "ascending": sorted,
    "descending": lambda x: sorted(x, reverse=True),
    "first": lambda x, k: x[:k],
    "drop": lambda x, k: x[k:],
    "last": lambda x, k: x[-k:],
    "every_other": lambda x: x[::2],
    "unique": lambda x: list(dict.fromkeys(x)),
    "twice": lambda x: [e for e in x for _ in range(2)],
    "running": lambda x: list(itertools.accumulate(x)),
    "differences": lambda x: [after - before for before, after in itertools.pairwise(x)],
    "sum": sum,
    "count": len,
    "largest": lambda x: max(x, default=0),
    "smallest": lambda x: min(x, default=0),
    "head": lambda x: x[0] if x else 0,
    "tail": lambda x: x[-1] if x else 0,
    "mean": lambda x: sum(x) / len(x) if x else 0.0,
    "increasing": lambda x: all(before <= after for before, after in itertools.pairwise(x)),
    "has_duplicates": lambda x: len(set(x)) < len(x),
    "distinct": lambda x: len(set(x)),
    "most_common": lambda x: max(collections.Counter(x).values(), default=0),
    "repeated": _repeated,
    "join": lambda x, s: s.join(x),
    "longest": lambda x: max(x, key=len, default=""),
    "words": lambda x: [word for word in x.split(" ") if word],
    "letters": list,
    "count_letter": lambda x, s: x.count(s),
    "vowels": lambda x: sum(letter in "aeiou" for letter in x),
    "palindrome": lambda x: x == x[::-1],
    "one_to": lambda x: list(_range_to(x)),
    "digits": lambda x: [int(digit) for digit in str(abs(x))],
    "digit_sum": lambda x: sum(int(digit) for digit in str(abs(x))),
    "divisors": lambda x: [e for e in _range_to(x) if x % e == 0],
    "count_each": lambda x: dict(collections.Counter(x)),
    "positions": lambda x: {e: x.index(e) for e in x},
    "lengths": lambda x: {e: len(e) for e in x},
    "count_characters": lambda x: dict(collections.Counter(x)),
    "values_at_least": lambda x, k: {e: value for e, value in x.items() if value >= k},
    "values_at_most": lambda x, k: {e: value for e, value in x.items() if value <= k},
    "add_to_values": lambda x, k: {e: value + k for e, value in x.items()},
    "multiply_values": lambda x, k: {e: value * k for e, value in x.items()},
    "entries": len,
    "largest_value": lambda x: max(x.values(), default=0),
    "sum_of_values": lambda x: sum(x.values()),
    "value_at": lambda x, k: x.get(k, 0),
    "keys": sorted,
    "values": lambda x: [x[e] for e in sorted(x)],
    "ranked_keys": _by_value,
    "top_key": lambda x: _by_value(x)[0] if x else "",
}
"""What each primitive does to an element or a value, and its constant."""


# --- behaviour: two programs are one function if they answer alike ---------------------------------------------

PROBES: Mapping[str, tuple[Any, ...]] = {
    "int": (0, 1, -1, 2, 3, 5, 6, 7, 10, 12, 24, -8, 37, -45, 60, 101, 13, 4, -3, -20, 9, 18),
    "float": (0.0, 1.0, -1.0, 0.5, 2.5, -3.75, 7.25, 10.0, -12.5, 4.75, 1.25, 0.75, -0.25, 3.0),
    "string": (
        *(
            "",
            "a",
            "level",
            "the cat sat",
            "Reading",
            "tests and trees",
            "on re-entry soon",
            "AN APPLE",
            "banana split",
        ),
        *("under one roof", "is it", "noon", "so it goes on and on", "xyz", "string theory", "bed", "one", "no sense"),
    ),
    "list[int]": (
        *(
            [],
            [0],
            [5],
            [-3],
            [1, 2, 3, 4, 5, 6, 7],
            [7, 5, 3, 1],
            [2, 2, 2],
            [10, -4, 6, 0, -7, 12, 3],
            [4, 9, 4, 9, 4, 1],
        ),
        *(
            [-1, -5, -2],
            [12, 15, 21, 7, 8],
            [3, 1, 4, 1, 5, 9, 2, 6],
            [6, 6, 12, 24, 6, 30, 12],
            [20, 11, 13, -6, 2, 2],
        ),
        *(
            [8, 1, 8, 8, 8],
            [-12, 14, -9, 9, 0, 5],
            [100, 35, 49, -50],
            [2, 5, 5, 8, 10, 11],
            [1, 0, -1],
            [42, 17, 28, 6, 6, 13],
        ),
    ),
    "list[string]": (
        *([], [""], ["a"], ["tree", "apple", "bed"], ["one", "two", "one", "one"], ["Ann", "bob", "Carl", "tess"]),
        *(
            ["reading", "undone", "string", "is"],
            ["noon", "level", "abc", "noon", "abc", "noon"],
            ["b", "bb", "bbb", "bbbbbbbb"],
        ),
        *(["cat", "sat", "rat", "ten"], ["banana", "canal", "orange", "pear"], ["x", "y", "x", "z", "y", "x"]),
        *(["red", "reed", "bend", "sing", "any"], ["tea", "tests", "tar"], ["zoo", "an", "ant", "anteater", "on"]),
        *(
            ["unit", "repeat", "sing", "story", "coast"],
            ["same", "same", "other", "same", "other"],
            ["E", "e", "Ee", "oo", "io"],
        ),
    ),
}
EXTRA_PROBES: Mapping[str, tuple[Constant, ...]] = {
    "int": (2, 3, 5, 1, 4, 7),
    "string": ("a", "e", "s", "-", "an", "t"),
    "float": (0.5, 1.5, 2.25),
}


@lru_cache(maxsize=8)  # a program that is looked at is soon asked again
def answers(program: AbstractProgram) -> list[Any]:
    """What a program says to all probes of its types.

    Raises:
        OutOfRange: it goes beyond what languages agree on for one of them.
    """
    found = []
    for number, probe in enumerate(PROBES[program.takes]):
        extra = [EXTRA_PROBES[t][(number + place) % len(EXTRA_PROBES[t])] for place, (_, t) in enumerate(program.extra)]
        found.append(program(probe, *extra))
    return found


def behaviour(program: AbstractProgram) -> str:
    """A hash of its types and answers: equal for programs that compute the same function, however they do it.

    Raises:
        OutOfRange: see `answers`.
    """
    types = [program.takes, *(type_ for _, type_ in program.extra), program.gives]
    return hashlib.blake2b(msgspec.json.encode([types, answers(program)]), digest_size=16).hexdigest()


def shorter(program: AbstractProgram) -> list[AbstractProgram]:
    """The program with one of its steps left out, wherever the types still meet."""
    found = []
    for place in range(program.depth if program.depth > 1 else 0):
        steps = program.steps[:place] + program.steps[place + 1 :]
        fits = all(a.operation.gives == b.operation.takes for a, b in itertools.pairwise(steps))
        if fits and steps[0].operation.takes == program.takes and steps[-1].operation.gives == program.gives:
            found.append(msgspec.structs.replace(program, steps=steps))
    return found


def is_worth_having(program: AbstractProgram) -> bool:
    """Whether every step matters, and the answer depends on the question and is not the question itself."""
    try:
        said = answers(program)
        less = [answers(other) for other in shorter(program) if other.extra == program.extra]
    except OutOfRange:
        return False
    distinct = {msgspec.json.encode(answer) for answer in said}
    enough = 2 if program.gives == "bool" else 4
    return len(distinct) >= enough and said not in less and said != list(PROBES[program.takes])
