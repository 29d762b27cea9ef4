"""Scores in tables that fit a terminal."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from passatk.languages import LANGUAGES
from passatk.records import Score, Status

_COLOURS = {Status.PASSED: "green", Status.NOT_JUDGED: "magenta"}
_WIDE = 1000


def title_of(group: str) -> str:
    """A language's name as people write it; of a tier, its own."""
    language, _, tier = group.partition("/")
    if tier:
        return f"  {tier}"
    return LANGUAGES[language].title if language in LANGUAGES else language


class _Column(NamedTuple):
    heading: str
    style: str
    cell: Callable[[Score], int]


def scores_tables(scores: list[Score], console: Console) -> list[Table]:
    """One row per language and tier: problems, samples, what became of them, pass@k with its 95 % interval.

    On a narrow console failures are counted together; then pass@k that has no room stands in tables of its own.
    """
    ks = list(dict.fromkeys(p.k for score in scores for p in score.pass_at_k))
    table = Table()
    for columns in (_all_columns(scores), _few_columns(scores)):
        if _fits(table := _scores_table(scores, columns, ks), console):
            return [table]
    tables = []
    while ks or columns:
        least = 0 if columns else 1
        several = [_scores_table(scores, columns, ks[:number]) for number in range(len(ks), least - 1, -1)]
        table = next((table for table in several if _fits(table, console)), several[-1])
        tables.append(table)
        ks = ks[len(table.columns) - len(columns) - 1 :]
        columns = []
    return tables


def _fits(table: Table, console: Console) -> bool:
    return Measurement.get(console, console.options.update(width=_WIDE), table).maximum <= console.width


def _all_columns(scores: list[Score]) -> list[_Column]:
    counts = [
        _Column("problems", "", lambda score: score.problems),
        _Column("left\nout", "", lambda score: score.left_out),
        _Column("samples", "", lambda score: score.samples),
    ]
    return counts + [
        _Column(status.replace("_", "\n"), _COLOURS.get(status, ""), partial(_with_status, statuses=(status,)))
        for status in Status
        if any(score.statuses.get(status) for score in scores)
    ]


def _few_columns(scores: list[Score]) -> list[_Column]:
    failures = tuple(status for status in Status if status not in _COLOURS)
    columns = [
        _Column("problems", "", lambda score: score.problems),
        _Column("left\nout", "", lambda score: score.left_out),
        _Column("passed", _COLOURS[Status.PASSED], partial(_with_status, statuses=(Status.PASSED,))),
        _Column("failed", "", partial(_with_status, statuses=failures)),
        _Column("not\njudged", _COLOURS[Status.NOT_JUDGED], partial(_with_status, statuses=(Status.NOT_JUDGED,))),
    ]
    return [column for column in columns if any(map(column.cell, scores)) or column.heading in ("passed", "failed")]


def _with_status(score: Score, statuses: Sequence[Status]) -> int:
    return sum(score.statuses.get(status, 0) for status in statuses)


def _scores_table(scores: list[Score], columns: list[_Column], ks: list[int]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("language", no_wrap=True)
    for column in columns:
        table.add_column(column.heading, justify="right", style=column.style)
    for k in ks:
        table.add_column(f"pass@{k} %\n[95 % interval]", justify="right", no_wrap=True)
    for score in scores:
        if score.group == "overall":
            table.add_section()
        values = {p.k: p for p in score.pass_at_k}
        rates = [
            f"{100 * p.estimate:.1f} \\[{100 * p.low:.1f}, {100 * p.high:.1f}]" if (p := values.get(k)) else "-"
            for k in ks
        ]
        table.add_row(title_of(score.group), *(str(column.cell(score)) for column in columns), *rates)
    return table
