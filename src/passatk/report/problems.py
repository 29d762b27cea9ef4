"""What is said of problems on a terminal: how much of them is elsewhere, what is wrong with them."""

import statistics

from rich.console import Console
from rich.table import Table

from passatk.corpus.neighbours import GRAM, Overlap
from passatk.pipeline.findings import Audited, Reason
from passatk.report.scores import title_of
from passatk.wording import counted


def print_overlap(console: Console, found: Overlap, top: int) -> None:
    """Per language how much of the solutions was found, and the problems that something is nearest to."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    headings = ("language", "problems", "whole", f"{GRAM}-grams %", "nearest: median", "closest")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "language" else "right")
    for language in dict.fromkeys(one.language for one in found.problems):
        own = [one for one in found.problems if one.language == language]
        near = [one.nearest for one in own]
        table.add_row(
            title_of(language),
            str(len(own)),
            str(sum(one.whole for one in own)),
            f"{100 * statistics.mean(one.shared for one in own):.0f}",
            f"{statistics.median(near):.2f}",
            f"{max(near):.2f}",
        )
    console.print(table)
    nearest = sorted((one for one in found.problems if one.nearest), key=lambda one: (-one.whole, -one.nearest))
    for one in nearest[:top]:
        words = "the whole solution is" if one.whole else f"{one.nearest:.2f} in common with"
        _line(console, f"  {one.task_id}: {words} {'in ' if one.whole else ''}{one.place}")
    _line(console, f"compared with {counted(found.functions, 'function')} in {counted(found.texts, 'text')}")
    if found.empty:
        _line(console, f"{counted(found.empty, 'text has', 'texts have')} no function in these languages")
    if found.without_reference:
        words = counted(found.without_reference, "problem has", "problems have")
        _line(console, f"{words} no reference solution, so nothing is said of them")


def print_audit(console: Console, found: Audited) -> None:
    """Per reason how many problems have it, and then every finding."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("problems", justify="right")
    table.add_column("what")
    for reason, number in found.counts.items():
        meaning = Reason(reason)
        table.add_row(str(number), f"{meaning.words}{'' if meaning.certain else ' (to be looked at)'}")
    if found.counts:
        console.print(table)
    for one in found.findings:
        _line(console, f"  {one.task_id}: {one.reason}: {one.words}")
    for task, why in found.not_judged.items():
        _line(console, f"  {task}: not judged: {why}")
    left = len(found.left_out) + len(found.not_judged)
    mutants = [f"{number} {what}" for what, number in found.mutants.items() if number]
    _line(console, f"{counted(found.problems, 'problem')}: {found.problems - left} sound, {left} left out")
    if mutants:
        _line(console, f"mutants of references: {', '.join(mutants)}")
    if found.without_reference:
        words = counted(found.without_reference, "problem has", "problems have")
        _line(console, f"{words} no reference solution: known solutions alone say something of them")


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
