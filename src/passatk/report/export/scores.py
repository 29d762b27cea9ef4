"""The table of scores, for a text or a paper: a row for each language, tier and overall."""

from typing import IO

from passatk.errors import InputError
from passatk.records import Score, Status
from passatk.report.scores import title_of
from passatk.runs import RunView

_LATEX = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def write_markdown(run: RunView, file: IO[bytes]) -> None:
    """A table of GitHub's Markdown.

    Raises:
        InputError: the run has no score.
    """
    heading, body = _table(run)
    rule = ["---", *["---:"] * (len(heading) - 1)]
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in (heading, rule, *body)]
    file.write(("\n".join(lines) + "\n").encode())


def write_latex(run: RunView, file: IO[bytes]) -> None:
    """A `tabular` that needs no package.

    Raises:
        InputError: the run has no score.
    """
    heading, body = _table(run)
    lines = [rf"\begin{{tabular}}{{l{'r' * (len(heading) - 1)}}}", r"\hline", _latex_row(heading), r"\hline"]
    lines += [*map(_latex_row, body), r"\hline", r"\end{tabular}"]
    file.write(("\n".join(lines) + "\n").encode())


def _latex_row(cells: list[str]) -> str:
    escaped = ["".join(_LATEX.get(character, character) for character in cell) for cell in cells]
    return f"{' & '.join(escaped)} \\\\"


def _table(run: RunView) -> tuple[list[str], list[list[str]]]:
    """Heading and rows: statuses that occur, every k with its 95 % interval, in percent."""
    found = run.scores
    if found is None:
        raise InputError(
            f"{run.path} has no score: the run is {run.state}. Finish it, or export its samples as csv or jsonl",
            setting="format",
        )
    scores = found.scores
    present = [status for status in Status if any(score.statuses.get(status) for score in scores)]
    ks = list(dict.fromkeys(one.k for score in scores for one in score.pass_at_k))
    heading = ["language", "problems", "left out", "samples", *present]
    heading += [part for k in ks for part in (f"pass@{k} %", "95 % interval")]
    return heading, [_row(score, present, ks) for score in scores]


def _row(score: Score, present: list[Status], ks: list[int]) -> list[str]:
    cells = [title_of(score.group).strip(), str(score.problems), str(score.left_out), str(score.samples)]
    cells += [str(score.statuses.get(status, 0)) for status in present]
    values = {one.k: one for one in score.pass_at_k}
    for k in ks:
        one = values.get(k)
        cells += ["-", "-"] if one is None else [_percent(one.estimate), f"{_percent(one.low)} to {_percent(one.high)}"]
    return cells


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
