"""`passatk scaling plan` and `flops`: trainings, and what they cost."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from passatk.cli import options
from passatk.cli.scaling import shared
from passatk.errors import InputError

if TYPE_CHECKING:
    from passatk.scaling import Architecture
    from passatk.scaling.planning import Rung


def flops(
    model: Annotated[
        str | None, typer.Argument(help="A known shape, like codegeex. [default: what options say]")
    ] = None,
    layers: Annotated[int | None, typer.Option(help="Blocks, without the top-query layer.")] = None,
    hidden: Annotated[int | None, typer.Option(help="Width.")] = None,
    heads: Annotated[int | None, typer.Option(help="Of attention.")] = None,
    feed_forward: Annotated[int | None, typer.Option(help="Width inside. [default: 4 x hidden]")] = None,
    vocabulary: shared.Vocabulary = None,
    context: shared.Context = None,
    top_query: Annotated[bool, typer.Option("--top-query", help="With CodeGeeX's top-query layer.")] = False,
    untied: Annotated[bool, typer.Option("--untied", help="The output has a matrix of its own.")] = False,
    tokens: Annotated[float, options.number("--tokens", "Of the training.")] = 1e9,
    json: options.Json = False,
) -> None:
    """Training FLOP of a shape, counted as 6ND, layer by layer, and as matrix products alone."""
    from passatk.report import scaling_terminal, terminal
    from passatk.scaling import Shape
    from passatk.scaling.flops import all_counts, matmul_parameters
    from passatk.scaling.flops import parameters as parameters_of
    from passatk.scaling.published import known_shape

    if model is not None:
        shape = known_shape(model)
        options.refuse_unused(
            f"of the shape {model!r}",
            layers=layers,
            hidden=hidden,
            heads=heads,
            feed_forward=feed_forward,
            vocabulary=vocabulary,
            context=context,
            top_query=top_query,
            untied=untied,
        )
    elif layers is None or hidden is None or heads is None:
        raise InputError("which shape? Give a known one, like codegeex, or --layers, --hidden and --heads")
    else:
        shape = Shape(
            layers=layers,
            hidden=hidden,
            heads=heads,
            feed_forward=4 * hidden if feed_forward is None else feed_forward,
            vocabulary=vocabulary or shared.VOCABULARY,
            context=context or shared.CONTEXT,
            top_query=top_query,
            tied=not untied,
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


def plan(  # long: most of it declares the options
    flops: Annotated[
        float | None,
        options.number("--flops", "Of the training, like 1e18."),
    ] = None,
    tokens_per_second: Annotated[
        float | None,
        options.number("--tokens-per-second", "Instead: speed of training ..."),
    ] = None,
    at_parameters: Annotated[
        float | None,
        options.number("--at-parameters", "... measured with a model of this size ..."),
    ] = None,
    hours: Annotated[float | None, typer.Option(help="... and how long.")] = None,
    ladder: Annotated[
        str | None, typer.Option(help="Instead: runs to fit a law to, for these budgets in FLOP, like 1e18,1e19,1e20.")
    ] = None,
    sizes: Annotated[int | None, typer.Option(min=2, help="With --ladder: for each budget. [default: 5]")] = None,
    span: Annotated[
        float | None, typer.Option(help="With --ladder: from the smallest to the largest size. [default: a factor 8]")
    ] = None,
    law: shared.LawNames = None,
    fit: shared.FitFile = None,
    approach: Annotated[
        int | None,
        typer.Option(min=1, max=3, help="With --fit: which decides. [default: 3, the law; 2 or 1 where there is none]"),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(help="Packed corpus: its vocabulary and context; prints how to train the first choice on it."),
    ] = None,
    vocabulary: shared.Vocabulary = None,
    context: shared.Context = None,
    no_top_query: Annotated[bool, typer.Option("--no-top-query", help="A plain GPT.")] = False,
    unique_tokens: shared.Unique = None,
    choices: Annotated[int | None, typer.Option(min=1, help="How many shapes. [default: 5]")] = None,
    count: Annotated[
        str,
        typer.Option(help="How tokens follow from FLOP: runs (as the law's runs counted), 6nd, per-layer or matmul."),
    ] = "runs",
    extrapolate: shared.Extrapolate = False,
    json: options.Json = False,
) -> None:
    """What to train with a budget: parameters, tokens, and shapes of CodeGeeX's architecture; or a ladder of runs.

    The law is refit-234 unless --law or --fit names another.
    """
    import msgspec

    from passatk import scaling
    from passatk.report import scaling_terminal, terminal
    from passatk.scaling.planning import budget

    chosen = shared.guide(law, fit, approach)
    architecture = _architecture(corpus, vocabulary, context, no_top_query)
    steps = options.numbers_of(ladder, "--ladder")
    speed = (tokens_per_second, at_parameters, hours)
    if (flops is not None) + any(part is not None for part in speed) + (steps is not None) != 1:
        raise InputError("which budget? Give --flops; or --tokens-per-second, --at-parameters and --hours; or --ladder")
    if steps is not None:
        options.refuse_unused("of a --ladder", unique_tokens=unique_tokens, choices=choices)
        rungs = scaling.ladder(
            chosen,
            steps,
            architecture,
            sizes=sizes or 5,
            span=8.0 if span is None else span,
            count=count,
            extrapolate=extrapolate,
        )
        if json:
            shared.print_json(rungs)
        else:
            scaling_terminal.print_ladder(terminal.console_for(), rungs)
        return
    options.refuse_unused("without --ladder", sizes=sizes, span=span)
    if flops is None:
        if tokens_per_second is None or at_parameters is None or hours is None:
            raise InputError("a speed needs all of --tokens-per-second, --at-parameters and --hours")
        flops = budget(tokens_per_second, hours, at_parameters, chosen.flop_rule)
    found = scaling.plan(
        chosen,
        flops,
        architecture,
        unique_tokens=unique_tokens,
        choices=choices or 5,
        count=count,
        extrapolate=extrapolate,
    )
    command = None if corpus is None else _training(corpus, found.choices[0])
    if json:
        shared.print_json(msgspec.to_builtins(found) | ({} if command is None else {"train": command}))
        return
    scaling_terminal.print_plan(terminal.console_for(), found)
    if command is not None:
        print(command)


def _architecture(
    corpus: Path | None, vocabulary: int | None, context: int | None, no_top_query: bool
) -> "Architecture":
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
