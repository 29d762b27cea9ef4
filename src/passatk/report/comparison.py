"""A comparison of runs on a terminal of 80 columns."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from passatk.comparing import Comparison, Difference, Flip, ProblemChange, Unpaired
from passatk.report.scores import title_of
from passatk.wording import counted, harmless

_LISTED = 12
_CHANGES = 12
_FEW = 3
"""Details of a cause that are shown."""


def print_comparison(console: Console, found: Comparison) -> None:
    """What is different, how much, how sure, why, and which problems."""
    _line(console, f"{found.before} -> {found.after}", "bold")
    for reason in found.anyway:
        _line(console, f"Compared anyway: {reason}", "red")
    if found.identical:
        _line(console, f"No change: the same programs and verdicts in {counted(found.problems, 'problem')}", "green")
        _line(console, f"digest {found.digest_before}")
    _print_changes(console, found)
    if found.identical:
        return
    if not found.changed and not found.status_only:
        _line(console, f"Every verdict is the same in {counted(found.problems, 'problem')} of both.", "green")
    _print_differences(console, found.differences)
    _print_causes(console, found)
    _print_problems(console, found.changed)


def _print_changes(console: Console, found: Comparison) -> None:
    for change in found.changes[:_CHANGES]:
        _line(console, f"changed: {change.words}", "yellow")
    if len(found.changes) > _CHANGES:
        _line(console, f"changed: {len(found.changes) - _CHANGES} more (--json has them)", "yellow")
    apart = (
        (found.only_before, f"only in {found.before}"),
        (found.only_after, f"only in {found.after}"),
        (found.left_out, "in both, but unfit or not judged in one"),
    )
    for number, where in apart:
        if number:
            _line(console, f"left out: {counted(number, 'problem')} {where}", "yellow")


def _print_differences(console: Console, differences: Sequence[Difference]) -> None:
    if not differences:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("language", no_wrap=True)
    for heading in ("problems", "pass@k", "before\n%", "after\n%", "difference\n[95 % interval]", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in differences:
        interval = f"{100 * one.difference:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"
        table.add_row(
            escape(title_of(one.group)),
            *(str(one.problems), f"@{one.k}", f"{100 * one.before:.1f}", f"{100 * one.after:.1f}"),
            *(escape(interval), p_in_words(one.p)),
        )
    console.print(table)
    for one in differences:
        if "/" not in one.group and one.k == min(other.k for other in differences if other.group == one.group):
            _line(
                console,
                f"{title_of(one.group)}: {one.better} better, {one.worse} worse, {one.same} the same;"
                f" detectable from {100 * one.smallest_detectable:.1f} points on",
            )


def print_unpaired(console: Console, found: Sequence[Unpaired]) -> None:
    """The figures of runs of different problems, and how sure their differences are."""
    for one in found:
        _line(console, f"{one.before} -> {one.after}", "bold")
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        table.add_column("language", no_wrap=True)
        for heading in ("problems", "pass@k", "before\n%", "after\n%", "difference\n[95 % interval]"):
            table.add_column(heading, justify="right", no_wrap=True)
        for each in one.differences:
            interval = f"{100 * each.difference:+.1f} [{100 * each.low:+.1f}, {100 * each.high:+.1f}]"
            table.add_row(
                escape(title_of(each.group)),
                *(f"{each.problems_before}, {each.problems_after}", f"@{each.k}"),
                *(f"{100 * each.before:.1f}", f"{100 * each.after:.1f}", escape(interval)),
            )
        console.print(table)
        _line(console, "Different problems: a difference may be the problems', which need not be equally hard.")


def p_in_words(p: float) -> str:
    """A p-value in at most seven characters."""
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


def _print_causes(console: Console, found: Comparison) -> None:
    total = sum(found.causes.values())
    if total:
        _line(console, f"{counted(total, 'sample')} passed in one run and failed in the other:")
    flips = [flip for problem in found.changed for flip in problem.flips]
    for cause, number in found.causes.items():
        details = _details([flip for flip in flips if flip.cause == cause])
        _line(console, f"  {cause} {number}{f' ({details})' if details else ''}")
    if found.status_only:
        failed = counted(found.status_only, "sample")
        _line(console, f"{failed} failed in both runs, with another status.")


def _details(flips: Sequence[Flip]) -> str:
    details = list(dict.fromkeys(flip.detail for flip in flips if flip.detail))
    more = f"; and {len(details) - _FEW} more" if len(details) > _FEW else ""
    return "; ".join(details[:_FEW]) + more


def _print_problems(console: Console, changed: Sequence[ProblemChange]) -> None:
    for one in changed[:_LISTED]:
        rates = f"{one.passed_before}/{one.samples_before} -> {one.passed_after}/{one.samples_after}"
        colour = {"worse": "red", "better": "green"}.get(one.change, "")
        _line(console, f"  {one.task_id} ({title_of(one.language)}) {rates} {one.change}: {one.cause}", colour)
    if len(changed) > _LISTED:
        _line(console, f"  ... and {len(changed) - _LISTED} more changed problems")


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(harmless(text, keep=""), style=style, highlight=False, markup=False, soft_wrap=True)
