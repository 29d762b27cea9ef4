"""What several commands of `passatk scaling` share."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from passatk.cli import options
from passatk.cli.generated import Table
from passatk.errors import InputError, ScalingRefusedError
from passatk.records import Record
from passatk.settings import setting

if TYPE_CHECKING:
    from passatk.scaling import Frontier, Law
    from passatk.scaling.laws import Floats

LawNames = Annotated[
    list[str] | None,
    typer.Option("--law", help="Published law to ask, see `passatk scaling laws`; may be given again. [default: all]"),
]
FitFile = Annotated[Path | None, typer.Option("--fit", help="Fit to ask, as `passatk scaling fit --out` wrote it.")]
Extrapolate = Annotated[
    bool,
    typer.Option(
        "--extrapolate", help="Also answer outside of the range that a law was fitted in; the answer says so."
    ),
]
Vocabulary = Annotated[int | None, setting("Rows of the token embedding.", ge=1, unset="52224")]
Context = Annotated[int | None, setting("Tokens of a training sequence.", ge=1, unset="2048")]
UniqueTokens = Annotated[
    float | None,
    setting("Unique tokens of the training data, like 159B; repeated ones count for less.", quantity=True, gt=0),
]
InferenceTokens = Annotated[float | None, setting("Tokens read and written after training.", quantity=True, gt=0)]
VOCABULARY, CONTEXT = 52224, 2048


class Tokens(Record, frozen=True, kw_only=True):
    """What else of a model's tokens matters."""

    unique_tokens: UniqueTokens = None
    inference_tokens: InferenceTokens = None


TOKENS = Table("tokens", "Tokens", record=Tokens)
_T = TypeVar("_T")


def print_json(value: object) -> None:
    import msgspec

    print(msgspec.json.encode(value).decode())


def ask(
    names: list[str] | None, fit: Path | None, answer: "Callable[[Law, Floats | None], _T]"
) -> tuple[list[_T], list[str]]:
    """What each law answers, given its resampled ones where there are some; and the refusals of the others.

    Raises:
        ScalingRefusedError: all refused.
    """
    from passatk.scaling import PUBLISHED, published, read_study

    laws: list[tuple[Law, Floats | None]] = []
    if fit is not None:
        study = read_study(fit)
        laws.append((study.law, study.thetas))
    if names or fit is None:
        laws += [(published(name), None) for name in dict.fromkeys(names or PUBLISHED)]
    answers, refused, named = [], [], ""
    for law, thetas in laws:
        try:
            answers.append(answer(law, thetas))
        except ScalingRefusedError as refusal:
            refused.append(str(refusal))
            named = refusal.setting or named
    if not answers:
        raise ScalingRefusedError("\n  ".join(["no law answers:", *refused]), setting=named)
    return answers, refused


def guide(names: list[str] | None, fit: Path | None, approach: int | None) -> "Law | Frontier":
    """What decides in a plan: a published law, or what a fit has."""
    from passatk.scaling import published, read_study

    if len(names or []) + (fit is not None) > 1:
        raise InputError("one law decides here: give --law once, or --fit")
    if fit is not None:
        return read_study(fit).guide(approach)
    options.refuse_unused("without --fit", approach=approach)
    return published((names or ["refit-234"])[0])
