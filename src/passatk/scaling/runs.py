"""Training runs from disk: CSV or JSON lines with parameters, tokens, loss, and perhaps FLOP, one run a line.

Several lines may belong to one training: checkpoints of it, with the loss at each. Approach 1 wants them.
"""

import csv
import hashlib
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from passatk.errors import InputError, SourceError, UnknownNameError
from passatk.records import Record
from passatk.scaling.laws import SIX_N_D, FittedRange, Floats, FlopRule, Span
from passatk.textfiles import looks_like_json, open_bytes, read_json

_NAMES = {
    "parameters": ("parameters", "params", "n_params", "n"),
    "tokens": ("tokens", "training_tokens", "n_tokens", "d"),
    "loss": ("loss", "final_loss", "l"),
    "flops": ("flops", "flop", "compute", "c"),
}
"""What a column may be called, in lower case."""


class Runs(Record, frozen=True, kw_only=True, eq=False):
    """Training runs as columns, each of shape [runs]: parameters, tokens, FLOP, and loss in nats per token."""

    source: str
    parameters: Floats
    tokens: Floats
    flops: Floats
    loss: Floats

    @classmethod
    def of(
        cls,
        parameters: ArrayLike,
        tokens: ArrayLike,
        loss: ArrayLike,
        flops: ArrayLike | None = None,
        source: str = "given",
    ) -> "Runs":
        """Runs from plain columns; FLOP are 6 N D where none are given.

        Raises:
            InputError: columns of different lengths, no runs, or a number that is not positive.
        """
        n, d, y = (np.asarray(column, dtype=float) for column in (parameters, tokens, loss))
        c = SIX_N_D.flops(n, d) if flops is None else np.asarray(flops, dtype=float)
        for name, column in (("parameters", n), ("tokens", d), ("flops", c), ("loss", y)):
            if column.shape != n.shape or column.ndim != 1:
                raise InputError(f"{source}: {name} has shape {list(column.shape)}, parameters {list(n.shape)}")
            if not (np.isfinite(column) & (column > 0)).all():
                raise InputError(f"{source}: {name} must be positive numbers")
        if not len(n):
            raise InputError(f"{source}: no runs")
        return cls(source=source, parameters=n, tokens=d, flops=c, loss=y)

    def __len__(self) -> int:
        """How many runs."""
        return len(self.loss)

    def take(self, chosen: ArrayLike) -> "Runs":
        """Some of the runs, by index or mask."""
        at = np.asarray(chosen)
        return Runs(
            source=self.source,
            parameters=self.parameters[at],
            tokens=self.tokens[at],
            flops=self.flops[at],
            loss=self.loss[at],
        )

    def with_loss(self, loss: Floats, source: str) -> "Runs":
        """The same runs with other losses."""
        return Runs(source=source, parameters=self.parameters, tokens=self.tokens, flops=self.flops, loss=loss)

    @property
    def fitted(self) -> FittedRange:
        """Where they lie."""
        return FittedRange(parameters=Span.of(self.parameters), tokens=Span.of(self.tokens), flops=Span.of(self.flops))

    @property
    def sha256(self) -> str:
        """Of all numbers, wherever they stood: other runs, or another count of parameters, have another."""
        columns = (self.parameters, self.tokens, self.flops, self.loss)
        return hashlib.sha256(b"".join(column.astype("<f8").tobytes() for column in columns)).hexdigest()

    @property
    def flop_rule(self) -> FlopRule:
        """How their FLOP were counted.

        Raises:
            ScalingRefusedError: FLOP a token do not grow with the parameters.
        """
        return FlopRule.through(self.parameters, self.tokens, self.flops)


def read_runs(path: Path, parameters_field: str | None = None) -> Runs:
    """The runs in a file of comma-separated values with a header, or of JSON lines; plain or gzip.

    Columns are found by name (`N`, `parameters`, `params`; `D`, `tokens`; `loss`; `C`, `flops`), upper or lower case.
    Without FLOP, 6 N D is taken. Other columns are ignored.

    Args:
        path: the file.
        parameters_field: the column that counts parameters, where there are several: which ones are counted
            (embeddings or not) changes the exponents.

    Raises:
        SourceError: naming file, line and field, where a value is missing or is no positive number.
        InputError: the file cannot be read.
    """
    rows = list(_json_rows(path) if looks_like_json(path) else _csv_rows(path))
    if not rows:
        raise SourceError(path, None, "there are no runs", "one run a line")
    columns: dict[str, list[float]] = {name: [] for name in _NAMES}
    first_line, first = rows[0]
    fields = {name: _field(path, first_line, first, name) for name in _NAMES}
    if parameters_field is not None:
        if parameters_field not in first:
            raise UnknownNameError("column", parameters_field, first)
        fields["parameters"] = parameters_field
    for line, row in rows:
        for name, field in fields.items():
            if field is not None:
                columns[name].append(_number(path, line, row, field))
    return Runs.of(
        columns["parameters"],
        columns["tokens"],
        columns["loss"],
        columns["flops"] if fields["flops"] is not None else None,
        str(path),
    )


def _csv_rows(path: Path) -> Iterator[tuple[int | None, dict[str, Any]]]:
    with open_bytes(path) as file:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SourceError(path, None, f"byte {error.start} is not UTF-8", "comma-separated values") from error
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True, strict=True)
    try:
        for row in reader:
            if None in row:
                raise SourceError(path, reader.line_num, "more values than the header has names", "one value a column")
            yield reader.line_num, row
    except csv.Error as error:
        raise SourceError(path, reader.line_num, str(error), "comma-separated values") from error


def _json_rows(path: Path) -> Iterator[tuple[int | None, dict[str, Any]]]:
    for line, value in read_json(path):
        for row in value if line is None and isinstance(value, list) else [value]:
            if not isinstance(row, dict):
                raise SourceError(path, line, f"a {type(row).__name__}", "an object with parameters, tokens and loss")
            yield line, row


def _field(path: Path, line: int | None, row: dict[str, Any], name: str) -> str | None:
    """Which column of `row` is `name`; None for FLOP that are not there."""
    lower = {str(key).strip().lower(): key for key in row}
    found = next((lower[alias] for alias in _NAMES[name] if alias in lower), None)
    if found is None and name != "flops":
        shown = ", ".join(map(str, row)) or "none"
        raise SourceError(path, line, f"no column for it among {shown}", f"one of {', '.join(_NAMES[name])}", name)
    return found


def _number(path: Path, line: int | None, row: dict[str, Any], field: str) -> float:
    value = row.get(field)
    if value is None or value == "":
        raise SourceError(path, line, "is missing", "a positive number", field)
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise SourceError(path, line, f"is {value!r}", "a positive number", field)
    return number
