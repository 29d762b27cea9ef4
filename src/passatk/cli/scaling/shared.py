"""What several commands of `passatk scaling` share."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from passatk.cli import options
from passatk.errors import InputError, ScalingRefusedError

if TYPE_CHECKING:
    from passatk.scaling import Frontier, Law
    from passatk.scaling.laws import Floats

LawNames = Annotated[
    list[str] | None,
    typer.Option(
        "--law", help="A published law; may be given again. [default: all] `passatk scaling laws` lists them."
    ),
]
FitFile = Annotated[
    Path | None, typer.Option("--fit", help="Use what `passatk scaling fit --out` wrote, with its intervals.")
]
Extrapolate = Annotated[
    bool, typer.Option("--extrapolate", help="Answer outside of where a law was fitted too; the answer says so.")
]
Unique = Annotated[
    float | None,
    options.number("--unique-tokens", "Of the training data, like 159B; repeats count for less."),
]
Inference = Annotated[
    float | None,
    options.number("--inference-tokens", "Read and written after training."),
]
Vocabulary = Annotated[int | None, typer.Option(min=1, help="Rows of the token embedding. [default: 52224]")]
Context = Annotated[int | None, typer.Option(min=1, help="Tokens of a training sequence. [default: 2048]")]
VOCABULARY, CONTEXT = 52224, 2048
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
    answers, refused = [], []
    for law, thetas in laws:
        try:
            answers.append(answer(law, thetas))
        except ScalingRefusedError as refusal:
            refused.append(str(refusal))
    if not answers:
        raise ScalingRefusedError("\n  ".join(["no law answers:", *refused]))
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
