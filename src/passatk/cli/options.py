"""Options that several commands share."""

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from passatk.errors import InputError

if TYPE_CHECKING:
    from passatk.decoding import DecodingSettings

Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Problems = Annotated[
    str | None,
    typer.Option(help="Required: basics, humaneval, humaneval-x, humaneval-x/java, ..., or a file or folder."),
]

# --- a model ----------------------------------------------------------------------------------------------------

BackendName = Annotated[str, typer.Option("--backend", help="codegeex, transformers, openai or fake.")]
ModelName = Annotated[
    str,
    typer.Option(
        "--model",
        help="A folder or checkpoint, a name on the hub, or what a server calls its model. [default: the embedded one]",
    ),
]
TokenizerFolder = Annotated[
    str, typer.Option("--tokenizer", help="codegeex: folder of the tokenizer. [default: the model's folder]")
]
Heads = Annotated[
    int | None, typer.Option(min=1, help="codegeex: attention heads of a checkpoint. [default: of 128 each]")
]
Device = Annotated[str, typer.Option(help="cpu, cuda, or cuda:1.")]
Dtype = Annotated[str, typer.Option(help="float32, bfloat16 or float16.")]
Url = Annotated[str, typer.Option(help="openai: address of the server, like http://localhost:8000/v1.")]
BatchSize = Annotated[int, typer.Option(min=1, help="Samples at once; changes no token.")]

# --- decoding ---------------------------------------------------------------------------------------------------

Preset = Annotated[str, typer.Option(help="Settings to start from: greedy, nucleus, contrastive or humaneval-x.")]
Method = Annotated[str | None, typer.Option(help="greedy, sample or contrastive. [default: the preset's]")]
Temperature = Annotated[float | None, typer.Option(help="sample: divides the logits.")]
TopP = Annotated[float | None, typer.Option(help="sample: the likeliest tokens that reach this probability.")]
TopK = Annotated[int | None, typer.Option(help="sample: the k likeliest tokens. contrastive: how many candidates.")]
PenaltyAlpha = Annotated[float | None, typer.Option(help="contrastive: weight of the likeness to earlier text.")]
MaxNewTokens = Annotated[int | None, typer.Option(help="Of a sample, at most. [default: the preset's]")]
Decay = Annotated[
    str | None,
    typer.Option(
        "--exponential-decay-length-penalty",
        metavar="START,FACTOR",
        help="After START tokens, make the end likelier by FACTOR a token.",
    ),
]
Forced = Annotated[
    list[str] | None,
    typer.Option("--forced-decoder-ids", metavar="POSITION:TOKEN", help="Force a token; may be given again."),
]
Suppress = Annotated[list[int] | None, typer.Option("--suppress-tokens", help="Never generate it; may be given again.")]
Stop = Annotated[list[str] | None, typer.Option(help="End a sample before this text; may be given again.")]
StopRule = Annotated[str | None, typer.Option(help="language: end where the function ends. none: do not.")]
Patterns = Annotated[
    list[str] | None,
    typer.Option("--truncate-before-pattern", help="Cut the text before this regular expression; may be given again."),
]
KeepSpecial = Annotated[bool, typer.Option("--keep-special-tokens", help="Leave <|endoftext|> in the text.")]
Logprobs = Annotated[bool, typer.Option("--logprobs", help="Keep every token's log-probability.")]
Seed = Annotated[int | None, typer.Option(help="Of sampling. [default: the preset's]")]
Out = Path | None

_NUMBER = re.compile(r"(\d+(?:[._]\d+)*(?:e[+-]?\d+)?)([kmgbt]?)", re.IGNORECASE)
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12}


def number_of(text: str, option: str) -> float:
    """What a person means by 50M, 1.5k, 3e7 or 2_000_000.

    Raises:
        InputError: it is no positive number.
    """
    found = _NUMBER.fullmatch(text.strip())
    try:
        value = float(found[1]) * _UNITS[found[2].lower()] if found else 0.0
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise InputError(f"{option} {text!r}: expected a positive number, like 50M, 1.5k or 3e7")
    return value


def number(option: str, help: str) -> Any:  # noqa: A002 - typer's own word
    """A typer option that takes what `number_of` takes."""
    return typer.Option(option, parser=lambda given: number_of(str(given), option), metavar="NUMBER", help=help)


def numbers_of(text: str | None, option: str) -> tuple[float, ...] | None:
    """Several, between commas; None for None.

    Raises:
        InputError: one is no positive number.
    """
    return None if text is None else tuple(number_of(part, option) for part in text.split(","))


def refuse_unused(where: str, **given: object) -> None:
    """Options by their Python names that mean nothing `where`; None or False if they were left out.

    Raises:
        InputError: one was given.
    """
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None and value is not False]
    if names:
        verb, them = ("changes", "it") if len(names) == 1 else ("change", "them")
        raise InputError(f"{', '.join(names)} {verb} nothing {where}; leave {them} out")


def settings_of(
    preset: str,
    *,
    decay: str | None,
    forced: list[str] | None,
    keep_special: bool,
    logprobs: bool,
    **plain: object,
) -> "DecodingSettings":
    """The settings that these options make.

    Raises:
        InputError: an unknown preset, or a value that is none.
    """
    from passatk.decoding import preset as preset_called
    from passatk.decoding import with_changes

    def pair(text: str, separator: str, option: str, expected: str) -> tuple[float, float]:
        try:
            left, right = text.split(separator)
            return int(left), float(right)
        except ValueError:
            raise InputError(f"{option} {text!r}: expected {expected}") from None

    changes = dict(plain)
    if decay is not None:
        changes["exponential_decay_length_penalty"] = pair(
            decay, ",", "--exponential-decay-length-penalty", "START,FACTOR, like 100,1.05"
        )
    if forced:
        pairs = (pair(text, ":", "--forced-decoder-ids", "POSITION:TOKEN, like 0:198") for text in forced)
        changes["forced_decoder_ids"] = [(int(at), int(token)) for at, token in pairs]
    if keep_special:
        changes["skip_special_tokens"] = False
    if logprobs:
        changes["logprobs"] = True
    given = {name: value for name, value in changes.items() if value not in (None, [])}
    return with_changes(preset_called(preset), given.items())
