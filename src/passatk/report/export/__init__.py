"""A run in the form of other tools: tables of samples, tables of scores, JUnit. docs/files.md describes the columns."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

from passatk.errors import UnknownNameError
from passatk.report.export.junit import write_junit
from passatk.report.export.scores import write_latex, write_markdown
from passatk.report.export.tables import write_csv, write_jsonl, write_parquet
from passatk.runs import RunView
from passatk.runs.locked import storage

FORMATS: dict[str, Callable[[RunView, IO[bytes]], None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "jsonl": write_jsonl,
    "markdown": write_markdown,
    "latex": write_latex,
    "junit": write_junit,
}


def export(run: RunView, form: str, file: IO[bytes]) -> None:
    """Write `run` to `file` in one of FORMATS.

    Raises:
        UnknownNameError: there is no such format.
        InputError: the run has no score, and the format is a table of scores; or a library is missing.
    """
    if form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS, setting="format")
    FORMATS[form](run, file)


def export_to(run: RunView, form: str, path: Path) -> None:
    """The same to a file, there when it is whole."""
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                export(run, form, file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
