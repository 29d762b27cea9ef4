"""An experiment file: model, problems, prompts, decoding and judging in one place; and running it whole."""

import tomllib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from passatk.decoding import DecodingSettings, preset, with_changes
from passatk.errors import InputError, UnknownNameError
from passatk.judging import default_policy
from passatk.languages import by_name
from passatk.models import ModelSpec
from passatk.pipeline.evaluation import Evaluation, Report, evaluate
from passatk.pipeline.generation import Generation, GenerationReport, Prompting, check_generation, generate
from passatk.pipeline.progress import no_progress
from passatk.problems import load
from passatk.records import Record
from passatk.runs.folder import GENERATIONS

EMBEDDED = ("embedded-python", "embedded-python-to-javascript")
"""The experiments that are run where none is named."""
_T = TypeVar("_T", bound=Record)


class _Problems(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    languages: tuple[str, ...] | None = None


class _Task(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["generate", "translate"] = "generate"
    samples: int = 1
    source_language: str | None = None
    target_language: str | None = None
    batch_size: int = 64


class _Judging(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    k: tuple[int, ...] | None = None
    tests: Literal["hidden", "example"] = "hidden"
    cpu_seconds: float | None = None
    cpu_factor: float | None = None
    memory_mib: int | None = None
    repeat: int = 1
    bootstrap_seed: int = 0
    allow_unjudged: bool = False


class Experiment(Record, frozen=True, kw_only=True):
    """Both halves of an experiment, ready to run."""

    generation: Generation
    evaluation: Evaluation


class Finished(Record, frozen=True, kw_only=True):
    """A finished experiment."""

    generation: GenerationReport
    evaluation: Report


def read_experiment(path: Path, out: Path | None = None, workers: int | None = None) -> Experiment:
    """The experiment in a TOML file. Tables: model, problems, task, prompt, decoding, judging; unknown keys are errors.

    Args:
        path: the file.
        out: the run folder; by default `runs/<name of the file>`.
        workers: slots, by default one for each CPU.

    Raises:
        InputError: the file cannot be read, or a key or value in it is wrong; names table and key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot read the experiment {path}: {error}") from error
    known = ("model", "problems", "task", "prompt", "decoding", "judging")
    if unknown := next((name for name in tables if name not in known), None):
        raise UnknownNameError(f"table in {path}", unknown, known)
    model = _table(path, tables, "model", ModelSpec)
    chosen = _table(path, tables, "problems", _Problems)
    task = _table(path, tables, "task", _Task)
    judging = _table(path, tables, "judging", _Judging)
    if task.source_language is not None and chosen.languages is not None:
        raise InputError(f"{path}: task.source_language takes the place of problems.languages; leave one out")
    languages = (task.source_language,) if task.source_language is not None else chosen.languages
    names = None if languages is None else tuple(sorted({by_name(name).name for name in languages}))
    target = None if task.target_language is None else by_name(task.target_language).name
    problems, folder = load(chosen.source), out or Path("runs") / path.stem
    memory = None if judging.memory_mib is None else judging.memory_mib << 20
    return Experiment(
        generation=Generation(
            problems=problems,
            model=model,
            settings=_settings(path, tables.get("decoding", {})),
            out=folder / GENERATIONS,
            samples=task.samples,
            languages=names,
            task=task.kind,
            target_language=target,
            prompting=_table(path, tables, "prompt", Prompting),
            batch_size=task.batch_size,
        ),
        evaluation=Evaluation(
            samples=folder / GENERATIONS,
            problems=problems,
            out=folder,
            ks=judging.k,
            tests=judging.tests,
            target_language=target,
            limits=default_policy(judging.cpu_seconds, judging.cpu_factor, memory),
            repeat=judging.repeat,
            workers=workers,
            allow_unjudged=judging.allow_unjudged,
            seed=judging.bootstrap_seed,
        ),
    )


def read_experiments(
    paths: Sequence[Path], out: Path | None = None, workers: int | None = None
) -> dict[str, Experiment]:
    """Several of them by name: that of the file. All are checked before any is run.

    Args:
        paths: of files, as for `read_experiment`; none at all: the experiments that passatk ships, its own model on its
            own suite.
        out: the run folder; of several, the folder of their run folders.
        workers: slots of each, by default one for each CPU.

    Raises:
        InputError: a file that cannot be used, or two files of one name.
    """
    paths = paths or _embedded()
    names = [path.stem for path in paths]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two experiments are called {twice!r}, so their runs would share a folder; rename one")
    found = {}
    for path in paths:
        folder = out / path.stem if out is not None and len(paths) > 1 else out
        found[path.stem] = read_experiment(path, folder, workers)
        _check_k(found[path.stem])
        check_generation(found[path.stem].generation)
    return found


def _embedded() -> list[Path]:
    folder = Path(str(resources.files("passatk.pipeline").joinpath("experiments")))
    return [folder / f"{name}.toml" for name in EMBEDDED]


Watch = Callable[[str, str], AbstractContextManager[Callable[..., None]]]
"""Called with a title and a unit before something long; gives what is told of progress."""


def run(experiment: Experiment, watch: Watch = lambda _title, _unit: nullcontext(no_progress)) -> Finished:
    """Generate and evaluate; called again after a crash, it goes on where it stopped.

    Raises:
        InputError, RunFolderError, EnvironmentFault: as `generate` and `evaluate` do.
    """
    _check_k(experiment)
    check_generation(experiment.generation)
    with watch("generating", "samples") as generating:
        generated = generate(experiment.generation, generating)
    with watch("judging", "programs") as judging:
        report = evaluate(experiment.evaluation, judging)
    return Finished(generation=generated, evaluation=report)


def _check_k(experiment: Experiment) -> None:
    """Refuse a pass@k that the experiment's samples cannot give, before anything is generated."""
    samples = experiment.generation.samples
    for k in experiment.evaluation.ks or ():
        if not 1 <= k <= samples:
            raise InputError(
                f"pass@{k} needs k from 1 to the number of samples of each task, which is {samples};"
                " ask for another k, or generate more samples"
            )


def _table(path: Path, tables: dict[str, Any], name: str, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tables.get(name, {}), kind)
    except msgspec.ValidationError as error:
        known = ", ".join(kind.__struct_fields__)
        raise InputError(f"{path}, table [{name}]: {error}; its keys are {known}") from error


def _settings(path: Path, table: Any) -> DecodingSettings:
    if not isinstance(table, dict):
        raise InputError(f"{path}: decoding is no table; write [decoding]")
    given = dict(table)
    try:
        return with_changes(preset(given.pop("preset", "greedy")), given.items())
    except InputError as error:
        raise InputError(f"{path}, table [decoding]: {error}") from error
