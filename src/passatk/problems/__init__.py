"""Where problems come from: one file per benchmark, and the embedded suite `basics`."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from passatk.errors import InputError, SourceError, UnknownNameError
from passatk.languages import by_name
from passatk.problems import basics
from passatk.problems.base import Benchmark, without_language
from passatk.problems.benchmarks import BENCHMARKS
from passatk.problems.own import OWN
from passatk.problems.reading import Reading, told
from passatk.records import Problem, Record
from passatk.textfiles import PARQUET_MAGIC, beginning, find_data, looks_like_json
from passatk.wording import counted

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
    left_out: dict[str, int] = {}
    """Why records were left out, since nothing can be judged by them -> how many."""

    @property
    def left_out_words(self) -> str:
        """That in a sentence; empty where all records are problems."""
        number = counted(sum(self.left_out.values()), "problem")
        return f"{number} of {self.name} left out: {told(self.left_out)}" if self.left_out else ""

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
    of names and folders. So are records by which nothing can be judged, counted by their reasons in `left_out`.

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
    left_out: Counter[str] = Counter()
    problems = _by_id(name, load_all(source, left_out))
    return ProblemSet(name=source, source=source, problems=problems, left_out=dict(left_out))


def load_all(source: str, left_out: Counter[str] | None = None) -> list[Problem]:
    """Problems by name, like `load`; ids may be there several times. `left_out` counts what is left out.

    Raises:
        UnknownNameError, SourceError: as `load`.
    """
    name, *parts = source.split("/")
    if name not in NAMES:
        raise UnknownNameError("problems", source, NAMES, "A file or folder works too.")
    variants = BENCHMARKS[name].variants if name in BENCHMARKS else ()
    variant = next((part for part in parts if part in variants), "")
    tier = parts[0] if name == basics.NAME and parts and parts[0] in basics.FIRST_NUMBER else ""
    problems = list(basics.problems(tier)) if name == basics.NAME else _load_name(name, variant, left_out)
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


def _load_name(name: str, variant: str, left_out: Counter[str] | None) -> list[Problem]:
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
    return [problem for _, _, problem in Reading(files, benchmark, variant, left_out).problems()]


def _load_path(path: Path) -> ProblemSet:
    problems: dict[str, Problem] = {}
    left_out: Counter[str] = Counter()
    for file, line, problem in Reading(_files(path) if path.is_dir() else [path], left_out=left_out).problems():
        other = problems.setdefault(problem.task_id, problem)
        if other is not problem:
            where = "" if other.language == problem.language else f", in {other.language} and in {problem.language}"
            field = "id" if problem.benchmark == OWN.name else "task_id"
            raise SourceError(file, line, f"{problem.task_id!r} is there twice{where}", "one record per task", field)
    if not problems:
        raise SourceError(path, None, "there are no problems in it", "at least one, as docs/problems.md describes them")
    return ProblemSet(name=path.resolve().name, problems=problems, left_out=dict(left_out))


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
