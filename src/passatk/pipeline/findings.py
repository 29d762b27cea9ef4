"""What an audit of problems found, and the problems that it found nothing of."""

import enum
from collections.abc import Iterable
from pathlib import Path

from passatk.errors import InputError, SourceError
from passatk.problems import ProblemSet, load, own
from passatk.records import Record
from passatk.runs.locked import storage, write_lines


class Reason(enum.StrEnum):
    """What may be wrong with a problem."""

    REFERENCE_FAILS = "reference_fails"
    UNSTABLE = "unstable"
    WRONG_PASSES = "wrong_passes"
    NOTHING_FAILS = "nothing_fails"
    RIGHT_FAILS = "right_fails"
    NEEDS_CHECKER = "needs_checker"
    MUTANT_PASSES = "mutant_passes"
    CASE_FAILS_NOTHING = "case_fails_nothing"
    ALLOWS_SEVERAL = "allows_several"

    @property
    def certain(self) -> bool:
        """The problem is at fault; else somebody has to look."""
        return self not in (Reason.MUTANT_PASSES, Reason.CASE_FAILS_NOTHING, Reason.ALLOWS_SEVERAL)

    @property
    def words(self) -> str:
        """What it means."""
        return _WORDS[self]


_WORDS = {
    Reason.REFERENCE_FAILS: "the reference solution fails its own tests",
    Reason.UNSTABLE: "repeats of a right solution come out differently",
    Reason.WRONG_PASSES: "a solution that is known to be wrong passes",
    Reason.NOTHING_FAILS: "the tests fail no mutant of the reference",
    Reason.RIGHT_FAILS: "a solution that is known to be right fails",
    Reason.NEEDS_CHECKER: "a right solution fails only by how outputs are compared",
    Reason.MUTANT_PASSES: "a mutant passes: it is equivalent, or the tests miss it",
    Reason.CASE_FAILS_NOTHING: "some tests fail no wrong program",
    Reason.ALLOWS_SEVERAL: "its words allow several outputs, and one is accepted",
}


class Finding(Record, frozen=True, kw_only=True):
    """One thing about one problem."""

    task_id: str
    reason: Reason
    words: str
    """What was seen."""


class Audited(Record, frozen=True, kw_only=True):
    """What an audit found."""

    problems: int
    findings: tuple[Finding, ...]
    """In the order of the problems, what is certain first."""
    left_out: dict[str, tuple[Reason, ...]]
    """Problems at fault for certain -> why."""
    suspected: dict[str, tuple[Reason, ...]]
    """Problems of which something else should be looked at -> what."""
    counts: dict[str, int]
    """Reason -> problems."""
    not_judged: dict[str, str]
    """Problems of which nothing can be said here -> why. They are no findings, and are left out."""
    without_reference: int
    """Problems that only known solutions say something of."""
    mutants: dict[str, int]
    """Mutants by what became of them: `failed`, `passed`, `broken` (not compiled), `not judged`."""
    solutions: int
    """Known solutions that were judged."""


def by_task(findings: Iterable[Finding]) -> dict[str, tuple[Reason, ...]]:
    """Task -> the reasons it was found for, in their order."""
    found: dict[str, dict[Reason, None]] = {}
    for one in findings:
        found.setdefault(one.task_id, {})[one.reason] = None
    return {task: tuple(reasons) for task, reasons in found.items()}


def write_sound(problems: ProblemSet, audited: Audited, out: Path) -> int:
    """Write the problems that nothing certain was found of, in the form of one's own; return how many there are.

    Raises:
        InputError: none is left, or some cannot be said in that form.
        StorageError: the file cannot be written.
    """
    sound = [p for t, p in problems.problems.items() if t not in audited.left_out and t not in audited.not_judged]
    if not sound:
        raise InputError(f"no problem of {problems.name} is left, so {out} is not written", setting="out")
    with storage(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_lines(out, own.lines(sound))
    try:
        load(out)
    except SourceError as error:
        out.unlink()
        raise InputError(f"a problem cannot be written as one of your own: {error}", setting="out") from error
    return len(sound)
