"""A run in the form of other tools: tables of samples and of scores, JUnit, pictures. docs/files.md describes them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from passatk.errors import InputError, UnknownNameError
from passatk.report.export.junit import write_junit
from passatk.report.export.scores import write_latex, write_markdown
from passatk.report.export.tables import write_csv, write_jsonl, write_parquet
from passatk.report.run_plots import write_picture
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
"""Of one run."""
PICTURES: dict[str, Callable[[Sequence[RunView], IO[bytes]], None]] = {
    kind: partial(write_picture, kind=kind) for kind in ("svg", "png")
}
"""Of one run or two."""


def export(runs: Sequence[RunView], form: str, file: IO[bytes]) -> None:
    """Write runs to `file` in one of FORMATS or PICTURES.

    Raises:
        UnknownNameError: there is no such format.
        InputError: a run has no score, and the format shows scores; a library is missing; or there are too many runs.
        EnvironmentFault: the library that draws is not installed.
    """
    known = FORMATS | PICTURES
    if form not in known:
        raise UnknownNameError("format", form, known, setting="format")
    most = 2 if form in PICTURES else 1
    if not 1 <= len(runs) <= most:
        raise InputError(
            f"{len(runs)} runs: {form} shows {'one run or two' if most == 2 else 'one run'}; svg and png show two",
            setting="runs",
        )
    if form in PICTURES:
        PICTURES[form](runs, file)
    else:
        FORMATS[form](runs[0], file)


def export_to(runs: Sequence[RunView], form: str, path: Path) -> None:
    """The same to a file, there when it is whole."""
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                export(runs, form, file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
