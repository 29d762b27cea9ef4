"""A row for each sample: CSV for spreadsheets, JSON lines and Parquet with the code."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from passatk.errors import InputError
from passatk.report.export.rows import COLUMNS, TEXTS, rows, rows_with_texts
from passatk.runs import RunView
from passatk.wording import harmless

_FORMULA = ("=", "+", "-", "@")
_BATCH = 1000


def write_csv(run: RunView, file: IO[bytes]) -> None:
    """A line for each sample, the code left out.

    Of texts, control characters are escaped, and what a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows(run):
        writer.writerow([_cell(value) for value in row.values()])
    text.flush()
    text.detach()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    text = harmless(value, keep="")
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def write_jsonl(run: RunView, file: IO[bytes]) -> None:
    """An object for each sample; what is not known is left out."""
    for row in rows_with_texts(run):
        line = json.dumps({name: value for name, value in row.items() if value is not None})
        file.write(f"{line}\n".encode())


def write_parquet(run: RunView, file: IO[bytes]) -> None:
    """The same as a table; half a character (a lone surrogate), which the format cannot hold, is escaped.

    Raises:
        InputError: the library is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            "the library for Parquet is not installed: `pip install pyarrow`, or export jsonl", setting="format"
        ) from None
    kinds = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in (COLUMNS | TEXTS).items()])
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        every = ({name: storable(value) for name, value in row.items()} for row in rows_with_texts(run))
        for batch in _batches(every):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))


def storable(value: object) -> object:
    """`value` without half a character, which a typed table cannot hold: it is escaped."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _batches(every: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(every, _BATCH)):
        yield batch
