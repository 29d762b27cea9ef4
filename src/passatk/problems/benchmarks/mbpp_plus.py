"""MBPP+: MBPP with many more inputs, whose values its reference says (EvalPlus, Apache-2.0; MBPP, CC-BY-4.0)."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, UnsetType

from passatk.errors import FieldError
from passatk.problems import evalplus
from passatk.problems.base import Benchmark
from passatk.problems.benchmarks.mbpp import STOP
from passatk.records import Asserts, Problem

Arguments = list[Any]


def _tuples(value: Any) -> Any:
    """Lists at any depth as tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _tuples_within(value: Any) -> Any:
    return [tuple(one) for one in value]


def _first(arguments: Arguments, change: Callable[[Any], Any]) -> Arguments:
    return [change(arguments[0]), *arguments[1:]]


def _sets(value: Any) -> Any:
    """Where a list is empty it was an empty dict."""
    return [set(one) if isinstance(one, list) and one else {} for one in value]


_FORMS: tuple[tuple[tuple[int, ...], Callable[[Arguments], Arguments]], ...] = (
    (
        (
            *(2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744),
            809,
        ),
        lambda given: [tuple(one) for one in given],
    ),
    (
        (63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780),
        lambda given: [_tuples_within(one) for one in given],
    ),
    ((75, 413, 444, 753), lambda given: _first(given, _tuples_within)),
    ((106, 750), lambda given: [given[0], tuple(given[1])]),
    ((115,), lambda given: [_sets(given[0])]),
    ((124,), lambda given: [float(given[0]), complex(given[1])]),
    ((250, 307, 405, 446, 617, 720, 763, 808), lambda given: _first(given, tuple)),
    ((252,), lambda given: [complex(given[0])]),
    ((259, 401, 445), lambda given: [tuple(_tuples_within(one)) for one in given]),
    ((278,), lambda given: [tuple(tuple(one) if isinstance(one, list) else one for one in given[0])]),
    ((580, 615, 791), lambda given: [_tuples(one) for one in given]),
    ((722,), lambda given: _first(given, lambda value: {key: tuple(one) for key, one in value.items()})),
)
_FORM_OF = {number: form for numbers, form in _FORMS for number in numbers}
"""Number of a task -> what its arguments were before they were written as JSON, as EvalPlus reads them."""

_READINGS: dict[str, evalplus.Reading] = {
    **dict.fromkeys(("check_str", "text_match_three", "text_starta_endb"), "presence"),
    **dict.fromkeys(
        (
            *("similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum"),
            *("intersection_array", "find_dissimilar", "Diff"),
        ),
        "members",
    ),
    "are_equivalent": "anything",
}
_ALSO = {
    "sum_div": "lambda number: 0",
    "surface_Area": "lambda edge, height: round(edge**2 + 2 * edge * ((edge / 2) ** 2 + height**2) ** 0.5)",
    "digit_distance_nums": (
        "lambda one, other: sum(abs(int(x) - int(y)) for x, y in"
        " zip(str(one).rjust(99, '0'), str(other).rjust(99, '0'), strict=True))"
    ),
}
"""Function -> another value that EvalPlus takes, where the task can be read in two ways."""


class Row(evalplus.Row, kw_only=True):
    """A record of `MbppPlus.jsonl`."""

    assertion: str
    """MBPP's own, which nothing here needs."""


class MbppPlus(Benchmark[Row]):
    """The inputs of MBPP are those that the problem shows: `tests = "example"` judges by them alone."""

    name = "mbpp-plus"
    row = Row
    home = "https://github.com/evalplus/mbppplus_release"
    folders = ("mbpp",)
    patterns = ("MbppPlus*",)

    def problem(self, row: Row, variant: str) -> Problem:
        base, plus = evalplus.inputs_of(row)
        form = _FORM_OF.get(_number(row.task_id), list)
        reading: evalplus.Reading | UnsetType = _READINGS.get(row.entry_point, UNSET)
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language="python",
            prompt=row.prompt,
            instruction=(
                "Write a self-contained Python program that solves this problem, in one code block:\n\n"
                f"```\n{row.prompt.strip()}\n```\n"
            ),
            entry_point=row.entry_point,
            reference=row.canonical_solution,
            tests=Asserts(code=""),
            cases=evalplus.cases_of(
                row,
                _formed("base_input", base, form),
                _formed("plus_input", plus, form),
                reading,
                _ALSO.get(row.entry_point, ""),
            ),
            stop=STOP,
            in_function=False,
            cut=True,
        )


def _number(task_id: str) -> int:
    number = task_id.rpartition("/")[2]
    if not number.isdecimal():
        raise FieldError("task_id", f"{task_id!r} does not end with a number", "an id like Mbpp/2")
    return int(number)


def _formed(field: str, several: list[Any], form: Callable[[Arguments], Arguments]) -> list[Arguments]:
    try:
        return [form(one) for one in several]
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise FieldError(
            field, f"is not as this task has it: {error}", "the arguments of the task's function"
        ) from error


BENCHMARK = MbppPlus()
