"""The numbers of a page: scores against k, statuses, CPU time against limits, tokens. Pure functions of a tally."""

import json
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import numpy as np

from passatk.records import PassAtK, Record, Score
from passatk.report.curves import OVERALL, counts_of, curve
from passatk.report.page.tally import Tally

_RATIOS = np.array([0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1 / 1.5, 1, 1.5])
"""Edges of CPU time as a share of its limit; what lies above the last is in a bin of its own."""


class Curve(Record, frozen=True, kw_only=True):
    """pass@k of one group against k."""

    group: str
    points: tuple[PassAtK, ...]


class Histogram(Record, frozen=True, kw_only=True):
    """Counts between edges; the last bin has no upper edge."""

    edges: tuple[float, ...]
    passed: tuple[int, ...]
    others: tuple[int, ...]


def curves(tally: Tally) -> list[Curve]:
    """pass@k for k up to the fewest samples of a problem; none of a run that has no score."""
    if tally.scores is None:
        return []
    statuses = {(task, *tally.tasks[task][:2]): own for task, own in tally.statuses.items()}
    groups = counts_of(statuses, tally.left_out, tally.manifest.problems)
    return [Curve(group=group, points=curve(group, counts)) for group, counts in groups.items()]


def headline(tally: Tally) -> Score | None:
    """The score of the run as a whole; None where it has none."""
    if tally.scores is None or not tally.scores.scores:
        return None
    by_group = {one.group: one for one in tally.scores.scores}
    return by_group.get(OVERALL, tally.scores.scores[0])


def by_language(tally: Tally) -> dict[str, Counter[str]]:
    """Language -> status -> samples, all that are there."""
    found: dict[str, Counter[str]] = {}
    for task, own in tally.statuses.items():
        found.setdefault(tally.tasks[task][1], Counter()).update(own)
    return found


def cpu_against_limits(tally: Tally) -> Histogram | None:
    """Of different programs, by CPU time as a share of the limit; None where none ran."""
    if not tally.passed_cpu and not tally.other_cpu:
        return None
    places = [np.searchsorted(_RATIOS, shares, side="right") - 1 for shares in (tally.passed_cpu, tally.other_cpu)]
    passed, others = (tuple(np.bincount(own, minlength=len(_RATIOS)).tolist()) for own in places)
    return Histogram(edges=tuple(_RATIOS.tolist()), passed=passed, others=others)


def spread(values: Counter[int]) -> list[tuple[str, float]]:
    """What describes many numbers in a line; `values`: number -> how often it is there."""
    if not values:
        return []
    array = np.repeat(list(values), list(values.values()))
    parts = (("least", 0), ("10 %", 10), ("median", 50), ("90 %", 90), ("most", 100))
    return [("mean", float(array.mean())), *((name, float(np.percentile(array, p))) for name, p in parts)]


def published(tally: Tally) -> Iterator[dict[str, Any]]:
    """Figures that papers give for the problems, languages and task of a run, each with its settings and source."""
    table = json.loads((files("passatk.report.page") / "published.json").read_text())
    pairs = {
        (benchmark or tally.manifest.problems.partition("/")[0], language)
        for benchmark, language, _ in tally.tasks.values()
    }
    task = "translate" if tally.manifest.target_language else "generate"
    for one in table["figures"]:
        if (one["benchmark"], one["language"]) in pairs and one["task"] == task:
            yield {**one, "source": table["sources"][one["source"]]}
