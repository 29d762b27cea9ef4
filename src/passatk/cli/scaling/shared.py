"""What several commands of `passatk scaling` share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from passatk.cli import options
from passatk.errors import InputError

if TYPE_CHECKING:
    from passatk.scaling import Law
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


def print_json(value: object) -> None:
    import msgspec

    print(msgspec.json.encode(value).decode())


def laws(names: list[str] | None, fit: Path | None, default: tuple[str, ...] = ()) -> "list[tuple[Law, Floats | None]]":
    """The laws to ask, each with resampled ones where there are some."""
    from passatk.scaling import PUBLISHED, published, read_study

    found: list[tuple[Law, Floats | None]] = []
    if fit is not None:
        study = read_study(fit)
        found.append((study.law, study.thetas))
    if names or fit is None:
        found += [(published(name), None) for name in dict.fromkeys(names or default or PUBLISHED)]
    return found


def one_law(names: list[str] | None, fit: Path | None) -> "Law":
    if len(names or []) + (fit is not None) > 1:
        raise InputError("one law decides here: give --law once, or --fit")
    return laws(names, fit, ("refit-234",))[0][0]
