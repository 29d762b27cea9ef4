"""`passatk complete`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from passatk.cli.generated import Given, Table, with_settings
from passatk.cli.options import Json
from passatk.errors import InputError


@with_settings(
    Table("model", "Model"),
    Table("prompt", "Prompt", only=("chat",)),
    Table("decoding", "Decoding", without=("stop_rule",)),
)
def complete(
    given: Given,
    prompt: Annotated[str | None, typer.Argument(help="Text to continue. [default: standard input]")] = None,
    file: Annotated[Path | None, typer.Option(help="Continue the text of this file.")] = None,
    samples: Annotated[int, typer.Option("--samples", "-n", min=1, help="Number of continuations.")] = 1,
    json: Json = False,
) -> None:
    """Continue one prompt; a single continuation is shown token by token."""
    import msgspec

    from passatk import pipeline

    if prompt is not None and file is not None:
        raise InputError("give either a prompt or --file")
    if file is not None:
        try:
            prompt = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {file}: {error}") from error
    model, settings, chat = pipeline.completion_of(given)
    shown = 0

    def show(_task: str, _index: int, text: str) -> None:
        nonlocal shown
        sys.stdout.write(text[shown:])
        sys.stdout.flush()
        shown = len(text)

    streams = samples == 1 and not json and not settings.truncate_before_pattern
    text = sys.stdin.read() if prompt is None else prompt
    made = pipeline.complete(text, model, settings, samples, chat, show if streams else None)
    for completion in made:
        if json:
            print(msgspec.json.encode(completion).decode())
        elif streams:
            print(completion.text[shown:])
        else:
            print(f"--- {completion.index}: {completion.finish_reason}\n{completion.text}")
