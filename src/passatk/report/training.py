"""Training on a terminal: live progress, and what came out."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from passatk.training.ladder import FEW_STEPS, LadderReport
from passatk.training.run import Progress as Reached
from passatk.training.run import TrainingReport
from passatk.wording import counted

_PLAIN_EVERY_S = 10.0

Show = Callable[[str, Reached], None]


@contextmanager
def progress(console: Console) -> Iterator[Show]:
    """A callback that shows, under a title, how far a run is: loss, tokens per second, time left."""
    if console.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("training", total=None, told="")
            yield lambda title, reached: bar.update(
                task, description=title, completed=reached.step, total=reached.steps, told=line_of(reached)
            )
    else:
        last = time.monotonic()

        def show(title: str, reached: Reached) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _PLAIN_EVERY_S or reached.step == reached.steps:
                last = now
                console.print(f"{title}: {line_of(reached)}", highlight=False, markup=False, soft_wrap=True)

        yield show


def line_of(reached: Reached) -> str:
    """How far, in one line."""
    valid = "" if reached.valid_loss is None else f" valid {reached.valid_loss:.4f}"
    return (
        f"step {reached.step}/{reached.steps} {number(reached.tokens)} tokens, loss {reached.loss:.4f}{valid},"
        f" {reached.tokens_per_second:,.0f} tokens/s, {duration(reached.seconds_left)} left"
    )


def number(value: float) -> str:
    """As people write it: 1.5M."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """Hours, minutes, seconds: 1:02:03 or 2:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def print_training(console: Console, report: TrainingReport) -> None:
    """Size, what it read, losses, speed, digest, and where the model is."""
    for line in (
        f"{report.parameters:,} parameters ({report.non_embedding_parameters:,} without embeddings),"
        f" {report.tokens:,} tokens in {report.steps:,} steps, {report.epochs:.2f} epochs, {report.flops:.3g} FLOP",
        f"loss {report.loss:.4f} on all validation windows, {report.train_loss:.4f} in training",
        f"{duration(report.seconds)} of training, {report.tokens_per_second:,.0f} tokens/s",
    ):
        console.print(line, highlight=False)
    if report.start is not None:
        before = "how much it had read is not known"
        if report.start.tokens is not None and report.start.flops is not None:
            before = f"which had read {report.start.tokens:,} tokens in {report.start.flops:.3g} FLOP"
        console.print(f"went on from {report.start.model}, {before}", highlight=False, markup=False)
    if report.epochs > 1:
        console.print(
            f"The budget is {report.epochs:.2f} times the corpus: its windows were read again.", style="yellow"
        )
    console.print(f"digest {report.digest}", highlight=False, soft_wrap=True)
    console.print(f"model {report.model}", highlight=False, markup=False, soft_wrap=True)


def print_ladder(console: Console, report: LadderReport) -> None:
    """A row for each run, and where the table is."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("run", "parameters", "tokens", "steps", "FLOP", "loss", "time"):
        table.add_column(heading, justify="left" if heading == "run" else "right")
    for run in report.runs:
        sizes = (number(run.parameters), number(run.tokens), str(run.steps), f"{run.flops:.3g}")
        table.add_row(run.out.name, *sizes, f"{run.loss:.4f}", duration(run.seconds))
    console.print(table)
    if starved := [run.out.name for run in report.runs if run.steps < FEW_STEPS]:
        console.print(
            f"{counted(len(starved), 'run has', 'runs have')} fewer than {FEW_STEPS} steps: the losses say more of the"
            f" optimizer than of size and tokens, so leave out of a fit: {', '.join(starved)}",
            style="yellow",
            highlight=False,
        )
    console.print(f"table {report.table}", highlight=False, markup=False, soft_wrap=True)
