"""How charts reach the disk: one way for all of them."""

import io
from pathlib import Path
from types import ModuleType
from typing import Any

from passatk.errors import EnvironmentFault, UnknownNameError
from passatk.runs.locked import storage

FORMATS = ("html", "svg", "png", "json")
_PIXELS = 2.0


def altair() -> ModuleType:
    """The library that charts are made with.

    Raises:
        EnvironmentFault: it, or what saves its pictures, is not installed.
    """
    try:
        import altair
        import vl_convert  # noqa: F401 - altair needs it to save pictures
    except ImportError as error:
        raise EnvironmentFault(
            f"plots need {error.name}, which is not installed; get it with: pip install 'passatk[report]'"
        ) from error
    return altair


def kind_of(path: Path) -> str:
    """The format that `path` ends in, of `FORMATS`.

    Raises:
        UnknownNameError: another.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise UnknownNameError("format", kind, FORMATS, "Choose a name like picture.html.", setting="out")
    return kind


def drawn(chart: Any, kind: str) -> bytes:
    """A chart in one of `FORMATS`; the same chart gives the same bytes.

    html has everything it needs inside, png is twice the size, json is the chart's own description.
    """
    more: dict[str, Any] = {"inline": True} if kind == "html" else {"scale_factor": _PIXELS} if kind == "png" else {}
    file: Any = io.BytesIO() if kind == "png" else io.StringIO()
    chart.save(file, format=kind, **more)
    written: str | bytes = file.getvalue()
    return written if isinstance(written, bytes) else written.encode()


def save(chart: Any, path: Path) -> None:
    """Write a chart as its suffix says; folders are made.

    Raises:
        UnknownNameError: another suffix.
        StorageError: the file cannot be written.
    """
    kind = kind_of(path)
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn(chart, kind))
