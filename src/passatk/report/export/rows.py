"""The columns of an exported sample, the same in every table of samples."""

from collections.abc import Iterator
from typing import Any

from passatk.cases import CaseResult, summary
from passatk.judging.quiet import quietest
from passatk.records import Limits, Sample, Status
from passatk.runs import Judged, RunView
from passatk.runs.journal import results_in

COLUMNS: dict[str, type] = {
    "task_id": str,
    "benchmark": str,
    "language": str,
    "tier": str,
    "sample": int,
    "passed": bool,
    "status": str,
    "reason": str,
    "borderline": bool,
    "unstable": bool,
    "walled": bool,
    "left_out": str,
    "attempts": int,
    "cpu_s": float,
    "cpu_limit_s": float,
    "wall_s": float,
    "memory_bytes": int,
    "output_bytes": int,
    "build_cpu_s": float,
    "read_as": str,
    "finish_reason": str,
    "tokens": int,
    "program": str,
    "tests": int,
    "tests_passed": int,
    "fraction": float,
    "weighted": float,
    "public_fraction": float,
    "hidden_fraction": float,
    "answers_in_code": int,
}
"""Name -> type; a cell is None where it is not known."""
_OF_TESTS = tuple(COLUMNS)[-7:]
TEXTS: dict[str, type] = {"completion": str, "solution": str, "answer": str}
"""Those of formats that keep the code: `solution` for whole programs, `completion` for what continues a prompt."""


def rows(run: RunView) -> Iterator[dict[str, Any]]:
    """A row of COLUMNS for every sample, in order of task id and number."""
    left_out, limits = run.left_out(), run.limits
    for one in run.judged():
        yield _row(one, left_out.get(one.task_id), limits.get(one.task_id))


def rows_with_texts(run: RunView) -> Iterator[dict[str, Any]]:
    """The same with TEXTS. `passatk evaluate` reads them as generations."""
    for row, sample in zip(rows(run), run.samples(), strict=False):  # a running run may have both
        yield {**row, **_texts(sample)}


def _texts(sample: Sample) -> dict[str, str | None]:
    return {
        "completion": None if sample.whole else sample.text,
        "solution": sample.text if sample.whole else None,
        "answer": sample.answer if sample.read_as else None,
    }


def _row(one: Judged, left_out: str | None, limits: Limits | None) -> dict[str, Any]:
    attempts = one.attempts
    outcome = quietest(attempts) if attempts else None
    build, run = (outcome.build, outcome.run) if outcome is not None else (None, None)
    judged = one.status not in ("", Status.NOT_JUDGED)
    return {
        "task_id": one.task_id,
        "benchmark": one.benchmark or None,
        "language": one.language,
        "tier": one.tier or None,
        "sample": one.sample,
        "passed": one.status == Status.PASSED if judged else None,
        "status": one.status or None,
        "reason": one.reason or None,
        "borderline": one.borderline if judged else None,
        "unstable": one.unstable if judged else None,
        "walled": one.walled,
        "left_out": left_out,
        "attempts": len(attempts),
        "cpu_s": run.cpu_s if run is not None else None,
        "cpu_limit_s": limits.run.cpu_s if limits is not None else None,
        "wall_s": run.wall_s if run is not None else None,
        "memory_bytes": run.peak_memory_bytes if run is not None else None,
        "output_bytes": run.output_bytes if run is not None else None,
        "build_cpu_s": build.cpu_s if build is not None else None,
        "read_as": one.read_as or None,
        "finish_reason": one.finish_reason or None,
        "tokens": one.tokens,
        "program": one.program,
        **_tests(results_in(one.tests)),
    }


def _tests(results: tuple[CaseResult, ...]) -> dict[str, Any]:
    """Of tests with inputs and outputs, which part passed."""
    if not results:
        return dict.fromkeys(_OF_TESTS)
    known = summary(results)
    return dict(zip(_OF_TESTS, (known.pop("tests"), known.pop("passed"), *known.values()), strict=True))
