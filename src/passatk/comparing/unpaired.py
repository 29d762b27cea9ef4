"""Two runs of different problems: their figures side by side, and how sure the difference is."""

from collections.abc import Sequence

from passatk.comparing.comparison import ComparedRun
from passatk.errors import InputError
from passatk.records import Record, Score
from passatk.scoring import unpaired_difference
from passatk.wording import counted


class UnpairedDifference(Record, frozen=True, kw_only=True):
    """pass@k of one group in both runs."""

    group: str
    """A language, a tier of it, or `overall`."""
    k: int
    problems_before: int
    problems_after: int
    before: float
    after: float
    difference: float
    low: float
    """Of its 95 % interval, see `scoring.unpaired_difference`."""
    high: float


class Unpaired(Record, frozen=True, kw_only=True):
    """What two runs of different problems say together."""

    before: str
    after: str
    digest_before: str
    digest_after: str
    differences: tuple[UnpairedDifference, ...]


def compare_unpaired(
    before: ComparedRun,
    after: ComparedRun,
    scores: tuple[Sequence[Score], Sequence[Score]],
    ks: Sequence[int] | None = None,
) -> Unpaired:
    """The difference of every figure that both runs have: of the same languages, tiers and k.

    Args:
        before: what the other is measured against.
        after: the other.
        scores: of both, with their intervals.
        ks: of pass@k; by default all that both have.

    Raises:
        InputError: they have problems in common, so that their figures are not independent; or no figure in common.
    """
    if same := _same_problems(before, after):
        raise InputError(
            f"{before.name} and {after.name} have {counted(same, 'problem')} in common, so their figures depend on each"
            " other; compare them in pairs, which is sharper too",
            setting="unpaired",
        )
    first, second = ({score.group: score for score in one} for one in scores)
    found = tuple(
        difference
        for group in first
        if group in second
        for difference in _differences(first[group], second[group])
        if ks is None or difference.k in ks
    )
    if not found:
        raise InputError(
            f"{before.name} and {after.name} have no figure in common: {_figures(scores[0])}, and"
            f" {_figures(scores[1])}; score them in the same languages, with the same k",
            setting="unpaired",
        )
    return Unpaired(
        before=before.name,
        after=after.name,
        digest_before=before.digest,
        digest_after=after.digest,
        differences=found,
    )


def _differences(first: Score, second: Score) -> list[UnpairedDifference]:
    others = {one.k: one for one in second.pass_at_k}
    found = []
    for one in first.pass_at_k:
        if (other := others.get(one.k)) is None:
            continue
        figures = [(figure.estimate, figure.low, figure.high) for figure in (one, other)]
        difference, low, high = unpaired_difference(*figures)
        found.append(
            UnpairedDifference(
                group=first.group,
                k=one.k,
                problems_before=first.problems,
                problems_after=second.problems,
                before=one.estimate,
                after=other.estimate,
                difference=difference,
                low=low,
                high=high,
            )
        )
    return found


def _same_problems(before: ComparedRun, after: ComparedRun) -> int:
    """Problems that are in both runs, by id and language: unless their references became other programs."""
    shared = {(t.task_id, t.language) for t in before.traces} & {(t.task_id, t.language) for t in after.traces}
    first, second = (run.manifest.problems.partition("/")[0] for run in (before, after))
    same = 0
    for task, _ in shared:
        then, now = before.references.get(task), after.references.get(task)
        same += then[0] == now[0] if then is not None and now is not None else first == second
    return same


def _figures(scores: Sequence[Score]) -> str:
    return ", ".join(f"{score.group} (k = {', '.join(str(one.k) for one in score.pass_at_k)})" for score in scores)
