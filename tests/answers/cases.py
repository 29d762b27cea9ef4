"""Cases recreated from public reports, kept beside the benchmark data."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import data_folder


def cases(name: str) -> list[dict[str, Any]]:
    """The cases in `name`; none where they are absent."""
    file = cases_file(name)
    return [] if file is None else [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def cases_file(name: str) -> Path | None:
    folder = data_folder()
    file = None if folder is None else folder.parent / "cases" / name
    return file if file is not None and file.is_file() else None


def required(name: str) -> Path:
    file = cases_file(name)
    if file is None:
        pytest.skip(f"the cases are absent: {name} in the folder `cases` beside the benchmark data")
    return file
