"""A ladder: every size with every budget, each a run of its own; and the table that scaling laws are fitted to."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from passatk.corpus.packed import PackedCorpus, load_packed
from passatk.errors import InputError
from passatk.models.codegeex import CodeGeeXConfig
from passatk.records import Record
from passatk.runs.locked import COMPLETE, storage, write_atomically
from passatk.scaling.shapes import model_vocabulary
from passatk.settings import checks_its_request
from passatk.training.folder import TrainingManifest, read_manifest
from passatk.training.run import Progress, Training, TrainingReport, past_report, train
from passatk.training.settings import TrainingOptions, usual_settings
from passatk.training.shapes import flops_per_token, parameters, shape_for

TABLE = "runs.csv"
FEW_STEPS = 300
"""A run with fewer is told apart: the optimizer has hardly begun."""


class Ladder(TrainingOptions, frozen=True, kw_only=True):
    """Which sizes and budgets."""

    corpus: Path
    out: Path
    """Folder: a run folder for each cell, and `runs.csv`. The same request resumes it; another adds to it."""
    sizes: tuple[int, ...]
    """Wanted parameters; the usual shape that comes nearest is taken."""
    budgets: tuple[float, ...]
    unit: Literal["flops", "tokens"] = "flops"
    """Of the budgets: `flops` of training, as `shapes.flops_per_token` counts them, or `tokens`."""
    settings: Mapping[str, object] = {}
    """Of TrainingSettings, the same in all cells; what is not told follows from size and budget."""


class Cell(Record, frozen=True, kw_only=True):
    """One run of a ladder."""

    name: str
    budget: float
    training: Training


class LadderReport(Record, frozen=True, kw_only=True):
    """What came out."""

    table: Path
    """`runs.csv`."""
    runs: tuple[TrainingReport, ...]


Listener = Callable[[int, int, str, Progress], None]
"""(number of the cell from 0, cells, its name, how far it is)."""


def cells_of(ladder: Ladder) -> list[Cell]:
    """All runs, cheapest first.

    Raises:
        InputError: a size or budget makes no sense.
    """
    corpus = load_packed(ladder.corpus)
    if not ladder.sizes or not ladder.budgets:
        raise InputError("a ladder needs at least one size and one budget")
    shapes: dict[CodeGeeXConfig, int] = {}
    for size in ladder.sizes:
        shape = shape_for(size, model_vocabulary(corpus.vocabulary), corpus.context, corpus.eos)
        if shape in shapes:
            raise InputError(
                f"sizes {shapes[shape]} and {size} both give the shape with {parameters(shape)} parameters;"
                " leave one out"
            )
        shapes[shape] = size
    return [
        _cell(ladder, corpus, shape, budget)
        for budget in sorted(set(ladder.budgets))
        for shape in sorted(shapes, key=parameters)
    ]


def _cell(ladder: Ladder, corpus: PackedCorpus, shape: CodeGeeXConfig, budget: float) -> Cell:
    per_token = flops_per_token(shape, corpus.context) if ladder.unit == "flops" else 1
    tokens = round(budget / per_token)
    if tokens < corpus.context:
        raise InputError(
            f"a budget of {budget:g} {ladder.unit} is {tokens} tokens for {parameters(shape)} parameters, less than a"
            f" window of {corpus.context}; give a larger one"
        )
    name = f"{shape.layers}x{shape.hidden}-{budget:g}-{ladder.unit}".replace("e+", "e")
    training = Training(
        corpus=ladder.corpus,
        shape=shape,
        settings=usual_settings(parameters(shape), corpus.context, tokens, ladder.settings),
        out=ladder.out / name,
        **{name: getattr(ladder, name) for name in TrainingOptions.__struct_fields__},
    )
    return Cell(name=name, budget=budget, training=training)


@checks_its_request
def climb(ladder: Ladder, listener: Listener | None = None, stop: Callable[[], bool] = lambda: False) -> LadderReport:
    """Train every cell that is not trained, and write the table after each.

    Raises:
        InputError: a size or budget makes no sense, or training diverged.
        RunFolderError: a cell's folder belongs to another run.
        Interrupted: `stop` said so; what is trained is kept.
    """
    cells, reports = cells_of(ladder), []
    for number, cell in enumerate(cells):

        def told(progress: Progress, number: int = number, name: str = cell.name) -> None:
            if listener is not None:
                listener(number, len(cells), name, progress)

        reports.append(train(cell.training, told, stop))
        write_table(ladder.out)
    return LadderReport(table=ladder.out / TABLE, runs=tuple(reports))


def write_table(out: Path) -> None:
    """Write `runs.csv` of all finished runs in the folder, smallest first."""
    finished = [path.parent for path in sorted(out.glob(f"*/{COMPLETE}"))]
    rows = [_row(folder.name, read_manifest(folder), past_report(folder)) for folder in finished]
    rows.sort(key=lambda row: (row["parameters"], row["tokens"], row["run"]))
    if not rows:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with storage(out):
        write_atomically(out / TABLE, text.getvalue().encode())


def _row(name: str, manifest: TrainingManifest, report: TrainingReport) -> dict[str, str | int | float]:
    shape, settings = manifest.shape, manifest.settings
    return {
        "run": name,
        "parameters": report.parameters,
        "non_embedding_parameters": report.non_embedding_parameters,
        "tokens": report.tokens,
        "unique_tokens": min(report.tokens, manifest.windows * manifest.context),
        "flops": report.flops,
        "loss": report.loss,
        "train_loss": report.train_loss,
        "seconds": round(report.seconds, 3),
        "layers": shape.layers,
        "hidden": shape.hidden,
        "heads": shape.heads,
        "context": manifest.context,
        "vocabulary": shape.vocabulary,
        "steps": report.steps,
        "batch_size": settings.batch_size,
        "learning_rate": settings.learning_rate,
        "seed": settings.seed,
        "corpus_sha256": manifest.corpus_sha256,
        "digest": report.digest,
    }
