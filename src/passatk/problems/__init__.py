"""Where problems come from: one file per benchmark, and the embedded suite `basics`."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from passatk.errors import FieldError, InputError, SourceError, UnknownNameError
from passatk.languages import by_name
from passatk.problems import basics
from passatk.problems.base import Benchmark, UnknownLanguageError, rows_of, without_language
from passatk.problems.benchmarks import BENCHMARKS
from passatk.problems.own import OWN
from passatk.records import Problem, Record
from passatk.textfiles import PARQUET_MAGIC, beginning, find_data, looks_like_json, read_rows

__all__ = [
    "BENCHMARKS",
    "NAMES",
    "Benchmark",
    "ProblemSet",
    "folder_of",
    "holds_problems",
    "load",
    "load_all",
    "task_of",
]

NAMES = (basics.NAME, *BENCHMARKS)


class ProblemSet(Record, frozen=True, kw_only=True):
    """Problems to judge against, in their order, by task id."""

    name: str
    problems: dict[str, Problem]
    source: str = ""
    """What `load` reads them from again: a name or an absolute path."""

    @property
    def languages(self) -> list[str]:
        """In order of first appearance."""
        return list(dict.fromkeys(problem.language for problem in self.problems.values()))

    @property
    def toolchains(self) -> list[str]:
        """Languages that it takes to judge them: theirs, and those that checkers are written in."""
        cases = [problem.cases for problem in self.problems.values() if problem.cases is not UNSET]
        checkers = [known.checker.program.language for known in cases if known.checker.program is not UNSET]
        return list(dict.fromkeys([*self.languages, *checkers]))

    @property
    def hash(self) -> str:
        """SHA-256 of all problems: two sets with equal hashes judge alike."""
        return hashlib.sha256(msgspec.json.encode(list(self.problems.values()))).hexdigest()

    def get(self, task_id: str) -> Problem:
        """The problem called `task_id`, exactly.

        Raises:
            UnknownNameError: there is none.
        """
        try:
            return self.problems[task_id]
        except KeyError:
            raise UnknownNameError("task id", task_id, self.problems) from None

    def only(self, languages: Iterable[str]) -> "ProblemSet":
        """The problems in these languages."""
        wanted = set(languages)
        return msgspec.structs.replace(self, problems={t: p for t, p in self.problems.items() if p.language in wanted})


def task_of(benchmark: str, language: str, task_id: str) -> str:
    """The task that a problem is, whatever language it is asked in: `12` for HumanEval-X's `Python/12` and `Go/12`.

    Decided by the benchmark and the id alone, so that runs can be compared without their problems: what a benchmark
    numbers alike is one task, as are the gaps of one function (infilling) and its descriptions (HumanEvalExplain).
    Problems of one's own are one task where their ids differ in nothing but the language before the slash.
    """
    known = BENCHMARKS.get(benchmark.partition("/")[0])
    return without_language(task_id, language) if known is None else known.task(task_id, language)


def holds_problems(record: Mapping[str, Any]) -> bool:
    """Whether a record of a file is a problem: it has all that some benchmark, or one's own form, asks for."""
    fields = frozenset(record)
    if any(fields.issuperset(benchmark.required) for benchmark in BENCHMARKS.values()):
        return True
    return fields.issuperset(OWN.required) and not fields.isdisjoint(("prompt", "instruction"))


def load(source: str | Path) -> ProblemSet:
    """Problems by name or from a file or folder; a path is never a name.

    A name may go on with a variant, a tier and a language (or an alias of it), in any order: `basics`, `basics/depth`,
    `humaneval-x/java`, `multipl-e/js`, `humanevalpack/fix/rust`. Problems of languages that are not here are left out
    of names and folders.

    Raises:
        UnknownNameError: no such name or path, or a part that the set does not have.
        SourceError: a file's contents are not problems, or are in a language that is not here.
        InputError: problems of several languages have one id, or `source` is neither a name nor a path.
    """
    if not isinstance(source, str | Path):
        raise InputError(f"problems are loaded by name or path, got {source!r}; choose one of {', '.join(NAMES)}")
    is_path = isinstance(source, Path)
    source = str(source)
    name = source.partition("/")[0]
    if (is_path or name not in NAMES) and source and Path(source).exists():
        return msgspec.structs.replace(_load_path(Path(source)), source=str(Path(source).resolve()))
    return ProblemSet(name=source, source=source, problems=_by_id(name, load_all(source)))


def load_all(source: str) -> list[Problem]:
    """Problems by name, like `load`; ids may be there several times.

    Raises:
        UnknownNameError, SourceError: as `load`.
    """
    name, *parts = source.split("/")
    if name not in NAMES:
        raise UnknownNameError("problems", source, NAMES, "A file or folder works too.")
    variants = BENCHMARKS[name].variants if name in BENCHMARKS else ()
    variant = next((part for part in parts if part in variants), "")
    tier = parts[0] if name == basics.NAME and parts and parts[0] in basics.FIRST_NUMBER else ""
    problems = list(basics.problems(tier)) if name == basics.NAME else _load_name(name, variant)
    for part in parts:
        if part != variant:
            problems = _part(name, problems, part, variants)
    return problems


def _part(name: str, problems: list[Problem], part: str, variants: Iterable[str]) -> list[Problem]:
    """Those of a tier or a language."""
    try:
        language = by_name(part).name
    except UnknownNameError:
        language = ""
    kept = [problem for problem in problems if part == problem.tier or language == problem.language]
    if not part or not kept:
        tiers, languages = (dict.fromkeys(getattr(p, of) for p in problems) for of in ("tier", "language"))
        kinds = [kind for kind, some in (("variant", variants), ("tier", any(tiers)), ("language", True)) if some]
        raise UnknownNameError(f"{' or '.join(kinds)} of {name}", part, [*variants, *filter(None, tiers), *languages])
    return kept


def folder_of(name: str) -> Path | None:
    """The folder of a benchmark's files on this machine."""
    folders = BENCHMARKS[name].folders if name in BENCHMARKS else ()
    return next((found for one in (name, *folders) if (found := find_data(one))), None)


def _load_name(name: str, variant: str) -> list[Problem]:
    benchmark = BENCHMARKS[name]
    folder = folder_of(name)
    if folder is None:
        home = f"get them from {benchmark.home} and " if benchmark.home else ""
        how = f"get them with `passatk problems fetch {name}`, or " if benchmark.files else home
        raise InputError(
            f"the problems of {name} are not on this machine; {how}set PASSATK_DATA to a folder that holds a folder"
            f" {name}"
        )
    files = [file for file in _files(folder) if any(file.match(pattern) for pattern in benchmark.patterns)]
    if not files:
        raise InputError(f"no problems of {name} in {folder}: expected files called {', '.join(benchmark.patterns)}")
    return [problem for _, _, problem in _read_files(files, benchmark, variant)]


def _load_path(path: Path) -> ProblemSet:
    problems: dict[str, Problem] = {}
    for file, line, problem in _read_files(_files(path) if path.is_dir() else [path]):
        other = problems.setdefault(problem.task_id, problem)
        if other is not problem:
            where = "" if other.language == problem.language else f", in {other.language} and in {problem.language}"
            field = "id" if problem.benchmark == OWN.name else "task_id"
            raise SourceError(file, line, f"{problem.task_id!r} is there twice{where}", "one record per task", field)
    if not problems:
        raise SourceError(path, None, "there are no problems in it", "at least one, as docs/problems.md describes them")
    return ProblemSet(name=path.resolve().name, problems=problems)


def _by_id(name: str, problems: Iterable[Problem]) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    for problem in problems:
        other = found.setdefault(problem.task_id, problem)
        if other is not problem:
            of = "language" if other.language != problem.language else "tier"
            parts = sorted({getattr(p, of) for p in problems})
            raise InputError(
                f"{name} calls problems of several {of}s {problem.task_id!r}; name one of them: "
                + ", ".join(f"{name}/{part}" for part in parts)
            )
    return found


def _files(folder: Path) -> list[Path]:
    """Files of problems in a folder."""
    found = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".") and _can_be_read(p)]
    if not found:
        raise InputError(f"no problems in {folder}: expected files of JSON lines, plain or gzip, or Parquet files")
    return sorted(found)


def _can_be_read(file: Path) -> bool:
    return looks_like_json(file) or beginning(file, 4) == PARQUET_MAGIC


def _read_files(
    files: Sequence[Path], benchmark: Benchmark[Any] | None = None, variant: str = ""
) -> Iterator[tuple[Path, int | None, Problem]]:
    """(file, line, problem) of every record. Of several files, those of languages that are not here are left out.

    Raises:
        SourceError: a single file has a problem in a language that is not here, or all of several have.
    """
    refused: list[SourceError] = []
    found = False
    places = count()
    for file in files:
        for line, problem in _read(file, benchmark, variant, refused if len(files) > 1 else None, places):
            found = True
            yield file, line, problem
    if refused and not found:
        raise refused[0]


def _read(
    file: Path,
    benchmark: Benchmark[Any] | None,
    variant: str,
    refused: list[SourceError] | None,
    places: Iterator[int],
) -> Iterator[tuple[int | None, Problem]]:
    """(line, problem) of every record in a file; of the benchmark that recognises it where none is named.

    `refused` takes the errors about languages that are not here; where it is None they are raised. `places` counts.
    """
    for line, value in read_rows(file):
        for number, record in enumerate(rows_of(value)):
            if not isinstance(record, dict):
                raise SourceError(
                    file, line, f"{_shown(record)} is not an object", "an object per line, a problem each"
                )
            where = f"[{number}]." if isinstance(value, list) else ""  # a list has no lines to name
            found = benchmark or _benchmark_of(file, line, record)
            place = next(places)
            try:
                row = msgspec.convert(_filled(record, found, place), found.row)
                problem: Problem = found.problem(row, variant or next(iter(found.variants), ""))
            except msgspec.ValidationError as error:
                raise _wrong_field(file, line, record, str(error), found, where) from error
            except FieldError as error:
                wrong = error.at(file, line, where)
                if refused is None or not isinstance(error, UnknownLanguageError):
                    raise wrong from error
                refused.append(wrong)
                continue
            yield line, problem


def _filled(record: dict[str, Any], benchmark: Benchmark[Any], place: int) -> dict[str, Any]:
    """What a form reads: optional fields that are null are not there; its place, where that is its id."""
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
