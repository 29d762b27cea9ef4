"""`passatk train`."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from passatk.cli import options
from passatk.errors import EnvironmentFault, InputError, Interrupted

if TYPE_CHECKING:
    from passatk.models.codegeex import CodeGeeXConfig

app = typer.Typer(no_args_is_help=True, help="Train small CodeGeeX models: one, or a ladder of sizes and budgets.")

Corpus = Annotated[Path, typer.Argument(help="Folder of a packed corpus, with its tokenizer.")]
BatchSize = Annotated[int | None, typer.Option(min=1, help="Windows in a step. [default: for 1000 steps, 4 to 64]")]
MicroBatch = Annotated[
    int | None, typer.Option(min=1, help="Windows computed together. [default: 4096 tokens; fewer need less memory]")
]
LearningRate = Annotated[
    float | None, typer.Option(help="At its highest. [default: 0.005 at 1M parameters, less for larger models]")
]
Optimizer = Annotated[str | None, typer.Option(help="muon or adamw. [default: muon]")]
Schedule = Annotated[str | None, typer.Option(help="linear, cosine or wsd. [default: linear]")]
Warmup = Annotated[float | None, typer.Option(help="Part of the steps. [default: 0.05]")]
FinalRate = Annotated[float | None, typer.Option(help="Part of the learning rate left at the end. [default: 0]")]
WeightDecay = Annotated[float | None, typer.Option(help="Of matrices. [default: 0.1]")]
Clip = Annotated[float | None, typer.Option(help="Largest norm of a gradient. [default: 1]")]
Precision = Annotated[
    str | None, typer.Option(help="Of the arithmetic: bfloat16 or float32; weights are float32. [default: bfloat16]")
]
Seed = Annotated[int | None, typer.Option(help="Of first weights and of the order of windows. [default: 0]")]
ModelDtype = Annotated[str, typer.Option("--dtype", help="The model is written in it: bfloat16 or float32.")]
Threads = Annotated[int | None, typer.Option(min=1, help="On a CPU. [default: all, or $OMP_NUM_THREADS]")]
CheckpointEvery = Annotated[int, typer.Option(min=1, help="Steps. Changes no bit.")]
ValidationWindows = Annotated[int, typer.Option(min=1, help="For the loss during training; the last is over all.")]


@app.command("model")
def model(  # long: most of it declares the options
    corpus: Corpus,
    tokens: Annotated[str, typer.Option(help="Budget: tokens to read, like 50M or 3e7.")],
    out: Annotated[Path, typer.Option(help="Run folder. The same command resumes it.")] = Path("runs/model"),
    parameters: Annotated[str | None, typer.Option(help="Size, like 3M: the usual shape nearest to it.")] = None,
    layers: Annotated[int | None, typer.Option(min=1, help="With --hidden: blocks below the top-query layer.")] = None,
    hidden: Annotated[int | None, typer.Option(min=1, help="With --layers: width.")] = None,
    heads: Annotated[int | None, typer.Option(min=1, help="With --layers. [default: of 64 each]")] = None,
    batch_size: BatchSize = None,
    micro_batch: MicroBatch = None,
    learning_rate: LearningRate = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    warmup: Warmup = None,
    final_learning_rate: FinalRate = None,
    weight_decay: WeightDecay = None,
    clip: Clip = None,
    precision: Precision = None,
    seed: Seed = None,
    device: options.Device = "cpu",
    threads: Threads = None,
    dtype: ModelDtype = "bfloat16",
    checkpoint_every: CheckpointEvery = 100,
    validate_every: Annotated[int | None, typer.Option(min=1, help="Steps. [default: a tenth of them]")] = None,
    validation_windows: ValidationWindows = 256,
    json: options.Json = False,
) -> None:
    """Train one model. Leaves OUT/model, which `passatk complete --backend codegeex --model OUT/model` opens."""
    with _torch_there():
        from passatk.corpus.packed import load_packed
        from passatk.report import terminal
        from passatk.report import training as shown
        from passatk.training.run import Training, train
        from passatk.training.settings import usual_settings
        from passatk.training.shapes import parameters as parameters_of

    packed = load_packed(corpus)
    budget = round(options.number_of(tokens, "--tokens"))
    shape = _shape(parameters, layers, hidden, heads, (packed.vocabulary, packed.context, packed.eos))
    given = _given(
        batch_size=batch_size,
        micro_batch=micro_batch,
        learning_rate=learning_rate,
        optimizer=optimizer,
        schedule=schedule,
        warmup=warmup,
        final_learning_rate=final_learning_rate,
        weight_decay=weight_decay,
        clip=clip,
        precision=precision,
        seed=seed,
    )
    request = Training(
        corpus=corpus,
        shape=shape,
        settings=usual_settings(parameters_of(shape), packed.context, budget, given),
        out=out,
        device=device,
        threads=threads,
        checkpoint_every=checkpoint_every,
        validation_every=validate_every,
        validation_windows=validation_windows,
        model_dtype=dtype,
    )
    with shown.progress(terminal.console_for("stderr")) as show, _gentle_stop() as stop:
        report = train(request, lambda reached: show("training", reached), stop)
    if json:
        _print_json(report)
    else:
        shown.print_training(terminal.console_for(), report)


@app.command("ladder")
def ladder(  # long: most of it declares the options
    corpus: Corpus,
    out: Annotated[Path, typer.Option(help="Folder of the runs and of runs.csv. The same command resumes it.")],
    sizes: Annotated[str, typer.Option(help="Parameters, like 0.2M,0.5M,1M,2M,4M.")],
    flops: Annotated[str | None, typer.Option(help="Budgets in floating-point operations, like 1e12,3e12.")] = None,
    tokens: Annotated[str | None, typer.Option(help="Or budgets in tokens, like 1M,4M.")] = None,
    batch_size: BatchSize = None,
    micro_batch: MicroBatch = None,
    learning_rate: LearningRate = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    warmup: Warmup = None,
    final_learning_rate: FinalRate = None,
    weight_decay: WeightDecay = None,
    clip: Clip = None,
    precision: Precision = None,
    seed: Seed = None,
    device: options.Device = "cpu",
    threads: Threads = None,
    dtype: ModelDtype = "bfloat16",
    checkpoint_every: CheckpointEvery = 100,
    validation_windows: ValidationWindows = 256,
    json: options.Json = False,
) -> None:
    """Train every size with every budget, each with its own schedule. Leaves OUT/runs.csv for `passatk scaling fit`."""
    with _torch_there():
        from passatk.report import terminal
        from passatk.report import training as shown
        from passatk.training.ladder import Ladder, climb

    if (flops is None) == (tokens is None):
        raise InputError("give the budgets with either --flops or --tokens")
    unit, budgets = ("flops", flops) if flops is not None else ("tokens", tokens)
    request = Ladder(
        corpus=corpus,
        out=out,
        sizes=tuple(round(options.number_of(part, "--sizes")) for part in sizes.split(",")),
        budgets=tuple(options.number_of(part, f"--{unit}") for part in (budgets or "").split(",")),
        unit=unit,
        settings=_given(
            batch_size=batch_size,
            micro_batch=micro_batch,
            learning_rate=learning_rate,
            optimizer=optimizer,
            schedule=schedule,
            warmup=warmup,
            final_learning_rate=final_learning_rate,
            weight_decay=weight_decay,
            clip=clip,
            precision=precision,
            seed=seed,
        ),
        device=device,
        threads=threads,
        checkpoint_every=checkpoint_every,
        validation_windows=validation_windows,
        model_dtype=dtype,
    )
    with shown.progress(terminal.console_for("stderr")) as show, _gentle_stop() as stop:
        report = climb(request, lambda at, all_, name, reached: show(f"{at + 1}/{all_} {name}", reached), stop)
    if json:
        _print_json(report)
    else:
        shown.print_ladder(terminal.console_for(), report)


@app.command("plot")
def plot(
    runs: Annotated[list[Path], typer.Argument(help="Folders of training runs.")],
    out: Annotated[Path, typer.Option(help="Picture: .html (works offline), .svg, .png or .json.")] = Path(
        "curves.svg"
    ),
) -> None:
    """Draw loss over tokens, a colour for each run: lines in training, dots in validation."""
    with _torch_there():
        from passatk.report import loss_curves

    loss_curves.draw(runs, out)
    print(out)


def _shape(
    parameters: str | None,
    layers: int | None,
    hidden: int | None,
    heads: int | None,
    corpus: tuple[int, int, int],
) -> "CodeGeeXConfig":
    """`corpus`: vocabulary, context, end of text."""
    from passatk.scaling.shapes import model_vocabulary
    from passatk.training.shapes import shape_for, shape_of

    vocabulary, context, eos = corpus
    by_hand = [value is not None for value in (layers, hidden, heads)]
    if parameters is not None and not any(by_hand):
        return shape_for(
            round(options.number_of(parameters, "--parameters")), model_vocabulary(vocabulary), context, eos
        )
    if parameters is None and layers is not None and hidden is not None:
        return shape_of(layers, hidden, heads, model_vocabulary(vocabulary), context, eos)
    raise InputError("how large? Give either --parameters, like 3M, or --layers and --hidden (and --heads)")


def _given(**settings: object) -> dict[str, object]:
    return {name: value for name, value in settings.items() if value is not None}


@contextmanager
def _torch_there() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise EnvironmentFault(f"training needs the package {error.name}; `pip install 'passatk[models]'`") from error


@contextmanager
def _gentle_stop() -> Iterator[Callable[[], bool]]:
    """Whether somebody asked to stop. The first signal lets the step end and a checkpoint be written; the second does
    not wait.
    """
    asked = False

    def note(_number: int, _frame: object) -> None:
        nonlocal asked
        if asked:
            raise Interrupted("interrupted; run the same command again to go on from the last checkpoint")
        asked = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_json(report: object) -> None:
    import msgspec

    print(msgspec.json.encode(msgspec.to_builtins(report, enc_hook=str)).decode())
