"""`passatk tokenize`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.errors import InputError
from passatk.wording import counted


def tokenize(
    text: Annotated[str | None, typer.Argument(help="What to tokenize. [default: standard input]")] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(help="Folder of a CodeGeeX tokenizer. [default: codegeex-tokenizer in $PASSATK_DATA]")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Tokenize this file.")] = None,
    ids: Annotated[str | None, typer.Option(help="The other way: text of these ids, like 4299,277.")] = None,
    skip_special_tokens: Annotated[bool, typer.Option("--skip-special-tokens", help="With --ids.")] = False,
    json: options.Json = False,
) -> None:
    """Show the tokens of a text, one a line: id, and the bytes it stands for."""
    import msgspec

    from passatk.textfiles import find_data
    from passatk.tokenizer import CodeGeeXTokenizer

    folder = tokenizer or find_data("codegeex-tokenizer")
    if folder is None:
        raise InputError("no tokenizer: give --tokenizer a folder with vocab.json, merges.txt and added_tokens.json")
    loaded = CodeGeeXTokenizer.load(folder)
    if ids is not None:
        try:
            numbers = [int(part) for part in ids.replace(",", " ").split()]
        except ValueError:
            raise InputError(f"--ids {ids!r} is no list of whole numbers; expected something like 4299,277") from None
        decoded = loaded.decode(numbers, skip_special_tokens)
        print(msgspec.json.encode({"ids": numbers, "text": decoded}).decode() if json else decoded)
        return
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {file}: {error}") from error
    if text is None:
        text = sys.stdin.read()
    tokens = loaded.encode(text)
    if json:
        print(msgspec.json.encode({"ids": tokens, "text": text}).decode())
        return
    for token in tokens:
        print(f"{token:6d}  {loaded.token_bytes(token)!r}")
    print(f"{counted(len(tokens), 'token')}, {counted(len(text), 'character')}")
