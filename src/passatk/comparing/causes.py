"""Why a sample's verdict is another one in a second run."""

import enum
from collections.abc import Sequence

from passatk.comparing.comparability import Area, Change
from passatk.records import Limits, Record, Status
from passatk.runs import Trace

CUT_OFF = ("length", "context_length", "abort", "content_filter")
"""Finish reasons of samples that did not come to their end."""
_TIMES = ("cpu_s", "idle_s")
"""Limits that are measured anew in each run, and whose verdict is always `time_limit`; others can show as an error."""
_LIMITS = (Status.TIME_LIMIT, Status.MEMORY_LIMIT, Status.OUTPUT_LIMIT)


class Cause(enum.StrEnum):
    """What changed, as far as the records show it."""

    TOKENS = "other tokens"
    CUT_OFF = "cut off"
    READING = "reading of the answer"
    ASSEMBLY = "assembled otherwise"
    LIMITS = "limits"
    TOOLCHAIN = "toolchain"
    ENVIRONMENT = "environment"
    INSTABILITY = "instability"
    NUMBER = "number of samples"


class Explanation(Record, frozen=True, kw_only=True):
    """A cause, and what the records say of it."""

    cause: Cause
    detail: str = ""


def explain(
    before: Trace, after: Trace, limits: tuple[Limits | None, Limits | None], changes: Sequence[Change]
) -> Explanation:
    """Why one of these passed and the other did not.

    Args:
        before: the sample in the first run.
        after: the same sample in the second one.
        limits: of its task in both runs, None where they are not known.
        changes: between the runs.
    """
    if before.text != after.text:
        return _other_text(before, after, changes)
    if before.program != after.program:
        return Explanation(cause=Cause.ASSEMBLY, detail=_words(changes, Area.ASSEMBLY))
    return _same_program(before, after, limits, changes)


def _other_text(before: Trace, after: Trace, changes: Sequence[Change]) -> Explanation:
    if before.said == after.said:
        detail = f"read as {before.read_as or 'given'}, then {after.read_as or 'given'}"
        if before.read_as == after.read_as:
            detail = _words(changes, Area.READING) or detail
        return Explanation(cause=Cause.READING, detail=detail)
    passed, failed = (before, after) if before.status == Status.PASSED else (after, before)
    if failed.finish_reason in CUT_OFF and passed.finish_reason not in CUT_OFF:
        return Explanation(cause=Cause.CUT_OFF, detail=f"finish reason {failed.finish_reason}")
    return Explanation(cause=Cause.TOKENS, detail=_words(changes, Area.GENERATION))


def _same_program(
    before: Trace, after: Trace, limits: tuple[Limits | None, Limits | None], changes: Sequence[Change]
) -> Explanation:
    if before.unstable or after.unstable:
        return Explanation(cause=Cause.INSTABILITY, detail="its repeats came out differently")
    other_limits = _limits_in_words(*limits)
    if before.status in _LIMITS or after.status in _LIMITS:
        if other_limits:
            return Explanation(cause=Cause.LIMITS, detail=other_limits)
        if before.borderline or after.borderline:
            return Explanation(cause=Cause.LIMITS, detail="within a factor 1.5 of the same limit")
    if toolchain := _words(changes, Area.TOOLCHAIN, before.language):
        return Explanation(cause=Cause.TOOLCHAIN, detail=toolchain)
    if other_space := _limits_in_words(*limits, without=_TIMES):
        return Explanation(cause=Cause.LIMITS, detail=other_space)
    if environment := _words(changes, Area.ENVIRONMENT):
        return Explanation(cause=Cause.ENVIRONMENT, detail=environment)
    return Explanation(cause=Cause.INSTABILITY, detail="the same program, and nothing recorded is different")


def _words(changes: Sequence[Change], area: Area, language: str = "") -> str:
    return "; ".join(one.words for one in changes if one.area == area and (not language or one.language == language))


def _limits_in_words(before: Limits | None, after: Limits | None, without: Sequence[str] = ()) -> str:
    """What is different, by name, some names left out; empty where nothing is, or one is not known."""
    if before is None or after is None or before == after:
        return ""
    told = []
    for step in ("run", "build"):
        then, now = getattr(before, step), getattr(after, step)
        told += [
            f"{step} {name} {getattr(then, name):g}, then {getattr(now, name):g}"
            for name in then.__struct_fields__
            if name not in without and getattr(then, name) != getattr(now, name)
        ]
    return "; ".join(told)
