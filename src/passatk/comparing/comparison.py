"""Two runs joined by problem and language."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from passatk.comparing.causes import Cause, explain
from passatk.comparing.comparability import Change, changes_between, obstacles
from passatk.comparing.differences import OVERALL, Difference, Pair, differences
from passatk.errors import InputError
from passatk.records import Limits, Record, Status
from passatk.runs import GenerationManifest, Manifest, Trace

_Key = tuple[str, str]
"""Task id and language."""


class ComparedRun(Record, frozen=True, kw_only=True):
    """What comparing needs to know of a run."""

    name: str
    digest: str
    manifest: Manifest
    generations: GenerationManifest | None = None
    """Where it generated its own samples, or its samples are still there."""
    traces: tuple[Trace, ...]
    references: Mapping[str, tuple[str, str]]
    """Task id -> program key and status of its reference solution."""
    limits: Mapping[str, Limits]
    tasks: Mapping[str, str]
    """Task id -> what it has in common with the same task in other languages, see `problems.task_of`."""


class Flip(Record, frozen=True, kw_only=True):
    """A sample that passed in one run and failed in the other."""

    sample: int
    status_before: str
    status_after: str
    cause: Cause
    detail: str = ""


class ProblemChange(Record, frozen=True, kw_only=True):
    """A problem whose samples came out differently."""

    task_id: str
    language: str
    samples_before: int
    passed_before: int
    samples_after: int
    passed_after: int
    change: str
    """`better`, `worse`, or `same` where as many pass, but others."""
    cause: Cause
    """Of most of its flips."""
    flips: tuple[Flip, ...]


class Comparison(Record, frozen=True, kw_only=True):
    """What changed from one run to another."""

    before: str
    after: str
    digest_before: str
    digest_after: str
    identical: bool
    """The same samples became the same programs and got the same verdicts."""
    anyway: tuple[str, ...]
    """Why the figures mean different things, where runs were compared although they do."""
    problems: int
    """In both runs, and scored in both."""
    only_before: int
    only_after: int
    left_out: int
    """Problems in both that are not scored in one: unfit, or none of their samples was judged."""
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    """Per language, tier of it where it has several, and k; then overall where there are several languages."""
    causes: dict[str, int]
    """Cause -> flips."""
    status_only: int
    """Samples that fail in both runs with another status."""
    changed: tuple[ProblemChange, ...]
    """Worse ones first."""

    @property
    def verdict(self) -> Difference | None:
        """The difference that decides: overall or, of one language, all of it; for the least k."""
        groups = [one.group for one in self.differences]
        whole = OVERALL if OVERALL in groups else groups[0] if groups else ""
        return min((one for one in self.differences if one.group == whole), key=lambda one: one.k, default=None)

    def is_worse(self, p: float) -> bool:
        """The second run is worse, with a p-value of at most `p`."""
        return self.verdict is not None and self.verdict.difference < 0 and self.verdict.p <= p


def compare(
    before: ComparedRun, after: ComparedRun, ks: Sequence[int] | None = None, anyway: bool = False
) -> Comparison:
    """Join two runs by problem and language, and say what is better, what is worse, and why.

    Args:
        before: what the other is measured against.
        after: the other.
        ks: of pass@k; by default those of 1, 10, 100 that all problems of a group have samples for.
        anyway: compare runs although their figures mean different things.

    Raises:
        InputError: they have no problem in common, their figures mean different things, or a k is too large.
    """
    first, second = _by_problem(before), _by_problem(after)
    shared = [key for key in first if key in second]
    if not shared:
        raise InputError(
            f"{before.name} ({before.manifest.problems}) and {after.name} ({after.manifest.problems}) have no problem"
            " in common, so there is nothing to compare in pairs; set unpaired to compare their figures alone",
            setting="unpaired",
        )
    reasons = obstacles(
        before.manifest, after.manifest, (before.references, after.references), [task for task, _ in shared]
    )
    if reasons and not anyway:
        raise InputError(
            f"{before.name} and {after.name} cannot be compared: {'; '.join(reasons)}. Compare runs that agree, or"
            " set anyway",
            setting="anyway",
        )
    changes = changes_between(before.manifest, after.manifest, (before.generations, after.generations))
    scored = [key for key in shared if _scored(before, first[key]) and _scored(after, second[key])]
    pairs = [_pair(before, key, first[key], second[key]) for key in scored]
    found = [_changed(before, after, key, first[key], second[key], changes) for key in scored]
    changed = sorted(
        (one for one in found if one is not None),
        key=lambda one: one.passed_after / one.samples_after - one.passed_before / one.samples_before,
    )
    return Comparison(
        before=before.name,
        after=after.name,
        digest_before=before.digest,
        digest_after=after.digest,
        identical=_outcomes(before) == _outcomes(after),
        anyway=tuple(reasons),
        problems=len(scored),
        only_before=len(first) - len(shared),
        only_after=len(second) - len(shared),
        left_out=len(shared) - len(scored),
        changes=tuple(changes),
        differences=tuple(differences(pairs, ks)),
        causes=dict(Counter(str(flip.cause) for one in changed for flip in one.flips).most_common()),
        status_only=sum(_status_only(first[key], second[key]) for key in scored),
        changed=tuple(changed),
    )


def _by_problem(run: ComparedRun) -> dict[_Key, dict[int, Trace]]:
    found: dict[_Key, dict[int, Trace]] = defaultdict(dict)
    for trace in run.traces:
        found[trace.task_id, trace.language][trace.sample] = trace
    return dict(found)


def _judged(samples: Mapping[int, Trace]) -> list[Trace]:
    return [trace for trace in samples.values() if trace.status != Status.NOT_JUDGED]


def _scored(run: ComparedRun, samples: Mapping[int, Trace]) -> bool:
    """As `pipeline.scores` has it: not unfit, and something was judged."""
    judged = _judged(samples)
    if not judged:
        return False
    reference = run.references.get(judged[0].task_id)
    return reference is None or reference[1] in (Status.PASSED, Status.NOT_JUDGED)


def _passed(samples: Mapping[int, Trace]) -> int:
    return sum(trace.status == Status.PASSED for trace in samples.values())


def _pair(run: ComparedRun, key: _Key, before: Mapping[int, Trace], after: Mapping[int, Trace]) -> Pair:
    task_id, language = key
    counts = np.array([[len(_judged(before)), _passed(before)], [len(_judged(after)), _passed(after)]])
    tier = next(iter(before.values())).tier or next(iter(after.values())).tier
    return Pair(task=run.tasks.get(task_id, task_id), language=language, tier=tier, counts=counts)


def _outcomes(run: ComparedRun) -> list[tuple[str, int, str, str]]:
    return [(trace.task_id, trace.sample, trace.program, trace.status) for trace in run.traces]


def _both_judged(before: Mapping[int, Trace], after: Mapping[int, Trace]) -> list[tuple[Trace, Trace]]:
    pairs = [(trace, after[index]) for index, trace in before.items() if index in after]
    return [pair for pair in pairs if Status.NOT_JUDGED not in (pair[0].status, pair[1].status)]


def _status_only(before: Mapping[int, Trace], after: Mapping[int, Trace]) -> int:
    return sum(
        then.status != now.status and Status.PASSED not in (then.status, now.status)
        for then, now in _both_judged(before, after)
    )


def _changed(
    first: ComparedRun,
    second: ComparedRun,
    key: _Key,
    before: Mapping[int, Trace],
    after: Mapping[int, Trace],
    changes: Sequence[Change],
) -> ProblemChange | None:
    """What became of one problem; None where nothing passes that failed, or fails that passed."""
    task_id, language = key
    limits = first.limits.get(task_id), second.limits.get(task_id)
    flips = []
    for then, now in _both_judged(before, after):
        if (then.status == Status.PASSED) == (now.status == Status.PASSED):
            continue
        why = explain(then, now, limits, changes)
        flips.append(
            Flip(
                sample=then.sample,
                status_before=then.status,
                status_after=now.status,
                cause=why.cause,
                detail=why.detail,
            )
        )
    samples = len(_judged(before)), len(_judged(after))
    passed = _passed(before), _passed(after)
    difference = passed[1] * samples[0] - passed[0] * samples[1]
    if not flips and not difference:
        return None
    causes = Counter(flip.cause for flip in flips)
    return ProblemChange(
        task_id=task_id,
        language=language,
        samples_before=samples[0],
        passed_before=passed[0],
        samples_after=samples[1],
        passed_after=passed[1],
        change="same" if not difference else "better" if difference > 0 else "worse",
        cause=causes.most_common(1)[0][0] if causes else Cause.NUMBER,
        flips=tuple(flips),
    )
