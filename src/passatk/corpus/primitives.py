"""What generated functions are made of: the table in `primitives.toml`, and all the uses that its entries have."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from passatk.problems.rendering import element
from passatk.records import Record

Form = Literal["value", "each", "test", "keep", "any", "all", "tally", "step"]
"""How a primitive is used: a map on a value or on each element; a property tested, or asked of elements; a step."""

Constant = int | float | str

_IN_LISTS = ("int", "string")


def key(type_: str) -> str | None:
    """The T of `dict[T,int]`, or None for any other type."""
    return type_[5:].partition(",")[0] if type_.startswith("dict[") else None


class Primitive(Record, frozen=True, forbid_unknown_fields=True):
    """One entry of the table; its comments say what the fields mean."""

    takes: str
    gives: str = "bool"
    k: tuple[int, int] | None = None
    s: list[str | float] | None = None
    fixed: bool = False
    """Its constant is written into the code as it is, so it cannot be a parameter."""
    not_after: list[str] = []
    does: list[str] = []
    noun: list[str] = []
    singular: list[str] = msgspec.field(default=[], name="is")
    plural: list[str] = msgspec.field(default=[], name="are")

    @property
    def constants(self) -> list[Constant]:
        """All that it may be used with; empty if it has none."""
        if self.k is not None:
            return list(range(self.k[0], self.k[1] + 1))
        return list(self.s or [])

    @property
    def constant_type(self) -> str:
        return "int" if self.k is not None else "string" if isinstance(self.constants[0], str) else "float"


class Operation(Record, frozen=True):
    """A primitive in one use, with its types."""

    name: str
    form: Form
    takes: str
    gives: str

    @property
    def primitive(self) -> Primitive:
        return table()[self.name]

    @property
    def makes_dictionary(self) -> bool:
        return bool(key(self.gives)) and not key(self.takes)

    @property
    def stands_alone(self) -> bool:
        """Whether it is a program by itself: no program takes or gives a dictionary."""
        return not key(self.takes) and not key(self.gives)

    @property
    def label(self) -> str:
        """In names of compositions: `keep even`, `sum`."""
        return self.name if self.form in ("value", "step", "test") else f"{self.form} {self.name}"


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    map: dict[str, Primitive]
    that: dict[str, Primitive]
    step: dict[str, Primitive]


@cache
def _read() -> _Table:
    text = resources.files("passatk.corpus").joinpath("primitives.toml").read_text()
    return msgspec.convert(tomllib.loads(text), _Table)


@cache
def table() -> dict[str, Primitive]:
    """Every primitive by name."""
    read = _read()
    return {**read.map, **read.that, **read.step}


@cache
def operations() -> tuple[Operation, ...]:
    """Every use of every primitive, in the table's order."""
    read = _read()
    found: list[Operation] = []
    for name, each in read.map.items():
        found.append(Operation(name=name, form="value", takes=each.takes, gives=each.gives))
        if each.takes in _IN_LISTS and each.gives in _IN_LISTS:
            found.append(Operation(name=name, form="each", takes=f"list[{each.takes}]", gives=f"list[{each.gives}]"))
    for name, that in read.that.items():
        found.append(Operation(name=name, form="test", takes=that.takes, gives="bool"))
        if that.takes in _IN_LISTS:
            whole = f"list[{that.takes}]"
            found += [
                Operation(name=name, form="keep", takes=whole, gives=whole),
                Operation(name=name, form="any", takes=whole, gives="bool"),
                Operation(name=name, form="all", takes=whole, gives="bool"),
                Operation(name=name, form="tally", takes=whole, gives="int"),
            ]
    for name, step in read.step.items():
        for bound in _IN_LISTS if "T" in (element(step.takes), key(step.takes)) else ("",):
            takes, gives = (type_.replace("[T", f"[{bound}") for type_ in (step.takes, step.gives))
            found.append(Operation(name=name, form="step", takes=takes, gives=gives))
    return tuple(found)


@cache
def operations_on(type_: str) -> tuple[Operation, ...]:
    """Those that take a value of this type."""
    return tuple(operation for operation in operations() if operation.takes == type_)
