"""A console for tables, and progress on it; plain lines where it is no terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_PLAIN_EVERY_S = 5.0


def console_for(stream: str = "stdout") -> Console:
    """A console on stdout or stderr; wide enough for a table where there is no terminal."""
    target = sys.stdout if stream == "stdout" else sys.stderr
    return Console(file=target, width=None if target.isatty() else 160, soft_wrap=False)


@contextmanager
def progress(console: Console, title: str, unit: str = "programs") -> Iterator["_Rate"]:
    """A callback that shows how far a run is, its rate and the time left. `unit`: what is counted."""
    if console.is_terminal:
        columns = (
            *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
            *(TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=None, rate="")
            yield _Rate(lambda done, total, rate: bar.update(task, completed=done, total=total, rate=rate))
    else:
        yield _Rate(_PlainLines(console, title, unit))


class _Rate:
    """Adds how many tokens per second, counted from the first call on; how many of what is counted, where none are."""

    def __init__(self, show: Callable[[int, int, str], None]):
        self._show = show
        self._started: tuple[float, int, int] | None = None

    def __call__(self, done: int, total: int, tokens: int = 0) -> None:
        now = time.monotonic()
        self._started = self._started or (now, done, tokens)
        elapsed, new, new_tokens = (here - then for here, then in zip((now, done, tokens), self._started, strict=True))
        rate = f"{new_tokens / elapsed:.0f} tokens/s" if elapsed > 0.5 and new_tokens else ""
        self._show(done, total, rate or (f"{new / elapsed:.1f}/s" if elapsed > 0.5 else ""))


class _PlainLines:
    """A line every few seconds, and one at the end."""

    def __init__(self, console: Console, title: str, unit: str):
        self._console, self._title, self._unit, self._last = console, title, unit, time.monotonic()

    def __call__(self, done: int, total: int, rate: str) -> None:
        now = time.monotonic()
        if now - self._last < _PLAIN_EVERY_S and done != total:
            return
        self._last = now
        self._console.print(f"{self._title}: {done}/{total} {self._unit} {rate}".rstrip(), highlight=False)
