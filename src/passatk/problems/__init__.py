"""Where problems come from: one file per benchmark, and the embedded suite `basics`."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from passatk.errors import InputError, SourceError, UnknownNameError
from passatk.problems import basics, humaneval, humaneval_x
from passatk.records import Problem, Record
from passatk.textfiles import find_data, looks_like_json, read_json

__all__ = ["BENCHMARKS", "NAMES", "ProblemSet", "load"]

BENCHMARKS: dict[str, ModuleType] = {humaneval_x.NAME: humaneval_x, humaneval.NAME: humaneval}
"""Benchmarks read from files. HumanEval-X is asked first: its records have all of its own fields."""

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


def load(source: str) -> ProblemSet:
    """Problems by name (`basics`, `basics/depth`, `humaneval-x/java`, `basics/depth/java`) or from a file or folder.

    Raises:
        UnknownNameError: no such name or path, or a tier or language the set does not have.
        SourceError: a file's contents are not problems.
    """
    name, *parts = source.split("/")
    if name not in NAMES:
        if Path(source).exists():
            return msgspec.structs.replace(_load_path(Path(source)), source=str(Path(source).resolve()))
        raise UnknownNameError("problems", source, NAMES, "A file or folder works too.")
    whole = msgspec.structs.replace(_load_name(name), name=source, source=source)
    tiers = list(basics.FIRST_NUMBER) if name == basics.NAME else []
    for part in parts:
        if part in tiers:
            kept = {task: p for task, p in whole.problems.items() if p.tier == part}
            whole = msgspec.structs.replace(whole, problems=kept)
        elif part in whole.languages:
            whole = whole.only([part])
        else:
            kind = "tier or language" if tiers else "language"
            raise UnknownNameError(f"{kind} of {name}", part, [*tiers, *whole.languages])
    return whole


def _load_name(name: str) -> ProblemSet:
    if name == basics.NAME:
        return ProblemSet(name=name, problems={p.task_id: p for p in basics.problems()})
    folder = find_data(name)
    if folder is None:
        raise InputError(
            f"the problems of {name} are not on this machine; get them with `passatk problems fetch {name}`,"
            f" or set PASSATK_DATA to a folder that holds a folder {name}"
        )
    return msgspec.structs.replace(_load_path(folder), name=name)


def _load_path(path: Path) -> ProblemSet:
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith(".") and looks_like_json(p))
        if not files:
            raise InputError(f"no problems in {path}: expected files of JSON lines, plain or gzip")
    else:
        files = [path]
    problems: dict[str, Problem] = {}
    for file in files:
        for line, record in read_json(file):
            problem = _problem(file, line, record)
            if problem.task_id in problems:
                raise SourceError(file, line, f"{problem.task_id!r} is there twice", "one record per task", "task_id")
            problems[problem.task_id] = problem
    return ProblemSet(name=path.resolve().name, problems=problems)


def _problem(file: Path, line: int | None, record: Any) -> Problem:
    if not isinstance(record, dict):
        raise SourceError(file, line, f"a {type(record).__name__}", "an object per line, one problem each")
    benchmark = next((b for b in BENCHMARKS.values() if b.recognises(record)), None)
    if benchmark is None:
        known = "; ".join(f"{name}: {', '.join(b.FIELDS)}" for name, b in BENCHMARKS.items())
        raise SourceError(file, line, f"fields {', '.join(map(repr, record))} fit no benchmark", known)
    for field in benchmark.FIELDS:
        _require_text(file, line, record, field)
    for field in ("example_test", "import", "test_setup"):
        if record.get(field) is not None:
            _require_text(file, line, record, field)
    prefix = record["task_id"].partition("/")[0]
    language = benchmark.LANGUAGE_OF_PREFIX.get(prefix)
    if language is None:
        prefixes = ", ".join(f"{p}/N" for p in benchmark.LANGUAGE_OF_PREFIX)
        raise SourceError(file, line, f"no language for {record['task_id']!r}", prefixes, "task_id")
    made: Problem = benchmark.problem(record, language)
    return made


def _require_text(file: Path, line: int | None, record: Mapping[str, Any], field: str) -> None:
    if field not in record:
        raise SourceError(file, line, "is missing", "text", field)
    if not isinstance(record[field], str):
        raise SourceError(file, line, f"is no text but {record[field]!r:.40}", "text", field)
