"""Rows as a data frame of pandas, polars or pyarrow, whichever is installed or asked for."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from passatk.errors import EnvironmentFault, UnknownNameError
from passatk.report.export.tables import storable

LIBRARIES = ("pandas", "polars", "pyarrow")
_INSTALL = "get it with: pip install 'passatk[frames]'"
_PANDAS = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
"""Types of pandas that can say of a cell that it is not known; of the usual ones `bool` makes False of it."""


def chosen_library(asked: str | None) -> str:
    """The name of the library that frames are made with: `asked`, or the first of LIBRARIES that is installed.

    Raises:
        UnknownNameError: `asked` is none of them.
        EnvironmentFault: it is not installed, or none is.
    """
    if asked is not None and asked not in LIBRARIES:
        raise UnknownNameError("library", asked, LIBRARIES, setting="library")
    for name in LIBRARIES if asked is None else (asked,):
        if find_spec(name) is not None:
            return name
    missing = f"{asked}, which is not installed" if asked else "pandas, polars or pyarrow, and none is installed"
    raise EnvironmentFault(f"data frames need {missing}; {_INSTALL}")


def frame(rows: Iterable[Mapping[str, Any]], types: Mapping[str, type], library: str) -> Any:
    """A frame of `library` with a column for each name in `types`; None in a row is a missing value.

    Half a character (a lone surrogate), which no such column can hold, is escaped.

    Raises:
        EnvironmentFault: narwhals is not installed.
    """
    columns: dict[str, list[Any]] = {name: [] for name in types}
    for row in rows:
        for name, values in columns.items():
            values.append(storable(row[name]))
    if library == "pandas":
        pandas = import_module("pandas")
        kept = {name: pandas.array(values, dtype=_PANDAS[types[name]]) for name, values in columns.items()}
        return pandas.DataFrame(kept)
    narwhals = _narwhals()
    kinds = {str: narwhals.String(), int: narwhals.Int64(), float: narwhals.Float64(), bool: narwhals.Boolean()}
    schema = {name: kinds[kind] for name, kind in types.items()}
    return narwhals.from_dict(columns, schema=schema, backend=library).to_native()


def _narwhals() -> ModuleType:
    try:
        return import_module("narwhals")
    except ImportError:
        raise EnvironmentFault(f"data frames need narwhals, which is not installed; {_INSTALL}") from None
