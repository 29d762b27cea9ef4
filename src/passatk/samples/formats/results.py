"""Files of results and requests, which hold no generations: what they are, and what to give instead."""

from collections.abc import Callable, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import has


def _is_multipl_e(value: Mapping[str, Any]) -> bool:
    return has(value, "name", "results") and isinstance(value["results"], list) and "completions" not in value


def _is_pass_rates(value: Mapping[str, Any]) -> bool:
    """`{"humaneval": {"pass@1": 0.3}, "config": {...}}`, or the rates alone."""
    if any(field in value for field in _OF_SAMPLES):
        return False
    parts = [value, *(part for part in value.values() if isinstance(part, Mapping))]
    return any("pass@" in str(key) for part in parts for key in part)


def _is_problem(value: Mapping[str, Any]) -> bool:
    """A record of a benchmark, or of one's own problems, without a text."""
    texts = ("generation", "completion", "completions", "solution", "answer", "samples", "results", "doc", "resps")
    return not any(field in value for field in texts) and any(has(value, *fields) for fields in _OF_PROBLEMS)


_OF_PROBLEMS = (
    ("task_id", "test"),
    ("task_id", "test_list"),
    ("name", "language", "tests"),
    ("id", "language", "entry_point", "tests"),
)
_OF_SAMPLES = ("task_id", "doc", "eval", "samples", "completions", "solution", "custom_id")
"""What has one of these may hold rates beside its samples."""


_RESULTS: tuple[tuple[Callable[[Mapping[str, Any]], bool], str, str], ...] = (
    (
        _is_multipl_e,
        "a file of MultiPL-E's results",
        "the file of completions it was made from: the one with the same name without `.results`",
    ),
    (
        lambda value: has(value, "results", "configs"),
        "a file of lm-eval's results",
        "the samples_*.jsonl that lm-eval writes beside it with --log_samples",
    ),
    (
        _is_problem,
        "a file of problems",
        "generations, which have a text beside the task id; problems are chosen apart from them",
    ),
    (
        lambda value: has(value, "custom_id", "method", "body"),
        "a file of batch requests",
        "the output file of the batch, whose lines have a response",
    ),
    (
        lambda value: has(value, "scores", "unfit"),
        "a file of passatk's scores",
        "the folder it is in, or the results.jsonl beside it",
    ),
    (
        _is_pass_rates,
        "a file of scores",
        "the file of generations that they were computed from (BigCode writes one with --save_generations)",
    ),
)


def refuse_results(value: Any) -> None:
    """Refuse what holds results and no generations.

    Raises:
        FieldError: it does; says what to give instead.
    """
    if not isinstance(value, Mapping):
        return
    for fits, what, instead in _RESULTS:
        if fits(value):
            raise FieldError(None, f"{what} has no generations", instead)
