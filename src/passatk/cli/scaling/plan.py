"""`passatk scaling plan` and `flops`: trainings, and what they cost."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings
from passatk.cli.scaling import shared
from passatk.errors import InputError
from passatk.records import Record
from passatk.settings import build, setting

if TYPE_CHECKING:
    from passatk.scaling import Architecture, Frontier, Law
    from passatk.scaling.planning import Rung


class ShapeOptions(Record, frozen=True, kw_only=True):
    """A model's shape."""

    layers: Annotated[int | None, setting("Blocks, without the top-query layer.", ge=1)] = None
    hidden: Annotated[int | None, setting("Width of the model.", ge=1)] = None
    heads: Annotated[int | None, setting("Attention heads.", ge=1)] = None
    feed_forward: Annotated[int | None, setting("Width inside the feed-forward layers.", ge=1, unset="4 x hidden")] = (
        None
    )
    vocabulary: shared.Vocabulary = None
    context: shared.Context = None
    top_query: Annotated[bool, setting("Add CodeGeeX's top-query layer.")] = False
    untied: Annotated[bool, setting("Give the output a matrix of its own.")] = False


@with_settings(Table("shape", "Shape", record=ShapeOptions), sets=False)
def flops(
    given: Given,
    model: Annotated[
        str | None, typer.Argument(help="A known shape, like codegeex. [default: what the options say]")
    ] = None,
    tokens: Annotated[float, options.number("--tokens", "Tokens of the training. [default: 1e9]")] = 1e9,
    json: options.Json = False,
) -> None:
    """Training FLOP of a shape, counted as 6ND, layer by layer, and as matrix products alone."""
    from passatk.report import scaling_terminal, terminal
    from passatk.scaling import Shape
    from passatk.scaling.flops import all_counts, matmul_parameters
    from passatk.scaling.flops import parameters as parameters_of
    from passatk.scaling.published import known_shape

    own = build(ShapeOptions, given["shape"], "shape")
    if model is not None:
        shape = known_shape(model)
        options.refuse_unused(f"of the shape {model!r}", **given["shape"])
    elif own.layers is None or own.hidden is None or own.heads is None:
        raise InputError("which shape? Give a known one, like codegeex, or --layers, --hidden and --heads")
    else:
        shape = Shape(
            layers=own.layers,
            hidden=own.hidden,
            heads=own.heads,
            feed_forward=own.feed_forward or 4 * own.hidden,
            vocabulary=own.vocabulary or shared.VOCABULARY,
            context=own.context or shared.CONTEXT,
            top_query=own.top_query,
            tied=not own.untied,
        )
    number, counts = parameters_of(shape), all_counts(shape)
    if json:
        rows = [
            {"method": c.method, "flops_per_token": c.total, "flops": c.total * tokens, "parts": c.parts}
            for c in counts
        ]
        shared.print_json(
            {"parameters": number, "matmul_parameters": matmul_parameters(shape), "tokens": tokens, "counts": rows}
        )
    else:
        scaling_terminal.print_flops(terminal.console_for(), number, matmul_parameters(shape), counts, tokens)


class Budget(Record, frozen=True, kw_only=True):
    """What there is to train with: FLOP; a speed and hours; or a ladder of budgets."""

    flops: Annotated[float | None, setting("Training budget in FLOP, like 1e18.", quantity=True, gt=0)] = None
    tokens_per_second: Annotated[
        float | None, setting("Instead of FLOP: speed of training, with the next two.", quantity=True, gt=0)
    ] = None
    at_parameters: Annotated[
        float | None, setting("Size of the model whose speed was measured.", quantity=True, gt=0)
    ] = None
    hours: Annotated[float | None, setting("Hours to train at that speed.", gt=0)] = None
    ladder: Annotated[
        tuple[float, ...] | None,
        setting(
            "Instead: plan runs to fit a law to, for these budgets in FLOP, like 1e18,1e19,1e20.",
            quantity=True,
            metavar="NUMBER,...",
        ),
    ] = None
    sizes: Annotated[int | None, setting("Ladder: sizes for each budget.", ge=2, unset="5")] = None
    span: Annotated[float | None, setting("Ladder: factor from the smallest to the largest size.", gt=1, unset="8")] = (
        None
    )


class PlanOptions(Record, frozen=True, kw_only=True):
    """What is planned."""

    approach: Annotated[
        int | None,
        setting("With a fit: the approach that decides.", ge=1, le=3, unset="3, the law; 2 or 1 where there is none"),
    ] = None
    vocabulary: shared.Vocabulary = None
    context: shared.Context = None
    no_top_query: Annotated[bool, setting("Plan a plain GPT, without the top-query layer.")] = False
    unique_tokens: shared.UniqueTokens = None
    choices: Annotated[int | None, setting("Number of shapes to show.", ge=1, unset="5")] = None
    count: Annotated[
        Literal["runs", "6nd", "per-layer", "matmul"],
        setting("How tokens follow from FLOP; runs: as the law's runs were counted."),
    ] = "runs"


@with_settings(Table("budget", "Budget", record=Budget), Table("plan", "Plan", record=PlanOptions), sets=False)
def plan(
    given: Given,
    law: shared.LawNames = None,
    fit: shared.FitFile = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="Packed corpus to take vocabulary and context from; also shows the command that trains the first"
            " choice on it."
        ),
    ] = None,
    extrapolate: shared.Extrapolate = False,
    json: options.Json = False,
) -> None:
    """What to train with a budget: parameters, tokens, and shapes of CodeGeeX's architecture; or a ladder of runs.

    The law is refit-234 unless --law or --fit names another.
    """
    import msgspec

    from passatk import scaling
    from passatk.report import scaling_terminal, terminal

    money, wanted = build(Budget, given["budget"], "budget"), build(PlanOptions, given["plan"], "plan")
    chosen = shared.guide(law, fit, wanted.approach)
    architecture = _architecture(corpus, wanted)
    flops = _budget_of(money, chosen)
    if money.ladder is not None:
        options.refuse_unused("of a --ladder", unique_tokens=wanted.unique_tokens, choices=wanted.choices)
        rungs = scaling.ladder(
            chosen,
            money.ladder,
            architecture,
            sizes=money.sizes or 5,
            span=8.0 if money.span is None else money.span,
            count=wanted.count,
            extrapolate=extrapolate,
        )
        if json:
            shared.print_json(rungs)
        else:
            scaling_terminal.print_ladder(terminal.console_for(), rungs)
        return
    options.refuse_unused("without --ladder", sizes=money.sizes, span=money.span)
    found = scaling.plan(
        chosen,
        flops,
        architecture,
        unique_tokens=wanted.unique_tokens,
        choices=wanted.choices or 5,
        count=wanted.count,
        extrapolate=extrapolate,
    )
    command = None if corpus is None else _training(corpus, found.choices[0])
    if json:
        shared.print_json(msgspec.to_builtins(found) | ({} if command is None else {"train": command}))
        return
    scaling_terminal.print_plan(terminal.console_for(), found)
    if command is not None:
        print(command)


def _budget_of(money: Budget, guide: "Law | Frontier") -> float:
    """FLOP to train with; 0 of a ladder.

    Raises:
        InputError: no budget, or several.
    """
    from passatk.scaling.planning import budget

    speed = (money.tokens_per_second, money.at_parameters, money.hours)
    if (money.flops is not None) + any(part is not None for part in speed) + (money.ladder is not None) != 1:
        raise InputError("which budget? Give --flops; or --tokens-per-second, --at-parameters and --hours; or --ladder")
    if money.flops is not None or money.ladder is not None:
        return money.flops or 0.0
    if money.tokens_per_second is None or money.at_parameters is None or money.hours is None:
        raise InputError("a speed needs all of --tokens-per-second, --at-parameters and --hours")
    return budget(money.tokens_per_second, money.hours, money.at_parameters, guide.flop_rule)


def _architecture(corpus: Path | None, wanted: PlanOptions) -> "Architecture":
    vocabulary, context, no_top_query = wanted.vocabulary, wanted.context, wanted.no_top_query
    from passatk.corpus.packed import load_packed
    from passatk.scaling import Architecture
    from passatk.scaling.shapes import model_vocabulary

    if corpus is None:
        return Architecture(
            vocabulary=vocabulary or shared.VOCABULARY, context=context or shared.CONTEXT, top_query=not no_top_query
        )
    options.refuse_unused("with --corpus", vocabulary=vocabulary, context=context, no_top_query=no_top_query)
    packed = load_packed(corpus)
    return Architecture(vocabulary=model_vocabulary(packed.vocabulary), context=packed.context)


def _training(corpus: Path, rung: "Rung") -> str:
    """The command that trains it."""
    shape = rung.shape
    told = ("--layers", shape.layers, "--hidden", shape.hidden, "--heads", shape.heads, "--tokens", round(rung.tokens))
    return shlex.join(["passatk", "train", "model", str(corpus), *map(str, told)])
