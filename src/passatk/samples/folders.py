"""Folders that passatk made: which file or folder a path means, and the problems it was made from."""

import hashlib
from pathlib import Path

import msgspec

from passatk.errors import InputError
from passatk.problems import NAMES, ProblemSet, load
from passatk.records import Record
from passatk.runs import RunView, past_generations
from passatk.runs.generations import JOURNAL, LINES
from passatk.runs.locked import COMPLETE
from passatk.textfiles import content_hash

_RUN_JOURNAL = "run.sqlite"
_RESULTS = "results.jsonl"


class Origin(Record, frozen=True, kw_only=True):
    """The problems that a folder's manifest names."""

    folder: Path
    name: str
    source: str
    sha256: str
    toolchain_options: tuple[str, ...] = ()
    """That took the place of the problems' own, when they were hashed."""
    target_language: str | None = None
    """Of translations, whose task ids name the language translated from."""
    extraction: int | None = None
    """Version of the rules by which its answers were read, where some were."""

    def target(self, wanted: str | None) -> str | None:
        """The language to judge in.

        Raises:
            InputError: another one than the translations are in is wanted.
        """
        if None not in (wanted, self.target_language) and wanted != self.target_language:
            raise InputError(
                f"the generations in {self.folder} are translations to {self.target_language}, not to {wanted};"
                f" judge them in {self.target_language}"
            )
        return wanted or self.target_language


def place_of(path: Path) -> Path:
    """The folder, where `path` is a folder that passatk made or the file of samples in one; else `path` itself."""
    parent = path.resolve().parent
    if path.name == LINES and (parent / JOURNAL).is_file():
        return parent
    if path.name == _RESULTS and (parent / _RUN_JOURNAL).is_file() and (parent / COMPLETE).is_file():
        return parent
    return path


def is_generations(path: Path) -> bool:
    """Whether `path` is a folder that `generate` made."""
    return (path / JOURNAL).is_file()


def is_run(path: Path) -> bool:
    """Whether `path` is a folder that `evaluate` made, or should be one."""
    return (path / _RUN_JOURNAL).is_file() or (path / "manifest.json").is_file()


def origin_of(path: Path) -> Origin | None:
    """What a folder was made from; None for files and folders of other tools.

    Raises:
        InputError: the folder is not complete.
        RunFolderError: its manifest cannot be read.
    """
    folder = place_of(path)
    if is_generations(folder):
        made, _, _ = past_generations(folder)
        return Origin(
            folder=folder,
            name=made.problems,
            source=made.problems_source,
            sha256=made.problems_sha256,
            target_language=made.target_language,
            extraction=made.extraction,
        )
    if folder.is_dir() and is_run(folder):
        with RunView.finished(folder) as run:
            judged = run.manifest
            return Origin(
                folder=folder,
                name=judged.problems,
                source=judged.problems_source,
                sha256=judged.problems_sha256,
                toolchain_options=judged.toolchain_options,
                extraction=judged.extraction,
            )
    return None


def check_origin(origin: Origin, problems: ProblemSet, tasks: set[str]) -> None:
    """Refuse to judge a folder's samples against other problems than they were generated for.

    Parts of the same set are fine, and so are other options for the toolchain: what the model was asked must be equal.

    Raises:
        InputError: it is another set; names both.
    """
    if problems.hash == origin.sha256:
        return
    why = f"they are not those of {problems.name}"
    try:
        own = load(origin.source)
    except InputError as error:
        if problems.name in NAMES and problems.name == origin.name:
            return
        why = f"which cannot be compared with {problems.name}: {error}"
    else:
        changed = own.hash != origin.sha256 and not origin.toolchain_options
        if changed and origin.source.partition("/")[0] not in NAMES:  # benchmarks stay; their records here may grow
            raise InputError(
                f"the problems in {origin.source} have changed since {origin.folder} was made from them (hash"
                f" {origin.sha256[:12]} then, {own.hash[:12]} now); generate again, or bring the old ones back"
            )
        differing = sorted(task for task in tasks if _differ(own, problems, task))
        if not differing:
            return
        why = f"in {problems.name}, {differing[0]} is another problem or is not there"
    raise InputError(
        f"the generations in {origin.folder} were made for the problems of {origin.name} (hash {origin.sha256[:12]}),"
        f" and {why} (hash {problems.hash[:12]}); judge them against {origin.source or origin.name}"
    )


def _differ(one: ProblemSet, other: ProblemSet, task: str) -> bool:
    """Whether a model was asked something else in two sets."""
    if task not in other.problems:
        return True
    if task not in one.problems:  # the set has changed since
        return True
    mine, theirs = one.problems[task], other.problems[task]
    fields = ("benchmark", "language", "prompt", "instruction", "entry_point")
    return any(getattr(mine, field) != getattr(theirs, field) for field in fields)


def samples_hash(path: Path) -> str:
    """SHA-256 of what `path` contains: equal hashes, equal samples."""
    path = place_of(path)
    if is_generations(path):
        return content_hash(path / LINES)
    if not path.is_dir():
        return content_hash(path)
    digest = hashlib.sha256()
    if not is_run(path):
        for file in sorted(file for file in path.rglob("*") if file.is_file()):
            digest.update(f"{file.relative_to(path)}\t{content_hash(file)}\n".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()
    with RunView.finished(path) as run:
        for sample in run.samples():
            digest.update(msgspec.json.encode([sample.task_id, sample.index, sample.whole, len(sample.text)]))
            digest.update(sample.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
