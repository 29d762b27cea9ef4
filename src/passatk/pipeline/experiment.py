"""An experiment file: model, problems, prompts, decoding and judging in one place; and running it whole."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import resources
from pathlib import Path

from passatk.errors import InputError
from passatk.pipeline.evaluation import Evaluation, Report, evaluate
from passatk.pipeline.generation import Generation, GenerationReport, check_generation, generate
from passatk.pipeline.progress import no_progress
from passatk.pipeline.tables import Given, check_tables, check_values, evaluation_of, expanded, generation_of, merged
from passatk.records import Record
from passatk.runs.folder import GENERATIONS
from passatk.settings import checks_its_request

EMBEDDED = ("embedded-python", "embedded-python-to-javascript")
"""The experiments that are run where none is named."""
_NO_CHANGES: Given = {}


class Experiment(Record, frozen=True, kw_only=True):
    """Both halves of an experiment, ready to run."""

    generation: Generation
    evaluation: Evaluation

    def check(self) -> None:
        """Refuse a score that the samples could not have, before a model is loaded.

        Raises:
            InputError: k is larger than the number of samples, or there are two clusters.
        """
        most, samples = max(self.evaluation.k or (1,)), self.generation.samples
        if most > samples:
            raise InputError(
                f"pass@{most} needs at least {most} samples of every task, but samples = {samples};"
                f" ask for k up to {samples}, or for more samples",
                setting="k",
            )
        halves = (self.generation, self.evaluation)
        if len({half.address for half in halves if half.executor == "ray"}) > 1:
            raise InputError(
                f"samples are generated on the cluster at {self.generation.address} and judged on that at"
                f" {self.evaluation.address}, and a command can be in one; generate and evaluate in two commands",
                setting="address",
            )


class Finished(Record, frozen=True, kw_only=True):
    """A finished experiment."""

    generation: GenerationReport
    evaluation: Report


def read_experiment(path: Path, out: Path | None = None, changes: Given = _NO_CHANGES) -> Experiment:
    """The experiment in a TOML file that is not a sweep, see `read_experiments`.

    Raises:
        InputError: the file cannot be read, is a sweep, or a key or value in it is wrong; names table and key.
    """
    found = read_experiments([path], out, changes)
    if len(found) > 1:
        raise InputError(f"{path} is a sweep of {len(found)} experiments; read it with read_experiments")
    return next(iter(found.values()))


def read_experiments(
    paths: Sequence[Path], out: Path | None = None, changes: Given = _NO_CHANGES
) -> dict[str, Experiment]:
    """The experiments in TOML files by name: that of the file, and what was chosen where the file is a sweep.

    Tables: model, problems, task, prompt, decoding, judging; unknown keys are errors. A list for a key that has one
    value is a sweep: an experiment for every combination. All are checked before any is run.

    Args:
        paths: the files; none at all: the experiments that passatk ships, its own model on its own suite.
        out: the run folder, by default `runs/<name of the file>`; of several experiments, the folder of their run
            folders.
        changes: table -> key -> value, in place of what the files say.

    Raises:
        InputError: a file cannot be read, a key or value in it is wrong, or two files have one name; names file, table
            and key.
    """
    paths = paths or _embedded()
    names = [path.stem for path in paths]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two experiments are called {twice!r}, so their runs would share a folder; rename one")
    check_tables(changes)
    found = {}
    for path in paths:
        folder = out or Path("runs") / path.stem
        if out is not None and len(paths) > 1:
            folder = out / path.stem
        with _prefixed(str(path)):
            tables = merged(_read(path), changes)
            for name, chosen in expanded(tables):
                with _prefixed(name):
                    full = f"{path.stem}/{name}" if name else path.stem
                    found[full] = _experiment(chosen, folder / name)
    return found


def _read(path: Path) -> Given:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot read the experiment: {error}") from error
    check_tables(tables)
    return tables


@contextmanager
def _prefixed(place: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise (error.prefix(place) if place else error) from None


def _experiment(tables: Given, folder: Path) -> Experiment:
    check_values(tables)
    generation = generation_of(tables, folder / GENERATIONS)
    judged = {name: table for name, table in tables.items() if name != "problems"}
    source = {"problems": {"source": tables["problems"]["source"]}}  # a translation is judged in another language
    experiment = Experiment(
        generation=generation,
        evaluation=evaluation_of(judged | source, folder / GENERATIONS, folder, generation.problems),
    )
    experiment.check()
    check_generation(generation)
    return experiment


def _embedded() -> list[Path]:
    folder = Path(str(resources.files("passatk.pipeline").joinpath("experiments")))
    return [folder / f"{name}.toml" for name in EMBEDDED]


Watch = Callable[[str, str], AbstractContextManager[Callable[..., None]]]
"""Called with a title and a unit before something long; gives what is told of progress."""


@checks_its_request
def run(experiment: Experiment, watch: Watch = lambda _title, _unit: nullcontext(no_progress)) -> Finished:
    """Generate and evaluate; called again after a crash, it goes on where it stopped.

    Raises:
        InputError, RunFolderError, EnvironmentFault: as `generate` and `evaluate` do.
    """
    check_generation(experiment.generation)
    with watch("generating", "samples") as generating:
        generated = generate(experiment.generation, generating)
    with watch("judging", "programs") as judging:
        report = evaluate(experiment.evaluation, judging)
    return Finished(generation=generated, evaluation=report)
