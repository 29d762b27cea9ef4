"""`passatk scaling optimal`, `verdict` and `laws`: what laws say of a budget or a model."""

from typing import TYPE_CHECKING, Annotated

import typer

from passatk.cli import options
from passatk.cli.generated import Given, Table, with_settings
from passatk.cli.scaling import shared
from passatk.errors import InputError
from passatk.settings import build, setting

if TYPE_CHECKING:
    from passatk.scaling import KnownModel, Law, ScalingVerdict
    from passatk.scaling.laws import Floats


@with_settings(shared.TOKENS, sets=False)
def optimal(
    given: Given,
    flops: Annotated[float, options.number("--flops", "Training budget in FLOP, like 1e21.")],
    law: shared.LawNames = None,
    fit: shared.FitFile = None,
    extrapolate: shared.Extrapolate = False,
    json: options.Json = False,
) -> None:
    """The best parameters and tokens for a budget, under each law.

    With --inference-tokens: the model as good as the best one, that costs least to train and use together.
    """
    import msgspec

    from passatk.report import scaling_terminal, terminal
    from passatk.scaling import Interval, cheapest, optimum
    from passatk.scaling.allocation import Allocation
    from passatk.scaling.bootstrap import optimum_intervals
    from passatk.scaling.verdicts import law_draws

    notes: list[str] = []
    tokens = build(shared.Tokens, given["tokens"], "tokens")
    unique_tokens, inference_tokens = tokens.unique_tokens, tokens.inference_tokens

    def answer(one: "Law", thetas: "Floats | None") -> tuple["Law", Allocation, dict[str, Interval] | None]:
        best = optimum(one, flops, unique_tokens)
        if inference_tokens:
            best = cheapest(one, best.loss, inference_tokens=inference_tokens, unique=unique_tokens)
        said = one.check_inside(extrapolate, flops=best.flops, parameters=best.parameters, tokens=best.tokens)
        notes.extend([f"{one.name}: {'; '.join(said)}"] if said else [])
        draws = law_draws(one, thetas)
        plain = draws is not None and not inference_tokens and (unique_tokens is None or best.tokens <= unique_tokens)
        return one, best, optimum_intervals(draws, flops, one.flop_rule) if draws is not None and plain else None

    optima, refused = shared.ask(law, fit, answer)
    if json:
        rows = [
            {
                "law": answering.name,
                **msgspec.to_builtins(best),
                "tokens_per_parameter": best.tokens_per_parameter,
                "intervals": spans,
            }
            for answering, best, spans in optima
        ]
        shared.print_json({"optima": rows, "refused": refused, "extrapolated": notes})
    else:
        scaling_terminal.print_optima(terminal.console_for(), optima, notes, refused)


class ModelOptions(shared.Tokens, frozen=True, kw_only=True):
    """A trained model."""

    parameters: Annotated[float | None, setting("Parameters of the model, like 2.4M.", quantity=True, gt=0)] = None
    tokens: Annotated[
        float | None,
        setting("Tokens that the model was trained on, repeated ones counted every time.", quantity=True, gt=0),
    ] = None


@with_settings(Table("model", "Model", record=ModelOptions), sets=False)
def verdict(
    given: Given,
    model: Annotated[
        str | None, typer.Argument(help="A known model, like codegeex. [default: what the options say]")
    ] = None,
    law: shared.LawNames = None,
    fit: shared.FitFile = None,
    extrapolate: shared.Extrapolate = False,
    json: options.Json = False,
) -> None:
    """How much of a model's training compute was wasted, and in which direction, under each law.

    Wasted is what the best model with the same loss would not have needed.
    """
    import msgspec

    from passatk.report import scaling_terminal, terminal
    from passatk.scaling import judge

    described = build(ModelOptions, given["model"], "model")
    known = _model(model, described)

    def answer(one: "Law", thetas: "Floats | None") -> "ScalingVerdict":
        return judge(
            one,
            known.parameters,
            known.tokens,
            unique_tokens=known.unique_tokens,
            inference_tokens=described.inference_tokens or 0.0,
            thetas=thetas,
            extrapolate=extrapolate,
        )

    verdicts, refused = shared.ask(law, fit, answer)
    notes = [f"{one.law}: {'; '.join(one.extrapolated)}" for one in verdicts if one.extrapolated]
    if json:
        shared.print_json({"model": msgspec.to_builtins(known), "verdicts": verdicts, "refused": refused})
    else:
        scaling_terminal.print_verdicts(terminal.console_for(), known.name, verdicts, notes, refused)


def _model(name: str | None, described: ModelOptions) -> "KnownModel":
    """The model by name, or the one the options describe."""
    import msgspec

    from passatk.scaling import KnownModel, known_model

    parameters, tokens, unique = described.parameters, described.tokens, described.unique_tokens
    if name is not None:
        given = {"parameters": parameters, "tokens": tokens, "unique_tokens": unique}
        return msgspec.structs.replace(known_model(name), **{k: v for k, v in given.items() if v is not None})
    if parameters is None or tokens is None:
        raise InputError("which model? Give a known one, like codegeex, or --parameters and --tokens")
    return KnownModel(name="this model", parameters=parameters, tokens=tokens, unique_tokens=unique, source="given")


def laws(json: options.Json = False) -> None:
    """Published laws, known models, and where their numbers come from."""
    from passatk.report import scaling_terminal, terminal
    from passatk.scaling import KNOWN_MODELS, PUBLISHED

    if json:
        shared.print_json({"laws": list(PUBLISHED.values()), "models": list(KNOWN_MODELS.values())})
        return
    console = terminal.console_for()
    scaling_terminal.print_laws(console, list(PUBLISHED.values()))
    console.print()
    scaling_terminal.print_models(console, list(KNOWN_MODELS.values()))
