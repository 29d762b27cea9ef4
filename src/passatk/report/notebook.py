"""Runs and comparisons for Python and notebooks: data frames, and a display that needs no server."""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from passatk import pipeline
from passatk.comparing import Comparison, Difference
from passatk.errors import InputError
from passatk.records import Status
from passatk.report.comparison import print_comparison
from passatk.report.export.rows import COLUMNS, TEXTS, rows_with_texts
from passatk.report.frames import chosen_library, frame
from passatk.report.scores import scores_tables
from passatk.runs import Judged, RunView, Scores
from passatk.wording import counted, harmless

_PROBLEMS: dict[str, type] = {
    "task_id": str,
    "benchmark": str,
    "language": str,
    "tier": str,
    "samples": int,
    "judged": int,
    "passed": int,
    "pass_at_1": float,
    "left_out": str,
    "prompt": str,
}
_SCORE: dict[str, type] = {
    "group": str,
    "problems": int,
    "tasks": int,
    "left_out": int,
    "samples": int,
    "passed": int,
    "k": int,
    "pass_at_k": float,
    "low": float,
    "high": float,
}
_CHANGED: dict[str, type] = {
    "task_id": str,
    "language": str,
    "samples_before": int,
    "passed_before": int,
    "samples_after": int,
    "passed_after": int,
    "change": str,
    "cause": str,
}
_FLIPS: dict[str, type] = {
    "task_id": str,
    "language": str,
    "sample": int,
    "status_before": str,
    "status_after": str,
    "cause": str,
    "detail": str,
}
_DIFFERENCES: dict[str, type] = dict(Difference.__annotations__)
_WIDTH = 120
_HTML = '<pre style="white-space:pre;overflow-x:auto;line-height:normal;font-family:monospace">{code}</pre>'


class _Shown:
    """Displayed in a notebook as on a terminal."""

    def _print(self, console: Console) -> None:
        raise NotImplementedError

    def __repr__(self) -> str:
        return _recorded(self._print).export_text().rstrip()

    def _repr_html_(self) -> str:
        return _recorded(self._print).export_html(code_format=_HTML, inline_styles=True)


class Run(_Shown):
    """A run folder as it was when it was loaded.

    `samples`, `problems` and `score` are data frames of `library`; docs/files.md describes their columns.
    """

    def __init__(self, path: Path, library: str | None):
        self.path, self._asked = path, library
        with RunView(path) as view:
            self.state, self.digest = view.state, view.digest
            self.manifest, self.counts = view.manifest, view.counts()
            self._scores, self._left_out = view.scores, view.left_out()

    def __fspath__(self) -> str:
        return str(self.path)

    @cached_property
    def samples(self) -> Any:
        """A row for each sample, in the order of the generation file: the columns of an export, and the texts."""
        with RunView(self.path) as view:
            places = {(one.task_id, one.sample): one.position for one in view.judged()}
            rows = list(rows_with_texts(view))
        rows.sort(key=lambda row: places[row["task_id"], row["sample"]] or 0)
        return frame(rows, COLUMNS | TEXTS, chosen_library(self._asked))

    @cached_property
    def problems(self) -> Any:
        """A row for each problem that has samples, in the benchmark's order."""
        with RunView(self.path) as view:
            return frame(self._problem_rows(view), _PROBLEMS, chosen_library(self._asked))

    @cached_property
    def score(self) -> Any:
        """A row for each group of problems and each k: pass@k with its 95 % interval.

        Raises:
            InputError: the run has no score.
        """
        return frame(_score_rows(self._known_scores()), _SCORE, chosen_library(self._asked))

    def _known_scores(self) -> Scores:
        if self._scores is None:
            raise InputError(f"{self.path} has no score: the run is {self.state}. Finish it, or look at its samples")
        return self._scores

    def _problem_rows(self, view: RunView) -> Iterator[dict[str, Any]]:
        first: dict[str, Judged] = {}
        statuses: dict[str, Counter[str]] = {}
        for one in view.judged():
            first.setdefault(one.task_id, one)
            statuses.setdefault(one.task_id, Counter())[one.status] += 1
        for task in view.tasks():
            own, known, problem = first[task], statuses[task], view.problem(task)
            judged = known.total() - known[""] - known[Status.NOT_JUDGED]
            yield {
                "task_id": task,
                "benchmark": own.benchmark or None,
                "language": own.language,
                "tier": own.tier or None,
                "samples": known.total(),
                "judged": judged,
                "passed": known[Status.PASSED],
                "pass_at_1": known[Status.PASSED] / judged if judged else None,
                "left_out": self._left_out.get(task),
                "prompt": problem.prompt if problem is not None else None,
            }

    def _print(self, console: Console) -> None:
        counts = self.counts
        _line(console, f"{self.path}: {self.state}, {counts.judged} of {counted(counts.samples, 'sample')} judged")
        for table in scores_tables(self._scores.scores, console) if self._scores is not None else ():
            console.print(table)
        if self.digest:
            _line(console, f"digest {self.digest}")


class RunComparison(_Shown):
    """What changed from one run to another.

    `differences`, `problems` (that came out differently) and `flips` (samples that passed in one run and failed in
    the other) are data frames; `found` is the same as a record.
    """

    def __init__(self, found: Comparison, library: str | None):
        self.found, self._asked = found, library

    @property
    def identical(self) -> bool:
        """The same samples became the same programs and got the same verdicts."""
        return self.found.identical

    @cached_property
    def differences(self) -> Any:
        """A row for each group of problems and each k."""
        rows = map(msgspec.structs.asdict, self.found.differences)
        return frame(rows, _DIFFERENCES, chosen_library(self._asked))

    @cached_property
    def problems(self) -> Any:
        """A row for each problem whose samples came out differently, worse ones first."""
        rows = map(msgspec.structs.asdict, self.found.changed)
        return frame(rows, _CHANGED, chosen_library(self._asked))

    @cached_property
    def flips(self) -> Any:
        """A row for each sample that passed in one run and failed in the other, with the cause."""
        rows = (
            {"task_id": one.task_id, "language": one.language, **msgspec.structs.asdict(flip)}
            for one in self.found.changed
            for flip in one.flips
        )
        return frame(rows, _FLIPS, chosen_library(self._asked))

    def _print(self, console: Console) -> None:
        print_comparison(console, self.found)


def load_run(path: str | os.PathLike[str], library: str | None = None) -> Run:
    """A run folder: finished, interrupted or still running. It is only read.

    Args:
        path: the folder that `passatk evaluate` or `passatk run` wrote.
        library: of its data frames: pandas, polars or pyarrow; by default the first of these that is installed. It is
            needed when a frame is asked for.

    Raises:
        InputError: there is no run folder at `path`.
        RunFolderError: its files are not what they should be.
    """
    return Run(Path(path), library)


def compare(
    before: str | os.PathLike[str],
    after: str | os.PathLike[str],
    ks: Sequence[int] | None = None,
    anyway: bool = False,
    library: str | None = None,
) -> RunComparison:
    """What is better and what is worse in one finished run than in another, how sure that is, and why.

    Args:
        before: a run, or its folder.
        after: the other.
        ks: of pass@k; by default those of 1, 10, 100 that all problems have samples for in both.
        anyway: compare runs although their figures mean different things.
        library: as for `load_run`.

    Raises:
        InputError: a folder is not a finished run, or the runs do not compare; names what is different.
    """
    (found,) = pipeline.compare([Path(before), Path(after)], ks, anyway)
    return RunComparison(found, library)


def _score_rows(scores: Scores) -> Iterator[dict[str, Any]]:
    for score in scores.scores:
        shared = {
            "group": score.group,
            "problems": score.problems,
            "tasks": score.tasks,
            "left_out": score.left_out,
            "samples": score.samples,
            "passed": score.statuses.get(Status.PASSED, 0),
        }
        for one in score.pass_at_k:
            yield {**shared, "k": one.k, "pass_at_k": one.estimate, "low": one.low, "high": one.high}


def _recorded(show: Callable[[Console], None]) -> Console:
    console = Console(record=True, file=io.StringIO(), width=_WIDTH, force_jupyter=False, force_terminal=True)
    show(console)
    return console


def _line(console: Console, text: str) -> None:
    console.print(harmless(text, keep=""), highlight=False, markup=False, soft_wrap=True)
