"""Records of files -> problems: by whose form they are read, what is wrong with them, what is left out."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from passatk.errors import FieldError, LeftOutError, SourceError
from passatk.problems.base import Benchmark, UnknownLanguageError, rows_of
from passatk.problems.benchmarks import BENCHMARKS
from passatk.problems.own import OWN
from passatk.records import Problem
from passatk.textfiles import read_rows
from passatk.wording import counted


class Reading:
    """Reads files of problems, and counts what it leaves out, since nothing can be judged by it.

    Of several files, what is in languages that are not here is left out too.
    """

    def __init__(
        self,
        files: Sequence[Path],
        benchmark: Benchmark[Any] | None = None,
        variant: str = "",
        left_out: Counter[str] | None = None,
    ):
        self._files, self._benchmark, self._variant = files, benchmark, variant
        self._left_out: Counter[str] = Counter() if left_out is None else left_out
        self._refused: list[SourceError] = []
        self._places = count()

    def problems(self) -> Iterator[tuple[Path, int | None, Problem]]:
        """(file, line, problem) of every record.

        Raises:
            SourceError: a record is wrong, a single file has a problem in a language that is not here, or all records
                were left out.
        """
        found = False
        for file in self._files:
            for line, problem in self._read(file):
                found = True
                yield file, line, problem
        if found or not self._refused:
            return
        if sum(self._left_out.values()) < 2:
            raise self._refused[0]
        raise SourceError(
            self._refused[0].path,
            None,
            f"none of its {counted(sum(self._left_out.values()), 'problem')} can be judged: {told(self._left_out)}",
            "some that can",
        )

    def _read(self, file: Path) -> Iterator[tuple[int | None, Problem]]:
        """(line, problem) of every record in a file; of the benchmark that recognises it where none is named."""
        for line, value in read_rows(file):
            for number, record in enumerate(rows_of(value)):
                if not isinstance(record, dict):
                    raise SourceError(
                        file, line, f"{_shown(record)} is not an object", "an object per line, a problem each"
                    )
                where = f"[{number}]." if isinstance(value, list) else ""  # a list has no lines to name
                problem = self._problem(file, line, record, where)
                if problem is not None:
                    yield line, problem

    def _problem(self, file: Path, line: int | None, record: dict[str, Any], where: str) -> Problem | None:
        """The problem that a record is; None where it is left out."""
        found = self._benchmark or _benchmark_of(file, line, record)
        place = next(self._places)
        try:
            row = msgspec.convert(_filled(record, found, place), found.row)
            problem: Problem = found.problem(row, self._variant or next(iter(found.variants), ""))
        except msgspec.ValidationError as error:
            raise _wrong_field(file, line, record, str(error), found, where) from error
        except FieldError as error:
            wrong = error.at(file, line, where)
            elsewhere = isinstance(error, UnknownLanguageError) and len(self._files) > 1
            if isinstance(error, LeftOutError) and found is not OWN:
                self._left_out[error.reason] += 1
            elif not elsewhere:
                raise wrong from error
            self._refused.append(wrong)
            return None
        return problem


def told(left_out: Mapping[str, int]) -> str:
    """Why records were left out, in words."""
    return ", ".join(f"{number} with {reason}" for reason, number in left_out.items())


@lru_cache
def _texts(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """Fields that hold an id, as a text."""
    known = msgspec.structs.fields(row)
    types = [(field.encode_name, getattr(field.type, "__origin__", field.type)) for field in known]
    return tuple(name for name, kind in types if name in _IDS and kind is str)


_IDS = ("id", "task_id", "name", "question_id", "problem_id")


def _filled(record: dict[str, Any], benchmark: Benchmark[Any], place: int) -> dict[str, Any]:
    """What a form reads: optional fields that are null are not there, an id that is a number is its text, and so is its
    place where it has no other.
    """
    record = record | {name: str(record[name]) for name in _texts(benchmark.row) if type(record.get(name)) is int}
    if benchmark is OWN:
        return record
    own = {"place": place} if benchmark.by_place else {}
    return {name: value for name, value in record.items() if value is not None or name in benchmark.required} | own


def _benchmark_of(file: Path, line: int | None, record: Mapping[str, Any]) -> Benchmark[Any]:
    """The benchmark that recognises a record."""
    found = _benchmark_with(frozenset(record))
    if found is None:
        shown = "; ".join(f"{form.name}: {', '.join(form.required)}" for form in (*BENCHMARKS.values(), OWN))
        fields = f"fields {', '.join(map(repr, record))[:120]} fit" if record else "an empty object fits"
        raise SourceError(file, line, f"{fields} no benchmark", shown)
    return found


@lru_cache
def _benchmark_with(fields: frozenset[str]) -> Benchmark[Any] | None:
    """The benchmark whose records have these fields: of several, the one that asks for most, or else knows most of it.

    Where none does, the one most of whose fields are there, so that the missing ones can be named.
    """

    def fields_there(benchmark: Benchmark[Any]) -> tuple[float, int, int]:
        count = len(fields.intersection(benchmark.required))
        known = sum(field.encode_name in fields for field in msgspec.structs.fields(benchmark.row))
        return count / len(benchmark.required), count, known

    known_forms = (*BENCHMARKS.values(), OWN)
    fitting = [benchmark for benchmark in known_forms if fields.issuperset(benchmark.required)]
    close = [benchmark for benchmark in known_forms if fields_there(benchmark)[0] >= 0.5]
    return max(fitting or close, key=fields_there, default=None)


_KINDS = {
    "str": "a string",
    "int": "a number",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "bool": "true or false",
}


_OTHER_NAMES = {
    "task_id": "id",
    "name": "id",
    "test": "tests",
    "canonical_solution": "reference",
    "solution": "reference",
}
"""What benchmarks call fields of a problem of one's own."""


def _shown(value: Any) -> str:
    """The beginning of a JSON value."""
    return json.dumps(value, ensure_ascii=False)[:40]


def _wrong_field(
    file: Path, line: int | None, record: Mapping[str, Any], message: str, benchmark: Benchmark[Any], where: str
) -> SourceError:
    """The words of msgspec in ours: "Expected `str`, got `int` - at `$.prompt`", or a field that is missing."""
    told, _, place = message.partition(" - at `$")
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", told)
    if unknown:
        fields = [field.encode_name for field in msgspec.structs.fields(benchmark.row)]
        close = _OTHER_NAMES.get(unknown[1]) or next(iter(get_close_matches(unknown[1], fields, n=1)), "")
        expected = f"one of {', '.join(fields)}{f'; did you mean {close!r}?' if close else ''}"
        return SourceError(file, line, "is not a field of a problem", expected, where + unknown[1])
    missing = re.fullmatch(r"Object missing required field `(\w+)`", told)
    field = ".".join(filter(None, (place.strip(".`"), missing[1] if missing else "")))
    kinds = [_KINDS.get(kind, kind) for kind in re.findall(r"\w+", told.partition("`")[2].partition("`")[0])]
    value = record.get(re.split(r"[.\[]", field)[0])
    wrong = "is missing" if missing else f"must be {' or '.join(kinds)}, got {_shown(value)}"
    if ">= 1" in told:
        wrong = "is empty"
    form = "a problem as docs/problems.md describes it" if benchmark is OWN else f"a record of {benchmark.name}"
    return SourceError(file, line, wrong, form, f"{where}{field}".rstrip(".") or None)
