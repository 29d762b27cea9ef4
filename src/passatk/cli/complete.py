"""`passatk complete`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.errors import InputError


def complete(  # long: most of it declares the options
    prompt: Annotated[str | None, typer.Argument(help="Text to continue. [default: standard input]")] = None,
    file: Annotated[Path | None, typer.Option(help="Continue this file.")] = None,
    backend: options.BackendName = "codegeex",
    model: options.ModelName = "",
    samples: Annotated[int, typer.Option("--samples", "-n", min=1, help="Continuations.")] = 1,
    tokenizer: options.TokenizerFolder = "",
    heads: options.Heads = None,
    device: options.Device = "cpu",
    dtype: options.Dtype = "float32",
    url: options.Url = "",
    chat: Annotated[bool, typer.Option("--chat", help="Say it to an instruct model.")] = False,
    preset: options.Preset = "greedy",
    method: options.Method = None,
    temperature: options.Temperature = None,
    top_p: options.TopP = None,
    top_k: options.TopK = None,
    penalty_alpha: options.PenaltyAlpha = None,
    max_new_tokens: options.MaxNewTokens = None,
    decay: options.Decay = None,
    forced: options.Forced = None,
    suppress: options.Suppress = None,
    stop: options.Stop = None,
    patterns: options.Patterns = None,
    keep_special: options.KeepSpecial = False,
    logprobs: options.Logprobs = False,
    seed: options.Seed = None,
    json: options.Json = False,
) -> None:
    """Continue one prompt; a single continuation is shown token by token."""
    import msgspec

    from passatk import pipeline
    from passatk.models import ModelSpec

    if prompt is not None and file is not None:
        raise InputError("give either a prompt or --file")
    if file is not None:
        try:
            prompt = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {file}: {error}") from error
    spec = ModelSpec(
        backend=backend, model=model, tokenizer=tokenizer, heads=heads, device=device, dtype=dtype, url=url
    )
    settings = options.settings_of(
        preset,
        method=method,
        temperature=temperature,
        top_p=top_p,
        top_k=top_k,
        penalty_alpha=penalty_alpha,
        max_new_tokens=max_new_tokens,
        decay=decay,
        forced=forced,
        suppress_tokens=suppress,
        stop=stop,
        truncate_before_pattern=patterns,
        keep_special=keep_special,
        logprobs=logprobs,
        seed=seed,
    )
    shown = 0

    def show(_task: str, _index: int, text: str) -> None:
        nonlocal shown
        sys.stdout.write(text[shown:])
        sys.stdout.flush()
        shown = len(text)

    streams = samples == 1 and not json and not patterns
    text = sys.stdin.read() if prompt is None else prompt
    made = pipeline.complete(text, spec, settings, samples, chat, show if streams else None)
    for completion in made:
        if json:
            print(msgspec.json.encode(completion).decode())
        elif streams:
            print(completion.text[shown:])
        else:
            print(f"--- {completion.index}: {completion.finish_reason}\n{completion.text}")
