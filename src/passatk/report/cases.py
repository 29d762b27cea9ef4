"""What became of each test of a sample, where tests have inputs and outputs."""

from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passatk.cases import CaseResult, summary
from passatk.wording import counted, harmless

_MIB = 1 << 20
_MOST_ROWS = 50


def as_builtins(results: tuple[CaseResult, ...]) -> dict[str, Any]:
    """For JSON; nothing where there are none."""
    return {"cases": msgspec.to_builtins(results), **summary(results)} if results else {}


def print_cases(console: Console, results: tuple[CaseResult, ...]) -> None:
    """Those that failed first, then the others, so many as can be read."""
    if not results:
        return
    parts = [f"{name.removesuffix('_fraction')} {part:.1%}" for name, part in _parts(results)]
    passed = sum(result.status == "passed" for result in results)
    console.print(Text(f"{passed} of {len(results)} tests passed ({', '.join(parts)})", style="bold"))
    if known := sum(result.in_code for result in results):
        console.print(Text(f"answers to {counted(known, 'shown test')} stand in the program's text"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("test", "shown", "status", "CPU s", "memory MiB", "why"):
        table.add_column(heading, justify="right" if heading in ("CPU s", "memory MiB") else "left")
    shown = sorted(results, key=lambda result: result.status == "passed")[:_MOST_ROWS]
    for result in shown:
        used = (f"{result.cpu_s:.2f}", f"{result.peak_memory_bytes / _MIB:.0f}")
        words = Text(harmless(result.words, keep=""))
        table.add_row(Text(harmless(result.id, keep="")), "yes" if result.public else "", result.status, *used, words)
    console.print(table)
    if len(results) > len(shown):
        console.print(Text(f"and {len(results) - len(shown)} more; --json has all of them"))


def _parts(results: tuple[CaseResult, ...]) -> list[tuple[str, float]]:
    known = summary(results)
    names = ("weighted", "public_fraction", "hidden_fraction")
    return [(name, part) for name in names if (part := known[name]) is not None]
