"""`passatk generate`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options
from passatk.errors import InputError


def generate(  # long: most of it declares the options
    problems: options.Problems = None,
    backend: options.BackendName = "codegeex",
    model: options.ModelName = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder. The same command resumes it. [default: generations/<problems>]")
    ] = None,
    samples: Annotated[int, typer.Option("--samples", "-n", min=1, help="Of each problem.")] = 1,
    language: Annotated[list[str] | None, typer.Option(help="Only problems in it; may be given again.")] = None,
    task: Annotated[str, typer.Option(help="generate or translate.")] = "generate",
    source_language: Annotated[str | None, typer.Option(help="translate: from this language.")] = None,
    target_language: Annotated[str | None, typer.Option(help="translate: to this language.")] = None,
    prompt: Annotated[
        str, typer.Option(help="full: with the description. declaration: the function's head alone.")
    ] = "full",
    no_tag: Annotated[bool, typer.Option("--no-tag", help="Without the line `# language: Python`.")] = False,
    chat: Annotated[
        bool, typer.Option("--chat", help="Instruct models: ask through the chat template, take the code block.")
    ] = False,
    fim: Annotated[
        str, typer.Option(help="Infilling problems: whose fill-in-the-middle tokens to use, for example starcoder.")
    ] = "",
    tokenizer: options.TokenizerFolder = "",
    heads: options.Heads = None,
    device: options.Device = "cpu",
    dtype: options.Dtype = "float32",
    url: options.Url = "",
    batch_size: options.BatchSize = 64,
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
    stop_rule: options.StopRule = None,
    patterns: options.Patterns = None,
    keep_special: options.KeepSpecial = False,
    logprobs: options.Logprobs = False,
    seed: options.Seed = None,
    json: options.Json = False,
) -> None:
    """Generate samples of problems with a model, every setting recorded.

    Leaves OUT/generations.jsonl, which `passatk evaluate OUT` scores.
    """
    import msgspec

    from passatk import pipeline
    from passatk.languages import by_name
    from passatk.models import ModelSpec
    from passatk.problems import load
    from passatk.report import terminal

    if problems is None:
        raise InputError("which problems? Give --problems, for example --problems humaneval-x")
    if task not in ("generate", "translate"):
        raise InputError(f"unknown --task {task!r}; known: generate, translate")
    if prompt not in ("full", "declaration"):
        raise InputError(f"unknown --prompt {prompt!r}; known: declaration, full")
    if source_language is not None and (language or task != "translate"):
        raise InputError("--source-language is for --task translate, and takes the place of --language")
    languages = [source_language] if source_language is not None else language
    request = pipeline.Generation(
        problems=load(problems),
        model=ModelSpec(
            backend=backend, model=model, tokenizer=tokenizer, heads=heads, device=device, dtype=dtype, url=url
        ),
        settings=options.settings_of(
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
            stop_rule=stop_rule,
            truncate_before_pattern=patterns,
            keep_special=keep_special,
            logprobs=logprobs,
            seed=seed,
        ),
        out=out or Path("generations") / problems.replace("/", "-"),
        samples=samples,
        languages=tuple(sorted({by_name(name).name for name in languages})) if languages else None,
        task="translate" if task == "translate" else "generate",
        target_language=by_name(target_language).name if target_language else None,
        prompting=pipeline.Prompting(
            form="declaration" if prompt == "declaration" else "full", tag=not no_tag, chat=chat, fim=fim
        ),
        batch_size=batch_size,
    )
    with terminal.progress(terminal.console_for("stderr"), "generating", "samples") as progress:
        report = pipeline.generate(request, progress)
    if json:
        print(msgspec.json.encode(msgspec.to_builtins(report, enc_hook=str)).decode())
    else:
        terminal.print_generation(terminal.console_for(), report)
