"""`passatk train`."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from passatk.cli import options
from passatk.cli.generated import App, Given, Table, with_settings
from passatk.errors import EnvironmentFault, InputError, Interrupted
from passatk.settings import build
from passatk.training.settings import ShapeChoice, TrainingOptions, TrainingSettings

if TYPE_CHECKING:
    from passatk.models.codegeex import CodeGeeXConfig

app = App(no_args_is_help=True, help="Train small CodeGeeX models: one, or a ladder of sizes and budgets.")

Corpus = Annotated[Path, typer.Argument(help="Folder of a packed corpus, with its tokenizer.")]
_SETTINGS = Table("settings", "Training", record=TrainingSettings, without=("tokens",))
_OPTIONS = Table("options", "Running", record=TrainingOptions)


@app.command("model")
@with_settings(Table("shape", "Size", record=ShapeChoice), _SETTINGS, _OPTIONS, sets=False)
def model(
    given: Given,
    corpus: Corpus,
    tokens: Annotated[str, typer.Option(metavar="NUMBER", help="Budget: tokens to read, like 50M or 3e7.")],
    out: Annotated[Path, typer.Option(help="Run folder to write; the same command resumes it.")] = Path("runs/model"),
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="MODEL", help="Go on from a trained model: its folder, or `embedded`."),
    ] = None,
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
        from passatk.training.start import shape_of_start

    packed = load_packed(corpus)
    budget = round(options.number_of(tokens, "--tokens"))
    if start is None:
        shape = _shape(given["shape"], (packed.vocabulary, packed.context, packed.eos))
    elif given["shape"]:
        raise InputError(
            "a model's size is what it is; leave it out to go on from one", setting=next(iter(given["shape"]))
        )
    else:
        shape = shape_of_start(start)
    request = Training(
        corpus=corpus,
        shape=shape,
        settings=usual_settings(parameters_of(shape), packed.context, budget, given["settings"]),
        out=out,
        start=start,
        **_options(given),
    )
    with shown.progress(terminal.console_for("stderr")) as show, _gentle_stop() as stop:
        report = train(request, lambda reached: show("training", reached), stop)
    if json:
        print(options.as_json(report))
    else:
        shown.print_training(terminal.console_for(), report)


@app.command("ladder")
@with_settings(
    _SETTINGS, Table("options", "Running", record=TrainingOptions, without=("validation_every",)), sets=False
)
def ladder(
    given: Given,
    corpus: Corpus,
    out: Annotated[
        Path, typer.Option(help="Folder of the runs and of runs.csv to write; the same command resumes it.")
    ],
    sizes: Annotated[str, typer.Option(metavar="NUMBER,...", help="Sizes in parameters, like 0.2M,0.5M,1M,2M,4M.")],
    flops: Annotated[
        str | None, typer.Option(metavar="NUMBER,...", help="Budgets in floating-point operations, like 1e12,3e12.")
    ] = None,
    tokens: Annotated[
        str | None, typer.Option(metavar="NUMBER,...", help="Budgets in tokens, like 1M,4M, instead.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Train every size with every budget, each with its own schedule. Leaves OUT/runs.csv for `passatk scaling fit`."""
    with _torch_there():
        from passatk.report import terminal
        from passatk.report import training as shown
        from passatk.training.ladder import Ladder, climb

    if (flops is None) == (tokens is None):
        raise InputError("give the budgets with either --flops or --tokens")
    by_flops = options.numbers_of(flops, "--flops")
    request = Ladder(
        corpus=corpus,
        out=out,
        sizes=tuple(map(round, options.numbers_of(sizes, "--sizes") or ())),
        budgets=by_flops or options.numbers_of(tokens, "--tokens") or (),
        unit="tokens" if by_flops is None else "flops",
        settings=given["settings"],
        **_options(given),
    )
    with shown.progress(terminal.console_for("stderr")) as show, _gentle_stop() as stop:
        report = climb(request, lambda at, all_, name, reached: show(f"{at + 1}/{all_} {name}", reached), stop)
    if json:
        print(options.as_json(report))
    else:
        shown.print_ladder(terminal.console_for(), report)


@app.command("plot")
def plot(
    runs: Annotated[list[Path], typer.Argument(help="Folders of training runs.")],
    out: Annotated[Path, typer.Option(help="Picture to write: .html (works offline), .svg, .png or .json.")] = Path(
        "curves.svg"
    ),
) -> None:
    """Draw loss over tokens, a colour for each run: lines in training, dots in validation."""
    with _torch_there():
        from passatk.report import loss_curves

    loss_curves.draw(runs, out)
    print(out)


def _options(given: Given) -> dict[str, Any]:
    chosen = build(TrainingOptions, given["options"], "training options")
    return {name: getattr(chosen, name) for name in TrainingOptions.__struct_fields__}


def _shape(given: dict[str, Any], corpus: tuple[int, int, int]) -> "CodeGeeXConfig":
    """`corpus`: vocabulary, context, end of text."""
    from passatk.scaling.shapes import model_vocabulary
    from passatk.training.shapes import shape_for, shape_of

    vocabulary, context, eos = corpus
    choice = build(ShapeChoice, given, "size")
    if set(given) == {"parameters"} and choice.parameters is not None:
        return shape_for(choice.parameters, model_vocabulary(vocabulary), context, eos)
    if choice.parameters is None and choice.layers is not None and choice.hidden is not None:
        return shape_of(choice.layers, choice.hidden, choice.heads, model_vocabulary(vocabulary), context, eos)
    raise InputError("how large? Give either --parameters, like 3M, or --layers and --hidden (and --heads)")


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
